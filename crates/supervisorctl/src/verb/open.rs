//! `open`.

use super::{Names, Verb, status};
use crate::exit_status::ExitStatus;
use crate::failure::Failure;
use crate::session::Session;

pub(super) const VERB: Verb = Verb {
    name: "open",
    help: "open <url>\tConnect to a remote supervisord process.\n\
           \t\t(for UNIX domain socket, use unix:///socket/path)\n",
    ours: "",
    names: Names::Nothing,
    reads: false,
    run,
};

fn run(session: &mut Session, url: &str) -> Result<(), Failure> {
    let scheme = url.split_once(':').map(|(scheme, _)| scheme.to_ascii_lowercase());
    if !matches!(scheme.as_deref(), Some("http" | "unix")) {
        session.line("ERROR: url must be http:// or unix://");
        session.exit_status = ExitStatus::FAILURE;
        return Ok(());
    }
    url.clone_into(&mut session.remote.url);
    // What the other server's processes are like is no problem of this command.
    let before = session.exit_status;
    status::run(session, "")?;
    session.exit_status = before;
    Ok(())
}
