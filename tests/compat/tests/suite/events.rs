//! Events and their listeners.

use supervisor_compat::{Part, World, compare};

/// A listener that writes what it hears to `heard`.
fn listener(world: &World, events: &str, options: &str) -> String {
    let program = world.listener();
    format!(
        "[eventlistener:ear]\ncommand={program} %(here)s/heard\nevents={events}\nstartsecs=0\n{options}\n"
    )
}

/// Notes the events that name a process, which exclude those of the listener itself.
fn note_heard(world: &mut World, process: &str) {
    let heard = world.read("heard");
    let lines: Vec<_> = heard.lines().filter(|line| line.contains(process)).map(str::to_owned).collect();
    world.note("heard", lines.join("\n"));
}

#[test]
fn state_changes_are_told_with_what_came_before() {
    compare(|world| {
        let listener = listener(world, "PROCESS_STATE", "");
        world.start(&format!("{listener}[program:hasty]\ncommand=/bin/false\nautostart=false\nstartsecs=30\nstartretries=1\n[program:cat]\ncommand=/bin/cat\nautostart=false\nstartsecs=0\n"));
        world.await_running("ear");
        world.note_ctl(&["start", "cat"]);
        world.note_ctl(&["stop", "cat"]);
        world.note_ctl(&["start", "hasty"]);
        world.await_state("hasty", "FATAL");
        let _ = world.await_text("heard", "PROCESS_STATE_FATAL");
        note_heard(world, "processname:cat");
        note_heard(world, "processname:hasty");
    });
}

#[test]
fn exits_tell_whether_they_were_expected() {
    compare(|world| {
        let listener = listener(world, "PROCESS_STATE_EXITED", "");
        let quick = |name: &str, code| {
            format!(
                "[program:{name}]\ncommand=/bin/sh -c 'exit {code}'\nstartsecs=0\nautorestart=false\nautostart=false\n"
            )
        };
        world.start(&[listener, quick("good", 0), quick("bad", 1)].concat());
        world.await_running("ear");
        // Whether the start is answered before the end is chance in the reference.
        let _ = world.ctl(&["start", "good"]);
        let _ = world.await_text("heard", "processname:good");
        let _ = world.ctl(&["start", "bad"]);
        let _ = world.await_text("heard", "processname:bad");
        note_heard(world, "processname");
    });
}

#[test]
fn output_becomes_events_when_asked() {
    compare(|world| {
        let listener = listener(world, "PROCESS_LOG", "");
        world.start(&format!(
            "{listener}
[program:talk]
command=/bin/cat
startsecs=0
stdout_events_enabled=true
stdout_logfile=NONE
"
        ));
        world.await_running("ear");
        world.await_running("talk");
        world.rpc("supervisor.sendProcessStdin", &["talk".into(), "hello\n".into()]).expect("it runs");
        let _ = world.await_text("heard", "hello");
        note_heard(world, "processname");
    });
}

#[test]
fn tagged_output_becomes_a_communication_event_and_stays_out_of_the_log() {
    compare(|world| {
        let listener = listener(world, "PROCESS_COMMUNICATION", "");
        world.start(&format!(
            "{listener}
[program:talk]
command=/bin/cat
startsecs=0
stdout_capture_maxbytes=1MB
stdout_logfile=%(here)s/out
"
        ));
        world.await_running("ear");
        world.await_running("talk");
        for part in [
            "before",
            "<!--XSUPERVISOR:BE",
            "GIN-->pay",
            "load<!--XSUPERVISOR:END-->after and some more of it\n",
        ] {
            world.rpc("supervisor.sendProcessStdin", &["talk".into(), part.into()]).expect("it runs");
        }
        let _ = world.await_text("heard", "payload");
        world.note("log", world.await_text("out", "more of it\n"));
        note_heard(world, "processname");
    });
}

#[test]
fn remote_groups_and_supervisor_events_are_told() {
    compare(|world| {
        let listener = listener(world, "REMOTE_COMMUNICATION,PROCESS_GROUP,SUPERVISOR_STATE_CHANGE", "");
        let resident = "[program:resident]\ncommand=/bin/cat\nstartsecs=0\n";
        let listener = format!("{listener}{resident}");
        world.start(&listener);
        world.await_running("ear");
        world.await_running("resident");
        world.note_rpc("sendRemoteCommEvent", &["kind".into(), "some\ndata".into()]);
        world.configure(&format!("{listener}[program:cat]\ncommand=/bin/cat\nautostart=false\n"));
        world.note_ctl(&["update"]);
        world.note_ctl(&["remove", "cat"]);
        let _ = world.await_text("heard", "PROCESS_GROUP_REMOVED");
        let heard = world.read("heard");
        let lines: Vec<_> = heard.lines().filter(|line| !line.contains("SUPERVISOR_STATE")).collect();
        world.note("heard", lines.join("\n"));
        // Whether a listener hears of the end before it ends itself is chance in the reference.
    });
}

