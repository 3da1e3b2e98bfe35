//! `completions`: what shells and `man` want to know of this program.

use super::{Names, Verb};
use crate::exit_status::ExitStatus;
use crate::failure::Failure;
use crate::manual::FORMS;
use crate::session::Session;

// Differs: completions
pub(super) const VERB: Verb =
    Verb { name: "completions", help: "", ours: "", names: Names::Nothing, reads: false, run };

/// What `help completions` prints. The list of actions leaves it out, so it is no part of [`VERB`].
pub(super) const HELP: &str =
    "completions bash|zsh|fish|man\tPrint completions for a shell, or the manual page\n";

// What all actions have the shape of.
#[expect(clippy::unnecessary_wraps)]
fn run(session: &mut Session, argument: &str) -> Result<(), Failure> {
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
