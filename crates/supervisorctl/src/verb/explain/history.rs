//! What the main log tells of a process.

/// How messages about one process begin.
const BEGINNINGS: &[&str] = &["spawned:", "success:", "exited:", "stopped:", "gave", "killing", "waiting"];

/// The last `count` lines of a log that are about processes of this name. The log does not name their groups.
pub(super) fn events(log: &str, name: &str, count: usize) -> Vec<String> {
    let lines: Vec<&str> = log.lines().filter(|line| is_about(line, name)).collect();
    lines[lines.len().saturating_sub(count)..].iter().map(|&line| line.to_owned()).collect()
}

/// Whether a line says what happens to a process. It has a date, a time and a level before the message.
fn is_about(line: &str, name: &str) -> bool {
    let mut words = line.split_whitespace().skip(3);
    words.next().is_some_and(|first| BEGINNINGS.contains(&first))
        && words.take(3).any(|word| word.trim_matches('\'') == name)
}

/// How the last run ended, in the log's words: `terminated by SIGKILL; not expected`.
pub(super) fn last_end(events: &[String]) -> Option<&str> {
    let end = events.iter().rev().find(|line| ["exited:", "stopped:"].contains(&message(line)))?;
    end.split_once('(')?.1.strip_suffix(')')
}

/// Whether the process ended without having been asked to.
pub(super) fn ended_by_itself(events: &[String]) -> bool {
    let ends = events.iter().rev().map(|line| message(line));
    ends.into_iter().find(|word| ["exited:", "stopped:"].contains(word)) == Some("exited:")
}

fn message(line: &str) -> &str {
    line.split_whitespace().nth(3).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOG: &str = "\
2026-11-22 12:00:00,001 INFO supervisord started with pid 1
2026-11-22 12:00:01,001 INFO spawned: 'cat' with pid 7
2026-11-22 12:00:01,002 INFO spawned: 'catalogue' with pid 8
2026-11-22 12:00:02,001 INFO success: cat entered RUNNING state, process has stayed up for > than 1 seconds (startsecs)
2026-11-22 12:00:03,001 WARN exited: cat (terminated by SIGSEGV (core dumped); not expected)
2026-11-22 12:00:04,001 INFO gave up: cat entered FATAL state, too many start retries too quickly
2026-11-22 12:00:05,001 WARN killing 'catalogue' (8) with SIGKILL
2026-11-22 12:00:06,001 WARN stopped: catalogue (terminated by SIGKILL)
";

    #[test]
    fn lines_about_a_process_are_found() {
        let found = events(LOG, "cat", 9);
        let words: Vec<&str> = found.iter().map(|line| message(line)).collect();
        assert_eq!(words, ["spawned:", "success:", "exited:", "gave"]);
        assert_eq!(events(LOG, "cat", 1).len(), 1);
        assert_eq!(events(LOG, "catalogue", 9).len(), 3);
        assert!(events(LOG, "started", 9).is_empty());
    }

    #[test]
    fn the_last_end_is_told_as_the_log_has_it() {
        let cat = events(LOG, "cat", 9);
        assert_eq!(last_end(&cat), Some("terminated by SIGSEGV (core dumped); not expected"));
        assert!(ended_by_itself(&cat));
        let other = events(LOG, "catalogue", 9);
        assert_eq!(last_end(&other), Some("terminated by SIGKILL"));
        assert!(!ended_by_itself(&other));
        assert_eq!(last_end(&[]), None);
    }
}