#[test]
fn listeners_appear_as_processes_of_their_group() {
    compare(|world| {
        let listener = listener(world, "TICK_3600", "priority=5\n");
        world.start(&listener);
        world.await_running("ear");
        world.note_ctl(&["status"]);
        world.note_ctl(&["avail"]);
        world.note_ctl(&["restart", "ear"]);
        world.note_main_log(&["ear"]);
    });
}

#[test]
fn an_event_that_a_listener_refuses_is_told_again() {
    compare(|world| {
        let body = "n=0; while :; do echo READY; read header || exit; len=${header##*len:}; \
            head -c $len >/dev/null; n=$((n+1)); echo event >>heard; \
            if [ $n = 1 ]; then printf 'RESULT 4\\nFAIL'; else printf 'RESULT 2\\nOK'; fi; done";
        let script = world.script("refusing", body).display().to_string();
        world.start(&format!("[eventlistener:ear]\ncommand={script}\ndirectory=%(here)s\nevents=REMOTE_COMMUNICATION\nstartsecs=0\n"));
        world.await_running("ear");
        world.note_rpc("sendRemoteCommEvent", &["kind".into(), "data".into()]);
        world.note("heard", world.await_text("heard", "event\nevent\n"));
        world.note_main_log(&["ear"]);
    });
}

#[test]
fn a_listener_that_breaks_the_protocol_is_left_alone() {
    compare(|world| {
        let script = world.script("babble", "echo nonsense; exec cat").display().to_string();
        world.start(&format!(
            "[eventlistener:ear]\ncommand={script}\nevents=REMOTE_COMMUNICATION\nstartsecs=0\nbuffer_size=2\n"
        ));
        world.await_running("ear");
        world.await_log("UNKNOWN");
        for number in 1..5 {
            world.note_rpc("sendRemoteCommEvent", &["kind".into(), number.into()]);
        }
        world.await_log("discarding event");
        world.note_info("ear");
        world.note_main_log(&["ear"]);
    });
}

#[test]
fn each_event_has_a_serial_of_its_own_and_one_in_its_pool() {
    compare(|world| {
        let body = "while :; do echo READY; read header || exit; echo $header >>heard; len=${header##*len:}; \
            head -c $len >>heard; echo >>heard; printf 'RESULT 2\\nOK'; done";
        let script = world.script("writes", body).display().to_string();
        world.start(&format!("[supervisord]\nidentifier=me\n[eventlistener:ear]\ncommand={script}\ndirectory=%(here)s\nevents=REMOTE_COMMUNICATION\nstartsecs=0\n"));
        world.await_running("ear");
        for data in ["one", "two \u{e9}"] {
            world.note_rpc("sendRemoteCommEvent", &["kind".into(), data.into()]);
        }
        let heard = world.await_text("heard", "two");
        let header = |line: &str| {
            line.split(' ').filter(|field| !field.starts_with("serial:")).collect::<Vec<_>>().join(" ")
        };
        let lines: Vec<_> = heard.lines().map(header).collect();
        world.note("heard", lines.join("\n"));
    });
}

#[test]
fn what_is_captured_is_told_as_output_too() {
    compare(|world| {
        let listener = listener(world, "PROCESS_LOG,PROCESS_COMMUNICATION", "buffer_size=100");
        world.start(&format!(
            "{listener}[program:talk]\ncommand=/bin/cat\nstartsecs=0\nstdout_events_enabled=true\n\
             stdout_capture_maxbytes=1MB\nstdout_logfile=%(here)s/out\n"
        ));
        world.await_running("ear");
        world.await_running("talk");
        let text = "<!--XSUPERVISOR:BEGIN-->a captured text of more than a few bytes<!--XSUPERVISOR:END-->and more\n";
        world.rpc("supervisor.sendProcessStdin", &["talk".into(), text.into()]).expect("it runs");
        let heard = world.await_text("heard", "PROCESS_COMMUNICATION");
        world.note(
            "as output",
            heard.contains("PROCESS_LOG_STDOUT processname:talk groupname:talk pid:").to_string(),
        );
        let is_told =
            heard.lines().any(|line| line.starts_with("PROCESS_LOG") && line.contains("captured text"));
        world.note("the captured text as output", is_told.to_string());
    });
}

