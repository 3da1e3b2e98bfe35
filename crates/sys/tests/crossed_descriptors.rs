//! A child whose descriptors lie where others of them belong. Alone in its process, because it moves the
//! standard streams about.

use std::fs::File;
use std::io::Read;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};

use supervisor_sys::pipes::{Ours, pipe};
use supervisor_sys::signals::SignalMask;
use supervisor_sys::spawn::{SpawnPlan, spawn};

#[test]
fn each_stream_arrives_at_its_place_whatever_number_it_had() {
    let (stdin_reader, stdin_writer) = pipe(Ours::Write).unwrap();
    let (stdout_reader, stdout_writer) = pipe(Ours::Write).unwrap();
    let (stderr_reader, stderr_writer) = pipe(Ours::Write).unwrap();
    nix::unistd::write(&stdin_writer, b"in").unwrap();
    drop(stdin_writer);

    let saved: Vec<_> = (0..3)
        // SAFETY: the standard streams are open in a test.
        .map(|fd| unsafe { BorrowedFd::borrow_raw(fd) }.try_clone_to_owned().unwrap())
        .collect();
    let place = |fd: BorrowedFd<'_>, number| {
        // SAFETY: plain numbers; nothing is printed until the streams are put back.
        assert_eq!(unsafe { libc::dup2(fd.as_raw_fd(), number) }, number);
    };
    // Standard output lies at 0, standard error at 1, standard input at 2.
    place(stdout_writer.as_fd(), 0);
    place(stderr_writer.as_fd(), 1);
    place(stdin_reader.as_fd(), 2);
    drop((stdout_writer, stderr_writer, stdin_reader));
    // SAFETY: all three are open.
    let at = |number| unsafe { BorrowedFd::borrow_raw(number) };
    let spawned = spawn(&SpawnPlan {
        path: c"/bin/sh",
        argv: &[c"sh".into(), c"-c".into(), c"cat; echo out; echo err >&2".into()],
        env: &[c"PATH=/usr/bin:/bin".into()],
        stdin: at(2),
        stdout: at(0),
        stderr: at(1),
        user: None,
        directory: None,
        own_process_group: true,
        umask: None,
        signal_mask: SignalMask::empty(),
        reset_sigpipe: false,
    });
    for (number, fd) in (0..).zip(&saved) {
        place(fd.as_fd(), number);
    }

    let text = |reader| {
        let mut text = String::new();
        File::from(reader).read_to_string(&mut text).unwrap();
        text
    };
    assert_eq!(spawned.unwrap().failed, None);
    assert_eq!(text(stdout_reader), "inout\n");
    assert_eq!(text(stderr_reader), "err\n");
}
