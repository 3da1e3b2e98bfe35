//! `exit`, `quit` and the end of the input.

use super::{Names, Verb};
use crate::failure::Failure;
use crate::session::Session;

pub(super) const EXIT: Verb = Verb {
    name: "exit",
    help: "exit\tExit the supervisor shell.\n",
    ours: "",
    names: Names::Nothing,
    reads: false,
    run,
};
pub(super) const QUIT: Verb = Verb {
    name: "quit",
    help: "quit\tExit the supervisor shell.\n",
    ours: "",
    names: Names::Nothing,
    reads: false,
    run,
};
pub(super) const END_OF_FILE: Verb =
    Verb { name: "EOF", help: "", ours: "", names: Names::Nothing, reads: false, run };

// What all actions have the shape of.
#[expect(clippy::unnecessary_wraps)]
fn run(session: &mut Session, _: &str) -> Result<(), Failure> {
    session.line("");
    session.is_leaving = true;
    Ok(())
}
