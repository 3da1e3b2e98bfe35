//! Where ours deliberately reads a file or a command line better than the reference. Each is an entry of
//! COMPAT.md.

use std::fs;

use supervisor_compat::{Part, World, compare};

/// How a start in the foreground with this file ends: the first line on standard error, or `it runs`.
fn outcome_of(world: &mut World, text: impl AsRef<[u8]>) -> String {
    world.write("supervisord.conf", text);
    let conf = world.path("supervisord.conf").display().to_string();
    let program = world.program(Part::Daemon);
    let running = world.run(program, &["-n", "-c", &conf]);
    let outcome = supervisor_compat::eventually("a start or an error", || {
        let first = running.stderr().lines().find(|line| line.starts_with("Error")).map(str::to_owned);
        let runs = world.main_log().iter().any(|line| line.message.starts_with("supervisord started"));
        first.or_else(|| runs.then(|| "it runs".to_owned()))
    });
    drop(running);
    let _ = fs::remove_file(world.path("supervisord.log"));
    world.normalised(&outcome)
}

const BASE: &str = "[supervisord]\nlogfile=%(here)s/supervisord.log\npidfile=%(here)s/supervisord.pid\nchildlogdir=%(here)s\n";

#[test]
fn a_byte_order_mark_is_ignored() {
    compare(|world| {
        let outcome = outcome_of(world, format!("\u{feff}{BASE}"));
        let reads = (outcome == "it runs").to_string();
        world.differs("byte-order-mark", Part::Daemon, reads, ["false", "true"]);
    });
}

#[test]
fn a_bare_conversion_is_refused() {
    compare(|world| {
        let outcome =
            outcome_of(world, format!("{BASE}[program:x]\ncommand=/bin/date +%s\nautostart=false\n"));
        let reads = (outcome == "it runs").to_string();
        world.differs("bare-conversions", Part::Daemon, reads, ["true", "false"]);
    });
}

#[test]
fn the_daemon_s_environment_is_expanded_once() {
    compare(|world| {
        let outcome = outcome_of(world, format!("{BASE}environment=A=\"50%%\"\n"));
        let reads = (outcome == "it runs").to_string();
        world.differs("supervisord-environment-expanded-once", Part::Daemon, reads, ["false", "true"]);
    });
}

#[test]
fn a_stop_signal_of_zero_is_refused() {
    compare(|world| {
        let outcome = outcome_of(world, format!("{BASE}[program:x]\ncommand=/bin/cat\nstopsignal=0\n"));
        let reads = (outcome == "it runs").to_string();
        world.differs("stopsignal-zero", Part::Daemon, reads, ["true", "false"]);
    });
}

#[test]
fn an_error_in_a_group_names_the_group() {
    compare(|world| {
        let sections = "[program:a]\ncommand=/bin/cat\n[group:g]\nprograms=a,nosuch\n";
        let outcome = outcome_of(world, format!("{BASE}{sections}"));
        let expected = [
            "Error: [program:a] names unknown program or fcgi-program nosuch",
            "Error: [group:g] names unknown program or fcgi-program nosuch",
        ];
        world.differs("group-errors-name-the-group", Part::Daemon, outcome, expected);
    });
}

#[test]
fn a_bad_fastcgi_socket_is_told_in_a_sentence() {
    compare(|world| {
        let outcome =
            outcome_of(world, format!("{BASE}[fcgi-program:f]\ncommand=/bin/cat\nsocket=tcp://localhost\n"));
        let expected = [
            "Error: ('Bad socket format %s', 'tcp://localhost') in [fcgi-program:f] socket",
            "Error: Bad socket format tcp://localhost in [fcgi-program:f] socket",
        ];
        world.differs("fcgi-socket-messages", Part::Daemon, outcome, expected);
    });
}

#[test]
fn faults_are_explained_between_the_first_line_and_the_last() {
    compare(|world| {
        world.write("supervisord.conf", "[supervisord]\nloglevel=loud\numask=9\n");
        let conf = world.path("supervisord.conf").display().to_string();
        let finished = world.supervisord(&["-n", "-c", &conf]);
        world.note("without the explanation", finished.to_string());
        let faults = finished.stderr.matches("bad logging level name").count()
            + finished.stderr.matches("can not be converted to an octal type").count();
        let explains = finished.stderr.contains(&format!(" --> {conf}:2:10\n"));
        let answer = format!("{faults} {explains}");
        world.differs("faults-are-explained", Part::Daemon, answer, ["1 false", "2 true"]);
    });
}

#[test]
fn only_a_socket_is_removed_as_stale() {
    compare(|world| {
        world.write("s.sock", "precious\n");
        let sections = "[unix_http_server]\nfile=%(here)s/s.sock\n";
        let outcome = outcome_of(world, format!("{BASE}{sections}"));
        let starts = (outcome == "it runs").to_string();
        world.differs("only-sockets-are-stale", Part::Daemon, starts, ["true", "false"]);
    });
}

