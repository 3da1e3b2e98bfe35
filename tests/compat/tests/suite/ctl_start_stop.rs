//! `supervisorctl start`, `stop`, `restart`, `signal`, `clear`.

use supervisor_compat::{compare, crossed};

const SOME: &str = "
[program:cat]
command=/bin/cat
startsecs=0
[program:idle]
command=/bin/cat
autostart=false
startsecs=0
[program:hasty]
command=/bin/false
autostart=false
startretries=0
[program:lost]
command=/no/such/program
autostart=false
[program:quotes]
command=/bin/echo 'open
autostart=false
[program:many]
command=/bin/cat
process_name=%(program_name)s_%(process_num)d
numprocs=2
startsecs=0
";

#[test]
fn start_says_how_it_went_and_its_exit_status_too() {
    crossed(|world| {
        world.start(SOME);
        world.await_running("cat");
        for words in [
            &["start"][..],
            &["start", "idle"],
            &["start", "idle"],
            &["start", "hasty"],
            &["start", "lost"],
            &["start", "quotes"],
            &["start", "nosuch"],
            &["start", "nogroup:*"],
            &["start", "many:nosuch"],
            &["start", "many"],
            &["start", "lost", "cat"],
            &["start", "cat", "nosuch"],
        ] {
            world.note_ctl(words);
        }
    });
}

#[test]
fn stop_says_how_it_went_and_its_exit_status_too() {
    crossed(|world| {
        world.start(SOME);
        world.await_running("cat");
        world.await_running("many:many_1");
        for words in [
            &["stop"][..],
            &["stop", "cat"],
            &["stop", "cat"],
            &["stop", "idle"],
            &["stop", "nosuch"],
            &["stop", "nogroup:*"],
            &["stop", "many:many_0", "cat"],
            &["stop", "many:*"],
            &["stop", "many:*"],
        ] {
            world.note_ctl(words);
        }
    });
}

#[test]
fn restart_stops_everything_before_it_starts_anything() {
    crossed(|world| {
        world.start(SOME);
        world.await_running("cat");
        for words in [
            &["restart"][..],
            &["restart", "cat"],
            &["restart", "idle"],
            &["restart", "cat", "idle"],
            &["restart", "nosuch"],
            &["restart", "nogroup:*"],
            &["restart", "lost"],
        ] {
            world.note_ctl(words);
        }
    });
}

#[test]
fn whole_groups_and_all_processes_are_handled_at_once() {
    crossed(|world| {
        world.start("[program:a]\ncommand=/bin/cat\nstartsecs=0\n[program:b]\ncommand=/bin/cat\nstartsecs=0\nnumprocs=2\nprocess_name=b%(process_num)d\n");
        world.await_running("a");
        world.await_running("b:b1");
        for words in [
            &["stop", "all"][..],
            &["start", "all"],
            &["restart", "all"],
            &["stop", "b:*", "a"],
            &["start", "b:"],
            &["signal", "CONT", "all"],
        ] {
            world.note_ctl_sorted(words);
        }
    });
}

#[test]
fn signals_are_sent_by_any_of_their_names() {
    crossed(|world| {
        let body = "for s in HUP USR1 USR2; do trap \"echo $s >>got\" $s; done; touch ready; while :; do sleep 0.05; done";
        let script = world.script("hears", body).display().to_string();
        world.start(&format!("{SOME}[program:hears]\ncommand={script}\ndirectory=%(here)s\nstartsecs=0\n"));
        world.await_file("ready");
        world.await_running("hears");
        for (name, heard) in [("HUP", "HUP\n"), ("sigusr1", "USR1\n"), ("12", "USR2\n")] {
            world.note_ctl(&["signal", name, "hears"]);
            let _ = world.await_text("got", heard);
        }
        world.note("heard", world.read("got"));
        for words in [
            &["signal"][..],
            &["signal", "HUP"],
            &["signal", "NOPE", "hears"],
            &["signal", "999", "hears"],
            &["signal", "NOPE", "nosuch"],
            &["signal", "HUP", "nosuch"],
            &["signal", "HUP", "nogroup:*"],
            &["signal", "HUP", "idle"],
            &["signal", "CONT", "many:*"],
        ] {
            world.note_ctl_sorted(words);
        }
    });
}

#[test]
fn clear_answers_for_each_process() {
    compare(|world| {
        world.start(SOME);
        world.await_running("cat");
        world.await_running("many:many_1");
        for words in
            [&["clear"][..], &["clear", "cat"], &["clear", "nosuch"], &["clear", "cat", "many:many_0"]]
        {
            world.note_ctl(words);
        }
        world.note_ctl_sorted(&["clear", "all"]);
    });
}

#[test]
fn a_stop_from_elsewhere_ends_a_waiting_start() {
    crossed(|world| {
        world.start("[program:slow]\ncommand=/bin/cat\nautostart=false\nstartsecs=600\n");
        world.await_file("s.sock");
        let starting = world.start_ctl(&["start", "slow"]);
        world.await_state("slow", "STARTING");
        world.note_ctl(&["stop", "slow"]);
        let finished = starting.finish();
        world.note_client("start slow", &finished);
    });
}
