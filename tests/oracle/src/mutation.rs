//! Changes bytes at random, a little or a lot.

use crate::random::Random;

/// No input grows beyond this.
pub const LENGTH_MAX: usize = 64 * 1024;

/// Words that mean something to the parser of configurations.
pub const CONFIGURATION_WORDS: &[&str] = &[
    "[supervisord]\n",
    "[program:a]\n",
    "[group:g]\n",
    "[eventlistener:e]\n",
    "[fcgi-program:f]\n",
    "[include]\n",
    "[DEFAULT]\n",
    "[inet_http_server]\n",
    "[unix_http_server]\n",
    "[rpcinterface:supervisor]\n",
    "[supervisorctl]\n",
    "command=",
    "files=conf.d/*\n",
    "numprocs=3\n",
    "numprocs=99999\n",
    "numprocs_start=9223372036854775807\n",
    "process_name=%(process_num)02d\n",
    "environment=",
    "A=\"1\",",
    "programs=a,a,a\n",
    "events=EVENT\n",
    "socket=unix:///x\n",
    "port=:1\n",
    "file=/tmp/x\n",
    "%(",
    ")s",
    "%(ENV_ONE)s",
    "%(here)s",
    "%(process_num)65536d",
    "%(a(b)c)s",
    "%*d",
    "%%",
    "%",
    "(((((((",
    "\"",
    "'",
    "\\",
    ";",
    " ;",
    "#",
    " #",
    "=",
    ":",
    ",",
    "\n",
    "\r",
    "\n  ",
    "[",
    "]",
    "*",
    "?",
    "[!a-z]",
    "[a-",
    "../",
    "~",
    "~root/",
    "\0",
    "\u{feff}",
    "\u{a0}",
    "\u{2028}",
    "é",
    "0x1",
    "9223372036854775808",
    "-9223372036854775808",
    "1GB",
    "9999999999GB",
    "0o777",
    "SIGTERM",
    "auto",
    "none",
    "true",
    "\n\0\0\n",
    "-c\n/etc/supervisord.conf",
    "--logfile=",
    "-n\n",
];

/// A changed copy; `other` is something to take parts from, and so are `words`.
#[must_use]
pub fn mutate(random: &mut Random, bytes: &[u8], other: &[u8], words: &[&str]) -> Vec<u8> {
    let mut changed = bytes.to_vec();
    for _ in 0..1 << random.index(5) {
        step(random, &mut changed, other, words);
    }
    changed.truncate(LENGTH_MAX);
    changed
}

fn step(random: &mut Random, bytes: &mut Vec<u8>, other: &[u8], words: &[&str]) {
    let (from, to) = range(random, bytes.len());
    match random.index(9) {
        0 => insert(bytes, from, random.pick(words).as_bytes()),
        1 => insert(bytes, from, random.pick(words).as_bytes()),
        2 => drop(bytes.drain(from..to)),
        3 => {
            let part = bytes[from..to].to_vec();
            let at = random.index(bytes.len() + 1);
            insert(bytes, at, &part);
        }
        4 => {
            let (from_other, to_other) = range(random, other.len());
            bytes.splice(from..to, other[from_other..to_other].iter().copied());
        }
        5 => {
            if let Some(byte) = bytes.get_mut(from) {
                *byte ^= 1 << random.index(8);
            }
        }
        6 => {
            let byte = u8::try_from(random.below(256)).unwrap_or(0);
            insert(bytes, from, &[byte]);
        }
        7 => {
            let part = random.pick(words).repeat(random.pick(&[2, 10, 100, 1000]));
            insert(bytes, from, part.as_bytes());
        }
        _ => {
            if from < to {
                let part = bytes[from..to].repeat(random.pick(&[2, 5, 50]));
                insert(bytes, from, &part[..part.len().min(LENGTH_MAX)]);
            }
        }
    }
}

/// Mostly short parts, sometimes whole lines' worth, seldom more.
fn range(random: &mut Random, length: usize) -> (usize, usize) {
    let from = random.index(length + 1);
    let span = random.index(random.clone().pick(&[2, 8, 64, 1024]));
    (from, (from + span).min(length))
}

fn insert(bytes: &mut Vec<u8>, at: usize, part: &[u8]) {
    if bytes.len() + part.len() <= LENGTH_MAX {
        bytes.splice(at..at, part.iter().copied());
    }
}
