//! Command lines.

use super::sections::Mood;
use crate::case::{Face, MAIN_FILE, ROOT};
use crate::random::Random;

/// An option of `supervisord` with the values it takes; the last is refused.
pub(super) const OVERRIDES: &[(&str, &[&str])] = &[
    ("-n", &[]),
    ("--nodaemon", &[]),
    ("-s", &[]),
    ("--silent", &[]),
    ("-k", &[]),
    ("--nocl", &[]),
    ("-t", &[]),
    ("--strip_ansi", &[]),
    ("-u", &["root", "1000", "nosuch"]),
    ("--user=", &["web", "0", ""]),
    ("-m", &["077", "0o22", "9"]),
    ("--umask=", &["022", "7", "x"]),
    ("-d", &["/tmp", "@ROOT@", "/nonexistent"]),
    ("--directory=", &["/", "logs", ""]),
    ("-l", &["x.log", "syslog", "/nonexistent/x"]),
    ("--logfile=", &["/tmp/y.log", "", "nodir/x"]),
    ("-y", &["1MB", "0", "1k"]),
    ("--logfile_maxbytes=", &["5kb", "-1", ""]),
    ("-z", &["3", "-1", "x"]),
    ("--logfile_b=", &["0", "1_0", "1.5"]),
    ("-e", &["debug", "WARN", "loud"]),
    ("--loglevel=", &["info", "blather", ""]),
    ("-j", &["x.pid", "@ROOT@/y.pid", "nodir/x"]),
    ("--pidfile=", &["/tmp/z.pid", "", "/nonexistent/x"]),
    ("-i", &["other", ""]),
    ("--identifier=", &["a b", "é"]),
    ("-q", &["/tmp", "logs", "nodir"]),
    ("--childlogdir=", &["@ROOT@", ".", ""]),
    ("-a", &["10", "+5", "x"]),
    ("--minfds=", &["1", " 7", ""]),
    ("--minprocs=", &["1", "-1", "many"]),
    ("--minp=", &["3", "x"]),
    ("--profile_options=", &["cumulative,calls", "time,CALLERS", ""]),
    ("--profile=", &["callers"]),
];

pub(super) const CLIENT_OVERRIDES: &[(&str, &[&str])] = &[
    ("-i", &[]),
    ("--interactive", &[]),
    ("-s", &["http://x:1", "unix:///x", "foo"]),
    ("--serverurl=", &["unix://s.sock", "x:y", ""]),
    ("-u", &["me", ""]),
    ("--username=", &["é"]),
    ("-p", &["secret", ""]),
    ("--password=", &["p"]),
];

/// What is wrong with a command line, or ends it.
pub(super) const STRANGE: &[&str] = &[
    "-x",
    "--nosuch",
    "--log",
    "extra",
    "-h",
    "-v",
    "--",
    "-",
    "--nodaemon=1",
    "-l",
    "--help",
    "-?",
    "-nst",
    "--=x",
    "--c",
    "--ch",
    "--chi=/tmp",
    "--d",
    "--d=/tmp",
    "--f",
    "--du",
    "--j",
    "--i",
    "--h=1",
    "--pro",
    "--pr",
    "--ve",
    "-nc",
    "-sv",
];

/// Draws the arguments of a program that is to read the main file.
pub(super) fn draw(random: &mut Random, face: Face, mood: Mood) -> Vec<String> {
    let mut arguments = match random.index(12) {
        0 => Vec::new(),
        1 => vec!["-c".to_owned(), MAIN_FILE.to_owned()],
        2 => vec![format!("--configuration={ROOT}/{MAIN_FILE}")],
        3 => vec![format!("-c{ROOT}/./{MAIN_FILE}")],
        4 if random.per_mille(mood.bad) => vec!["-c".to_owned(), "nosuch.conf".to_owned()],
        5 if random.per_mille(mood.bad) => vec!["--conf".to_owned(), format!("{ROOT}/logs")],
        _ => vec!["-c".to_owned(), format!("{ROOT}/{MAIN_FILE}")],
    };
    let (overrides, count) = match face {
        Face::Daemon => (OVERRIDES, random.pick(&[0, 0, 0, 0, 1, 2, 5])),
        Face::Client => (CLIENT_OVERRIDES, random.pick(&[0, 0, 1, 2])),
    };
    let mut rest: Vec<(&str, &[&str])> = overrides.to_vec();
    for _ in 0..count {
        // The two spellings of an option stand side by side. Who takes one seldom takes the other.
        let index = random.index(rest.len());
        let (name, values) = rest[index];
        if !random.per_mille(mood.bad) {
            rest.drain(index & !1..(index | 1) + 1);
        }
        let usable =
            if random.per_mille(mood.bad) { values.len() } else { values.len().saturating_sub(1).max(1) };
        let Some(value) = (!values.is_empty()).then(|| values[random.index(usable)]) else {
            arguments.push(name.to_owned());
            continue;
        };
        if name.ends_with('=') || random.coin() && !value.is_empty() {
            arguments.push(format!("{name}{value}"));
        } else {
            arguments.extend([name.to_owned(), value.to_owned()]);
        }
    }
    if random.per_mille(mood.bad / 4) {
        arguments.push(random.pick(STRANGE).to_owned());
    }
    if face == Face::Client && random.coin() {
        arguments.extend(["status", "a b"].map(str::to_owned));
    }
    arguments
}