#[test]
fn a_sha_password_may_be_in_capital_letters() {
    compare(|world| {
        let digest = "{SHA}E5E9FA1BA31ECD1AE84F75CAAA474F3A663F05F4";
        world.start(&format!("[unix_http_server]\nusername=me\npassword={digest}\n"));
        world.await_file("s.sock");
        let answer = world.http("GET /ok.html", &[("Authorization", "Basic bWU6c2VjcmV0")], b"");
        world.differs("sha-in-either-case", Part::Daemon, answer.status.to_string(), ["401", "200"]);
    });
}

#[test]
fn an_include_that_cannot_be_read_is_warned_about() {
    compare(|world| {
        fs::create_dir(world.path("folder.ini")).expect("the directory is ours");
        world.start("[include]\nfiles=*.ini\n");
        let levels: Vec<_> = world
            .main_log()
            .into_iter()
            .filter(|line| line.message.contains("folder.ini"))
            .map(|line| line.level)
            .collect();
        world.differs("unreadable-includes-are-reported", Part::Daemon, levels.join(" "), ["INFO", "WARN"]);
    });
}

#[test]
fn the_limit_that_was_found_is_the_limit_that_is_told() {
    compare(|world| {
        let outcome = outcome_of(world, format!("{BASE}minfds=999999999999\n"));
        let told = outcome.split("open ").nth(1).and_then(|rest| rest.split(' ').next()).unwrap_or("nothing");
        let repeats = (told == "999999999999").to_string();
        world.differs("limit-message-shows-the-limit", Part::Daemon, repeats, ["true", "false"]);
    });
}

#[test]
fn the_history_file_option_works_by_both_its_names() {
    compare(|world| {
        world.start("");
        world.await_file("s.sock");
        let history = world.path("history").display().to_string();
        let long = world.ctl(&["--history-file", &history, "version"]);
        world.differs("history-file", Part::Client, long.ending.to_string(), ["exit 2", "exit 0"]);
    });
}

#[test]
fn processes_of_the_same_name_are_warned_about() {
    compare(|world| {
        world.start("[program:a]\ncommand=/bin/cat\nautostart=false\n[group:a]\nprograms=b\n[program:b]\ncommand=/bin/cat\nautostart=false\n");
        let warned =
            world.main_log().iter().any(|line| line.message.contains("More than one group is named"));
        world.differs("repeated-names-are-reported", Part::Daemon, warned.to_string(), ["false", "true"]);
        let finished = world.ctl(&["reread"]);
        let expected = ["a: changed\n", "No config updates to processes\n"];
        world.differs("duplicate-group-names", Part::Daemon, finished.stdout, expected);
    });
}

const INTERFACE: &str = "[unix_http_server]\nfile=%(here)s/s.sock\n[rpcinterface:supervisor]\n\
    supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface\n";

#[test]
fn options_that_an_interface_does_not_take_end_the_start() {
    compare(|world| {
        for options in ["foo=1\n", "[DEFAULT]\nfoo=1\n"] {
            let outcome = outcome_of(world, format!("{BASE}{INTERFACE}{options}"));
            world.note(options.trim_end(), outcome);
        }
        // Without a server nobody asks the factory.
        let alone = INTERFACE.split_once("[rpc").map(|(_, rest)| format!("{BASE}[rpc{rest}foo=1\n"));
        let outcome = outcome_of(world, alone.expect("it has both sections"));
        world.note("without a server", outcome);
    });
}

#[test]
fn options_that_an_interface_does_not_take_are_told_at_a_reread_too() {
    compare(|world| {
        world.start("");
        world.await_file("s.sock");
        world.configure("[DEFAULT]\nfoo=1\n");
        let outcome = world.rpc("supervisor.reloadConfig", &[]);
        let accepted = outcome.is_ok().to_string();
        world.differs("interface-options-at-reread", Part::Daemon, accepted, ["true", "false"]);
    });
}

#[test]
fn an_unknown_user_of_the_daemon_is_told_at_a_reread_too() {
    compare(|world| {
        world.start("");
        world.await_file("s.sock");
        world.configure("[supervisord]\nuser=nosuchuser\n");
        let accepted = world.rpc("supervisor.reloadConfig", &[]).is_ok().to_string();
        world.differs("unknown-user-at-reread", Part::Daemon, accepted, ["true", "false"]);
    });
}

#[test]
fn a_log_without_a_name_is_no_log() {
    compare(|world| {
        world.start("[program:cat]\ncommand=/bin/cat\nstartsecs=0\nstdout_logfile=\n");
        world.await_running("cat");
        world.note_info("cat");
        let infos = world.rpc("supervisor.getAllConfigInfo", &[]).expect("it is always there");
        let told = infos.elements()[0].get("stdout_logfile").map(|name| name.text().to_owned());
        world.differs("logs-without-names-are-none", Part::Daemon, told.unwrap_or_default(), ["", "none"]);
    });
}
