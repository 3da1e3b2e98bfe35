//! What is being waited for, on one line that is taken back when the wait is over.

use std::io::{self, Write};
use std::time::Duration;

use supervisor_core::name::DisplayName;
use supervisor_core::state::ProcessState;
use supervisor_rpc::info::ProcessInfo;

/// How long a wait must last before it is shown, and how often the server is asked.
pub(crate) const PERIOD: Duration = Duration::from_millis(700);

/// What fits on the narrowest terminal that is in use.
const MAX_WIDTH: usize = 79;

/// What the processes are expected to become.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Aim {
    /// Up.
    Running,
    /// At rest.
    Stopped,
}

impl Aim {
    fn is_pending(self, state: ProcessState) -> bool {
        match self {
            Self::Running => matches!(state, ProcessState::Starting | ProcessState::Backoff),
            Self::Stopped => !state.is_stopped(),
        }
    }

    /// The line for these processes; empty if none of them is pending.
    pub(crate) fn text(self, infos: &[&ProcessInfo]) -> String {
        let pending: Vec<String> = infos
            .iter()
            .filter(|info| self.is_pending(info.state))
            .map(|info| {
                let name = DisplayName { group: &info.group, process: &info.name };
                format!("{name} {}", info.state.name())
            })
            .collect();
        if pending.is_empty() {
            return String::new();
        }
        let text = format!("waiting for {} of {}: {}", pending.len(), infos.len(), pending.join(", "));
        if text.chars().count() <= MAX_WIDTH {
            return text;
        }
        text.chars().take(MAX_WIDTH - 1).chain(['…']).collect()
    }
}

/// The line on standard error. It is taken back when this is dropped.
#[derive(Default)]
pub(crate) struct ProgressLine {
    is_shown: bool,
}

impl ProgressLine {
    /// Shows this instead of what was shown before.
    pub(crate) fn show(&mut self, text: &str) {
        let _ = write!(io::stderr(), "\r\x1b[K{text}");
        self.is_shown = true;
    }
}

impl Drop for ProgressLine {
    fn drop(&mut self) {
        if self.is_shown {
            let _ = write!(io::stderr(), "\r\x1b[K");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verb::status::tests::info;

    #[test]
    fn those_that_are_pending_are_named() {
        let starting = info("web", "a", ProcessState::Starting, "");
        let running = info("web", "b", ProcessState::Running, "");
        let stopped = info("c", "c", ProcessState::Stopped, "");
        let all = [&starting, &running, &stopped];
        assert_eq!(Aim::Running.text(&all), "waiting for 1 of 3: web:a STARTING");
        assert_eq!(Aim::Stopped.text(&all), "waiting for 2 of 3: web:a STARTING, web:b RUNNING");
        assert_eq!(Aim::Running.text(&[&running, &stopped]), "");
    }

    #[test]
    fn the_line_fits_on_a_terminal() {
        let long = info("web", &"ü".repeat(200), ProcessState::Starting, "");
        let text = Aim::Running.text(&[&long]);
        assert_eq!(text.chars().count(), MAX_WIDTH);
        assert!(text.ends_with('…'));
    }
}
