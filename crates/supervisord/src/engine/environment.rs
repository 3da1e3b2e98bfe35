//! What a child finds in its environment.

use std::ffi::CString;

use supervisor_core::process::Process;

/// The environment that children inherit, and the daemon's address.
#[derive(Clone, Debug)]
pub struct BaseEnvironment {
    /// The daemon's own variables.
    inherited: Vec<(Vec<u8>, Vec<u8>)>,
    /// Where the daemon can be reached; `None` without a server.
    server_url: Option<String>,
}

impl BaseEnvironment {
    /// For children of a daemon with these variables that can be reached at `server_url`.
    #[must_use]
    pub fn new(inherited: Vec<(Vec<u8>, Vec<u8>)>, server_url: Option<String>) -> Self {
        Self { inherited, server_url }
    }

    /// The environment of one process, as exec wants it. Later ones win: the daemon's own, what the daemon says of
    /// itself and of the process, what the configuration says.
    #[must_use]
    pub fn of(&self, process: &Process) -> Vec<CString> {
        let spec = process.spec();
        let server_url = spec.serverurl.as_ref().or(self.server_url.as_ref());
        let mut own: Vec<(&[u8], &[u8])> = vec![
            (b"SUPERVISOR_ENABLED", b"1"),
            (b"SUPERVISOR_PROCESS_NAME", spec.name.as_bytes()),
            (b"SUPERVISOR_GROUP_NAME", process.group_name().as_bytes()),
        ];
        if let Some(url) = server_url {
            own.push((b"SUPERVISOR_SERVER_URL", url.as_bytes()));
        }
        let configured = spec.environment.iter().map(|(name, value)| (name.as_bytes(), value.as_bytes()));
        let mut variables: Vec<(&[u8], &[u8])> =
            self.inherited.iter().map(|(name, value)| (name.as_slice(), value.as_slice())).collect();
        for (name, value) in own.into_iter().chain(configured) {
            match variables.iter_mut().find(|(known, _)| *known == name) {
                Some(known) => known.1 = value,
                None => variables.push((name, value)),
            }
        }
        // A NUL cannot be part of an environment; nothing that reads configurations lets one through.
        variables
            .into_iter()
            .filter_map(|(name, value)| CString::new([name, b"=", value].concat()).ok())
            .collect()
    }

    /// The search path for the command of a process: its own, else the daemon's.
    #[must_use]
    pub fn search_path(&self, process: &Process) -> Option<String> {
        let configured = process.spec().environment.iter().rev().find(|(name, _)| name == "PATH");
        configured.map(|(_, value)| value.clone()).or_else(|| {
            let inherited = self.inherited.iter().find(|(name, _)| name == b"PATH");
            inherited.map(|(_, value)| String::from_utf8_lossy(value).into_owned())
        })
    }
}
