//! Any bytes at all, thrown at the socket of a daemon that was started for it.
//!
//! After each the daemon must answer others at once. It must neither panic nor keep what it was given: its memory and
//! its descriptors are looked at again and again.

use std::fmt;
use std::fs;
use std::io::{self, Read, Write};
use std::net::Shutdown;
use std::thread;
use std::time::{Duration, Instant};

use crate::calls::{self, WORDS};
use crate::daemon::{Daemon, PATIENCE, our_folder};
use crate::mutation::mutate;
use crate::random::Random;

/// Programs to talk about.
const PROGRAMS: &str = "\
[program:cat]\ncommand=/bin/cat\nstartsecs=0\n\
[program:idle]\ncommand=/bin/cat\nautostart=false\nstartsecs=0\n\
[program:many]\ncommand=/bin/cat\nprocess_name=many_%(process_num)d\nnumprocs=2\nstartsecs=0\n";

/// Words that mean something in a request.
const HEAD_WORDS: &[&str] = &[
    "GET ",
    "POST ",
    "HEAD ",
    "OPTIONS * ",
    "/RPC2",
    "/logtail/cat",
    "/logtail/many:many_0/stderr",
    "/mainlogtail",
    "/%2e%2e/%00%ff",
    " HTTP/1.1\r\n",
    " HTTP/1.0\r\n",
    " HTTP/2.0\r\n",
    "Content-Length: ",
    "Content-Length: 18446744073709551616\r\n",
    "Content-Length: -1\r\n",
    "Content-Length: 16777216\r\n",
    "Transfer-Encoding: chunked\r\n",
    "Connection: close\r\n",
    "Connection: upgrade\r\nUpgrade: h2c\r\n",
    "Expect: 100-continue\r\n",
    "Authorization: Basic Og==\r\n",
    "Origin: null\r\n",
    "\r\n\r\n",
    "\r\n",
    "\n",
    "\0",
    "ffffffff\r\n",
    "0\r\n\r\n",
    ": ",
];

/// How long anybody else may have to wait for an answer.
const ANSWER_TIME_MAX: Duration = Duration::from_secs(10);
/// How long we listen to what is answered to an input.
const LISTENING_TIME: Duration = Duration::from_millis(30);
/// So many inputs come between two looks at the daemon.
const INPUTS_PER_LOOK: u64 = 200;
/// By this much more than at the first look the daemon's memory may grow: caches, and what the allocator keeps.
const GROWTH_KIB_MAX: u64 = 64 << 10;
/// So many more descriptors may be open for a while: clients that are gone keep their connections until the daemon
/// notices, but never more than there may be connections. In the end all are closed.
const DESCRIPTORS_MAX: usize = 1024;

/// What came of it.
#[derive(Debug, Default)]
pub struct Report {
    /// How many inputs were thrown.
    pub inputs: u64,
    /// How many of them were answered with anything.
    pub answered: u64,
    /// The longest that anybody else had to wait.
    pub longest: Duration,
    /// Resident memory in KiB: at the first look, and the most.
    pub memory: (u64, u64),
    /// Open descriptors: at the first look, and at the end.
    pub descriptors: (usize, usize),
    /// The input after which something was wrong, and what.
    pub find: Option<(Vec<u8>, String)>,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { inputs, answered, longest, memory, descriptors, .. } = self;
        write!(
            f,
            "{inputs} inputs, {answered} answered, others waited {} ms at most, memory {} KiB at first and {} KiB at \
             most, descriptors {} at first and {} at the end",
            longest.as_millis(),
            memory.0,
            memory.1,
            descriptors.0,
            descriptors.1
        )?;
        match &self.find {
            None => write!(f, ", no panic"),
            Some((input, reason)) => {
                write!(f, "\n{reason} after these {} bytes:\n{}", input.len(), input.escape_ascii())
            }
        }
    }
}

/// Throws inputs at a daemon of ours until the time is over, or `inputs_max` were thrown, or something is found.
///
/// # Errors
/// When the daemon cannot be started.
pub fn bombard(seed: u64, time: Duration, inputs_max: u64) -> io::Result<Report> {
    let mut daemon = Daemon::start(&our_folder(), PROGRAMS)?;
    let began = Instant::now();
    let mut random = Random::from_seed(seed);
    let mut report = Report::default();
    while began.elapsed() < time && report.inputs < inputs_max {
        let input = request(&mut random);
        report.inputs += 1;
        report.answered += u64::from(throw(&daemon, &input, random.coin()));
        let problem = match is_alive(&mut daemon, &mut report)? {
            None if report.inputs.is_multiple_of(INPUTS_PER_LOOK) => look(&daemon, &mut report),
            problem => problem,
        };
        if let Some(problem) = problem {
            report.find = Some((input, problem));
            return Ok(report);
        }
    }
    report.find = leaves_nothing_open(&daemon, &mut report).map(|problem| (Vec::new(), problem));
    Ok(report)
}

