//! `supervisorctl status`, `pid`, `version` and their like.

use supervisor_compat::crossed;

const SOME: &str = "
[program:cat]
command=/bin/cat
startsecs=0
[program:idle]
command=/bin/cat
autostart=false
[program:gone]
command=/bin/true
startsecs=0
autorestart=false
[program:lost]
command=/no/such/program
startretries=0
[program:many]
command=/bin/cat
process_name=%(program_name)s_%(process_num)02d
numprocs=2
startsecs=0
[program:a_name_that_is_much_longer_than_thirty_characters]
command=/bin/cat
autostart=false
";

#[test]
fn status_shows_every_process_with_its_state() {
    crossed(|world| {
        world.start(SOME);
        world.await_running("cat");
        world.await_running("many:many_01");
        world.await_state("gone", "EXITED");
        world.await_state("lost", "FATAL");
        world.note_ctl(&["status"]);
        world.note_ctl(&["status", "all", "nosuch"]);
        world.note_ctl(&["status", "cat"]);
        world.note_ctl(&["status", "many:*", "cat", "many:many_00", "cat"]);
        world.note_ctl(&["status", "many:"]);
        world.note_ctl(&["status", "idle"]);
    });
}

#[test]
fn status_names_what_it_does_not_know() {
    crossed(|world| {
        world.start(SOME);
        world.await_running("cat");
        world.note_ctl(&["status", "nosuch"]);
        world.note_ctl(&["status", "cat", "nosuch", "nogroup:*", "many:nosuch", "many"]);
        world.note_ctl(&["status", "nosuch", "idle"]);
    });
}

#[test]
fn status_of_nothing_is_nothing() {
    crossed(|world| {
        world.start("");
        world.await_file("s.sock");
        world.note_ctl(&["status"]);
        world.note_ctl(&["avail"]);
    });
}

#[test]
fn pids_are_told() {
    crossed(|world| {
        world.start(SOME);
        world.await_running("cat");
        world.await_running("many:many_01");
        world.await_state("gone", "EXITED");
        world.await_state("lost", "FATAL");
        let own = world.ctl(&["pid"]);
        let matches = own.stdout.trim() == world.pid().to_string();
        world.note("pid of the daemon", format!("{matches} {}", own.ending));
        let cat = world.ctl(&["pid", "cat"]);
        let matches = cat.stdout.trim() == world.pid_of("cat").to_string();
        world.note("pid of a process", format!("{matches} {}", cat.ending));
        world.note_ctl(&["pid", "idle"]);
        world.note_ctl(&["pid", "nosuch"]);
        world.note_ctl(&["pid", "many:*"]);
        let all = world.ctl(&["pid", "all"]);
        let zeros: Vec<_> = all.stdout.lines().map(|line| (line == "0").to_string()).collect();
        world.note("pids of all", format!("{} {}", zeros.join(" "), all.ending));
    });
}

#[test]
fn version_and_arguments_that_are_not_wanted() {
    crossed(|world| {
        world.start("");
        world.await_file("s.sock");
        world.note_ctl(&["version"]);
        for action in ["version", "avail", "reread", "reload", "shutdown"] {
            world.note_ctl(&[action, "x"]);
        }
    });
}

#[test]
fn unknown_actions_are_a_syntax_error() {
    crossed(|world| {
        world.start("");
        world.await_file("s.sock");
        for words in [
            &["nosuch"][..],
            &["STATUS"],
            &["!ls", "x"],
            &["version;version"],
            &["stat"],
            &["?nosuch"],
            &["exit"],
        ] {
            world.note_ctl(words);
        }
    });
}

#[test]
fn help_lists_actions_and_explains_each() {
    crossed(|world| {
        world.configure("");
        world.note_ctl(&["help"]);
        world.note_ctl(&["?"]);
        let topics = "add avail clear exit fg maintail open pid quit reload remove reread restart shutdown signal \
            start status stop tail update version help nosuch";
        let all: Vec<_> = topics.split_whitespace().collect();
        for topic in all {
            world.note_ctl(&["help", topic]);
        }
    });
}
