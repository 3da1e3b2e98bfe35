use super::*;
use crate::ctlplugin::Offer;
use crate::memory::MemoryHost;

fn host(section: &str) -> MemoryHost {
    MemoryHost::new()
        .with_file("/etc/supervisord.conf", format!("[supervisorctl]\n{section}"))
        .with_current_dir("/start")
        .with_variable("HOME", "/home/me")
}

fn parse(line: &str, host: &MemoryHost) -> Result<Parsed, UsageError> {
    let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
    load(&words, host)
}

fn run(line: &str, host: &MemoryHost) -> ClientConfig {
    match parse(line, host) {
        Ok(Parsed::Run(config)) => *config,
        other => panic!("{other:?}"),
    }
}

fn refusal(line: &str, host: &MemoryHost) -> String {
    parse(line, host).err().map(|error| error.message).unwrap_or_default()
}

#[test]
fn without_a_file_the_defaults_hold() {
    let config = run("supervisorctl", &MemoryHost::new());
    assert_eq!((config.serverurl.as_str(), config.prompt.as_str()), ("http://localhost:9001", "supervisor"));
    assert_eq!((config.username, config.password, config.history_file), (None, None, None));
    assert_eq!((config.interactive, config.words.len()), (true, 0));
}

#[test]
fn the_command_line_goes_before_the_file_value_by_value() {
    let host = host("serverurl=http://file\nusername=u\npassword=p\nprompt=box\nhistory_file=~/h\n");
    let config = run("supervisorctl -s http://line -p line", &host);
    assert_eq!((config.serverurl.as_str(), config.prompt.as_str()), ("http://line", "box"));
    assert_eq!((config.username.as_deref(), config.password.as_deref()), (Some("u"), Some("line")));
    assert_eq!(config.history_file.as_deref(), Some("/home/me/h"));
}

#[test]
fn words_that_remain_are_one_action() {
    let config = run("supervisorctl -i tail -f web", &host(""));
    assert_eq!((config.interactive, config.words), (true, ["tail", "-f", "web"].map(str::to_owned).to_vec()));
    assert!(!run("supervisorctl status", &host("")).interactive);
}

#[test]
fn json_is_for_one_action() {
    let config = run("supervisorctl --json status", &host(""));
    assert_eq!((config.json, config.words), (true, vec!["status".to_owned()]));
    assert!(!run("supervisorctl status --json", &host("")).json);
    assert_eq!(refusal("supervisorctl --json", &host("")), "option --json requires an action");
}

#[test]
fn a_socket_from_the_file_is_made_absolute_and_one_from_the_command_line_is_not() {
    let host = host("serverurl=unix://x/../s.sock\n");
    assert_eq!(run("supervisorctl", &host).serverurl, "unix:///start/s.sock");
    assert_eq!(run("supervisorctl -s unix://x/../s.sock", &host).serverurl, "unix://x/../s.sock");
}

#[test]
fn the_history_file_can_be_named_in_three_ways() {
    for line in ["supervisorctl -r h", "supervisorctl --history-file=h", "supervisorctl --history_file h"] {
        assert_eq!(run(line, &host("history_file=/f")).history_file.as_deref(), Some("/start/h"), "{line}");
    }
}

#[test]
fn what_the_reference_refuses_is_refused_in_its_words() {
    let plain = host("");
    for (line, message) in [
        ("supervisorctl -x", "option -x not recognized"),
        ("supervisorctl -c", "option -c requires argument"),
        ("supervisorctl -s foo", "invalid value for -s 'foo': value 'foo' is not a URL"),
        ("supervisorctl -s http://", "invalid value for -s 'http://': value 'http://' is not a URL"),
        ("supervisorctl -c nope", "could not find config file nope"),
        ("supervisorctl -c /etc", "could not read config file /etc"),
        ("supervisorctl -i --interactive", "conflicting command line option '--interactive'"),
    ] {
        assert_eq!(refusal(line, &plain), message, "{line}");
    }
}

#[test]
fn a_file_must_have_the_section_and_known_names() {
    let other = MemoryHost::new().with_file("/etc/supervisord.conf", "[supervisord]\n");
    assert_eq!(refusal("supervisorctl", &other), ".ini file does not include supervisorctl section");
    assert_eq!(
        refusal("supervisorctl", &host("password=%(ENV_X)s\n")),
        "Format string '%(ENV_X)s' for 'supervisorctl.password' contains names ('ENV_X') which cannot be \
         expanded. Available names: ENV_HOME"
    );
}

#[test]
fn a_file_that_cannot_be_parsed_is_a_usage_error() {
    let broken = MemoryHost::new().with_file("/etc/supervisord.conf", "junk\n");
    assert!(refusal("supervisorctl", &broken).starts_with("File contains no section headers."));
}

#[test]
fn an_extension_that_cannot_be_had_is_a_warning_and_a_refusal_of_what_it_could_do() {
    let config = run("supervisorctl status", &host("[ctlplugin:x]\n"));
    assert_eq!(
        config.warnings,
        [
            "section [ctlplugin:x] does not specify a supervisor.ctl_factory (line 2 of /etc/supervisord.conf); \
          add `supervisor.ctl_factory=`: a Python function as module:name"
        ]
    );
    let config = run("supervisorctl x", &host("[ctlplugin:x]\nsupervisor.ctl_factory=nosuch:foo\n"));
    let refusal = config.refusal.map(|error| error.explained()).unwrap_or_default();
    assert!(refusal.starts_with("Error: nosuch:foo cannot be resolved within [ctlplugin:x]\n"), "{refusal}");
    assert!(refusal.contains(" = help: Python code cannot be loaded: write `command=`"), "{refusal}");
    assert!(refusal.ends_with("\n\nFor help, use supervisorctl -h\n"), "{refusal}");
}

#[test]
fn an_action_that_supervisor_has_wins() {
    let config = run("supervisorctl", &host("[ctlplugin:start]\ncommand=/bin/x\n"));
    assert_eq!(
        config.warnings,
        ["[ctlplugin:start] has no effect: \"start\" is an action that Supervisor has \
          (line 3 of /etc/supervisord.conf); give the section another name"]
    );
    assert_eq!(config.refusal, None);
}

#[test]
fn extensions_of_included_files_count_and_nothing_else_of_them() {
    let host = host("[include]\nfiles=/c/*.ini\n")
        .with_file("/c/a.ini", "[supervisorctl]\nprompt=a\n[ctlplugin:x]\ncommand=%(here)s/x\n")
        .with_file("/c/b.ini", "junk\n");
    let config = run("supervisorctl", &host);
    assert_eq!((config.prompt.as_str(), config.warnings.len()), ("supervisor", 0));
    assert_eq!(config.plugins.len(), 1);
    assert_eq!(config.plugins[0].offer, Offer::Program(vec!["/c/x".to_owned()]));
}

#[test]
fn the_daemon_s_includes_are_not_followed() {
    assert!(parse("supervisorctl", &host("[include]\n")).is_ok());
}

#[test]
fn the_help_text_names_every_option() {
    let Ok(Parsed::Help(text)) = parse("ctl -h", &MemoryHost::new()) else { panic!("no help") };
    assert!(
        text.starts_with("supervisorctl -- control applications run by supervisord from the cmd line.\n")
    );
    for long in ["configuration", "help", "interactive", "serverurl", "username", "password", "history-file"]
    {
        assert!(text.contains(&format!("--{long}")), "{long}");
    }
    assert!(text.contains("Usage: ctl [options] [action [arguments]]\n"));
}
