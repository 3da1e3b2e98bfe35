//! The whole stream of events of ten programs, byte for byte; only process ids, times and serial numbers may differ.

use supervisor_compat::{World, compare};

/// Writes every event down as it came, each in a line of its own; newlines of payloads become `|`.
const RECORDER: &str = "\
while echo READY && read header; do
    payload=$(head -c ${header##*len:} | tr '\\n' '|'; echo .)
    echo \"$header ${payload%.}\" >>heard
    printf 'RESULT 2\\nOK'
done";

/// Programs that are started one after the other, as the order of what happens at the same time is chance.
const PROGRAMS: &str = "
[program:good]
command=/bin/sleep 1000
autostart=false
startsecs=0

[program:struck]
command=/bin/sleep 1000
autostart=false
autorestart=false
startsecs=0

[program:crashing]
command=/bin/sh -c 'exit 7'
autostart=false
autorestart=false
startsecs=0

[program:ending]
command=/bin/sh -c 'exit 2'
autostart=false
autorestart=unexpected
exitcodes=0,2
startsecs=0

[program:fatal]
command=/bin/false
autostart=false
startsecs=30
startretries=1

[program:slow]
command=%(here)s/slow
directory=%(here)s
autostart=false
startsecs=0

[program:deaf]
command=%(here)s/deaf
directory=%(here)s
autostart=false
stopwaitsecs=1
startsecs=0

[program:revived]
command=/bin/sh -c 'test -e second && exec sleep 1000; touch second; exit 1'
directory=%(here)s
autostart=false
startsecs=0

[program:logging]
command=%(here)s/both
autostart=false
startsecs=0
stdout_events_enabled=true
stderr_events_enabled=true

[group:pair]
programs=talking,whispering

[program:talking]
command=/bin/cat
autostart=false
startsecs=0
stdout_capture_maxbytes=1MB

[program:whispering]
command=%(here)s/mutters
autostart=false
startsecs=0
stderr_capture_maxbytes=1MB
";

const ADDED: &str = "
[program:added]
command=/bin/sleep 1000
startsecs=0
";

fn configuration() -> String {
    let ear = "[supervisord]\nidentifier=me\n[eventlistener:ear]\ncommand=%(here)s/recorder\ndirectory=%(here)s\nevents=EVENT\n\
        startsecs=0\nbuffer_size=1000\n";
    format!("{ear}{PROGRAMS}")
}

/// The stream without ticks, whose time is nobody's choice, and without serial numbers.
fn stream(world: &World) -> Vec<String> {
    let heard = world.read("heard");
    let events = heard.lines().filter(|line| !line.contains(" eventname:TICK_"));
    events
        .map(|line| {
            let (header, rest) = line.split_once(" eventname:").unwrap_or((line, ""));
            let words = header.split(' ').filter(|word| !word.contains("serial:"));
            let (name, rest) = rest.split_once(" len:").unwrap_or((rest, ""));
            let payload = rest.split_once(' ').map_or("", |(_, payload)| payload);
            format!("{} {name} {payload}", words.collect::<Vec<_>>().join(" "))
        })
        .collect()
}

/// Waits for a line with both texts.
fn await_event(world: &World, event: &str, payload: &str) {
    supervisor_compat::eventually(&format!("{event} {payload}"), || {
        stream(world).iter().any(|line| line.contains(event) && line.contains(payload)).then_some(())
    });
}

fn await_state(world: &World, name: &str, state: &str) {
    await_event(world, &format!("PROCESS_STATE_{state} "), &format!("processname:{name} "));
}

fn start(world: &World, name: &str) {
    let _ = world.ctl(&["start", name]);
}

/// Starts a process, awaits that it is told as RUNNING, stops it and awaits that.
fn start_and_stop(world: &World, name: &str) {
    start(world, name);
    await_state(world, name, "RUNNING");
    let _ = world.ctl(&["stop", name]);
    await_state(world, name, "STOPPED");
}

fn type_in(world: &World, name: &str, text: &str) {
    world.rpc("supervisor.sendProcessStdin", &[name.into(), text.into()]).expect("it runs");
}

/// The lives of programs that end in every way.
fn live_and_die(world: &World) {
    start_and_stop(world, "good");
    start(world, "struck");
    await_state(world, "struck", "RUNNING");
    let _ = world.ctl(&["signal", "KILL", "struck"]);
    for name in ["struck", "crashing", "ending"] {
        if name != "struck" {
            start(world, name);
        }
        await_state(world, name, "EXITED");
    }
    start(world, "fatal");
    await_event(world, "PROCESS_STATE_FATAL", "processname:fatal ");
    for name in ["slow", "deaf"] {
        start(world, name);
        world.await_file(&format!("{name}.ready"));
        let _ = world.ctl(&["stop", name]);
        await_state(world, name, "STOPPED");
    }
    start(world, "revived");
    await_event(world, "PROCESS_STATE_STARTING", "processname:revived groupname:revived from_state:EXITED");
    await_event(world, "PROCESS_STATE_RUNNING", "processname:revived ");
}

/// The lives of programs that have something to say.
fn speak(world: &World) {
    start(world, "logging");
    for line in ["one", "two |", "three"] {
        type_in(world, "logging", &format!("{line}\n"));
        await_event(world, "PROCESS_LOG_STDOUT", &format!("channel:stdout|out {line}"));
        await_event(world, "PROCESS_LOG_STDERR", &format!("channel:stderr|err {line}"));
    }
    for (name, event) in [
        ("pair:talking", "PROCESS_COMMUNICATION_STDOUT"),
        ("pair:whispering", "PROCESS_COMMUNICATION_STDERR"),
    ] {
        start(world, name);
        for part in
            ["before the token <!--XSUPER", "VISOR:BEG", "IN-->first ", "part\n", "second<!--XSUPERVISOR:E"]
        {
            type_in(world, name, part);
        }
        type_in(world, name, "ND-->and enough after it to be let go\n");
        await_event(world, event, "first part|second");
    }
    for (kind, data) in [("kind", "some\ndata"), ("a b:c", ""), ("7", "8")] {
        world.rpc("supervisor.sendRemoteCommEvent", &[kind.into(), data.into()]).expect("it takes it");
        await_event(world, "REMOTE_COMMUNICATION", &format!("type:{kind}|{}", data.replace('\n', "|")));
    }
}

/// A group that comes and goes with the configuration.
fn come_and_go(world: &World) {
    world.configure(&format!("{}{ADDED}", configuration()));
    let _ = world.ctl(&["update"]);
    await_state(world, "added", "RUNNING");
    world.configure(&configuration());
    let _ = world.ctl(&["update"]);
    await_event(world, "PROCESS_GROUP_REMOVED", "groupname:added|");
}

#[test]
fn ten_lives_are_told_byte_for_byte_alike() {
    compare(|world| {
        world.script("recorder", RECORDER);
        world.script("slow", "trap 'sleep 0.5; exit 0' TERM\ntouch slow.ready\nwhile :; do sleep 0.05; done");
        world.script("deaf", "trap '' TERM\ntouch deaf.ready\nwhile :; do sleep 1; done");
        world.script(
            "both",
            "while read line; do echo \"out $line\"; sleep 0.3; echo \"err $line\" >&2; done",
        );
        world.script("mutters", "exec cat >&2");
        world.start(&configuration());
        world.await_running("ear");
        await_state(world, "ear", "RUNNING");
        live_and_die(world);
        speak(world);
        come_and_go(world);
        for name in ["revived", "logging", "pair:talking", "pair:whispering"] {
            let _ = world.ctl(&["stop", name]);
            await_state(world, name.rsplit(':').next().unwrap_or(name), "STOPPED");
        }
        let _ = std::fs::remove_file(world.path("slow.ready"));
        start(world, "slow");
        world.await_file("slow.ready");
        let before = stream(world).len();
        let ending = world.stop().to_string();
        world.note("end", ending);
        let mut told = stream(world);
        // What comes after this is chance in the reference: its listener may be stopped first.
        let last =
            told[before..].iter().position(|line| line.contains("PROCESS_STATE_STOPPING processname:slow"));
        told.truncate(before + last.expect("the listener hears of the shutdown") + 1);
        world.note("events", told.join("\n"));
    });
}

#[test]
fn a_capture_that_a_crash_breaks_off_takes_nothing_of_the_next_life() {
    compare(|world| {
        let body = "if [ ! -e first ]; then touch first; printf '<!--XSUPERVISOR:BEGIN-->half'; \
            (while [ ! -e go ]; do sleep 0.05; done) & exit 1; fi; \
            for line in 1 2 3 4 5 6 7 8; do echo line $line; done; exec sleep 1000";
        let script = world.script("crashes", body).display().to_string();
        world.start(&format!(
            "[program:talk]\ncommand={script}\ndirectory=%(here)s\nstartsecs=0\nautorestart=true\n\
             stdout_logfile=%(here)s/out.log\nstdout_capture_maxbytes=1MB\n"
        ));
        let log = world.await_text("out.log", "line 8\n");
        world.note("log", log);
        world.write("go", "");
    });
}

#[test]
fn descendants_of_a_dead_listener_do_not_speak_for_the_next() {
    compare(|world| {
        let body = format!(
            "if [ ! -e first ]; then touch first; echo READY; read header; trap '' PIPE\n\
             (while [ ! -e go ]; do sleep 0.05; done; echo garbage garbage; touch said) 2>/dev/null & exit 1; fi\n\
             {RECORDER}"
        );
        let script = world.script("orphan", &body).display().to_string();
        world.start(&format!(
            "[eventlistener:ear]\ncommand={script}\ndirectory=%(here)s\nevents=REMOTE_COMMUNICATION\n\
             startsecs=0\nautorestart=true\n"
        ));
        world.await_running("ear");
        let send = |kind: &str| {
            world
                .rpc("supervisor.sendRemoteCommEvent", &[kind.into(), "d".into()])
                .expect("events are always taken");
        };
        send("one");
        let _ = world.await_text("heard", "type:one");
        world.write("go", "");
        world.await_file("said");
        send("two");
        let _ = world.await_text("heard", "type:two");
    });
}
