//! Stories of event listeners.

use std::sync::Arc;

use supervisor_core::Supervisor;
use supervisor_core::command::{Command, RequestId};
use supervisor_core::effect::Effect;
use supervisor_core::event::OutputChannel;
use supervisor_core::input::{ExitStatus, Input};
use supervisor_core::process::{Pid, Process, ProcessId};
use supervisor_core::spec::{AutoRestart, GroupKind, GroupSpec, ListenerSpec, ProcessSpec, ResultHandler};
use supervisor_core::subscription::Subscriptions;
use supervisor_core::time::{Moment, Monotonic, WallSeconds};

/// A supervisor whose listeners and programs are up at once.
struct Story {
    supervisor: Supervisor,
    second: i64,
    next_pid: i32,
    sent: Vec<String>,
    lines: Vec<String>,
    /// What watchers were told.
    watched: Vec<String>,
    /// What went to standard inputs beside events.
    fed: Vec<String>,
    /// Listeners that do not read what they are sent.
    deaf: bool,
}

impl Story {
    fn of(groups: Vec<GroupSpec>) -> Self {
        let mut story = Self {
            supervisor: Supervisor::with_serial(0),
            second: 1001,
            next_pid: 100,
            sent: Vec::new(),
            lines: Vec::new(),
            watched: Vec::new(),
            fed: Vec::new(),
            deaf: false,
        };
        story.feed(Input::Configured(groups));
        story.feed(Input::Started);
        story
    }

    fn feed(&mut self, input: Input) {
        let mut inputs = vec![input];
        while !inputs.is_empty() {
            let mut effects = Vec::new();
            let now = Moment {
                monotonic: Monotonic(self.second.unsigned_abs() * 1_000_000_000),
                wall: WallSeconds(self.second),
            };
            self.supervisor.handle(now, inputs.remove(0), &mut effects);
            for effect in effects {
                match effect {
                    Effect::Spawn(id) => {
                        self.next_pid += 1;
                        inputs.push(Input::Spawned(id, Pid(self.next_pid)));
                    }
                    Effect::Deliver(id, _) if self.deaf => inputs.push(Input::DeliveryFailed(id)),
                    Effect::Deliver(id, envelope) => {
                        let name = self.name(id);
                        self.sent.push(format!("{name} <- {}", envelope.render("supervisor")));
                    }
                    Effect::Emit { serial, event } => {
                        self.watched.push(format!("{serial} {}", event.type_name()));
                    }
                    Effect::Feed(id, text) => self.fed.push(format!("{} <- {text}", self.name(id))),
                    Effect::Log(level, text) => self.lines.push(format!("{} {text}", level.code())),
                    _ => {}
                }
            }
        }
    }

    fn name(&self, id: ProcessId) -> String {
        self.supervisor.process(id).unwrap().spec().name.clone()
    }

    fn id(&self, name: &str) -> ProcessId {
        self.supervisor.processes().find(|process| process.spec().name == name).unwrap().id()
    }

    fn says(&mut self, name: &str, text: &str) {
        let id = self.id(name);
        let pid = self.supervisor.process(id).and_then(Process::pid).expect("it lives");
        self.feed(Input::ListenerHeard(id, pid, text.as_bytes().to_vec()));
    }

    fn sends(&mut self, kind: &str) {
        let command = Command::SendRemoteCommEvent { kind: kind.into(), data: "d".into() };
        self.feed(Input::Request(RequestId(1), command));
    }

    fn dies(&mut self, name: &str) {
        let pid = self.supervisor.process(self.id(name)).unwrap().pid().unwrap();
        self.feed(Input::Exited(pid, ExitStatus::Code(1)));
    }

    /// Who was sent which REMOTE_COMMUNICATION with which serials, since last asked.
    fn told(&mut self) -> Vec<String> {
        let told = std::mem::take(&mut self.sent);
        told.iter()
            .filter(|sent| sent.contains("REMOTE_COMMUNICATION"))
            .map(|sent| {
                let words: Vec<_> = sent.split([' ', '\n']).collect();
                format!("{} {} {} {}", words[0], words[4], words[6], words[9])
            })
            .collect()
    }
}

fn program(name: &str) -> ProcessSpec {
    ProcessSpec { startsecs: 0, autorestart: AutoRestart::True, ..ProcessSpec::new(name, name) }
}

fn listeners(name: &str, events: &[&str], buffer_size: usize, copies: &[&str]) -> GroupSpec {
    let events = events.iter().map(|&event| event.to_owned()).collect();
    GroupSpec {
        name: name.into(),
        priority: -1,
        kind: GroupKind::EventListener(ListenerSpec { buffer_size, ..ListenerSpec::new(events) }),
        processes: copies.iter().map(|copy| Arc::new(program(copy))).collect(),
    }
}

