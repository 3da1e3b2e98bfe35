//! What is understood of one pipe while it is read. It begins with the pipe and ends with it: a text that one life of
//! a process has begun is never ended by the next.

use supervisor_core::capture::{Capture, Piece};
use supervisor_core::spec::ChannelSpec;

use crate::logs::ansi::AnsiStripper;

/// How far one pipe is understood.
#[derive(Debug, Default)]
pub struct Hearing {
    /// Every piece is an event.
    has_events: bool,
    /// Text between tokens is an event instead of a log.
    capture: Option<Capture>,
    /// The beginning of a character whose end has not been read.
    begun_character: Vec<u8>,
    /// Takes colours out.
    stripper: Option<AnsiStripper>,
}

/// What is to be done with a part of what was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// It is for the log.
    Log(Vec<u8>),
    /// It is an event: whole characters.
    Event(Vec<u8>),
    /// It stood between capture tokens.
    Captured(Vec<u8>),
}

impl Hearing {
    /// For a pipe with these options.
    #[must_use]
    pub fn new(channel: &ChannelSpec, strip_ansi: bool) -> Self {
        let maxbytes = usize::try_from(channel.capture_maxbytes).unwrap_or(0);
        Self {
            has_events: channel.events_enabled,
            capture: (maxbytes > 0).then(|| Capture::new(maxbytes)),
            begun_character: Vec::new(),
            stripper: strip_ansi.then(AnsiStripper::default),
        }
    }

    /// Nothing is to be understood: what is read goes to the log as it is.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        !self.has_events && self.capture.is_none() && self.stripper.is_none()
    }

    /// Understands what was read.
    pub fn hear(&mut self, bytes: &[u8]) -> Vec<Heard> {
        let mut heard = Vec::new();
        let Some(mut capture) = self.capture.take() else {
            self.log(bytes, &mut heard);
            return heard;
        };
        capture.feed(bytes, |piece| match piece {
            Piece::Log(bytes) => self.log(bytes, &mut heard),
            // Compat: captured-text-is-output-too
            Piece::Captured(bytes) => self.event(bytes, &mut heard),
            Piece::Complete(text) => heard.push(Heard::Captured(self.captured(text))),
        });
        self.capture = Some(capture);
        heard
    }

    /// As [`Self::hear`], of a listener: what it says is its part of a conversation, and neither an event nor a text to
    /// be captured.
    pub fn hear_listener(&mut self, bytes: &[u8]) -> Vec<Heard> {
        vec![Heard::Log(self.logged(bytes))]
    }

    /// The pipe has ended: what was held back was only the beginning of something.
    pub fn finish(&mut self) -> Vec<Heard> {
        let mut heard = Vec::new();
        if let Some(held) = self.capture.as_mut().and_then(Capture::finish) {
            self.log(&held, &mut heard);
        }
        let mut rest = Vec::new();
        if let Some(stripper) = &mut self.stripper {
            stripper.finish(&mut rest);
        }
        if !rest.is_empty() {
            heard.push(Heard::Log(rest));
        }
        heard
    }

    /// What the log shows of it.
    fn logged(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut logged = Vec::with_capacity(bytes.len());
        match &mut self.stripper {
            Some(stripper) => stripper.strip(bytes, &mut logged),
            None => logged.extend_from_slice(bytes),
        }
        logged
    }

    fn log(&mut self, bytes: &[u8], heard: &mut Vec<Heard>) {
        let logged = self.logged(bytes);
        heard.push(Heard::Log(logged.clone()));
        self.event(&logged, heard);
    }

    fn event(&mut self, bytes: &[u8], heard: &mut Vec<Heard>) {
        if !self.has_events {
            return;
        }
        let text = self.whole_characters(bytes);
        if !text.is_empty() {
            heard.push(Heard::Event(text));
        }
    }

    /// A captured text was never in the stream that the log shows: it is stripped by itself.
    fn captured(&self, text: Vec<u8>) -> Vec<u8> {
        if self.stripper.is_none() {
            return text;
        }
        let (mut stripper, mut stripped) = (AnsiStripper::default(), Vec::new());
        stripper.strip(&text, &mut stripped);
        stripper.finish(&mut stripped);
        stripped
    }

    /// Whole characters of what was written: the beginning of one waits for its end.
    // Differs: characters-are-not-cut
    fn whole_characters(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut text = std::mem::take(&mut self.begun_character);
        text.extend_from_slice(bytes);
        if let Err(error) = std::str::from_utf8(&text)
            && error.error_len().is_none()
        {
            self.begun_character = text.split_off(error.valid_up_to());
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(capture_maxbytes: i64, events_enabled: bool, strip_ansi: bool) -> Hearing {
        let channel = ChannelSpec { capture_maxbytes, events_enabled, ..ChannelSpec::nowhere() };
        Hearing::new(&channel, strip_ansi)
    }

    #[test]
    fn a_character_that_is_cut_waits_for_its_end_and_garbage_does_not() {
        let mut hearing = Hearing::default();
        assert_eq!(hearing.whole_characters(b"a\xc3"), b"a");
        assert_eq!(hearing.whole_characters(b"\xa4b"), "\u{e4}b".as_bytes());
        assert_eq!(hearing.whole_characters(b"\xff"), b"\xff");
    }

    #[test]
    fn what_is_logged_has_no_colours_and_what_was_held_back_comes_at_the_end() {
        let mut hearing = heard(0, true, true);
        let bold = || b"bold".to_vec();
        assert_eq!(hearing.hear(b"\x1b[1mbold\x1b[0m\x1b"), [Heard::Log(bold()), Heard::Event(bold())]);
        assert_eq!(hearing.finish(), [Heard::Log(b"\x1b".to_vec())]);
    }

    #[test]
    fn what_a_listener_says_is_logged_and_nothing_else() {
        let words = || b"<!--XSUPERVISOR:BEGIN-->READY\n".to_vec();
        let mut hearing = heard(100, true, false);
        assert_eq!(hearing.hear_listener(&words()), [Heard::Log(words())]);
        assert_eq!(hearing.finish(), []);
    }

    #[test]
    fn only_what_nothing_is_to_be_made_of_is_plain() {
        assert!(heard(0, false, false).is_plain());
        assert!(!heard(1, false, false).is_plain());
        assert!(!heard(0, true, false).is_plain());
        assert!(!heard(0, false, true).is_plain());
    }
}
