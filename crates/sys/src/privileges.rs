//! Becoming another user, for good.

use nix::errno::Errno;
use nix::unistd::{Gid, Uid, setgid, setgroups, setuid};

/// Who a process is to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credentials {
    /// User id.
    pub uid: u32,
    /// Primary group.
    pub gid: u32,
    /// Every group, the primary one included.
    pub groups: Vec<u32>,
}

/// What could not be set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PrivilegeStep {
    /// The supplementary groups.
    Groups,
    /// The primary group.
    Group,
    /// The user.
    User,
}

/// Makes every thread of this process run as that user.
///
/// # Errors
/// The step that failed and why. The steps before it have taken effect.
pub fn become_user(credentials: &Credentials) -> Result<(), (PrivilegeStep, Errno)> {
    let groups: Vec<Gid> = credentials.groups.iter().copied().map(Gid::from_raw).collect();
    setgroups(&groups).map_err(|errno| (PrivilegeStep::Groups, errno))?;
    setgid(Gid::from_raw(credentials.gid)).map_err(|errno| (PrivilegeStep::Group, errno))?;
    setuid(Uid::from_raw(credentials.uid)).map_err(|errno| (PrivilegeStep::User, errno))
}
