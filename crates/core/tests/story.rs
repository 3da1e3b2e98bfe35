//! Stories: what happens to a supervisor, told in inputs, and what it wants done about it.

use std::collections::VecDeque;
use std::sync::Arc;

use supervisor_core::Supervisor;
use supervisor_core::command::{AddedProgram, Changes, Command, Fault, Reply, RequestId, Target};
use supervisor_core::effect::{Effect, Level, Outcome, ReadPurpose};
use supervisor_core::input::{ExitStatus, Input, SignalError, SignalPurpose};
use supervisor_core::process::{Pid, ProcessId};
use supervisor_core::signal::Signal;
use supervisor_core::spec::{AutoRestart, GroupKind, GroupSpec, ListenerSpec, ProcessSpec};
use supervisor_core::state::{ProcessState, SupervisorState};
use supervisor_core::subscription::Subscriptions;
use supervisor_core::time::{Moment, Monotonic, WallSeconds};

const SECOND: u64 = 1_000_000_000;

/// A supervisor, a clock, and a system in which every spawn and signal succeeds unless told otherwise.
struct Story {
    supervisor: Supervisor,
    now: u64,
    next_pid: i32,
    next_request: u64,
    refuse_spawns: Option<String>,
    refuse_signals: Option<SignalError>,
    refuse_checks: Option<Fault>,
    lines: Vec<String>,
    events: Vec<String>,
    signals: Vec<String>,
    replies: Vec<(RequestId, Reply)>,
    finished: Option<Outcome>,
    outcomes: VecDeque<Input>,
    configuration: Result<Vec<GroupSpec>, String>,
}

/// Everything but the passing of time is watched.
fn watched() -> Input {
    let types = ["PROCESS", "SUPERVISOR_STATE_CHANGE", "REMOTE_COMMUNICATION"].map(str::to_owned);
    Input::Watched(Subscriptions::new(types.into()))
}

impl Story {
    fn of<const N: usize>(groups: [GroupSpec; N]) -> Self {
        let groups = Vec::from(groups);
        let mut story = Self {
            supervisor: Supervisor::new(),
            now: 1000 * SECOND,
            next_pid: 100,
            next_request: 0,
            refuse_spawns: None,
            refuse_signals: None,
            refuse_checks: None,
            lines: Vec::new(),
            events: Vec::new(),
            signals: Vec::new(),
            replies: Vec::new(),
            finished: None,
            outcomes: VecDeque::new(),
            configuration: Ok(groups.clone()),
        };
        story.feed(watched());
        story.feed(Input::Configured(groups));
        story.feed(Input::Started);
        story
    }

    /// Every effect of a turn is obeyed before the outcome of the first one is told.
    fn feed(&mut self, input: Input) {
        self.outcomes.push_back(input);
        while let Some(input) = self.outcomes.pop_front() {
            let mut effects = Vec::new();
            let wall = WallSeconds(i64::try_from(self.now / SECOND).unwrap());
            self.supervisor.handle(Moment { monotonic: Monotonic(self.now), wall }, input, &mut effects);
            for effect in effects {
                self.obey(effect);
            }
        }
    }

    fn obey(&mut self, effect: Effect) {
        match effect {
            Effect::Log(level, text) => self.lines.push(format!("{} {text}", level.code())),
            Effect::Emit { event, .. } => {
                self.events.push(format!("{} {}", event.type_name(), event.payload().trim_end()));
            }
            Effect::Reply(request, reply) => self.replies.push((request, reply)),
            Effect::Check(request, process) => {
                let result = self.refuse_checks.clone().map_or(Ok(()), Err);
                self.outcomes.push_back(Input::Checked(request, process, result));
            }
            Effect::Spawn(process) => {
                let outcome = match self.refuse_spawns.clone() {
                    Some(why) => Input::SpawnFailed(process, why),
                    None => {
                        self.next_pid += 1;
                        Input::Spawned(process, Pid(self.next_pid))
                    }
                };
                self.outcomes.push_back(outcome);
            }
            Effect::Signal { process, pid, group, signal, purpose } => {
                let whom = if group { "group " } else { "" };
                self.signals.push(format!("{signal} to {whom}{pid}"));
                let result = self.refuse_signals.clone().map_or(Ok(()), Err);
                self.outcomes.push_back(Input::Signalled(process, purpose, result));
            }
            Effect::ReadProgram(request, AddedProgram { group, program: name, .. }) => {
                let specs = match name.as_str() {
                    "wrong" => Err("program section program:wrong is wrong".to_owned()),
                    "two" => Ok(vec![Arc::new(program("two_0")), Arc::new(program("two_1"))]),
                    name => Ok(vec![Arc::new(program(name))]),
                };
                self.outcomes.push_back(Input::ProgramRead(request, group, specs));
            }
            Effect::ReadConfiguration(purpose) => {
                let configuration = self.configuration.clone();
                self.outcomes.push_back(Input::ConfigurationRead(purpose, configuration));
            }
            Effect::ClearLogs(request, process) => {
                self.outcomes.push_back(Input::LogsCleared(request, process, Ok(())));
            }
            Effect::ClearMainLog(request) => self.outcomes.push_back(Input::MainLogCleared(request, Ok(()))),
            Effect::WriteStdin(request, process, _) => {
                self.outcomes.push_back(Input::StdinWritten(request, process, true));
            }
            Effect::PrepareGroup(_)
            | Effect::ForgetGroup(_)
            | Effect::ReopenLogs
            | Effect::Deliver(..)
            | Effect::Print(_)
            | Effect::Feed(..) => {}
            Effect::Finish(outcome) => self.finished = Some(outcome),
        }
    }