#[test]
fn an_event_goes_to_a_ready_listener_and_comes_again_when_it_is_refused() {
    let mut story = Story::of(vec![listeners("p", &["REMOTE_COMMUNICATION"], 10, &["p"])]);
    story.sends("t0");
    assert!(story.told().is_empty(), "it is not ready");
    story.says("p", "READY\n");
    assert_eq!(
        std::mem::take(&mut story.sent),
        [
            "p <- ver:3.0 server:supervisor serial:0 pool:p poolserial:0 eventname:REMOTE_COMMUNICATION len:9\n\
          type:t0\nd"
        ]
    );
    story.says("p", "RESULT 4\nFAILREADY\n");
    assert_eq!(story.told(), ["p serial:0 poolserial:0 type:t0"]);
    story.says("p", "RESULT 2\nOKREADY\n");
    story.sends("t1");
    assert_eq!(story.told(), ["p serial:1 poolserial:1 type:t1"]);
}

#[test]
fn an_event_that_is_refused_again_and_again_waits() {
    let mut story = Story::of(vec![listeners("p", &["REMOTE_COMMUNICATION"], 10, &["p"])]);
    story.says("p", "READY\n");
    story.sends("t0");
    story.says("p", "RESULT 4\nFAILREADY\n");
    story.says("p", "RESULT 4\nFAILREADY\n");
    assert_eq!(story.told().len(), 2);
    let due = story.supervisor.next_deadline().unwrap();
    assert_eq!(due, Monotonic(1_002_000_000_000));
    story.second += 1;
    story.feed(Input::TimePassed);
    assert_eq!(story.told().len(), 1);
}

#[test]
fn listeners_of_a_pool_share_its_events_in_order() {
    let mut story = Story::of(vec![listeners("p", &["REMOTE_COMMUNICATION"], 10, &["a", "b"])]);
    story.says("a", "READY\n");
    story.says("b", "READY\n");
    for kind in ["t0", "t1", "t2"] {
        story.sends(kind);
    }
    assert_eq!(story.told(), ["a serial:0 poolserial:0 type:t0", "b serial:1 poolserial:1 type:t1"]);
    story.says("b", "RESULT 2\nOKREADY\n");
    assert_eq!(story.told(), ["b serial:2 poolserial:2 type:t2"]);
}

#[test]
fn a_listener_that_dies_with_an_event_is_sent_it_again() {
    let mut story = Story::of(vec![listeners("p", &["REMOTE_COMMUNICATION"], 10, &["p"])]);
    story.says("p", "READY\n");
    story.sends("t0");
    story.told();
    story.dies("p");
    story.says("p", "READY\n");
    assert_eq!(story.told(), ["p serial:0 poolserial:0 type:t0"]);
}

#[test]
fn a_refusal_concerns_the_refusing_pool_only() {
    let mut story = Story::of(vec![
        listeners("one", &["REMOTE_COMMUNICATION"], 10, &["one"]),
        listeners("two", &["TICK_3600"], 10, &["two"]),
    ]);
    story.says("one", "READY\n");
    story.says("two", "READY\n");
    story.sends("t0");
    story.says("one", "RESULT 4\nFAIL");
    assert_eq!(story.told().len(), 1);
    assert!(story.sent.is_empty());
}

#[test]
fn a_listener_that_does_not_read_is_passed_over_until_it_is_started_anew() {
    let mut story = Story::of(vec![listeners("p", &["REMOTE_COMMUNICATION"], 10, &["p"])]);
    story.says("p", "READY\n");
    story.deaf = true;
    story.sends("t0");
    assert!(story.lines.iter().any(|line| line.contains("epipe occurred while sending event 0")));
    let named = story.supervisor.next_deadline();
    assert_eq!(named, Some(Monotonic(1_061_000_000_000)), "nothing is tried again by itself, but it is said");
    story.deaf = false;
    story.dies("p");
    story.says("p", "READY\n");
    assert_eq!(story.told(), ["p serial:0 poolserial:0 type:t0"]);
}

#[test]
fn a_pool_hears_of_its_own_arrival_and_of_later_ones() {
    let group = |name: &str| GroupSpec {
        name: name.into(),
        priority: 999,
        kind: GroupKind::Programs,
        processes: vec![Arc::new(program(name))],
    };
    let pool = listeners("p", &["PROCESS_GROUP", "SUPERVISOR_STATE_CHANGE"], 10, &["p"]);
    let mut story = Story::of(vec![group("before"), pool, group("after")]);
    for _ in 0..4 {
        story.says("p", "READY\n");
        story.says("p", "RESULT 2\nOK");
    }
    let payloads: Vec<_> = story.sent.iter().map(|sent| sent.split_once('\n').unwrap().1).collect();
    assert_eq!(payloads, ["groupname:p\n", "groupname:after\n", ""]);
}

