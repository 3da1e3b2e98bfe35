//! `supervisorctl reread`, `update`, `add`, `remove`, `avail`.

use supervisor_compat::{compare, crossed};

const BEFORE: &str = "
[program:same]
command=/bin/cat
startsecs=0
[program:changes]
command=/bin/cat
startsecs=0
[program:goes]
command=/bin/cat
startsecs=0
";
const AFTER: &str = "
[program:same]
command=/bin/cat
startsecs=0
[program:changes]
command=/bin/cat -u
startsecs=0
[program:comes]
command=/bin/cat
startsecs=0
";

#[test]
fn reread_tells_the_differences_and_changes_nothing() {
    crossed(|world| {
        world.start(BEFORE);
        world.await_running("goes");
        world.note_ctl(&["reread"]);
        world.configure(AFTER);
        world.note_ctl(&["reread"]);
        world.note_ctl(&["reread"]);
        world.note_ctl(&["status"]);
        world.note_ctl(&["avail"]);
    });
}

#[test]
fn update_applies_the_differences() {
    crossed(|world| {
        world.start(BEFORE);
        let same = world.await_running("same");
        world.await_running("changes");
        world.await_running("goes");
        world.note_ctl(&["update"]);
        world.configure(AFTER);
        world.note_ctl(&["update"]);
        world.await_running("comes");
        world.await_running("changes");
        world.note_ctl(&["status"]);
        world.note("the same process", (world.pid_of("same") == same).to_string());
        world.note_ctl(&["update"]);
        world.note_ctl(&["reread"]);
    });
}

#[test]
fn update_may_be_limited_to_some_groups() {
    crossed(|world| {
        world.start(BEFORE);
        world.await_running("goes");
        world.configure(AFTER);
        world.note_ctl(&["update", "comes", "nosuch"]);
        world.note_ctl(&["update", "goes"]);
        world.await_running("comes");
        world.note_ctl(&["avail"]);
        world.note_ctl(&["update", "all"]);
    });
}

#[test]
fn groups_are_added_and_removed_one_by_one() {
    crossed(|world| {
        world.start(BEFORE);
        world.await_running("goes");
        world.configure(AFTER);
        for words in [
            &["add", "comes"][..],
            &["reread"],
            &["add", "comes", "same", "nosuch"],
            &["remove", "goes", "nosuch"],
            &["stop", "goes"],
            &["remove", "goes"],
            &["add", "goes"],
            &["add"],
            &["remove"],
        ] {
            world.note_ctl(words);
        }
        world.await_running("comes");
        world.note_ctl(&["status"]);
    });
}

#[test]
fn a_file_that_became_wrong_changes_nothing() {
    crossed(|world| {
        world.start(BEFORE);
        world.await_running("same");
        for text in ["[program:same]\ncommand=/bin/cat\nstartsecs=soon\n", "[group:g]\nprograms=nosuch\n"] {
            world.configure(text);
            world.note_ctl(&["reread"]);
            world.note_rpc("reloadConfig", &[]);
        }
        let status = world.ctl(&["update"]);
        world.note("update", status.ending.to_string());
        world.note_ctl(&["avail"]);
    });
}

#[test]
fn every_changed_option_of_a_group_is_noticed() {
    crossed(|world| {
        world.start("[program:a]\ncommand=/bin/cat\nautostart=false\n[program:b]\ncommand=/bin/cat\nautostart=false\n");
        world.await_file("s.sock");
        for change in [
            "priority=5",
            "startsecs=2",
            "environment=A=\"1\"",
            "numprocs=2\nprocess_name=%(process_num)d",
            "stopsignal=INT",
            "exitcodes=1",
            "stdout_logfile=%(here)s/x",
            "umask=077",
            "directory=/",
            "serverurl=http://x:1",
            "stopasgroup=true",
        ] {
            world.configure(&format!("[program:a]\ncommand=/bin/cat\nautostart=false\n{change}\n[program:b]\ncommand=/bin/cat\nautostart=false\n"));
            world.note_rpc("reloadConfig", &[]);
        }
    });
}

#[test]
fn variables_in_another_order_are_no_change() {
    compare(|world| {
        let program = "[program:a]\ncommand=/bin/cat\nautostart=false\nenvironment=";
        world.start(&format!("{program}A=\"1\",B=\"2\",C=\"3\"\n"));
        world.await_file("s.sock");
        for environment in ["C=\"3\",A=\"1\",B=\"2\"", "B=\"1\",A=\"2\",C=\"3\"", "A=\"1\",B=\"2\""] {
            world.configure(&format!("{program}{environment}\n"));
            world.note_rpc("reloadConfig", &[]);
        }
    });
}
