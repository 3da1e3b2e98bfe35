//! What `/proc` says about processes.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;

/// One line of the kernel's process table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Process {
    /// Its number.
    pub pid: i32,
    /// Its parent's number.
    pub parent: i32,
    /// True if it has ended and only waits to be reaped.
    pub zombie: bool,
}

impl Process {
    /// Reads one process' entry; `None` if it is gone by now.
    fn read(pid: i32) -> Option<Self> {
        parse_stat(pid, &fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)
    }
}

/// Reads `/proc/PID/stat`. The name in it may contain blanks and parentheses, hence the search from the end.
fn parse_stat(pid: i32, stat: &str) -> Option<Process> {
    let (_, after_name) = stat.rsplit_once(')')?;
    let mut fields = after_name.split_ascii_whitespace();
    let zombie = fields.next()? == "Z";
    let parent = fields.next()?.parse().ok()?;
    Some(Process { pid, parent, zombie })
}

/// Every living process below `ancestor`, at any depth, without `ancestor` itself.
pub fn descendants(ancestor: i32) -> Vec<Process> {
    let mut children: HashMap<i32, Vec<Process>> = HashMap::new();
    for process in everything() {
        children.entry(process.parent).or_default().push(process);
    }
    let mut found = Vec::new();
    let mut parents = vec![ancestor];
    while let Some(parent) = parents.pop() {
        for child in children.remove(&parent).unwrap_or_default() {
            parents.push(child.pid);
            found.push(child);
        }
    }
    found.retain(|process| !process.zombie);
    found
}

fn everything() -> impl Iterator<Item = Process> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    entries.filter_map(|entry| Process::read(entry.file_name().to_str()?.parse().ok()?))
}

/// The effective user of a process.
///
/// # Errors
/// When the process is gone.
pub fn user_id(pid: i32) -> io::Result<u32> {
    Ok(fs::metadata(format!("/proc/{pid}"))?.uid())
}

/// The current directory of a process.
///
/// # Errors
/// When the process is gone or belongs to somebody else.
pub fn working_directory(pid: i32) -> io::Result<PathBuf> {
    fs::read_link(format!("/proc/{pid}/cwd"))
}

/// The command line of a process, for messages; empty if it is gone.
pub fn command_line(pid: i32) -> String {
    let bytes = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    String::from_utf8_lossy(&bytes).replace('\0', " ").trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    #[test]
    fn a_name_with_a_parenthesis_does_not_confuse_the_reading() {
        let process = parse_stat(7, "7 (a) Z (b) S 42 7 7 0 -1 0");
        assert_eq!(process, Some(Process { pid: 7, parent: 42, zombie: false }));
    }

    #[test]
    fn a_child_is_among_the_descendants_until_it_is_killed() {
        let me = i32::try_from(std::process::id()).unwrap();
        let mut child = Command::new("/bin/sleep").arg("1000").spawn().unwrap();
        let pid = i32::try_from(child.id()).unwrap();
        let listed = |list: Vec<Process>| list.iter().any(|process| process.pid == pid);
        let before = listed(descendants(me));
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(before);
        assert!(!listed(descendants(me)));
    }
}
