//! Where ours deliberately answers better than the reference while it runs. Each is an entry of COMPAT.md.

use std::fs;

use supervisor_compat::xmlrpc::encode_call;
use supervisor_compat::{Part, Signal, Value, World, compare, eventually};

const TALK: &str = "
[program:talk]
command=/bin/cat
startsecs=0
stdout_logfile=%(here)s/out.log
stderr_logfile=%(here)s/err.log
";

/// The answer of a method as one line: the HTTP error, the fault, or the value.
fn answer_of(world: &World, method: &str, params: &[Value]) -> String {
    let answer = world.http("POST /RPC2", &[], encode_call(method, params).as_bytes());
    if answer.status != 200 {
        return format!("HTTP {}", answer.status);
    }
    match world.rpc(method, params) {
        Ok(value) => value.to_string(),
        Err(fault) => fault.to_string(),
    }
}

#[test]
fn clearing_a_stopped_program_empties_its_logs() {
    compare(|world| {
        world.write("out.log", "old\n");
        world.start(&TALK.replace("startsecs", "autostart=false\nstartsecs"));
        world.await_file("s.sock");
        world.note_ctl(&["clear", "talk"]);
        let left = world.read("out.log");
        world.differs("clear-stopped", Part::Daemon, left, ["old\n", ""]);
    });
}

#[test]
fn clearing_a_group_clears_its_processes() {
    compare(|world| {
        world.start(TALK);
        world.await_running("talk");
        let finished = world.ctl(&["clear", "talk:*"]);
        let expected = ["talk:None: ERROR (no such process)\n", "talk: cleared\n"];
        world.differs("clear-group", Part::Client, finished.stdout, expected);
    });
}

#[test]
fn a_wrong_password_takes_one_line() {
    compare(|world| {
        world.start("[unix_http_server]\nusername=me\npassword=secret\n");
        world.await_file("s.sock");
        let finished = world.ctl(&["version"]);
        let lines = finished.stdout.lines().count().to_string();
        world.differs("one-line-about-authentication", Part::Client, lines, ["2", "1"]);
        world.note("status", finished.ending.to_string());
    });
}

#[test]
fn following_what_is_not_there_fails() {
    compare(|world| {
        world.start(TALK);
        world.await_running("talk");
        let finished = world.ctl(&["tail", "-f", "nosuch"]);
        world.note("output", finished.stdout);
        let ending = finished.ending.to_string();
        world.differs("tail-of-nothing-fails", Part::Client, ending, ["exit 0", "exit 1"]);
    });
}

#[test]
fn control_characters_and_broken_text_in_a_log_can_be_read() {
    compare(|world| {
        world.write("out.log", b"a\x1b[31mb\n");
        world.write("err.log", b"a\xffb\n");
        world.start(TALK);
        world.await_running("talk");
        let raw = world.http(
            "POST /RPC2",
            &[],
            encode_call("supervisor.readProcessStdoutLog", &["talk".into(), 0.into(), 0.into()]).as_bytes(),
        );
        let escape = raw.text().contains('\u{1b}').to_string();
        world.differs("control-characters", Part::Daemon, escape, ["true", "false"]);
        let answer =
            answer_of(world, "supervisor.readProcessStderrLog", &["talk".into(), 0.into(), 0.into()]);
        world.differs("undecodable-bytes", Part::Daemon, answer, ["HTTP 500", "\"a\u{fffd}b\\n\""]);
        let finished = world.ctl(&["tail", "talk"]);
        world.differs("control-characters", Part::Daemon, finished.ending.to_string(), ["exit 1", "exit 0"]);
    });
}

#[test]
fn update_tells_a_broken_file_as_reread_does() {
    compare(|world| {
        world.start(TALK);
        world.await_running("talk");
        world.configure("[program:talk]\ncommand=/bin/cat\nstartsecs=soon\n");
        let reread = world.ctl(&["reread"]);
        let update = world.ctl(&["update"]);
        let same = (reread == update).to_string();
        world.differs("update-says-what-reread-says", Part::Client, same, ["false", "true"]);
        world.note("status", update.ending.to_string());
    });
}

#[test]
fn numbers_beyond_31_bits_are_capped() {
    compare(|world| {
        world.start("[program:talk]\ncommand=/bin/cat\nautostart=false\nstdout_logfile_maxbytes=4GB\n");
        world.await_file("s.sock");
        let answer =
            world.http("POST /RPC2", &[], encode_call("supervisor.getAllConfigInfo", &[]).as_bytes());
        world.differs("integers-are-capped", Part::Daemon, answer.status.to_string(), ["500", "200"]);
    });
}