#[test]
fn ticks_come_when_somebody_wants_them() {
    let mut story = Story::of(vec![listeners("p", &["TICK_5"], 10, &["p"])]);
    story.says("p", "READY\n");
    assert_eq!(story.supervisor.next_deadline(), Some(Monotonic(1_005_000_000_000)));
    story.second = 1005;
    story.feed(Input::TimePassed);
    assert!(story.sent[0].ends_with("eventname:TICK_5 len:9\nwhen:1005"), "{:?}", story.sent);
    let silent = Story::of(vec![listeners("p", &["REMOTE_COMMUNICATION"], 10, &["p"])]);
    assert_eq!(silent.supervisor.next_deadline(), None);
}

/// A program `talk` with pid 102, and a listener that is ready to hear what it writes.
fn talking() -> Story {
    let talk = GroupSpec {
        name: "talk".into(),
        priority: 999,
        kind: GroupKind::Programs,
        processes: vec![Arc::new(program("talk"))],
    };
    let mut story =
        Story::of(vec![listeners("p", &["PROCESS_LOG", "PROCESS_COMMUNICATION"], 10, &["p"]), talk]);
    story.says("p", "READY\n");
    story
}

#[test]
fn what_a_process_writes_is_an_event_while_it_lives() {
    let mut story = talking();
    story.feed(Input::OutputRead(story.id("talk"), Pid(102), OutputChannel::Stderr, b"oh".to_vec()));
    assert!(story.sent[0].ends_with("processname:talk groupname:talk pid:102 channel:stderr\noh"));
    story.says("p", "RESULT 2\nOKREADY\n");
    story.feed(Input::Captured(story.id("talk"), Pid(102), OutputChannel::Stdout, b"hi".to_vec()));
    assert!(story.sent[1].ends_with("processname:talk groupname:talk pid:102\nhi"));
    assert!(story.lines.contains(&"DEBG 'talk' stdout emitted a comm event".to_owned()));
}

#[test]
fn what_descendants_write_has_the_id_of_the_process_whose_pipe_it_was() {
    let mut story = talking();
    let talk = story.id("talk");
    story.feed(Input::Exited(Pid(102), ExitStatus::Code(0)));
    story.feed(Input::OutputRead(talk, Pid(102), OutputChannel::Stdout, b"late".to_vec()));
    assert!(story.sent[0].ends_with("processname:talk groupname:talk pid:102 channel:stdout\nlate"));
    story.says("p", "RESULT 2\nOKREADY\n");
    story.feed(Input::Captured(talk, Pid(7), OutputChannel::Stdout, b"later".to_vec()));
    assert!(story.sent[1].ends_with("processname:talk groupname:talk pid:7\nlater"));
}

#[test]
fn descendants_do_not_speak_for_a_listener() {
    let mut story = Story::of(vec![listeners("p", &["REMOTE_COMMUNICATION"], 10, &["p"])]);
    let (ear, orphan) = (story.id("p"), Pid(7));
    let hears = |story: &mut Story, text: &str| {
        story.feed(Input::ListenerHeard(ear, orphan, text.as_bytes().to_vec()));
    };
    hears(&mut story, "garbage");
    hears(&mut story, "READY\n");
    story.sends("t");
    assert_eq!(story.sent.len(), 0, "nobody was ready");
    story.says("p", "READY\n");
    assert_eq!(story.sent.len(), 1);
    hears(&mut story, "RESULT 2\nOK");
    story.sends("t");
    assert_eq!(story.sent.len(), 1, "the listener has not answered");
    story.says("p", "RESULT 2\nOKREADY\n");
    assert_eq!(story.sent.len(), 2);
}

fn watch(story: &mut Story, types: &[&str]) {
    let types = types.iter().map(|&name| name.to_owned()).collect();
    story.feed(Input::Watched(Subscriptions::new(types)));
}

#[test]
fn watchers_see_the_numbers_that_listeners_see_and_nothing_is_made_while_nobody_watches() {
    let mut story = Story::of(vec![listeners("p", &["REMOTE_COMMUNICATION"], 10, &["p"])]);
    story.says("p", "READY\n");
    story.sends("t0");
    assert!(story.watched.is_empty());
    assert_eq!(story.supervisor.next_serial(), 1, "what nobody wants has no number");
    watch(&mut story, &["REMOTE_COMMUNICATION", "PROCESS_STATE"]);
    story.dies("p");
    let states = ["1 PROCESS_STATE_EXITED", "2 PROCESS_STATE_STARTING", "3 PROCESS_STATE_RUNNING"];
    assert_eq!(std::mem::take(&mut story.watched), states);
    story.sends("t1");
    assert_eq!(std::mem::take(&mut story.watched), ["4 REMOTE_COMMUNICATION"]);
    watch(&mut story, &[]);
    story.sends("t2");
    assert!(story.watched.is_empty());
}

