//! `tail`.

pub(super) mod lines;

use supervisor_config::python::repr::repr;
use supervisor_core::name::DisplayName;
use supervisor_rpc::fault::Code;

use self::lines::last_lines;
use super::selection::is_meant;
use super::{Names, Verb};
use crate::exit_status::ExitStatus;
use crate::failure::Failure;
use crate::follow;
use crate::remote::Channel;
use crate::session::Session;

pub(super) const VERB: Verb = Verb {
    name: "tail",
    help: "tail [-f] <name> [stdout|stderr] (default stdout)\n\
           Ex:\n\
           tail -f <name>\t\tContinuous tail of named process stdout\n\
           \t\t\tCtrl-C to exit.\n\
           tail -100 <name>\tlast 100 *bytes* of process stdout\n\
           tail <name> stderr\tlast 1600 *bytes* of process stderr\n",
    ours: "tail -n 20 <name>\tlast 20 lines of process stdout\n\
           tail -f <name> <name> [stdout|stderr]\tContinuous tail of several processes, also 'web:*'\n",
    names: Names::Processes,
    reads: true,
    run,
};

/// How much of a log is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extent {
    /// The last bytes; 0 for all, and a negative number for all from that byte on.
    Last(i64),
    /// The end, and whatever is added, until Ctrl-C.
    Follow,
}

impl Extent {
    pub(super) const DEFAULT: Self = Self::Last(1600);

    /// Reads `-f` or `-N`.
    pub(super) fn parse(option: &str) -> Option<Self> {
        match option.strip_prefix('-')? {
            "f" => Some(Self::Follow),
            bytes => bytes.parse().ok().map(Self::Last),
        }
    }
}

impl Session {
    /// Prints a part of a log, which is a string to programs.
    pub(super) fn log(&self, text: String) {
        if self.json {
            self.value(&text.into());
        } else {
            self.line(&text);
        }
    }

    /// Prints whole lines of a log, which are a string to programs.
    fn lines(&self, text: String) {
        if self.json {
            self.value(&text.into());
        } else {
            self.print(&text);
        }
    }

    // What all actions have the shape of.
    #[expect(clippy::unnecessary_wraps)]
    pub(super) fn refuse_to_follow(&mut self) -> Result<(), Failure> {
        self.line("Error: what never ends cannot be JSON");
        self.exit_status = ExitStatus::INVALID_ARGUMENTS;
        Ok(())
    }
}

fn run(session: &mut Session, argument: &str) -> Result<(), Failure> {
    if !session.is_server_up()? {
        return Ok(());
    }
    let words: Vec<&str> = argument.split_whitespace().collect();
    if let ["-n", count, name, rest @ ..] = words.as_slice()
        && let (Ok(count), Some(channel)) = (count.parse(), channel_after(rest))
    {
        let remote = &session.remote;
        let read = last_lines(count, |bytes| remote.read_process_log(name, channel, -bytes));
        return show(session, name, read, Session::lines);
    }
    if let ["-f", names @ ..] = words.as_slice()
        && let Some((names, channel)) = several(session, names)?
    {
        let paths: Vec<String> = names.iter().map(|name| path(name, channel)).collect();
        return follow::tails(session, &names, &paths);
    }
    if words.is_empty() || words.len() > 3 {
        let amount = if words.is_empty() { "few" } else { "many" };
        session.usage_error(&format!("Error: too {amount} arguments"), &VERB);
        return Ok(());
    }
    match understand(&words) {
        Ok((_, _, Extent::Follow)) if session.json => session.refuse_to_follow(),
        Ok((name, channel, Extent::Follow)) => {
            follow::tail(session, &path(name, channel))?;
            if session.exit_status == ExitStatus::FAILURE {
                explain_to_people(session, name);
            }
            Ok(())
        }
        Ok((name, channel, Extent::Last(bytes))) => {
            let read = session.remote.read_process_log(name, channel, bytes.saturating_neg());
            show(session, name, read, Session::log)
        }
        Err(problem) => {
            session.line(&format!("Error: {problem}"));
            session.exit_status = ExitStatus::FAILURE;
            Ok(())
        }
    }
}

