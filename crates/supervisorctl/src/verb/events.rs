//! `events`: what happens, as it happens.

mod line;

use std::io::{self, Write};

use supervisor_config::listener::event_type;

use self::line::{Lines, text_of};
use super::{Names, Verb};
use crate::exit_status::ExitStatus;
use crate::failure::Failure;
use crate::follow::{BANNER, encoded};
use crate::harmless::Harmless;
use crate::session::Session;

// Differs: event-stream
pub(super) const VERB: Verb = Verb {
    name: "events",
    help: "",
    ours: "events [<type> ...]\tWhat happens, as it happens, Ctrl-C to exit; types as in events= of listeners\n\
           events PROCESS_STATE group='web*'\tThe same of some groups, or process=<name> of some processes\n",
    names: Names::EventTypes,
    reads: true,
    run,
};

fn run(session: &mut Session, argument: &str) -> Result<(), Failure> {
    if !session.is_server_up()? {
        return Ok(());
    }
    let path = match path(argument) {
        Ok(path) => path,
        Err(problem) => {
            session.usage_error(&format!("Error: {problem}"), &VERB);
            return Ok(());
        }
    };
    if session.terminal.is_seen && !session.json {
        session.line(BANNER);
    }
    let waiting = &session.remote.waiting;
    waiting.heed_interrupts();
    match waiting.for_result(copy(session, &path)) {
        Ok(End::Reader) => {}
        Ok(End::Server) => {
            // What is printed may be read by a program.
            let _ = writeln!(io::stderr(), "the server has ended the stream of events");
            session.exit_status = ExitStatus::FAILURE;
        }
        Err(Failure::Interrupted) => session.hint(""),
        Err(Failure::Status { code: 404, .. }) => {
            session.line(
                "Error: this server has no stream of events; supervisord of Supervisor in Rust has one",
            );
            session.exit_status = ExitStatus::FAILURE;
        }
        Err(failure) => return Err(failure),
    }
    Ok(())
}

/// Who has ended a stream of events.
enum End {
    /// Nobody reads any more what is printed.
    Reader,
    /// The server ends, or begins anew.
    Server,
}

/// Prints events until the server ends the stream, or until nobody reads what is printed.
async fn copy(session: &Session, path: &str) -> Result<End, Failure> {
    let mut stream = session.remote.follow(path).await?;
    let (mut lines, mut harmless) = (Lines::default(), Harmless::new(session.terminal.is_seen));
    while let Some(bytes) = stream.next().await {
        for line in lines.add(&bytes) {
            let text = if session.json { line + "\n" } else { text_of(&line) };
            let mut stdout = io::stdout().lock();
            if stdout.write_all(&harmless.add(text.as_bytes())).and_then(|()| stdout.flush()).is_err() {
                return Ok(End::Reader);
            }
        }
    }
    Ok(End::Server)
}

/// What to ask the server for: types, and of which groups and processes.
fn path(argument: &str) -> Result<String, String> {
    let (mut types, mut path) = (Vec::new(), "/events?events=".to_owned());
    let mut filters = String::new();
    for word in argument.split_whitespace() {
        match word.split_once('=') {
            Some(("group" | "process", value)) if value.split(',').any(str::is_empty) => {
                return Err(format!(
                    "{word} has an empty pattern, which fits nothing: leave it out for everything"
                ));
            }
            Some((name @ ("group" | "process"), value)) => {
                filters.push_str(&format!("&{name}={}", encoded(value)));
            }
            Some((name, _)) => return Err(format!("unknown filter {name}; there are group and process")),
            None => {
                for name in word.split(',').filter(|name| !name.is_empty()) {
                    types.push(event_type(name)?);
                }
            }
        }
    }
    if types.is_empty() {
        types.push("EVENT".to_owned());
    }
    path.push_str(&types.join(","));
    Ok(path + &filters)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_become_a_request() {
        assert_eq!(path("").unwrap(), "/events?events=EVENT");
        assert_eq!(path("tick_5,PROCESS_STATE  remote_communication").unwrap(), {
            "/events?events=TICK_5,PROCESS_STATE,REMOTE_COMMUNICATION"
        });
        assert_eq!(
            path("group=web*,x process=a&b").unwrap(),
            "/events?events=EVENT&group=web*%2Cx&process=a%26b"
        );
        assert_eq!(path("x=y").unwrap_err(), "unknown filter x; there are group and process");
        assert!(path("group=a,").unwrap_err().starts_with("group=a, has an empty pattern"));
        assert!(path("PROCES_STATE").unwrap_err().contains("`PROCESS_STATE`"));
    }
}
