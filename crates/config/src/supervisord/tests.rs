use proptest::prelude::*;

use super::*;
use crate::memory::MemoryHost;
use crate::story::{machine, run};

fn parse(line: &str, host: &MemoryHost) -> Result<Parsed, UsageError> {
    let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
    CommandLine::parse(&words, host)
}

fn command_line(line: &str, host: &MemoryHost) -> CommandLine {
    match parse(line, host) {
        Ok(Parsed::Run(command_line)) => *command_line,
        other => panic!("{other:?}"),
    }
}

fn refusal(line: &str) -> String {
    match parse(line, &MemoryHost::new()) {
        Err(error) => error.message,
        Ok(parsed) => panic!("{parsed:?}"),
    }
}

#[test]
fn the_log_names_sections_that_look_like_known_ones() {
    let text = "[supervisord]\n[progam:a]\ncommand=cat\n[unrelated]\n[program]\n[program:b]\ncommand=cat\n\
                [program:c\nuser=root\n";
    let config = run(&machine(text), &[]).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(
        config.warnings,
        [
            "[progam:a] is not a section that supervisord knows: did you mean [program:a]?",
            "[program] is not a section that supervisord knows: did you mean [program:NAME]?",
            "`[program` in line 8 of /etc/supervisord.conf is read as the name of an option: no bracket closes the \
             section's name",
        ]
    );
}

#[test]
fn help_and_version_end_the_work_where_they_stand() {
    let host = MemoryHost::new();
    assert!(matches!(parse("supervisord -v -h", &host), Ok(Parsed::Version)));
    assert!(matches!(parse("supervisord -c missing -v", &host), Ok(Parsed::Version)));
    assert!(parse("supervisord -? --nope", &host).is_err());
    assert_eq!(refusal("supervisord -e bad -h"), "invalid value for -e 'bad': bad logging level name 'bad'");
}

#[test]
fn the_help_text_has_one_line_for_each_option() {
    let Ok(Parsed::Help(text)) = parse("/bin/supervisord --help", &MemoryHost::new()) else {
        panic!("no help")
    };
    assert!(text.starts_with(
        "supervisord -- run a set of applications as daemons.\n\nUsage: /bin/supervisord [options]\n\n\
         Options:\n-c/--configuration FILENAME -- "
    ));
    assert!(text.contains("\n--minprocs NUM -- "));
    assert!(text.ends_with(" which behaves as Supervisor 4.3.0.\n"), "{text}");
    assert!(text.lines().all(|line| line.len() <= 100));
}

#[test]
fn a_wrong_command_line_is_refused_in_the_reference_s_words() {
    for (line, message) in [
        ("supervisord -x", "option -x not recognized"),
        ("supervisord foo -c x", "positional arguments are not supported: ['foo', '-c', 'x']"),
        ("supervisord -n --nodaemon", "conflicting command line option '--nodaemon'"),
        ("supervisord -m 9", "invalid value for -m '9': 9 can not be converted to an octal type"),
        ("supervisord --dir nope", "invalid value for --directory 'nope': nope is not an existing directory"),
        (
            "supervisord --minfds=x",
            "invalid value for --minfds 'x': invalid literal for int() with base 10: 'x'",
        ),
    ] {
        assert_eq!(refusal(line), message, "{line}");
    }
}

#[test]
fn without_c_the_file_is_searched_for() {
    assert_eq!(
        refusal("/opt/bin/supervisord"),
        "No config file found at default paths (/opt/etc/supervisord.conf, /opt/supervisord.conf, \
         supervisord.conf, etc/supervisord.conf, /etc/supervisord.conf, /etc/supervisor/supervisord.conf); \
         use the -c option to specify a config file at a different path"
    );
    let host = MemoryHost::new()
        .with_file("/etc/supervisord.conf", "")
        .with_file("/srv/supervisord.conf", "[supervisord]\n")
        .with_current_dir("/srv");
    let config = command_line("supervisord", &host).load(&host).unwrap();
    assert_eq!(config.path, "/srv/supervisord.conf");
}

