//! The unit file for systemd: `examples/systemd`.

use std::fs;
use std::process::Command;

use supervisor_worlds::command::run;
use supervisor_worlds::demand::demand;
use supervisor_worlds::scene::repository;
use supervisor_worlds::subject;

/// Where the unit expects the daemon.
const INSTALLED: &str = "/usr/local/bin/supervisord";

#[test]
fn systemd_finds_nothing_to_complain_about_in_the_unit() {
    demand(&[("/usr/bin/systemd-analyze", "systemd")]);
    let unit = fs::read_to_string(repository().join("examples/systemd/supervisord.service")).unwrap();
    assert!(unit.contains(INSTALLED));
    // systemd looks whether the program is there, so the copy names the one under test.
    let unit = unit.replace(INSTALLED, subject::supervisord().to_str().unwrap());
    let directory = tempfile::tempdir().unwrap();
    let copy = directory.path().join("supervisord.service");
    fs::write(&copy, unit).unwrap();
    let answer = run(Command::new("/usr/bin/systemd-analyze").arg("verify").arg(&copy));
    assert_eq!((answer.code, answer.stdout.as_str(), answer.stderr.as_str()), (Some(0), "", ""));
}
