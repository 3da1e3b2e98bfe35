//! The program as an operator calls it to look at a configuration.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

fn supervisord(directory: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_supervisord"));
    command.current_dir(directory).args(["-c", "s.conf"]).args(arguments);
    command.output().unwrap()
}

fn folder(text: &str) -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("s.conf"), text).unwrap();
    fs::set_permissions(directory.path().join("s.conf"), Permissions::from_mode(0o600)).unwrap();
    directory
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

/// The names in a folder, sorted.
fn names(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

const SOUND: &str =
    "[supervisord]\nuser=root\nchildlogdir=%(here)s\n[program:a]\ncommand=/bin/sh -c 'exit 0'\n";

#[test]
fn a_check_tells_what_it_finds_touches_nothing_and_ends_with_a_status() {
    let folder =
        folder("[supervisord]\nlogfile=%(here)s/s.log\nautostrat=1\n[program:a]\ncommand=/no/such\n");
    let output = supervisord(folder.path(), &["--check"]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(text(&output.stderr), "");
    let report = text(&output.stdout);
    assert!(
        report.starts_with(
            "error[command-not-found]: [program:a]: can't find command '/no/such'\n --> s.conf:5:9\n  |\n\
             5 | command=/no/such\n  |         ^^^^^^^^\n  = help: no file is there\n"
        ),
        "{report}"
    );
    assert!(report.contains("\nwarning[ignored-option]: ") || report.contains("\nwarning[unknown-option]: "));
    assert!(report.lines().last().unwrap().starts_with("s.conf: 1 error, "), "{report}");
    assert_eq!(names(folder.path()), ["s.conf"]);
}

#[test]
fn a_check_without_errors_has_status_zero() {
    let folder = folder(SOUND);
    let output = supervisord(folder.path(), &["--check", "--format", "json"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stdout));
    assert!(text(&output.stdout).starts_with('['), "{}", text(&output.stdout));
    assert_eq!(names(folder.path()), ["s.conf"]);
}

#[test]
fn a_dump_can_be_checked_and_dumped_again() {
    let folder = folder(SOUND);
    let output = supervisord(folder.path(), &["--dump-config", "-e", "debug"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let dump = text(&output.stdout).to_owned();
    let line = |name: &str| {
        let line = dump.lines().find(|line| line.starts_with(name)).unwrap_or_default();
        line.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    assert_eq!(line("loglevel="), "loglevel=debug ; command line");
    assert_eq!(line("user="), "user=root ; s.conf:2");
    assert_eq!(line("command="), "command=/bin/sh -c 'exit 0' ; s.conf:5");
    assert_eq!(line("startsecs="), "startsecs=1 ; default");
    fs::write(folder.path().join("s.conf"), &dump).unwrap();
    assert_eq!(supervisord(folder.path(), &["--check"]).status.code(), Some(0));
    let values = |dump: &str| -> Vec<String> {
        let lines = dump.lines().filter(|line| !line.starts_with(';'));
        lines.map(|line| line.split(" ;").next().unwrap_or_default().trim_end().to_owned()).collect()
    };
    let again = supervisord(folder.path(), &["--dump-config"]);
    assert_eq!(values(text(&again.stdout)), values(&dump));
}

#[test]
fn a_start_that_is_refused_tells_all_faults() {
    let folder = folder("[supervisord]\nloglevel=inof\nnodaemon=ture\n");
    let output = supervisord(folder.path(), &[]);
    assert_eq!(output.status.code(), Some(2));
    let program = env!("CARGO_BIN_EXE_supervisord");
    assert_eq!(
        text(&output.stderr),
        format!(
            "Error: bad logging level name 'inof'\n --> s.conf:2:10\n  |\n2 | loglevel=inof\n  |          ^^^^\n  \
             = help: did you mean `info`?\n\n\
             Also: not a valid boolean value: 'ture'\n --> s.conf:3:10\n  |\n3 | nodaemon=ture\n  |          ^^^^\n  \
             = help: did you mean `true`?\n\n\
             For help, use {program} -h\n"
        )
    );
}

#[test]
fn a_wrong_command_line_is_told_in_two_lines() {
    let folder = folder(SOUND);
    let output = supervisord(folder.path(), &["--che"]);
    assert_eq!(output.status.code(), Some(2));
    let program = env!("CARGO_BIN_EXE_supervisord");
    assert_eq!(
        text(&output.stderr),
        format!("Error: option --che not recognized\nFor help, use {program} -h\n")
    );
}

#[test]
fn the_sample_is_printed_by_either_name_whatever_the_arguments() {
    let folder = folder(SOUND);
    let program = Path::new(env!("CARGO_BIN_EXE_supervisord"));
    let link = folder.path().join("echo_supervisord_conf");
    std::os::unix::fs::symlink(program, &link).unwrap();
    let by_link = Command::new(&link).args(["--help", "x"]).output().unwrap();
    let by_name = Command::new(env!("CARGO_BIN_EXE_echo_supervisord_conf")).output().unwrap();
    assert_eq!((by_link.status.code(), by_name.status.code()), (Some(0), Some(0)));
    assert_eq!(by_link.stdout, by_name.stdout);
    assert!(text(&by_link.stdout).contains("\n[unix_http_server]\n"));
    fs::write(folder.path().join("s.conf"), &by_link.stdout).unwrap();
    assert_eq!(supervisord(folder.path(), &["--dump-config"]).status.code(), Some(0));
}
