//! In which order processes are started and stopped.

use supervisor_compat::compare;

const THREE: &str = "
[program:last]
command=/bin/cat
priority=30
startsecs=0
[program:first]
command=/bin/cat
priority=10
startsecs=0
[program:middle]
command=/bin/cat
priority=20
startsecs=0
";

#[test]
fn programs_are_started_by_ascending_priority_and_stopped_by_descending_priority() {
    compare(|world| {
        world.start(THREE);
        for name in ["first", "middle", "last"] {
            world.await_running(name);
        }
        world.note_main_log(&["spawned"]);
        let ending = world.stop();
        world.note("end", ending.to_string());
        world.note_main_log(&["stopped", "waiting"]);
    });
}

#[test]
fn programs_of_one_priority_are_started_by_name() {
    compare(|world| {
        world.start(
            "[program:b]\ncommand=/bin/cat\n[program:C]\ncommand=/bin/cat\n[program:a]\ncommand=/bin/cat\n",
        );
        world.await_log_times("spawned", 3);
        world.note_main_log(&["spawned"]);
    });
}

#[test]
fn a_group_starts_its_programs_as_listed_and_on_request_by_priority() {
    compare(|world| {
        world.start(
            "
[program:c]
command=/bin/cat
priority=9
startsecs=0
[program:a]
command=/bin/cat
priority=1
startsecs=0
[program:b]
command=/bin/cat
priority=5
startsecs=0
[group:g]
programs=c,a,b
",
        );
        for name in ["g:a", "g:b", "g:c"] {
            world.await_running(name);
        }
        world.note_main_log(&["spawned"]);
        world.note_ctl_sorted(&["stop", "g:*"]);
        world.note_ctl_sorted(&["start", "g:*"]);
        world.note_main_log(&["spawned"]);
    });
}

#[test]
fn start_all_goes_by_priority_and_answers_for_everyone() {
    compare(|world| {
        world.start(&THREE.replace("startsecs", "autostart=false\nstartsecs"));
        world.note_rpc("startAllProcesses", &[]);
        world.note_main_log(&["spawned"]);
        world.note_rpc("startAllProcesses", &[]);
    });
}

#[test]
fn a_group_of_lower_priority_is_signalled_only_when_the_higher_one_has_ended() {
    compare(|world| {
        let body =
            "trap 'sleep 0.3; echo $1 >>order; exit' TERM; touch $1.ready; while :; do sleep 0.05; done";
        let script = world.script("slow", body).display().to_string();
        let program = |name: &str, priority| {
            format!(
                "[program:{name}]\ncommand={script} {name}\ndirectory=%(here)s\npriority={priority}\nstartsecs=0\n"
            )
        };
        world.start(&[program("one", 1), program("two", 2), program("three", 3)].concat());
        for name in ["one", "two", "three"] {
            world.await_running(name);
            world.await_file(&format!("{name}.ready"));
        }
        let ending = world.stop();
        world.note("end", ending.to_string());
        world.note("order", world.read("order"));
        world.note_main_log(&["stopped"]);
    });
}
