//! Dropping privileges for good, alone in its process because there is no way back.

use std::io::Write;

use supervisor_sys::Errno;
use supervisor_sys::host::effective_uid;
use supervisor_sys::privileges::{Credentials, PrivilegeStep, become_user};

#[test]
fn every_thread_becomes_the_user_and_cannot_return() {
    let target = Credentials { uid: 12345, gid: 54321, groups: vec![54321] };
    if effective_uid() != 0 {
        let mut stderr = std::io::stderr();
        writeln!(stderr, "SKIPPED: only root can become another user").unwrap();
        assert_eq!(become_user(&target), Err((PrivilegeStep::Groups, Errno::EPERM)));
        return;
    }
    become_user(&target).unwrap();
    assert_eq!(std::thread::spawn(effective_uid).join().unwrap(), 12345);
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    assert!(status.contains("Uid:\t12345\t12345\t12345\t12345\n"), "{status}");
    assert!(status.contains("Gid:\t54321\t54321\t54321\t54321\n"), "{status}");
    let back = Credentials { uid: 0, gid: 0, groups: vec![] };
    assert_eq!(become_user(&back), Err((PrivilegeStep::Groups, Errno::EPERM)));
}