    fn ask(&mut self, command: Command) -> RequestId {
        self.next_request += 1;
        let request = RequestId(self.next_request);
        self.feed(Input::Request(request, command));
        request
    }

    fn answer(&self, request: RequestId) -> Option<&Reply> {
        let mut answers = self.replies.iter().filter(|(id, _)| *id == request);
        let answer = answers.next().map(|(_, reply)| reply);
        assert_eq!(answers.next(), None, "a request was answered twice");
        answer
    }

    /// Lets time pass, stopping at every deadline on the way as the daemon does.
    fn wait(&mut self, seconds: f64) {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
        let end = self.now + (seconds * SECOND as f64) as u64;
        while let Some(Monotonic(deadline)) = self.supervisor.next_deadline().filter(|due| due.0 <= end) {
            self.now = self.now.max(deadline);
            self.feed(Input::TimePassed);
        }
        self.now = end;
        self.feed(Input::TimePassed);
    }

    fn id(&self, name: &str) -> ProcessId {
        self.supervisor.processes().find(|process| process.spec().name == name).unwrap().id()
    }

    fn state(&self, name: &str) -> ProcessState {
        self.supervisor.process(self.id(name)).unwrap().state()
    }

    fn pid(&self, name: &str) -> Pid {
        self.supervisor.process(self.id(name)).unwrap().pid().unwrap()
    }

    fn exits(&mut self, name: &str, code: i32) {
        let pid = self.pid(name);
        self.feed(Input::Exited(pid, ExitStatus::Code(code)));
    }

    fn is_killed(&mut self, name: &str, number: i32) {
        let pid = self.pid(name);
        self.feed(Input::Exited(pid, ExitStatus::Signal { number, core_dumped: false }));
    }

    fn events_of(&self, name: &str) -> Vec<String> {
        let wanted = format!("processname:{name} ");
        let short = |event: &String| {
            event
                .replace("PROCESS_STATE_", "")
                .replace(&wanted, "")
                .replace(&format!("groupname:{name} "), "")
        };
        self.events.iter().filter(|event| event.contains(&wanted)).map(short).collect()
    }
}

fn program(name: &str) -> ProcessSpec {
    ProcessSpec::new(name, name)
}

fn group<const N: usize>(name: &str, priority: i64, processes: [ProcessSpec; N]) -> GroupSpec {
    let processes = processes.into_iter().map(Arc::new).collect();
    GroupSpec { name: name.into(), priority, kind: GroupKind::Programs, processes }
}

fn alone(process: ProcessSpec) -> GroupSpec {
    group(&process.name.clone(), 999, [process])
}

fn named(name: &str) -> Target {
    Target::Named(name.into())
}

fn start(name: &str) -> Command {
    Command::Start { target: named(name), wait: true }
}

fn stop(name: &str) -> Command {
    Command::Stop { target: named(name), wait: true }
}

