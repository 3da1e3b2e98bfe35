//! What a spawned child finds, as the child itself sees it.

use std::ffi::{CStr, CString};
use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::PermissionsExt;

use nix::sys::wait::{WaitStatus, waitpid};
use nix::unistd::Pid;
use supervisor_sys::Errno;
use supervisor_sys::host::effective_uid;
use supervisor_sys::pipes::{Ours, pipe};
use supervisor_sys::privileges::Credentials;
use supervisor_sys::signals::{self, SignalMask};
use supervisor_sys::spawn::{EXIT_NOT_SPAWNED, SpawnPlan, Spawned, Step, StepFailure, spawn};

/// A plan's parts, with what most tests want.
struct Trial {
    path: CString,
    argv: Vec<CString>,
    env: Vec<CString>,
    user: Option<Credentials>,
    directory: Option<CString>,
    umask: Option<u32>,
    signal_mask: SignalMask,
    reset_sigpipe: bool,
    stdin: OwnedFd,
}

/// What became of it.
struct Outcome {
    spawned: Spawned,
    status: i32,
    output: String,
}

fn c(text: &str) -> CString {
    CString::new(text).expect("no NUL")
}

fn trial(argv: &[&str]) -> Trial {
    Trial {
        path: c(argv[0]),
        argv: argv.iter().map(|word| c(word)).collect(),
        env: vec![c("PATH=/usr/bin:/bin")],
        user: None,
        directory: None,
        umask: None,
        signal_mask: SignalMask::empty(),
        reset_sigpipe: false,
        stdin: File::open("/dev/null").expect("/dev/null").into(),
    }
}

fn shell(script: &str) -> Trial {
    trial(&["/bin/sh", "-c", script])
}

impl Trial {
    /// Runs it with standard output and error in one pipe.
    fn run(self) -> Outcome {
        let (reader, writer) = pipe(Ours::Write).unwrap();
        let spawned = self.spawn(&writer).unwrap();
        drop(writer);
        let mut output = Vec::new();
        File::from(reader).read_to_end(&mut output).unwrap();
        let WaitStatus::Exited(_, status) = waitpid(Pid::from_raw(spawned.pid), None).unwrap() else {
            panic!("ended by a signal")
        };
        Outcome { spawned, status, output: String::from_utf8(output).unwrap() }
    }

    fn spawn(&self, output: &OwnedFd) -> Result<Spawned, Errno> {
        spawn(&SpawnPlan {
            path: &self.path,
            argv: &self.argv,
            env: &self.env,
            stdin: self.stdin.as_fd(),
            stdout: output.as_fd(),
            stderr: output.as_fd(),
            user: self.user.clone(),
            directory: self.directory.as_deref(),
            own_process_group: true,
            umask: self.umask,
            signal_mask: self.signal_mask,
            reset_sigpipe: self.reset_sigpipe,
        })
    }

    fn failure(self) -> StepFailure {
        let outcome = self.run();
        assert_eq!((outcome.status, outcome.output.as_str()), (EXIT_NOT_SPAWNED, ""));
        outcome.spawned.failed.expect("a failure")
    }
}

/// One line of `/proc/PID/status` without its name.
fn status_line(output: &str, name: &str) -> String {
    let line = output.lines().find(|line| line.starts_with(name)).unwrap_or_else(|| panic!("no {name}"));
    line[name.len() + 1..].split_whitespace().collect::<Vec<_>>().join(" ")
}

fn skip(why: &str) {
    let mut stderr = std::io::stderr();
    writeln!(stderr, "SKIPPED: {why}").unwrap();
}

#[test]
fn a_program_gets_exactly_its_arguments_and_environment() {
    let mut trial = trial(&["/usr/bin/env"]);
    trial.env = vec![c("A=1"), c("B=two words")];
    let outcome = trial.run();
    assert_eq!((outcome.spawned.failed, outcome.status), (None, 0));
    assert_eq!(outcome.output, "A=1\nB=two words\n");
    let mut named = shell("echo $0 $1; exit 3");
    named.argv = ["zero", "-c", "echo $0 $1; exit 3", "name", "one"].map(c).to_vec();
    let outcome = named.run();
    assert_eq!((outcome.output.as_str(), outcome.status), ("name one\n", 3));
}

