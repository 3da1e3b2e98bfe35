//! All that reading a configuration needs to know of the machine it is read on.

/// The machine, as far as configurations refer to it. Paths are text, as in the configuration.
///
/// Every answer is about the present; nothing is remembered.
pub trait Host {
    /// The bytes of a file.
    ///
    /// # Errors
    /// [`ReadError`] says whether there is nothing there or it cannot be read.
    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError>;

    /// Whether something is there, symbolic links followed.
    fn exists(&self, path: &str) -> bool;

    /// Whether a directory is there, symbolic links followed.
    fn is_dir(&self, path: &str) -> bool;

    /// The names in a directory, in any order, without `.` and `..`; none if it cannot be listed.
    fn list_dir(&self, path: &str) -> Vec<String>;

    /// Whether files can be created in a directory.
    fn is_writable_dir(&self, path: &str) -> bool;

    /// The working directory, absolute.
    fn current_dir(&self) -> String;

    /// The environment variables.
    fn environment(&self) -> Vec<(String, String)>;

    /// The machine's name (`nodename` of uname).
    fn hostname(&self) -> String;

    /// The user the program acts as.
    fn effective_uid(&self) -> u32;

    /// The user of that login name.
    fn user_by_name(&self, name: &str) -> Option<UserRecord>;

    /// The user of that id.
    fn user_by_id(&self, uid: u32) -> Option<UserRecord>;

    /// The group of that name.
    fn group_by_name(&self, name: &str) -> Option<GroupRecord>;

    /// The group of that id.
    fn group_by_id(&self, gid: u32) -> Option<GroupRecord>;

    /// One environment variable.
    fn variable(&self, name: &str) -> Option<String> {
        self.environment().into_iter().find(|(key, _)| key == name).map(|(_, value)| value)
    }
}

/// Why a file could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadError {
    /// Nothing is there.
    Missing,
    /// It is there, but it is a directory, or not ours to read, or the disk fails.
    Unreadable,
}

/// What the user database says of a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserRecord {
    /// Login name.
    pub name: String,
    /// User id.
    pub uid: u32,
    /// Primary group.
    pub gid: u32,
    /// Home directory.
    pub home: String,
}

/// What the group database says of a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupRecord {
    /// Group name.
    pub name: String,
    /// Group id.
    pub gid: u32,
}
