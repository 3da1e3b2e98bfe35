//! The daemon's own log.

use std::io::Write as _;
use std::path::Path;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use supervisor_config::settings::MainLog;
use supervisor_core::effect::Level;
use supervisor_core::rotation::Rotation;
use supervisor_sys::Errno;
use supervisor_sys::clock::wall_nanoseconds;
use supervisor_sys::files::{FileKind, LogFile, look_up};
use supervisor_sys::syslog::Syslog;

use super::file::{RotatingFile, Trouble, Written};
use super::loss::Loss;
use super::recent::Recent;
use crate::local_time::zone;

/// What a slow target of the main log may keep us from writing before lines are dropped.
const KEPT_BYTES_MAX: usize = 1 << 20;
const NANOSECONDS_PER_SECOND: u64 = 1_000_000_000;
const STANDARD_OUTPUT: &str = "/dev/stdout";

/// The main log: lines `YYYY-MM-DD HH:MM:SS,mmm LEVL message`.
#[derive(Debug)]
pub struct ActivityLog {
    threshold: Level,
    /// Standard output first, as people at the keyboard look there.
    sinks: Vec<Sink>,
    clock: LineClock,
    recent: Recent,
}

/// Where lines go.
#[derive(Debug)]
enum Sink {
    File(LineFile),
    Syslog(Syslog),
    /// Standard output that cannot be opened anew, so that writing to it may have to wait.
    PlainStdout,
}

/// A file that may have no room at the moment.
#[derive(Debug)]
struct LineFile {
    file: RotatingFile,
    kept_bytes: usize,
    dropped_lines: u64,
    loss: Loss,
}

impl LineFile {
    fn new(file: RotatingFile) -> Self {
        Self { file, kept_bytes: 0, dropped_lines: 0, loss: Loss::default() }
    }

    /// Whole lines or nothing: what a target without room costs is counted and said when there is room again.
    /// `stamp` is the time of the line.
    fn write(&mut self, stamp: &[u8], line: &[u8]) {
        if self.file.is_pending() && self.flush() == Written::Pending && self.kept_bytes > KEPT_BYTES_MAX {
            self.dropped_lines += 1;
            return;
        }
        if self.loss.is_some() && !self.tell_loss(stamp) {
            self.loss.missed(line.len());
            return;
        }
        let pending = self.append(line) == Written::Pending;
        self.kept_bytes = if pending { self.kept_bytes + line.len() } else { 0 };
        match self.file.take_trouble() {
            // Told when it was written into the log.
            None | Some(Trouble::Recovered(_)) => {}
            Some(trouble) => complain(&trouble.to_string()),
        }
    }

    /// Says in the log, and on standard error, what was lost; returns whether there is room for that.
    fn tell_loss(&mut self, stamp: &[u8]) -> bool {
        let what = self.loss.told(self.file.path());
        let line = self.loss.line(stamp, &what, self.file.size_bytes());
        self.file.append(&line);
        // It fails as before, and that has been said.
        self.file.take_trouble();
        let is_told = self.loss.told_with(&line, self.file.lost_of_last());
        if is_told {
            complain(&what);
        }
        is_told
    }

    fn append(&mut self, lines: &[u8]) -> Written {
        let written = self.file.append(lines);
        self.loss.wrote(lines, self.file.lost_of_last());
        written
    }

    fn flush(&mut self) -> Written {
        let written = self.file.flush();
        if written == Written::All && self.dropped_lines > 0 {
            let message = format!("({} lines were dropped here)\n", std::mem::take(&mut self.dropped_lines));
            self.kept_bytes = 0;
            return self.append(message.as_bytes());
        }
        written
    }
}

/// Says on standard error what the log itself cannot say.
fn complain(trouble: &str) {
    // Standard error may be closed.
    let _ = writeln!(std::io::stderr(), "supervisord: {trouble}");
}

/// Standard output as a place for log lines, opened while this process may still do so: another user may not.
#[derive(Debug)]
pub struct StandardOutput(Option<RotatingFile>);

