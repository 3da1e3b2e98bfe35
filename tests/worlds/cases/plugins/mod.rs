//! Plug-ins of Python's Supervisor that are built in. What they answer was taken from the packages themselves,
//! supervisor_twiddler 1.0.0, supervisor_cache 1.1.0 and mr.laforge 0.9, under Supervisor 4.3.0.

use supervisor_worlds::patience::wait_until;
use supervisor_worlds::rpc::call;
use supervisor_worlds::scene::Scene;
use supervisor_worlds::world::World;

fn open() -> World {
    let world = Scene::of_case("plugins").open();
    world.wait_for_state("sleeper", "RUNNING");
    world
}

/// The value as JSON, or the fault.
fn told(world: &World, method: &str, arguments: &[&str]) -> String {
    let answer = call(world, method, arguments);
    let text = if answer.code == Some(0) { answer.stdout } else { answer.stderr };
    text.trim_end().to_owned()
}

fn check(world: &World, cases: &[(&str, &[&str], &str)]) {
    for (method, arguments, expected) in cases {
        assert_eq!(told(world, method, arguments), *expected, "{method}{arguments:?}");
    }
}

#[test]
fn a_program_is_added_run_read_and_taken_out() {
    let world = open();
    let options =
        r#"{"command": "/bin/echo hello", "autostart": "false", "startsecs": 0, "autorestart": "false"}"#;
    check(
        &world,
        &[
            ("twiddler.getAPIVersion", &[], "\"1.0\""),
            ("twiddler.getGroupNames", &[], "[\"dynamic\", \"idle\", \"sleeper\"]"),
            ("twiddler.addProgramToGroup", &["dynamic", "hello", options], "true"),
            ("twiddler.addProgramToGroup", &["dynamic", "hello", options], "fault 10: BAD_NAME: hello"),
            ("twiddler.addProgramToGroup", &["nobody", "x", options], "fault 10: BAD_NAME: group: nobody"),
        ],
    );
    assert_eq!(world.state("dynamic:hello"), "STOPPED");
    assert_eq!(world.ctl_ok(&["start", "dynamic:hello"]), "dynamic:hello: started\n");
    world.wait_for_state("dynamic:hello", "EXITED");
    assert_eq!(told(&world, "supervisor.readProcessLog", &["dynamic:hello", "0", "0"]), "\"hello\\n\"");
    check(
        &world,
        &[
            ("twiddler.removeProcessFromGroup", &["sleeper", "sleeper"], "fault 91: STILL_RUNNING: sleeper"),
            ("twiddler.removeProcessFromGroup", &["dynamic", "hello"], "true"),
            ("twiddler.removeProcessFromGroup", &["dynamic", "hello"], "fault 10: BAD_NAME: hello"),
        ],
    );
    assert_eq!(world.state("dynamic:hello"), "");
    world.shut_down();
}

#[test]
fn a_wrong_program_is_refused_in_the_words_for_the_file() {
    let world = open();
    let place = format!("in section 'program:x' (file: '{}')", world.path("supervisord.conf").display());
    let refusals = [
        ("{}", "program section program:x does not specify a command"),
        (r#"{"command": "cat", "numprocs": "many"}"#, "invalid literal for int() with base 10: 'many'"),
        (r#"{"command": "cat", "user": "nosuchuser"}"#, "Invalid user name nosuchuser"),
    ];
    for (options, message) in refusals {
        let answer = told(&world, "twiddler.addProgramToGroup", &["dynamic", "x", options]);
        assert_eq!(answer, format!("fault 2: INCORRECT_PARAMETERS: {message} {place}"));
    }
    assert_eq!(
        told(&world, "twiddler.addProgramToGroup", &["dynamic", "x", "s"]),
        "fault 2: INCORRECT_PARAMETERS"
    );
    world.shut_down();
}

#[test]
fn what_was_added_is_gone_after_an_update() {
    let world = open();
    let options = r#"{"command": "/bin/sleep 1000", "numprocs": "2", "process_name": "n%(process_num)d"}"#;
    assert_eq!(told(&world, "twiddler.addProgramToGroup", &["dynamic", "n", options]), "true");
    world.wait_for_state("dynamic:n1", "RUNNING");
    assert_eq!(world.ctl_ok(&["reread"]), "dynamic: changed\n");
    let updated = world.ctl_ok(&["update"]);
    assert!(
        updated.contains("dynamic: stopped\n") && updated.contains("dynamic: updated process group\n"),
        "{updated}"
    );
    assert_eq!(world.state("dynamic:n1"), "");
    assert_eq!(world.ctl_ok(&["reread"]), "No config updates to processes\n");
    world.shut_down();
}

#[test]
fn what_is_not_in_the_whitelist_is_refused() {
    let world = open();
    check(
        &world,
        &[
            ("guarded.getAPIVersion", &[], "\"1.0\""),
            ("guarded.getGroupNames", &[], "fault 230: UNKNOWN: getGroupNames"),
            ("guarded.log", &["through the guard", "WARN"], "true"),
            ("guarded.log", &["x", "error"], "fault 2: INCORRECT_PARAMETERS"),
        ],
    );
    wait_until("the line in the log", || {
        world.read("run/supervisord.log").contains(" WARN through the guard\n")
    });
    assert!(told(&world, "system.listMethods", &[]).contains("\"guarded.getGroupNames\""));
    world.shut_down();
}

#[test]
fn values_are_cached_and_signals_sent() {
    let world = open();
    check(
        &world,
        &[
            ("cache.getAPIVersion", &[], "\"0.2\""),
            ("cache.store", &["k", r#"{"x": [1, 2.5, true]}"#], "true"),
            ("cache.fetch", &["k"], r#"{"x": [1, 2.5, true]}"#),
            ("cache.getKeys", &[], "[\"k\"]"),
            ("cache.getCount", &[], "1"),
            ("cache.delete", &["k"], "true"),
            ("cache.fetch", &["k"], "fault 10: BAD_NAME"),
            ("cache.store", &["", "v"], "fault 10: BAD_NAME: Cache key must be a non-empty string"),
            ("laforge.getAPIVersion", &[], "\"0.1\""),
            ("laforge.getMrLaForgeVersion", &[], "\"0.9\""),
            ("laforge.killProcess", &["sleeper", "CONT"], "true"),
            ("laforge.killProcess", &["sleeper", "NOSUCH"], "fault 3: BAD_ARGUMENTS: NOSUCH"),
            ("laforge.killProcess", &["idle", "NOSUCH"], "fault 3: BAD_ARGUMENTS: NOSUCH"),
            ("laforge.killProcess", &["idle", "HUP"], "fault 70: NOT_RUNNING"),
            ("laforge.killProcess", &["nobody", "NOSUCH"], "fault 10: BAD_NAME: nobody"),
        ],
    );
    world.shut_down();
}

#[test]
fn an_unknown_plugin_is_left_out_with_a_warning_where_the_file_says_so() {
    let world = open();
    let warning =
        " WARN my.own.module:make_interface cannot be resolved within [rpcinterface:private]; it is left out";
    assert!(world.read("run/supervisord.log").contains(warning));
    assert_eq!(told(&world, "private.anything", &[]), "fault 1: UNKNOWN_METHOD");
    world.shut_down();
}
