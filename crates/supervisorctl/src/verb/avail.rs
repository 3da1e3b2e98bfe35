//! `avail`.

use supervisor_core::name::DisplayName;
use supervisor_rpc::fault::Code;

use super::{Names, Verb};
use crate::exit_status::ExitStatus;
use crate::failure::Failure;
use crate::json;
use crate::remote::ConfigLine;
use crate::session::Session;

pub(super) const VERB: Verb = Verb {
    name: "avail",
    help: "avail\t\t\tDisplay all configured processes\n",
    ours: "",
    names: Names::Nothing,
    reads: true,
    run,
};

fn run(session: &mut Session, argument: &str) -> Result<(), Failure> {
    if !argument.is_empty() {
        session.usage_error("Error: avail accepts no arguments", &VERB);
        return Ok(());
    }
    match session.remote.all_config_info() {
        Ok(lines) if session.json => session.value(&lines.iter().map(json::config_line).collect()),
        Ok(lines) => session.print(&lines.iter().map(line).collect::<String>()),
        Err(failure) if failure.code() == Some(Code::ShutdownState) => {
            session.line("ERROR: supervisor shutting down");
            session.exit_status = ExitStatus::FAILURE;
        }
        Err(failure) => return Err(failure),
    }
    Ok(())
}

fn line(config: &ConfigLine) -> String {
    let name = DisplayName { group: &config.group, process: &config.name }.to_string();
    let use_ = if config.is_in_use { "in use" } else { "avail" };
    let start = if config.starts_by_itself { "auto" } else { "manual" };
    format!("{name:32} {use_:9} {start:9} {}:{}\n", config.group_priority, config.process_priority)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_columns_that_do_not_grow() {
        let config = ConfigLine {
            name: "cat".into(),
            group: "cat".into(),
            is_in_use: true,
            starts_by_itself: true,
            group_priority: 999,
            process_priority: 999,
        };
        assert_eq!(line(&config), "cat                              in use    auto      999:999\n");
        let long = ConfigLine { name: "x".repeat(40), is_in_use: false, starts_by_itself: false, ..config };
        assert_eq!(line(&long), format!("cat:{} avail     manual    999:999\n", "x".repeat(40)));
    }
}