impl StandardOutput {
    /// Opens it anew unless it is a file, so that writing to it never waits for whoever reads it.
    #[must_use]
    pub fn open() -> Self {
        // A file is written where this process's standard output stands in it, so that whoever shares it, such as a
        // script, goes on behind us; and writing to a file does not wait.
        let is_file = look_up(Path::new(STANDARD_OUTPUT)).is_ok_and(|(kind, _)| kind == FileKind::Regular);
        Self(if is_file { None } else { RotatingFile::open(STANDARD_OUTPUT, Rotation::NEVER).ok() })
    }
}

impl ActivityLog {
    /// Opens the log. Lines go to `stdout` too, if there is one.
    ///
    /// # Errors
    /// What opening the file says.
    pub fn open(
        destination: &MainLog,
        rotation: Rotation,
        threshold: Level,
        stdout: Option<StandardOutput>,
        tag: &str,
    ) -> Result<Self, Errno> {
        let mut sinks = Vec::new();
        match stdout {
            Some(StandardOutput(Some(file))) => sinks.push(Sink::File(LineFile::new(file))),
            Some(StandardOutput(None)) => sinks.push(Sink::PlainStdout),
            None => {}
        }
        sinks.push(match destination {
            MainLog::Syslog => Sink::Syslog(Syslog::open(tag)),
            MainLog::File(path) => Sink::File(LineFile::new(RotatingFile::open(path.as_str(), rotation)?)),
        });
        Ok(Self { threshold, sinks, clock: LineClock::new(), recent: Recent::default() })
    }

    /// Whether lines of that level are written.
    #[must_use]
    pub fn wants(&self, level: Level) -> bool {
        level >= self.threshold
    }

    /// Remembers what an earlier life of the daemon has logged.
    pub fn remember(&mut self, recent: Recent) {
        self.recent = recent;
    }

    /// The last lines, whatever level is written.
    #[must_use]
    pub fn recent(&self) -> &Recent {
        &self.recent
    }

    /// The last lines, for the next life of the daemon.
    #[must_use]
    pub fn into_recent(self) -> Recent {
        self.recent
    }

    /// Writes a line.
    pub fn log(&mut self, level: Level, message: &str) {
        self.log_bytes(level, message.as_bytes());
    }

    /// Writes a line whose message need not be text.
    pub fn log_bytes(&mut self, level: Level, message: &[u8]) {
        if !self.wants(level) && !Recent::wants(level) {
            return;
        }
        let stamp = self.clock.stamp(wall_nanoseconds());
        let mut line = stamp.clone();
        line.push(b' ');
        line.extend_from_slice(level.code().as_bytes());
        line.push(b' ');
        line.extend_from_slice(message);
        line.push(b'\n');
        if Recent::wants(level) {
            self.recent.push(&line);
        }
        if !self.wants(level) {
            return;
        }
        for sink in &mut self.sinks {
            match sink {
                Sink::File(file) => file.write(&stamp, &line),
                Sink::Syslog(syslog) => {
                    // A system without a log has nowhere to complain.
                    let _ = syslog.info(&String::from_utf8_lossy(line.trim_ascii_end()));
                }
                Sink::PlainStdout => {
                    // Nobody may be reading; the log is what counts.
                    let mut stdout = std::io::stdout().lock();
                    let _ = stdout.write_all(&line).and_then(|()| stdout.flush());
                }
            }
        }
    }

    fn files(&mut self) -> impl Iterator<Item = &mut LineFile> {
        self.sinks.iter_mut().filter_map(|sink| match sink {
            Sink::File(file) => Some(file),
            Sink::Syslog(_) | Sink::PlainStdout => None,
        })
    }

    /// Every open file.
    pub fn targets(&mut self) -> impl Iterator<Item = &LogFile> {
        self.files().filter_map(|line_file| line_file.file.target())
    }

    /// The files that had no room for a line, to wait for room with.
    pub fn pending(&mut self) -> impl Iterator<Item = &LogFile> {
        self.files()
            .filter(|line_file| line_file.file.is_pending())
            .filter_map(|line_file| line_file.file.target())
    }

    /// Writes what there was no room for.
    pub fn flush(&mut self) {
        for file in self.files() {
            file.flush();
        }
    }

