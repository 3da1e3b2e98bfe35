//! A machine that exists in memory only: for tests, fuzzers and simulations.

use std::collections::{BTreeMap, BTreeSet};

use crate::host::{Executability, GroupRecord, Host, ReadError, UserRecord};
use crate::python::path;

/// A made-up machine. It starts with the directories `/`, `/tmp` and `/etc`, the users `root` (0), `daemon`
/// (1) and `nobody` (65534), groups of the same names, an empty environment, the working directory `/`, and
/// acts as user 1000, whom the database does not know.
#[derive(Clone, Debug)]
pub struct MemoryHost {
    files: BTreeMap<String, Vec<u8>>,
    unreadable: BTreeSet<String>,
    directories: BTreeSet<String>,
    modes: BTreeMap<String, u32>,
    current_dir: String,
    environment: Vec<(String, String)>,
    hostname: String,
    effective_uid: u32,
    users: Vec<UserRecord>,
    groups: Vec<GroupRecord>,
}

impl Default for MemoryHost {
    fn default() -> Self {
        let mut host = Self {
            files: BTreeMap::new(),
            unreadable: BTreeSet::new(),
            directories: BTreeSet::new(),
            modes: BTreeMap::new(),
            current_dir: "/".to_owned(),
            environment: Vec::new(),
            hostname: "memory".to_owned(),
            effective_uid: 1000,
            users: Vec::new(),
            groups: Vec::new(),
        };
        host.directories.extend(["/", "/tmp", "/etc"].map(str::to_owned));
        for (name, id, home) in [("root", 0, "/root"), ("daemon", 1, "/usr/sbin"), ("nobody", 65534, "/")] {
            host = host.with_user(name, id, id, home).with_group(name, id);
        }
        host
    }
}

impl MemoryHost {
    /// The machine described at [`MemoryHost`].
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Puts a file there, and the directories above it.
    #[must_use]
    pub fn with_file(mut self, path: &str, content: impl Into<Vec<u8>>) -> Self {
        let path = self.absolute(path);
        self.add_parents(&path);
        self.files.insert(path, content.into());
        self
    }

    /// Puts a file there that nobody may read.
    #[must_use]
    pub fn with_unreadable_file(mut self, path: &str) -> Self {
        let path = self.absolute(path);
        self.unreadable.insert(path.clone());
        self.with_file(&path, "")
    }

    /// Puts a program there that everybody may execute.
    #[must_use]
    pub fn with_program(self, path: &str) -> Self {
        self.with_file(path, "").with_mode(path, 0o755)
    }

    /// Changes permissions. Files start with 0644, directories with 0755. What is not allowed to the owner is not
    /// allowed to the program.
    #[must_use]
    pub fn with_mode(mut self, path: &str, mode: u32) -> Self {
        let path = self.absolute(path);
        self.modes.insert(path, mode);
        self
    }

    /// Puts a directory there, and those above it.
    #[must_use]
    pub fn with_dir(mut self, path: &str) -> Self {
        let path = self.absolute(path);
        self.add_parents(&path);
        self.directories.insert(path);
        self
    }

    /// Changes the working directory, which is made if need be.
    #[must_use]
    pub fn with_current_dir(mut self, path: &str) -> Self {
        self = self.with_dir(path);
        self.current_dir = self.absolute(path);
        self
    }

    /// Sets an environment variable.
    #[must_use]
    pub fn with_variable(mut self, name: &str, value: &str) -> Self {
        self.environment.retain(|(key, _)| key != name);
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Sets the machine's name.
    #[must_use]
    pub fn with_hostname(mut self, name: &str) -> Self {
        name.clone_into(&mut self.hostname);
        self
    }

    /// Sets the user it acts as.
    #[must_use]
    pub fn with_effective_uid(mut self, uid: u32) -> Self {
        self.effective_uid = uid;
        self
    }

    /// Adds a user.
    #[must_use]
    pub fn with_user(mut self, name: &str, uid: u32, gid: u32, home: &str) -> Self {
        self.users.push(UserRecord { name: name.to_owned(), uid, gid, home: home.to_owned() });
        self
    }

    /// Adds a group.
    #[must_use]
    pub fn with_group(mut self, name: &str, gid: u32) -> Self {
        self.groups.push(GroupRecord { name: name.to_owned(), gid });
        self
    }

    fn absolute(&self, path: &str) -> String {
        path::normalize(&path::join(&self.current_dir, path))
    }

    fn add_parents(&mut self, path: &str) {
        let mut parent = path::directory(path);
        while !parent.is_empty() && self.directories.insert(parent.to_owned()) {
            parent = path::directory(parent);
        }
    }
}

impl Host for MemoryHost {
    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        let path = self.absolute(path);
        if self.unreadable.contains(&path) || self.directories.contains(&path) {
            return Err(ReadError::Unreadable);
        }
        self.files.get(&path).cloned().ok_or(ReadError::Missing)
    }

    fn exists(&self, path: &str) -> bool {
        !path.is_empty() && (self.is_dir(path) || self.files.contains_key(&self.absolute(path)))
    }

    fn is_dir(&self, path: &str) -> bool {
        !path.is_empty() && self.directories.contains(&self.absolute(path))
    }

    fn list_dir(&self, path: &str) -> Vec<String> {
        let path = self.absolute(path);
        let below = |entry: &&String| entry.as_str() != "/" && path::directory(entry) == path;
        let entries = self.files.keys().chain(&self.directories).filter(below);
        entries.map(|entry| path::file_name(entry).to_owned()).collect()
    }

    fn is_writable_dir(&self, path: &str) -> bool {
        self.permits_writing(path)
    }

    fn permits_writing(&self, path: &str) -> bool {
        self.is_dir(path) && self.mode(path).is_some_and(|mode| mode & 0o200 != 0)
    }

    fn mode(&self, path: &str) -> Option<u32> {
        let usual = if self.is_dir(path) { 0o755 } else { 0o644 };
        self.exists(path).then(|| self.modes.get(&self.absolute(path)).copied().unwrap_or(usual))
    }

    fn executability(&self, path: &str) -> Executability {
        match self.mode(path) {
            None => Executability::Missing,
            Some(_) if self.is_dir(path) => Executability::Directory,
            Some(mode) if mode & 0o111 == 0 => Executability::ByNobody,
            Some(mode) if mode & 0o100 == 0 => Executability::NotByUs,
            Some(_) => Executability::Yes,
        }
    }

    fn current_dir(&self) -> String {
        self.current_dir.clone()
    }

    fn environment(&self) -> Vec<(String, String)> {
        self.environment.clone()
    }

    fn hostname(&self) -> String {
        self.hostname.clone()
    }

    fn effective_uid(&self) -> u32 {
        self.effective_uid
    }

    fn user_by_name(&self, name: &str) -> Option<UserRecord> {
        self.users.iter().find(|user| user.name == name).cloned()
    }

    fn user_by_id(&self, uid: u32) -> Option<UserRecord> {
        self.users.iter().find(|user| user.uid == uid).cloned()
    }

    fn group_by_name(&self, name: &str) -> Option<GroupRecord> {
        self.groups.iter().find(|group| group.name == name).cloned()
    }

    fn group_by_id(&self, gid: u32) -> Option<GroupRecord> {
        self.groups.iter().find(|group| group.gid == gid).cloned()
    }
}