#[test]
fn a_process_that_stays_up_for_startsecs_is_running() {
    let mut story = Story::of([alone(program("cat"))]);
    assert_eq!(story.state("cat"), ProcessState::Starting);
    story.wait(0.99);
    assert_eq!(story.state("cat"), ProcessState::Starting);
    story.wait(0.01);
    assert_eq!(story.state("cat"), ProcessState::Running);
    assert_eq!(
        story.events_of("cat"),
        ["STARTING from_state:STOPPED tries:0", "RUNNING from_state:STARTING pid:101"]
    );
    assert_eq!(
        story.lines,
        [
            "INFO spawned: 'cat' with pid 101",
            "INFO success: cat entered RUNNING state, process has stayed up for > than 1 seconds (startsecs)",
        ]
    );
}

#[test]
fn a_process_that_exits_before_startsecs_goes_to_backoff_even_with_an_expected_code() {
    let mut story = Story::of([alone(ProcessSpec { autorestart: AutoRestart::False, ..program("p") })]);
    story.exits("p", 0);
    assert_eq!(story.state("p"), ProcessState::Backoff);
    assert!(story.lines.contains(&"WARN exited: p (exit status 0; not expected)".to_owned()));
    story.wait(1.0);
    assert_eq!(story.state("p"), ProcessState::Starting);
}

#[test]
fn retries_wait_one_second_longer_each_time_and_end_in_fatal() {
    let mut story = Story::of([alone(ProcessSpec { startretries: 2, ..program("p") })]);
    let mut starts = Vec::new();
    while story.state("p") != ProcessState::Fatal {
        if story.state("p") == ProcessState::Starting {
            starts.push(story.now / SECOND - 1000);
            story.exits("p", 1);
        } else {
            story.wait(1.0);
        }
    }
    assert_eq!(starts, [0, 1, 3]);
    assert_eq!(
        story.events_of("p"),
        [
            "STARTING from_state:STOPPED tries:0",
            "BACKOFF from_state:STARTING tries:1",
            "STARTING from_state:BACKOFF tries:1",
            "BACKOFF from_state:STARTING tries:2",
            "STARTING from_state:BACKOFF tries:2",
            "BACKOFF from_state:STARTING tries:3",
            "FATAL from_state:BACKOFF",
        ]
    );
    assert_eq!(
        story.lines.last().unwrap(),
        "INFO gave up: p entered FATAL state, too many start retries too quickly"
    );
}

#[test]
fn a_spawn_that_fails_counts_as_a_failed_start() {
    let mut story = Story::of([]);
    story.configuration = Ok(vec![alone(ProcessSpec { startretries: 0, ..program("p") })]);
    story.ask(Command::Reread);
    story.refuse_spawns = Some("can't find command 'p'".into());
    story.ask(Command::AddGroup("p".into()));
    assert_eq!(story.state("p"), ProcessState::Fatal);
    assert!(story.lines.contains(&"INFO spawnerr: can't find command 'p'".to_owned()));
    let process = story.supervisor.process(story.id("p")).unwrap();
    assert_eq!(process.spawnerr(), Some("can't find command 'p'"));
}

#[test]
fn startsecs_zero_is_running_at_once() {
    let mut story = Story::of([alone(ProcessSpec { startsecs: 0, ..program("p") })]);
    assert_eq!(story.state("p"), ProcessState::Running);
    story.exits("p", 0);
    assert_eq!(story.state("p"), ProcessState::Exited);
    assert_eq!(story.events_of("p").last().unwrap(), "EXITED from_state:RUNNING expected:1 pid:101");
    assert_eq!(story.lines.last().unwrap(), "INFO exited: p (exit status 0; expected)");
}

#[test]
fn autorestart_decides_by_exit_code_and_signal() {
    let cases = [
        (AutoRestart::False, Some(1), ProcessState::Exited),
        (AutoRestart::Unexpected, Some(0), ProcessState::Exited),
        (AutoRestart::Unexpected, Some(1), ProcessState::Starting),
        (AutoRestart::Unexpected, None, ProcessState::Starting),
        (AutoRestart::True, Some(0), ProcessState::Starting),
    ];
    for (autorestart, code, expected) in cases {
        let mut story = Story::of([alone(ProcessSpec { autorestart, ..program("p") })]);
        story.wait(2.0);
        match code {
            Some(code) => story.exits("p", code),
            None => story.is_killed("p", 9),
        }
        assert_eq!(story.state("p"), expected, "{autorestart:?} {code:?}");
    }
}

#[test]
fn a_program_that_keeps_dying_at_once_is_braked() {
    let spec = ProcessSpec { startsecs: 0, autorestart: AutoRestart::True, ..program("p") };
    let mut story = Story::of([alone(spec)]);
    for _ in 0..5 {
        assert_eq!(story.state("p"), ProcessState::Running);
        story.exits("p", 0);
    }
    story.exits("p", 0);
    assert_eq!(story.state("p"), ProcessState::Exited);
    story.wait(1.0);
    assert_eq!(story.state("p"), ProcessState::Running);
}

