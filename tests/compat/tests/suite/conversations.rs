//! What a conversation with a listener looks like in the main log, and what its buffer keeps and loses.

use std::fs;

use supervisor_compat::{Part, Signal, World, compare};

/// Says what it finds in `says.N` when that is there, N from 0, after each event it has read; writes down the events.
const SCRIPTED: &str = "\
n=0
answer() { until [ -e says.$n ]; do sleep 0.05; done; cat says.$n; n=$((n+1)); }
answer
while read header; do
    head -c ${header##*len:} >payload
    serial=${header#* serial:}
    echo ${serial%% *} >>told
    answer
done";

/// A pool `ear` of one listener that does as it is told.
fn start(world: &mut World, events: &str, options: &str) {
    world.script("scripted", SCRIPTED);
    world.start(&format!(
        "[eventlistener:ear]\ncommand=%(here)s/scripted\ndirectory=%(here)s\nevents={events}\nstartsecs=0\n{options}\n"
    ));
    world.await_running("ear");
}

/// Lets the listener say its next words, all at once.
fn say(world: &World, number: usize, words: &str) {
    world.write(&format!("words.{number}"), words);
    fs::rename(world.path(&format!("words.{number}")), world.path(&format!("says.{number}")))
        .expect("the world is ours");
}

fn send(world: &World, data: &str) {
    world.rpc("supervisor.sendRemoteCommEvent", &["kind".into(), data.into()]).expect("it takes it");
}

fn await_told(world: &World, text: &str) {
    let _ = world.await_text("told", text);
}

#[test]
fn a_conversation_is_told_line_by_line_at_the_level_debug() {
    compare(|world| {
        start(world, "REMOTE_COMMUNICATION", "[supervisord]\nloglevel=debug\n");
        say(world, 0, "READY\n");
        world.await_log("ACKNOWLEDGED -> READY");
        send(world, "one");
        await_told(world, "0\n");
        say(world, 1, "RESULT 2\nOKREADY\n");
        world.await_log_times("ACKNOWLEDGED -> READY", 2);
        send(world, "two");
        await_told(world, "0\n1\n");
        say(world, 2, "RESULT 4\nFAIL");
        world.await_log("rebuffering event 1");
        note_debug_lines(world, "main log");
    });
}

#[test]
fn an_event_that_nobody_is_ready_for_is_told_of_when_it_comes_back_only() {
    compare(|world| {
        start(world, "REMOTE_COMMUNICATION", "[supervisord]\nloglevel=debug\n");
        for data in ["zero", "one"] {
            send(world, data);
        }
        say(world, 0, "READY\n");
        await_told(world, "0\n");
        say(world, 1, "RESULT 2\nOKREADY\n");
        await_told(world, "0\n1\n");
        let told = world.read("supervisord.log").contains("rebuffering event 1").to_string();
        world.differs("rebuffering-is-told-of-what-comes-back", Part::Daemon, told, ["true", "false"]);
    });
}

/// Notes what the log tells of events and of what the listener says.
fn note_debug_lines(world: &mut World, heading: &str) {
    let told: Vec<_> = world
        .main_log()
        .iter()
        .filter(|line| line.level != "INFO" && ["ear", "event"].iter().any(|word| line.names(word)))
        .map(ToString::to_string)
        .collect();
    world.note(heading, told.join("\n"));
}

#[test]
fn a_result_line_that_is_no_text_is_shown_in_python_s_notation() {
    compare(|world| {
        world.script("scripted", "echo READY; read header; printf 'RESULT \\377\\n'; exec cat");
        world.start(
            "[eventlistener:ear]\ncommand=%(here)s/scripted\nevents=REMOTE_COMMUNICATION\nstartsecs=0\n",
        );
        world.await_running("ear");
        send(world, "one");
        world.await_log("UNKNOWN");
        world.note_main_log(&["ear"]);
    });
}

#[test]
fn an_event_that_comes_back_to_a_full_buffer_takes_the_place_of_the_next() {
    compare(|world| {
        start(world, "REMOTE_COMMUNICATION", "buffer_size=2\n");
        say(world, 0, "READY\n");
        send(world, "zero");
        await_told(world, "0\n");
        for data in ["one", "two"] {
            send(world, data);
        }
        say(world, 1, "RESULT 4\nFAILREADY\n");
        await_told(world, "0\n0\n");
        say(world, 2, "RESULT 2\nOKREADY\n");
        await_told(world, "0\n0\n2\n");
        world.note("told", world.read("told"));
        world.note_main_log(&["ear"]);
    });
}

#[test]
fn a_pool_whose_listener_is_stopped_goes_on_buffering_and_overflowing() {
    compare(|world| {
        start(world, "REMOTE_COMMUNICATION", "buffer_size=2\n");
        world.note_ctl(&["stop", "ear"]);
        for data in ["zero", "one", "two", "three"] {
            send(world, data);
        }
        world.await_log("discarding event 1");
        say(world, 0, "READY\n");
        world.note_ctl(&["start", "ear"]);
        await_told(world, "2\n");
        say(world, 1, "RESULT 2\nOKREADY\n");
        await_told(world, "2\n3\n");
        world.note("told", world.read("told"));
        world.note_main_log(&["event"]);
    });
}

#[test]
fn a_reload_forgets_what_is_buffered() {
    compare(|world| {
        start(world, "REMOTE_COMMUNICATION", "");
        send(world, "zero");
        send(world, "one");
        world.signal(Signal::SIGHUP);
        world.await_started(2);
        world.await_running("ear");
        say(world, 0, "READY\n");
        send(world, "two");
        await_told(world, "2\n");
        world.note("told", world.read("told"));
        world.note("payload", world.read("payload"));
    });
}

#[test]
fn a_length_that_nobody_can_mean_is_a_bad_result_line() {
    compare(|world| {
        for (round, length) in ["-1", "99999999999"].iter().enumerate() {
            start(world, "REMOTE_COMMUNICATION", "[supervisord]\nloglevel=debug\n");
            say(world, 0, "READY\n");
            send(world, "one");
            await_told(world, "0\n");
            say(world, 1, &format!("RESULT {length}\nOKREADY\n"));
            world.await_log(&format!("RESULT {length}"));
            if !world.pair().daemon.is_reference() {
                world.await_log("has entered the UNKNOWN state");
            }
            // What was sent before this is answered after what was read before it.
            world.note_rpc("getState", &[]);
            let told = world.read("supervisord.log").contains("bad result line").to_string();
            world.differs("result-lengths-have-limits", Part::Daemon, told, ["false", "true"]);
            let _ = world.stop();
            for name in ["supervisord.log", "told", "says.0", "says.1"] {
                fs::rename(world.path(name), world.path(&format!("{name}.{round}"))).expect("it is there");
            }
        }
    });
}

#[test]
fn the_standard_output_of_a_listener_is_logged_as_it_is_and_its_errors_are_like_a_program_s() {
    compare(|world| {
        world.script("scripted", "printf 'READY\\n'; echo oops >&2; printf '<!--XSUPERVISOR:BEGIN-->said<!--XSUPERVISOR:END-->' >&2\nread header; printf 'RESULT 2\\nOK'; exec sleep 1000");
        let other = world.listener();
        world.start(&format!(
            "[eventlistener:ear]\ncommand=%(here)s/scripted\nevents=REMOTE_COMMUNICATION\nstartsecs=0\n\
             stdout_logfile=%(here)s/out\nstdout_capture_maxbytes=1MB\nstdout_events_enabled=true\n\
             stderr_logfile=%(here)s/err\nstderr_capture_maxbytes=1MB\nstderr_events_enabled=true\n\
             [eventlistener:other]\ncommand={other} %(here)s/heard\nevents=PROCESS_LOG,PROCESS_COMMUNICATION\npriority=5\nstartsecs=0\nbuffer_size=50\n"
        ));
        world.await_running("ear");
        send(world, "one");
        world.note("output", world.await_text("out", "OK"));
        let heard = world.await_text("heard", "PROCESS_COMMUNICATION_STDERR");
        world.note("of standard output", heard.contains("STDOUT").to_string());
        world.note("communication", heard.lines().find(|line| line.contains("COMMUNICATION")).unwrap_or(""));
        world.note("an error as an event", heard.contains("channel:stderr|oops|").to_string());
        world.note("errors", world.await_text("err", "oops\n"));
    });
}

#[test]
fn a_ready_listener_hears_that_the_supervisor_stops() {
    compare(|world| {
        start(world, "SUPERVISOR_STATE_CHANGE", "");
        say(world, 0, "READY\n");
        say(world, 1, "RESULT 2\nOKREADY\n");
        await_told(world, "0\n");
        // Nobody stops before this one has: the listener is given the time to hear of it.
        world.script("lingers", "trap 'until [ -e heard ]; do sleep 0.05; done; exit 0' TERM\ntouch ready\nwhile :; do sleep 0.05; done");
        world.configure(
            "[eventlistener:ear]\ncommand=%(here)s/scripted\ndirectory=%(here)s\nevents=SUPERVISOR_STATE_CHANGE\n\
             startsecs=0\n[program:lingers]\ncommand=%(here)s/lingers\ndirectory=%(here)s\nstartsecs=0\n",
        );
        world.note_ctl(&["update"]);
        world.await_file("ready");
        world.signal(Signal::SIGTERM);
        await_told(world, "0\n1\n");
        world.note("payload", world.read("payload"));
        world.write("heard", "");
        let ending = world.await_exit();
        world.note("end", ending.to_string());
    });
}
