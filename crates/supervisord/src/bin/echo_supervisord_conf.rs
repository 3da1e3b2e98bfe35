//! The `echo_supervisord_conf` program: prints a sample configuration.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(supervisord::boot::echo_sample())
}
