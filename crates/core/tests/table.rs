//! The whole policy on one page: what each state makes of each input, held against `table.txt`.

use std::fmt::Write;
use std::sync::Arc;

use supervisor_core::Supervisor;
use supervisor_core::command::{Command, Fault, Reply, RequestId, Target};
use supervisor_core::effect::{Effect, Level, ReadPurpose};
use supervisor_core::input::{ExitStatus, Input, SignalError, SignalPurpose};
use supervisor_core::process::{Pid, ProcessId};
use supervisor_core::signal::Signal;
use supervisor_core::spec::{AutoRestart, GroupKind, GroupSpec, ProcessSpec};
use supervisor_core::subscription::Subscriptions;
use supervisor_core::time::{Moment, Monotonic, WallSeconds};

const ID: ProcessId = ProcessId(1);
const PID: Pid = Pid(7);

type Prepare = fn() -> Subject;
type Act = fn(&mut Subject) -> Vec<Effect>;

/// One process and its time.
struct Subject {
    supervisor: Supervisor,
    now: u64,
    requests: u64,
}

impl Subject {
    fn new(spec: ProcessSpec) -> Self {
        let mut subject = Self { supervisor: Supervisor::new(), now: 0, requests: 0 };
        let group = GroupSpec {
            name: "p".into(),
            priority: 999,
            kind: GroupKind::Programs,
            processes: vec![Arc::new(spec)],
        };
        subject.hear(Input::Watched(Subscriptions::new(vec!["PROCESS_STATE".into()])));
        subject.hear(Input::Configured(vec![group]));
        subject.hear(Input::Started);
        subject
    }

    fn hear(&mut self, input: Input) -> Vec<Effect> {
        let now = Moment { monotonic: Monotonic(self.now), wall: WallSeconds(0) };
        let mut effects = Vec::new();
        self.supervisor.handle(now, input, &mut effects);
        effects
    }

    fn ask(&mut self, command: Command) -> Vec<Effect> {
        self.requests += 1;
        self.hear(Input::Request(RequestId(self.requests), command))
    }

    /// The last request's command was looked at and can be executed.
    fn start(&mut self) -> Vec<Effect> {
        let mut effects = self.ask(Command::Start { target: target(), wait: false });
        if effects.iter().any(|effect| matches!(effect, Effect::Check(..))) {
            effects = self.hear(Input::Checked(RequestId(self.requests), ID, Ok(())));
        }
        effects
    }

    fn stop(&mut self) -> Vec<Effect> {
        self.ask(Command::Stop { target: target(), wait: false })
    }

    fn exits(&mut self, code: i32) -> Vec<Effect> {
        self.hear(Input::Exited(PID, ExitStatus::Code(code)))
    }

    fn time_passes(&mut self) -> Vec<Effect> {
        if let Some(Monotonic(deadline)) = self.supervisor.next_deadline() {
            self.now = self.now.max(deadline);
        }
        self.hear(Input::TimePassed)
    }

    fn refused(&mut self, error: SignalError) -> Vec<Effect> {
        self.hear(Input::Signalled(ID, SignalPurpose::Stop, Err(error)))
    }

    fn spawned(&mut self) -> Vec<Effect> {
        self.hear(Input::Spawned(ID, PID))
    }
}

fn target() -> Target {
    Target::Named("p".into())
}

fn spec() -> ProcessSpec {
    ProcessSpec { autostart: false, ..ProcessSpec::new("p", "p") }
}

/// The rows: how a process gets there.
const STATES: [(&str, Prepare); 12] = [
    ("STOPPED", || Subject::new(spec())),
    ("STARTING, no pid yet", || {
        let mut subject = Subject::new(spec());
        subject.start();
        subject
    }),
    ("STARTING", || {
        let mut subject = Subject::new(spec());
        subject.start();
        subject.spawned();
        subject
    }),
    ("RUNNING", running),
    ("BACKOFF", || {
        let mut subject = Subject::new(spec());
        subject.start();
        subject.spawned();
        subject.exits(0);
        subject
    }),
    ("STOPPING, no pid yet", || {
        let mut subject = Subject::new(spec());
        subject.start();
        subject.stop();
        subject
    }),
    ("STOPPING", stopping),
    ("STOPPING, then start", || {
        let mut subject = stopping();
        subject.start();
        subject
    }),
    ("EXITED", || {
        let mut subject = running();
        subject.exits(0);
        subject
    }),
    ("EXITED, braked", || {
        let spec = ProcessSpec { startsecs: 0, autorestart: AutoRestart::True, ..spec() };
        let mut subject = Subject::new(spec);
        subject.start();
        for _ in 0..6 {
            subject.spawned();
            subject.exits(0);
        }
        subject
    }),
    ("FATAL", || {
        let mut subject = Subject::new(ProcessSpec { startretries: 0, ..spec() });
        subject.start();
        subject.spawned();
        subject.exits(0);
        subject
    }),
    ("UNKNOWN", || {
        let mut subject = running();
        subject.refused(SignalError::Other("refused".into()));
        subject
    }),
];

