//! The machine that both sides read a configuration on: real files, everything else made up.

use std::cell::RefCell;
use std::collections::BTreeSet;

use serde_json::{Value, json};
use supervisor_config::host::{GroupRecord, Host, ReadError, UserRecord};
use supervisor_config::python::path;
use supervisor_host::RealHost;

/// A machine as far as configurations refer to it. Its files are those of the machine the tests run on.
#[derive(Clone, Debug)]
pub struct Machine {
    /// The working directory.
    pub current_dir: String,
    /// The environment variables, in order.
    pub environment: Vec<(String, String)>,
    /// The machine's name.
    pub hostname: String,
    /// The user the programs act as.
    pub uid: u32,
    /// The user database.
    pub users: Vec<UserRecord>,
    /// The group database.
    pub groups: Vec<GroupRecord>,
    /// Directories that count as existing although they may not exist, absolute.
    pub directories: BTreeSet<String>,
}

impl Machine {
    /// A machine with few users and variables, none of which come from the real one.
    #[must_use]
    pub fn new(current_dir: &str) -> Self {
        let mut machine = Self {
            current_dir: current_dir.to_owned(),
            environment: Vec::new(),
            hostname: "oracle".to_owned(),
            uid: 1000,
            users: Vec::new(),
            groups: Vec::new(),
            directories: BTreeSet::new(),
        };
        for (name, id, home) in
            [("root", 0, "/root"), ("daemon", 1, "/usr/sbin"), ("nobody", 65534, "/"), ("web", 1000, "/tmp")]
        {
            machine.add_user(name, id, home);
            machine.add_group(name, id);
        }
        machine.set("PATH", "/usr/local/bin:/usr/bin:/bin");
        machine.set("HOME", "/tmp");
        machine
    }

    /// Sets an environment variable.
    pub fn set(&mut self, name: &str, value: &str) {
        self.environment.retain(|(key, _)| key != name);
        self.environment.push((name.to_owned(), value.to_owned()));
    }

    /// Adds a user whose group has the same number.
    pub fn add_user(&mut self, name: &str, uid: u32, home: &str) {
        self.users.push(UserRecord { name: name.to_owned(), uid, gid: uid, home: home.to_owned() });
    }

    /// Adds a group.
    pub fn add_group(&mut self, name: &str, gid: u32) {
        self.groups.push(GroupRecord { name: name.to_owned(), gid });
    }

    /// A number that neither a user nor a group has.
    #[must_use]
    pub fn unused_id(&self) -> u32 {
        let users = self.users.iter().map(|user| user.uid);
        let groups = self.groups.iter().map(|group| group.gid);
        users.chain(groups).filter(|id| *id < 60000).max().unwrap_or(0) + 1
    }

    /// The machine as the script that asks the reference wants it, to be completed with what to read.
    #[must_use]
    pub(crate) fn description(&self) -> Value {
        let users: Vec<Value> =
            self.users.iter().map(|user| json!([user.name, user.uid, user.gid, user.home])).collect();
        let groups: Vec<Value> = self.groups.iter().map(|group| json!([group.name, group.gid])).collect();
        let environment: serde_json::Map<String, Value> =
            self.environment.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
        json!({
            "directory": self.current_dir,
            "environment": environment,
            "hostname": self.hostname,
            "uid": self.uid,
            "users": users,
            "groups": groups,
            "directories": self.directories,
        })
    }

    fn declares(&self, path: &str) -> bool {
        !path.is_empty() && self.directories.contains(&path::absolute(&self.current_dir, path))
    }

    fn locate(&self, path: &str) -> String {
        path::join(&self.current_dir, path)
    }
}

thread_local! {
    /// Probing a directory creates a file in it, and every configuration without `childlogdir` asks for it.
    static WRITABLE: RefCell<BTreeSet<String>> = const { RefCell::new(BTreeSet::new()) };
}

impl Host for Machine {
    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        RealHost.read(&self.locate(path))
    }

    fn exists(&self, path: &str) -> bool {
        !path.is_empty() && (RealHost.exists(&self.locate(path)) || self.declares(path))
    }

    fn is_dir(&self, path: &str) -> bool {
        !path.is_empty() && (RealHost.is_dir(&self.locate(path)) || self.declares(path))
    }

    fn list_dir(&self, path: &str) -> Vec<String> {
        RealHost.list_dir(&self.locate(path))
    }

    fn is_writable_dir(&self, path: &str) -> bool {
        let path = self.locate(path);
        if WRITABLE.with_borrow(|known| known.contains(&path)) && RealHost.is_dir(&path) {
            return true;
        }
        let writable = RealHost.is_writable_dir(&path);
        if writable {
            WRITABLE.with_borrow_mut(|known| known.insert(path));
        }
        writable
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
        self.uid
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
