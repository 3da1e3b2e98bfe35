//! Completion for fish.

use supervisor_config::manual::shells::{self, fish_quoted as quoted};

use super::{actions, event_types, group_names, options, process_names, programs, summary, taking};
use crate::verb::Names;

/// The script.
pub(super) fn script() -> String {
    let mut text =
        String::from("# fish completion for supervisorctl. Made by `supervisorctl completions fish`.\n");
    text.push_str("complete -c supervisorctl -f\n");
    text.push_str(&shells::fish("supervisorctl", &options()));
    for verb in actions() {
        text.push_str(&format!(
            "complete -c supervisorctl -n __fish_use_subcommand -a {} -d {}\n",
            verb.name,
            quoted(summary(verb))
        ));
    }
    text.push_str(&format!(
        "complete -c supervisorctl -n __fish_use_subcommand -a {}\n",
        quoted(&format!("({})", programs("")))
    ));
    text.push_str(&format!(
        "complete -c supervisorctl -n '__fish_seen_subcommand_from {}' -a '{}'\n",
        taking(Names::EventTypes, " "),
        event_types()
    ));
    for (names, command) in [(Names::Processes, process_names("")), (Names::Groups, group_names(""))] {
        text.push_str(&format!(
            "complete -c supervisorctl -n '__fish_seen_subcommand_from {}' -a {}\n",
            taking(names, " "),
            quoted(&format!("({command})"))
        ));
    }
    text
}
