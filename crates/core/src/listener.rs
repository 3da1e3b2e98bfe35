//! One event listener: what it says on its standard output, and what that means.
//!
//! A listener that has been started is ACKNOWLEDGED. When it says `READY` and a newline it is READY and may be sent
//! one event; then it is BUSY until it has answered `RESULT`, a length, a newline and so many bytes, after which it is
//! ACKNOWLEDGED again. Whatever else it says where it should not makes it UNKNOWN: it is sent nothing more until it is
//! started anew.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::effect::{Effect, Level};
use crate::event::{Event, text_of};
use crate::figures::{Busy, Deliveries, ListenerFigures};
use crate::group::GroupId;
use crate::pool::Queued;
use crate::process::ProcessId;
use crate::spec::{ListenerSpec, ResultHandler};
use crate::time::{Moment, Monotonic};
use crate::turn::Turn;
use crate::verdict::{Verdict, verdict};

/// What the log says, after the name, of a listener that is sent nothing more.
pub const LOST: &str = "has entered the UNKNOWN state and will no longer receive events, this usually indicates the process \
                        violated the eventlistener protocol";
/// What the log says, after the name and before the line, of a listener that cannot be understood.
pub const BAD_LINE: &str = "bad result line: ";

const READY_TOKEN: &[u8] = b"READY\n";
/// `RESULT ` in front of the length. Compat: its letters are not looked at, as in the reference.
const RESULT_PREFIX_BYTES: usize = 7;
/// A line that should say how long a result is has at most so many bytes.
const RESULT_LINE_BYTES_MAX: usize = 64 << 10;
/// A result has at most so many bytes.
const RESULT_BYTES_MAX: usize = 16 << 20;

/// A listener and what it is expected to say next.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Listener {
    /// The group whose pool it belongs to.
    pub(crate) pool: GroupId,
    handler: ResultHandler,
    /// How long an answer may take before the log names the listener.
    patience: Option<Duration>,
    state: State,
    /// What it has said and what makes no sense yet.
    heard: Vec<u8>,
    /// Nobody reads its standard input: it is sent nothing until it is started anew.
    deaf: bool,
    deliveries: Deliveries,
    /// When its patience ends, as its supervisor has filed it.
    pub(crate) filed_deadline: Option<Monotonic>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
enum State {
    #[default]
    Acknowledged,
    Ready,
    Busy {
        queued: Queued,
        /// The length of the result, once it is known.
        length: Option<usize>,
        since: Moment,
        /// The log has named it.
        named: bool,
    },
    Unknown,
}

/// What came of something that a listener said.
#[derive(Debug, Default)]
pub(crate) struct Heard {
    /// Events that it does not want.
    pub(crate) rejected: Vec<Queued>,
    /// Texts for the standard input of the processes that events are about.
    pub(crate) fed: Vec<(Arc<Event>, String)>,
}

impl State {
    fn name(&self) -> &'static str {
        match self {
            Self::Acknowledged => "ACKNOWLEDGED",
            Self::Ready => "READY",
            Self::Busy { .. } => "BUSY",
            Self::Unknown => "UNKNOWN",
        }
    }
}

impl Listener {
    pub(crate) fn new(pool: GroupId, spec: &ListenerSpec) -> Self {
        let waits = u64::try_from(spec.resultwaitsecs).unwrap_or(0);
        Self {
            pool,
            handler: spec.result_handler,
            patience: (waits > 0).then(|| Duration::from_secs(waits)),
            ..Self::default()
        }
    }

