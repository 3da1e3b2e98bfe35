//! `tail`.

use supervisor_config::python::repr::repr;
use supervisor_rpc::fault::Code;

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
    if words.is_empty() || words.len() > 3 {
        let amount = if words.is_empty() { "few" } else { "many" };
        session.usage_error(&format!("Error: too {amount} arguments"), &VERB);
        return Ok(());
    }
    match understand(&words) {
        Ok((name, channel, Extent::Last(bytes))) => show(session, name, channel, bytes),
        Ok((_, _, Extent::Follow)) if session.json => session.refuse_to_follow(),
        Ok((name, channel, Extent::Follow)) => {
            let channel = match channel {
                Channel::Stdout => "stdout",
                Channel::Stderr => "stderr",
            };
            follow::tail(session, &format!("/logtail/{name}/{channel}"))
        }
        Err(problem) => {
            session.line(&format!("Error: {problem}"));
            session.exit_status = ExitStatus::FAILURE;
            Ok(())
        }
    }
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

fn show(session: &mut Session, name: &str, channel: Channel, bytes: i64) -> Result<(), Failure> {
    let failure = match session.remote.read_process_log(name, channel, bytes.saturating_neg()) {
        Ok(text) => {
            session.log(text);
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
