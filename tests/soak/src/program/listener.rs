//! `soak listen FOLDER MOOD SEED`: an event listener that writes down what it is told before it answers.
//!
//! A `good` one accepts everything. A `bad` one rejects, hangs, dies over an event or says nonsense now and then.

use std::fs::OpenOptions;
use std::io::{self, BufRead, Read, Write};
use std::path::Path;
use std::process;

use nix::sys::signal::Signal;
use supervisor_oracle::random::Random;
use supervisor_sys::clock::monotonic_nanoseconds;
use supervisor_sys::signals::end_by;

use crate::pace::pause_between;

/// The program. Returns the exit status.
///
/// # Errors
/// When the words make no sense, or the protocol or the account breaks.
pub fn run(words: &[String]) -> io::Result<i32> {
    let [folder, mood, seed] = words else { return Err(io::Error::other("FOLDER MOOD SEED")) };
    let seed: u64 = seed.parse().map_err(io::Error::other)?;
    let mut random = Random::from_seed(seed ^ monotonic_nanoseconds());
    let path = Path::new(folder).join(format!("{:016x}-{}", monotonic_nanoseconds(), process::id()));
    let mut account = OpenOptions::new().create_new(true).append(true).open(path)?;
    let mut input = io::stdin().lock();
    let mut output = io::stdout().lock();
    loop {
        output.write_all(b"READY\n")?;
        output.flush()?;
        let mut header = String::new();
        if input.read_line(&mut header)? == 0 {
            return Ok(0);
        }
        let length = field(&header, "len:").and_then(|length| length.parse().ok()).unwrap_or(0);
        let mut payload = vec![0; length];
        input.read_exact(&mut payload)?;
        let line = line(&header, &String::from_utf8_lossy(&payload));
        // One write, so that a kill leaves a whole line or none.
        account.write_all(line.as_bytes())?;
        if mood == "bad" && random.per_mille(60) {
            match random.index(5) {
                0 => output.write_all(b"RESULT 4\nFAIL")?,
                1 => return Ok(3),
                2 => {
                    output.write_all(b"HELLO OUT THERE\n")?;
                    output.flush()?;
                    return Ok(0);
                }
                3 => {
                    output.write_all(b"RESULT 999")?;
                    output.flush()?;
                    end_by(Signal::SIGKILL as i32);
                }
                _ => {
                    pause_between(&mut random, 100, 3000);
                    output.write_all(b"RESULT 2\nOK")?;
                }
            }
        } else {
            output.write_all(b"RESULT 2\nOK")?;
        }
    }
}

fn field<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    text.split_whitespace().find_map(|pair| pair.strip_prefix(name))
}

/// `POOLSERIAL SERIAL EVENTNAME GROUP:PROCESS PID FROM`, with `-` for what an event does not have.
fn line(header: &str, payload: &str) -> String {
    let first = payload.lines().next().unwrap_or_default();
    let of = |text, name| field(text, name).unwrap_or("-").to_owned();
    let (poolserial, serial) = (of(header, "poolserial:"), of(header, "serial:"));
    let (eventname, group, process) =
        (of(header, "eventname:"), of(first, "groupname:"), of(first, "processname:"));
    let (pid, from) = (of(first, "pid:"), of(first, "from_state:"));
    format!("{poolserial} {serial} {eventname} {group}:{process} {pid} {from}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_one_line() {
        let header =
            "ver:3.0 server:s serial:21 pool:good poolserial:10 eventname:PROCESS_STATE_RUNNING len:54\n";
        let payload = "processname:cat groupname:cats from_state:STARTING pid:2766";
        assert_eq!(line(header, payload), "10 21 PROCESS_STATE_RUNNING cats:cat 2766 STARTING\n");
        assert_eq!(line("serial:3 poolserial:1 eventname:TICK_5", "when:5"), "1 3 TICK_5 -:- - -\n");
    }
}
