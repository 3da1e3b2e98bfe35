use super::*;
use crate::memory::MemoryHost;
use crate::story::{PATH, run};

fn host(text: &str) -> MemoryHost {
    MemoryHost::new()
        .with_file(PATH, text)
        .with_mode(PATH, 0o600)
        .with_group("nogroup", 65534)
        .with_program("/bin/cat")
        .with_file("/etc/relative/directory/a.ini", "")
        .with_variable("HOME", "/tmp")
}

#[test]
fn the_daemon_accepts_it_and_the_check_finds_nothing() {
    let host = host(&sample());
    let config = run(&host, &[]).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!((config.servers.len(), config.interfaces.len(), config.groups.len()), (1, 1, 0));
    let words = ["supervisord", "-c", PATH].map(str::to_owned);
    let Ok(crate::supervisord::Parsed::Run(command_line)) =
        crate::supervisord::CommandLine::parse(&words, &host)
    else {
        panic!("no run")
    };
    assert_eq!(command_line.check(&host).findings, []);
    let words = ["supervisorctl", "-c", PATH].map(str::to_owned);
    let client = crate::supervisorctl::load(&words, &host);
    let Ok(crate::supervisorctl::Parsed::Run(client)) = client else { panic!("{client:?}") };
    assert_eq!(client.serverurl, "unix:///tmp/supervisor.sock");
}

#[test]
fn it_is_still_accepted_when_everything_is_switched_on() {
    let is_switch = |line: &str| {
        line.strip_prefix(';').is_some_and(|rest| rest.starts_with(|c: char| c == '[' || c.is_alphabetic()))
    };
    let lines: Vec<String> = sample()
        .lines()
        .map(|line| if is_switch(line) { line[1..].to_owned() } else { line.to_owned() })
        .collect();
    let config = run(&host(&lines.join("\n")), &[]).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!((config.servers.len(), config.groups.len()), (2, 4));
    // What the sample writes for options with a default is the default.
    let process = &config.groups.iter().find(|group| group.name == "thegroupname").unwrap().processes[0];
    let plain = crate::story::process("");
    assert_eq!(
        (process.stopsignal, process.startsecs, &process.stdout),
        (plain.stopsignal, plain.startsecs, &plain.stdout)
    );
}

#[test]
fn it_has_every_section_and_every_option_with_type_and_default() {
    let text = sample();
    for kind in options::kinds() {
        let prefix = kind.name().trim_end_matches("x]");
        assert!(text.contains(prefix), "{prefix}");
    }
    for entry in options::all() {
        assert!(text.contains(&format!("; {}\n", describe(entry))), "{}", entry.name);
        let written = [format!("\n{}=", entry.name), format!("\n;{}=", entry.name)];
        let spaced = [format!("\n{} = ", entry.name), format!("\n;{} = ", entry.name)];
        assert!(written.iter().chain(&spaced).any(|line| text.contains(line)), "{}", entry.name);
    }
}

#[test]
fn lines_that_others_change_by_scripts_are_as_they_know_them() {
    let text = sample();
    for line in [
        "[unix_http_server]",
        "file=/tmp/supervisor.sock",
        ";[inet_http_server]",
        ";port=127.0.0.1:9001",
        "[supervisord]",
        "logfile=/tmp/supervisord.log",
        "pidfile=/tmp/supervisord.pid",
        "nodaemon=false",
        "loglevel=info",
        ";user=nobody",
        "[rpcinterface:supervisor]",
        "supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface",
        "[supervisorctl]",
        "serverurl=unix:///tmp/supervisor.sock",
        ";[include]",
        ";files = relative/directory/*.ini",
    ] {
        assert!(text.lines().any(|known| known == line), "{line}");
    }
}
