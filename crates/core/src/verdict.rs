//! What a listener's answer means, in the way that `result_handler` names.

use crate::event::{Event, OutputChannel};
use crate::spec::ResultHandler;

/// What is made of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The event is settled.
    Settled,
    /// It is settled, and this is to be printed.
    Print(Printed),
    /// It is settled, and this is for the standard input of the process that the event is about.
    Feed(String),
    /// The listener does not want it.
    Rejected,
    /// The answer makes no sense.
    Nonsense(&'static str),
}

/// What a process has logged, for the daemon's own output.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Printed {
    /// The process.
    pub process: String,
    /// Where it wrote.
    pub channel: OutputChannel,
    /// What it wrote.
    pub data: String,
    /// Lines show the time instead of the channel.
    pub is_timed: bool,
}

/// Judges an answer to an event.
pub(crate) fn verdict(handler: ResultHandler, event: &Event, result: &[u8]) -> Verdict {
    let settles = if result == b"OK" { Verdict::Settled } else { Verdict::Rejected };
    match handler {
        ResultHandler::Default => settles,
        ResultHandler::SupervisorStdout => printed(result, false),
        // Whatever it is answered, it never complains.
        ResultHandler::SupervisorConsole => match printed(result, true) {
            Verdict::Nonsense(_) => Verdict::Settled,
            other => other,
        },
        ResultHandler::TwiddlerStdin => match result.strip_prefix(b"STDIN:") {
            Some(text) => match event.subject() {
                Some((_, Some(_))) => Verdict::Feed(String::from_utf8_lossy(text).into_owned()),
                _ => Verdict::Nonsense("the event is about no process to write to"),
            },
            None => settles,
        },
    }
}

/// The payload of a PROCESS_LOG event, taken apart.
fn printed(result: &[u8], is_timed: bool) -> Verdict {
    let text = String::from_utf8_lossy(result);
    let Some((header, data)) = text.split_once('\n') else {
        return Verdict::Nonsense("it is no header line with text after it");
    };
    let field = |name: &str| header.split_whitespace().find_map(|pair| pair.strip_prefix(name));
    let Some(process) = field("processname:") else {
        return Verdict::Nonsense("its header has no processname");
    };
    let channel = match field("channel:") {
        Some("stdout") => OutputChannel::Stdout,
        Some("stderr") => OutputChannel::Stderr,
        _ => return Verdict::Nonsense("its header has no channel"),
    };
    Verdict::Print(Printed { process: process.to_owned(), channel, data: data.to_owned(), is_timed })
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOG: &[u8] = b"processname:cat groupname:web pid:7 channel:stderr\none\ntwo\n";

    fn judged(handler: ResultHandler, result: &[u8]) -> Verdict {
        verdict(handler, &Event::SupervisorRunning, result)
    }

    #[test]
    fn the_standard_is_ok_or_rejected() {
        assert_eq!(judged(ResultHandler::Default, b"OK"), Verdict::Settled);
        assert_eq!(judged(ResultHandler::Default, b"ok"), Verdict::Rejected);
    }

    #[test]
    fn a_payload_that_comes_back_is_printed() {
        for (handler, is_timed) in
            [(ResultHandler::SupervisorStdout, false), (ResultHandler::SupervisorConsole, true)]
        {
            let (process, data) = ("cat".to_owned(), "one\ntwo\n".to_owned());
            let printed = Printed { process, channel: OutputChannel::Stderr, data, is_timed };
            assert_eq!(judged(handler, LOG), Verdict::Print(printed));
        }
    }

    #[test]
    fn what_is_no_payload_makes_no_sense_or_is_nothing() {
        for result in [&b"OK"[..], b"", b"groupname:g channel:stdout\nx", b"processname:p\nx"] {
            assert!(matches!(judged(ResultHandler::SupervisorStdout, result), Verdict::Nonsense(_)));
            assert_eq!(judged(ResultHandler::SupervisorConsole, result), Verdict::Settled);
        }
    }

    #[test]
    fn a_text_for_standard_input_needs_a_process() {
        let handler = ResultHandler::TwiddlerStdin;
        assert!(matches!(judged(handler, b"STDIN:hi"), Verdict::Nonsense(_)));
        assert_eq!(judged(handler, b"OK"), Verdict::Settled);
        assert_eq!(judged(handler, b"NO"), Verdict::Rejected);
        let (name, group) = ("p".into(), "g".into());
        let (from, to) = (crate::state::ProcessState::Backoff, crate::event::StateDetail::Fatal);
        let event = Event::ProcessState { name, group, from, to };
        assert_eq!(verdict(handler, &event, b"STDIN:hi\n"), Verdict::Feed("hi\n".to_owned()));
    }
}
