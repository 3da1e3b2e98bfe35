//! The client's interactive shell, on a pipe and on a terminal.

use supervisor_compat::{compare, crossed};

const PROMPT: &str = "supervisor> ";
const CAT: &str = "[program:cat]\ncommand=/bin/cat\nstartsecs=0\n";

#[test]
fn a_shell_on_a_pipe_shows_the_status_and_obeys_line_by_line() {
    crossed(|world| {
        world.start(&format!("[supervisorctl]\nprompt=me\n{CAT}"));
        world.await_running("cat");
        let finished =
            world.shell("status\n\nnosuch\nstop cat\nstatus nosuch\n  version  \nstart\n?version\n");
        world.note_client("shell", &finished);
    });
}

#[test]
fn exit_quit_and_the_end_of_input_leave_the_shell() {
    crossed(|world| {
        world.start(CAT);
        world.await_running("cat");
        for typed in ["exit\nversion\n", "quit now\nversion\n", "", "EOF\nversion\n"] {
            let finished = world.shell(typed);
            world.note_client(&format!("shell {typed:?}"), &finished);
        }
    });
}

#[test]
fn shutdown_and_reload_in_the_shell_ask_first() {
    crossed(|world| {
        world.start(CAT);
        world.await_running("cat");
        let finished = world.shell("shutdown\nn\nreload\n\nreload\nYes\n");
        world.note_client("shell", &finished);
        world.await_started(2);
        world.await_running("cat");
        let finished = world.shell("shutdown\ny\n");
        world.note_client("shell", &finished);
        let ending = world.await_exit();
        world.note("end", ending.to_string());
    });
}

#[test]
fn the_shell_goes_on_without_a_daemon_and_open_finds_another() {
    crossed(|world| {
        world.configure(CAT);
        let finished = world.shell("status\nstart cat\n");
        world.note_client("shell", &finished);
        world.start(CAT);
        world.await_running("cat");
        let url = format!("unix://{}/s.sock", world.here().display());
        let finished = world.shell(&format!("open {url}\nopen nonsense\nopen\n"));
        world.note_client("shell", &finished);
    });
}

#[test]
fn ctrl_c_at_the_prompt_leaves_the_shell() {
    compare(|world| {
        world.start(CAT);
        world.await_running("cat");
        let mut shell = world.start_ctl_on_a_terminal(&[]);
        shell.await_stdout(PROMPT);
        shell.type_in("version\r");
        shell.await_stdout_in_order(&["4.3.0", PROMPT]);
        shell.type_in("\x03");
        let ending = shell.wait();
        world.note("end", ending.to_string());
    });
}

#[test]
fn tab_completes_actions_and_process_names() {
    compare(|world| {
        world.start(&format!(
            "{CAT}[program:many]\ncommand=/bin/cat\nnumprocs=2\nprocess_name=m%(process_num)d\nstartsecs=0\n"
        ));
        world.await_running("cat");
        let mut shell = world.start_ctl_on_a_terminal(&[]);
        shell.await_stdout(PROMPT);
        shell.type_in("vers\t\r");
        shell.await_stdout_in_order(&["4.3.0", PROMPT]);
        shell.type_in("status many:m1\t\r");
        shell.await_stdout_in_order(&["4.3.0", PROMPT, "many:m1 ", "RUNNING", PROMPT]);
        shell.type_in("stop ca\t\r");
        shell.await_stdout_in_order(&["4.3.0", "RUNNING", "cat: stopped", PROMPT]);
        shell.type_in("\x04");
        let ending = shell.wait();
        world.note("end", ending.to_string());
    });
}

#[test]
fn a_shell_asks_for_the_password_the_server_wants() {
    compare(|world| {
        world.start(&format!("[unix_http_server]\nusername=me\npassword=secret\n{CAT}"));
        world.await_log("success: cat");
        let mut shell = world.start_ctl_on_a_terminal(&[]);
        shell.await_stdout("Username:");
        shell.type_in("me\r");
        shell.await_stdout("Password:");
        shell.type_in("secret\r");
        shell.await_stdout_in_order(&["RUNNING", PROMPT]);
        shell.type_in("version\r");
        shell.await_stdout_in_order(&["4.3.0", PROMPT]);
        let secret = shell.stdout().contains("secret");
        shell.type_in("\x04");
        let ending = shell.wait();
        world.note("end", format!("{ending}, password shown: {secret}"));
    });
}

#[test]
fn what_is_no_text_does_not_end_the_shell() {
    compare(|world| {
        world.start(CAT);
        world.await_running("cat");
        let mut shell = world.start_ctl_on_a_terminal(&[]);
        shell.await_stdout(PROMPT);
        shell.type_in(b"\xff\r");
        // The locale decides what the reference does; where it survives it calls this no action.
        if world.pair().to_string() == "ours" {
            shell.await_stdout_in_order(&["not UTF-8", PROMPT]);
        }
        shell.type_in("version\r");
        shell.await_stdout_in_order(&["4.3.0", PROMPT]);
        shell.type_in("\x04");
        let ending = shell.wait();
        world.note("end", ending.to_string());
    });
}
