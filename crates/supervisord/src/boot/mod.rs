//! From the command line to a running engine, and from its end to an exit status.
//!
//! The order is the reference's, with one difference: everything that can be refused is tried before anything that
//! another running daemon could miss is touched.

mod daemon;
mod extension_sockets;
mod holder;
mod limits;
mod pidfile;
mod privileges;
mod refusal;
pub(crate) mod rehearsal;
mod start;

use std::io::Write as _;

use supervisor_config::supervisord::{CommandLine, Parsed};
use supervisor_config::usage::UsageError;
use supervisor_host::RealHost;

/// The version that clients are told: the one whose behaviour this daemon has.
pub const COMPATIBLE_VERSION: &str = "4.3.0";

/// Runs the daemon with these arguments (the first is the program) and returns the exit status.
#[must_use]
pub fn main(args: &[String]) -> u8 {
    supervisor_sys::allocator::share_one_heap();
    match CommandLine::parse(args, &RealHost) {
        Ok(Parsed::Help(text)) => {
            say(&text);
            0
        }
        Ok(Parsed::Version) => {
            say(&format!("{COMPATIBLE_VERSION}\n"));
            0
        }
        Ok(Parsed::Check(command_line, format)) => {
            let report = command_line.check(&RealHost);
            say(&report.render(format));
            report.status()
        }
        Ok(Parsed::Dump(command_line, format)) => match command_line.dump(&RealHost) {
            Ok(dump) => {
                say(&dump.render(format));
                0
            }
            Err(error) => refuse(&command_line.usage_error(&error)),
        },
        Ok(Parsed::Run(command_line)) => start::run(&command_line).unwrap_or_else(|error| refuse(&error)),
        Err(error) => refuse(&error),
    }
}

/// Prints a sample configuration, whatever the arguments are, and returns the exit status.
// Compat: echo-takes-no-arguments
#[must_use]
pub fn echo_sample() -> u8 {
    say(&supervisor_config::sample::sample());
    0
}

/// Says why there is no daemon, and returns the exit status.
fn refuse(error: &UsageError) -> u8 {
    complain(&error.explained());
    2
}

fn say(text: &str) {
    // A closed standard output is no reason to fail.
    let _ = std::io::stdout().write_all(text.as_bytes());
}

fn complain(text: &str) {
    // Nor is a closed standard error.
    let _ = std::io::stderr().write_all(text.as_bytes());
}
