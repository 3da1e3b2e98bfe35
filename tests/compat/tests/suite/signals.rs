//! Signals to the daemon, shutdown and reload.

use std::net::TcpListener;

use supervisor_compat::{Part, Signal, World, compare};

const CAT: &str = "[program:cat]\ncommand=/bin/cat\nstartsecs=0\n";

#[test]
fn term_int_and_quit_end_the_daemon_in_order() {
    compare(|world| {
        for signal in [Signal::SIGTERM, Signal::SIGINT, Signal::SIGQUIT] {
            let _ = std::fs::remove_file(world.path("supervisord.log"));
            world.start(CAT);
            world.await_running("cat");
            world.signal(signal);
            let ending = world.await_exit();
            world.note(signal.as_str(), ending.to_string());
            world.note_main_log(&["received", "waiting", "stopped"]);
            world.note(
                "left",
                world.names(|name| name.ends_with(".pid") || name.starts_with("s.sock")).join(" "),
            );
        }
    });
}

#[test]
fn children_that_do_not_want_to_go_are_killed_and_the_daemon_still_ends_well() {
    compare(|world| {
        let script = world.script("stubborn", "trap '' TERM; touch ready; while :; do sleep 0.05; done");
        let options = "directory=%(here)s\nstopwaitsecs=3\nstartsecs=0\n";
        world.start(&format!("[program:stubborn]\ncommand={}\n{options}", script.display()));
        world.await_file("ready");
        world.await_running("stubborn");
        world.signal(Signal::SIGTERM);
        world.await_log("waiting for stubborn");
        world.signal(Signal::SIGTERM);
        world.await_log_times("received SIGTERM", 2);
        let ending = world.await_exit();
        world.note("end", ending.to_string());
        world.note_main_log(&["received", "killing", "stopped"]);
    });
}

#[test]
fn while_it_shuts_down_the_daemon_answers_with_shutdown_state() {
    compare(|world| {
        let script = world.script("stubborn", "trap '' TERM; touch ready; while :; do sleep 0.05; done");
        let options = "directory=%(here)s\nstopwaitsecs=4\nstartsecs=0\n";
        world.start(&format!("[program:stubborn]\ncommand={}\n{options}", script.display()));
        world.await_file("ready");
        world.await_running("stubborn");
        world.note_rpc("shutdown", &[]);
        world.await_log("waiting for stubborn");
        for method in
            ["getState", "getAPIVersion", "shutdown", "restart", "reloadConfig", "getAllProcessInfo"]
        {
            world.note_rpc(method, &[]);
        }
        let listed = world.rpc("system.listMethods", &[]).is_ok();
        world.note("system methods work", listed.to_string());
        world.signal(Signal::SIGHUP);
        world.await_log("SIGHUP");
        world.note_main_log(&["SIGHUP"]);
        let ending = world.await_exit();
        world.note("end", ending.to_string());
    });
}

#[test]
fn hup_stops_everything_reads_the_file_again_and_keeps_the_process() {
    compare(|world| {
        world.start(&format!("{CAT}[program:old]\ncommand=/bin/cat\nstartsecs=0\npriority=1\n"));
        world.await_running("cat");
        world.await_running("old");
        let pid = world.pid();
        world.configure(&format!(
            "[supervisord]\nidentifier=second\n{CAT}[program:new]\ncommand=/bin/cat\nstartsecs=0\n"
        ));
        world.signal(Signal::SIGHUP);
        world.await_started(2);
        world.await_running("cat");
        world.await_running("new");
        world.note_ctl(&["status"]);
        world.note_rpc("getIdentification", &[]);
        let same = world.rpc("supervisor.getPID", &[]).map(|value| value.number() == i64::from(pid));
        world.note("the same process", format!("{same:?}"));
        world.note_main_log(&["received", "stopped", "started", "waiting"]);
    });
}

