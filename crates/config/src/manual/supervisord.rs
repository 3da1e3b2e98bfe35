//! The manual page of `supervisord` and what shells complete after its name, made from the table of its options.

use super::shells::{Candidates, candidates};
use super::{roff, shells};
use crate::supervisord::options;
use crate::usage::OptionText;

/// The word that asks for something, and what makes it.
pub type Form = (&'static str, fn() -> String);

/// What can be made.
pub const FORMS: [Form; 4] = [("bash", bash), ("zsh", zsh), ("fish", fish), ("man", page)];

/// All spellings of the options that this is true of, as alternatives of a `case`.
fn those(is_meant: impl Fn(&OptionText) -> bool) -> String {
    let meant = options().into_iter().filter(is_meant);
    meant.flat_map(|option| option.spellings()).collect::<Vec<_>>().join("|")
}

fn bash() -> String {
    let takes = |wanted| those(|option| option.argument.map(candidates) == Some(wanted));
    let all: Vec<String> = options().iter().flat_map(OptionText::spellings).collect();
    let mut words = String::new();
    for option in options() {
        if let Some(Candidates::Words(list)) = option.argument.map(candidates) {
            let spellings = option.spellings().join("|");
            words.push_str(&format!(
                "        {spellings}) mapfile -t COMPREPLY < <(compgen -W '{list}' -- \"$current\"); return ;;\n"
            ));
        }
    }
    BASH.replace("@FILES@", &takes(Candidates::Files))
        .replace("@DIRECTORIES@", &takes(Candidates::Directories))
        .replace("@USERS@", &takes(Candidates::Users))
        .replace("@WORDS@\n", &words)
        .replace("@OTHERS@", &takes(Candidates::Unknown))
        .replace("@OPTIONS@", &all.join(" "))
}

const BASH: &str = r#"# bash completion for supervisord. Made by `cargo xtask manual`.
_supervisord() {
    local current="${COMP_WORDS[COMP_CWORD]}" previous="${COMP_WORDS[COMP_CWORD - 1]}"
    COMPREPLY=()
    case "$previous" in
        @FILES@) mapfile -t COMPREPLY < <(compgen -f -- "$current"); return ;;
        @DIRECTORIES@) mapfile -t COMPREPLY < <(compgen -d -- "$current"); return ;;
        @USERS@) mapfile -t COMPREPLY < <(compgen -u -- "$current"); return ;;
@WORDS@
        @OTHERS@) return ;;
    esac
    mapfile -t COMPREPLY < <(compgen -W '@OPTIONS@' -- "$current")
}
complete -F _supervisord supervisord
"#;

fn zsh() -> String {
    let options = shells::zsh(&options());
    format!(
        "#compdef supervisord\n# zsh completion for supervisord. Made by `cargo xtask manual`.\n\
         _supervisord() {{\n    _arguments -S \\\n{}\n}}\n_supervisord \"$@\"\n",
        options.trim_end_matches(" \\\n")
    )
}

fn fish() -> String {
    format!(
        "# fish completion for supervisord. Made by `cargo xtask manual`.\ncomplete -c supervisord -f\n{}",
        shells::fish("supervisord", &options())
    )
}

fn page() -> String {
    format!(
        ".\\\" Made by `cargo xtask manual`.\n\
         .TH SUPERVISORD 8 \"\" \"Supervisor\" \"System Administration\"\n\
         .SH NAME\nsupervisord \\- run a set of applications as daemons\n\
         .SH SYNOPSIS\n.B supervisord\n[\\fIoptions\\fR]\n{DESCRIPTION}.SH OPTIONS\n{}{REST}",
        roff::options(&options())
    )
}

const DESCRIPTION: &str = "\
.SH DESCRIPTION
Starts the programs that its configuration names, watches them, starts them again when they end, and keeps their logs.
Without
.B \\-n
it leaves the terminal and works in the background.
.BR supervisorctl (1)
tells how the programs are and what to do with them.
.PP
An option of the command line goes before the one of the same meaning in the configuration.
";

const REST: &str = "\
.SH SIGNALS
.TP
.BR SIGTERM \", \" SIGINT \", \" SIGQUIT
Stop all programs, then exit.
.TP
.B SIGHUP
Stop all programs, read the configuration again, and start anew. If the configuration is broken, nothing is stopped.
.TP
.B SIGUSR2
Close and open all logs, after somebody has moved them.
.SH EXIT STATUS
.TP
.B 0
Everything was stopped as somebody wished.
.TP
.B 2
The command line or the configuration is wrong; with
.B \\-\\-check
it has errors.
.SH FILES
Without
.BR \\-c ,
the configuration is the first of these that exists, the first two seen from the directory in which the program lies:
.PP
.nf
\\&../etc/supervisord.conf
\\&../supervisord.conf
supervisord.conf
etc/supervisord.conf
/etc/supervisord.conf
/etc/supervisor/supervisord.conf
.fi
.SH SEE ALSO
.BR supervisorctl (1)
";