    /// The name of its state.
    pub(crate) fn state_name(&self) -> &'static str {
        self.state.name()
    }

    pub(crate) fn is_ready(&self) -> bool {
        self.state == State::Ready && !self.deaf
    }

    /// When the log names it if it has not answered by then.
    pub(crate) fn deadline(&self) -> Option<Monotonic> {
        match self.state {
            State::Busy { since, named: false, .. } => Some(since.monotonic.after(self.patience?)),
            _ => None,
        }
    }

    /// Names it, if it has been busy for too long.
    pub(crate) fn time_passed(&mut self, name: &str, pool: &str, turn: &mut Turn<'_>) {
        if self.deadline().is_none_or(|deadline| deadline > turn.now.monotonic) {
            return;
        }
        if let State::Busy { queued, since, named, .. } = &mut self.state {
            *named = true;
            let (serial, seconds) = (queued.serial, turn.now.monotonic.since(since.monotonic).as_secs());
            turn.log(
                Level::Warn,
                format!(
                    "pool {pool}: {name} has not answered event {serial} for {seconds} seconds and is sent \
                     nothing else until it does"
                ),
            );
        }
    }

    /// What operators see of it.
    pub(crate) fn figures(&self, process: ProcessId, name: &str) -> ListenerFigures {
        let busy = match &self.state {
            State::Busy { queued, since, .. } => Some(Busy::new(queued.serial, *since)),
            State::Acknowledged | State::Ready | State::Unknown => None,
        };
        let (name, state) = (name.to_owned(), self.state.name());
        ListenerFigures { process, name, state, deliveries: self.deliveries, busy }
    }

    /// It has been started anew. The event that it did not answer goes back to its pool.
    pub(crate) fn restart(&mut self) -> Option<Queued> {
        self.heard.clear();
        self.deaf = false;
        match std::mem::take(&mut self.state) {
            State::Busy { queued, .. } => {
                self.deliveries.failed += 1;
                Some(queued)
            }
            State::Acknowledged | State::Ready | State::Unknown => None,
        }
    }

    /// It is sent an event.
    pub(crate) fn occupy(&mut self, queued: Queued, turn: &Turn<'_>) {
        // The log does not tell of it: it has told of the event.
        self.state = State::Busy { queued, length: None, since: turn.now, named: false };
    }

    /// The event could not be sent; it is given back.
    pub(crate) fn refuse(&mut self) -> Option<Queued> {
        self.deaf = true;
        match std::mem::replace(&mut self.state, State::Ready) {
            State::Busy { queued, .. } => Some(queued),
            other => {
                self.state = other;
                None
            }
        }
    }

    /// It has said something.
    pub(crate) fn hear(&mut self, name: &str, bytes: &[u8], turn: &mut Turn<'_>) -> Heard {
        self.heard.extend_from_slice(bytes);
        let mut heard = Heard::default();
        while self.step(name, &mut heard, turn) {}
        heard
    }

    /// Understands one thing of what was heard; says whether there may be more.
    fn step(&mut self, name: &str, heard: &mut Heard, turn: &mut Turn<'_>) -> bool {
        if self.heard.is_empty() && !matches!(self.state, State::Busy { length: Some(0), .. }) {
            return false;
        }
        match &mut self.state {
            State::Acknowledged if self.heard.len() < READY_TOKEN.len() => false,
            State::Acknowledged if self.heard.starts_with(READY_TOKEN) => {
                self.heard.drain(..READY_TOKEN.len());
                self.become_state(name, State::Ready, turn);
                true
            }
            State::Acknowledged | State::Ready => {
                self.lose(name, turn);
                false
            }
            State::Busy { length: length @ None, .. } => {
                let Some(end) = self.heard.iter().position(|&byte| byte == b'\n') else {
                    if self.heard.len() > RESULT_LINE_BYTES_MAX {
                        self.bad_line(name, heard, turn);
                    }
                    return false;
                };
                match result_length(&self.heard[..end]) {
                    Some(count) => {
                        *length = Some(count);
                        self.heard.drain(..=end);
                        true
                    }
                    None => {
                        self.heard.truncate(end);
                        self.bad_line(name, heard, turn);
                        false
                    }
                }
            }
            State::Busy { length: Some(length), .. } if self.heard.len() < *length => false,
            State::Busy { length: Some(length), .. } => {
                let result: Vec<u8> = self.heard.drain(..*length).collect();
                self.judge(name, &result, heard, turn);
                true
            }
            State::Unknown => {
                self.heard.clear();
                false
            }
        }
    }

    fn judge(&mut self, name: &str, result: &[u8], heard: &mut Heard, turn: &mut Turn<'_>) {
        let State::Busy { queued, since, named, .. } = &self.state else { return };
        let took = turn.now.monotonic.since(since.monotonic);
        if *named {
            let (serial, seconds) = (queued.serial, took.as_secs());
            turn.log(Level::Warn, format!("{name} has answered event {serial} after {seconds} seconds"));
        }
        let verdict = verdict(self.handler, &queued.event, result);
        match verdict {
            Verdict::Rejected => {
                self.deliveries.failed += 1;
                turn.log(Level::Warn, format!("{name}: event was rejected"));
                heard.rejected.extend(self.become_state(name, State::Acknowledged, turn));
                return;
            }
            Verdict::Nonsense(why) => {
                self.deliveries.failed += 1;
                // Differs: result-handler-errors-have-reasons
                turn.log(Level::Warn, format!("{name}: event caused an error: {why}"));
                heard.rejected.extend(self.lose(name, turn));
                return;
            }
            Verdict::Print(printed) => turn.push(Effect::Print(printed)),
            Verdict::Feed(text) => heard.fed.push((Arc::clone(&queued.event), text)),
            Verdict::Settled => {}
        }
        self.deliveries.settled(took);
        turn.debug(|| format!("{name}: event was processed"));
        self.become_state(name, State::Acknowledged, turn);
    }

    fn bad_line(&mut self, name: &str, heard: &mut Heard, turn: &mut Turn<'_>) {
        let line = text_of(&self.heard).into_owned();
        self.deliveries.failed += 1;
        turn.log(Level::Warn, format!("{name}: {BAD_LINE}'{line}'"));
        heard.rejected.extend(self.lose(name, turn));
    }

    /// It cannot be understood any more.
    fn lose(&mut self, name: &str, turn: &mut Turn<'_>) -> Option<Queued> {
        self.heard.clear();
        let queued = self.become_state(name, State::Unknown, turn);
        turn.log(Level::Warn, format!("{name}: {LOST}"));
        queued
    }

    /// Changes the state and gives back the event of the old one.
    fn become_state(&mut self, name: &str, state: State, turn: &mut Turn<'_>) -> Option<Queued> {
        turn.debug(|| format!("{name}: {} -> {}", self.state.name(), state.name()));
        match std::mem::replace(&mut self.state, state) {
            State::Busy { queued, .. } => Some(queued),
            State::Acknowledged | State::Ready | State::Unknown => None,
        }
    }
}

