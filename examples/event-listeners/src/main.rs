//! An event listener: writes a line to a file for each process that has ended.
//!
//! `event-listener FILE`. Standard output is for the supervisor alone; complaints go to standard error, which the
//! supervisor logs.

use std::env;
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, Read, Write};

fn main() -> io::Result<()> {
    let path = env::args().nth(1).ok_or_else(|| io::Error::other("usage: event-listener FILE"))?;
    let mut record = OpenOptions::new().create(true).append(true).open(path)?;
    let mut input = io::stdin().lock();
    let mut output = io::stdout().lock();
    loop {
        output.write_all(b"READY\n")?;
        output.flush()?;
        let Some(event) = Event::read(&mut input)? else { return Ok(()) };
        // `FAIL` instead of `OK` has the supervisor send the event again.
        let answer = if event.write(&mut record).is_ok() { "OK" } else { "FAIL" };
        write!(output, "RESULT {}\n{answer}", answer.len())?;
        output.flush()?;
    }
}

/// What the supervisor says: a line of `key:value` words, and as many characters as its `len` tells.
struct Event {
    header: String,
    payload: String,
}

impl Event {
    /// The next event; `None` when the supervisor has gone.
    fn read(input: &mut impl BufRead) -> io::Result<Option<Self>> {
        let mut header = String::new();
        if input.read_line(&mut header)? == 0 {
            return Ok(None);
        }
        let length = word(&header, "len").and_then(|length| length.parse().ok());
        let length: usize = length.ok_or_else(|| io::Error::other(format!("no length in {header:?}")))?;
        Ok(Some(Self { payload: read_characters(input, length)?, header }))
    }

    fn write(&self, record: &mut File) -> io::Result<()> {
        let event = word(&self.header, "eventname").unwrap_or("?");
        let name = word(&self.payload, "processname").unwrap_or("?");
        let expected = word(&self.payload, "expected").unwrap_or("?");
        writeln!(record, "{event} {name} expected:{expected}")
    }
}

/// The value of a `key:value` word.
fn word<'a>(words: &'a str, key: &str) -> Option<&'a str> {
    words.split_whitespace().find_map(|word| word.strip_prefix(key)?.strip_prefix(':'))
}

/// The supervisor counts characters, not bytes.
fn read_characters(input: &mut impl Read, count: usize) -> io::Result<String> {
    let mut text = Vec::with_capacity(count);
    for _ in 0..count {
        let mut first = [0];
        input.read_exact(&mut first)?;
        text.push(first[0]);
        let rest = match first[0] {
            0xc0..=0xdf => 1,
            0xe0..=0xef => 2,
            0xf0..=0xff => 3,
            _ => 0,
        };
        input.take(rest).read_to_end(&mut text)?;
    }
    String::from_utf8(text).map_err(io::Error::other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_as_many_characters_as_its_header_says() {
        let mut input = "ver:3.0 eventname:X len:4\n\u{e4}b\u{20ac}\u{1f600}ver:3.0".as_bytes();
        let event = Event::read(&mut input).unwrap().unwrap();
        assert_eq!(event.payload, "\u{e4}b\u{20ac}\u{1f600}");
        assert_eq!(word(&event.header, "eventname"), Some("X"));
        assert_eq!(input, b"ver:3.0");
        assert!(Event::read(&mut "no length\n".as_bytes()).is_err());
        assert!(Event::read(&mut "".as_bytes()).unwrap().is_none());
    }
}
