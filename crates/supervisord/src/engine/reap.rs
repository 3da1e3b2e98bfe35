//! Collecting dead children.

use supervisor_core::effect::Level;
use supervisor_core::input::{ExitStatus, Input};
use supervisor_core::process::Pid;
use supervisor_sys::clock::monotonic_nanoseconds;
use supervisor_sys::reap::{WaitStatus, reap};

use super::Engine;
use super::profile::Activity;

/// After so much time with the dead a turn goes on with the living.
const DEATHS_TIME_MAX_NANOSECONDS: u64 = 2_000_000;

impl Engine {
    /// Collects the dead until there are none, or until the turn has had its time: where children die as fast as they
    /// are started there are always some, and clients want to be heard, too. What a child wrote is in its log before
    /// its end is announced.
    pub(super) fn reap(&mut self) {
        let deadline = monotonic_nanoseconds() + DEATHS_TIME_MAX_NANOSECONDS;
        self.has_dead = false;
        loop {
            if monotonic_nanoseconds() >= deadline {
                self.has_dead = true;
                return;
            }
            // What was used of it may be there again.
            crate::MEMORY.reserve();
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
                self.look_for_background(id, pid, status);
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
