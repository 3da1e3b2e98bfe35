//! From start to stop: states, retries, restarts, exit codes.

use supervisor_compat::{Value, World, compare};

/// Waits until the process has ended for good, then notes what is known about it and what the log says.
fn note_end(world: &mut World, process: &str, state: &str) {
    world.await_state(process, state);
    world.note_info(process);
    world.note_main_log(&[process]);
}

#[test]
fn a_program_is_started_and_stays_up_for_startsecs() {
    compare(|world| {
        world.start("[program:cat]\ncommand=/bin/cat\nstartsecs=1\n");
        world.await_running("cat");
        world.note_info("cat");
        world.note_ctl(&["status"]);
        let ending = world.stop();
        world.note("supervisord ends", ending.to_string());
        world.note_main_log(&[]);
    });
}

#[test]
fn a_program_that_ends_too_quickly_is_retried_and_given_up() {
    compare(|world| {
        world.start("[program:hasty]\ncommand=/bin/false\nstartretries=2\n");
        note_end(world, "hasty", "FATAL");
    });
}

#[test]
fn ending_too_quickly_is_a_failure_even_with_an_expected_code_and_without_autorestart() {
    compare(|world| {
        world.start("[program:hasty]\ncommand=/bin/true\nstartretries=1\nautorestart=false\nexitcodes=0\n");
        note_end(world, "hasty", "FATAL");
    });
}

#[test]
fn without_retries_one_failure_is_fatal() {
    compare(|world| {
        world.start("[program:hasty]\ncommand=/bin/false\nstartretries=0\n");
        note_end(world, "hasty", "FATAL");
        world.note_ctl(&["status"]);
    });
}

#[test]
fn with_startsecs_zero_a_quick_end_is_an_exit() {
    compare(|world| {
        world.start("[program:quick]\ncommand=/bin/sh -c 'exit 0'\nstartsecs=0\nautorestart=false\n");
        world.await_state("quick", "EXITED");
        world.note_info("quick");
        world.note_main_log(&["exited"]);
    });
}

#[test]
fn an_unexpected_exit_code_is_told_and_kept() {
    compare(|world| {
        world.start(
            "[program:quick]\ncommand=/bin/sh -c 'sleep 0.3; exit 3'\nstartsecs=0\nautorestart=false\n",
        );
        note_end(world, "quick", "EXITED");
    });
}

#[test]
fn several_exit_codes_may_be_expected() {
    compare(|world| {
        world.start("[program:quick]\ncommand=/bin/sh -c 'sleep 0.3; exit 3'\nstartsecs=0\nexitcodes=2,3\n");
        note_end(world, "quick", "EXITED");
    });
}

#[test]
fn death_by_a_signal_is_unexpected_and_has_exit_status_minus_one() {
    compare(|world| {
        world.start("[program:quick]\ncommand=/bin/sh -c 'sleep 0.3; kill -KILL $$'\nstartsecs=0\nautorestart=false\nexitcodes=0,9\n");
        note_end(world, "quick", "EXITED");
    });
}

#[test]
fn an_unexpected_exit_is_followed_by_a_restart_and_an_expected_one_is_not() {
    compare(|world| {
        let body =
            "n=$(cat count 2>/dev/null || echo 0); echo $((n+1)) >count; [ $n -lt 2 ] && exit 1; exit 0";
        let script = world.script("counting", body).display().to_string();
        world.configure(&format!("[program:counting]\ncommand={script}\ndirectory=%(here)s\nstartsecs=0\n"));
        world.launch(&[] as &[&str]);
        world.await_log("exited: counting (exit status 0; expected)");
        world.await_state("counting", "EXITED");
        world.note_info("counting");
        world.note_main_log(&["spawned", "exited"]);
    });
}

#[test]
fn autorestart_true_restarts_after_every_exit() {
    compare(|world| {
        let body =
            "n=$(cat count 2>/dev/null || echo 0); echo $((n+1)) >count; [ $n -lt 2 ] && exit 0; exec cat";
        let script = world.script("counting", body).display().to_string();
        let program = format!("command={script}\ndirectory=%(here)s\nstartsecs=0\nautorestart=true\n");
        world.start(&format!("[program:counting]\n{program}"));
        world.await_log_times("exited: counting", 2);
        world.await_log_times("spawned: 'counting'", 3);
        world.await_log("success: counting");
        world.await_state("counting", "RUNNING");
        world.note_info("counting");
        world.note_main_log(&["spawned", "exited"]);
    });
}

#[test]
fn a_command_that_cannot_be_found_is_fatal_with_its_reason() {
    compare(|world| {
        world.start("[program:lost]\ncommand=/no/such/program\nstartretries=1\n[program:bare]\ncommand=nosuchprogram\nstartretries=0\n");
        note_end(world, "lost", "FATAL");
        note_end(world, "bare", "FATAL");
    });
}