// Differs: tail-of-several-and-of-lines
/// The processes whose logs are to be followed at once. `None` if the words mean what they mean to the reference,
/// be it one process or an error.
fn several(session: &Session, words: &[&str]) -> Result<Option<(Vec<String>, Channel)>, Failure> {
    let (names, channel) = match words {
        [names @ .., last] if !names.is_empty() => match channel_after(&[last]) {
            Some(channel) => (names, channel),
            None => (words, Channel::Stdout),
        },
        names => (names, Channel::Stdout),
    };
    let is_one = matches!(names, [] | [_]) && !names.iter().any(|name| name.ends_with([':', '*']));
    if session.json || is_one {
        return Ok(None);
    }
    let infos = session.remote.all_process_info()?;
    let mut meant: Vec<String> = Vec::new();
    for name in names {
        let found: Vec<_> = infos.iter().filter(|info| is_meant(name, info)).collect();
        if found.is_empty() {
            return Ok(None);
        }
        let shown =
            found.iter().map(|info| DisplayName { group: &info.group, process: &info.name }.to_string());
        for name in shown {
            if !meant.contains(&name) {
                meant.push(name);
            }
        }
    }
    Ok(Some((meant, channel)))
}

/// Says that there is no such process, if that is why its log could not be followed and if somebody sees it.
fn explain_to_people(session: &Session, name: &str) {
    if !session.terminal.takes_hints {
        return;
    }
    if session.remote.process_info(name).is_err_and(|failure| failure.code() == Some(Code::BadName)) {
        session.hint(&format!("{name}: ERROR (no such process name)"));
        session.suggest(name, Names::Processes);
    }
}

/// The channel that stands after a name, or the usual one; `None` if it is none.
fn channel_after(words: &[&str]) -> Option<Channel> {
    match words {
        [] => Some(Channel::Stdout),
        [word] if word.eq_ignore_ascii_case("stdout") => Some(Channel::Stdout),
        [word] if word.eq_ignore_ascii_case("stderr") => Some(Channel::Stderr),
        _ => None,
    }
}

fn path(name: &str, channel: Channel) -> String {
    let channel = match channel {
        Channel::Stdout => "stdout",
        Channel::Stderr => "stderr",
    };
    format!("/logtail/{name}/{channel}")
}

/// What one to three words mean.
fn understand<'a>(words: &[&'a str]) -> Result<(&'a str, Channel, Extent), String> {
    let (option, names) = match words {
        [option, names @ ..] if option.starts_with('-') => (Some(*option), names),
        names => (None, names),
    };
    let (name, channel) = match names {
        [] => return Err("tail requires process name".to_owned()),
        [name] => (*name, Channel::Stdout),
        [name, .., channel] => match channel.to_lowercase().as_str() {
            "stdout" => (*name, Channel::Stdout),
            "stderr" => (*name, Channel::Stderr),
            other => return Err(format!("bad channel {}", repr(other))),
        },
    };
    let extent = match option {
        None => Extent::DEFAULT,
        Some(option) => Extent::parse(option).ok_or_else(|| format!("bad argument {option}"))?,
    };
    Ok((name, channel, extent))
}

/// Prints what was read of a log, or why it was not.
fn show(
    session: &mut Session,
    name: &str,
    read: Result<String, Failure>,
    print: fn(&Session, String),
) -> Result<(), Failure> {
    let failure = match read {
        Ok(text) => {
            print(session, text);
            return Ok(());
        }
        Err(failure) => failure,
    };
    let problem = match failure.code() {
        Some(Code::NoFile) => "no log file",
        Some(Code::Failed) => "unknown error reading log",
        Some(Code::BadName) => "no such process name",
        _ => return Err(failure),
    };
    session.line(&format!("{name}: ERROR ({problem})"));
    if failure.code() == Some(Code::BadName) {
        session.suggest(name, Names::Processes);
    }
    session.exit_status = ExitStatus::FAILURE;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(words: &[&str]) -> String {
        understand(words).unwrap_err()
    }

    #[test]
    fn a_name_may_have_an_option_before_and_a_channel_after() {
        assert_eq!(understand(&["cat"]), Ok(("cat", Channel::Stdout, Extent::Last(1600))));
        assert_eq!(understand(&["-f", "cat", "STDERR"]), Ok(("cat", Channel::Stderr, Extent::Follow)));
        assert_eq!(understand(&["-0", "cat"]), Ok(("cat", Channel::Stdout, Extent::Last(0))));
        assert_eq!(understand(&["--5", "cat"]), Ok(("cat", Channel::Stdout, Extent::Last(-5))));
        assert_eq!(understand(&["a", "b", "stdout"]), Ok(("a", Channel::Stdout, Extent::DEFAULT)));
    }

    #[test]
    fn what_is_wrong_is_said_as_the_reference_says_it() {
        assert_eq!(problem(&["-f"]), "tail requires process name");
        assert_eq!(problem(&["-x", "cat"]), "bad argument -x");
        assert_eq!(problem(&["-", "cat"]), "bad argument -");
        assert_eq!(problem(&["cat", "FOO"]), "bad channel 'foo'");
        assert_eq!(problem(&["-f", "-f", "cat"]), "bad channel 'cat'");
    }
}
