//! Capture mode: text between two tokens in a child's output is an event instead of a log.

use serde::{Deserialize, Serialize};

const BEGIN: &[u8] = b"<!--XSUPERVISOR:BEGIN-->";
const END: &[u8] = b"<!--XSUPERVISOR:END-->";

/// What a piece of output is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// For the log.
    Log(&'a [u8]),
    /// Part of a captured text; not for the log.
    Captured(&'a [u8]),
    /// A captured text is complete.
    Complete(Vec<u8>),
}

/// Takes output apart, however reads cut it.
///
/// Only what may be the beginning of a token is held back.
// Differs: capture-holds-back-tokens-only
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capture {
    maxbytes: usize,
    /// What has been captured, while a capture is on.
    captured: Option<Vec<u8>>,
    held: Vec<u8>,
}

impl Capture {
    /// Captures at most `maxbytes` bytes of a text: its last ones.
    #[must_use]
    pub fn new(maxbytes: usize) -> Self {
        Self { maxbytes, captured: None, held: Vec::new() }
    }

    /// Takes what was read, and hands on what it is made of.
    pub fn feed(&mut self, bytes: &[u8], mut hand_on: impl FnMut(Piece<'_>)) {
        if self.held.is_empty() {
            self.take_apart(bytes, &mut hand_on);
        } else {
            let mut whole = std::mem::take(&mut self.held);
            whole.extend_from_slice(bytes);
            self.take_apart(&whole, &mut hand_on);
        }
    }

    fn take_apart(&mut self, mut rest: &[u8], hand_on: &mut impl FnMut(Piece<'_>)) {
        loop {
            let token = if self.captured.is_some() { END } else { BEGIN };
            if let Some(at) = find(rest, token) {
                self.pass(&rest[..at], hand_on);
                rest = &rest[at + token.len()..];
                self.captured = match self.captured.take() {
                    None => Some(Vec::new()),
                    Some(captured) => {
                        hand_on(Piece::Complete(captured));
                        None
                    }
                };
            } else {
                let (passed, held) = rest.split_at(rest.len() - beginning_of(rest, token));
                self.held = held.to_vec();
                self.pass(passed, hand_on);
                return;
            }
        }
    }

    /// The stream has ended: what was held back was no token. A capture that was not completed is dropped.
    pub fn finish(&mut self) -> Option<Vec<u8>> {
        let held = std::mem::take(&mut self.held);
        (self.captured.take().is_none() && !held.is_empty()).then_some(held)
    }

    fn pass(&mut self, bytes: &[u8], hand_on: &mut impl FnMut(Piece<'_>)) {
        if bytes.is_empty() {
            return;
        }
        match &mut self.captured {
            None => hand_on(Piece::Log(bytes)),
            Some(captured) => {
                captured.extend_from_slice(bytes);
                let excess = captured.len().saturating_sub(self.maxbytes);
                captured.drain(..excess);
                hand_on(Piece::Captured(bytes));
            }
        }
    }
}

fn find(text: &[u8], token: &[u8]) -> Option<usize> {
    let mut from = 0;
    loop {
        // Most bytes are not the first of a token.
        from += position(&text[from..], token[0])?;
        if text[from..].starts_with(token) {
            return Some(from);
        }
        from += 1;
    }
}

/// So many bytes are looked at together: a loop without a way out of its middle is done in a few instructions.
const BLOCK_BYTES: usize = 32;

fn position(text: &[u8], wanted: u8) -> Option<usize> {
    let has_it = |block: &[u8]| block.iter().fold(false, |found, &byte| found | (byte == wanted));
    let clean = text.chunks_exact(BLOCK_BYTES).take_while(|block| !has_it(block)).count() * BLOCK_BYTES;
    text[clean..].iter().position(|&byte| byte == wanted).map(|at| clean + at)
}

/// How many of the last bytes may be the beginning of the token.
fn beginning_of(text: &[u8], token: &[u8]) -> usize {
    (1..token.len().min(text.len() + 1)).rev().find(|&count| text.ends_with(&token[..count])).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn told(capture: &mut Capture, chunks: &[&[u8]]) -> (String, Vec<String>) {
        let (mut log, mut events) = (Vec::new(), Vec::new());
        for chunk in chunks {
            capture.feed(chunk, |piece| match piece {
                Piece::Log(bytes) => log.extend_from_slice(bytes),
                Piece::Captured(_) => {}
                Piece::Complete(text) => events.push(String::from_utf8(text).unwrap()),
            });
        }
        log.extend(capture.finish().unwrap_or_default());
        (String::from_utf8(log).unwrap(), events)
    }

    #[test]
    fn text_between_the_tokens_is_an_event_and_the_rest_a_log() {
        let text = [b"before ", BEGIN, b"payload", END, b" after"].concat();
        let (log, events) = told(&mut Capture::new(100), &[&text]);
        assert_eq!((log.as_str(), events), ("before  after", vec!["payload".to_owned()]));
    }

    #[test]
    fn short_output_is_not_held_back() {
        let mut log = Vec::new();
        Capture::new(100).feed(b"short\n", |piece| match piece {
            Piece::Log(bytes) => log.extend_from_slice(bytes),
            other => panic!("{other:?}"),
        });
        assert_eq!(log, b"short\n");
    }

    #[test]
    fn a_token_is_found_wherever_it_begins() {
        for before in 0..3 * BLOCK_BYTES {
            let text = [vec![b'x'; before], b"<!--".to_vec(), BEGIN.to_vec(), vec![b'y'; 40]].concat();
            assert_eq!(find(&text, BEGIN), Some(before + 4));
            assert_eq!(find(&text[..before], BEGIN), None);
        }
    }

    #[test]
    fn of_a_long_text_the_last_bytes_are_kept() {
        let text = [BEGIN, b"0123456789", END].concat();
        assert_eq!(told(&mut Capture::new(4), &[&text]).1, ["6789"]);
    }

    #[test]
    fn what_only_looked_like_a_token_is_logged_at_the_end() {
        let (log, events) = told(&mut Capture::new(4), &[b"a <!--XSUPER"]);
        assert_eq!((log.as_str(), events.len()), ("a <!--XSUPER", 0));
    }

    #[test]
    fn an_unfinished_capture_is_dropped() {
        let text = [BEGIN, b"lost"].concat();
        assert_eq!(told(&mut Capture::new(9), &[&text]), (String::new(), vec![]));
    }

    proptest! {
        #[test]
        fn it_does_not_matter_where_reads_cut(cuts in prop::collection::vec(0..90_usize, 0..8)) {
            let text = [b"x<!-" as &[u8], BEGIN, b"one<!--", END, b"y", BEGIN, END, b"<!--XSUPERVISOR:"].concat();
            let whole = told(&mut Capture::new(100), &[&text]);
            let mut cuts: Vec<_> = cuts.into_iter().map(|cut| cut.min(text.len())).collect();
            cuts.sort_unstable();
            let mut chunks = Vec::new();
            let mut from = 0;
            for cut in cuts.into_iter().chain([text.len()]) {
                chunks.push(&text[from..cut]);
                from = cut;
            }
            prop_assert_eq!(told(&mut Capture::new(100), &chunks), whole);
        }
    }
}
