//! An event listener that writes down what it is told.
//!
//! `compat-listener FILE [ANSWER]` appends `EVENTNAME PAYLOAD` to FILE for each event, newlines of the payload
//! as `|`, and answers `OK`, or ANSWER.

use std::env;
use std::fs::OpenOptions;
use std::io::{self, BufRead, Read, Write};

fn main() -> io::Result<()> {
    let mut args = env::args().skip(1);
    let path = args.next().ok_or_else(|| io::Error::other("usage: compat-listener FILE [ANSWER]"))?;
    let answer = args.next().unwrap_or_else(|| "OK".to_owned());
    let mut record = OpenOptions::new().create(true).append(true).open(path)?;
    let mut input = io::stdin().lock();
    let mut output = io::stdout().lock();
    loop {
        output.write_all(b"READY\n")?;
        output.flush()?;
        let mut header = String::new();
        if input.read_line(&mut header)? == 0 {
            return Ok(());
        }
        let field = |name: &str| header.split_whitespace().find_map(|pair| pair.strip_prefix(name));
        let length = field("len:").and_then(|len| len.parse().ok()).unwrap_or(0);
        let mut payload = vec![0; length];
        input.read_exact(&mut payload)?;
        let payload = String::from_utf8_lossy(&payload).replace('\n', "|");
        writeln!(record, "{} {payload}", field("eventname:").unwrap_or("?"))?;
        record.flush()?;
        write!(output, "RESULT {}\n{answer}", answer.len())?;
    }
}
