//! Completion for zsh.

use supervisor_config::manual::shells::{self, zsh_quoted as quoted};

use super::{actions, event_types, group_names, options, process_names, programs, summary, taking};
use crate::verb::Names;

/// The script.
pub(super) fn script() -> String {
    let mut text = String::from(
        "#compdef supervisorctl\n# zsh completion for supervisorctl. Made by `supervisorctl completions zsh`.\n\
         _supervisorctl() {\n    local -a actions names\n    local curcontext=\"$curcontext\" state line\n    local -A opt_args\n    actions=(\n",
    );
    for verb in actions() {
        text.push_str(&format!("        {}\n", quoted(&format!("{}:{}", verb.name, summary(verb)))));
    }
    text.push_str(&format!("    )\n    actions+=(${{(f)\"$({})\"}})\n", programs("")));
    text.push_str("    _arguments -C -S \\\n");
    text.push_str(&shells::zsh(&options()));
    text.push_str("        '1:action:{_describe action actions}' \\\n        '*::word:->words'\n");
    text.push_str("    [[ $state == words ]] || return\n    case $words[1] in\n");
    text.push_str("        help) _describe action actions ;;\n");
    text.push_str(&format!("        {}) compadd {} ;;\n", taking(Names::EventTypes, "|"), event_types()));
    for (names, command) in [(Names::Processes, process_names("")), (Names::Groups, group_names(""))] {
        text.push_str(&format!(
            "        {}) names=(${{(f)\"$({command})\"}}); compadd -a names ;;\n",
            taking(names, "|")
        ));
    }
    text.push_str("    esac\n}\n_supervisorctl \"$@\"\n");
    text
}
