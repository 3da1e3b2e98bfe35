//! How a process is.

use supervisor_core::state::ProcessState;

use super::structure;
use crate::decode::{self, DecodeError};
use crate::encode::{MAX_INT, MIN_INT};
use crate::fault::FaultValue;
use crate::flat::{self, Row, Scalar};
use crate::value::Value;

/// How one process is: the struct of `getProcessInfo`. Times are seconds since the epoch, 0 for never.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProcessInfo {
    /// Process name.
    pub name: String,
    /// Group name.
    pub group: String,
    /// When it was last started.
    pub start: i64,
    /// When it last ended.
    pub stop: i64,
    /// When this was true.
    pub now: i64,
    /// Its state.
    pub state: ProcessState,
    /// Why the last start failed, or empty.
    pub spawnerr: String,
    /// Exit code of the last run, -1 for death by a signal, 0 if there was none.
    pub exitstatus: i32,
    /// File of standard output, or empty.
    pub stdout_logfile: String,
    /// File of standard error, or empty.
    pub stderr_logfile: String,
    /// Its process id, 0 if there is none.
    pub pid: i32,
    /// A text for people: see [`description`].
    pub description: String,
}

impl ProcessInfo {
    /// As the struct that stands in answers.
    #[must_use]
    pub fn to_value(&self) -> Value {
        let time = |seconds: i64| Value::Int(seconds.clamp(MIN_INT, MAX_INT));
        structure([
            ("name", self.name.as_str().into()),
            ("group", self.group.as_str().into()),
            ("start", time(self.start)),
            ("stop", time(self.stop)),
            ("now", time(self.now)),
            ("state", self.state.code().into()),
            ("statename", self.state.name().into()),
            ("spawnerr", self.spawnerr.as_str().into()),
            ("exitstatus", self.exitstatus.into()),
            // Compat: logfile-alias
            ("logfile", self.stdout_logfile.as_str().into()),
            ("stdout_logfile", self.stdout_logfile.as_str().into()),
            ("stderr_logfile", self.stderr_logfile.as_str().into()),
            ("pid", self.pid.into()),
            ("description", self.description.as_str().into()),
        ])
    }

    /// From the struct that stands in answers. `None` if it lacks the name, the group or the state; anything
    /// else that it lacks is empty or zero.
    #[must_use]
    pub fn from_value(value: &Value) -> Option<Self> {
        Self::from_members(
            |key| value.get(key).and_then(Value::as_str),
            |key| value.get(key).and_then(Value::as_int),
        )
    }

    /// Reads the body of an answer to `getAllProcessInfo`; `None` in place of something else than such structs.
    ///
    /// # Errors
    /// As [`decode::response`].
    pub fn read_all(xml: &[u8]) -> Result<Result<Option<Vec<Self>>, FaultValue>, DecodeError> {
        let mut infos = Vec::new();
        let understood = flat::read(xml, |row| {
            infos.push(Self::from_row(row)?);
            Some(())
        });
        if understood.is_some() {
            return Ok(Ok(Some(infos)));
        }
        let infos = |value: Value| value.as_array()?.iter().map(Self::from_value).collect();
        Ok(decode::response(xml)?.map(infos))
    }

    fn from_row(row: &Row<'_>) -> Option<Self> {
        // Names that stand twice mean their last values.
        let member = |key: &str| row.iter().rev().find(|(name, _)| *name == key).map(|&(_, scalar)| scalar);
        Self::from_members(
            |key| match member(key)? {
                Scalar::Text(text) => Some(text),
                _ => None,
            },
            |key| match member(key)? {
                Scalar::Int(number) => Some(number),
                Scalar::Bool(flag) => Some(i64::from(flag)),
                Scalar::Text(_) => None,
            },
        )
    }

    fn from_members<'a>(
        text: impl Fn(&str) -> Option<&'a str>,
        number: impl Fn(&str) -> Option<i64>,
    ) -> Option<Self> {
        let text = |key: &str| text(key).map(str::to_owned);
        let small = |key: &str| number(key).and_then(|number| i32::try_from(number).ok()).unwrap_or_default();
        let state = i32::try_from(number("state")?).ok().and_then(ProcessState::from_code);
        Some(Self {
            name: text("name")?,
            group: text("group")?,
            start: number("start").unwrap_or_default(),
            stop: number("stop").unwrap_or_default(),
            now: number("now").unwrap_or_default(),
            state: state.unwrap_or(ProcessState::Unknown),
            spawnerr: text("spawnerr").unwrap_or_default(),
            exitstatus: small("exitstatus"),
            stdout_logfile: text("stdout_logfile").unwrap_or_default(),
            stderr_logfile: text("stderr_logfile").unwrap_or_default(),
            pid: small("pid"),
            description: text("description").unwrap_or_default(),
        })
    }
}

/// The fields of a local time that the text of a stop shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LocalTime {
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31.
    pub day: u8,
    /// 0 to 23.
    pub hour: u8,
    /// 0 to 59.
    pub minute: u8,
}

impl LocalTime {
    /// Like `Nov 22 06:08 AM`, in English everywhere.
    #[must_use]
    pub fn text(self) -> String {
        const MONTHS: [&str; 12] =
            ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
        let month = MONTHS[usize::from(self.month.clamp(1, 12)) - 1];
        let hour = (self.hour + 11) % 12 + 1;
        let half = if self.hour < 12 { "AM" } else { "PM" };
        format!("{month} {:02} {hour:02}:{:02} {half}", self.day, self.minute)
    }
}

