//! Pools: who of several listeners is told, when, and what becomes of serial numbers.

use std::fs;

use supervisor_compat::xmlrpc::encode_call;
use supervisor_compat::{Part, Signal, Stream, World, compare, eventually};

/// Answers each event when there is a file `go`, and writes down `NAME SERIAL POOLSERIAL EVENT PAYLOAD`.
const PATIENT: &str = "\
while echo READY && read header; do
    payload=$(head -c ${header##*len:} | tr '\\n' '|'; echo .)
    serial=${header#* serial:}
    poolserial=${header#* poolserial:}
    event=${header#* eventname:}
    echo $SUPERVISOR_PROCESS_NAME ${serial%% *} ${poolserial%% *} ${event%% *} \"${payload%.}\" >>told
    until [ -e go ]; do sleep 0.05; done
    printf 'RESULT 2\\nOK'
done";

fn pool(name: &str, events: &str, options: &str) -> String {
    format!(
        "[eventlistener:{name}]\ncommand=%(here)s/patient\ndirectory=%(here)s\nevents={events}\nstartsecs=0\n{options}\n"
    )
}

fn send(world: &World, data: &str) {
    world.rpc("supervisor.sendRemoteCommEvent", &["kind".into(), data.into()]).expect("it takes it");
}

fn await_lines(world: &World, count: usize) {
    eventually(&format!("{count} lines"), || (world.read("told").lines().count() >= count).then_some(()));
}

#[test]
fn three_listeners_of_a_pool_share_its_events_in_the_order_of_their_names() {
    compare(|world| {
        world.script("patient", PATIENT);
        let options = "numprocs=3\nprocess_name=ear_%(process_num)d\n[supervisord]\nloglevel=debug";
        world.start(&pool("ear", "REMOTE_COMMUNICATION", options));
        for number in 0..3 {
            world.await_log(&format!("ear_{number}: ACKNOWLEDGED -> READY"));
        }
        for (count, data) in ["a", "b", "c"].iter().enumerate() {
            send(world, data);
            await_lines(world, count + 1);
        }
        for data in ["d", "e"] {
            send(world, data);
        }
        world.note("while all are busy", world.read("told"));
        world.write("go", "");
        await_lines(world, 5);
        let mut rest: Vec<_> = world.read("told").lines().skip(3).map(|line| line[6..].to_owned()).collect();
        rest.sort_unstable();
        world.note("afterwards, by whomever", rest.join("\n"));
    });
}

#[test]
fn nothing_is_sent_before_a_listener_has_run_long_enough() {
    compare(|world| {
        world.script("patient", PATIENT);
        world.write("go", "");
        let options = "[supervisord]\nloglevel=debug";
        world.start(&pool("ear", "REMOTE_COMMUNICATION", options).replace("startsecs=0", "startsecs=2"));
        world.await_log("ear: ACKNOWLEDGED -> READY");
        send(world, "early");
        let is_running =
            |world: &World| world.info("ear").get("statename").is_some_and(|state| state.text() == "RUNNING");
        let told_while_starting = !is_running(world) && !world.read("told").is_empty();
        world.note("told too early", told_while_starting.to_string());
        await_lines(world, 1);
        world.note("running by then", is_running(world).to_string());
        world.note("told", world.read("told"));
    });
}

#[test]
fn a_reload_goes_on_with_serials_and_begins_poolserials_anew() {
    compare(|world| {
        world.script("patient", PATIENT);
        world.write("go", "");
        let first = pool("ear", "SUPERVISOR_STATE_CHANGE_RUNNING,PROCESS_GROUP", "priority=5\n");
        world.start(&format!("{first}[program:cat]\ncommand=/bin/cat\nautostart=false\npriority=9\n"));
        await_lines(world, 3);
        world.signal(Signal::SIGHUP);
        await_lines(world, 6);
        world.note("told", world.read("told"));
    });
}

#[test]
fn a_pool_that_is_taken_out_and_put_back_begins_its_poolserials_anew_and_forgets_its_buffer() {
    compare(|world| {
        world.script("patient", PATIENT);
        world.start(&pool("ear", "REMOTE_COMMUNICATION", ""));
        world.await_running("ear");
        send(world, "one");
        await_lines(world, 1);
        send(world, "lost");
        world.note_ctl(&["stop", "ear"]);
        world.note_ctl(&["remove", "ear"]);
        fs::remove_file(world.path("told")).expect("it was told");
        world.write("go", "");
        world.note_ctl(&["add", "ear"]);
        world.await_running("ear");
        send(world, "two");
        await_lines(world, 1);
        world.note("told", world.read("told"));
    });
}

#[test]
fn every_pool_that_wants_an_event_is_told_it_with_one_serial() {
    compare(|world| {
        world.script("patient", PATIENT);
        world.write("go", "");
        let pools = [
            pool("all", "remote_communication , TICK_3600", "priority=1\n"),
            pool("some", "REMOTE_COMMUNICATION", "priority=2\n"),
            pool("none", "TICK_3600", "priority=3\n"),
        ];
        world.start(&pools.concat());
        for name in ["all", "some", "none"] {
            world.await_running(name);
        }
        for (count, data) in ["one", "two"].iter().enumerate() {
            send(world, data);
            await_lines(world, 2 * (count + 1));
        }
        let told = world.read("told");
        let mut lines: Vec<_> = told.lines().collect();
        lines.sort_unstable();
        world.note("told", lines.join("\n"));
    });
}

#[test]
fn events_of_before_a_listener_was_ready_wait_for_it() {
    compare(|world| {
        world.script("patient", &format!("until [ -e go ]; do sleep 0.05; done\n{PATIENT}"));
        world.start(&pool("ear", "REMOTE_COMMUNICATION", "buffer_size=3\n"));
        world.await_running("ear");
        for data in ["one", "two", "three", "four"] {
            send(world, data);
        }
        world.await_log("discarding event 0");
        world.write("go", "");
        await_lines(world, 3);
        world.note("told", world.read("told"));
        world.note_main_log(&["ear"]);
    });
}

#[test]
fn what_is_no_text_is_told_in_python_s_notation() {
    compare(|world| {
        world.script("patient", PATIENT);
        world.write("go", "");
        let talk = "[program:talk]\ncommand=/bin/sh -c 'read go; printf \"a\\377b\"; exec cat'\nstartsecs=0\nstdout_events_enabled=true\n";
        world.start(&format!("{}{talk}", pool("ear", "PROCESS_LOG", "")));
        world.await_running("ear");
        world.await_running("talk");
        world.rpc("supervisor.sendProcessStdin", &["talk".into(), "go\n".into()]).expect("it runs");
        await_lines(world, 1);
        world.note("told", world.read("told"));
    });
}

#[test]
fn what_one_pool_rejects_is_nobody_else_s_business() {
    compare(|world| {
        let rejecting =
            "n=0; while echo READY && read header; do head -c ${header##*len:} >/dev/null; n=$((n+1))
            echo event >>rejected; [ $n = 1 ] && printf 'RESULT 4\\nFAIL' || printf 'RESULT 2\\nOK'; done";
        world.script("patient", PATIENT);
        world.script("rejecting", rejecting);
        world.write("go", "");
        let one = pool("one", "REMOTE_COMMUNICATION", "").replace("patient", "rejecting");
        world.start(&[one, pool("other", "TICK_3600", "")].concat());
        for name in ["one", "other"] {
            world.await_running(name);
        }
        send(world, "data");
        let _ = world.await_text("rejected", "event\nevent\n");
        if world.pair().daemon.is_reference() {
            await_lines(world, 1);
        }
        let told = world.read("told").contains("REMOTE_COMMUNICATION").to_string();
        world.differs("rejections-stay-in-their-pool", Part::Daemon, told, ["true", "false"]);
    });
}

#[test]
fn a_pool_that_wants_an_event_for_two_reasons_is_told_it_once() {
    compare(|world| {
        world.script("patient", PATIENT);
        world.write("go", "");
        world.start(&pool("ear", "PROCESS_GROUP,PROCESS_GROUP_ADDED,REMOTE_COMMUNICATION", ""));
        world.await_running("ear");
        send(world, "after");
        let told = world.await_text("told", "REMOTE_COMMUNICATION");
        let count = told.matches("PROCESS_GROUP_ADDED").count().to_string();
        world.differs("overlapping-subscriptions", Part::Daemon, count, ["2", "1"]);
    });
}

#[test]
fn a_listener_that_is_ready_but_does_not_read_is_no_danger() {
    compare(|world| {
        let body = "echo READY; until [ -e go ]; do sleep 0.05; done; printf 'RESULT 2\\nOKREADY\\n'
            until [ -e read ]; do sleep 0.05; done; head -c 200000 >/dev/null; cat >rest";
        world.script("patient", body);
        world.start(&pool("ear", "REMOTE_COMMUNICATION", "[supervisord]\nloglevel=debug"));
        world.await_log("ear: ACKNOWLEDGED -> READY");
        send(world, &"x".repeat(200_000));
        world.await_log("event 0 sent to listener ear");
        // It counts as answered although nobody has read it.
        world.write("go", "");
        world.await_log("ear: event was processed");
        let pid = world.pid();
        // A daemon that dies of it gives no answer.
        let call = encode_call("supervisor.sendRemoteCommEvent", &["kind".into(), "second".into()]);
        let head = format!("POST /RPC2 HTTP/1.0\r\nContent-Length: {}\r\n\r\n", call.len());
        let _answer = Stream::open(&world.socket(), [head, call].concat().as_bytes());
        world.write("read", "");
        let outcome = eventually("a verdict", || {
            let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
            if stat.is_empty() || stat.contains(") Z ") {
                return Some("dead");
            }
            world.read("rest").contains("type:kind\nsecond").then_some("told")
        });
        world.differs("full-pipes-are-waited-for", Part::Daemon, outcome, ["dead", "told"]);
    });
}

#[test]
fn ticks_tell_the_beginning_of_their_slice() {
    compare(|world| {
        world.script("patient", PATIENT);
        world.write("go", "");
        world.start(&pool("ear", "TICK_5", ""));
        await_lines(world, 2);
        let told = world.read("told");
        let ticks: Vec<(&str, u64)> = told
            .lines()
            .filter_map(|line| line.rsplit_once(" when:"))
            .filter_map(|(head, when)| Some((head, when.parse().ok()?)))
            .collect();
        let heads: Vec<_> = ticks.iter().map(|(head, _)| *head).take(2).collect();
        world.note("events", heads.join("\n"));
        // A slice that a busy machine misses is not made up for.
        let is_regular = ticks.iter().all(|(_, when)| when.is_multiple_of(5)) && ticks[0].1 < ticks[1].1;
        world.note("at multiples of five", is_regular.to_string());
    });
}

#[test]
fn a_listener_finds_in_its_environment_how_to_reach_the_supervisor() {
    compare(|world| {
        world
            .script("patient", &format!("env | grep ^SUPERVISOR | sort >new; mv new environment\n{PATIENT}"));
        world.start(&pool("ear", "TICK_3600", "environment=SUPERVISOR_USERNAME=me\n"));
        world.await_file("environment");
        world.note("environment", world.read("environment"));
    });
}