#[test]
fn a_braked_program_can_be_stopped() {
    let spec = ProcessSpec { startsecs: 0, autorestart: AutoRestart::True, ..program("p") };
    let mut story = Story::of([alone(spec)]);
    for _ in 0..6 {
        story.exits("p", 0);
    }
    let request = story.ask(stop("p"));
    assert_eq!(story.answer(request), Some(&Reply::Done));
    story.wait(10.0);
    assert_eq!(story.state("p"), ProcessState::Exited);
}

#[test]
fn stop_signals_waits_and_kills() {
    let mut story = Story::of([alone(ProcessSpec { stopwaitsecs: 2, ..program("p") })]);
    story.wait(2.0);
    let request = story.ask(stop("p"));
    assert_eq!(story.signals, ["SIGTERM to 101"]);
    story.wait(1.9);
    assert_eq!(story.signals.len(), 1);
    assert_eq!(story.answer(request), None);
    story.wait(0.1);
    assert_eq!(story.signals, ["SIGTERM to 101", "SIGKILL to 101"]);
    story.is_killed("p", 9);
    assert_eq!(story.answer(request), Some(&Reply::Done));
    assert_eq!(story.state("p"), ProcessState::Stopped);
    assert!(story.lines.contains(&"WARN killing 'p' (101) with SIGKILL".to_owned()));
    assert!(story.lines.contains(&"WARN stopped: p (terminated by SIGKILL)".to_owned()));
    assert!(story.lines.contains(&"INFO waiting for p to stop".to_owned()));
    story.wait(60.0);
    assert_eq!(story.state("p"), ProcessState::Stopped);
}

#[test]
fn stopasgroup_and_killasgroup_reach_the_process_group() {
    let spec = ProcessSpec { stopasgroup: true, killasgroup: true, stopwaitsecs: 1, ..program("p") };
    let mut story = Story::of([alone(spec)]);
    story.ask(stop("p"));
    story.wait(1.0);
    assert_eq!(story.signals, ["SIGTERM to group 101", "SIGKILL to group 101"]);
    let spec = ProcessSpec { killasgroup: true, stopwaitsecs: 1, ..program("p") };
    let mut story = Story::of([alone(spec)]);
    story.ask(stop("p"));
    story.wait(1.0);
    assert_eq!(story.signals, ["SIGTERM to 101", "SIGKILL to group 101"]);
}

#[test]
fn stop_in_backoff_is_immediate_and_forgets_the_failures() {
    let mut story = Story::of([alone(program("p"))]);
    story.exits("p", 1);
    let request = story.ask(stop("p"));
    assert_eq!(story.answer(request), Some(&Reply::Done));
    assert_eq!(story.state("p"), ProcessState::Stopped);
    assert_eq!(story.events_of("p").last().unwrap(), "STOPPED from_state:BACKOFF pid:0");
    story.ask(start("p"));
    assert_eq!(story.events_of("p").last().unwrap(), "STARTING from_state:STOPPED tries:0");
}

#[test]
fn a_start_waits_for_running_and_says_what_went_wrong() {
    let mut story = Story::of([alone(ProcessSpec { autostart: false, ..program("p") })]);
    let request = story.ask(start("p"));
    assert_eq!(story.answer(request), None);
    story.wait(1.0);
    assert_eq!(story.answer(request), Some(&Reply::Done));
    let request = story.ask(start("p"));
    assert_eq!(story.answer(request), Some(&Reply::Fault(Fault::AlreadyStarted("p".into()))));
    story.exits("p", 0);
    let request = story.ask(start("p"));
    story.exits("p", 0);
    assert_eq!(story.answer(request), Some(&Reply::Fault(Fault::SpawnError("p".into()))));
    let request = story.ask(start("nope"));
    assert_eq!(story.answer(request), Some(&Reply::Fault(Fault::BadName("nope".into()))));
    let fault = Fault::NoFile(Some("can't find command 'p'".into()));
    story.refuse_checks = Some(fault.clone());
    let request = story.ask(start("p"));
    assert_eq!(story.answer(request), Some(&Reply::Fault(fault)));
}

