//! Events and their listeners.

use supervisor_compat::{World, compare};

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
