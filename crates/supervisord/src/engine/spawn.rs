//! Making a child: its pipes, its logs, its environment.

use std::ffi::CString;
use std::os::fd::{AsFd, AsRawFd, OwnedFd, RawFd};
use std::sync::Arc;

use supervisor_core::event::OutputChannel;
use supervisor_core::process::{Pid, ProcessId};
use supervisor_core::spec::ProcessSpec;
use supervisor_sys::Errno;
use supervisor_sys::host::effective_uid;
use supervisor_sys::limits::{self, Resource};
use supervisor_sys::pipes::{Ours, pipe};
use supervisor_sys::spawn::{SpawnPlan, Spawned, Step, StepFailure, spawn};

use super::Engine;
use super::channel::{Channel, Stdin};
use super::children::LINGERING_CHANNELS_MAX;
use super::command::{self, Resolved};
use super::hearing::Hearing;
use crate::logs::file::Written;

/// So many descriptors are not for children, so that clients can be answered and logs be opened anew.
const RESERVED_DESCRIPTORS_MAX: u64 = 8;
/// Where few files may be open, one in so many is reserved.
const RESERVED_DESCRIPTORS_SHARE: u64 = 8;

/// Why there is no child.
#[derive(Debug)]
pub(super) enum Unspawned {
    /// The machine has no room for it at present.
    NoRoom(String),
    /// It cannot be made.
    Failed(String),
}

impl Unspawned {
    fn new(errno: Errno, name: &str, doing: &str) -> Self {
        match errno {
            Errno::EMFILE | Errno::ENFILE => Self::NoRoom(format!("too many open files to spawn '{name}'")),
            Errno::EAGAIN => Self::NoRoom(format!("Too many processes in process table to spawn '{name}'")),
            Errno::ENOMEM => Self::NoRoom(format!("unknown error {doing} '{name}': {errno:?}")),
            errno => Self::Failed(format!("unknown error {doing} '{name}': {errno:?}")),
        }
    }
}

/// The pipes of a child to be.
struct Pipes {
    /// The child's ends: standard input, output, error.
    theirs: (OwnedFd, OwnedFd, Option<OwnedFd>),
    /// Our ends.
    stdin: Option<OwnedFd>,
    stdout: OwnedFd,
    stderr: Option<OwnedFd>,
}

impl Pipes {
    /// With a socket for standard input, if there is one.
    fn new(redirect_stderr: bool, socket: Option<OwnedFd>) -> Result<Self, Errno> {
        let (their_stdin, stdin) = match socket {
            Some(socket) => (socket, None),
            None => pipe(Ours::Write).map(|(theirs, ours)| (theirs, Some(ours)))?,
        };
        let (stdout, their_stdout) = pipe(Ours::Read)?;
        let (stderr, their_stderr) = if redirect_stderr {
            (None, None)
        } else {
            let (ours, theirs) = pipe(Ours::Read)?;
            (Some(ours), Some(theirs))
        };
        let highest = their_stderr.as_ref().unwrap_or(&their_stdout).as_raw_fd();
        if is_reserved(highest) {
            return Err(Errno::EMFILE);
        }
        Ok(Self { theirs: (their_stdin, their_stdout, their_stderr), stdin, stdout, stderr })
    }
}

/// Whether a descriptor is one of the last that this process may have: the kernel gives the lowest that is free.
// Differs: no-room-is-no-failure
fn is_reserved(descriptor: RawFd) -> bool {
    let limit = limits::get(Resource::OpenFiles).ok().and_then(|limit| limit.soft);
    limit.is_some_and(|limit| {
        let reserved = (limit / RESERVED_DESCRIPTORS_SHARE).min(RESERVED_DESCRIPTORS_MAX);
        u64::try_from(descriptor).is_ok_and(|descriptor| descriptor >= limit.saturating_sub(reserved))
    })
}

impl Engine {
    /// Starts the process; an error is the text for people.
    pub(super) fn spawn(&mut self, id: ProcessId) -> Result<Spawned, Unspawned> {
        let Some(process) = self.core.process(id) else {
            return Err(Unspawned::Failed("it is gone".to_owned()));
        };
        let spec = Arc::clone(process.spec());
        let search = self.environment.search_path(process);
        let env = self.environment.of(process);
        let resolved = command::resolve(&spec.command, search.as_deref())
            .map_err(|unresolved| Unspawned::Failed(unresolved.text().to_owned()))?;
        self.open_logs(id, &spec.name)?;
        let outcome =
            self.take_socket(id).and_then(|socket| self.spawn_with_pipes(id, &spec, &resolved, &env, socket));
        if outcome.is_err() {
            self.give_socket_back(id);
            self.close_if_silent(id);
        }
        outcome
    }