#[test]
fn a_stop_while_a_start_waits_is_an_abnormal_termination() {
    let mut story = Story::of([alone(ProcessSpec { autostart: false, ..program("p") })]);
    let starting = story.ask(start("p"));
    let stopping = story.ask(stop("p"));
    assert_eq!(story.answer(starting), Some(&Reply::Fault(Fault::AbnormalTermination("p".into()))));
    story.is_killed("p", 15);
    assert_eq!(story.answer(stopping), Some(&Reply::Done));
}

#[test]
fn a_start_during_a_stop_follows_it() {
    let mut story = Story::of([alone(program("p"))]);
    let stopping = story.ask(stop("p"));
    let starting = story.ask(start("p"));
    assert_eq!(story.answer(starting), None);
    story.is_killed("p", 15);
    assert_eq!(story.answer(stopping), Some(&Reply::Done));
    assert_eq!(story.state("p"), ProcessState::Starting);
    story.wait(1.0);
    assert_eq!(story.answer(starting), Some(&Reply::Done));
}

#[test]
fn batches_act_in_priority_order_and_answer_in_order_of_completion() {
    let quick = ProcessSpec { priority: 2, startsecs: 1, autostart: false, ..program("quick") };
    let slow = ProcessSpec { priority: 1, startsecs: 5, autostart: false, ..program("slow") };
    let mut story = Story::of([group("g", 1, [quick, slow])]);
    let request = story.ask(Command::Start { target: Target::Group("g".into()), wait: true });
    let spawned: Vec<_> = story.lines.iter().filter(|line| line.contains("spawned")).cloned().collect();
    assert_eq!(spawned, ["INFO spawned: 'slow' with pid 101", "INFO spawned: 'quick' with pid 102"]);
    story.wait(5.0);
    let Some(Reply::Batch(entries)) = story.answer(request) else { panic!("no batch") };
    let order: Vec<_> = entries.iter().map(|entry| entry.name.as_str()).collect();
    assert_eq!(order, ["quick", "slow"]);
    let request = story.ask(Command::Start { target: Target::All, wait: true });
    assert_eq!(story.answer(request), Some(&Reply::Batch(vec![])));
}

#[test]
fn processes_start_by_themselves_in_group_and_listing_order() {
    let members =
        |names: [(&str, i64); 3]| names.map(|(name, priority)| ProcessSpec { priority, ..program(name) });
    let story = Story::of([
        group("late", 9, members([("l1", 1), ("l2", 1), ("l3", 1)])),
        group("g", 1, members([("c", 9), ("a", 1), ("b", 5)])),
    ]);
    let order: Vec<_> =
        story.lines.iter().filter_map(|line| line.split('\'').nth(1).map(str::to_owned)).collect();
    assert_eq!(order, ["c", "a", "b", "l1", "l2", "l3"]);
}

#[test]
fn shutdown_stops_by_falling_priority_and_equals_together() {
    let mut story = Story::of([
        group("a", 1, [program("a")]),
        group("b", 5, [program("b")]),
        group("c", 5, [program("c")]),
    ]);
    story.wait(2.0);
    story.feed(Input::SignalReceived(Signal::TERM));
    assert_eq!(story.supervisor.state(), SupervisorState::Shutdown);
    assert_eq!(story.signals, ["SIGTERM to 103", "SIGTERM to 102"]);
    assert!(story.lines.contains(&"WARN received SIGTERM indicating exit request".to_owned()));
    assert!(story.lines.contains(&"INFO waiting for a, b, c to die".to_owned()));
    story.is_killed("b", 15);
    assert_eq!(story.signals.len(), 2);
    story.is_killed("c", 15);
    assert_eq!(story.signals.len(), 3);
    assert_eq!(story.finished, None);
    story.is_killed("a", 15);
    assert_eq!(story.finished, Some(Outcome::Shutdown));
}

#[test]
fn nothing_is_started_or_asked_for_during_a_shutdown() {
    let mut story = Story::of([alone(program("stubborn")), group("later", 1, [program("p")])]);
    story.exits("p", 1);
    let waiting = story.ask(start("stubborn"));
    assert!(story.answer(waiting).is_some());
    story.feed(Input::SignalReceived(Signal::INT));
    let request = story.ask(start("p"));
    assert_eq!(story.answer(request), Some(&Reply::Fault(Fault::ShutdownState)));
    story.wait(5.0);
    assert_eq!(story.state("p"), ProcessState::Backoff);
    let request = story.ask(Command::SendRemoteCommEvent { kind: "t".into(), data: "d".into() });
    assert_eq!(story.answer(request), Some(&Reply::Done));
    story.is_killed("stubborn", 15);
    assert_eq!(story.state("p"), ProcessState::Fatal);
    assert_eq!(story.finished, Some(Outcome::Shutdown));
}