/// The number in `RESULT 2`, blanks around it allowed.
// Differs: result-lengths-have-limits
fn result_length(line: &[u8]) -> Option<usize> {
    let number = std::str::from_utf8(line.get(RESULT_PREFIX_BYTES..)?).ok()?.trim();
    number.parse().ok().filter(|&length| length <= RESULT_BYTES_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Ear {
        listener: Listener,
        effects: Vec<Effect>,
    }

    impl Ear {
        fn new() -> Self {
            Self { listener: Listener::default(), effects: Vec::new() }
        }

        fn says(&mut self, text: &str) -> usize {
            let turn = &mut Turn::new(Moment::default(), Arc::default(), &mut self.effects);
            self.listener.hear("ear", text.as_bytes(), turn).rejected.len()
        }

        fn is_sent(&mut self) {
            let turn = &mut Turn::new(Moment::default(), Arc::default(), &mut self.effects);
            self.listener.occupy(Queued::new(0, 0, Event::SupervisorRunning), turn);
        }

        fn state(&self) -> &'static str {
            self.listener.state.name()
        }

        fn is_busy() -> Self {
            let mut ear = Self::new();
            ear.says("READY\n");
            ear.is_sent();
            ear
        }

        fn warnings(&self) -> Vec<&str> {
            self.effects
                .iter()
                .filter_map(|effect| match effect {
                    Effect::Log(Level::Warn, text) => Some(text.as_str()),
                    _ => None,
                })
                .collect()
        }
    }

    #[test]
    fn ready_may_come_in_pieces() {
        let mut ear = Ear::new();
        ear.says("REA");
        assert_eq!(ear.state(), "ACKNOWLEDGED");
        ear.says("DY\n");
        assert_eq!(ear.state(), "READY");
    }

    #[test]
    fn six_other_bytes_are_the_end_of_understanding_five_are_not() {
        let mut ear = Ear::new();
        ear.says("NOTRE");
        assert_eq!(ear.state(), "ACKNOWLEDGED");
        ear.says("A");
        assert_eq!(ear.state(), "UNKNOWN");
        assert!(ear.warnings()[0].starts_with("ear: has entered the UNKNOWN state"));
        ear.says("READY\n");
        assert_eq!(ear.state(), "UNKNOWN");
    }

    #[test]
    fn a_ready_listener_has_nothing_to_say() {
        let mut ear = Ear::new();
        ear.says("READY\nhello");
        assert_eq!(ear.state(), "UNKNOWN");
    }

    #[test]
    fn ok_settles_the_event_and_the_next_ready_may_follow_at_once() {
        let mut ear = Ear::is_busy();
        assert_eq!(ear.says("RESULT 2\nOKREADY\n"), 0);
        assert_eq!(ear.state(), "READY");
    }

    #[test]
    fn anything_else_gives_the_event_back() {
        let mut ear = Ear::is_busy();
        assert_eq!(ear.says("RESULT 4\nFA"), 0);
        assert_eq!(ear.says("IL"), 1);
        assert_eq!(ear.state(), "ACKNOWLEDGED");
        assert_eq!(ear.warnings(), ["ear: event was rejected"]);
    }

    #[test]
    fn an_empty_result_is_complete_at_once() {
        let mut ear = Ear::is_busy();
        assert_eq!(ear.says("RESULT 0\n"), 1);
        assert_eq!(ear.state(), "ACKNOWLEDGED");
    }

    #[test]
    fn a_bad_result_line_gives_the_event_back_and_ends_understanding() {
        for line in ["RESULT x\n", "RESULT -1\n", "RESULT 99999999999\n", "RES\n"] {
            let mut ear = Ear::is_busy();
            assert_eq!(ear.says(line), 1, "{line}");
            assert_eq!(ear.state(), "UNKNOWN");
            assert_eq!(ear.warnings()[0], format!("ear: bad result line: '{}'", line.trim_end()));
        }
        let mut ear = Ear::is_busy();
        assert_eq!(ear.says(&"x".repeat(RESULT_LINE_BYTES_MAX + 1)), 1);
    }

    #[test]
    fn who_takes_too_long_is_named_once_and_once_more_when_it_answers() {
        let mut ear = Ear::new();
        let mut spec = ListenerSpec::new(Vec::new());
        spec.resultwaitsecs = 5;
        ear.listener = Listener::new(GroupId::default(), &spec);
        ear.says("READY\n");
        assert_eq!(ear.listener.deadline(), None);
        ear.is_sent();
        assert_eq!(ear.listener.deadline(), Some(Monotonic(5_000_000_000)));
        for second in [4, 5, 6] {
            let now = Moment { monotonic: Monotonic(second * 1_000_000_000), ..Moment::default() };
            let turn = &mut Turn::new(now, Arc::default(), &mut ear.effects);
            ear.listener.time_passed("ear", "p", turn);
        }
        assert_eq!(ear.listener.deadline(), None);
        ear.says("RESULT 2\nOK");
        assert_eq!(
            ear.warnings(),
            [
                "pool p: ear has not answered event 0 for 5 seconds and is sent nothing else until it does",
                "ear has answered event 0 after 0 seconds",
            ]
        );
        spec.resultwaitsecs = 0;
        ear.listener = Listener::new(GroupId::default(), &spec);
        ear.says("READY\n");
        ear.is_sent();
        assert_eq!(ear.listener.deadline(), None, "0 is for ever");
    }

    #[test]
    fn answers_are_counted() {
        let mut ear = Ear::new();
        for answer in ["RESULT 2\nOK", "RESULT 2\nNO", "RESULT 2\nOK"] {
            ear.says("READY\n");
            ear.is_sent();
            assert!(ear.listener.figures(ProcessId(1), "ear").busy.is_some());
            ear.says(answer);
        }
        let figures = ear.listener.figures(ProcessId(1), "ear");
        assert_eq!((figures.deliveries.delivered, figures.deliveries.failed), (2, 1));
        assert_eq!((figures.state, figures.busy), ("ACKNOWLEDGED", None));
    }

    #[test]
    fn a_restart_gives_an_unanswered_event_back() {
        let mut ear = Ear::is_busy();
        assert!(ear.listener.restart().is_some());
        assert_eq!(ear.state(), "ACKNOWLEDGED");
        assert!(ear.listener.restart().is_none());
    }
}