    fn open_logs(&mut self, id: ProcessId, name: &str) -> Result<(), Unspawned> {
        let Some(runtime) = self.children.runtimes.get_mut(&id) else { return Ok(()) };
        runtime.stdout.open().and_then(|()| runtime.stderr.open()).map_err(|errno| {
            self.close_if_silent(id);
            match errno {
                // A log that cannot be opened at once, such as a pipe, is no sign of want.
                Errno::EAGAIN => {
                    Unspawned::Failed(format!("unknown error making dispatchers for '{name}': {errno:?}"))
                }
                errno => Unspawned::new(errno, name, "making dispatchers for"),
            }
        })
    }

    fn spawn_with_pipes(
        &mut self,
        id: ProcessId,
        spec: &ProcessSpec,
        resolved: &Resolved,
        env: &[CString],
        socket: Option<OwnedFd>,
    ) -> Result<Spawned, Unspawned> {
        let name = &spec.name;
        let pipes = Pipes::new(spec.redirect_stderr, socket)
            .map_err(|errno| Unspawned::new(errno, name, "making pipes for"))?;
        let directory = spec.directory.as_ref().and_then(|path| CString::new(path.as_str()).ok());
        let (stdin, stdout, stderr) = &pipes.theirs;
        let plan = SpawnPlan {
            path: &resolved.path,
            argv: &resolved.argv,
            env,
            stdin: stdin.as_fd(),
            stdout: stdout.as_fd(),
            stderr: stderr.as_ref().unwrap_or(stdout).as_fd(),
            user: self.children.runtimes.get(&id).and_then(|runtime| runtime.user.clone()),
            directory: directory.as_deref(),
            own_process_group: true,
            umask: spec.umask,
            signal_mask: self.signal_mask,
            reset_sigpipe: !spec.ignore_sigpipe,
        };
        let spawned = spawn(&plan).map_err(|errno| Unspawned::new(errno, name, "during fork for"))?;
        if let Some(failure) = spawned.failed {
            self.report_failure(id, spec, failure);
        }
        if let Some(runtime) = self.children.runtimes.get_mut(&id) {
            runtime.starts += 1;
        }
        self.adopt(id, Pid(spawned.pid), spec, pipes);
        Ok(spawned)
    }

    /// Keeps our ends of the pipes; the child's ends are closed here.
    fn adopt(&mut self, id: ProcessId, pid: Pid, spec: &ProcessSpec, pipes: Pipes) {
        let streams = [
            (Some(pipes.stdout), OutputChannel::Stdout, &spec.stdout),
            (pipes.stderr, OutputChannel::Stderr, &spec.stderr),
        ];
        for (fd, stream, options) in streams {
            let Some(fd) = fd else { continue };
            let hearing = Hearing::new(options, self.config.settings.strip_ansi);
            let slot = self.children.channels.insert(Channel::new(fd, id, pid, stream, hearing));
            self.watch_channel(slot);
            let Some(runtime) = self.children.runtimes.get_mut(&id) else { continue };
            runtime.channels.push_back(slot);
            if runtime.output(stream).is_pending() {
                // A log that still has no room for an earlier life has none for this one.
                self.pause(id, stream);
            }
        }
        let Some(runtime) = self.children.runtimes.get_mut(&id) else { return };
        runtime.stdin = pipes.stdin.map(Stdin::new);
        let excess = runtime.channels.len().saturating_sub(LINGERING_CHANNELS_MAX);
        for _ in 0..excess {
            self.abandon_oldest_channel(id);
        }
    }

    /// The child could not become its program; its log says why, as if it had said so itself.
    fn report_failure(&mut self, id: ProcessId, spec: &ProcessSpec, failure: StepFailure) {
        let text = format!(
            "supervisor: {}\nsupervisor: child process was not spawned\n",
            failure_text(spec, failure)
        );
        let stream = if spec.redirect_stderr { OutputChannel::Stdout } else { OutputChannel::Stderr };
        if let Some(runtime) = self.children.runtimes.get_mut(&id) {
            let written = runtime.output(stream).write(text.as_bytes());
            if written == Written::Pending {
                self.pause(id, stream);
            }
        }
    }
}

fn failure_text(spec: &ProcessSpec, failure: StepFailure) -> String {
    let errno = failure.errno;
    let uid = spec.user.as_ref().map_or(0, |user| user.uid);
    let no_switch = |reason: &str| format!("couldn't setuid to {uid}: {reason}");
    match failure.step {
        Step::Groups | Step::Group | Step::User if effective_uid() != 0 => {
            no_switch("Can't drop privilege as nonroot user")
        }
        Step::Groups => no_switch("Could not set groups of effective user"),
        Step::Group => no_switch("Could not set group id of effective user"),
        Step::User => no_switch(&format!("{errno:?}")),
        Step::Directory => {
            format!("couldn't chdir to {}: {errno:?}", spec.directory.as_deref().unwrap_or_default())
        }
        Step::Exec => {
            let word = supervisor_config::command_line::split(&spec.command)
                .ok()
                .and_then(|words| words.into_iter().next())
                .unwrap_or_default();
            format!("couldn't exec {word}: {errno:?}")
        }
        Step::ProcessGroup => format!("couldn't make a process group: {errno:?}"),
        Step::Table | Step::Descriptors => format!("couldn't arrange descriptors: {errno:?}"),
    }
}