#[test]
fn parameters_of_a_wrong_type_are_a_fault() {
    compare(|world| {
        world.start(TALK);
        world.await_running("talk");
        let answer = answer_of(world, "supervisor.getProcessInfo", &[7.into()]);
        world.differs("parameter-types", Part::Daemon, answer, ["HTTP 500", "fault 2 INCORRECT_PARAMETERS"]);
        let answer = answer_of(world, "system.multicall", &[vec![Value::from(7)].into()]);
        let begins = answer.split('\n').next().unwrap_or_default().to_owned();
        world.differs("multicall-elements", Part::Daemon, begins, ["HTTP 500", "[{faultCode: 2"]);
    });
}

#[test]
fn a_stop_during_retries_is_an_ordinary_stop() {
    compare(|world| {
        world.start("[program:lost]\ncommand=/no/such/program\nstartretries=100\n");
        world.await_state("lost", "BACKOFF");
        world.note_ctl(&["stop", "lost"]);
        let info = world.info("lost");
        let stopped = info.get("stop").is_some_and(|stop| stop.number() > 0).to_string();
        world.differs("stop-in-backoff", Part::Daemon, stopped, ["false", "true"]);
    });
}

#[test]
fn programs_of_one_priority_are_stopped_together() {
    compare(|world| {
        let body = "trap 'echo $1 begins >>order; sleep 0.5; echo $1 ends >>order; exit' TERM\n\
            touch $1.ready; while :; do sleep 0.05; done";
        let script = world.script("slow", body).display().to_string();
        let program = |name: &str| {
            format!("[program:{name}]\ncommand={script} {name}\ndirectory=%(here)s\nstartsecs=0\n")
        };
        world.start(&[program("one"), program("two")].concat());
        for name in ["one", "two"] {
            world.await_running(name);
            world.await_file(&format!("{name}.ready"));
        }
        let ending = world.stop();
        world.note("end", ending.to_string());
        let order = world.read("order");
        let verbs: Vec<_> = order.lines().filter_map(|line| line.split(' ').nth(1)).collect();
        let expected = ["begins ends begins ends", "begins begins ends ends"];
        world.differs("parallel-shutdown", Part::Daemon, verbs.join(" "), expected);
    });
}

#[test]
fn an_escape_sequence_cut_in_two_is_still_stripped() {
    compare(|world| {
        let body = "read line; printf 'A \\033[3'; read line; printf '1mB\\n'; exec cat";
        let script = world.script("paints", body).display().to_string();
        world.start(&format!("[supervisord]\nstrip_ansi=true\n{}", TALK.replace("/bin/cat", &script)));
        world.await_running("talk");
        for seen in ["A ", "B\n"] {
            world.rpc("supervisor.sendProcessStdin", &["talk".into(), "go\n".into()]).expect("it runs");
            let _ = world.await_text("out.log", seen);
        }
        let log = world.read("out.log");
        world.differs("strip-ansi-keeps-state", Part::Daemon, log, ["A 1mB\n", "A B\n"]);
    });
}

#[test]
fn the_unusable_is_skipped_on_the_search_path() {
    compare(|world| {
        world.write("first/mine", "not executable");
        world.script("second/mine", "exec cat");
        world.start("[program:mine]\ncommand=mine\nenvironment=PATH=\"%(here)s/first:%(here)s/second:/bin\"\nstartsecs=0\nstartretries=0\n");
        let state = eventually("an end", || {
            let state = world.info("mine").get("statename").map(Value::text).unwrap_or_default().to_owned();
            ["RUNNING", "FATAL"].contains(&state.as_str()).then_some(state)
        });
        world.differs("path-search-skips-unusable", Part::Daemon, state, ["FATAL", "RUNNING"]);
    });
}

#[test]
fn a_relative_configuration_is_found_again_after_changing_the_directory() {
    compare(|world| {
        fs::create_dir(world.path("place")).expect("the directory is ours");
        world.configure(
            "[supervisord]\ndirectory=%(here)s/place\n[program:cat]\ncommand=/bin/cat\nstartsecs=0\n",
        );
        let program = world.program(Part::Daemon);
        let daemon = world.run(program, &["-c", "supervisord.conf"]);
        let pid: i32 = eventually("the pidfile", || world.read("supervisord.pid").trim().parse().ok());
        world.await_running("cat");
        nix::sys::signal::kill(nix::unistd::Pid::from_raw(pid), Signal::SIGHUP).expect("it runs");
        let outcome = eventually("the end of the reload", || {
            if !std::path::Path::new(&format!("/proc/{pid}")).exists() {
                return Some("dead");
            }
            let starts = world
                .main_log()
                .iter()
                .filter(|line| line.message.starts_with("supervisord started"))
                .count();
            (starts > 1).then_some("alive")
        });
        world.differs("relative-paths-after-chdir", Part::Daemon, outcome, ["dead", "alive"]);
        drop(daemon);
    });
}