#[test]
fn root_is_warned_if_it_does_not_name_the_file() {
    let host = MemoryHost::new().with_file("/etc/supervisord.conf", "[supervisord]\n");
    let warned = |line: &str, uid| {
        let host = host.clone().with_effective_uid(uid);
        command_line(line, &host).load(&host).unwrap().root_without_configuration
    };
    assert!(warned("supervisord", 0));
    assert!(!warned("supervisord", 1000));
    assert!(!warned("supervisord -c /etc/supervisord.conf", 0));
}

#[test]
fn a_reload_finds_what_the_start_found_wherever_the_daemon_has_gone() {
    let host = MemoryHost::new()
        .with_file(
            "/srv/s.conf",
            "[supervisord]\nlogfile=logs/s.log\n[program:a]\ncommand=cat\nstdout_logfile=logs/a\n",
        )
        .with_dir("/srv/logs")
        .with_current_dir("/srv");
    let command_line = command_line("supervisord -c s.conf", &host);
    let first = command_line.load(&host).unwrap();
    let later = command_line.load(&host.with_current_dir("/")).unwrap();
    assert_eq!(first.path, "/srv/s.conf");
    assert_eq!(first.settings, later.settings);
    assert_eq!(first.groups, later.groups);
}

#[test]
fn a_reload_sees_what_has_changed_in_the_file_and_forgets_what_is_gone() {
    let text = |environment: &str| {
        format!("[supervisord]\n{environment}\n[program:a]\ncommand=cat\nstdout_logfile=%(ENV_A)s\n")
    };
    let host = MemoryHost::new().with_file("/s.conf", text("environment=A=x"));
    let command_line = command_line("supervisord -c /s.conf", &host);
    assert!(command_line.load(&host).is_ok());
    let message = command_line.load(&host.with_file("/s.conf", text(""))).unwrap_err().message;
    assert!(message.contains("contains names ('ENV_A') which cannot be expanded"), "{message}");
}

#[test]
fn a_failed_start_is_told_like_a_wrong_command_line() {
    let host = MemoryHost::new();
    let command_line = command_line("sbin/supervisord -c nope", &host);
    let error = command_line.load(&host).unwrap_err();
    assert_eq!(
        command_line.usage_error(&error).to_string(),
        "Error: could not find config file nope\nFor help, use sbin/supervisord -h"
    );
}

/// Lines that make configurations which get far.
fn line() -> impl Strategy<Value = String> {
    let section = prop::sample::select(vec![
        "[supervisord]",
        "[include]",
        "[program:a]",
        "[program:b]",
        "[group:g]",
        "[eventlistener:e]",
        "[fcgi-program:f]",
        "[unix_http_server]",
        "[inet_http_server]",
        "[rpcinterface:r]",
        "[DEFAULT]",
    ]);
    let names: Vec<&'static str> = crate::options::all().map(|entry| entry.name).collect();
    let value = prop_oneof![
        "[0-9]{1,3}",
        "true|false|TERM|a,b|A=1,B=\"2\"|TICK_5|tcp://h:1|unix:///s|root|/tmp/x|AUTO",
        "(%|\\(|\\)|s|d|%%|%\\(here\\)s|%\\(process_num\\)02d|%\\(ENV_A\\)s|[ a/*\\[\\]]){0,6}",
    ];
    let option = (prop::sample::select(names), value).prop_map(|(name, value)| format!("{name}={value}"));
    prop_oneof![1 => section.prop_map(str::to_owned), 3 => option, 1 => "\\PC{0,20}"]
}

proptest! {
    #[test]
    fn any_configuration_is_accepted_or_refused(lines in prop::collection::vec(line(), 0..30)) {
        let text = format!("[supervisord]\n{}\n", lines.join("\n"));
        let host = MemoryHost::new().with_file("/etc/s.conf", text).with_variable("A", "%(a)s");
        let command_line = command_line("supervisord -c /etc/s.conf", &host);
        let loaded = command_line.load(&host);
        let report = command_line.check(&host);
        let told = report.render(Format::Text);
        prop_assert!(told.contains(" error"));
        prop_assert!(loaded.is_ok() || report.status() == 2);
        prop_assert_eq!(loaded.is_ok(), command_line.dump(&host).is_ok());
        if let Err(error) = loaded {
            let told = command_line.usage_error(&error).explained();
            prop_assert!(told.starts_with("Error: ") && told.ends_with(" -h\n"));
        }
    }

    #[test]
    fn any_command_line_is_accepted_or_refused(words in prop::collection::vec("-{0,2}[a-z=?]{0,9}", 0..6)) {
        let words: Vec<String> = std::iter::once("supervisord".to_owned()).chain(words).collect();
        let _ = CommandLine::parse(&words, &MemoryHost::new());
    }
}

