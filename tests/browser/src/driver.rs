//! The driver of the browser, which starts and ends it.

use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Condvar, Mutex, PoisonError};

use supervisor_worlds::http::free_port;
use supervisor_worlds::subject;

/// More browsers at once than that do not get a machine of two cores any further.
const BROWSERS_MAX: usize = 3;

static BROWSERS: Mutex<usize> = Mutex::new(0);
static ONE_LEFT: Condvar = Condvar::new();

/// A place among the browsers that run at the same time.
#[derive(Debug)]
struct Turn;

impl Turn {
    fn wait() -> Self {
        let browsers = BROWSERS.lock().unwrap_or_else(PoisonError::into_inner);
        let mut browsers = ONE_LEFT
            .wait_while(browsers, |browsers| *browsers >= BROWSERS_MAX)
            .unwrap_or_else(PoisonError::into_inner);
        *browsers += 1;
        Self
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        *BROWSERS.lock().unwrap_or_else(PoisonError::into_inner) -= 1;
        ONE_LEFT.notify_one();
    }
}

/// A running `chromedriver`. Nothing of it or its browsers is left when it is dropped.
#[derive(Debug)]
pub(crate) struct Driver {
    warden: Child,
    /// The warden kills everything when this is closed.
    lifeline: Option<ChildStdin>,
    pub(crate) port: u16,
    _turn: Turn,
}

impl Driver {
    /// # Panics
    /// When it does not start: with what it said.
    pub(crate) fn start() -> Self {
        let turn = Turn::wait();
        // Left to choose, it takes one that is free for IPv6 and gives up when a client has it for IPv4.
        let port = free_port();
        let mut command = Command::new(subject::warden());
        command.arg("chromedriver").arg(format!("--port={port}")).process_group(0);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut warden = command.spawn().expect("the warden starts");
        let lifeline = warden.stdin.take();
        let output = warden.stdout.take().expect("it is piped");
        let mut said = String::new();
        let is_started = BufReader::new(output).lines().map_while(Result::ok).any(|line| {
            said.push_str(&line);
            said.push('\n');
            line.contains("was started successfully")
        });
        let driver = Self { warden, lifeline, port, _turn: turn };
        assert!(
            is_started,
            "chromedriver (Debian package chromium-driver) does not start on port {port}: {said}"
        );
        driver
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        drop(self.lifeline.take());
        // The warden ends when nobody is left.
        let _ = self.warden.wait();
    }
}
