//! Completion for fish.

use super::{actions, group_names, options, process_names, summary, taking};
use crate::verb::Names;

/// The script.
pub(super) fn script() -> String {
    let mut text =
        String::from("# fish completion for supervisorctl. Made by `supervisorctl completions fish`.\n");
    text.push_str("complete -c supervisorctl -f\n");
    for option in options() {
        let short = option.short.map(|letter| format!(" -s {letter}")).unwrap_or_default();
        let argument = match option.argument {
            Some("FILENAME") => " -r -F",
            Some(_) => " -x",
            None => "",
        };
        text.push_str(&format!(
            "complete -c supervisorctl{short} -l {}{argument} -d {}\n",
            option.long,
            quoted(option.doc)
        ));
    }
    for verb in actions() {
        text.push_str(&format!(
            "complete -c supervisorctl -n __fish_use_subcommand -a {} -d {}\n",
            verb.name,
            quoted(summary(verb))
        ));
    }
    for (names, command) in [(Names::Processes, process_names("")), (Names::Groups, group_names(""))] {
        text.push_str(&format!(
            "complete -c supervisorctl -n '__fish_seen_subcommand_from {}' -a {}\n",
            taking(names, " "),
            quoted(&format!("({command})"))
        ));
    }
    text
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
}
