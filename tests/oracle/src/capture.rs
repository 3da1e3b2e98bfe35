//! Any bytes at all, given to what looks for captured text in a program's output.

use supervisor_core::capture::{Capture, Piece};

use crate::hunt::Ground;
use crate::random::Random;

/// The search for captured text.
pub const CAPTURES: Ground = Ground { exercise, drawn, words: WORDS };

/// Words that mean something in a program's output.
const WORDS: &[&str] = &[
    "<!--XSUPERVISOR:BEGIN-->",
    "<!--XSUPERVISOR:END-->",
    "<!--XSUPERVISOR:",
    "<!--XSUPERVISOR:BEGIN--",
    "END-->",
    "<",
    "<!-",
    "\n",
    "text",
    "\0",
];

/// More than a few are as good as a few.
const FEW: usize = 8;
/// So much of a text is captured.
const MAXBYTES: usize = 64;

/// Takes the bytes apart, once whole and once as their first byte cuts them; both must come to the same. Tells in a
/// few words what came of it.
#[must_use]
pub fn exercise(bytes: &[u8]) -> String {
    let (cut, bytes) = bytes.split_first().map_or((1, bytes), |(cut, rest)| (usize::from(*cut).max(1), rest));
    let whole = taken_apart([bytes].into_iter());
    let pieces = taken_apart(bytes.chunks(cut));
    assert!(whole == pieces, "a cut after {cut} bytes changes the outcome");
    let texts: String =
        whole.texts.iter().take(FEW).map(|text| if text.is_empty() { "e" } else { "t" }).collect();
    format!("{texts} {}", if whole.log.is_empty() { "no log" } else { "a log" })
}

/// What output consists of.
#[derive(Debug, Default, PartialEq, Eq)]
struct Parts {
    log: Vec<u8>,
    texts: Vec<Vec<u8>>,
}

fn taken_apart<'a>(chunks: impl Iterator<Item = &'a [u8]>) -> Parts {
    let mut capture = Capture::new(MAXBYTES);
    let mut parts = Parts::default();
    for chunk in chunks {
        capture.feed(chunk, |piece| match piece {
            Piece::Log(bytes) => parts.log.extend_from_slice(bytes),
            Piece::Captured(_) => {}
            Piece::Complete(text) => parts.texts.push(text),
        });
    }
    assert!(parts.texts.iter().all(|text| text.len() <= MAXBYTES), "a text is longer than it may be");
    parts
}

/// The output of a seed.
#[must_use]
pub fn drawn(seed: u64) -> Vec<u8> {
    let mut random = Random::from_seed(seed);
    let count = random.index(8);
    let words: String = (0..count).map(|_| random.pick(WORDS)).collect();
    [&[u8::try_from(1 + random.index(40)).unwrap_or(1)], words.as_bytes()].concat()
}