/// A request, most of them damaged.
fn request(random: &mut Random) -> Vec<u8> {
    let call = calls::drawn(random.draw());
    let other = calls::drawn(random.draw());
    let body = if random.coin() { mutate(random, &call, &other, WORDS) } else { call };
    let head = match random.index(8) {
        0 => "GET /logtail/cat HTTP/1.1\r\nHost: x\r\n\r\n".to_owned(),
        1 => "GET /mainlogtail HTTP/1.0\r\n\r\n".to_owned(),
        2 => format!(
            "POST /RPC2 HTTP/1.1\r\nContent-Length: {}\r\n\r\n",
            random.pick(&[0, 5, 70_000, 1 << 24])
        ),
        _ => format!("POST /RPC2 HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n", body.len()),
    };
    let head = head.into_bytes();
    let head = if random.per_mille(300) { mutate(random, &head, &body, HEAD_WORDS) } else { head };
    let mut request = [head, body].concat();
    if random.per_mille(200) {
        // Several requests on one connection.
        request = request.repeat(random.between(2, 4));
    }
    request
}

/// Throws an input. Whether there was any answer.
fn throw(daemon: &Daemon, input: &[u8], hangs_up_half: bool) -> bool {
    let Ok(mut stream) = daemon.connect(LISTENING_TIME) else { return false };
    // A daemon that has heard enough may close before it has all.
    let _ = stream.write_all(input);
    if hangs_up_half {
        let _ = stream.shutdown(Shutdown::Write);
    }
    let mut answer = [0; 4096];
    matches!(stream.read(&mut answer), Ok(1..))
}

/// What is wrong with how it answers another.
fn is_alive(daemon: &mut Daemon, report: &mut Report) -> io::Result<Option<String>> {
    let began = Instant::now();
    let state = daemon.call("supervisor.getState", &[], ANSWER_TIME_MAX);
    report.longest = report.longest.max(began.elapsed());
    if let Some(end) = daemon.ended()? {
        return Ok(Some(format!("the daemon has ended with {end}: {}", daemon.read("stderr"))));
    }
    Ok(state.err().map(|error| format!("nobody else is answered: {error}")))
}

/// What is wrong with what it says and what it holds.
fn look(daemon: &Daemon, report: &mut Report) -> Option<String> {
    for name in ["stderr", "supervisord.log"] {
        let said = daemon.read(name);
        if let Some(line) =
            said.lines().find(|line| line.contains("panicked") || line.contains("request failed"))
        {
            return Some(format!("{name} says {line}"));
        }
    }
    let memory = resident_kib(daemon.pid());
    let descriptors = open_descriptors(daemon.pid());
    if report.memory.0 == 0 {
        report.memory = (memory, memory);
        report.descriptors = (descriptors, descriptors);
    }
    report.memory.1 = report.memory.1.max(memory);
    if memory > report.memory.0 + GROWTH_KIB_MAX {
        return Some(format!("memory has grown from {} to {memory} KiB", report.memory.0));
    }
    let most = report.descriptors.0 + DESCRIPTORS_MAX;
    (descriptors > most).then(|| format!("{descriptors} descriptors are open"))
}

/// Waits until what the inputs have opened is closed.
fn leaves_nothing_open(daemon: &Daemon, report: &mut Report) -> Option<String> {
    if let Some(problem) = look(daemon, report) {
        return Some(problem);
    }
    let began = Instant::now();
    loop {
        report.descriptors.1 = open_descriptors(daemon.pid());
        // Programs may have been started and logs reopened, which are a handful.
        if report.descriptors.1 <= report.descriptors.0 + 8 {
            return None;
        }
        if began.elapsed() > PATIENCE {
            return Some(format!("{} descriptors stay open", report.descriptors.1));
        }
        // Sleeps because a connection ends some time after its client has gone.
        thread::sleep(Duration::from_millis(100));
    }
}

fn resident_kib(pid: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
    line.split_whitespace().next().and_then(|number| number.parse().ok()).unwrap_or(0)
}

fn open_descriptors(pid: u32) -> usize {
    fs::read_dir(format!("/proc/{pid}/fd")).map_or(0, Iterator::count)
}
