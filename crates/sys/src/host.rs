//! Who and where this process is.

/// The machine's host name; bytes that are not UTF-8 are replaced.
#[must_use]
pub fn hostname() -> String {
    nix::unistd::gethostname()
        .map_or_else(|_| String::from("localhost"), |name| name.to_string_lossy().into_owned())
}

/// The effective user id.
#[must_use]
pub fn effective_uid() -> u32 {
    nix::unistd::geteuid().as_raw()
}

/// The real user id.
#[must_use]
pub fn real_uid() -> u32 {
    nix::unistd::getuid().as_raw()
}

/// The effective group id.
#[must_use]
pub fn effective_gid() -> u32 {
    nix::unistd::getegid().as_raw()
}

/// The size of a page of memory.
#[must_use]
pub fn page_bytes() -> u64 {
    let size = nix::unistd::sysconf(nix::unistd::SysconfVar::PAGE_SIZE);
    size.ok().flatten().and_then(|size| u64::try_from(size).ok()).unwrap_or(4096)
}

/// The process id of this process.
#[must_use]
pub fn own_pid() -> i32 {
    nix::unistd::getpid().as_raw()
}

/// The process id of the parent of this process.
#[must_use]
pub fn parent_pid() -> i32 {
    nix::unistd::getppid().as_raw()
}