/// The text for people that goes with a process. `stop_time` is `info.stop` as [`LocalTime::text`]; the
/// description that `info` already has is not looked at.
#[must_use]
pub fn description(info: &ProcessInfo, stop_time: &str) -> String {
    match info.state {
        ProcessState::Running => format!("pid {}, uptime {}", info.pid, uptime(info.now - info.start)),
        ProcessState::Backoff | ProcessState::Fatal if info.spawnerr.is_empty() => {
            format!("unknown error (try \"tail {}\")", info.name)
        }
        ProcessState::Backoff | ProcessState::Fatal => info.spawnerr.clone(),
        // Differs: stopped-before-it-ran
        ProcessState::Stopped | ProcessState::Exited if info.start == 0 || info.stop == 0 => {
            "Not started".to_owned()
        }
        ProcessState::Stopped | ProcessState::Exited => stop_time.to_owned(),
        ProcessState::Starting | ProcessState::Stopping | ProcessState::Unknown => String::new(),
    }
}

/// `H:MM:SS`, after days if there are any. A clock that was set back counts as no time.
fn uptime(seconds: i64) -> String {
    let seconds = seconds.max(0);
    let clock = format!("{}:{:02}:{:02}", seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
    match seconds / 86_400 {
        0 => clock,
        1 => format!("1 day, {clock}"),
        days => format!("{days} days, {clock}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encode;

    fn info(state: ProcessState) -> ProcessInfo {
        ProcessInfo {
            name: "cat".into(),
            group: "web".into(),
            start: 1_000,
            stop: 2_000,
            now: 3_000,
            state,
            spawnerr: String::new(),
            exitstatus: -1,
            stdout_logfile: "/out".into(),
            stderr_logfile: String::new(),
            pid: 7,
            description: "text".into(),
        }
    }

    #[test]
    fn process_information_comes_back_as_it_went_out() {
        let info = info(ProcessState::Running);
        assert_eq!(ProcessInfo::from_value(&info.to_value()), Some(info));
        assert_eq!(ProcessInfo::from_value(&Value::Int(1)), None);
    }

    #[test]
    fn answers_are_read_however_they_are_written() {
        let infos =
            [info(ProcessState::Running), ProcessInfo { name: "a&b".into(), ..info(ProcessState::Fatal) }];
        for count in 0..=2 {
            let values: Vec<_> = infos[..count].iter().map(ProcessInfo::to_value).collect();
            let xml = encode::response(&Ok(Value::Array(values)));
            assert_eq!(ProcessInfo::read_all(xml.as_bytes()), Ok(Ok(Some(infos[..count].to_vec()))));
        }
        let read = |outcome: &Result<Value, FaultValue>| {
            ProcessInfo::read_all(encode::response(outcome).as_bytes()).unwrap()
        };
        let nameless = Value::Struct(vec![("state".into(), 20.into())]);
        assert_eq!(read(&Ok(Value::Array(vec![nameless]))), Ok(None));
        assert_eq!(read(&Ok(Value::Int(1))), Ok(None));
        let fault = FaultValue { code: 6, text: "SHUTDOWN_STATE".into() };
        assert_eq!(read(&Err(fault.clone())), Err(fault));
        assert_eq!(ProcessInfo::read_all(b"x"), decode::response(b"x").map(|_| Ok(None)));
    }

    #[test]
    fn process_information_has_the_keys_of_the_reference() {
        let Value::Struct(members) = info(ProcessState::Fatal).to_value() else { panic!("not a struct") };
        let keys: Vec<&str> = members.iter().map(|(key, _)| key.as_str()).collect();
        assert_eq!(
            keys.join(" "),
            "name group start stop now state statename spawnerr exitstatus logfile stdout_logfile stderr_logfile \
             pid description"
        );
    }

    #[test]
    fn times_are_capped_in_2038() {
        let late = ProcessInfo { now: 1 << 40, ..info(ProcessState::Running) };
        assert_eq!(late.to_value().get("now"), Some(&Value::Int(2_147_483_647)));
    }

    #[test]
    fn a_running_process_tells_its_pid_and_uptime() {
        let text = |start: i64, now: i64| {
            description(&ProcessInfo { start, now, ..info(ProcessState::Running) }, "")
        };
        assert_eq!(text(1_000, 1_002), "pid 7, uptime 0:00:02");
        assert_eq!(text(0, 86_399), "pid 7, uptime 23:59:59");
        assert_eq!(text(0, 86_400), "pid 7, uptime 1 day, 0:00:00");
        assert_eq!(text(0, 2 * 86_400 + 3_661), "pid 7, uptime 2 days, 1:01:01");
        assert_eq!(text(1_000, 10), "pid 7, uptime 0:00:00");
    }

    #[test]
    fn a_process_that_failed_tells_why() {
        let fatal = info(ProcessState::Fatal);
        assert_eq!(description(&fatal, ""), "unknown error (try \"tail cat\")");
        let backoff = ProcessInfo { spawnerr: "Exited too quickly".into(), ..info(ProcessState::Backoff) };
        assert_eq!(description(&backoff, ""), "Exited too quickly");
    }

    #[test]
    fn a_process_at_rest_tells_when_it_ended() {
        let time = LocalTime { month: 11, day: 2, hour: 18, minute: 8 }.text();
        assert_eq!(description(&info(ProcessState::Exited), &time), "Nov 02 06:08 PM");
        let never = ProcessInfo { start: 0, stop: 0, ..info(ProcessState::Stopped) };
        assert_eq!(description(&never, &time), "Not started");
        assert_eq!(description(&info(ProcessState::Stopping), &time), "");
    }

    #[test]
    fn midnight_and_noon_are_twelve() {
        let text = |hour| LocalTime { month: 1, day: 1, hour, minute: 0 }.text();
        assert_eq!(text(0), "Jan 01 12:00 AM");
        assert_eq!(text(12), "Jan 01 12:00 PM");
        assert_eq!(text(23), "Jan 01 11:00 PM");
    }
}
