//! A temporary directory in which one pair of programs lives through one scenario.

use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use supervisor_worlds::http;
use tempfile::TempDir;

use crate::deadline::eventually;
use crate::normalise;
use crate::running::{Plan, Running};
use crate::subject::{Pair, Part, own_program};
use crate::transcript::Transcript;

/// What every configuration of the suite begins with, unless a scenario writes its own.
const BASE: &str = "\
[supervisord]
logfile=%(here)s/supervisord.log
pidfile=%(here)s/supervisord.pid
childlogdir=%(here)s
";
const CONTROL: &str = "\
[unix_http_server]
file=%(here)s/s.sock
[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
[supervisorctl]
serverurl=unix://%(here)s/s.sock
";

/// Where one pair of programs lives through one scenario.
pub struct World {
    pub(crate) pair: Pair,
    pub(crate) daemon: Option<Running>,
    pub(crate) daemon_pid: i32,
    folder: TempDir,
    ports: Vec<u16>,
    transcript: Transcript,
}

impl World {
    pub(crate) fn new(pair: Pair) -> Self {
        let folder = tempfile::Builder::new().prefix("compat-").tempdir().expect("a temporary directory");
        let open = fs::Permissions::from_mode(0o755);
        fs::set_permissions(folder.path(), open).expect("the directory is ours");
        Self {
            pair,
            daemon: None,
            daemon_pid: 0,
            folder,
            ports: Vec::new(),
            transcript: Transcript::default(),
        }
    }

    /// Whose programs live here.
    #[must_use]
    pub const fn pair(&self) -> Pair {
        self.pair
    }

    /// The world's directory, `%(here)s` of its configuration.
    #[must_use]
    pub fn here(&self) -> &Path {
        self.folder.path()
    }

    /// The path of a file in the world's directory.
    #[must_use]
    pub fn path(&self, name: &str) -> PathBuf {
        self.here().join(name)
    }

    /// Writes a file, with the folders it needs.
    ///
    /// # Panics
    /// When it cannot be written.
    pub fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("a file is in a folder")).expect("the folder can be made");
        fs::write(&path, text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    }

    /// Writes an executable shell script and returns its path.
    ///
    /// # Panics
    /// When it cannot be written.
    pub fn script(&self, name: &str, body: &str) -> PathBuf {
        self.write(name, format!("#!/bin/sh\n{body}\n"));
        self.set_mode(name, 0o755);
        self.path(name)
    }

    /// Changes a file's permissions.
    ///
    /// # Panics
    /// When they cannot be changed.
    pub fn set_mode(&self, name: &str, mode: u32) {
        fs::set_permissions(self.path(name), fs::Permissions::from_mode(mode)).expect("the file is ours");
    }

    /// A file's permission bits, as four octal digits; `missing` if there is no such file.
    ///
    /// # Panics
    /// When the file is there and cannot be examined.
    #[must_use]
    pub fn mode(&self, name: &str) -> String {
        match fs::metadata(self.path(name)) {
            Ok(metadata) => format!("{:04o}", metadata.permissions().mode() & 0o7777),
            Err(error) if error.kind() == ErrorKind::NotFound => "missing".to_owned(),
            Err(error) => panic!("{name}: {error}"),
        }
    }

    /// A file's text; empty if there is no such file.
    #[must_use]
    pub fn read(&self, name: &str) -> String {
        String::from_utf8_lossy(&fs::read(self.path(name)).unwrap_or_default()).into_owned()
    }

    /// Waits until a file contains `text`, and returns all of it.
    #[must_use]
    pub fn await_text(&self, name: &str, text: &str) -> String {
        eventually(&format!("{text:?} in {name}"), || {
            Some(self.read(name)).filter(|found| found.contains(text))
        })
    }

    /// Waits until a file is there.
    pub fn await_file(&self, name: &str) {
        eventually(&format!("the file {name}"), || self.path(name).exists().then_some(()));
    }

    /// The names in the world's directory that `wanted` accepts, sorted.
    ///
    /// # Panics
    /// When the directory cannot be read.
    #[must_use]
    pub fn names(&self, wanted: impl Fn(&str) -> bool) -> Vec<String> {
        let entries = fs::read_dir(self.here()).expect("the directory is ours");
        let names = entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned());
        let mut names: Vec<_> = names.filter(|name| wanted(name)).collect();
        names.sort();
        names
    }

    /// A TCP port that nobody listens on, and that the transcript shows as a word.
    ///
    /// # Panics
    /// When the machine has none.
    pub fn free_port(&mut self) -> u16 {
        let port = http::free_port();
        self.ports.push(port);
        port
    }

    /// Writes `supervisord.conf`: the usual daemon, unix socket, RPC interface and client sections, then
    /// `programs`. A section of the same name in `programs` adds to or overrides the usual one.
    pub fn configure(&self, programs: &str) {
        self.write("supervisord.conf", format!("{BASE}{CONTROL}{programs}"));
    }

    /// Writes `supervisord.conf` without any way to talk to the daemon.
    pub fn configure_without_control(&self, sections: &str) {
        self.write("supervisord.conf", format!("{BASE}{sections}"));
    }

    /// Puts an answer into the transcript.
    pub fn note(&mut self, heading: &str, answer: impl AsRef<str>) {
        let heading = self.normalised(heading);
        let answer = self.normalised(answer.as_ref());
        self.transcript.push(&heading, &answer);
    }

    /// Notes a deliberate difference: the entry of COMPAT.md, and what each subject must answer.
    ///
    /// # Panics
    /// When the subject answers neither as the reference does nor as the entry says.
    pub fn differs(&mut self, entry: &str, part: Part, answer: impl AsRef<str>, expected: [&str; 2]) {
        let [reference, ours] = expected;
        let subject = self.pair.subject(part);
        let wanted = if subject.is_reference() { reference } else { ours };
        let answer = self.normalised(answer.as_ref());
        assert_eq!(answer, wanted, "{subject} answers differently from what the entry {entry} says");
        self.transcript.push("differs", entry);
    }

    /// Runs any other program in the world's directory.
    #[must_use]
    pub fn run(&self, program: impl AsRef<Path>, args: &[&str]) -> Running {
        Running::start(&Plan::new(program.as_ref(), args, self.here()))
    }

    /// The executable of the world's daemon or client.
    #[must_use]
    pub fn program(&self, part: Part) -> PathBuf {
        self.pair.subject(part).program(part)
    }

    /// The path of the program that writes down the events it gets.
    #[must_use]
    pub fn listener(&self) -> String {
        own_program("compat-listener").display().to_string()
    }

    /// The path of the program that sends and counts many events.
    #[must_use]
    pub fn events(&self) -> String {
        own_program("compat-events").display().to_string()
    }

    /// The path of the program that writes down in what surroundings it was started.
    #[must_use]
    pub fn probe(&self) -> String {
        own_program("compat-probe").display().to_string()
    }

    /// `text` without what differs from run to run.
    #[must_use]
    pub fn normalised(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (part, word) in [(Part::Daemon, "<supervisord>"), (Part::Client, "<supervisorctl>")] {
            let program = self.pair.subject(part).program(part);
            text = text.replace(&program.display().to_string(), word);
        }
        text = text.replace(&self.here().display().to_string(), "<here>");
        for port in &self.ports {
            text = text.replace(&port.to_string(), "<port>");
        }
        normalise::times_and_pids(&text)
    }

    /// What helps to understand a failure: the daemon's log and what it said on its standard error.
    pub(crate) fn diagnosis(&self) -> String {
        const LINES: usize = 40;
        let log = self.read("supervisord.log");
        let lines: Vec<_> = log.lines().collect();
        let tail = lines[lines.len().saturating_sub(LINES)..].join("\n");
        let stderr = self.daemon.as_ref().map(Running::stderr).unwrap_or_default();
        format!("its main log ends:\n{tail}\nits standard error:\n{stderr}")
    }

    pub(crate) fn into_transcript(self) -> Transcript {
        self.transcript
    }
}