#[test]
fn a_broken_configuration_stops_nothing() {
    let mut story = Story::of([alone(program("p"))]);
    story.configuration = Err("no such luck".into());
    story.feed(Input::SignalReceived(Signal::HUP));
    assert_eq!(story.supervisor.state(), SupervisorState::Running);
    assert!(story.lines.iter().any(|line| line.starts_with("ERRO ") && line.ends_with("no such luck")));
    let request = story.ask(Command::Restart);
    assert_eq!(story.answer(request), Some(&Reply::Fault(Fault::CantReread("no such luck".into()))));
    let request = story.ask(Command::Reread);
    assert_eq!(story.answer(request), Some(&Reply::Fault(Fault::CantReread("no such luck".into()))));
}

#[test]
fn a_restart_may_still_become_a_shutdown() {
    let mut story = Story::of([alone(program("p"))]);
    story.feed(Input::SignalReceived(Signal::HUP));
    assert_eq!(story.supervisor.state(), SupervisorState::Restarting);
    story.feed(Input::SignalReceived(Signal::TERM));
    story.is_killed("p", 15);
    assert_eq!(story.finished, Some(Outcome::Shutdown));
    story.feed(Input::SignalReceived(Signal::HUP));
    assert!(story.lines.last().unwrap().contains("ignored SIGHUP"));
}

#[test]
fn groups_are_added_from_the_last_read_configuration_and_removed_when_stopped() {
    let mut story = Story::of([alone(program("old"))]);
    story.configuration = Ok(vec![alone(program("new"))]);
    let request = story.ask(Command::AddGroup("new".into()));
    assert_eq!(story.answer(request), Some(&Reply::Fault(Fault::BadName("new".into()))));
    story.ask(Command::Reread);
    story.ask(Command::AddGroup("new".into()));
    assert_eq!(story.state("new"), ProcessState::Starting);
    let request = story.ask(Command::AddGroup("new".into()));
    assert_eq!(story.answer(request), Some(&Reply::Fault(Fault::AlreadyAdded("new".into()))));
    let request = story.ask(Command::RemoveGroup("old".into()));
    assert_eq!(story.answer(request), Some(&Reply::Fault(Fault::StillRunning("old".into()))));
    story.ask(Command::Stop { target: named("old"), wait: false });
    story.is_killed("old", 15);
    let request = story.ask(Command::RemoveGroup("old".into()));
    assert_eq!(story.answer(request), Some(&Reply::Done));
    assert_eq!(story.events.last().unwrap(), "PROCESS_GROUP_REMOVED groupname:old");
    let request = story.ask(Command::RemoveGroup("old".into()));
    assert_eq!(story.answer(request), Some(&Reply::Fault(Fault::BadName("old".into()))));
}

#[test]
fn a_signal_that_cannot_be_sent_is_an_answer_and_a_later_exit_is_accepted() {
    let mut story = Story::of([alone(program("p"))]);
    story.wait(2.0);
    story.refuse_signals = Some(SignalError::Other("[Errno 1] Operation not permitted".into()));
    let request = story.ask(stop("p"));
    let text = "unknown problem killing p (101):[Errno 1] Operation not permitted";
    assert_eq!(story.answer(request), Some(&Reply::Fault(Fault::Failed(Some(text.into())))));
    assert_eq!(story.state("p"), ProcessState::Unknown);
    let request = story.ask(start("p"));
    let text = "p is in an unknown process state";
    assert_eq!(story.answer(request), Some(&Reply::Fault(Fault::Failed(Some(text.into())))));
    story.exits("p", 0);
    assert_eq!(story.state("p"), ProcessState::Stopped);
}

#[test]
fn a_signal_goes_to_the_process_and_changes_nothing() {
    let mut story = Story::of([alone(program("p"))]);
    let signal = |signal: &str| Command::Signal { target: named("p"), signal: signal.into() };
    let request = story.ask(signal("hup"));
    assert_eq!(story.answer(request), Some(&Reply::Done));
    assert_eq!(story.signals, ["SIGHUP to 101"]);
    assert_eq!(story.state("p"), ProcessState::Starting);
    let request = story.ask(signal("nope"));
    assert_eq!(story.answer(request), Some(&Reply::Fault(Fault::BadSignal("nope".into()))));
    story.exits("p", 1);
    let request = story.ask(signal("HUP"));
    assert_eq!(story.answer(request), Some(&Reply::Fault(Fault::NotRunning("p".into()))));
}

