//! The manual page, for `man`.

use supervisor_config::manual::roff::{self, escaped};

use super::{actions, options};

/// The page.
pub(super) fn page() -> String {
    let mut text = String::from(
        ".\\\" Made by `supervisorctl completions man`.\n\
         .TH SUPERVISORCTL 1 \"\" \"Supervisor\" \"User Commands\"\n\
         .SH NAME\nsupervisorctl \\- control applications run by supervisord\n\
         .SH SYNOPSIS\n.B supervisorctl\n[\\fIoptions\\fR] [\\fIaction\\fR [\\fIarguments\\fR]]\n\
         .SH DESCRIPTION\nWithout an action, a shell is started that reads actions as they are typed.\n\
         .SH OPTIONS\n",
    );
    text.push_str(&roff::options(&options()));
    text.push_str(
        ".SH ACTIONS\nA \\fIname\\fR is that of a process, \\fIgroup\\fR:\\fIname\\fR if its group is called \
         otherwise. \\fIgroup\\fR:* is every process of a group, \\fBall\\fR is everything.\n",
    );
    for verb in actions() {
        text.push_str(&format!(".SS {}\n", verb.name));
        for line in verb.help.lines().chain(verb.ours.lines()) {
            text.push_str(&told(line));
        }
    }
    text.push_str(EXIT_STATUS);
    text
}

/// One line of help: a form and what it does, or more about the form before.
fn told(line: &str) -> String {
    match line.split_once('\t') {
        _ if line.trim().is_empty() => String::new(),
        Some((form, words)) if !form.is_empty() => {
            format!(".TP\n.B \"{}\"\n{}\n", escaped(form.trim()), escaped(words.trim()))
        }
        _ => format!(".br\n{}\n", escaped(line.trim())),
    }
}

const EXIT_STATUS: &str = "\
.SH EXIT STATUS
.TP
.B 0
All went well, or things were as wished before.
.TP
.B 1
Something went wrong.
.TP
.B 2
The command line makes no sense, or a group to start does not exist.
.TP
.B 3
\\fBstatus\\fR: a process that was shown is stopped, exited, fatal or unknown.
.TP
.B 4
The server refuses connections; \\fBstatus\\fR: a name is unknown.
.TP
.B 5
The server speaks another version of the API.
.TP
.B 7
A process could not be started, or does not run; the server's socket does not exist.
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_help_is_a_form_and_its_meaning() {
        assert_eq!(told("tail -f <name>\t\tLike tail"), ".TP\n.B \"tail \\-f <name>\"\nLike tail\n");
        assert_eq!(told("\t\tCtrl-C to exit"), ".br\nCtrl\\-C to exit\n");
        assert_eq!(told(".x"), ".br\n\\&.x\n");
        assert_eq!(told(""), "");
    }
}
