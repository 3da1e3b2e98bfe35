//! What programs print.

use supervisor_compat::{Signal, World, compare};

/// A program that prints by a shell script and then stays.
fn printing(world: &World, name: &str, body: &str, options: &str) -> String {
    let script = world.script(name, &format!("{body}\nexec cat")).display().to_string();
    format!("[program:{name}]\ncommand={script}\ndirectory=%(here)s\nstartsecs=0\n{options}")
}

#[test]
fn standard_output_and_error_go_to_their_files_as_they_are() {
    compare(|world| {
        let body = "printf 'out\\000bytes\\377\\n'; printf 'no newline'; echo err >&2; touch done";
        let options = "stdout_logfile=%(here)s/out.log\nstderr_logfile=%(here)s/err.log\n";
        let program = printing(world, "talk", body, options);
        world.start(&program);
        world.await_file("done");
        world.note("out", format!("{:?}", world.await_text("out.log", "no newline")));
        world.note("err", world.await_text("err.log", "err\n"));
        world.note("mode", world.mode("out.log"));
        world.note_rpc("getProcessInfo", &["talk".into()]);
    });
}

#[test]
fn redirected_errors_join_standard_output_in_order() {
    compare(|world| {
        let body = "echo 1; echo 2 >&2; echo 3; echo 4 >&2";
        let options =
            "stdout_logfile=%(here)s/out.log\nstderr_logfile=%(here)s/err.log\nredirect_stderr=true\n";
        let program = printing(world, "talk", body, options);
        world.start(&program);
        world.note("out", world.await_text("out.log", "4\n"));
        world.note("no other file", world.mode("err.log"));
        world.note_rpc("getProcessInfo", &["talk".into()]);
        world.note_ctl(&["tail", "talk", "stderr"]);
    });
}

#[test]
fn without_log_files_the_output_is_read_and_thrown_away() {
    compare(|world| {
        let body = "yes | head -c 300000; yes | head -c 300000 >&2; touch done";
        let program = printing(world, "talk", body, "stdout_logfile=NONE\nstderr_logfile=off\n");
        world.start(&program);
        world.await_file("done");
        world.note_rpc("getProcessInfo", &["talk".into()]);
        world.note_ctl(&["tail", "talk"]);
        world.note_rpc("readProcessStdoutLog", &["talk".into(), 0.into(), 0.into()]);
        world.note_rpc("tailProcessStdoutLog", &["talk".into(), 0.into(), 10.into()]);
    });
}

#[test]
fn automatic_logs_are_private_files_made_before_the_first_start() {
    compare(|world| {
        let program = printing(world, "talk", "echo hello", "autostart=false\n");
        world.start(&format!("[supervisord]\nidentifier=me too\n{program}"));
        world.note_rpc("getProcessInfo", &["talk".into()]);
        let names = world.names(|name| name.starts_with("talk-"));
        for name in &names {
            world.note(name, world.mode(name));
        }
        world.note_ctl(&["start", "talk"]);
        let _ = world.await_text(&names[1], "hello\n");
        let ending = world.stop();
        let left = world.names(|name| name.starts_with("talk-"));
        world.note("they stay", format!("{ending} {}", left == names));
        world.launch(&[] as &[&str]);
        let renewed = world.names(|name| name.starts_with("talk-"));
        world.note("they are cleaned", format!("{} {}", renewed.len(), renewed != names));
    });
}

#[test]
fn nocleanup_keeps_the_automatic_logs_of_earlier_runs() {
    compare(|world| {
        world.write("gone-stdout---supervisor-abcdefgh.log", "old\n");
        world.write("gone-stdout---supervisor-abcdefgh.log.1", "older\n");
        world.write("gone-stdout---other-abcdefgh.log", "of another identifier\n");
        world.configure("");
        world.launch(&["--nocleanup"]);
        world.note("kept", world.names(|name| name.starts_with("gone")).join("\n"));
        world.stop();
        world.launch(&[] as &[&str]);
        world.note("cleaned", world.names(|name| name.starts_with("gone")).join("\n"));
    });
}

#[test]
fn a_full_log_is_rotated_and_the_oldest_is_dropped() {
    compare(|world| {
        // One chunk at a time, so that both subjects cut at the same places.
        let line = "0123456789".repeat(6);
        let body = format!("while read n; do echo \"${{n}}{line}\"; done");
        let options =
            "stdout_logfile=%(here)s/out.log\nstdout_logfile_maxbytes=100\nstdout_logfile_backups=2\n";
        let program = printing(world, "talk", &body, options);
        world.start(&program);
        world.await_running("talk");
        let sizes = |world: &World| {
            let names = world.names(|name| name.starts_with("out.log"));
            names.iter().map(|name| format!("{name} {}\n", world.read(name).len())).collect::<String>()
        };
        for number in 1..8 {
            let before = sizes(world);
            world
                .rpc("supervisor.sendProcessStdin", &["talk".into(), format!("{number}\n").as_str().into()])
                .expect("the process runs");
            // Two lines fill the file, which is then moved and made anew.
            let length = if number % 2 == 0 { 0 } else { 62 };
            supervisor_compat::eventually("the next line", || {
                let settled = world.path("out.log").exists() && world.read("out.log").len() == length;
                (settled && sizes(world) != before).then_some(())
            });
            world.note(&format!("after {number}"), sizes(world));
        }
        world.note("oldest", world.read("out.log.2"));
    });
}

