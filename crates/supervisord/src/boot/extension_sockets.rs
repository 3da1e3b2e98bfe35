//! The sockets of extensions, which end with the daemon.

use std::os::unix::fs::FileTypeExt as _;
use std::path::PathBuf;

use supervisor_config::interface::{ExtensionAddress, InterfaceKind};
use supervisor_config::supervisord::Config;
use supervisor_core::spec::{GroupKind, SocketAddress};

/// The sockets that the daemon makes for the extensions that it starts.
pub(super) struct ExtensionSockets(Vec<PathBuf>);

impl ExtensionSockets {
    /// Those of a configuration. A socket at which somebody else's program listens is not ours.
    pub(super) fn new(config: &Config) -> Self {
        let is_made = |name: &str, path: &str| {
            config.groups.iter().filter(|group| group.name == name).any(|group| match &group.kind {
                GroupKind::FastCgi(socket) => socket.address == SocketAddress::Unix(path.to_owned()),
                _ => false,
            })
        };
        let sockets = config.interfaces.iter().filter_map(|interface| match &interface.kind {
            InterfaceKind::Extension(spec) => match &spec.address {
                ExtensionAddress::Unix(path) => is_made(&interface.name, path).then(|| PathBuf::from(path)),
                ExtensionAddress::Http { .. } => None,
            },
            _ => None,
        });
        Self(sockets.collect())
    }

    /// Removes them; never anything else.
    pub(super) fn remove(&self) {
        for path in &self.0 {
            if std::fs::symlink_metadata(path).is_ok_and(|found| found.file_type().is_socket()) {
                // One that stays is in nobody's way.
                let _ = std::fs::remove_file(path);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::net::UnixListener;

    use super::*;

    #[test]
    fn nothing_but_sockets_is_removed() {
        let directory = tempfile::tempdir().unwrap();
        let paths = ["x.sock", "y.sock", "none"].map(|name| directory.path().join(name));
        let _listener = UnixListener::bind(&paths[0]).unwrap();
        std::fs::write(&paths[1], "theirs").unwrap();
        ExtensionSockets(paths.to_vec()).remove();
        assert!(!paths[0].exists());
        assert_eq!(std::fs::read(&paths[1]).unwrap(), b"theirs");
    }
}
