//! What listeners give back to be printed: lines on the daemon's own output, which never makes the daemon wait.

use std::collections::VecDeque;
use std::fmt::Write as _;
use std::path::Path;

use jiff::Timestamp;
use supervisor_core::effect::Level;
use supervisor_core::verdict::Printed;
use supervisor_sys::Errno;
use supervisor_sys::files::{FileKind, LogFile, copy_of_output, open_log};
use supervisor_sys::pipes::Write;
use supervisor_sys::poll::Interest;

use super::Engine;
use super::token::Token;
use crate::logs::file::LOG_MODE;

/// An output without room keeps at most so many bytes; lines that come then are dropped and counted.
const KEPT_BYTES_MAX: usize = 1 << 20;

/// Where it is printed, whatever the channel that it was written to: that is what the packages do.
const PATH: &str = "/dev/stdout";

/// The daemon's standard output, opened when something is to be printed.
#[derive(Debug, Default)]
pub(super) struct Console {
    file: Option<LogFile>,
    kept: VecDeque<u8>,
    dropped_lines: u64,
    /// The kernel says when it has room.
    watched: bool,
}

impl Console {
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
            self.file = open().ok();
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

/// Opens it in such a way that writing never waits. A file never makes anybody wait, and an opening of its own
/// would have a place of its own: what the daemon says there would be written over what is printed.
fn open() -> Result<LogFile, Errno> {
    let file = open_log(Path::new(PATH), LOG_MODE)?;
    match file.kind {
        FileKind::Regular => copy_of_output(std::io::stdout()),
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
        for line in lines(printed, Timestamp::now()) {
            self.console.new_line(&line);
        }
        self.flush_console();
    }

    /// Writes what there is room for, and has the kernel say when there is more.
    pub(super) fn flush_console(&mut self) {
        let console = &mut self.console;
        let is_left = console.flush();
        if let Some(file) = &console.file
            && console.watched != is_left
        {
            console.watched = match is_left {
                true => self.poller.add(file, Interest::WRITE, Token::Console.pack()).is_ok(),
                false => self.poller.remove(file).is_err(),
            };
        }
        if let Some(lines) = console.take_dropped() {
            self.log.log(
                Level::Warn,
                &format!("{PATH} had no room: {lines} lines that listeners gave back were dropped"),
            );
        }
    }

    /// The end: what has no room now is dropped.
    pub(super) fn end_console(&mut self) {
        if self.console.flush() {
            self.console.give_up();
        }
        self.flush_console();
    }
}

#[cfg(test)]
mod tests {
    use supervisor_core::event::OutputChannel;

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
        let line = "x".repeat(KEPT_BYTES_MAX / 2 - 1) + "\n";
        for _ in 0..4 {
            console.new_line(&line);
        }
        assert_eq!(console.kept.len(), KEPT_BYTES_MAX);
        assert_eq!(console.take_dropped(), None, "it is not over");
        console.give_up();
        assert_eq!(console.take_dropped(), Some(4));
        assert_eq!(console.take_dropped(), None);
    }
}