#[test]
fn failed_starts_are_counted_anew_after_the_end_of_trying() {
    compare(|world| {
        let listener = listener(world, "PROCESS_STATE", "buffer_size=100");
        world.start(&format!(
            "{listener}[program:fickle]\ncommand=/bin/false\nautostart=false\nstartretries=1\nstartsecs=30\n"
        ));
        world.await_running("ear");
        for times in 1..=2 {
            let _ = world.ctl(&["start", "fickle"]);
            supervisor_compat::eventually("the end of trying", || {
                (world.read("heard").matches("PROCESS_STATE_FATAL").count() == times).then_some(())
            });
        }
        note_heard(world, "processname:fickle");
    });
}

#[test]
fn stopping_what_failed_to_start_is_told_without_a_pid() {
    compare(|world| {
        let listener = listener(world, "PROCESS_STATE", "buffer_size=100");
        world.start(&format!(
            "{listener}[program:hasty]\ncommand=/bin/false\nautostart=false\nstartretries=1000\nstartsecs=30\n"
        ));
        world.await_running("ear");
        let _ = world.ctl(&["start", "hasty"]);
        // The second wait lasts two seconds.
        let _ = world.await_text(
            "heard",
            "PROCESS_STATE_BACKOFF processname:hasty groupname:hasty from_state:STARTING tries:2",
        );
        let _ = world.ctl(&["stop", "hasty"]);
        let heard = world.await_text("heard", "PROCESS_STATE_STOPPED");
        world.note(
            "stopped",
            heard.lines().find(|line| line.contains("STOPPED processname:hasty")).unwrap_or(""),
        );
    });
}

#[test]
fn a_program_that_is_taken_out_and_put_back_is_told_in_order() {
    compare(|world| {
        let listener = listener(world, "EVENT", "buffer_size=100");
        world.start(&format!("{listener}[program:cat]\ncommand=/bin/cat\nstartsecs=0\n"));
        world.await_running("ear");
        world.await_running("cat");
        let _ = world.await_text("heard", "PROCESS_STATE_RUNNING processname:cat");
        for action in ["stop", "remove", "add"] {
            world.note_ctl(&[action, "cat"]);
        }
        let heard = supervisor_compat::eventually("the second addition", || {
            let heard = world.read("heard");
            (heard.matches("PROCESS_STATE_RUNNING processname:cat").count() == 2).then_some(heard)
        });
        let told: Vec<_> = heard.lines().filter(|line| line.contains("cat")).collect();
        world.note("told", told.join("\n"));
    });
}

#[test]
fn pools_come_before_programs_unless_they_say_otherwise() {
    compare(|world| {
        let listener = listener(world, "TICK_3600", "");
        let late = listener.replace("ear", "late").replace("startsecs=0", "startsecs=0\npriority=1001");
        world.start(&format!("{listener}{late}[program:cat]\ncommand=/bin/cat\nstartsecs=0\n"));
        for name in ["ear", "late", "cat"] {
            world.await_running(name);
        }
        world.note_ctl(&["avail"]);
        let spawned: Vec<_> = world
            .main_log()
            .iter()
            .map(|line| line.message.clone())
            .filter(|line| line.starts_with("spawned"))
            .collect();
        world.note("order", spawned.join("\n"));
    });
}

#[test]
fn a_captured_text_has_its_limit_and_what_is_short_is_logged() {
    compare(|world| {
        let listener = listener(world, "PROCESS_COMMUNICATION,PROCESS_STATE_EXITED", "buffer_size=100");
        let script = world.script(
            "talk",
            "read line\nprintf '<!--XSUPERVISOR:BEGIN-->0123456789abcdefghijklmnopqrstuvwxyz<!--XSUPERVISOR:END-->'\n\
             echo enough of it to be let go\nread line\nprintf 'short\\n'",
        );
        world.start(&format!(
            "{listener}[program:talk]\ncommand={}\nautorestart=false\nstartsecs=0\nstdout_capture_maxbytes=20\n\
             stdout_logfile=%(here)s/out\n",
            script.display()
        ));
        world.await_running("ear");
        world.await_running("talk");
        let go_on =
            || world.rpc("supervisor.sendProcessStdin", &["talk".into(), "\n".into()]).expect("it runs");
        go_on();
        let heard = world.await_text("heard", "PROCESS_COMMUNICATION");
        let text = heard.lines().find(|line| line.contains("COMMUNICATION")).unwrap_or_default();
        let text = text.rsplit('|').next().unwrap_or_default().to_owned();
        go_on();
        let _ = world.await_text("heard", "PROCESS_STATE_EXITED processname:talk");
        let entry = "capture-holds-back-tokens-only";
        let expected = ["0123456789abcdefghijklmnopqrstuvwxyz", "ghijklmnopqrstuvwxyz"];
        world.differs(entry, Part::Daemon, text, expected);
        let log = world.read("out");
        let last = log.lines().last().unwrap_or_default().to_owned();
        world.differs(entry, Part::Daemon, last, ["enough of it to be let go", "short"]);
    });
}
