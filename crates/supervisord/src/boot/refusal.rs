//! What is said below the reference's words where the system refuses what the configuration asks for.

use supervisor_config::codes::Code;
use supervisor_config::error::ConfigError;
use supervisor_config::servers::ServerAddress;
use supervisor_config::settings::Settings;
use supervisor_config::supervisord::CommandLine;
use supervisor_host::RealHost;
use supervisor_sys::Errno;

use crate::http::{BindError, Unbound};

/// A server's socket that cannot be opened.
// Differs: faults-are-explained
pub(super) fn unbound(command_line: &CommandLine, refused: &Unbound) -> ConfigError {
    let server = &refused.server;
    let (option, address) = match &server.address {
        ServerAddress::Unix { path, .. } => ("file", path.clone()),
        ServerAddress::Inet(endpoint) => {
            let host = if endpoint.host.is_empty() { "*" } else { &endpoint.host };
            ("port", format!("{host}:{}", endpoint.port))
        }
    };
    let hint = match (&refused.error, &server.address) {
        (BindError::InUse, ServerAddress::Unix { .. }) => {
            format!(
                "somebody answers at {address}; perhaps supervisord runs already: `supervisorctl pid` tells"
            )
        }
        (BindError::InUse, ServerAddress::Inet(endpoint)) => format!(
            "{address} is taken; `ss -ltnp 'sport = :{}'` shows by whom, and perhaps supervisord runs already",
            endpoint.port
        ),
        (BindError::Unresolved(_), ServerAddress::Inet(endpoint)) => format!(
            "nobody knows the host {}; write an address, or a name that `getent ahostsv4` finds",
            endpoint.host
        ),
        _ => format!("[{}] is to listen on {address}", server.section),
    };
    command_line.refused_at(
        &RealHost,
        refused.error.to_string(),
        (&server.section, option),
        (Code::AddressInUse, hint),
    )
}

/// An error, what to do about it and where it is, in one line, as the main log has it.
pub(super) fn in_one_line(error: &ConfigError) -> String {
    let mut line = error.message.clone();
    for finding in &error.findings {
        line.extend(finding.hint.iter().map(|hint| format!(" - {hint}")));
        line.extend(finding.place.iter().map(|place| format!(" ({}:{})", place.path, place.line)));
    }
    line.replace('\n', "; ")
}

/// The main log that cannot be opened.
pub(super) fn unopened(
    command_line: &CommandLine,
    settings: &Settings,
    path: &str,
    errno: Errno,
) -> ConfigError {
    let message = format!("cannot open the log {path}: {}", errno.desc());
    let hint = match (&settings.user, errno) {
        (Some(user), Errno::EACCES) => format!(
            "the daemon becomes {} before it opens the log, as `user=` in [supervisord] says: that user must be able \
             to write the file",
            user.name
        ),
        (_, Errno::ENOENT) => "its directory does not exist".to_owned(),
        _ => "name another file, or give the user who starts the daemon access to it".to_owned(),
    };
    command_line.refused_at(
        &RealHost,
        message,
        ("supervisord", "logfile"),
        (Code::DirectoryNotWritable, hint),
    )
}
