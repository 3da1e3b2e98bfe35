//! A program that runs below the guard, so that nothing of it can outlive the test.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::process::{self, Child, ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::client::Finished;
use crate::deadline::{PATIENCE, eventually, eventually_in};
use crate::subject::own_program;

/// How a program ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// It exited with this status.
    Exit(i32),
    /// This signal killed it.
    Signal(i32),
}

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exit(status) => write!(f, "exit {status}"),
            Self::Signal(number) => write!(f, "signal {number}"),
        }
    }
}

/// What is to be run, and in which surroundings.
pub(crate) struct Plan {
    pub(crate) program: PathBuf,
    pub(crate) args: Vec<OsString>,
    pub(crate) environment: BTreeMap<String, String>,
    pub(crate) directory: PathBuf,
}

/// A program that was started. Dropping it kills it and everything that descends from it.
pub struct Running {
    guard: Child,
    control: Option<BufReader<UnixStream>>,
    pid: i32,
    ending: Option<Ending>,
    stdin: Option<ChildStdin>,
    stdout: Capture,
    stderr: Capture,
}

/// Reads one of the program's streams to its end in a thread.
struct Capture {
    bytes: Arc<Mutex<Vec<u8>>>,
    reader: Option<JoinHandle<()>>,
}

static SERIAL: AtomicU64 = AtomicU64::new(0);

impl Running {
    pub(crate) fn start(plan: &Plan) -> Self {
        let name = format!("supervisor-compat-{}-{}", process::id(), SERIAL.fetch_add(1, Ordering::Relaxed));
        let address = SocketAddr::from_abstract_name(&name).expect("a short name is a valid address");
        let listener = UnixListener::bind_addr(&address).expect("the guard's address is free");
        let mut guard = Command::new(own_program("compat-guard"))
            .arg(&name)
            .arg(&plan.program)
            .args(&plan.args)
            .env_clear()
            .envs(&plan.environment)
            .current_dir(&plan.directory)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the guard starts");
        let (stream, _) = listener.accept().expect("the guard reports");
        stream.set_read_timeout(Some(PATIENCE)).expect("a socket takes a timeout");
        let stdin = guard.stdin.take();
        let stdout = Capture::of(guard.stdout.take().expect("stdout is a pipe"));
        let stderr = Capture::of(guard.stderr.take().expect("stderr is a pipe"));
        let control = Some(BufReader::new(stream));
        let mut running = Self { guard, control, pid: 0, ending: None, stdin, stdout, stderr };
        running.pid = match running.report() {
            Some(("pid", number)) => number,
            other => panic!("{} could not be started: {other:?}", plan.program.display()),
        };
        running
    }

    /// The program's process id.
    #[must_use]
    pub const fn pid(&self) -> i32 {
        self.pid
    }

    /// Sends a signal to the program itself.
    ///
    /// # Panics
    /// When the program is gone.
    pub fn signal(&self, signal: Signal) {
        kill(Pid::from_raw(self.pid), signal).expect("the program is there to be signalled");
    }

    /// Waits until the program itself ends. What it left behind keeps running.
    ///
    /// # Panics
    /// When it does not end in time.
    pub fn wait(&mut self) -> Ending {
        if let Some(ending) = self.ending {
            return ending;
        }
        let ending = match self.report() {
            Some(("exit", status)) => Ending::Exit(status),
            Some(("signal", number)) => Ending::Signal(number),
            _ => panic!("the program did not end in time; its standard error: {}", self.stderr()),
        };
        self.ending = Some(ending);
        ending
    }

    /// What it wrote to its standard output until now.
    #[must_use]
    pub fn stdout(&self) -> String {
        self.stdout.text()
    }

    /// What it wrote to its standard error until now.
    #[must_use]
    pub fn stderr(&self) -> String {
        self.stderr.text()
    }

    /// Waits until its standard output contains `text`.
    pub fn await_stdout(&self, text: &str) {
        self.await_stdout_in_order(&[text]);
    }

    /// Waits until its standard output contains each text somewhere after the one before it.
    pub fn await_stdout_in_order(&self, texts: &[&str]) {
        let has_all =
            |shown: &str| texts.iter().try_fold(shown, |rest, text| Some(rest.split_once(text)?.1)).is_some();
        let seen = || format!("in {:?}", self.stdout());
        eventually_in(&format!("{texts:?}"), seen, || has_all(&self.stdout()).then_some(()));
    }

    /// Waits until nobody can write to its output any more.
    ///
    /// # Panics
    /// When somebody keeps it open.
    pub fn await_end_of_output(&mut self) {
        eventually("the end of the program's output", || {
            (self.stdout.is_complete() && self.stderr.is_complete()).then_some(())
        });
    }

    /// Writes to its standard input. A program that has gone or closed its input misses the text.
    pub fn type_in(&mut self, text: impl AsRef<[u8]>) {
        if let Some(stdin) = &mut self.stdin {
            let _ = stdin.write_all(text.as_ref());
            let _ = stdin.flush();
        }
    }

    /// Ends its standard input.
    pub fn close_stdin(&mut self) {
        self.stdin = None;
    }

    /// Waits for its end, with its input closed, and returns all it printed.
    #[must_use]
    pub fn finish(mut self) -> Finished {
        self.close_stdin();
        let ending = self.wait();
        self.await_end_of_output();
        Finished { ending, stdout: self.stdout(), stderr: self.stderr() }
    }

    /// Next line of the guard: a word and a number.
    fn report(&mut self) -> Option<(&'static str, i32)> {
        let mut line = String::new();
        self.control.as_mut()?.read_line(&mut line).ok()?;
        let (word, number) = line.trim().split_once(' ')?;
        let word = ["pid", "exit", "signal"].into_iter().find(|known| *known == word)?;
        Some((word, number.parse().ok()?))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stdin = None;
        self.control = None;
        let _ = self.guard.wait();
    }
}

impl Capture {
    fn of(mut stream: impl Read + Send + 'static) -> Self {
        let bytes = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&bytes);
        let reader = thread::spawn(move || {
            let mut buffer = [0; 8192];
            while let Ok(count @ 1..) = stream.read(&mut buffer) {
                if let Ok(mut kept) = kept.lock() {
                    kept.extend_from_slice(&buffer[..count]);
                }
            }
        });
        Self { bytes, reader: Some(reader) }
    }

    fn text(&self) -> String {
        self.bytes.lock().map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
    }

    fn is_complete(&self) -> bool {
        self.reader.as_ref().is_none_or(JoinHandle::is_finished)
    }
}

impl Plan {
    pub(crate) fn new(program: &Path, args: &[impl AsRef<OsStr>], directory: &Path) -> Self {
        let environment = [
            ("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"),
            ("HOME", "/root"),
            ("LANG", "C.UTF-8"),
            ("TZ", "UTC"),
            ("TERM", "dumb"),
        ];
        let mut environment: BTreeMap<_, _> =
            environment.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        environment.insert("TMPDIR".to_owned(), directory.display().to_string());
        Self {
            program: program.to_path_buf(),
            args: args.iter().map(|arg| arg.as_ref().to_os_string()).collect(),
            environment,
            directory: directory.to_path_buf(),
        }
    }

    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.environment.insert(name.to_owned(), value.to_owned());
        self
    }
}
