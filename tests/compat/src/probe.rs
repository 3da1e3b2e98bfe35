//! What `compat-probe` found in the surroundings it was started in.

use crate::deadline::eventually;
use crate::world::World;

/// Facts of one start of the probe.
pub struct Probe {
    text: String,
}

impl Probe {
    /// The lines that begin with one of these words and a colon or blank, in the probe's order.
    #[must_use]
    pub fn facts(&self, names: &[&str]) -> String {
        let wanted = |line: &&str| {
            names.iter().any(|name| line.strip_prefix(name).is_some_and(|rest| rest.starts_with([':', ' '])))
        };
        self.text.lines().filter(wanted).collect::<Vec<_>>().join("\n")
    }

    /// The value of an environment variable.
    #[must_use]
    pub fn variable(&self, name: &str) -> Option<&str> {
        let start = format!("env: {name}=");
        self.text.lines().find_map(|line| line.strip_prefix(&start))
    }
}

impl World {
    /// Waits for the probe that was told to write `name`.
    #[must_use]
    pub fn await_probe(&self, name: &str) -> Probe {
        self.await_file(name);
        let text = eventually(name, || Some(self.read(name)).filter(|text| !text.is_empty()));
        Probe { text }
    }
}