#[test]
fn a_child_leads_its_own_process_group_in_our_session() {
    // Field 5 of stat is the process group, 6 the session.
    let outcome = trial(&["/bin/cat", "/proc/self/stat"]).run();
    let fields: Vec<&str> = outcome.output.split(' ').collect();
    let ours = std::fs::read_to_string("/proc/self/stat").unwrap();
    let our_session = ours.rsplit(')').next().unwrap().split(' ').nth(4).unwrap().to_owned();
    assert_eq!(fields[4], outcome.spawned.pid.to_string());
    assert_eq!(fields[5], our_session);
}

#[test]
fn standard_input_is_what_the_plan_says() {
    let (reader, writer) = pipe(Ours::Write).unwrap();
    File::from(writer).write_all(b"hello").unwrap();
    let mut trial = trial(&["/bin/cat"]);
    trial.stdin = reader;
    assert_eq!(trial.run().output, "hello");
}

#[test]
fn no_other_descriptor_reaches_the_child() {
    let null = File::open("/dev/null").unwrap();
    // SAFETY: 733 is a number that nothing in this program uses; the copy survives exec.
    assert_eq!(unsafe { libc::dup2(std::os::fd::AsRawFd::as_raw_fd(&null), 733) }, 733);
    let outcome = shell("for fd in /proc/$$/fd/*; do echo ${fd##*/}; done").run();
    let open: Vec<&str> = outcome.output.lines().collect();
    assert!(!open.contains(&"733"), "{open:?}");
    assert_eq!(open[..3], ["0", "1", "2"]);
}

#[test]
fn signals_are_as_the_plan_says() {
    const PIPE_AND_XFSZ: &str = "0000000001001000";
    const NONE: &str = "0000000000000000";
    signals::ignore(libc::SIGPIPE).unwrap();
    signals::ignore(libc::SIGXFSZ).unwrap();
    signals::ignore(libc::SIGUSR1).unwrap();
    let cat_status = || trial(&["/bin/cat", "/proc/self/status"]);
    let output = cat_status().run().output;
    assert_eq!(status_line(&output, "SigIgn"), PIPE_AND_XFSZ, "only these two stay ignored");
    assert_eq!(status_line(&output, "SigBlk"), NONE);
    let mut reset = cat_status();
    reset.reset_sigpipe = true;
    reset.signal_mask = SignalMask::of(&[libc::SIGUSR2]).unwrap();
    let output = reset.run().output;
    assert_eq!(status_line(&output, "SigIgn"), NONE);
    assert_eq!(status_line(&output, "SigBlk"), "0000000000000800");
}

#[test]
fn our_own_signal_mask_is_untouched() {
    let before = SignalMask::of_this_thread().unwrap();
    shell("exit 0").run();
    trial(&["/does/not/exist"]).run();
    assert_eq!(SignalMask::of_this_thread().unwrap(), before);
}

#[test]
fn directory_and_umask_belong_to_the_child_alone() {
    let before = std::env::current_dir().unwrap();
    let mut trial = shell("pwd; umask");
    trial.directory = Some(c("/usr"));
    trial.umask = Some(0o137);
    assert_eq!(trial.run().output, "/usr\n0137\n");
    assert_eq!(std::env::current_dir().unwrap(), before);
}

#[test]
fn what_cannot_be_executed_is_told_with_its_reason() {
    let directory = tempfile::tempdir().unwrap();
    let file = |name: &str, mode| {
        let path = directory.path().join(name);
        std::fs::write(&path, "no program\n").unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        path.to_str().unwrap().to_owned()
    };
    for (path, errno) in [
        ("/does/not/exist".to_owned(), Errno::ENOENT),
        (file("text", 0o644), Errno::EACCES),
        (file("script-without-shebang", 0o755), Errno::ENOEXEC),
        (directory.path().to_str().unwrap().to_owned(), Errno::EACCES),
    ] {
        assert_eq!(trial(&[&path]).failure(), StepFailure { step: Step::Exec, errno }, "{path}");
    }
}

