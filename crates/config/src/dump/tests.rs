use proptest::prelude::*;

use super::*;
use crate::memory::MemoryHost;
use crate::options::SectionKind;
use crate::story::{PATH, machine};
use crate::supervisord::{Config, Parsed};

fn command_line(host: &MemoryHost, arguments: &[&str]) -> CommandLine {
    let words: Vec<String> =
        ["supervisord", "-c", PATH].iter().chain(arguments).map(|&word| word.to_owned()).collect();
    match CommandLine::parse(&words, host) {
        Ok(Parsed::Run(command_line)) => *command_line,
        other => panic!("{other:?}"),
    }
}

/// The lines that say something else than a default.
fn dumped(host: &MemoryHost, arguments: &[&str]) -> Vec<String> {
    let dump = command_line(host, arguments).dump(host).unwrap_or_else(|error| panic!("{error}"));
    let text = dump.render(Format::Text);
    let lines = text.lines().filter(|line| !line.contains(" ; default") && !line.is_empty());
    lines.map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}

#[test]
fn every_value_says_where_it_comes_from() {
    let host = machine(
        "[supervisord]\nloglevel=debug\nlogfile=%(here)s/s.log\nidentifier=x\n[include]\nfiles=d/*\n\
         [DEFAULT]\nautostart=no\n",
    )
    .with_variable("WHO", "100%")
    .with_file(
        "/etc/d/a",
        "[program:a]\ncommand=%(program_name)s %(here)s %(ENV_WHO)s %(process_num)d 5%%\n",
    );
    assert_eq!(
        dumped(&host, &["-e", "warn", "-n"]),
        [
            "; What supervisord makes of /etc/supervisord.conf",
            "[supervisord]",
            "logfile=/etc/s.log ; /etc/supervisord.conf:3",
            "loglevel=warn ; command line",
            "identifier=x ; /etc/supervisord.conf:4",
            "nodaemon=true ; command line",
            "[program:a]",
            "autostart=no ; /etc/supervisord.conf:8",
            "command=a /etc/d 100%% %(process_num)d 5%% ; /etc/d/a:2",
        ]
    );
}

#[test]
fn defaults_are_told_too_as_values_or_in_words() {
    let host = machine("[supervisord]\n[program:a]\ncommand=a\n");
    let text = command_line(&host, &[]).dump(&host).unwrap().render(Format::Text);
    for line in [
        "minfds=1024                                      ; default\n",
        "childlogdir=/tmp                                 ; default\n",
        ";user=                                           ; default: the user who starts it\n",
        "process_name=%(program_name)s                    ; default\n",
        "environment=                                     ; default\n",
    ] {
        assert!(text.contains(line), "{line}in\n{text}");
    }
}

#[test]
fn secrets_are_masked() {
    let host = machine(
        "[supervisord]\nenvironment=DB_PASSWORD=\"geheim\",A=\"1\",TOKEN=\"%(ENV_TOKEN)s\"\n\
         [unix_http_server]\nfile=/s\nusername=u\npassword=geheim\n\
         [inet_http_server]\nport=1\nusername=u\npassword=%(ENV_TOKEN)s\n\
         [program:a]\ncommand=run --password=geheim redis://:geheim@h %(ENV_TOKEN)s\n\
         environment=API_KEY=geheim\n",
    )
    .with_variable("TOKEN", "geheim");
    let dump = command_line(&host, &[]).dump(&host).unwrap();
    for format in [Format::Text, Format::Json] {
        let text = dump.render(format);
        assert!(!text.contains("geheim"), "{text}");
    }
    assert_eq!(
        dumped(&host, &[]),
        [
            "; What supervisord makes of /etc/supervisord.conf",
            "; Secrets are masked: put them back before you use this.",
            "[supervisord]",
            "environment=DB_PASSWORD=\"********\",A=\"1\",TOKEN=\"%(ENV_TOKEN)s\" ; /etc/supervisord.conf:2",
            "[unix_http_server]",
            "file=/s ; /etc/supervisord.conf:4",
            "username=u ; /etc/supervisord.conf:5",
            "password=******** ; /etc/supervisord.conf:6",
            "[inet_http_server]",
            "username=u ; /etc/supervisord.conf:9",
            "password=%(ENV_TOKEN)s ; /etc/supervisord.conf:10",
            "port=1 ; /etc/supervisord.conf:8",
            "[program:a]",
            "environment=API_KEY=\"********\" ; /etc/supervisord.conf:13",
            "command=run --password=******** redis://:********@h %(ENV_TOKEN)s ; /etc/supervisord.conf:12",
        ]
    );
}