#[test]
fn an_unknown_child_is_only_mentioned() {
    let mut story = Story::of([]);
    story.feed(Input::Exited(Pid(4242), ExitStatus::Code(0)));
    assert_eq!(story.lines, ["INFO reaped unknown pid 4242 (exit status 0)"]);
}

#[test]
fn levels_have_the_codes_of_the_log() {
    let codes: Vec<_> = Level::ALL.iter().map(|level| level.code()).collect();
    assert_eq!(codes, ["BLAT", "TRAC", "DEBG", "INFO", "WARN", "ERRO", "CRIT"]);
}

#[test]
fn a_restart_reads_the_configuration_before_it_stops_anything() {
    let mut story = Story::of([alone(program("p"))]);
    let mut effects = Vec::new();
    let now = Moment { monotonic: Monotonic(story.now), wall: WallSeconds(0) };
    story.supervisor.handle(now, Input::Request(RequestId(9), Command::Restart), &mut effects);
    assert_eq!(effects, [Effect::ReadConfiguration(ReadPurpose::Restart(Some(RequestId(9))))]);
}

#[test]
fn a_process_that_has_just_been_reaped_is_not_killed_although_sigkill_is_due() {
    let mut story = Story::of([alone(ProcessSpec { stopwaitsecs: 2, ..program("p") })]);
    let request = story.ask(stop("p"));
    story.now += 2 * SECOND;
    story.is_killed("p", 15);
    assert_eq!(story.signals, ["SIGTERM to 101"]);
    assert_eq!(story.answer(request), Some(&Reply::Done));
}

#[test]
fn a_second_refused_signal_is_no_second_change_of_state() {
    let mut story = Story::of([alone(program("p"))]);
    let (id, refusal) =
        (story.id("p"), || Err(SignalError::Other("[Errno 1] Operation not permitted".into())));
    story.feed(Input::Signalled(id, SignalPurpose::Kill, refusal()));
    story.feed(Input::Signalled(id, SignalPurpose::Kill, refusal()));
    assert_eq!(story.events_of("p"), ["STARTING from_state:STOPPED tries:0", "UNKNOWN from_state:STARTING"]);
}

#[test]
fn a_stop_that_overtakes_a_failing_spawn_is_answered() {
    let mut story = Story::of([alone(program("p"))]);
    story.exits("p", 1);
    story.now += SECOND;
    story.refuse_spawns = Some("too many open files".into());
    let request = story.ask(Command::Stop { target: named("p"), wait: false });
    assert_eq!(story.answer(request), Some(&Reply::Done));
    assert_eq!(
        story.events_of("p")[2..],
        [
            "STARTING from_state:BACKOFF tries:1",
            "STOPPING from_state:STARTING pid:0",
            "STOPPED from_state:STOPPING pid:0",
        ]
    );
}

#[test]
fn a_restart_that_becomes_a_shutdown_raises_the_revision() {
    let mut story = Story::of([alone(program("p"))]);
    story.feed(Input::SignalReceived(Signal::HUP));
    let before = story.supervisor.revision();
    story.feed(Input::SignalReceived(Signal::TERM));
    assert!(story.supervisor.revision() > before);
}

#[test]
fn a_supervisor_told_to_stop_before_it_has_begun_starts_nothing() {
    let mut story = Story::of([]);
    story.supervisor = Supervisor::new();
    story.feed(Input::Configured(vec![alone(program("p"))]));
    story.feed(Input::SignalReceived(Signal::TERM));
    story.feed(Input::Started);
    assert_eq!(story.state("p"), ProcessState::Stopped);
    assert_eq!(story.finished, Some(Outcome::Shutdown));
}

#[test]
fn a_spawn_that_nobody_asked_for_is_mentioned_and_changes_nothing() {
    let mut story = Story::of([alone(program("p"))]);
    let id = story.id("p");
    story.feed(Input::Spawned(id, Pid(999)));
    story.feed(Input::SpawnFailed(id, "why".into()));
    assert_eq!(story.pid("p"), Pid(101));
    assert_eq!(story.supervisor.process_of(Pid(999)), None);
    assert_eq!(
        story.lines[1..],
        [
            "CRIT spawned: 'p' with pid 999, which nobody asked for",
            "CRIT spawnerr: why, from a spawn that nobody asked for",
        ]
    );
}

