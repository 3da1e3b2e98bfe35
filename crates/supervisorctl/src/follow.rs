//! Showing a log while it grows.

use std::io::{self, Write};

use tokio::task::LocalSet;

use crate::exit_status::ExitStatus;
use crate::failure::Failure;
use crate::harmless::Harmless;
use crate::prefixed::Prefixed;
use crate::remote::Remote;
use crate::session::Session;

/// What is said before a log is followed.
pub(crate) const BANNER: &str = "==> Press Ctrl-C to exit <==";

/// Whether a log could be followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Until its end, or until nobody read what was shown.
    Shown,
    /// Not at all; standard error says why.
    Unreadable,
}

/// Follows one log until Ctrl-C or until the server ends it.
pub(crate) fn tail(session: &mut Session, path: &str) -> Result<(), Failure> {
    session.line(BANNER);
    let waiting = &session.remote.waiting;
    waiting.heed_interrupts();
    match waiting.for_result(async { Ok(show(session, path).await) }) {
        Ok(Outcome::Shown) => {}
        // Differs: tail-of-nothing-fails
        Ok(Outcome::Unreadable) => session.exit_status = ExitStatus::FAILURE,
        Err(Failure::Interrupted) => session.line(""),
        Err(failure) => return Err(failure),
    }
    Ok(())
}

/// Follows several logs until Ctrl-C or until the server has ended them all, each line under its log's name.
pub(crate) fn tails(session: &mut Session, names: &[String], paths: &[String]) -> Result<(), Failure> {
    session.line(BANNER);
    let logs = Prefixed::all(names, session.terminal.has_colours);
    let waiting = &session.remote.waiting;
    waiting.heed_interrupts();
    let is_seen = session.terminal.is_seen;
    let tasks = LocalSet::new();
    let handles: Vec<_> = logs
        .into_iter()
        .zip(paths)
        .map(|(mut log, path)| {
            let (remote, path) = (session.remote.clone(), path.clone());
            tasks.spawn_local(async move {
                let mut harmless = Harmless::new(is_seen);
                let outcome = copy(&remote, &path, |bytes| print(&log.add(&harmless.add(bytes)))).await;
                // What cannot be printed any more is nobody's loss.
                let _ = print(&log.add(&harmless.finish())).and_then(|()| print(&log.finish()));
                outcome
            })
        })
        .collect();
    let all = tasks.run_until(async {
        let mut outcome = Outcome::Shown;
        for handle in handles {
            if !matches!(handle.await, Ok(Outcome::Shown)) {
                outcome = Outcome::Unreadable;
            }
        }
        Ok(outcome)
    });
    match waiting.for_result(all) {
        Ok(Outcome::Shown) => {}
        Ok(Outcome::Unreadable) => session.exit_status = ExitStatus::FAILURE,
        Err(Failure::Interrupted) => session.line(""),
        Err(failure) => return Err(failure),
    }
    Ok(())
}

/// Copies a log to standard output as it grows. `path` is as people read it, not yet encoded for a URL.
pub(crate) async fn show(session: &Session, path: &str) -> Outcome {
    let mut harmless = Harmless::new(session.terminal.is_seen);
    let outcome = copy(&session.remote, path, |bytes| print(&harmless.add(bytes))).await;
    let _ = print(&harmless.finish());
    outcome
}

fn print(bytes: &[u8]) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(bytes)?;
    stdout.flush()
}

/// Hands on a log as it grows, until its end or until nobody takes it.
async fn copy(remote: &Remote, path: &str, mut take: impl FnMut(&[u8]) -> io::Result<()>) -> Outcome {
    let mut log = match remote.follow(&encoded(path)).await {
        Ok(log) => log,
        Err(failure) => {
            let why = match failure {
                Failure::Unauthorized => "Cannot read, status code 401".to_owned(),
                Failure::Status { code, .. } => format!("Cannot read, status code {code}"),
                failure => format!("Cannot connect, error: {failure}"),
            };
            let _ = writeln!(io::stderr(), "{}{path} {why}", remote.url);
            return Outcome::Unreadable;
        }
    };
    while let Some(bytes) = log.next().await {
        if take(&bytes).is_err() {
            break;
        }
    }
    Outcome::Shown
}

/// A path, or a value in one, for a URL.
pub(crate) fn encoded(path: &str) -> String {
    let mut url = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"/:*-._~".contains(&byte) {
            url.push(char::from(byte));
        } else {
            url.push_str(&format!("%{byte:02X}"));
        }
    }
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_encoded_for_urls() {
        assert_eq!(encoded("/logtail/web:cat-1/stdout"), "/logtail/web:cat-1/stdout");
        assert_eq!(encoded("/logtail/ü%?/stdout"), "/logtail/%C3%BC%25%3F/stdout");
    }
}
