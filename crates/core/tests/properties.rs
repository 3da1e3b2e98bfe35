//! Whatever comes in, in whatever order, sensible or not: nothing panics and the books stay in order.

use std::collections::BTreeSet;
use std::sync::Arc;

use proptest::prelude::*;
use supervisor_core::Supervisor;
use supervisor_core::command::{Command, Fault, RequestId, Target};
use supervisor_core::effect::{Effect, ReadPurpose};
use supervisor_core::input::{ExitStatus, Input, SignalError, SignalPurpose};
use supervisor_core::process::{Pid, Process, ProcessId};
use supervisor_core::signal::Signal;
use supervisor_core::spec::{AutoRestart, GroupKind, GroupSpec, ProcessSpec};
use supervisor_core::state::{ProcessState, SupervisorState};
use supervisor_core::time::{Moment, Monotonic, WallSeconds};

const MILLISECOND: u64 = 1_000_000;

/// Small worlds, so that names, identities, pids and requests meet by chance.
fn identity() -> impl Strategy<Value = ProcessId> {
    (1..6_u64).prop_map(ProcessId)
}

fn pid() -> impl Strategy<Value = Pid> {
    (0..5_i32).prop_map(Pid)
}

fn request() -> impl Strategy<Value = RequestId> {
    (0..6_u64).prop_map(RequestId)
}

fn name() -> impl Strategy<Value = String> {
    prop::sample::select(vec!["a", "b", "a:a", "a:*", "b:", "b:a", "nobody", "", ":", "*", "a:b:c"])
        .prop_map(str::to_owned)
}

fn fault() -> impl Strategy<Value = Fault> {
    prop_oneof![Just(Fault::NoFile(None)), Just(Fault::Failed(Some("why".into())))]
}

fn seconds() -> impl Strategy<Value = i64> {
    prop_oneof![8 => -1..4_i64, 1 => Just(i64::MIN), 1 => Just(i64::MAX)]
}

fn process() -> impl Strategy<Value = ProcessSpec> {
    let autorestart =
        prop::sample::select(vec![AutoRestart::False, AutoRestart::Unexpected, AutoRestart::True]);
    let name = prop::sample::select(vec!["a", "b"]);
    (name, seconds(), seconds(), seconds(), any::<bool>(), autorestart, any::<bool>()).prop_map(
        |(name, startsecs, startretries, stopwaitsecs, autostart, autorestart, stopasgroup)| ProcessSpec {
            startsecs,
            startretries,
            stopwaitsecs,
            autostart,
            autorestart,
            stopasgroup,
            ..ProcessSpec::new(name, name)
        },
    )
}

fn groups() -> impl Strategy<Value = Vec<GroupSpec>> {
    let name = prop::sample::select(vec!["a", "b", "c"]);
    let group =
        (name, -1..3_i64, prop::collection::vec(process(), 0..3)).prop_map(|(name, priority, processes)| {
            GroupSpec {
                name: name.to_owned(),
                priority,
                kind: GroupKind::Programs,
                processes: processes.into_iter().map(Arc::new).collect(),
            }
        });
    prop::collection::vec(group, 0..4)
}

fn target() -> impl Strategy<Value = Target> {
    prop_oneof![name().prop_map(Target::Named), name().prop_map(Target::Group), Just(Target::All)]
}

fn command() -> impl Strategy<Value = Command> {
    prop_oneof![
        4 => (target(), any::<bool>()).prop_map(|(target, wait)| Command::Start { target, wait }),
        4 => (target(), any::<bool>()).prop_map(|(target, wait)| Command::Stop { target, wait }),
        2 => (target(), name()).prop_map(|(target, signal)| Command::Signal { target, signal }),
        1 => target().prop_map(|target| Command::Signal { target, signal: "TERM".into() }),
        1 => name().prop_map(Command::AddGroup),
        1 => name().prop_map(Command::RemoveGroup),
        1 => Just(Command::Reread),
        1 => name().prop_map(Command::ClearProcessLogs),
        1 => Just(Command::ClearAllProcessLogs),
        1 => Just(Command::ClearMainLog),
        1 => name().prop_map(|name| Command::SendStdin { name, chars: "x".into() }),
        1 => Just(Command::SendRemoteCommEvent { kind: "t".into(), data: "d".into() }),
        1 => Just(Command::Restart),
        1 => Just(Command::Shutdown),
    ]
}

