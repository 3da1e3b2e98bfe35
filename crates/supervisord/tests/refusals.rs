//! What an operator reads when the system refuses what the configuration asks for.

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::Command;

fn refused(directory: &Path, configuration: &str) -> String {
    fs::write(directory.join("s.conf"), configuration).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_supervisord"));
    let output = command.current_dir(directory).args(["-n", "-c", "s.conf"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn an_address_that_is_taken_is_named_with_its_place() {
    let directory = tempfile::tempdir().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let told = refused(
        directory.path(),
        &format!(
            "[supervisord]\nlogfile=%(here)s/s.log\nchildlogdir=%(here)s\n[inet_http_server]\nport=127.0.0.1:{port}\n"
        ),
    );
    assert!(
        told.starts_with(
            "Error: Another program is already listening on a port that one of our HTTP servers is configured to \
             use.  Shut this program down first before starting supervisord.\n --> s.conf:5:6\n"
        ),
        "{told}"
    );
    assert!(told.contains(&format!(" = help: 127.0.0.1:{port} is taken; ")), "{told}");
    assert!(told.lines().last().unwrap().starts_with("For help, use "), "{told}");
}

#[test]
fn a_log_that_cannot_be_opened_is_named_with_its_place() {
    let directory = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink("s.log", directory.path().join("s.log")).unwrap();
    let told = refused(directory.path(), "[supervisord]\nlogfile=%(here)s/s.log\nchildlogdir=%(here)s\n");
    assert!(
        told.starts_with("Error: cannot open the log ") && told.contains("\n --> s.conf:2:9\n"),
        "{told}"
    );
    assert!(told.contains(" = help: "), "{told}");
}