#[test]
fn commands_that_cannot_be_run_have_their_own_reasons() {
    compare(|world| {
        world.write("plain", "not executable");
        world.start(
            "
[program:plain]
command=%(here)s/plain
startretries=0
[program:folder]
command=%(here)s
startretries=0
[program:quotes]
command=/bin/echo 'open
startretries=0
[program:nothing]
command=
startretries=0
",
        );
        for name in ["plain", "folder", "quotes", "nothing"] {
            note_end(world, name, "FATAL");
            world.note_rpc("startProcess", &[name.into()]);
            world.note_ctl(&["start", name]);
        }
    });
}

#[test]
fn a_program_is_stopped_by_its_stop_signal() {
    compare(|world| {
        let body = "trap 'exit 5' INT; trap '' TERM; echo ready; while :; do sleep 0.05; done";
        let script = world.script("polite", body).display().to_string();
        world.start(&format!(
            "[program:polite]\ncommand={script}\nstopsignal=INT\nstartsecs=0\nstdout_logfile=%(here)s/out\n"
        ));
        let _ = world.await_text("out", "ready");
        world.await_running("polite");
        world.note_ctl(&["stop", "polite"]);
        note_end(world, "polite", "STOPPED");
    });
}

#[test]
fn a_program_that_ignores_its_stop_signal_is_killed_after_stopwaitsecs() {
    compare(|world| {
        let body = "trap '' TERM; echo ready; while :; do sleep 0.05; done";
        let script = world.script("stubborn", body).display().to_string();
        world.start(&format!(
            "[program:stubborn]\ncommand={script}\nstopwaitsecs=1\nstartsecs=0\nstdout_logfile=%(here)s/out\n"
        ));
        let _ = world.await_text("out", "ready");
        world.await_running("stubborn");
        world.note_rpc("stopProcess", &["stubborn".into()]);
        note_end(world, "stubborn", "STOPPED");
    });
}

/// A shell that starts a child of its own and tells both process ids.
const PARENT: &str = "trap '' TERM\nsh -c 'trap \"echo child >>signals; exit\" TERM; while :; do sleep 0.05; done' &\n\
    echo $! >child.pid\ntrap 'echo parent >>signals; exit' TERM\nwhile :; do sleep 0.05; done";

#[test]
fn stopasgroup_signals_the_whole_process_group() {
    compare(|world| {
        let body = "sh -c 'trap \"echo child >>signals; exit\" TERM; echo $$ >child.pid; while :; do sleep 0.05; done' &\n\
            trap 'echo parent >>signals; exit' TERM\nwhile :; do sleep 0.05; done";
        let script = world.script("parent", body).display().to_string();
        world.start(&format!(
            "[program:parent]\ncommand={script}\ndirectory=%(here)s\nstartsecs=0\nstopasgroup=true\n"
        ));
        let child = world.await_text("child.pid", "\n").trim().parse().expect("a process id");
        world.await_running("parent");
        world.note_ctl(&["stop", "parent"]);
        world.await_gone(child);
        let signals = world.read("signals");
        let mut lines: Vec<_> = signals.lines().collect();
        lines.sort_unstable();
        world.note("signals", lines.join("\n"));
    });
}

#[test]
fn without_stopasgroup_only_the_process_itself_is_signalled() {
    compare(|world| {
        let script = world.script("parent", PARENT).display().to_string();
        world.start(&format!("[program:parent]\ncommand={script}\ndirectory=%(here)s\nstartsecs=0\n"));
        let child: i32 = world.await_text("child.pid", "\n").trim().parse().expect("a process id");
        world.await_running("parent");
        world.note_ctl(&["stop", "parent"]);
        let survivor = std::path::Path::new("/proc").join(child.to_string()).exists();
        world.note("the child survives", survivor.to_string());
        world.note("signals", world.read("signals"));
    });
}

#[test]
fn killasgroup_kills_the_whole_process_group() {
    compare(|world| {
        let body = "trap '' TERM\nsh -c 'trap \"\" TERM; echo $$ >child.pid; while :; do sleep 0.05; done' &\n\
            while :; do sleep 0.05; done";
        let script = world.script("parent", body).display().to_string();
        let options = "directory=%(here)s\nstartsecs=0\nkillasgroup=true\nstopwaitsecs=1\n";
        world.start(&format!("[supervisord]\nloglevel=debug\n[program:parent]\ncommand={script}\n{options}"));
        let child = world.await_text("child.pid", "\n").trim().parse().expect("a process id");
        world.await_running("parent");
        world.note_ctl(&["stop", "parent"]);
        world.await_gone(child);
        world.note_main_log(&["killing", "stopped:"]);
    });
}

