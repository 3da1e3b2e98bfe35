//! Many events: who sends them, who counts them, and a race of both daemons.
//!
//! * `compat-events send COUNT` writes COUNT numbered texts between capture tokens.
//! * `compat-events count COUNT FILE` is an event listener that settles them, and writes to FILE how that went.
//! * `compat-events rest` does nothing until its standard input ends.
//! * `compat-events race COUNT PROGRAMS REFERENCE OURS` runs both daemons in turn, with so many resting programs beside
//!   the one that sends, and prints what each makes in a second.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::os::fd::AsFd;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

const BEGIN: &str = "<!--XSUPERVISOR:BEGIN-->";
const END: &str = "<!--XSUPERVISOR:END-->";
/// The reference calls itself once for each token in what it reads, and Python allows a thousand such calls: texts of
/// this length keep it below.
const TEXT_BYTES: usize = 200;
/// So much is written at once: as much as a pipe takes.
const CHUNK_BYTES: usize = 64 << 10;
/// A race in which nothing happens for so long is over.
const PATIENCE: Duration = Duration::from_secs(900);
const LOOK_INTERVAL: Duration = Duration::from_millis(20);

const USAGE: &str =
    "usage: compat-events send COUNT | count COUNT FILE | rest | race COUNT PROGRAMS REFERENCE OURS";

fn main() -> io::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        ["send", count] => send(number(count)?),
        ["count", count, file] => listen(number(count)?, Path::new(file)),
        ["race", count, programs, reference, ours] => {
            race(number(count)?, number(programs)?, reference, ours)
        }
        ["rest"] => io::copy(&mut io::stdin().lock(), &mut io::sink()).map(drop),
        _ => Err(io::Error::other(USAGE)),
    }
}

fn number(word: &str) -> io::Result<u64> {
    word.parse().map_err(|_| io::Error::other(format!("{word} is no number")))
}

/// Writes them as fast as they are read, and stays, as a program that ends may be started again.
fn send(count: u64) -> io::Result<()> {
    let mut output = BufWriter::with_capacity(CHUNK_BYTES, stream(io::stdout())?);
    let mut text = Digits::new();
    for _ in 0..count {
        output.write_all(BEGIN.as_bytes())?;
        output.write_all(&text.0)?;
        output.write_all(END.as_bytes())?;
        output.write_all(b"\n")?;
        text.count_up();
    }
    output.flush()?;
    drop(output);
    io::copy(&mut io::stdin().lock(), &mut io::sink()).map(drop)
}

/// Settles so many events, and writes down whether each was the next one and when the first and the last came.
///
/// It does as little as a listener can, one read and one write for each event: a race is between daemons.
fn listen(count: u64, file: &Path) -> io::Result<()> {
    let (mut input, mut output) = (BufReader::new(stream(io::stdin())?), stream(io::stdout())?);
    let (mut first, mut wrong, mut expected, mut header) = (0, 0, Digits::new(), Vec::new());
    output.write_all(b"READY\n")?;
    for serial in 0..count {
        header.clear();
        if input.read_until(b'\n', &mut header)? == 0 {
            return Ok(());
        }
        if serial == 0 {
            first = microseconds();
        }
        let length = length_in(&header).ok_or_else(|| io::Error::other("a header without a length"))?;
        let is_next = match input.fill_buf()? {
            whole if whole.len() >= length => {
                let is_next = expected.ends(&whole[..length]);
                input.consume(length);
                is_next
            }
            _ => {
                let mut payload = vec![0; length];
                input.read_exact(&mut payload)?;
                expected.ends(&payload)
            }
        };
        wrong += u64::from(!is_next);
        expected.count_up();
        if serial + 1 < count {
            output.write_all(b"RESULT 2\nOKREADY\n")?;
        }
    }
    let took = microseconds() - first;
    let unfinished = file.with_extension("unfinished");
    fs::write(&unfinished, format!("events {count} wrong {wrong} microseconds {took}\n"))?;
    fs::rename(unfinished, file)?;
    output.write_all(b"RESULT 2\nOK")?;
    io::copy(&mut input, &mut io::sink()).map(drop)
}