#[test]
fn reload_by_the_client_does_the_same_and_starts_only_what_starts_by_itself() {
    compare(|world| {
        world.start(&format!("{CAT}[program:byhand]\ncommand=/bin/cat\nautostart=false\nstartsecs=0\n"));
        world.await_running("cat");
        world.note_ctl(&["start", "byhand"]);
        world.note_ctl(&["stop", "cat"]);
        world.note_ctl(&["reload"]);
        world.await_started(2);
        world.await_running("cat");
        world.note_ctl(&["status"]);
        world.note_main_log(&["received", "started", "stopped"]);
    });
}

#[test]
fn a_reload_moves_log_and_socket_as_the_new_file_says() {
    compare(|world| {
        world.start("");
        world.await_file("s.sock");
        world.configure("[unix_http_server]\nfile=%(here)s/t.sock\nchmod=0755\n");
        world.signal(Signal::SIGHUP);
        world.await_started(2);
        world.await_file("t.sock");
        world.note("sockets", world.names(|name| name.ends_with(".sock")).join(" "));
        world.note("mode", world.mode("t.sock"));
    });
}

#[test]
fn a_shutdown_by_the_client_is_complete() {
    compare(|world| {
        world.start(CAT);
        world.await_running("cat");
        world.note_ctl(&["shutdown"]);
        let ending = world.await_exit();
        world.note("end", ending.to_string());
        world
            .note("left", world.names(|name| name.ends_with(".pid") || name.starts_with("s.sock")).join(" "));
        world.note_ctl(&["shutdown"]);
        world.note_main_log(&["received", "waiting", "stopped"]);
    });
}

/// Has the daemon begin anew with a configuration that it cannot begin with: the reference ends, ours says so and goes on.
fn reload_in_vain(world: &mut World, why: &str) {
    let ours_goes_on = "RUNNING";
    world.signal(Signal::SIGHUP);
    let seen = supervisor_compat::eventually("the end of the reload", || {
        if let Some(error) = world.daemon().stderr().lines().find(|line| line.starts_with("Error")) {
            return Some(error.split(':').next().unwrap_or_default().to_owned());
        }
        let refused = world.main_log().iter().any(|line| line.message.contains(why));
        refused.then(|| ours_goes_on.to_owned())
    });
    world.differs("restart-with-broken-configuration", Part::Daemon, &seen, ["Error", ours_goes_on]);
    if seen == ours_goes_on {
        world.await_running("cat");
    } else {
        world.await_exit();
    }
}

#[test]
fn a_file_that_became_wrong_stops_a_reload() {
    compare(|world| {
        world.start(CAT);
        world.await_running("cat");
        world.configure("[program:cat]\ncommand=/bin/cat\nstartsecs=soon\n");
        reload_in_vain(world, "invalid literal for int()");
    });
}

#[test]
fn an_address_that_somebody_has_stops_a_reload() {
    compare(|world| {
        world.start(CAT);
        world.await_running("cat");
        let taken = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = taken.local_addr().unwrap();
        world.configure(&format!("{CAT}[inet_http_server]\nport={address}\n"));
        reload_in_vain(
            world,
            "not restarting, the configuration is broken: Another program is already listening",
        );
    });
}

#[test]
fn a_start_anew_that_fails_is_told_in_the_main_log() {
    compare(|world| {
        world.start(CAT);
        world.await_running("cat");
        // Names are not asked for before everything stops.
        world.configure(&format!("{CAT}[inet_http_server]\nport=nobody.invalid:9001\n"));
        world.signal(Signal::SIGHUP);
        let ending = world.await_exit();
        world.note("end", ending.to_string());
        let told = world.main_log().iter().any(|line| line.message.starts_with("cannot start again, so"));
        world.differs("restart-with-broken-configuration", Part::Daemon, told.to_string(), ["false", "true"]);
    });
}

#[test]
fn strange_signals_have_their_default_effect() {
    compare(|world| {
        world.start("");
        world.await_file("s.sock");
        world.signal(Signal::SIGPIPE);
        world.signal(Signal::SIGCHLD);
        world.signal(Signal::SIGWINCH);
        world.note_ctl(&["version"]);
    });
}