fn add(group: &str, program: &str) -> Command {
    Command::AddProgram(AddedProgram { group: group.into(), program: program.into(), options: Vec::new() })
}

fn remove(group: &str, process: &str) -> Command {
    Command::RemoveProcess { group: group.into(), process: process.into() }
}

#[test]
fn a_program_joins_a_group_at_work_and_its_processes_start() {
    let mut story = Story::of([group("empty", 999, [])]);
    let request = story.ask(add("empty", "two"));
    assert_eq!(story.answer(request), Some(&Reply::Done));
    assert_eq!(story.state("two_0"), ProcessState::Starting);
    assert_eq!(story.state("two_1"), ProcessState::Starting);
    let [group] = story.supervisor.configured() else { panic!("one group") };
    assert_eq!(group.processes.len(), 2, "who reads the configuration sees them");
}

#[test]
fn a_program_that_cannot_join_changes_nothing() {
    let mut story = Story::of([alone(program("two_1")), group("g", 999, [program("two_1")])]);
    let bad = |text: &str| Some(Reply::Fault(Fault::BadName(text.into())));
    for (command, fault) in [
        (add("nobody", "x"), bad("group: nobody")),
        (add("g", "two"), bad("two_1")),
        (
            add("g", "wrong"),
            Some(Reply::Fault(Fault::IncorrectParameters(Some(
                "program section program:wrong is wrong".into(),
            )))),
        ),
        (remove("nobody", "x"), bad("group: nobody")),
        (remove("g", "two_0"), bad("two_0")),
        (remove("g", "two_1"), Some(Reply::Fault(Fault::StillRunning("two_1".into())))),
    ] {
        let request = story.ask(command);
        assert_eq!(story.answer(request).cloned(), fault);
    }
    assert_eq!(story.supervisor.processes().count(), 2);
}

#[test]
fn a_process_leaves_when_it_has_stopped_and_its_name_is_free_again() {
    let mut story = Story::of([group("g", 999, [program("a"), program("b")])]);
    let stop_a = story.ask(Command::Stop { target: named("g:a"), wait: true });
    story.is_killed("a", 15);
    assert_eq!(story.answer(stop_a), Some(&Reply::Done));
    let request = story.ask(remove("g", "a"));
    assert_eq!(story.answer(request), Some(&Reply::Done));
    assert_eq!(story.supervisor.processes().count(), 1);
    let request = story.ask(add("g", "a"));
    assert_eq!(story.answer(request), Some(&Reply::Done));
    assert_eq!(story.state("a"), ProcessState::Starting);
}

#[test]
fn the_file_knows_nothing_of_those_who_joined() {
    let mut story = Story::of([group("g", 999, []), alone(program("p"))]);
    story.ask(add("g", "late"));
    let request = story.ask(Command::Reread);
    let changed = Changes { changed: vec!["g".into()], ..Changes::default() };
    assert_eq!(story.answer(request), Some(&Reply::Changes(changed)));
    story.ask(Command::Stop { target: Target::Group("g".into()), wait: false });
    story.is_killed("late", 15);
    story.ask(Command::RemoveGroup("g".into()));
    story.ask(Command::AddGroup("g".into()));
    assert_eq!(story.supervisor.group("g").unwrap().members(), []);
    let request = story.ask(Command::Reread);
    assert_eq!(story.answer(request), Some(&Reply::Changes(Changes::default())));
}

#[test]
fn nobody_joins_listeners_or_leaves_them() {
    let mut listeners = alone(program("l"));
    listeners.kind = GroupKind::EventListener(ListenerSpec::new(vec!["EVENT".into()]));
    let mut story = Story::of([listeners]);
    for command in [add("l", "x"), remove("l", "l")] {
        let request = story.ask(command);
        assert!(matches!(
            story.answer(request),
            Some(Reply::Fault(Fault::IncorrectParameters(Some(why)))) if why.contains("group l")
        ));
    }
}

#[test]
fn a_client_writes_to_the_log() {
    let mut story = Story::of([]);
    let request = story.ask(Command::Log(Level::Warn, "hello".into()));
    assert_eq!(story.answer(request), Some(&Reply::Done));
    assert_eq!(story.lines, ["WARN hello"]);
    story.feed(Input::SignalReceived(Signal::TERM));
    let request = story.ask(add("g", "x"));
    assert_eq!(story.answer(request), Some(&Reply::Fault(Fault::ShutdownState)));
}