/// A standard stream without a buffer and without looking for ends of lines.
fn stream(stream: impl AsFd) -> io::Result<File> {
    stream.as_fd().try_clone_to_owned().map(File::from)
}

/// What the last word of a header says.
fn length_in(header: &[u8]) -> Option<usize> {
    let digits = header.trim_ascii_end().rsplit(|&byte| byte == b':').next()?;
    std::str::from_utf8(digits).ok()?.parse().ok()
}

/// A number in as many digits as a text has, cheap to count up.
struct Digits([u8; TEXT_BYTES]);

impl Digits {
    fn new() -> Self {
        Self([b'0'; TEXT_BYTES])
    }

    /// Whether it is what a payload has after its line.
    fn ends(&self, payload: &[u8]) -> bool {
        payload.strip_suffix(&self.0).is_some_and(|line| line.ends_with(b"\n"))
    }

    fn count_up(&mut self) {
        for digit in self.0.iter_mut().rev() {
            if *digit < b'9' {
                *digit += 1;
                return;
            }
            *digit = b'0';
        }
    }
}

fn microseconds() -> u128 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_micros())
}

/// Ends what it started.
struct Daemon(Child);

impl Drop for Daemon {
    fn drop(&mut self) {
        // It ends its programs before itself.
        let _ = Command::new("kill").arg(self.0.id().to_string()).status();
        let _ = self.0.wait();
    }
}

/// The section of so many programs that do nothing.
fn resting(programs: u64, program: &str) -> String {
    match programs {
        0 => String::new(),
        _ => format!(
            "[program:rest]\ncommand={program} rest\nnumprocs={programs}\nprocess_name=rest%(process_num)d\n\
             startsecs=0\npriority=1\nredirect_stderr=true\nstdout_logfile=NONE\n"
        ),
    }
}

fn race(count: u64, programs: u64, reference: &str, ours: &str) -> io::Result<()> {
    let mut output = io::stdout();
    writeln!(output, "{count} events, {programs} further programs")?;
    let reference = rate(count, programs, reference)?;
    writeln!(output, "reference: {reference:.0} events a second")?;
    let ours = rate(count, programs, ours)?;
    let times = ours / reference;
    writeln!(output, "ours:      {ours:.0} events a second, {times:.1} times as many")
}

/// How many events a second a daemon brings from one program to one listener, while it looks after others, too.
fn rate(count: u64, programs: u64, supervisord: &str) -> io::Result<f64> {
    let scratch = tempfile::tempdir()?;
    let (here, done) = (scratch.path().display(), scratch.path().join("done"));
    let program = std::env::current_exe()?;
    let program = program.display();
    let configuration = scratch.path().join("supervisord.conf");
    fs::write(
        &configuration,
        format!(
            "[supervisord]\nlogfile={here}/log\npidfile={here}/pid\nchildlogdir={here}\n\
             [eventlistener:count]\ncommand={program} count {count} {}\nevents=PROCESS_COMMUNICATION\n\
             buffer_size={count}\nstartsecs=0\nstdout_logfile=NONE\n\
             [program:send]\ncommand={program} send {count}\nstdout_logfile=NONE\n\
             stdout_capture_maxbytes=1MB\nstartsecs=0\n{}",
            done.display(),
            resting(programs, &program.to_string()),
        ),
    )?;
    let mut command = Command::new(supervisord);
    command.args(["-n", "-c"]).arg(&configuration).stdin(Stdio::null()).stdout(Stdio::null());
    let mut daemon = Daemon(command.spawn()?);
    let began = Instant::now();
    while !done.exists() {
        if daemon.0.try_wait()?.is_some() || began.elapsed() > PATIENCE {
            return Err(io::Error::other(format!("{supervisord} did not bring all events")));
        }
        // Sleeps because a race must not be disturbed by who waits for its end.
        thread::sleep(LOOK_INTERVAL);
    }
    let told = fs::read_to_string(&done)?;
    let words: Vec<&str> = told.split_whitespace().collect();
    match words[..] {
        ["events", _, "wrong", "0", "microseconds", took] => {
            Ok(count as f64 * 1e6 / number(took)?.max(1) as f64)
        }
        _ => Err(io::Error::other(format!("{supervisord} brought them in another order: {told}"))),
    }
}
