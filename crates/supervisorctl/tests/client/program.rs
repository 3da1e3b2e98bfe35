//! `[ctlplugin:x] command=`: actions that are programs of somebody's own.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Output, Stdio};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::extensions::configured;
use crate::infos;
use crate::server::Server;

fn server() -> Server {
    Server::answering(|method, _| match method {
        "getSupervisorVersion" => Ok("4.3.0".into()),
        _ => infos(),
    })
}

/// Runs the client where the action `x` is a script with this text, and `options` stand in `[supervisorctl]`.
fn run(server: &Server, script: &str, options: &str, words: &[&str]) -> Output {
    let path = server.file("x.sh");
    fs::write(&path, script).expect("a file");
    configured(server, &format!("{options}\n[ctlplugin:x]\ncommand=/bin/sh {path} 'first one'\n"), words)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn a_program_gets_its_words_as_they_are_and_knows_where_the_server_is() {
    let server = server();
    let script = "for word; do echo \"<$word>\"; done\n\
                  echo $SUPERVISOR_SERVER_URL ${SUPERVISOR_USERNAME-none} ${SUPERVISOR_PASSWORD-none}";
    let output = run(&server, script, "", &["x", "a  b", "-c", "\"'", ""]);
    let expected = format!("<first one>\n<a  b>\n<-c>\n<\"'>\n<>\n{} none none\n", server.url());
    assert_eq!((text(&output.stdout), text(&output.stderr)), (expected, String::new()));
    assert_eq!(output.status.code(), Some(0));
    let output = run(&server, script, "username=me\npassword=secret", &["x"]);
    assert_eq!(text(&output.stdout), format!("<first one>\n{} me secret\n", server.url()));
}

#[test]
fn its_end_is_ours() {
    let server = server();
    let output = run(&server, "echo no >&2; exit 42", "", &["x"]);
    assert_eq!((text(&output.stderr).as_str(), output.status.code()), ("no\n", Some(42)));
    let output = run(&server, "kill -TERM $$", "", &["x"]);
    assert_eq!(
        (text(&output.stderr).as_str(), output.status.code()),
        ("Error: x: killed by SIGTERM\n", Some(143))
    );
    let output = run(&server, "kill -INT $$", "", &["x"]);
    assert_eq!((text(&output.stderr).as_str(), output.status.code()), ("", Some(130)));
}

#[test]
fn its_help_is_what_it_says_of_itself() {
    let server = server();
    let output = run(&server, "echo \"help: $2\"; cat; exit 3", "", &["help", "x"]);
    assert_eq!((text(&output.stdout).as_str(), output.status.code()), ("help: --help\n", Some(0)));
    let output = run(&server, "", "", &["help"]);
    assert!(
        text(&output.stdout)
            .ends_with("\nx commands (type help <topic>):\n===============================\nx\n\n")
    );
}

#[test]
fn completions_can_ask_for_it() {
    let output = run(&server(), "", "", &["completions", "actions"]);
    assert_eq!((text(&output.stdout).as_str(), output.status.code()), ("x\n", Some(0)));
}

#[test]
fn what_cannot_be_run_is_told_with_its_reason() {
    let server = server();
    let plain = server.file("plain");
    fs::write(&plain, "no program\n").expect("a file");
    let broken = server.file("broken");
    fs::write(&broken, "#!/nowhere/to/be/found\n").expect("a file");
    fs::set_permissions(&broken, fs::Permissions::from_mode(0o755)).expect("the file is ours");
    for (command, reason, status) in [
        ("/nowhere/x", "can't find command '/nowhere/x'".to_owned(), 127),
        ("nowhere-on-the-path", "can't find command 'nowhere-on-the-path'".to_owned(), 127),
        (&plain, format!("command at '{plain}' is not executable"), 126),
        (
            &broken,
            format!("cannot run '{broken}': the interpreter that its first line names is not there"),
            127,
        ),
    ] {
        for (words, status) in [(&["x"][..], status), (&["help", "x"], 0)] {
            let output = configured(&server, &format!("[ctlplugin:x]\ncommand={command}\n"), words);
            assert_eq!(text(&output.stderr), format!("Error: x: {reason}\n"), "{words:?}");
            assert_eq!(output.status.code(), Some(status), "{words:?}");
        }
    }
}

#[test]
fn an_action_that_supervisor_has_wins_and_one_of_ours_does_not() {
    let server = server();
    let both = "[ctlplugin:version]\ncommand=/bin/false\n[ctlplugin:explain]\ncommand=/bin/echo mine\n\
                [ctlplugin:my-own.verb]\ncommand=/bin/echo mine,\n";
    let output = configured(&server, both, &["version"]);
    assert_eq!((text(&output.stdout).as_str(), output.status.code()), ("4.3.0\n", Some(0)));
    let warning = text(&output.stderr);
    assert!(
        warning.starts_with("Warning: [ctlplugin:version] has no effect: \"version\" is an action"),
        "{warning}"
    );
    assert_eq!(text(&configured(&server, both, &["explain", "x"]).stdout), "mine x\n");
    assert_eq!(text(&configured(&server, both, &["my-own.verb", "too"]).stdout), "mine, too\n");
    assert_eq!(configured(&server, both, &["--json", "explain"]).status.code(), Some(2));
    // That nothing of the kind exists is no reason to speak of extensions that can be had.
    assert_eq!(configured(&server, both, &["nope"]).status.code(), Some(1));
}

/// Types into a shell whose action `x` shows its process id and waits; Ctrl-C ends it.
#[test]
fn ctrl_c_ends_the_program_and_the_shell_goes_on() {
    let server = server();
    let script = server.file("x.sh");
    fs::write(&script, "echo \"pid $$\"\nexec cat\n").expect("a file");
    let configuration = server.file("shell.conf");
    let lines =
        format!("[supervisorctl]\nserverurl={}\n[ctlplugin:x]\ncommand=/bin/sh {script}\n", server.url());
    fs::write(&configuration, lines).expect("a file");
    // Whoever runs the tests may ignore the signal, and children inherit that.
    let mut child = Command::new("env")
        .args(["--default-signal=INT", env!("CARGO_BIN_EXE_supervisorctl"), "-c", &configuration])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the client");
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin.write_all(b"x 'unfinished\nx\nversion\nquit\n").expect("a reader");
    let mut stdout = BufReader::new(child.stdout.take().expect("a pipe"));
    let mut shown = String::new();
    let program = loop {
        let mut line = String::new();
        assert!(stdout.read_line(&mut line).expect("text") > 0, "{shown}");
        shown.push_str(&line);
        if let Some((_, pid)) = line.split_once("pid ").filter(|_| line.starts_with("supervisor> ")) {
            break pid.trim().parse().expect("a number");
        }
    };
    // A terminal tells both.
    let client = i32::try_from(child.id()).expect("a pid");
    for pid in [client, program] {
        kill(Pid::from_raw(pid), Signal::SIGINT).expect("a process");
    }
    stdout.read_to_string(&mut shown).expect("text");
    assert!(shown.ends_with("supervisor> 4.3.0\nsupervisor> \n"), "{shown}");
    assert_eq!(child.wait().expect("an end").code(), Some(0));
}
