//! Reading what `supervisorctl status` prints.

use std::collections::BTreeMap;

/// State and description of one process, as `supervisorctl status` shows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// The state's name, such as `RUNNING`.
    pub state: String,
    /// The rest of the line.
    pub description: String,
}

/// The statuses by process name.
pub type Statuses = BTreeMap<String, Status>;

/// Reads the lines of `supervisorctl status`; a line that is not a status is left out.
pub fn parse(output: &str) -> Statuses {
    output.lines().filter_map(parse_line).collect()
}

fn parse_line(line: &str) -> Option<(String, Status)> {
    let (name, rest) = line.split_once(' ')?;
    let rest = rest.trim_start();
    let (state, description) = rest.split_once(' ').unwrap_or((rest, ""));
    let upper = !state.is_empty() && state.bytes().all(|byte| byte.is_ascii_uppercase());
    let status = Status { state: state.to_owned(), description: description.trim().to_owned() };
    upper.then(|| (name.to_owned(), status))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn name_state_and_description_are_told_apart() {
        let all = parse("web:app_00    RUNNING   pid 42, uptime 0:00:05\nidle    STARTING  \n");
        assert_eq!(all["web:app_00"].state, "RUNNING");
        assert_eq!(all["web:app_00"].description, "pid 42, uptime 0:00:05");
        assert_eq!(all["idle"], Status { state: "STARTING".into(), description: String::new() });
    }

    #[test]
    fn an_error_message_is_no_status() {
        assert!(parse("unix:///tmp/x.sock no such file\n").is_empty());
    }
}