#[test]
fn a_vanished_log_directory_does_not_end_the_daemon() {
    compare(|world| {
        fs::create_dir(world.path("logs")).expect("the directory is ours");
        world.start(&TALK.replace("%(here)s/out.log", "%(here)s/logs/out.log"));
        world.await_running("talk");
        fs::remove_dir_all(world.path("logs")).expect("the directory is ours");
        world.signal(Signal::SIGUSR2);
        let pid = world.pid();
        eventually("the reopening", || {
            let is_gone = !std::path::Path::new(&format!("/proc/{pid}")).exists();
            let reopened = world.main_log().iter().any(|line| line.message.contains("logreopen"));
            (is_gone || reopened).then_some(())
        });
        let gone = eventually("a verdict", || {
            let status = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
            if status.is_empty() || status.contains(") Z ") {
                return Some("dead");
            }
            world.ctl(&["version"]).stdout.starts_with("4.3").then_some("alive")
        });
        world.differs("reopen-survives-lost-directories", Part::Daemon, gone, ["dead", "alive"]);
    });
}

/// A program that has ended; its child writes a line when there is a file `go`, and into `outcome` whether it could.
fn leave_a_child(world: &mut World) {
    let body = "echo early; (while [ ! -e go ]; do sleep 0.05; done; \
        if echo late; then echo ok >outcome; else echo lost >outcome; fi) & exit 0";
    let script = world.script("leaves-a-child", body).display().to_string();
    world.start(&format!("{}autorestart=false\ndirectory=%(here)s\n", TALK.replace("/bin/cat", &script)));
    world.await_state("talk", "EXITED");
}

#[test]
fn what_descendants_write_after_a_program_s_end_is_logged() {
    compare(|world| {
        leave_a_child(world);
        world.write("go", "");
        let outcome = world.await_text("outcome", "\n");
        if outcome == "ok\n" {
            let _ = world.await_text("out.log", "late\n");
        }
        let log = world.read("out.log");
        world.differs("output-of-descendants", Part::Daemon, log, ["early\n", "early\nlate\n"]);
    });
}

#[test]
fn what_descendants_write_after_a_reload_is_logged() {
    compare(|world| {
        leave_a_child(world);
        world.configure("");
        world.signal(Signal::SIGHUP);
        world.await_started(2);
        world.write("go", "");
        let outcome = world.await_text("outcome", "\n");
        if outcome == "ok\n" {
            let _ = world.await_text("out.log", "late\n");
        }
        let log = world.read("out.log");
        world.differs("output-of-descendants", Part::Daemon, log, ["early\n", "early\nlate\n"]);
    });
}

#[test]
fn an_extension_that_cannot_be_had_costs_its_own_actions_only() {
    compare(|world| {
        world.start(TALK);
        world.await_running("talk");
        for (file, section) in
            [("missing.conf", ""), ("unknown.conf", "supervisor.ctl_factory=nosuch:make\n")]
        {
            let serverurl = format!("serverurl=unix://{}", world.path("s.sock").display());
            world.write(file, format!("[supervisorctl]\n{serverurl}\n[ctlplugin:x]\n{section}"));
            let version = world.supervisorctl(&["-c", file, "version"]);
            world.differs(
                "ctlplugins-in-python",
                Part::Client,
                version.ending.to_string(),
                ["exit 2", "exit 0"],
            );
            let unknown = world.supervisorctl(&["-c", file, "xstart"]);
            let refusal = unknown.stderr.lines().find(|line| line.starts_with("Error: ")).unwrap_or_default();
            world.note("the reference's words", refusal);
            world.note("the reference's status", unknown.ending.to_string());
        }
    });
}

#[test]
fn another_mode_of_a_fastcgi_socket_is_a_change() {
    compare(|world| {
        let program = "[fcgi-program:f]\ncommand=/bin/cat\nautostart=false\nsocket=unix://%(here)s/f.sock\n";
        world.start(program);
        world.await_file("s.sock");
        world.configure(&format!("{program}socket_mode=0600\n"));
        let found = world.rpc("supervisor.reloadConfig", &[]).expect("the file is sound").to_string();
        let changed = found.contains('f').to_string();
        world.differs("fcgi-socket-options-are-changes", Part::Daemon, changed, ["false", "true"]);
    });
}