#[test]
fn a_starting_program_can_be_stopped() {
    compare(|world| {
        world.start("[program:slow]\ncommand=/bin/cat\nstartsecs=600\n");
        world.await_state("slow", "STARTING");
        world.note_ctl(&["stop", "slow"]);
        note_end(world, "slow", "STOPPED");
    });
}

#[test]
fn a_program_that_waits_for_its_retry_is_stopped_at_once() {
    compare(|world| {
        world.start("[program:hasty]\ncommand=/bin/false\nstartretries=100\n");
        world.await_log_times("exited: hasty", 3);
        world.await_state("hasty", "BACKOFF");
        world.note_ctl(&["start", "hasty"]);
        world.note_ctl(&["stop", "hasty"]);
        world.note_ctl(&["stop", "hasty"]);
        world.await_state("hasty", "STOPPED");
    });
}

#[test]
fn a_program_stopped_by_hand_stays_stopped_and_can_be_started_again() {
    compare(|world| {
        world.start("[program:cat]\ncommand=/bin/cat\nstartsecs=0\nautorestart=true\n");
        let first = world.await_running("cat");
        world.note_ctl(&["stop", "cat"]);
        world.note_info("cat");
        world.note_ctl(&["start", "cat"]);
        let second = world.await_running("cat");
        world.note("another process", (first != second).to_string());
        world.note_main_log(&["cat"]);
    });
}

#[test]
fn a_program_without_autostart_waits_for_an_order() {
    compare(|world| {
        world.start("[program:cat]\ncommand=/bin/cat\nautostart=false\nstartsecs=0\n[program:other]\ncommand=/bin/cat\nstartsecs=0\n");
        world.await_running("other");
        world.note_info("cat");
        world.note_rpc("getProcessInfo", &["cat".into()]);
        world.note_ctl(&["start", "cat"]);
        world.await_running("cat");
        world.note_rpc("getProcessInfo", &["cat".into()]);
    });
}

#[test]
fn a_killed_program_is_restarted() {
    compare(|world| {
        world.start("[program:cat]\ncommand=/bin/cat\nstartsecs=0\n");
        let first = world.await_running("cat");
        world.note_ctl(&["signal", "KILL", "cat"]);
        world.await_log_times("success: cat", 2);
        let second = world.await_running("cat");
        world.note("another process", (first != second).to_string());
        world.note_main_log(&["cat"]);
    });
}

#[test]
fn a_failed_exec_is_told_in_the_program_s_own_error_log() {
    compare(|world| {
        world.write("odd", "no interpreter line\n");
        world.set_mode("odd", 0o755);
        world.start(
            "[program:odd]\ncommand=%(here)s/odd arg\nstartretries=0\nstderr_logfile=%(here)s/odd.err\n",
        );
        world.await_state("odd", "FATAL");
        world.note("error log", world.read("odd.err"));
        world.note_main_log(&["odd"]);
    });
}

#[test]
fn starting_a_program_waits_for_the_verdict() {
    compare(|world| {
        world.start(
            "
[program:good]
command=/bin/cat
autostart=false
[program:bad]
command=/bin/false
autostart=false
startretries=0
[program:slow]
command=/bin/cat
autostart=false
startsecs=600
",
        );
        world.note_rpc("startProcess", &["good".into()]);
        world.note_info("good");
        world.note_rpc("startProcess", &["good".into()]);
        world.note_rpc("startProcess", &["bad".into()]);
        world.note_rpc("startProcess", &["slow".into(), Value::from(false)]);
        world.note_info("slow");
        note_end(world, "bad", "FATAL");
    });
}

#[test]
fn a_relative_command_is_looked_for_in_the_path_of_the_program() {
    compare(|world| {
        world.script("bin/mine", "echo mine; exec cat");
        world.start(
            "
[program:mine]
command=mine
environment=PATH=\"%(here)s/bin:/usr/bin:/bin\"
startsecs=0
stdout_logfile=%(here)s/mine.log
[program:theirs]
command=mine
startretries=0
",
        );
        world.await_running("mine");
        world.note("output", world.await_text("mine.log", "\n"));
        note_end(world, "theirs", "FATAL");
    });
}

#[test]
fn all_processes_of_a_program_live_their_own_lives() {
    compare(|world| {
        world.start(
            "
[program:many]
command=/bin/sh -c 'test %(process_num)d = 1 && exit 0; exec cat'
process_name=%(program_name)s_%(process_num)d
numprocs=3
startsecs=0
autorestart=unexpected
",
        );
        world.await_running("many:many_0");
        world.await_state("many:many_1", "EXITED");
        world.await_running("many:many_2");
        world.note_ctl(&["status"]);
        world.note_ctl_sorted(&["stop", "many:*"]);
        world.note_ctl(&["status", "many:*"]);
    });
}
