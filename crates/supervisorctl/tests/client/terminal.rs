//! The shell on a terminal.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::process::Stdio;

use nix::pty::openpty;
use supervisor_rpc::value::Value;

use crate::server::{Server, command};

/// What a user sees and types.
struct Terminal(File);

impl Terminal {
    /// Reads until `text` has been shown.
    fn await_text(&mut self, text: &str) {
        let mut shown = Vec::new();
        let mut byte = [0];
        while !shown.ends_with(text.as_bytes()) {
            self.0.read_exact(&mut byte).expect("the terminal shows more");
            shown.push(byte[0]);
        }
    }

    fn type_keys(&mut self, keys: &str) {
        self.0.write_all(keys.as_bytes()).expect("the terminal takes keys");
    }
}

#[test]
fn the_history_has_the_actions_that_were_typed_but_not_the_answers() {
    let server = Server::answering(|_, _| Ok(Value::Array(vec![])));
    let history = server.file("history");
    fs::write(&history, "from before\n").unwrap();
    let pair = openpty(None, None).unwrap();
    let side = || Stdio::from(pair.slave.try_clone().unwrap());
    let mut child = command(&server.folder, &server.url())
        .args(["--history_file", &history])
        .env("TERM", "xterm")
        .stdin(side())
        .stdout(side())
        .spawn()
        .unwrap();
    let mut terminal = Terminal(File::from(pair.master));
    // From here on the terminal ends with the client.
    drop(pair.slave);
    let prompt = "supervisor> ";
    terminal.await_text(prompt);
    terminal.type_keys("shutdo\t\r");
    terminal.await_text("y/N? ");
    terminal.type_keys("n\r");
    terminal.await_text(prompt);
    terminal.type_keys("quit\r");
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert_eq!(fs::read_to_string(history).unwrap(), "from before\nshutdown \nquit\n");
}
