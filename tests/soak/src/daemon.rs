//! The daemon under test, in the care of a warden that leaves nothing behind.

use std::fs::File;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use supervisor_worlds::subject;

use crate::client::Client;
use crate::pace::pause;

/// How long the start and the end may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running daemon.
#[derive(Debug)]
pub struct Daemon {
    warden: Child,
    /// The warden kills everything when this is closed.
    lifeline: Option<ChildStdin>,
    /// Its process id.
    pub pid: i32,
}

impl Daemon {
    /// Starts it in the foreground and waits until it answers.
    ///
    /// # Errors
    /// When it cannot be started or does not answer.
    pub fn start(folder: &Path, configuration: &Path, client: &Client) -> io::Result<Self> {
        let mut warden = Command::new(subject::warden())
            .arg(subject::supervisord())
            .args(["-n", "-s", "-c"])
            .arg(configuration)
            .stdin(Stdio::piped())
            .stdout(File::create(folder.join("stdout"))?)
            .stderr(File::create(folder.join("stderr"))?)
            // Ctrl-C is for the soak alone: the warden stays to clean up after it.
            .process_group(0)
            .spawn()?;
        let lifeline = warden.stdin.take();
        let end = Instant::now() + PATIENCE;
        loop {
            if let Ok(pid) = client.daemon() {
                return Ok(Self { warden, lifeline, pid });
            }
            if warden.try_wait()?.is_some() || Instant::now() > end {
                let said = std::fs::read_to_string(folder.join("stderr")).unwrap_or_default();
                return Err(io::Error::other(format!("the daemon does not answer: {said}")));
            }
            pause(Duration::from_millis(20));
        }
    }

    /// The warden, below which everything lives.
    #[must_use]
    pub fn warden(&self) -> i32 {
        i32::try_from(self.warden.id()).unwrap_or(0)
    }

    /// Waits until the daemon and everything that it started have ended.
    ///
    /// # Errors
    /// When they do not.
    pub fn wait(&mut self) -> io::Result<ExitStatus> {
        let end = Instant::now() + PATIENCE;
        while Instant::now() < end {
            if let Some(status) = self.warden.try_wait()? {
                return Ok(status);
            }
            pause(Duration::from_millis(20));
        }
        Err(io::Error::other("somebody is still there"))
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        drop(self.lifeline.take());
        // The warden cannot fail to end: it kills its descendants until none is left.
        let _ = self.warden.wait();
    }
}
