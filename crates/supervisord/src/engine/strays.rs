//! When it is time to look for processes that are nobody's.

use supervisor_core::input::ExitStatus;
use supervisor_core::process::{Pid, ProcessId};
use supervisor_core::state::ProcessState;
use supervisor_sys::Errno;
use supervisor_sys::host::own_pid;
use supervisor_sys::signals::kill_group;

use super::Engine;
use crate::strays::{Ended, tell_of_background, tell_of_orphans};

impl Engine {
    /// Once, when everything that starts by itself was started: nobody's start waits for it.
    pub(super) fn look_for_orphans(&mut self) {
        if self.to_spawn.is_empty()
            && let Some(was_killed) = self.after_a_kill.take()
        {
            let url = self.config.server_url.clone();
            if !tell_of_orphans(self.handle.clone(), own_pid(), url, was_killed) {
                self.after_a_kill = Some(was_killed);
            }
        }
    }

    /// A child has ended. If it is to be started again, or has failed, and has left something behind, people should
    /// know, as each start may leave one more.
    pub(super) fn look_for_background(&mut self, id: ProcessId, pid: Pid, status: ExitStatus) {
        let Some(process) = self.core.process(id) else { return };
        let has_failed = match process.state() {
            ProcessState::Backoff | ProcessState::Fatal => true,
            ProcessState::Starting => false,
            _ => return,
        };
        let looked = self.children.runtimes.get(&id).is_none_or(|runtime| runtime.looked_for_background);
        let has_group = || matches!(kill_group(pid.0, 0), Ok(()) | Err(Errno::EPERM));
        let is_suspect = match status {
            // As whoever goes into the background ends: perhaps what goes on has a session of its own.
            ExitStatus::Code(0) => has_failed || has_group(),
            ExitStatus::Code(_) | ExitStatus::Signal { .. } => has_failed && has_group(),
        };
        if looked || !is_suspect {
            return;
        }
        let spec = process.spec();
        let ended = Ended {
            group: process.group_name().to_owned(),
            name: spec.name.clone(),
            pid: pid.0,
            server_url: spec.serverurl.clone().or_else(|| self.config.server_url.clone()),
        };
        let processes = self.children.runtimes.keys().filter_map(|&id| self.core.process(id));
        let children =
            processes.filter_map(supervisor_core::process::Process::pid).map(|pid| pid.0).collect();
        let is_looking = tell_of_background(self.handle.clone(), own_pid(), ended, children);
        if let Some(runtime) = self.children.runtimes.get_mut(&id) {
            runtime.looked_for_background = is_looking;
        }
    }
}
