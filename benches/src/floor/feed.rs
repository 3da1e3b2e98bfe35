//! Feeds an event listener with prepared events, one after another, as the protocol wants it.

use std::io::{Read, Write};
use std::os::fd::AsFd;

use supervisor_sys::signals::SignalMask;

use super::child::{start, words};
use crate::Trouble;

/// How much more a message of `child.c` has than its number.
const FILLING_BYTES: usize = 188;
const ANSWER_BYTES: usize = "RESULT 2\nOKREADY\n".len();

/// Runs until the listener has had so many events.
pub(super) fn run(count: usize, program: &[&str]) -> Result<(), Trouble> {
    let (theirs_in, ours_out) = std::io::pipe()?;
    let (ours_in, theirs_out) = std::io::pipe()?;
    start(&words(program)?, theirs_in.as_fd(), theirs_out.as_fd(), SignalMask::empty())?;
    drop((theirs_in, theirs_out));
    talk(count, ours_in, ours_out)
}

fn talk(count: usize, mut ours_in: impl Read, mut ours_out: impl Write) -> Result<(), Trouble> {
    let payload =
        format!("processname:emit groupname:emit pid:1234567\n000000000000{:.<1$}", "", FILLING_BYTES);
    let event = format!(
        "ver:3.0 server:supervisor serial:1234567 pool:listen poolserial:1234567 eventname:PROCESS_COMMUNICATION_STDOUT \
         len:{}\n{payload}",
        payload.len()
    );
    let mut answer = [0; ANSWER_BYTES];
    ours_in.read_exact(&mut answer[.."READY\n".len()])?;
    for _ in 0..count {
        ours_out.write_all(event.as_bytes())?;
        ours_in.read_exact(&mut answer)?;
    }
    Ok(())
}
