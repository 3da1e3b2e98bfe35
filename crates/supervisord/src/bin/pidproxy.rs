//! The `pidproxy` program: runs a command and passes signals on to the process whose id is in a file.

use std::process::ExitCode;

fn main() -> ExitCode {
    let args: Vec<_> = std::env::args_os().collect();
    ExitCode::from(supervisord::pidproxy::main(&args))
}