#[test]
fn without_backups_a_full_log_is_begun_anew() {
    compare(|world| {
        let options =
            "stdout_logfile=%(here)s/out.log\nstdout_logfile_maxbytes=10\nstdout_logfile_backups=0\n";
        let program = printing(world, "talk", "while read line; do echo $line; done", options);
        world.start(&program);
        world.await_running("talk");
        for (line, left) in [("12345", "12345\n"), ("6789", "")] {
            world
                .rpc("supervisor.sendProcessStdin", &["talk".into(), format!("{line}\n").as_str().into()])
                .expect("the process runs");
            supervisor_compat::eventually("the line", || (world.read("out.log") == left).then_some(()));
        }
        world.note("files", world.names(|name| name.starts_with("out.log")).join(" "));
    });
}

#[test]
fn colours_are_stripped_from_the_log_when_asked() {
    compare(|world| {
        let body = "printf '\\033[31mred\\033[0m plain \\033[1;32mgreen\\033[m\\n'";
        let program = printing(world, "talk", body, "stdout_logfile=%(here)s/out.log\n");
        world.start(&format!("[supervisord]\nstrip_ansi=true\n{program}"));
        world.note("stripped", format!("{:?}", world.await_text("out.log", "\n")));
    });
}

#[test]
fn the_last_words_of_a_program_are_kept() {
    compare(|world| {
        world.start(
            "
[program:talk]
command=/bin/sh -c 'yes 0123456789 | head -c 60000; printf last; printf words >&2; kill -9 $$'
startsecs=0
autorestart=false
stdout_logfile=%(here)s/out.log
stderr_logfile=%(here)s/err.log
",
        );
        world.await_state("talk", "EXITED");
        let out = world.read("out.log");
        world.note("out", format!("{} {}", out.len(), &out[out.len() - 4..]));
        world.note("err", world.read("err.log"));
    });
}

#[test]
fn usr2_reopens_moved_logs() {
    compare(|world| {
        let options = "stdout_logfile=%(here)s/out.log\n";
        let program = printing(world, "talk", "echo before; while read line; do echo $line; done", options);
        world.start(&program);
        world.await_running("talk");
        let _ = world.await_text("out.log", "before\n");
        for (from, to) in [("out.log", "out.moved"), ("supervisord.log", "main.moved")] {
            std::fs::rename(world.path(from), world.path(to)).expect("the log is there");
        }
        world.signal(Signal::SIGUSR2);
        world.await_file("out.log");
        world
            .rpc("supervisor.sendProcessStdin", &["talk".into(), "after\n".into()])
            .expect("the process runs");
        world.note("new", world.await_text("out.log", "after\n"));
        world.note("old", world.read("out.moved"));
        let main = world.await_text("main.moved", "logreopen");
        let tail: Vec<_> = main.lines().filter(|line| line.contains("reopen")).map(str::to_owned).collect();
        world.note("main log", tail.join("\n"));
        world.await_file("supervisord.log");
    });
}

#[test]
fn clearing_makes_new_files_and_keeps_the_rotated_ones() {
    compare(|world| {
        world.write("out.log.1", "rotated\n");
        let options = "stdout_logfile=%(here)s/out.log\nstderr_logfile=%(here)s/err.log\n";
        let program =
            printing(world, "talk", "echo before; echo err >&2; while read l; do echo $l; done", options);
        world.start(&program);
        world.await_running("talk");
        let _ = world.await_text("out.log", "before\n");
        let _ = world.await_text("err.log", "err\n");
        world.note_ctl(&["clear", "talk"]);
        world.note("emptied", format!("{:?} {:?}", world.read("out.log"), world.read("err.log")));
        world
            .rpc("supervisor.sendProcessStdin", &["talk".into(), "after\n".into()])
            .expect("the process runs");
        world.note("goes on", world.await_text("out.log", "after\n"));
        world.note("rotated", world.read("out.log.1"));
        world.note_ctl(&["clear", "nosuch"]);
        world.note_rpc("clearProcessLogs", &["nosuch".into()]);
    });
}

#[test]
fn a_log_is_appended_to_across_restarts() {
    compare(|world| {
        world.write("out.log", "earlier\n");
        world.set_mode("out.log", 0o600);
        let program = printing(world, "talk", "echo started", "stdout_logfile=%(here)s/out.log\n");
        world.start(&program);
        let _ = world.await_text("out.log", "started\n");
        world.await_running("talk");
        world.note_ctl(&["restart", "talk"]);
        world.note("log", world.await_text("out.log", "started\nstarted\n"));
        world.note("mode", world.mode("out.log"));
    });
}

#[test]
fn a_log_that_cannot_be_opened_makes_the_start_fail() {
    compare(|world| {
        std::fs::create_dir(world.path("folder.log")).expect("the directory is ours");
        let program = printing(world, "talk", "", "stdout_logfile=%(here)s/folder.log\nstartretries=0\n");
        world.start(&program);
        world.await_state("talk", "FATAL");
        world.note_info("talk");
        world.note_main_log(&["talk"]);
    });
}

#[test]
fn at_debug_level_the_main_log_repeats_the_output() {
    compare(|world| {
        let program = printing(world, "talk", "echo hello; echo again", "stdout_logfile=NONE\n");
        world.start(&format!("[supervisord]\nloglevel=debug\n{program}"));
        world.await_log("again");
        let lines: Vec<_> =
            world.main_log().into_iter().filter(|line| line.message.contains("output:")).collect();
        let words: Vec<_> =
            lines.iter().map(|line| line.message.replace("'talk' stdout output:\n", "")).collect();
        world.note("levels", lines.first().map(|line| line.level.clone()).unwrap_or_default());
        world.note("all words", words.join("\n").replace("\n\n", "\n"));
    });
}
