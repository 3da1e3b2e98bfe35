//! Completions for shells and the manual page, made from the tables of options and actions.

mod bash;
mod fish;
mod page;
mod zsh;

use supervisor_config::listener::EVENT_TYPES;
use supervisor_config::supervisorctl::options;
use supervisor_core::state::ProcessState;

use crate::verb::{Names, VERBS, Verb};

/// The word that asks for something, and what makes it.
pub(crate) type Form = (&'static str, fn() -> String);

/// What can be made.
pub(crate) const FORMS: &[Form] =
    &[("bash", bash::script), ("zsh", zsh::script), ("fish", fish::script), ("man", page::page)];

/// The word that asks for the actions that only the configuration knows.
pub(crate) const PROGRAMS: &str = "actions";

/// The actions that people are told of.
fn actions() -> impl Iterator<Item = &'static Verb> {
    VERBS.iter().filter(|verb| verb.has_help())
}

/// The names of the actions whose words name such things, with this between them.
fn taking(names: Names, between: &str) -> String {
    actions().filter(|verb| verb.names == names).map(|verb| verb.name).collect::<Vec<_>>().join(between)
}

/// The shell command that prints the names of processes, a line each. `options` is how the shell passes on options.
fn process_names(options: &str) -> String {
    let states = ProcessState::ALL.map(ProcessState::name).join("|");
    format!(
        "command supervisorctl {options} status </dev/null 2>/dev/null | awk '$2 ~ /^({states})$/ \
         {{ print $1; if (split($1, part, \":\") > 1) print part[1] \":*\" }}' | sort -u"
    )
}

/// The shell command that prints the actions that are programs of the configuration.
fn programs(options: &str) -> String {
    format!("command supervisorctl {options} completions {PROGRAMS} </dev/null 2>/dev/null")
}

/// The types of events, with blanks between.
fn event_types() -> String {
    EVENT_TYPES.join(" ")
}

/// The shell command that prints the names of groups.
fn group_names(options: &str) -> String {
    format!("{} | sed 's/:.*//' | sort -u", process_names(options))
}

/// What an action is for, in a few words.
fn summary(verb: &Verb) -> &'static str {
    let text = if verb.is_ours() { verb.ours } else { verb.help };
    let line = text.lines().find_map(|line| line.split_once('\t'));
    line.map_or("", |(_, words)| words.trim())
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;

    const FILES: [&str; 4] = [
        "bash-completion/completions/supervisorctl",
        "zsh/site-functions/_supervisorctl",
        "fish/vendor_completions.d/supervisorctl.fish",
        "man/man1/supervisorctl.1",
    ];

    #[test]
    fn the_files_in_share_are_up_to_date() {
        let share = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../share");
        for ((form, make), file) in FORMS.iter().zip(FILES) {
            let found = fs::read_to_string(share.join(file)).unwrap_or_default();
            assert!(found == make(), "{file} ({form}) is not up to date: run `cargo xtask manual`");
        }
    }

    #[test]
    fn every_action_and_option_is_in_every_form() {
        for (form, make) in FORMS {
            let text = make();
            for verb in actions() {
                assert!(text.contains(verb.name), "{form} lacks {}", verb.name);
            }
            for option in options() {
                let long = option.long.replace('-', if *form == "man" { "\\-" } else { "-" });
                assert!(text.contains(&long), "{form} lacks {}", option.long);
            }
        }
    }

    #[test]
    fn an_action_has_a_summary() {
        assert!(actions().all(|verb| verb.name == "tail" || !summary(verb).is_empty()));
    }
}