/// The long options of the reference, and whether they take an argument.
const REFERENCE_OPTIONS: [(&str, bool); 20] = [
    ("childlogdir", true),
    ("configuration", true),
    ("directory", true),
    ("help", false),
    ("identifier", true),
    ("logfile", true),
    ("logfile_backups", true),
    ("logfile_maxbytes", true),
    ("loglevel", true),
    ("minfds", true),
    ("minprocs", true),
    ("nocleanup", false),
    ("nodaemon", false),
    ("pidfile", true),
    ("profile_options", true),
    ("silent", false),
    ("strip_ansi", false),
    ("umask", true),
    ("user", true),
    ("version", false),
];

/// What Python's getopt makes of a long option.
fn by_getopt(written: &str) -> Result<&'static str, String> {
    let possible: Vec<&str> =
        REFERENCE_OPTIONS.iter().map(|(name, _)| *name).filter(|name| name.starts_with(written)).collect();
    match possible.as_slice() {
        [] => Err(format!("option --{written} not recognized")),
        _ if possible.contains(&written) => Ok(possible.into_iter().find(|name| *name == written).unwrap()),
        [one] => Ok(one),
        _ => Err(format!("option --{written} not a unique prefix")),
    }
}

#[test]
fn every_abbreviation_of_the_reference_s_options_means_what_it_always_has() {
    for (name, _) in REFERENCE_OPTIONS {
        for length in 1..=name.len() {
            let written = &name[..length];
            let words = [format!("--{written}"), "value".to_owned()];
            let ours = getopt(FLAGS, &words).map(|(given, _)| given[0].spelling.clone());
            assert_eq!(ours, by_getopt(written).map(|name| format!("--{name}")), "--{written}");
        }
    }
}

#[test]
fn our_own_options_must_be_written_in_full() {
    for name in ["check", "dump-config", "format"] {
        for length in 1..name.len() {
            let written = &name[..length];
            let words = [format!("--{written}"), "value".to_owned()];
            let ours = getopt(FLAGS, &words).map(|(given, _)| given[0].spelling.clone());
            assert_eq!(ours, by_getopt(written).map(|name| format!("--{name}")), "--{written}");
        }
    }
    let known: Vec<&str> =
        FLAGS.iter().filter(|flag| !flag.in_full).flat_map(|flag| flag.long).copied().collect();
    assert_eq!(known.len(), REFERENCE_OPTIONS.len());
    assert!(REFERENCE_OPTIONS.iter().all(|(name, _)| known.contains(name)));
    for (name, argument) in REFERENCE_OPTIONS {
        let flag = FLAGS.iter().find(|flag| flag.long.contains(&name)).unwrap();
        assert_eq!(flag.argument.is_some(), argument, "{name}");
    }
}

#[test]
fn a_check_or_a_dump_can_be_asked_for_in_two_formats() {
    let host = MemoryHost::new().with_file("/etc/supervisord.conf", "[supervisord]\n");
    let task = |line: &str| match parse(line, &host) {
        Ok(Parsed::Check(_, format)) => format!("check {format:?}"),
        Ok(Parsed::Dump(_, format)) => format!("dump {format:?}"),
        Ok(other) => format!("{other:?}"),
        Err(error) => error.message,
    };
    for (line, expected) in [
        ("supervisord --check", "check Text"),
        ("supervisord --format json --check -n", "check Json"),
        ("supervisord --dump-config --format=text", "dump Text"),
        ("supervisord --check --dump-config", "--check and --dump-config exclude each other"),
        ("supervisord --format text", "--format needs --check or --dump-config"),
        ("supervisord --check --format xml", "invalid value for --format 'xml': write text or json"),
        ("supervisord --check=x", "option --check must not have an argument"),
    ] {
        assert_eq!(task(line), expected, "{line}");
    }
}