fn status() -> impl Strategy<Value = ExitStatus> {
    prop_oneof![
        (0..2_i32).prop_map(ExitStatus::Code),
        any::<i32>().prop_map(ExitStatus::Code),
        (any::<i32>(), any::<bool>())
            .prop_map(|(number, core_dumped)| ExitStatus::Signal { number, core_dumped }),
    ]
}

fn signalled() -> impl Strategy<Value = Input> {
    let purpose = prop_oneof![
        Just(SignalPurpose::Stop),
        Just(SignalPurpose::Kill),
        request().prop_map(SignalPurpose::Request),
    ];
    let result = prop_oneof![
        Just(Ok(())),
        Just(Err(SignalError::NoSuchProcess)),
        Just(Err(SignalError::Other("why".into()))),
    ];
    (identity(), purpose, result).prop_map(|(id, purpose, result)| Input::Signalled(id, purpose, result))
}

fn configuration_read() -> impl Strategy<Value = Input> {
    let purpose = prop_oneof![
        4 => request().prop_map(ReadPurpose::Reread),
        1 => prop::option::of(request()).prop_map(ReadPurpose::Restart),
    ];
    let result = prop_oneof![groups().prop_map(Ok), Just(Err("broken".to_owned()))];
    (purpose, result).prop_map(|(purpose, result)| Input::ConfigurationRead(purpose, result))
}

/// Anything at all, whether or not the core has asked for it.
fn input() -> impl Strategy<Value = Input> {
    let signal = prop::sample::select(vec![Signal::HUP, Signal::USR2, Signal::KILL, Signal::TERM]);
    let checked = prop_oneof![3 => Just(Ok(())), 1 => fault().prop_map(Err)];
    prop_oneof![
        1 => groups().prop_map(Input::Configured),
        1 => Just(Input::Started),
        4 => Just(Input::TimePassed),
        8 => (request(), command()).prop_map(|(request, command)| Input::Request(request, command)),
        1 => signal.prop_map(Input::SignalReceived),
        6 => (request(), identity(), checked).prop_map(|(request, id, result)| {
            Input::Checked(request, id, result)
        }),
        8 => (identity(), pid()).prop_map(|(id, pid)| Input::Spawned(id, pid)),
        2 => (identity(), pid()).prop_map(|(id, pid)| Input::SpawnedInVain(id, pid)),
        6 => identity().prop_map(|id| Input::SpawnFailed(id, "why".into())),
        3 => identity().prop_map(|id| Input::SpawnRefused(id, "why".into())),
        8 => (pid(), status()).prop_map(|(pid, status)| Input::Exited(pid, status)),
        4 => signalled(),
        1 => (request(), identity(), any::<bool>()).prop_map(|(request, id, well)| {
            Input::LogsCleared(request, id, if well { Ok(()) } else { Err("why".into()) })
        }),
        1 => request().prop_map(|request| Input::MainLogCleared(request, Ok(()))),
        1 => (request(), identity(), any::<bool>()).prop_map(|(request, id, read)| {
            Input::StdinWritten(request, id, read)
        }),
        2 => configuration_read(),
    ]
}

/// Time goes on by nothing, by little, by much, or to the end of the clock.
fn wait() -> impl Strategy<Value = u64> {
    prop_oneof![
        4 => Just(0),
        4 => 0..3000 * MILLISECOND,
        1 => 0..100_000 * MILLISECOND,
    ]
}

