//! The host as seen from the directory in which the program was started.

use std::cell::RefCell;
use std::collections::HashMap;

use crate::host::{GroupRecord, Host, UserRecord};
use crate::python::path;

/// A host, and the directory that relative paths start from. It stays the same when the daemon changes its
/// working directory later, so that a reload finds what the start found.
///
/// What the host says of users and directories is remembered, since a large configuration asks for the same
/// ones thousands of times. A machine must therefore not outlive the reading of one configuration.
// Differs: relative-paths-after-chdir
pub(crate) struct Machine<'a> {
    pub(crate) host: &'a dyn Host,
    pub(crate) start_dir: &'a str,
    directories: RefCell<HashMap<String, bool>>,
    users: RefCell<HashMap<String, Option<UserRecord>>>,
    groups: RefCell<HashMap<String, Option<GroupRecord>>>,
}

impl<'a> Machine<'a> {
    pub(crate) fn new(host: &'a dyn Host, start_dir: &'a str) -> Self {
        Self {
            host,
            start_dir,
            directories: RefCell::default(),
            users: RefCell::default(),
            groups: RefCell::default(),
        }
    }

    /// The path under which the host knows `path`.
    pub(crate) fn locate(&self, path: &str) -> String {
        path::join(self.start_dir, path)
    }

    /// Whether `path` is a directory.
    pub(crate) fn is_dir(&self, path: &str) -> bool {
        if path.is_empty() {
            return false;
        }
        let located = self.locate(path);
        recall(&self.directories, located, |located| self.host.is_dir(located))
    }

    /// Whether something is at `path`.
    pub(crate) fn exists(&self, path: &str) -> bool {
        !path.is_empty() && self.host.exists(&self.locate(path))
    }

    /// The user of that login name.
    pub(crate) fn user_by_name(&self, name: &str) -> Option<UserRecord> {
        recall(&self.users, format!("n{name}"), |_| self.host.user_by_name(name))
    }

    /// The user of that id.
    pub(crate) fn user_by_id(&self, uid: u32) -> Option<UserRecord> {
        recall(&self.users, format!("i{uid}"), |_| self.host.user_by_id(uid))
    }

    /// The group of that name.
    pub(crate) fn group_by_name(&self, name: &str) -> Option<GroupRecord> {
        recall(&self.groups, format!("n{name}"), |_| self.host.group_by_name(name))
    }

    /// The group of that id.
    pub(crate) fn group_by_id(&self, gid: u32) -> Option<GroupRecord> {
        recall(&self.groups, format!("i{gid}"), |_| self.host.group_by_id(gid))
    }

    /// `os.path.expanduser`: the home directory in place of a leading `~` or `~user`, if it is known.
    pub(crate) fn expand_user(&self, path: &str) -> String {
        let Some(rest) = path.strip_prefix('~') else { return path.to_owned() };
        let (user, rest) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let home = if user.is_empty() {
            let own = || self.user_by_id(self.host.effective_uid()).map(|user| user.home);
            self.host.variable("HOME").or_else(own)
        } else {
            self.user_by_name(user).map(|user| user.home)
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

/// The answer to a question, asked once.
fn recall<V: Clone>(known: &RefCell<HashMap<String, V>>, question: String, ask: impl FnOnce(&str) -> V) -> V {
    if let Some(answer) = known.borrow().get(&question) {
        return answer.clone();
    }
    let answer = ask(&question);
    known.borrow_mut().insert(question, answer.clone());
    answer
}

#[cfg(test)]
mod tests;