#[test]
fn a_missing_directory_is_told_and_nothing_is_executed() {
    let mut trial = shell("echo executed");
    trial.directory = Some(c("/does/not/exist"));
    assert_eq!(trial.failure(), StepFailure { step: Step::Directory, errno: Errno::ENOENT });
}

#[test]
fn a_child_becomes_its_user_with_all_groups() {
    let mut trial = trial(&["/bin/cat", "/proc/self/status"]);
    if effective_uid() != 0 {
        skip("only root can become another user; testing that others cannot");
        trial.user = Some(Credentials { uid: effective_uid() + 1, gid: 1, groups: vec![1] });
        assert_eq!(trial.failure(), StepFailure { step: Step::Groups, errno: Errno::EPERM });
        return;
    }
    trial.user = Some(Credentials { uid: 12345, gid: 54321, groups: vec![54321, 77] });
    let output = trial.run().output;
    assert_eq!(status_line(&output, "Uid"), "12345 12345 12345 12345");
    assert_eq!(status_line(&output, "Gid"), "54321 54321 54321 54321");
    assert_eq!(status_line(&output, "Groups"), "77 54321");
    assert_eq!(effective_uid(), 0, "only the child changed");
}

#[test]
fn a_child_that_is_its_user_already_keeps_its_groups() {
    let mut trial = trial(&["/bin/cat", "/proc/self/status"]);
    let groups = status_line(&std::fs::read_to_string("/proc/self/status").unwrap(), "Groups").to_owned();
    trial.user = Some(Credentials { uid: effective_uid(), gid: 54321, groups: vec![54321] });
    let outcome = trial.run();
    assert_eq!(outcome.spawned.failed, None);
    assert_eq!(status_line(&outcome.output, "Groups"), groups);
}

#[test]
fn each_step_towards_the_user_can_fail_by_itself() {
    if effective_uid() != 0 {
        skip("only root gets past the first step");
        return;
    }
    const NOBODY_CAN_BE: u32 = u32::MAX;
    for (uid, gid, groups, step) in [
        (12345, 12345, vec![0; 65_537], Step::Groups),
        (12345, NOBODY_CAN_BE, vec![], Step::Group),
        (NOBODY_CAN_BE, 12345, vec![], Step::User),
    ] {
        let mut trial = shell("echo executed");
        trial.user = Some(Credentials { uid, gid, groups });
        assert_eq!(trial.failure(), StepFailure { step, errno: Errno::EINVAL });
    }
}

#[test]
fn the_user_comes_before_the_directory() {
    if effective_uid() != 0 {
        skip("only root can make a directory that its child's user cannot enter");
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    std::fs::set_permissions(directory.path(), std::fs::Permissions::from_mode(0o700)).unwrap();
    let mut trial = shell("echo executed");
    trial.user = Some(Credentials { uid: 12345, gid: 12345, groups: vec![] });
    trial.directory = Some(c(directory.path().to_str().unwrap()));
    assert_eq!(trial.failure(), StepFailure { step: Step::Directory, errno: Errno::EACCES });
}

#[test]
fn to_be_who_we_are_already_needs_no_privilege() {
    let mut trial = shell("id -u");
    trial.user = Some(Credentials { uid: effective_uid(), gid: u32::MAX, groups: vec![0; 65_537] });
    assert_eq!(trial.run().output, format!("{}\n", effective_uid()));
}

#[test]
fn threads_may_spawn_at_the_same_time() {
    let threads: Vec<_> = (0..4)
        .map(|number| {
            std::thread::spawn(move || {
                for round in 0..50 {
                    let text = format!("{number} {round}");
                    assert_eq!(trial(&["/bin/echo", &text]).run().output, format!("{text}\n"));
                    let missing: &CStr = c"/does/not/exist";
                    assert_eq!(trial(&[missing.to_str().unwrap()]).failure().step, Step::Exec);
                }
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
}