fn check(supervisor: &Supervisor) -> Result<(), TestCaseError> {
    let mut ids = BTreeSet::new();
    for process in supervisor.processes() {
        prop_assert!(ids.insert(process.id()));
        let alive = process.pid().is_some();
        let state = process.state();
        let may_live = state.is_signallable() || state == ProcessState::Unknown;
        let must_live = matches!(state, ProcessState::Running | ProcessState::Unknown);
        prop_assert!(alive <= may_live && must_live <= alive, "{state} with pid {:?}", process.pid());
        // Failures are counted up to the one that gives up, and forgotten there.
        let retries = process.spec().startretries.max(0);
        prop_assert!(i64::from(process.failures()) <= retries, "{} failures", process.failures());
        prop_assert!(process.started().is_some() || state == ProcessState::Stopped);
        prop_assert!(process.started().is_some() || process.ended().is_none());
    }
    for pid in (0..5).map(Pid) {
        let owner = supervisor.process_of(pid).map(|id| supervisor.process(id).and_then(Process::pid));
        prop_assert!(owner.is_none_or(|owner| owner == Some(pid)), "{pid} belongs to {owner:?}");
    }
    let by_group: usize = supervisor.groups().map(|group| group.members().len()).sum();
    prop_assert_eq!(ids.len(), by_group);
    let names: BTreeSet<_> = supervisor.groups().map(|group| &group.spec().name).collect();
    prop_assert_eq!(names.len(), supervisor.groups().count());
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_input_in_any_order_brings_the_core_down(
        groups in groups(),
        inputs in prop::collection::vec((wait(), any::<i64>(), input()), 0..150),
    ) {
        let mut supervisor = Supervisor::new();
        let mut now = 0;
        let mut finished = 0;
        let mut effects = Vec::new();
        let first = [(0, 0, Input::Configured(groups)), (0, 0, Input::Started)];
        for (wait, wall, input) in first.into_iter().chain(inputs) {
            now += wait;
            let moment = Moment { monotonic: Monotonic(now), wall: WallSeconds(wall) };
            let revision = supervisor.revision();
            // A line about a stop that takes its time may be due when the spawn that it waits for has an outcome.
            let spawned = matches!(input, Input::Spawned(..) | Input::SpawnedInVain(..));
            let stopping = supervisor.state() != SupervisorState::Running;
            effects.clear();
            supervisor.handle(moment, input, &mut effects);
            prop_assert!(supervisor.revision() >= revision);
            finished += effects.iter().filter(|effect| matches!(effect, Effect::Finish(_))).count();
            prop_assert!(finished <= 1);
            let spawns = effects.iter().any(|effect| matches!(effect, Effect::Spawn(_)));
            prop_assert!(!(stopping && spawns), "spawned while it stops");
            check(&supervisor)?;
            // Whatever was due has been seen to, but for what this very input made due.
            let next = supervisor.next_deadline();
            prop_assert!(spawned || next.is_none_or(|deadline| deadline.0 >= now), "{next:?} at {now}");
        }
        let text = serde_json::to_string(&supervisor).unwrap();
        let restored: Supervisor = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(serde_json::to_string(&restored).unwrap(), text);
    }

    #[test]
    fn time_alone_comes_to_rest(
        groups in groups(),
        inputs in prop::collection::vec((wait(), input()), 0..60),
    ) {
        let mut supervisor = Supervisor::new();
        let mut effects = Vec::new();
        let mut now = 0;
        let mut handle = |supervisor: &mut Supervisor, now, input| {
            let moment = Moment { monotonic: Monotonic(now), wall: WallSeconds(0) };
            supervisor.handle(moment, input, &mut effects);
        };
        handle(&mut supervisor, now, Input::Configured(groups));
        handle(&mut supervisor, now, Input::Started);
        for (wait, input) in inputs {
            now += wait;
            handle(&mut supervisor, now, input);
        }
        // Every waking is followed by a sleep.
        for _ in 0..200 {
            let Some(Monotonic(deadline)) = supervisor.next_deadline() else { break };
            now = now.max(deadline);
            if now == u64::MAX {
                break;
            }
            handle(&mut supervisor, now, Input::TimePassed);
            prop_assert!(supervisor.next_deadline().is_none_or(|next| next.0 > now));
        }
    }
}