fn running() -> Subject {
    let mut subject = Subject::new(spec());
    subject.start();
    subject.spawned();
    subject.time_passes();
    subject
}

fn stopping() -> Subject {
    let mut subject = running();
    subject.stop();
    subject.hear(Input::Signalled(ID, SignalPurpose::Stop, Ok(())));
    subject
}

/// The columns. What nobody asked for is among them: the shell may have a bug.
const INPUTS: [(&str, Act); 14] = [
    ("a client starts it", Subject::start),
    ("a client stops it", Subject::stop),
    ("a client signals it", |subject| {
        subject.ask(Command::Signal { target: target(), signal: "HUP".into() })
    }),
    ("a client removes its group", |subject| subject.ask(Command::RemoveGroup("p".into()))),
    ("it is spawned", Subject::spawned),
    ("its spawn fails", |subject| subject.hear(Input::SpawnFailed(ID, "why".into()))),
    ("it exits, 0", |subject| subject.exits(0)),
    ("it exits, 1", |subject| subject.exits(1)),
    ("a signal kills it", |subject| {
        subject.hear(Input::Exited(PID, ExitStatus::Signal { number: 9, core_dumped: false }))
    }),
    ("its deadline passes", Subject::time_passes),
    ("its signal meets nobody", |subject| subject.refused(SignalError::NoSuchProcess)),
    ("its signal is refused", |subject| subject.refused(SignalError::Other("refused".into()))),
    ("SIGHUP, configuration sound", |subject| {
        subject.hear(Input::SignalReceived(Signal::HUP));
        subject.hear(Input::ConfigurationRead(ReadPurpose::Restart(None), Ok(Vec::new())))
    }),
    ("SIGTERM", |subject| subject.hear(Input::SignalReceived(Signal::TERM))),
];

fn word(effect: &Effect) -> Option<String> {
    let word = match effect {
        Effect::Log(Level::Critical, _) => "critical".to_owned(),
        Effect::Emit { event, .. } => match event.type_name().strip_prefix("PROCESS_STATE_") {
            Some(state) => state.to_owned(),
            None => return None,
        },
        Effect::Reply(_, Reply::Fault(fault)) => fault_word(fault),
        Effect::Reply(..) => "done".to_owned(),
        Effect::Spawn(_) => "spawn".to_owned(),
        Effect::Signal { signal, .. } => format!("send {signal}"),
        Effect::ForgetGroup(_) => "forget".to_owned(),
        Effect::Finish(_) => "finish".to_owned(),
        _ => return None,
    };
    Some(word)
}

fn fault_word(fault: &Fault) -> String {
    let text = format!("{fault:?}");
    let end = text.find('(').unwrap_or(text.len());
    format!("fault {}", &text[..end])
}

fn table() -> String {
    let mut text = String::new();
    for (state, prepare) in STATES {
        let name = prepare().supervisor.process(ID).unwrap().state().name();
        assert!(state.starts_with(name), "{state} is {name}");
        writeln!(text, "{state}").unwrap();
        for (input, act) in INPUTS {
            let words: Vec<_> = act(&mut prepare()).iter().filter_map(word).collect();
            let words = if words.is_empty() { "-".to_owned() } else { words.join(", ") };
            writeln!(text, "    {input:28}{words}").unwrap();
        }
    }
    text
}

#[test]
fn every_state_has_one_answer_to_every_input() {
    let (actual, expected) = (table(), include_str!("table.txt"));
    assert!(actual == expected, "the table is now\n{actual}\nif that is right, put it into tests/table.txt");
}
