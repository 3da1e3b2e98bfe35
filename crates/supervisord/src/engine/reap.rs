//! Collecting dead children.

use supervisor_core::effect::Level;
use supervisor_core::input::{ExitStatus, Input};
use supervisor_core::process::Pid;
use supervisor_sys::reap::{WaitStatus, reap};

use super::Engine;
use super::profile::Activity;

impl Engine {
    /// One sweep until nobody is dead any more. What a child wrote is in its log before its end is announced.
    pub(super) fn reap(&mut self) {
        self.log.log(Level::Debug, "received SIGCHLD indicating a child quit");
        loop {
            let reaping = self.profile.begin(Activity::Reap);
            let reaped = reap();
            self.profile.end(reaping);
            let (pid, status) = match reaped {
                Ok(Some((pid, status))) => (Pid(pid), exit_status(status)),
                Ok(None) => return,
                Err(errno) => {
                    let code = errno as i32;
                    let message = format!("waitpid error {code}; a process may not be cleaned up properly");
                    self.log.log(Level::Critical, &message);
                    return;
                }
            };
            if let Some(id) = self.core.process_of(pid) {
                if let Some(runtime) = self.children.runtimes.get_mut(&id) {
                    runtime.stdin = None;
                }
                self.drain(id);
                self.give_socket_back(id);
                self.feed(Input::Exited(pid, status));
                self.close_if_silent(id);
            } else {
                self.feed(Input::Exited(pid, status));
            }
        }
    }
}

fn exit_status(status: WaitStatus) -> ExitStatus {
    match status {
        WaitStatus::Exited(code) => ExitStatus::Code(code),
        WaitStatus::Signaled { signal, core } => ExitStatus::Signal { number: signal, core_dumped: core },
    }
}
