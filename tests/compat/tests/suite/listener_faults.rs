//! Listeners that do not do what they should: what becomes of their events, with nobody else disturbed.

use supervisor_compat::{Part, World, compare};

/// What the scripts of faulty listeners begin with. `take` waits for an event and writes `NAME SERIAL` to `told`.
const PREAMBLE: &str = "\
take() {
    read header || exit 0
    head -c ${header##*len:} >payload.$SUPERVISOR_PROCESS_NAME
    serial=${header#* serial:}
    echo $SUPERVISOR_PROCESS_NAME ${serial%% *} >>told
}
ok() { printf 'RESULT 2\\nOK'; }
serve() { while echo READY; do take; ok; done; }
";

/// Starts a faulty listener `odd` beside a healthy one and a program. Their priorities differ, because the reference
/// would otherwise give what one rejects to the other.
fn start(world: &mut World, body: &str, options: &str) {
    world.script("odd", &format!("{PREAMBLE}{body}"));
    let ear = world.listener();
    world.start(&format!(
        "[eventlistener:odd]\ncommand=%(here)s/odd\ndirectory=%(here)s\nevents=REMOTE_COMMUNICATION\nstartsecs=0\n{options}
[eventlistener:ear]\ncommand={ear} %(here)s/heard\nevents=REMOTE_COMMUNICATION\npriority=5\nstartsecs=0
[program:cat]\ncommand=/bin/cat\nstartsecs=0\n"
    ));
    world.await_running("ear");
    world.await_running("cat");
}

/// Makes an event and waits until the healthy listener has heard it.
fn send(world: &World, data: &str) {
    world.rpc("supervisor.sendRemoteCommEvent", &["kind".into(), data.into()]).expect("it takes it");
    let _ = world.await_text("heard", &format!("|{data}\n"));
}

fn await_told(world: &World, text: &str) {
    let _ = world.await_text("told", text);
}

/// Notes what the two listeners were told, and that everything runs.
fn note(world: &mut World) {
    world.note("told", world.read("told"));
    world.note("heard", world.read("heard"));
    world.note_rpc("sendProcessStdin", &["cat".into(), "still there\n".into()]);
    for name in ["ear", "cat"] {
        world.await_running(name);
    }
}

#[test]
fn an_event_whose_listener_dies_comes_again_to_its_successor() {
    compare(|world| {
        start(world, "echo READY; take; [ -e died ] || { touch died; exit 1; }; ok; serve", "");
        send(world, "one");
        await_told(world, "odd 0\nodd 0\n");
        send(world, "two");
        await_told(world, "odd 1\n");
        note(world);
        world.note("payload", world.read("payload.odd"));
        world.note_main_log(&["odd"]);
    });
}

#[test]
fn an_event_whose_listener_dies_goes_to_another_of_its_pool() {
    compare(|world| {
        let body = "[ $SUPERVISOR_PROCESS_NAME = odd_0 ] || until [ -e died ]; do sleep 0.05; done
            echo READY; take; [ $SUPERVISOR_PROCESS_NAME = odd_1 ] || { touch died; exit 1; }; ok; serve";
        let options = "numprocs=2\nprocess_name=odd_%(process_num)d\nautorestart=false\n";
        start(world, body, options);
        send(world, "one");
        await_told(world, "odd_0 0\nodd_1 0\n");
        note(world);
    });
}

#[test]
fn garbage_before_ready_ends_the_conversation() {
    compare(|world| {
        start(world, "printf REA; printf 'DX\\n'; cat", "");
        world.await_log("odd: has entered the UNKNOWN state");
        send(world, "one");
        note(world);
        world.note_info("odd");
        world.note_main_log(&["UNKNOWN"]);
    });
}

#[test]
fn five_wrong_bytes_are_not_judged() {
    compare(|world| {
        start(world, "printf NOTRE; touch said; cat", "buffer_size=1\n");
        world.await_file("said");
        send(world, "one");
        send(world, "two");
        world.await_log("discarding event 0");
        note(world);
        world.note_main_log(&["odd"]);
    });
}

#[test]
fn words_that_nobody_asked_for_end_the_conversation() {
    compare(|world| {
        for word in ["hello", "READY"] {
            let _ = std::fs::remove_file(world.path("heard"));
            start(world, &format!("echo READY; echo {word}; exec cat"), "");
            world.await_log("odd: has entered the UNKNOWN state");
            send(world, "one");
            note(world);
            world.note_main_log(&["UNKNOWN"]);
            let _ = world.stop();
            let _ = std::fs::remove_file(world.path("supervisord.log"));
        }
    });
}

#[test]
fn a_result_line_without_a_number_gives_the_event_back() {
    compare(|world| {
        start(world, "[ -e bad ] && serve; touch bad; echo READY; take; printf 'RESULT x\\n'; exec cat", "");
        send(world, "one");
        world.await_log("odd: has entered the UNKNOWN state");
        let _ = world.ctl(&["restart", "odd"]);
        await_told(world, "odd 0\nodd 0\n");
        note(world);
        world.note_main_log(&["result", "UNKNOWN"]);
    });
}

#[test]
fn a_result_of_another_text_is_a_rejection() {
    compare(|world| {
        start(world, "echo READY; take; printf 'RESULT 5\\nWHAT?'; serve", "");
        send(world, "one");
        await_told(world, "odd 0\nodd 0\n");
        note(world);
        world.note_main_log(&["rejected"]);
    });
}

#[test]
fn a_result_that_is_longer_than_its_length_is_cut() {
    compare(|world| {
        start(world, "echo READY; take; printf 'RESULT 1\\nOKREADY\\n'; exec cat", "");
        send(world, "one");
        world.await_log("odd: has entered the UNKNOWN state");
        note(world);
        world.note_main_log(&["UNKNOWN", "rejected"]);
    });
}

#[test]
fn a_result_that_is_shorter_than_its_length_is_waited_for() {
    compare(|world| {
        start(
            world,
            "echo READY; take; printf 'RESULT 4\\nOK'; until [ -e more ]; do sleep 0.05; done; printf 'AY'; serve",
            "",
        );
        send(world, "one");
        await_told(world, "odd 0\n");
        send(world, "two");
        world.note("told", world.read("told"));
        world.write("more", "");
        await_told(world, "odd 0\nodd 0\n");
        await_told(world, "odd 1\n");
        note(world);
    });
}

#[test]
fn a_result_and_the_next_ready_may_come_at_once_or_in_pieces() {
    compare(|world| {
        let body = "echo READY; take; printf 'RESULT 2\\nOKREADY\\n'; take
            for part in RES 'ULT ' 2 '\\nO' KREA DY '\\n'; do printf \"$part\"; sleep 0.05; done; take; ok; serve";
        start(world, body, "");
        for data in ["one", "two", "three", "four"] {
            send(world, data);
        }
        await_told(world, "odd 3\n");
        note(world);
        world.note_main_log(&["odd"]);
    });
}

#[test]
fn an_empty_result_is_a_rejection_without_waiting() {
    compare(|world| {
        start(
            world,
            "echo READY; take; printf 'RESULT 0\\n'; until [ -e more ]; do sleep 0.05; done; serve",
            "",
        );
        send(world, "one");
        await_told(world, "odd 0\n");
        let subject = if world.pair().daemon.is_reference() { "" } else { "rejected" };
        world.await_log(subject);
        let log = world.read("supervisord.log").contains("event was rejected").to_string();
        world.differs("empty-results-are-complete", Part::Daemon, log, ["false", "true"]);
        world.write("more", "");
        await_told(world, "odd 0\nodd 0\n");
        note(world);
    });
}

#[test]
fn a_listener_that_never_answers_delays_nobody() {
    compare(|world| {
        start(world, "echo READY; take; exec cat", "buffer_size=2\n");
        send(world, "one");
        await_told(world, "odd 0\n");
        for data in ["two", "three", "four"] {
            send(world, data);
        }
        world.await_log("discarding event 1");
        note(world);
        world.note_main_log(&["odd"]);
    });
}

#[test]
fn a_listener_that_always_rejects_delays_nobody_and_is_asked_again() {
    compare(|world| {
        start(world, "while echo READY; do take; printf 'RESULT 4\\nFAIL'; done", "");
        send(world, "one");
        await_told(world, "odd 0\nodd 0\nodd 0\n");
        send(world, "two");
        world.note("heard", world.read("heard"));
        let told = world.read("told");
        world.note("told only the first", told.lines().all(|line| line == "odd 0").to_string());
    });
}

#[test]
fn a_listener_that_closes_its_input_is_passed_over() {
    compare(|world| {
        let options = "numprocs=2\nprocess_name=odd_%(process_num)d\n";
        let body = "[ $SUPERVISOR_PROCESS_NAME = odd_1 ] && serve
            exec </dev/null; echo READY; while :; do sleep 1; done";
        start(world, body, &format!("{options}[supervisord]\nloglevel=debug\n"));
        world.await_log("odd_0: ACKNOWLEDGED -> READY");
        world.await_log("odd_1: ACKNOWLEDGED -> READY");
        send(world, "one");
        world.await_log("epipe occurred while sending event 0 to listener odd_0");
        await_told(world, "odd_1 0\n");
        note(world);
    });
}

#[test]
fn a_listener_that_closes_its_output_is_sent_what_it_was_ready_for() {
    compare(|world| {
        let body = "[ -e closed ] && serve; touch closed
            echo READY; exec >/dev/null; take; ok; take; while :; do sleep 1; done";
        start(world, body, "");
        send(world, "one");
        await_told(world, "odd 0\n");
        send(world, "two");
        world.note("told", world.read("told"));
        let _ = world.ctl(&["restart", "odd"]);
        await_told(world, "odd 1\n");
        note(world);
    });
}

#[test]
fn a_listener_that_floods_its_output_delays_nobody() {
    compare(|world| {
        start(world, "echo READY; take; exec yes RESULT", "stdout_logfile=NONE\n");
        send(world, "one");
        world.await_log("odd: has entered the UNKNOWN state");
        for data in ["two", "three"] {
            send(world, data);
        }
        note(world);
        world.note_info("odd");
    });
}

#[test]
fn a_listener_that_is_stopped_with_an_event_is_sent_it_again() {
    compare(|world| {
        start(world, "echo READY; take; [ -e again ] || exec cat; ok; serve", "");
        send(world, "one");
        await_told(world, "odd 0\n");
        world.note_ctl(&["stop", "odd"]);
        send(world, "two");
        world.write("again", "");
        world.note_ctl(&["start", "odd"]);
        await_told(world, "odd 0\nodd 0\nodd 1\n");
        note(world);
    });
}

#[test]
fn an_event_that_is_larger_than_the_pipe_waits_for_its_reader() {
    compare(|world| {
        let body = "echo READY; until [ -e go ]; do sleep 0.05; done; take; ok; serve";
        start(world, body, "");
        let large = "x".repeat(200_000);
        world
            .rpc("supervisor.sendRemoteCommEvent", &["kind".into(), large.as_str().into()])
            .expect("it takes it");
        send(world, "two");
        world.write("go", "");
        await_told(world, "odd 1\n");
        world.note("told", world.read("told"));
        world.note_rpc("getState", &[]);
    });
}