#[test]
fn secrets_that_cannot_be_told_from_the_rest_are_left_out() {
    let host = machine("[supervisord]\n[program:a]\ncommand=a\nenvironment=%(ENV_X)s%(ENV_KEY)s\n")
        .with_variable("X", "DB_PASSWORD=geheim,")
        .with_variable("KEY", "A=1");
    let lines = dumped(&host, &[]);
    assert!(lines.iter().any(|line| line.starts_with(";environment= ;")), "{lines:?}");
    assert!(!lines.iter().any(|line| line.contains("geheim")), "{lines:?}");
}

#[test]
fn what_cannot_be_written_in_a_file_stays_a_name() {
    let host = machine("[supervisord]\n[program:a]\ncommand=%(ENV_A)s %(ENV_B)s\ndirectory=%(ENV_B)s\n")
        .with_variable("A", "x ;y")
        .with_variable("B", "/b");
    let lines = dumped(&host, &[]);
    assert!(lines.contains(&"command=%(ENV_A)s %(ENV_B)s ; /etc/supervisord.conf:3".to_owned()), "{lines:?}");
    assert!(lines.contains(&"directory=/b ; /etc/supervisord.conf:4".to_owned()), "{lines:?}");
}

#[test]
fn programs_get_the_priority_of_their_listener_s_group_only_if_it_is_given() {
    let text = "[supervisord]\n[eventlistener:e]\ncommand=e\nevents=TICK_5\n";
    let host = machine(text);
    assert_eq!(reloaded(&host, &[]).groups[0].processes[0].priority, 999);
}

#[test]
fn json_names_file_and_line() {
    let host = machine("[supervisord]\nuser=root\n");
    let text = command_line(&host, &[]).dump(&host).unwrap().render(Format::Json);
    let line = "{\"name\": \"user\", \"value\": \"root\", \"source\": \"file\", \
                \"file\": \"/etc/supervisord.conf\", \"line\": 2}";
    assert!(text.contains(line), "{text}");
    assert!(text.contains("{\"name\": \"directory\", \"value\": null, \"source\": \"default\""), "{text}");
}

#[test]
fn a_configuration_with_faults_is_not_dumped() {
    let host = machine("[supervisord]\numask=9\n");
    let error = command_line(&host, &[]).dump(&host).unwrap_err();
    assert_eq!(error.message, "9 can not be converted to an octal type");
}

/// What is read when the dump lies where the configuration was.
fn reloaded(host: &MemoryHost, arguments: &[&str]) -> Config {
    let text = command_line(host, arguments).dump_with(host, Secrets::Shown).unwrap().render(Format::Text);
    let host = host.clone().with_file(PATH, text.clone());
    command_line(&host, &[]).load(&host).unwrap_or_else(|error| panic!("{error} in\n{text}"))
}

fn assert_same(a: &Config, b: &Config) {
    assert_eq!(a.settings, b.settings);
    assert_eq!(a.servers, b.servers);
    assert_eq!(a.interfaces, b.interfaces);
    assert_eq!(a.groups, b.groups);
    assert_eq!(a.server_url, b.server_url);
}

