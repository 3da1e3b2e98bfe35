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

    /// As [`Host::read`], but what is no regular file is unreadable: nobody waits for the writer of a FIFO, or
    /// reads a device without end, because a pattern happens to match it.
    ///
    /// # Errors
    /// As [`Host::read`].
    fn read_regular(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        self.read(path)
    }

    /// Whether something is there, symbolic links followed.
    fn exists(&self, path: &str) -> bool;

    /// Whether a directory is there, symbolic links followed.
    fn is_dir(&self, path: &str) -> bool;

    /// The names in a directory, in any order, without `.` and `..`; none if it cannot be listed.
    fn list_dir(&self, path: &str) -> Vec<String>;

    /// Whether files can be created in a directory, found out by trying.
    fn is_writable_dir(&self, path: &str) -> bool;

    /// Whether permissions allow files to be created in a directory, found out by looking. A host that cannot
    /// tell says yes to every directory.
    fn permits_writing(&self, path: &str) -> bool {
        self.is_dir(path)
    }

    /// The permissions of a file or directory, symbolic links followed; `None` if nothing is there, or if the host
    /// cannot tell.
    fn mode(&self, _path: &str) -> Option<u32> {
        None
    }

    /// Whether a file can be executed. A host that cannot tell says yes to everything but directories.
    fn executability(&self, path: &str) -> Executability {
        match (self.is_dir(path), self.exists(path)) {
            (true, _) => Executability::Directory,
            (_, true) => Executability::Yes,
            _ => Executability::Missing,
        }
    }

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

/// Whether what a path leads to can be executed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Executability {
    /// It can.
    Yes,
    /// Nothing is there.
    Missing,
    /// It is a directory.
    Directory,
    /// Nobody may execute it.
    ByNobody,
    /// Others may, this program may not.
    NotByUs,
}

/// A host on which nothing is tried out, so that nothing changes.
#[derive(Clone, Copy)]
pub(crate) struct Untouched<'a>(pub(crate) &'a dyn Host);

impl Host for Untouched<'_> {
    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        self.0.read(path)
    }

    fn read_regular(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        self.0.read_regular(path)
    }

    fn exists(&self, path: &str) -> bool {
        self.0.exists(path)
    }

    fn is_dir(&self, path: &str) -> bool {
        self.0.is_dir(path)
    }

    fn list_dir(&self, path: &str) -> Vec<String> {
        self.0.list_dir(path)
    }

    fn is_writable_dir(&self, path: &str) -> bool {
        self.0.permits_writing(path)
    }

    fn permits_writing(&self, path: &str) -> bool {
        self.0.permits_writing(path)
    }

    fn mode(&self, path: &str) -> Option<u32> {
        self.0.mode(path)
    }

    fn executability(&self, path: &str) -> Executability {
        self.0.executability(path)
    }

    fn current_dir(&self) -> String {
        self.0.current_dir()
    }

    fn environment(&self) -> Vec<(String, String)> {
        self.0.environment()
    }

    fn variable(&self, name: &str) -> Option<String> {
        self.0.variable(name)
    }

    fn hostname(&self) -> String {
        self.0.hostname()
    }

    fn effective_uid(&self) -> u32 {
        self.0.effective_uid()
    }

    fn user_by_name(&self, name: &str) -> Option<UserRecord> {
        self.0.user_by_name(name)
    }

    fn user_by_id(&self, uid: u32) -> Option<UserRecord> {
        self.0.user_by_id(uid)
    }

    fn group_by_name(&self, name: &str) -> Option<GroupRecord> {
        self.0.group_by_name(name)
    }

    fn group_by_id(&self, gid: u32) -> Option<GroupRecord> {
        self.0.group_by_id(gid)
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
