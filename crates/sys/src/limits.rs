//! Resource limits of this process.

use nix::errno::Errno;
use nix::sys::resource::{RLIM_INFINITY, Resource as Kernel, getrlimit, setrlimit};

/// What is limited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resource {
    /// Open file descriptors of this process (`RLIMIT_NOFILE`).
    OpenFiles,
    /// Processes of this user (`RLIMIT_NPROC`).
    Processes,
}

/// A pair of limits; `None` is unlimited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// What holds.
    pub soft: Option<u64>,
    /// How far an unprivileged process may raise it.
    pub hard: Option<u64>,
}

/// The limits at present.
///
/// # Errors
/// None that the kernel documents.
pub fn get(resource: Resource) -> Result<Limit, Errno> {
    let (soft, hard) = getrlimit(kernel(resource))?;
    Ok(Limit { soft: bounded(soft), hard: bounded(hard) })
}

/// Sets both limits.
///
/// # Errors
/// `EPERM` to raise the hard limit without privilege; `EINVAL` for a soft limit above the hard one.
pub fn set(resource: Resource, limit: Limit) -> Result<(), Errno> {
    setrlimit(kernel(resource), limit.soft.unwrap_or(RLIM_INFINITY), limit.hard.unwrap_or(RLIM_INFINITY))
}

fn kernel(resource: Resource) -> Kernel {
    match resource {
        Resource::OpenFiles => Kernel::RLIMIT_NOFILE,
        Resource::Processes => Kernel::RLIMIT_NPROC,
    }
}

fn bounded(limit: u64) -> Option<u64> {
    (limit != RLIM_INFINITY).then_some(limit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_that_was_set_is_the_limit_that_is_read() {
        let before = get(Resource::OpenFiles).unwrap();
        let soft = before.soft.unwrap_or(4096) - 1;
        let lower = Limit { soft: Some(soft), hard: before.hard };
        set(Resource::OpenFiles, lower).unwrap();
        assert_eq!(get(Resource::OpenFiles), Ok(lower));
        set(Resource::OpenFiles, before).unwrap();
        assert_eq!(get(Resource::OpenFiles), Ok(before));
        assert!(get(Resource::Processes).is_ok());
    }

    #[test]
    fn a_soft_limit_above_the_hard_one_is_refused() {
        let limit = Limit { soft: Some(11), hard: Some(10) };
        assert_eq!(set(Resource::Processes, limit), Err(Errno::EINVAL));
    }
}
