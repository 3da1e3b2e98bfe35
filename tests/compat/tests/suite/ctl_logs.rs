//! `supervisorctl tail`, `maintail`, `fg`.

use supervisor_compat::{Signal, compare, crossed};

const TALK: &str = "
[program:talk]
command=/bin/sh -c 'echo out; echo err >&2; while read line; do echo \"got $line\"; done'
startsecs=0
stdout_logfile=%(here)s/out.log
stderr_logfile=%(here)s/err.log
[program:mute]
command=/bin/cat
startsecs=0
stdout_logfile=NONE
stderr_logfile=NONE
";

#[test]
fn tail_prints_the_end_of_a_log() {
    crossed(|world| {
        world.start(TALK);
        let _ = world.await_text("out.log", "out\n");
        let _ = world.await_text("err.log", "err\n");
        world.await_running("mute");
        for words in [
            &["tail"][..],
            &["tail", "talk"],
            &["tail", "talk", "stderr"],
            &["tail", "talk", "STDOUT"],
            &["tail", "-2", "talk"],
            &["tail", "-0", "talk"],
            &["tail", "mute"],
            &["tail", "nosuch"],
            &["tail", "talk", "nosuch"],
            &["tail", "-x", "talk"],
            &["tail", "-f"],
            &["tail", "-5"],
            &["tail", "a", "b", "c", "d"],
            &["maintail", "a", "b"],
            &["maintail", "foo"],
            &["maintail", "-x"],
        ] {
            world.note_ctl(words);
        }
    });
}

#[test]
fn the_default_tail_is_1600_bytes() {
    crossed(|world| {
        world.start("[program:talk]\ncommand=/bin/sh -c 'yes 123456789 | head -n 500; exec cat'\nstartsecs=0\nstdout_logfile=%(here)s/out\n");
        supervisor_compat::eventually("5000 bytes", || (world.read("out").len() == 5000).then_some(()));
        let finished = world.ctl(&["tail", "talk"]);
        world.note("length", finished.stdout.len().to_string());
        let finished = world.ctl(&["tail", "-100", "talk"]);
        world.note("length", finished.stdout.len().to_string());
        let finished = world.ctl(&["tail", "-9999", "talk"]);
        world.note("length", finished.stdout.len().to_string());
    });
}

#[test]
fn maintail_prints_the_end_of_the_main_log() {
    crossed(|world| {
        world.start("");
        world.await_file("s.sock");
        let finished = world.ctl(&["maintail"]);
        let log = world.read("supervisord.log");
        world.note("all of it", (finished.stdout == format!("{log}\n")).to_string());
        let finished = world.ctl(&["maintail", "-10"]);
        world.note("ten bytes", (finished.stdout == format!("{}\n", &log[log.len() - 10..])).to_string());
    });
}

#[test]
fn tail_f_follows_a_log_until_it_is_interrupted() {
    crossed(|world| {
        world.start(TALK);
        let _ = world.await_text("out.log", "out\n");
        let mut following = world.start_ctl(&["tail", "-f", "talk"]);
        following.await_stdout("out\n");
        world
            .rpc("supervisor.sendProcessStdin", &["talk".into(), "more\n".into()])
            .expect("the process runs");
        following.await_stdout("got more\n");
        following.signal(Signal::SIGINT);
        following.wait();
        let finished = following.finish();
        world.note_client("tail -f talk", &finished);
    });
}

#[test]
fn fg_connects_to_a_process() {
    compare(|world| {
        world.start(TALK);
        let _ = world.await_text("out.log", "out\n");
        let _ = world.await_text("err.log", "err\n");
        world.await_running("mute");
        let mut foreground = world.start_ctl(&["fg", "talk"]);
        foreground.await_stdout("out\n");
        foreground.await_stdout("err\n");
        foreground.type_in("hello\n");
        foreground.await_stdout("got hello\n");
        foreground.signal(Signal::SIGINT);
        foreground.await_stdout("Exiting foreground");
        let mut lines: Vec<_> = foreground.stdout().lines().map(str::to_owned).collect();
        lines.sort_unstable();
        world.note("lines", lines.join("\n"));
        for words in [&["fg"][..], &["fg", "a", "b"], &["fg", "nosuch"], &["fg", "talk:*"]] {
            world.note_ctl(words);
        }
        world.note_ctl(&["stop", "mute"]);
        world.note_ctl(&["fg", "mute"]);
        world.note_ctl(&["status", "talk"]);
    });
}
