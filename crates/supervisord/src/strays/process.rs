//! What `/proc` says about one process.

use std::fs;

/// Nobody reads a command line that is longer than this.
const SHOWN_CHARACTERS_MAX: usize = 60;

/// One process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Process {
    pub(super) pid: i32,
    /// The name of its program, cut by the kernel.
    pub(super) program: String,
    pub(super) parent: i32,
    pub(super) process_group: i32,
    /// When it was started, in clock ticks since the machine was.
    pub(super) started: u64,
    /// Whose it is; `None` without marks, or where they cannot be read.
    pub(super) marks: Option<Marks>,
}

/// What a supervisor writes into the environment of what it starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Marks {
    pub(super) group: String,
    pub(super) name: String,
    pub(super) server_url: Option<String>,
}

impl Marks {
    fn parse(environment: &[u8]) -> Option<Self> {
        let value = |name: &[u8]| {
            environment
                .split(|&byte| byte == 0)
                .find_map(|variable| variable.strip_prefix(name)?.strip_prefix(b"="))
                .map(|value| String::from_utf8_lossy(value).into_owned())
        };
        Some(Self {
            name: value(b"SUPERVISOR_PROCESS_NAME")?,
            group: value(b"SUPERVISOR_GROUP_NAME")?,
            server_url: value(b"SUPERVISOR_SERVER_URL"),
        })
    }
}

impl Process {
    /// A living process; `None` if it is gone or only waits to be reaped.
    pub(super) fn read(pid: i32) -> Option<Self> {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        let mut process = Self::parse(pid, &stat)?;
        process.marks =
            fs::read(format!("/proc/{pid}/environ")).ok().and_then(|environment| Marks::parse(&environment));
        Some(process)
    }

    /// The name in the line may contain blanks and parentheses, hence the search from the end.
    fn parse(pid: i32, stat: &str) -> Option<Self> {
        let (name, fields) = stat.rsplit_once(") ")?;
        let program = name.split_once('(')?.1.to_owned();
        let mut fields = fields.split(' ');
        if matches!(fields.next()?, "Z" | "X") {
            return None;
        }
        let parent = fields.next()?.parse().ok()?;
        let process_group = fields.next()?.parse().ok()?;
        let started = fields.nth(16)?.parse().ok()?;
        Some(Self { pid, program, parent, process_group, started, marks: None })
    }

    /// Every living process.
    pub(super) fn all() -> Vec<Self> {
        let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
        entries.filter_map(|entry| Self::read(entry.file_name().to_str()?.parse().ok()?)).collect()
    }

    /// Whether it is a supervisor itself, this one's kind or Python's.
    pub(super) fn is_supervisor(&self) -> bool {
        let is_python =
            || self.program.starts_with("python") && whole_command_line(self.pid).contains("supervisord");
        self.program == "supervisord" || is_python()
    }

    /// Whether it sees the same processes and files as `other`: otherwise it is in a container, and its marks are not
    /// those of a supervisor of ours.
    pub(super) fn shares_world_with(&self, other: i32) -> bool {
        ["pid", "mnt"].iter().all(|kind| {
            let world = |pid: i32| fs::read_link(format!("/proc/{pid}/ns/{kind}")).ok();
            world(self.pid) == world(other)
        })
    }
}

/// What a process was started as, for people.
pub(super) fn command_line(pid: i32) -> String {
    whole_command_line(pid).chars().take(SHOWN_CHARACTERS_MAX).collect()
}

fn whole_command_line(pid: i32) -> String {
    let bytes = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes).replace(|character: char| character.is_control(), " ");
    text.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_the_kernel_is_understood() {
        let rest = "0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 98765 1 2 3";
        let process = Process::parse(7, &format!("7 (a) Z (b) S 42 6 5 {rest}")).unwrap();
        assert_eq!(process.program, "a) Z (b");
        assert_eq!((process.parent, process.process_group, process.started), (42, 6, 98765));
        assert_eq!(Process::parse(7, &format!("7 (b) Z 42 6 5 {rest}")), None);
    }

    #[test]
    fn marks_are_whole_or_none() {
        let environment = b"A=b\0SUPERVISOR_GROUP_NAME=web\0SUPERVISOR_PROCESS_NAME=app\0";
        let marks = Marks { group: "web".into(), name: "app".into(), server_url: None };
        assert_eq!(Marks::parse(environment), Some(marks));
        assert_eq!(Marks::parse(b"SUPERVISOR_GROUP_NAME=web\0"), None);
    }
}
