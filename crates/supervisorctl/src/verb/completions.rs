//! `completions`: what shells and `man` want to know of this program.

use super::{Names, Verb};
use crate::exit_status::ExitStatus;
use crate::failure::Failure;
use crate::manual::{FORMS, PROGRAMS};
use crate::session::Session;

// Differs: completions
pub(super) const VERB: Verb =
    Verb { name: "completions", help: "", ours: "", names: Names::Nothing, reads: false, run };

/// What `help completions` prints. The list of actions leaves it out, so it is no part of [`VERB`].
pub(super) const HELP: &str = "completions bash|zsh|fish|man\tPrint completions for a shell, or the manual page\n\
     completions actions\tPrint the actions that are programs of the configuration, for these completions\n";

// What all actions have the shape of.
#[expect(clippy::unnecessary_wraps)]
fn run(session: &mut Session, argument: &str) -> Result<(), Failure> {
    if argument == PROGRAMS {
        session.plugins.programs().for_each(|name| session.line(name));
        return Ok(());
    }
    match FORMS.iter().find(|(form, _)| *form == argument) {
        Some((_, make)) => session.print(&make()),
        None => {
            let forms: Vec<&str> = FORMS.iter().map(|(form, _)| *form).collect();
            session.line(&format!("Error: completions requires one of {}", forms.join(", ")));
            session.exit_status = ExitStatus::INVALID_ARGUMENTS;
        }
    }
    Ok(())
}
