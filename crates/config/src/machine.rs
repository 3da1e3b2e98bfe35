//! The host as seen from the directory in which the program was started.

use crate::host::Host;
use crate::python::path;

/// A host, and the directory that relative paths start from. It stays the same when the daemon changes its
/// working directory later, so that a reload finds what the start found.
// Differs: relative-paths-after-chdir
#[derive(Clone, Copy)]
pub(crate) struct Machine<'a> {
    pub(crate) host: &'a dyn Host,
    pub(crate) start_dir: &'a str,
}

impl Machine<'_> {
    /// The path under which the host knows `path`.
    pub(crate) fn locate(&self, path: &str) -> String {
        path::join(self.start_dir, path)
    }

    /// Whether `path` is a directory.
    pub(crate) fn is_dir(&self, path: &str) -> bool {
        !path.is_empty() && self.host.is_dir(&self.locate(path))
    }

    /// Whether something is at `path`.
    pub(crate) fn exists(&self, path: &str) -> bool {
        !path.is_empty() && self.host.exists(&self.locate(path))
    }

    /// `os.path.expanduser`: the home directory in place of a leading `~` or `~user`, if it is known.
    pub(crate) fn expand_user(&self, path: &str) -> String {
        let Some(rest) = path.strip_prefix('~') else { return path.to_owned() };
        let (user, rest) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let home = if user.is_empty() {
            let own = || self.host.user_by_id(self.host.effective_uid()).map(|user| user.home);
            self.host.variable("HOME").or_else(own)
        } else {
            self.host.user_by_name(user).map(|user| user.home)
        };
        let Some(home) = home else { return path.to_owned() };
        let expanded = format!("{}{rest}", home.trim_end_matches('/'));
        if expanded.is_empty() { "/".to_owned() } else { expanded }
    }

    /// The absolute, normal form of a path, `~` expanded.
    pub(crate) fn normalize(&self, path: &str) -> String {
        path::absolute(self.start_dir, &self.expand_user(path))
    }

    /// The directory for temporary files that Python's `tempfile` would choose, if there is one.
    pub(crate) fn temporary_dir(&self) -> Option<String> {
        self.temporary_dir_candidates().into_iter().find(|directory| self.host.is_writable_dir(directory))
    }

    /// The directories that [`Self::temporary_dir`] chooses from.
    pub(crate) fn temporary_dir_candidates(&self) -> Vec<String> {
        let variables = ["TMPDIR", "TEMP", "TMP"].into_iter().filter_map(|name| self.host.variable(name));
        let named = variables.filter(|value| !value.is_empty());
        let usual = ["/tmp", "/var/tmp", "/usr/tmp"].into_iter().map(str::to_owned);
        named
            .chain(usual)
            .chain([self.start_dir.to_owned()])
            .map(|directory| path::absolute(self.start_dir, &directory))
            .collect()
    }
}

#[cfg(test)]
mod tests;