    /// Opens the files anew.
    pub fn reopen(&mut self) {
        let mut failures = Vec::new();
        for LineFile { file, .. } in self.files() {
            if file.path() != STANDARD_OUTPUT
                && let Err(errno) = file.reopen()
            {
                failures.push(format!("cannot reopen {}: {errno:?}", file.path()));
            }
        }
        for failure in failures {
            self.log(Level::Error, &failure);
        }
    }

    /// Empties the file.
    ///
    /// # Errors
    /// What removing and opening say.
    pub fn clear(&mut self) -> Result<(), Errno> {
        self.files()
            .filter(|line_file| line_file.file.path() != STANDARD_OUTPUT)
            .try_for_each(|line_file| line_file.file.clear())
    }
}

/// Renders times, once a second.
#[derive(Debug)]
struct LineClock {
    zone: TimeZone,
    second: u64,
    text: String,
}

impl LineClock {
    fn new() -> Self {
        Self { zone: zone(), second: u64::MAX, text: String::new() }
    }

    fn stamp(&mut self, nanoseconds: u64) -> Vec<u8> {
        let second = nanoseconds / NANOSECONDS_PER_SECOND;
        if second != self.second {
            self.second = second;
            let timestamp =
                Timestamp::from_second(i64::try_from(second).unwrap_or(0)).unwrap_or(Timestamp::UNIX_EPOCH);
            self.text = timestamp.to_zoned(self.zone.clone()).strftime("%Y-%m-%d %H:%M:%S").to_string();
        }
        let milliseconds = nanoseconds % NANOSECONDS_PER_SECOND / 1_000_000;
        format!("{},{milliseconds:03}", self.text).into_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log_in(directory: &tempfile::TempDir, threshold: Level) -> (String, ActivityLog) {
        let path = directory.path().join("main.log").to_str().unwrap().to_owned();
        let destination = MainLog::File(path.clone());
        let log = ActivityLog::open(&destination, Rotation::NEVER, threshold, None, "supervisord").unwrap();
        (path, log)
    }

    #[test]
    fn a_line_has_time_milliseconds_level_and_message() {
        let mut clock = LineClock { zone: TimeZone::UTC, second: u64::MAX, text: String::new() };
        assert_eq!(clock.stamp(1_795_328_615_123_999_999), b"2026-11-22 06:23:35,123");
        assert_eq!(clock.stamp(1_795_328_615_007_000_000), b"2026-11-22 06:23:35,007");
    }

    #[test]
    fn lines_below_the_level_are_not_written() {
        let directory = tempfile::tempdir().unwrap();
        let (path, mut log) = log_in(&directory, Level::Warn);
        log.log(Level::Info, "quiet");
        log.log(Level::Warn, "loud");
        let text = std::fs::read_to_string(path).unwrap();
        assert!(text.ends_with(" WARN loud\n"), "{text}");
        assert_eq!(text.lines().count(), 1);
    }

    #[test]
    fn what_was_lost_is_told_in_the_log_when_writing_works_again() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("main.log");
        std::os::unix::fs::symlink("/dev/full", &path).unwrap();
        let (path, mut log) = log_in(&directory, Level::Info);
        log.log(Level::Info, "one");
        log.log(Level::Info, "two");
        std::fs::remove_file(&path).unwrap();
        log.reopen();
        log.log(Level::Info, "three");
        log.log(Level::Info, "four");
        let text = std::fs::read_to_string(&path).unwrap();
        let messages: Vec<&str> = text.lines().map(|line| &line[24..]).collect();
        let told = format!("WARN writing to {path} again; 66 bytes of this log were lost");
        assert_eq!(messages, [told.as_str(), "INFO three", "INFO four"]);
    }

    #[test]
    fn the_log_can_be_moved_and_reopened() {
        let directory = tempfile::tempdir().unwrap();
        let (path, mut log) = log_in(&directory, Level::Info);
        log.log(Level::Info, "one");
        std::fs::rename(&path, format!("{path}.moved")).unwrap();
        log.reopen();
        log.log(Level::Info, "two");
        assert!(std::fs::read_to_string(&path).unwrap().ends_with("two\n"));
        assert!(std::fs::read_to_string(format!("{path}.moved")).unwrap().ends_with("one\n"));
    }
}
