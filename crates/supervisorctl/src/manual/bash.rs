//! Completion for bash.

use supervisor_config::usage::OptionText;

use super::{actions, event_types, group_names, options, process_names, programs, taking};
use crate::verb::Names;

/// The script.
pub(super) fn script() -> String {
    let all: Vec<String> = options().iter().flat_map(OptionText::spellings).collect();
    let valued = options().into_iter().filter(|option| option.argument.is_some());
    let valued: Vec<String> = valued.flat_map(|option| option.spellings()).collect();
    let files = options().into_iter().filter(|option| option.argument == Some("FILENAME"));
    let files: Vec<String> = files.flat_map(|option| option.spellings()).collect();
    let names: Vec<&str> = actions().map(|verb| verb.name).collect();
    BASH.replace("@OPTIONS@", &all.join(" "))
        .replace("@VALUED@", &valued.join("|"))
        .replace("@FILES@", &files.join("|"))
        .replace("@ACTIONS@", &names.join(" "))
        .replace("@PROGRAMS@", &programs("\"${given[@]}\""))
        .replace("@OF_PROCESSES@", &taking(Names::Processes, "|"))
        .replace("@OF_EVENT_TYPES@", &taking(Names::EventTypes, "|"))
        .replace("@EVENT_TYPES@", &event_types())
        .replace("@OF_GROUPS@", &taking(Names::Groups, "|"))
        .replace("@PROCESSES@", &process_names("\"${given[@]}\""))
        .replace("@GROUPS@", &group_names("\"${given[@]}\""))
}

// Words are taken from the line, as bash would break them at colons.
const BASH: &str = r#"# bash completion for supervisorctl. Made by `supervisorctl completions bash`.
_supervisorctl() {
    local line="${COMP_LINE:0:COMP_POINT}" current='' action='' previous='' candidates='' kept=''
    local -a words given=()
    read -r -a words <<<"$line"
    [[ $line == *[[:space:]] ]] || { current="${words[-1]}"; unset 'words[-1]'; }
    local index
    for ((index = 1; index < ${#words[@]}; index++)); do
        case "${words[index]}" in
            @VALUED@)
                previous="${words[index]}"
                if ((index + 1 < ${#words[@]})); then
                    given+=("${words[index]}" "${words[index + 1]}")
                    previous=''
                fi
                ((index++)) ;;
            -*) given+=("${words[index]}") ;;
            *) action="${words[index]}"; break ;;
        esac
    done
    COMPREPLY=()
    case "$previous" in
        @FILES@) mapfile -t COMPREPLY < <(compgen -f -- "$current"); return ;;
        -*) return ;;
    esac
    case "$action" in
        '') if [[ $current == -* ]]; then candidates='@OPTIONS@'; else candidates="@ACTIONS@ $(@PROGRAMS@)"; fi ;;
        help) candidates="@ACTIONS@ $(@PROGRAMS@)" ;;
        @OF_PROCESSES@) candidates="all $(@PROCESSES@)" ;;
        @OF_EVENT_TYPES@) candidates='@EVENT_TYPES@' ;;
        @OF_GROUPS@) candidates="$(@GROUPS@)" ;;
    esac
    local candidate
    [[ $current == *:* ]] && kept="${current%:*}:"
    while read -r candidate; do
        [[ -n $candidate && $candidate == "$current"* ]] && COMPREPLY+=("${candidate#"$kept"}")
    done < <(tr ' ' '\n' <<<"$candidates")
}
complete -F _supervisorctl supervisorctl
"#;

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    fn completed(line: &str) -> String {
        let test = "command() { [ \"$1 $4\" = 'supervisorctl completions' ] && echo deploy; \
                    [ \"$1 $4\" = 'supervisorctl status' ] || return; \
                    printf '%s RUNNING pid 1\\n' cat web:a web:b; echo 'x: ERROR (no such process)'; }\n\
                    COMP_LINE=\"$1\" COMP_POINT=${#1}; _supervisorctl; echo \"${COMPREPLY[*]}\"";
        let output = Command::new("bash")
            .args(["-c", &format!("{}\n{test}", script()), "bash", line])
            .output()
            .expect("bash");
        assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).trim_end().to_owned()
    }

    #[test]
    fn bash_completes_options_actions_and_names() {
        assert_eq!(completed("supervisorctl st"), "start status stop");
        assert_eq!(completed("supervisorctl --j"), "--json");
        assert_eq!(completed("supervisorctl help ver"), "version");
        assert_eq!(completed("supervisorctl -c f dep"), "deploy");
        assert_eq!(completed("supervisorctl -c f help de"), "deploy");
        assert_eq!(completed("supervisorctl -c f stop "), "all cat web:* web:a web:b");
        assert_eq!(completed("supervisorctl -c f stop web:"), "* a b");
        assert_eq!(completed("supervisorctl -c f update "), "cat web");
        assert_eq!(completed("supervisorctl events TICK_6"), "TICK_60");
        assert_eq!(completed("supervisorctl version "), "");
    }
}
