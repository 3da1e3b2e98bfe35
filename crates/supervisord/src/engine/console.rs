//! What listeners give back to be printed: lines on the daemon's own outputs, which never make the daemon wait.

use std::collections::VecDeque;
use std::fmt::Write as _;
use std::path::Path;

use jiff::Timestamp;
use supervisor_core::effect::Level;
use supervisor_core::event::OutputChannel;
use supervisor_core::verdict::Printed;
use supervisor_sys::Errno;
use supervisor_sys::files::{FileKind, LogFile, copy_of_output, open_log};
use supervisor_sys::pipes::Write;
use supervisor_sys::poll::Interest;

use super::Engine;
use super::token::Token;

/// An output without room keeps at most so many bytes; lines that come then are dropped and counted.
const KEPT_BYTES_MAX: usize = 1 << 20;

/// Both outputs.
#[derive(Debug)]
pub(super) struct Console([Stream; 2]);

/// One of them, opened when something is to be printed.
#[derive(Debug)]
struct Stream {
    path: &'static str,
    file: Option<LogFile>,
    kept: VecDeque<u8>,
    dropped_lines: u64,
    /// The kernel says when it has room.
    watched: bool,
}

impl Default for Console {
    fn default() -> Self {
        let stream =
            |path| Stream { path, file: None, kept: VecDeque::new(), dropped_lines: 0, watched: false };
        Self([stream("/dev/stdout"), stream("/dev/stderr")])
    }
}

impl Console {
    fn stream(&mut self, channel: OutputChannel) -> &mut Stream {
        match channel {
            OutputChannel::Stdout => &mut self.0[0],
            OutputChannel::Stderr => &mut self.0[1],
        }
    }
}

impl Stream {
    fn new_line(&mut self, line: &str) {
        if self.kept.len() + line.len() > KEPT_BYTES_MAX {
            self.dropped_lines += 1;
        } else {
            self.kept.extend(line.as_bytes());
        }
    }

    /// Writes what there is room for; says whether something is left.
    fn flush(&mut self) -> bool {
        if self.file.is_none() {
            self.file = open(self.path).ok();
        }
        let Some(file) = &self.file else {
            self.give_up();
            return false;
        };
        while !self.kept.is_empty() {
            let (front, _) = self.kept.as_slices();
            match file.write(front) {
                Ok(Write::Bytes(count)) => drop(self.kept.drain(..count)),
                Ok(Write::WouldBlock) => return true,
                Ok(Write::Closed) | Err(_) => {
                    self.give_up();
                    return false;
                }
            }
        }
        false
    }

    /// Nobody reads it, or there is no room for ever.
    fn give_up(&mut self) {
        self.dropped_lines += self.kept.iter().filter(|&&byte| byte == b'\n').count() as u64;
        self.kept.clear();
    }

    /// How many lines were dropped, when that is over.
    fn take_dropped(&mut self) -> Option<u64> {
        (self.dropped_lines > 0 && self.kept.is_empty()).then(|| std::mem::take(&mut self.dropped_lines))
    }
}

/// Opens an output in such a way that writing never waits. A file never makes anybody wait, and an opening of its own
/// would have a place of its own: what the daemon says there would be written over what is printed.
fn open(path: &str) -> Result<LogFile, Errno> {
    let file = open_log(Path::new(path))?;
    match (file.kind, path) {
        (FileKind::Regular, "/dev/stderr") => copy_of_output(std::io::stderr()),
        (FileKind::Regular, _) => copy_of_output(std::io::stdout()),
        _ => Ok(file),
    }
}

/// The text as lines: `NAME CHANNEL | LINE`, or `NAME | TIME | LINE` with the time in UTC.
// Differs: printed-results-are-whole-lines
fn lines(printed: &Printed, now: Timestamp) -> Vec<String> {
    let (process, channel) = (&printed.process, printed.channel.name());
    let prefix = match printed.is_timed {
        true => format!("{process} | {} | ", now.strftime("%Y-%m-%d %H:%M:%S")),
        false => format!("{process} {channel} | "),
    };
    printed
        .data
        .lines()
        .map(|line| {
            let mut text = prefix.clone();
            // Writing to a String cannot fail.
            let _ = writeln!(text, "{line}");
            text
        })
        .collect()
}

impl Engine {
    /// Prints what a listener gave back.
    pub(super) fn print(&mut self, printed: &Printed) {
        let channel = if printed.is_timed { printed.channel } else { OutputChannel::Stdout };
        let stream = self.console.stream(channel);
        for line in lines(printed, Timestamp::now()) {
            stream.new_line(&line);
        }
        self.flush_console(channel);
    }

    /// Writes what there is room for, and has the kernel say when there is more.
    pub(super) fn flush_console(&mut self, channel: OutputChannel) {
        let stream = self.console.stream(channel);
        let is_left = stream.flush();
        if let Some(file) = &stream.file
            && stream.watched != is_left
        {
            stream.watched = match is_left {
                true => self.poller.add(file, Interest::WRITE, Token::Console(channel).pack()).is_ok(),
                false => self.poller.remove(file).is_err(),
            };
        }
        if let Some(lines) = stream.take_dropped() {
            let path = stream.path;
            self.log.log(
                Level::Warn,
                &format!("{path} had no room: {lines} lines that listeners gave back were dropped"),
            );
        }
    }

    /// The end: what has no room now is dropped.
    pub(super) fn end_console(&mut self) {
        for channel in [OutputChannel::Stdout, OutputChannel::Stderr] {
            let stream = self.console.stream(channel);
            if stream.flush() {
                stream.give_up();
            }
            self.flush_console(channel);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(is_timed: bool) -> Printed {
        let (process, data) = ("cat".to_owned(), "one\ntwo".to_owned());
        Printed { process, channel: OutputChannel::Stderr, data, is_timed }
    }

    #[test]
    fn each_line_has_its_process() {
        let now = Timestamp::from_second(0).unwrap();
        assert_eq!(lines(&printed(false), now), ["cat stderr | one\n", "cat stderr | two\n"]);
        assert_eq!(
            lines(&printed(true), now),
            ["cat | 1970-01-01 00:00:00 | one\n", "cat | 1970-01-01 00:00:00 | two\n"]
        );
    }

    #[test]
    fn what_has_no_room_is_dropped_line_by_line_and_counted() {
        let mut console = Console::default();
        let stream = console.stream(OutputChannel::Stdout);
        let line = "x".repeat(KEPT_BYTES_MAX / 2 - 1) + "\n";
        for _ in 0..4 {
            stream.new_line(&line);
        }
        assert_eq!(stream.kept.len(), KEPT_BYTES_MAX);
        assert_eq!(stream.take_dropped(), None, "it is not over");
        stream.give_up();
        assert_eq!(stream.take_dropped(), Some(4));
        assert_eq!(stream.take_dropped(), None);
    }
}
