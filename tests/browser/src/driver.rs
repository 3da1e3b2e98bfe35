//! The driver of the browser, which starts and ends it.

use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, ChildStdin, Command, Stdio};

use supervisor_worlds::subject;

/// A running `chromedriver`. Nothing of it or its browsers is left when it is dropped.
#[derive(Debug)]
pub(crate) struct Driver {
    warden: Child,
    /// The warden kills everything when this is closed.
    lifeline: Option<ChildStdin>,
    pub(crate) port: u16,
}

impl Driver {
    pub(crate) fn start() -> Self {
        let mut command = Command::new(subject::warden());
        command.args(["chromedriver", "--port=0"]).process_group(0);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut warden = command.spawn().expect("the warden starts");
        let lifeline = warden.stdin.take();
        let output = warden.stdout.take().expect("it is piped");
        // It says once that it "was started successfully on port 12345."
        let port = BufReader::new(output).lines().map_while(Result::ok).find_map(|line| {
            let (_, port) = line.split_once("successfully on port ")?;
            port.trim_end_matches('.').parse().ok()
        });
        let port = port.expect("chromedriver (Debian package chromium-driver) starts and tells its port");
        Self { warden, lifeline, port }
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        drop(self.lifeline.take());
        // The warden ends when nobody is left.
        let _ = self.warden.wait();
    }
}