#[test]
fn somebody_who_watches_ticks_gets_them_without_any_listener() {
    let mut story = Story::of(Vec::new());
    assert_eq!(story.supervisor.next_deadline(), None);
    watch(&mut story, &["TICK_5"]);
    assert_eq!(story.supervisor.next_deadline(), Some(Monotonic(1_005_000_000_000)));
    story.second = 1005;
    story.feed(Input::TimePassed);
    assert_eq!(std::mem::take(&mut story.watched), ["0 TICK_5"]);
    watch(&mut story, &[]);
    assert_eq!(story.supervisor.next_deadline(), None);
}

#[test]
fn a_listener_that_hangs_is_named_at_its_deadline() {
    let mut story = Story::of(vec![listeners("p", &["REMOTE_COMMUNICATION"], 10, &["p"])]);
    story.says("p", "READY\n");
    assert_eq!(story.supervisor.next_deadline(), None);
    story.sends("t0");
    story.sends("t1");
    assert_eq!(story.supervisor.next_deadline(), Some(Monotonic(1_061_000_000_000)));
    story.second += 60;
    story.feed(Input::TimePassed);
    let named =
        "WARN pool p: p has not answered event 0 for 60 seconds and is sent nothing else until it does";
    assert_eq!(story.lines.iter().filter(|line| *line == named).count(), 1);
    assert_eq!(story.supervisor.next_deadline(), None);
    let figures = story.supervisor.pools().next().unwrap();
    assert_eq!((figures.accepted, figures.queued, figures.deliveries.delivered), (2, 1, 0));
    assert_eq!(figures.listeners[0].busy.map(|busy| (busy.serial, busy.since.0)), Some((0, 1001)));
    story.says("p", "RESULT 2\nOKREADY\n");
    assert!(story.lines.contains(&"WARN p has answered event 0 after 60 seconds".to_owned()));
    assert_eq!(story.told().len(), 2);
    let figures = story.supervisor.pools().next().unwrap();
    assert_eq!((figures.queued, figures.deliveries.delivered), (0, 1));
    assert_eq!(figures.deliveries.slowest.as_secs(), 60);
}

#[test]
fn a_pool_that_does_not_keep_up_is_named_once_and_once_more_when_it_does() {
    let mut story = Story::of(vec![listeners("p", &["REMOTE_COMMUNICATION"], 10, &["a", "b"])]);
    story.says("a", "READY\n");
    story.says("b", "nonsense");
    story.sends("t0");
    assert_eq!(story.told().len(), 1);
    story.second += 30;
    story.sends("t1");
    story.second += 60;
    story.feed(Input::TimePassed);
    let named: Vec<_> = story.lines.iter().filter(|line| line.contains("congested")).cloned().collect();
    assert_eq!(
        named,
        ["WARN pool p is congested: for 60 seconds there was always an event that waited, now there are 1 \
             (buffer_size=10); a is RUNNING and BUSY, b is RUNNING and UNKNOWN; restart what is UNKNOWN: it has \
             broken the protocol and is sent nothing until then"]
    );
    assert_eq!(story.supervisor.next_deadline(), None);
    story.sends("t2");
    for _ in 0..2 {
        story.says("a", "RESULT 2\nOKREADY\n");
    }
    let over = "INFO pool p is no longer congested after 60 seconds".to_owned();
    assert!(story.lines.contains(&over), "{:?}", story.lines);
}

#[test]
fn a_pool_whose_listeners_are_only_slow_wants_more_of_them() {
    let mut story = Story::of(vec![listeners("p", &["REMOTE_COMMUNICATION"], 10, &["a"])]);
    story.says("a", "READY\n");
    story.sends("t0");
    story.sends("t1");
    story.second += 60;
    story.feed(Input::TimePassed);
    let line = story.lines.iter().find(|line| line.contains("congested")).unwrap();
    assert!(
        line.ends_with("a is RUNNING and BUSY; more listeners (numprocs) or faster ones take more"),
        "{line}"
    );
}

#[test]
fn what_a_listener_has_for_standard_input_goes_to_the_process_of_the_event() {
    let mut ear = listeners("ear", &["PROCESS_STATE_RUNNING"], 10, &["ear"]);
    if let GroupKind::EventListener(spec) = &mut ear.kind {
        spec.result_handler = ResultHandler::TwiddlerStdin;
    }
    let cat = GroupSpec { kind: GroupKind::Programs, ..listeners("cat", &[], 1, &["cat"]) };
    let mut story = Story::of(vec![ear, cat]);
    story.says("ear", "READY\n");
    // The first event is about the listener itself.
    story.says("ear", "RESULT 2\nOKREADY\n");
    story.says("ear", "RESULT 9\nSTDIN:hi\n");
    assert_eq!(story.fed, ["cat <- hi\n"]);
}