/// Values that an option of that form accepts, mostly.
fn value(form: &str) -> BoxedStrategy<String> {
    let fixed =
        |values: &'static [&'static str]| prop::sample::select(values).prop_map(str::to_owned).boxed();
    match form {
        "a whole number" => fixed(&["1", " 7", "-3", "1_0", "%(ENV_N)s"]),
        "true, yes, on, 1, or false, no, off, 0" => fixed(&["true", "No", "on", "0"]),
        "a number of bytes, or of KB, MB or GB" => fixed(&["0", "10MB", "1 kb", "7"]),
        "an octal number" => fixed(&["022", "0o77"]),
        "a path" => fixed(&["/tmp/x", "x.log", "%(here)s/l", "~/l"]),
        "a path, AUTO or NONE" => {
            fixed(&["/tmp/%(program_name)s", "AUTO", "none", "/tmp/%%%%x", "/tmp/%(ENV_P)s", "syslog", ""])
        }
        "an existing directory" => fixed(&["/tmp", "%(here)s", "~"]),
        "a login name or a user id" => fixed(&["root", "1", "%(ENV_U)s"]),
        "a list of the form KEY=value,KEY2=\"other value\"" => fixed(&[
            "A=1",
            "A=\"%(ENV_Q)s\"\n B=\"x\ty\",\n\n C='\"'",
            "N=\"%(ENV_N)s\",A=\"100%%\"",
            "D=\"%(host_node_name)s:%(here)s\"",
        ]),
        "a name without space, colon and slash" => {
            fixed(&["p%(process_num)02d", "%(program_name)s_%(process_num)s_%(ENV_N)s"])
        }
        "text" | "a command line" | "a directory" => fixed(&[
            "x",
            "a ;b",
            "a;b",
            "a#b;c",
            "%(ENV_N)s %(here)s %(ENV_Q)s %(ENV_P)s %(ENV_W)s",
            "%(process_num)s %(group_name)s",
            "a\n [b]\n\n c=d",
            "100%% %(ENV_A)s",
        ]),
        _ => fixed(&[
            "9001",
            "*:1",
            "h:2",
            "TERM",
            "1",
            "warn",
            "a, b",
            "0,1",
            "nobody:root",
            "unexpected",
            "",
        ]),
    }
}

fn section() -> impl Strategy<Value = String> {
    let headers = prop::sample::select(vec![
        ("supervisord", SectionKind::Supervisord),
        ("program:a", SectionKind::Program),
        ("program: b", SectionKind::Program),
        ("eventlistener:e", SectionKind::EventListener),
        ("fcgi-program:f", SectionKind::FcgiProgram),
        ("group:g", SectionKind::Group),
        ("unix_http_server", SectionKind::UnixHttpServer),
        ("inet_http_server:x", SectionKind::InetHttpServer),
        ("DEFAULT", SectionKind::Program),
    ]);
    headers.prop_flat_map(|(header, kind)| {
        let entries: Vec<(&'static str, &'static str)> =
            crate::options::of(kind).map(|entry| (entry.name, entry.form)).collect();
        let option = prop::sample::select(entries)
            .prop_flat_map(|(name, form)| value(form).prop_map(move |value| format!("{name}={value}")));
        let needed = match kind {
            SectionKind::Program | SectionKind::EventListener | SectionKind::FcgiProgram => {
                "command=cat %(process_num)d\nevents=TICK_5\nsocket=unix:///tmp/%(program_name)s\n"
            }
            SectionKind::Group => "programs=a\n",
            SectionKind::UnixHttpServer => "file=%(here)s/s\n",
            SectionKind::InetHttpServer => "port=1\n",
            _ => "",
        };
        prop::collection::vec(option, 0..5)
            .prop_map(move |options| format!("[{header}]\n{needed}{}\n", options.join("\n")))
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn a_dump_that_is_read_again_gives_the_same_configuration(sections in prop::collection::vec(section(), 0..7)) {
        let text = format!("[supervisord]\n[program:a]\ncommand=x\n{}", sections.concat());
        let host = [("N", "7"), ("Q", "it's %"), ("P", "50%%"), ("W", " x ;y"), ("U", "root"), ("A", "line\nline")]
            .iter()
            .fold(machine(&text), |host, (name, value)| host.with_variable(name, value))
            .with_variable("HOME", "/tmp");
        let command_line = command_line(&host, &[]);
        // The others are refused.
        if let Ok(config) = command_line.load(&host) {
            assert_same(&config, &reloaded(&host, &[]));
            let masked = command_line.dump(&host).unwrap().render(Format::Text);
            let host = host.clone().with_file(PATH, masked.clone());
            prop_assert!(command_line.load(&host).is_ok(), "{}", masked);
        }
    }
}
