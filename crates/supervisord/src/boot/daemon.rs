//! Leaving the terminal.

use supervisor_config::settings::Settings;
use supervisor_core::effect::Level;
use supervisor_sys::daemonize::{
    Readiness, Side, change_directory, fork_daemon, new_session, set_umask, silence_standard_streams,
};
use supervisor_sys::signals::SignalFd;

use crate::logs::activity::ActivityLog;

/// Which process goes on.
pub(super) enum Daemonized {
    /// The one started by hand; it exits with this status.
    Parent(u8),
    /// The daemon; it lets its parent exit when it is ready.
    Daemon(Readiness),
}

/// Forks; the daemon gets a session, `/dev/null`, its directory and its umask.
///
/// # Errors
/// What went wrong, for people.
pub(super) fn daemonize(
    settings: &Settings,
    signals: &SignalFd,
    log: &mut ActivityLog,
) -> Result<Daemonized, String> {
    let readiness = match fork_daemon().map_err(|errno| format!("cannot daemonize: {}", errno.desc()))? {
        Side::Parent(child) => return Ok(Daemonized::Parent(child.wait_until_ready(Some(signals)))),
        Side::Daemon(readiness) => readiness,
    };
    log.log(Level::Info, "daemonizing the supervisord process");
    if let Some(directory) = &settings.directory {
        let shown = supervisor_config::python::repr::repr(directory);
        match change_directory(std::path::Path::new(directory)) {
            Ok(()) => log.log(Level::Info, &format!("set current directory: {shown}")),
            Err(errno) => {
                log.log(
                    Level::Critical,
                    &format!("can't chdir into {shown}: [Errno {}] {}", errno as i32, errno.desc()),
                );
            }
        }
    }
    let steps = silence_standard_streams().and_then(|()| new_session());
    steps.map_err(|errno| format!("cannot daemonize: {}", errno.desc()))?;
    set_umask(settings.umask);
    Ok(Daemonized::Daemon(readiness))
}
