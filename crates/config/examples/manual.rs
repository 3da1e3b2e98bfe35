//! Prints the chapter of the manual about configurations.

use std::io::Write as _;

fn main() -> std::io::Result<()> {
    std::io::stdout().write_all(supervisor_config::manual::manual().as_bytes())
}
