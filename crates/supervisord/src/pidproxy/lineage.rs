//! Who descends from whom.

use std::fs;

use supervisor_sys::host::own_pid;

/// Nobody descends through so many parents.
const GENERATIONS_MAX: usize = 1000;

/// The child of this process that `pid` is or descends from; `None` if it does not descend from here or has ended.
pub(super) fn child_that_leads_to(pid: i32) -> Option<i32> {
    let own = own_pid();
    let mut child = pid;
    for _ in 0..GENERATIONS_MAX {
        match living_parent_of(child)? {
            parent if parent == own => return Some(child),
            parent if parent <= 1 => return None,
            parent => child = parent,
        }
    }
    None
}

/// Whether a process is gone, or only waits to be reaped.
pub(super) fn has_ended(pid: i32) -> bool {
    living_parent_of(pid).is_none()
}

/// The parent of a process that has not ended.
fn living_parent_of(pid: i32) -> Option<i32> {
    parse(&fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)
}

/// The name in `/proc/PID/stat` may contain blanks and parentheses, hence the search from the end.
fn parse(stat: &str) -> Option<i32> {
    let mut fields = stat.rsplit_once(") ")?.1.split(' ');
    let has_ended = matches!(fields.next()?, "Z" | "X");
    let parent = fields.next()?.parse().ok()?;
    (!has_ended).then_some(parent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_may_look_like_the_rest_of_the_line() {
        assert_eq!(parse("7 (a) Z 1 (b) S 42 7 7 0 -1"), Some(42));
        assert_eq!(parse("7 (a) Z 42 7 7 0 -1"), None);
    }

    #[test]
    fn a_grandchild_is_traced_to_the_child() {
        let mut command = std::process::Command::new("/bin/sh");
        // A shell gives what it starts in the background nothing to read, unless it is told what.
        command.args(["-c", "exec 3<&0; cat <&3 & echo $!; wait"]);
        command.stdin(std::process::Stdio::piped()).stdout(std::process::Stdio::piped());
        let mut child = command.spawn().unwrap();
        let pid = i32::try_from(child.id()).unwrap();
        let mut line = String::new();
        let mut output = std::io::BufReader::new(child.stdout.take().unwrap());
        std::io::BufRead::read_line(&mut output, &mut line).unwrap();
        assert_eq!(child_that_leads_to(line.trim().parse().unwrap()), Some(pid));
        assert_eq!(child_that_leads_to(pid), Some(pid));
        assert_eq!(child_that_leads_to(1), None);
        drop(child.stdin.take());
        child.wait().unwrap();
    }
}
