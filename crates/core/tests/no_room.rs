//! A machine that has no room for a process: that is not the process's failure.

use std::sync::Arc;

use supervisor_core::Supervisor;
use supervisor_core::command::{Command, RequestId, Target};
use supervisor_core::effect::Effect;
use supervisor_core::input::Input;
use supervisor_core::process::{Pid, ProcessId};
use supervisor_core::spec::{GroupKind, GroupSpec, ProcessSpec};
use supervisor_core::state::ProcessState;
use supervisor_core::time::{Moment, Monotonic, WallSeconds};

const ID: ProcessId = ProcessId(1);
const SECOND: u64 = 1_000_000_000;

fn hear(supervisor: &mut Supervisor, seconds: u64, input: Input) -> Vec<Effect> {
    let mut effects = Vec::new();
    let now = Moment { monotonic: Monotonic(seconds * SECOND), wall: WallSeconds(0) };
    supervisor.handle(now, input, &mut effects);
    effects
}

fn state(supervisor: &Supervisor) -> ProcessState {
    supervisor.process(ID).expect("it is at work").state()
}

fn is_tried(effects: &[Effect]) -> bool {
    effects.iter().any(|effect| matches!(effect, Effect::Spawn(ID)))
}

fn is_told(effects: &[Effect]) -> bool {
    effects.iter().any(|effect| format!("{effect:?}").contains("no room for 'p'"))
}

/// A supervisor that is just about to spawn its one process.
fn starting() -> Supervisor {
    let spec = ProcessSpec { startretries: 1, startsecs: 0, ..ProcessSpec::new("p", "/bin/p") };
    let group = GroupSpec {
        name: "p".into(),
        priority: 999,
        kind: GroupKind::Programs,
        processes: vec![Arc::new(spec)],
    };
    let mut supervisor = Supervisor::new();
    hear(&mut supervisor, 0, Input::Configured(vec![group]));
    assert!(is_tried(&hear(&mut supervisor, 0, Input::Started)));
    supervisor
}

#[test]
fn a_machine_without_room_is_asked_until_it_has_some() {
    let mut supervisor = starting();
    let mut told = 0;
    for round in 0..20 {
        let effects = hear(&mut supervisor, round * 10, Input::SpawnRefused(ID, "no room".into()));
        told += usize::from(is_told(&effects));
        assert_eq!(state(&supervisor), ProcessState::Backoff);
        assert!(is_tried(&hear(&mut supervisor, round * 10 + 10, Input::TimePassed)));
    }
    hear(&mut supervisor, 200, Input::Spawned(ID, Pid(7)));
    assert_eq!(state(&supervisor), ProcessState::Running);
    assert_eq!(told, 1);
}

#[test]
fn who_was_given_up_begins_anew_with_a_machine_without_room() {
    let mut supervisor = starting();
    let failed = || Input::SpawnFailed(ID, "couldn't exec /bin/p: ENOENT".into());
    assert!(is_told(&hear(&mut supervisor, 0, Input::SpawnRefused(ID, "no room".into()))));
    hear(&mut supervisor, 10, Input::TimePassed);
    hear(&mut supervisor, 10, failed());
    hear(&mut supervisor, 20, Input::TimePassed);
    hear(&mut supervisor, 20, failed());
    assert_eq!(state(&supervisor), ProcessState::Fatal);
    let start = Command::Start { target: Target::Named("p".into()), wait: false };
    hear(&mut supervisor, 30, Input::Request(RequestId(1), start));
    hear(&mut supervisor, 30, Input::Checked(RequestId(1), ID, Ok(())));
    assert!(is_told(&hear(&mut supervisor, 30, Input::SpawnRefused(ID, "no room".into()))));
    assert!(is_tried(&hear(&mut supervisor, 31, Input::TimePassed)));
}
