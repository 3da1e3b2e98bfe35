//! The daemon's own log and its copy on standard output.

use supervisor_compat::{World, compare, compare_as_root};

fn without_times(world: &World, text: &str) -> String {
    world.normalised(text)
}

#[test]
fn in_the_foreground_standard_output_repeats_the_log() {
    compare(|world| {
        world.start("[program:cat]\ncommand=/bin/cat\n");
        world.await_running("cat");
        let ending = world.stop();
        let stdout = world.daemon().stdout();
        world.note("the same", (stdout == world.read("supervisord.log")).to_string());
        world.note("stdout", without_times(world, &stdout));
        world.note("end", ending.to_string());
    });
}

#[test]
fn silent_keeps_standard_output_empty() {
    compare(|world| {
        world.configure("");
        world.launch(&["-s"]);
        let ending = world.stop();
        let stdout = world.daemon().stdout();
        world.note("stdout", stdout);
        world.note("end", ending.to_string());
    });
}

#[test]
fn the_level_decides_what_is_written() {
    compare(|world| {
        for level in ["critical", "error", "warn", "info"] {
            let _ = std::fs::remove_file(world.path("supervisord.log"));
            world.configure(&format!("[supervisord]\nloglevel={level}\n[program:quick]\ncommand=/bin/cat\n"));
            let conf = world.path("supervisord.conf").display().to_string();
            let program = world.program(supervisor_compat::Part::Daemon);
            let mut running = world.run(program, &["-n", "-c", &conf]);
            world.await_file("s.sock");
            world.await_running("quick");
            world.note_ctl(&["stop", "quick"]);
            running.signal(supervisor_compat::Signal::SIGTERM);
            let ending = running.wait();
            world.note(level, ending.to_string());
            world.note_main_log(&[]);
        }
    });
}

#[test]
fn the_log_is_rotated_by_size() {
    compare(|world| {
        world.start("[supervisord]\nlogfile_maxbytes=1000\nlogfile_backups=2\n[program:cat]\ncommand=/bin/cat\nstartsecs=0\n");
        world.await_file("s.sock");
        for _ in 0..8 {
            let _ = world.rpc("supervisor.stopProcess", &["cat".into()]);
            let _ = world.rpc("supervisor.startProcess", &["cat".into()]);
        }
        world.await_file("supervisord.log.2");
        world.note("files", world.names(|name| name.starts_with("supervisord.log")).join(" "));
        let size = world.read("supervisord.log.1").len();
        world.note("size", ((1000..1200).contains(&size)).to_string());
    });
}

#[test]
fn the_log_can_be_read_and_cleared() {
    compare(|world| {
        world.start("");
        world.await_file("s.sock");
        world.note_ctl(&["maintail", "-f", "-f"]);
        let log = world.read("supervisord.log");
        let answer = world.rpc("supervisor.readLog", &[(-20).into(), 0.into()]).expect("there is a log");
        world.note("the last 20 bytes", (answer.text() == &log[log.len() - 20..]).to_string());
        world.note_rpc("readLog", &[0.into(), 4.into()][..0]);
        world.note_rpc("readLog", &[4.into(), 1.into()]);
        world.note_rpc("readLog", &[(-4).into(), 1.into()]);
        world.note_rpc("clearLog", &[]);
        world.note_main_log(&[]);
        std::fs::remove_file(world.path("supervisord.log")).expect("the log is there");
        world.note_rpc("readMainLog", &[0.into(), 0.into()]);
        world.note_rpc("clearLog", &[]);
    });
}

#[test]
fn everything_is_logged_in_the_life_of_a_daemon_with_every_kind_of_server() {
    compare_as_root(|world| {
        let port = world.free_port();
        world.start(&format!(
            "
[supervisord]
user=root
minfds=2000
[inet_http_server]
port=127.0.0.1:{port}
username=u
password=p
[program:cat]
command=/bin/cat
startsecs=0
"
        ));
        world.await_running("cat");
        world.await_log("success: cat");
        world.stop();
        world.note_main_log(&[]);
    });
}
