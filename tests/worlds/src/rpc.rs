//! Calls of methods that supervisorctl has no words for, with the client of an example.

use std::process::Command;

use crate::command::{Answer, run};
use crate::scene::repository;
use crate::world::World;

/// Calls a method of the world's daemon. Arguments that are JSON are passed as what they say. A value is printed as
/// JSON; a fault on standard error, with exit status 1.
#[must_use]
pub fn call(world: &World, method: &str, arguments: &[&str]) -> Answer {
    let mut command = Command::new("python3");
    command.arg(repository().join("examples/rpc-extension/call.py"));
    run(command.arg(world.path("run/supervisor.sock")).arg(method).args(arguments))
}
