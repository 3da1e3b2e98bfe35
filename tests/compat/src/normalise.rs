//! Removes from a text what differs between two runs of the same program: times, process ids, places.

/// Replaces times, process ids and random names by words in angle brackets.
pub(crate) fn times_and_pids(text: &str) -> String {
    const RULES: &[(&str, &str)] = &[
        ("####-##-## ##:##:##,###", "<time>"),
        ("@@@ ## ##:## @M", "<date>"),
        ("uptime ~", "uptime <uptime>"),
        ("pid *", "pid <pid>"),
        ("pid:*", "pid:<pid>"),
        ("' (*) with", "' (<pid>) with"),
        ("s.sock.*", "s.sock.<pid>"),
    ];
    let mut text = text.to_owned();
    for (pattern, replacement) in RULES {
        text = replace(&text, pattern, replacement);
    }
    random_log_names(&text)
}

/// The reference names the Python exception that ended a command, with a source line of its own. Only the
/// beginning can be the same.
pub(crate) fn error_reasons(text: &str) -> String {
    text.lines()
        .map(
            |line| if line.starts_with("error: ") { "error: <reason>\n".into() } else { format!("{line}\n") },
        )
        .collect()
}

/// Takes out what ours says of a refused configuration between the reference's first line and its last one.
pub(crate) fn without_explanations(text: &str) -> String {
    let is_explanation = |line: &&str| {
        let line = line.trim_start();
        line.starts_with("--> ") || line.starts_with("= help: ")
    };
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let first = lines.iter().position(is_explanation);
    let last = lines.iter().rposition(|line| line.starts_with("For help, use "));
    match (first, last) {
        (Some(first), Some(last)) if first < last => {
            lines[..first].iter().chain(&lines[last..]).copied().collect()
        }
        _ => text.to_owned(),
    }
}

/// `NAME-stdout---IDENTIFIER-a1b2c3d4.log` has eight random characters.
fn random_log_names(text: &str) -> String {
    let mut result = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("---") {
        let (before, tail) = rest.split_at(at + 3);
        result.push_str(before);
        rest = tail;
        let end = tail.find(".log").unwrap_or(0);
        if let Some((identifier, random)) = tail[..end].rsplit_once('-')
            && random.len() == 8
        {
            result.push_str(identifier);
            result.push_str("-<random>");
            rest = &tail[end..];
        }
    }
    result + rest
}

/// Replaces every match of `pattern`, in which `#` is a digit, `*` digits that make a number above zero,
/// `~` digits and colons, `@` a letter; anything else stands for itself.
fn replace(text: &str, pattern: &str, replacement: &str) -> String {
    let mut result = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if let Some(length) = matched(rest, pattern) {
            result.push_str(replacement);
            rest = &rest[length..];
        } else {
            result.push(first);
            rest = &rest[first.len_utf8()..];
        }
    }
    result
}

/// How many bytes at the beginning of `text` match.
fn matched(text: &str, pattern: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = 0;
    let run =
        |from: usize, accept: fn(&u8) -> bool| bytes[from..].iter().take_while(|byte| accept(byte)).count();
    for wanted in pattern.bytes() {
        let count = match wanted {
            b'#' => usize::from(bytes.get(at)?.is_ascii_digit()),
            b'@' => usize::from(bytes.get(at)?.is_ascii_alphabetic()),
            b'*' if bytes.get(at) == Some(&b'0') => 0,
            b'*' => run(at, u8::is_ascii_digit),
            b'~' => run(at, |byte| byte.is_ascii_digit() || *byte == b':'),
            literal => usize::from(*bytes.get(at)? == literal),
        };
        if count == 0 {
            return None;
        }
        at += count;
    }
    Some(at)
}

#[cfg(test)]
mod tests {
    use super::{error_reasons, times_and_pids, without_explanations};

    #[test]
    fn times_pids_and_random_names_become_words() {
        let line = "2026-11-22 10:24:34,717 INFO spawned: 'cat' with pid 4711";
        assert_eq!(times_and_pids(line), "<time> INFO spawned: 'cat' with pid <pid>");
        assert_eq!(times_and_pids("RUNNING pid 12, uptime 1:02:03"), "RUNNING pid <pid>, uptime <uptime>");
        assert_eq!(times_and_pids("STOPPED   Nov 22 06:08 AM"), "STOPPED   <date>");
        assert_eq!(times_and_pids("killing 'a' (77) with SIGKILL"), "killing 'a' (<pid>) with SIGKILL");
        assert_eq!(
            times_and_pids("a-stdout---super-visor-ab_d1234.log"),
            "a-stdout---super-visor-<random>.log"
        );
    }

    #[test]
    fn a_pid_of_zero_and_other_numbers_stay() {
        assert_eq!(times_and_pids("from_state:BACKOFF pid:0"), "from_state:BACKOFF pid:0");
        assert_eq!(
            times_and_pids("exited: a (exit status 12; expected)"),
            "exited: a (exit status 12; expected)"
        );
    }

    #[test]
    fn explanations_are_left_aside() {
        let text = "Error: a\n --> f:1:2\n  |\n1 | x\n  | ^\n\nAlso: b\n  = help: c\n\nFor help, use d -h\n";
        assert_eq!(without_explanations(text), "Error: a\nFor help, use d -h\n");
        for text in ["Error: a\nFor help, use d -h\n", " --> a\n", ""] {
            assert_eq!(without_explanations(text), text);
        }
    }

    #[test]
    fn only_the_beginning_of_an_error_is_compared() {
        assert_eq!(error_reasons("a\nerror: <class 'x'>, y\n"), "a\nerror: <reason>\n");
    }
}
