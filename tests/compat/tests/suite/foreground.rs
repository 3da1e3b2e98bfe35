//! Daemons as containers and service managers run them: in the foreground, with logs on their own streams,
//! with fewer rights.

use std::os::unix::fs::MetadataExt;

use supervisor_compat::{Part, Signal, World, compare, compare_as_root};

/// Runs the daemon with `args` after `-c FILE`, until its standard output says all of `texts`.
fn printed(world: &World, args: &[&str], texts: &[&str]) -> String {
    let conf = world.path("supervisord.conf").display().to_string();
    let mut all = vec!["-c", &conf];
    all.extend(args);
    let mut running = world.run(world.program(Part::Daemon), &all);
    for text in texts {
        running.await_stdout(text);
    }
    running.signal(Signal::SIGTERM);
    let ending = running.wait();
    running.await_end_of_output();
    format!("{}({ending})", running.stdout())
}

#[test]
fn programs_may_log_to_the_daemon_s_own_streams() {
    compare(|world| {
        let script =
            world.script("talk", "echo to stdout; echo to stderr >&2; exec cat").display().to_string();
        world.configure(&format!(
            "
[supervisord]
nodaemon=true
logfile=/dev/null
logfile_maxbytes=0
[program:talk]
command={script}
startsecs=0
stdout_logfile=/dev/stdout
stdout_logfile_maxbytes=0
stderr_logfile=/dev/fd/1
stderr_logfile_maxbytes=0
"
        ));
        let output = printed(world, &[], &["to stdout\n", "to stderr\n", "success: talk"]);
        let mut lines: Vec<_> = output.lines().map(str::to_owned).collect();
        lines.retain(|line| !line.contains("waiting for"));
        let words = lines.iter().filter(|line| line.starts_with("to ")).count();
        world.note("words of the program", words.to_string());
        lines.retain(|line| !line.starts_with("to "));
        world.note("lines of the daemon", lines.join("\n"));
    });
}

#[test]
fn a_main_log_on_standard_output_is_written_twice() {
    compare(|world| {
        world.configure("[supervisord]\nlogfile=/dev/stdout\nlogfile_maxbytes=0\n");
        let output = printed(world, &["-n"], &["supervisord started"]);
        world.note("output", output);
    });
}

#[test]
fn nodaemon_and_silent_in_the_file_are_obeyed() {
    compare(|world| {
        world.configure("[supervisord]\nnodaemon=true\nsilent=true\n");
        let conf = world.path("supervisord.conf").display().to_string();
        let mut running = world.run(world.program(Part::Daemon), &["-c", &conf]);
        world.await_log("supervisord started");
        world.note_ctl(&["version"]);
        running.signal(Signal::SIGINT);
        let ending = running.wait();
        running.await_end_of_output();
        world.note("output", format!("{:?} {:?} {ending}", running.stdout(), running.stderr()));
    });
}

#[test]
fn a_daemon_that_gives_up_its_rights_runs_its_programs_without_them() {
    compare_as_root(|world| {
        world.set_mode("", 0o777);
        let probe = world.probe();
        world.start(&format!(
            "
[supervisord]
user=nobody
[program:probe]
command={probe} %(here)s/facts
startsecs=0
stdout_logfile=%(here)s/out
[program:other]
command=/bin/cat
user=root
startretries=0
stderr_logfile=%(here)s/other.err
"
        ));
        let facts = world.await_probe("facts").facts(&["uids", "gids", "groups"]);
        world.note("program", facts);
        world.await_state("other", "FATAL");
        world.note("a program that wants to be root", world.read("other.err"));
        for name in ["supervisord.log", "supervisord.pid", "s.sock", "out"] {
            let owner = std::fs::symlink_metadata(world.path(name)).map(|metadata| metadata.uid());
            world.note(name, owner.map_or_else(|_| "missing".to_owned(), |uid| uid.to_string()));
        }
        let environment = std::fs::read(format!("/proc/{}/environ", world.pid())).unwrap_or_default();
        let home = String::from_utf8_lossy(&environment)
            .split('\0')
            .find(|pair| pair.starts_with("HOME="))
            .map(str::to_owned);
        world.note("home", home.unwrap_or_default());
        world.note_main_log(&["Set uid", "other"]);
        let ending = world.stop();
        world.note("end", ending.to_string());
    });
}

#[test]
fn a_program_of_another_user_keeps_the_daemon_s_environment() {
    compare_as_root(|world| {
        world.set_mode("", 0o777);
        world.start(
            "
[program:shell]
command=/bin/sh -c 'id -un; id -gn; echo $HOME $USER $LOGNAME; exec cat'
user=nobody
directory=%(here)s
startsecs=0
stdout_logfile=%(here)s/out
",
        );
        world.await_running("shell");
        let owner = std::fs::metadata(world.path("out")).map(|metadata| metadata.uid()).unwrap_or(u32::MAX);
        world.note("log belongs to", owner.to_string());
        world.note("output", world.await_text("out", "root"));
        world.note_ctl(&["stop", "shell"]);
    });
}

#[test]
fn a_number_of_processes_can_grow_and_shrink() {
    compare(|world| {
        let program = |count: u32| {
            format!(
                "[program:many]\ncommand=/bin/cat\nnumprocs={count}\nprocess_name=%(program_name)s_%(process_num)02d\nstartsecs=0\n"
            )
        };
        world.start(&program(2));
        world.await_running("many:many_01");
        for count in [3, 1] {
            world.configure(&program(count));
            world.note_ctl(&["update"]);
            world.await_running("many:many_00");
            world.await_running(&format!("many:many_{:02}", count - 1));
            world.note_ctl(&["status"]);
        }
    });
}

#[test]
fn a_daemon_without_any_server_works_and_ends() {
    compare(|world| {
        world.configure_without_control("[program:cat]\ncommand=/bin/cat\nstartsecs=0\n");
        world.launch(&[] as &[&str]);
        world.await_log("success: cat");
        let ending = world.stop();
        world.note("end", ending.to_string());
        world.note_main_log(&[]);
    });
}
