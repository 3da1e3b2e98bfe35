//! F39: the kernel refuses to write a log.

use supervisor_faults::observation::{times_in_main_log, wait_for_main_log};
use supervisor_faults::stage::stage;
use supervisor_worlds::demand::demand;

const STRACE: &str = "/usr/bin/strace";

fn refuse_writes(error: &str) {
    demand(&[(STRACE, "strace")]);
    let scene = stage(
        "[program:talk]\nstartsecs=0\nstdout_logfile=%(here)s/talk.log\n\
         command=/bin/sh -c 'while :; do i=$((i+1)); echo line $i; sleep 0.02; done'\n",
    );
    let log = scene.path("talk.log").display().to_string();
    let injection = format!("inject=write:error={error}:when=5..9");
    let strace =
        [STRACE, "-f", "-b", "execve", "-o", "/dev/null", "-P", &log, "-e", "trace=write", "-e", &injection];
    let world = scene.open_under(&strace);
    wait_for_main_log(&world, &format!("cannot write to {log}: {error} "));
    wait_for_main_log(&world, &format!("writing to {log} again; "));
    assert_eq!(world.state("talk"), "RUNNING");
    world.ctl_ok(&["stop", "talk"]);
    assert_eq!(times_in_main_log(&world, "cannot write to"), 1, "said once, however many are refused");
    let main_log = world.read("run/main.log");
    let told =
        main_log.lines().find_map(|line| line.split_once("again; ")?.1.strip_suffix(" bytes were lost"));
    // What is missing between the first line and the last is what was counted.
    let lines = world.read("talk.log");
    let last: usize =
        lines.lines().last().and_then(|line| line.strip_prefix("line ")?.parse().ok()).expect("a line");
    let said: usize = (1..=last).map(|number| format!("line {number}\n").len()).sum();
    assert!(said > lines.len(), "nothing was refused");
    assert_eq!(told, Some((said - lines.len()).to_string().as_str()));
    world.shut_down();
}

#[test]
fn a_log_that_fails_loses_only_what_was_refused_and_counts_it() {
    for error in ["EIO", "EROFS", "EDQUOT"] {
        refuse_writes(error);
    }
}
