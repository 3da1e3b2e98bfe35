//! Every message that the reference has for a configuration, table by table: what leads to it, which kind it is,
//! and its words.

use supervisor_config::memory::MemoryHost;
use supervisor_config::report::Format;
use supervisor_config::supervisord::{CommandLine, Parsed};
use supervisor_config::{supervisorctl, usage::UsageError};

const PATH: &str = "/etc/s.conf";

/// A configuration without the line `[supervisord]` before it, a code, and the first message.
type Row = (&'static str, &'static str, &'static str);

fn host(text: &str) -> MemoryHost {
    MemoryHost::new().with_file(PATH, text).with_variable("HOME", "/home/me").with_effective_uid(0)
}

fn command_line(host: &MemoryHost, arguments: &[&str]) -> Result<Parsed, UsageError> {
    let words: Vec<String> = ["supervisord"].iter().chain(arguments).map(|&word| word.to_owned()).collect();
    CommandLine::parse(&words, host)
}

/// The code and the message of the first fault.
fn refusal(host: &MemoryHost) -> (String, String) {
    let Ok(Parsed::Run(command_line)) = command_line(host, &["-c", PATH]) else { panic!("no run") };
    let Err(error) = command_line.load(host) else { panic!("no fault") };
    let two_lines = format!("Error: {}\nFor help, use supervisord -h", error.message);
    assert_eq!(command_line.usage_error(&error).to_string(), two_lines);
    let explained = command_line.usage_error(&error).explained();
    assert!(explained.starts_with(&format!("Error: {}\n", error.message)), "{explained}");
    assert!(explained.ends_with("\nFor help, use supervisord -h\n"), "{explained}");
    // What a check finds is an error, too.
    let report = command_line.check(host);
    assert_eq!(report.status(), 2, "{}", report.render(Format::Text));
    (error.findings[0].code.to_string(), error.message)
}

fn assert_rows(before: &str, rows: &[Row], suffix: &str) {
    for (text, code, message) in rows {
        let expected = ((*code).to_owned(), format!("{message}{suffix}"));
        assert_eq!(refusal(&host(&format!("[supervisord]\n{before}{text}\n"))), expected, "{text}");
    }
}

/// Options of `[program:x]`, whose faults name the section.
fn assert_program_rows(rows: &[Row]) {
    assert_rows("[program:x]\ncommand=cat\n", rows, " in section 'program:x' (file: '/etc/s.conf')");
}

#[test]
fn finding_and_reading_the_file() {
    let message = |host: &MemoryHost| refusal(host);
    let told = |code: &str, message: &str| (code.to_owned(), message.to_owned());
    assert_eq!(message(&MemoryHost::new()), told("file-missing", "could not find config file /etc/s.conf"));
    assert_eq!(
        message(&MemoryHost::new().with_unreadable_file(PATH)),
        told("file-unreadable", "could not read config file /etc/s.conf")
    );
    assert_eq!(
        message(&MemoryHost::new().with_dir(PATH)),
        told("file-unreadable", "could not read config file /etc/s.conf")
    );
    assert_eq!(
        message(&MemoryHost::new().with_file(PATH, *b"[supervisord]\nidentifier=123456789012\xe9x\n")),
        told("not-utf-8", "'utf-8' codec can't decode byte 0xe9 in position 37: invalid continuation byte")
    );
    let searched = command_line(&MemoryHost::new(), &[]).err().map(|error| error.message);
    assert_eq!(
        searched.as_deref(),
        Some(
            "No config file found at default paths (etc/supervisord.conf, supervisord.conf, supervisord.conf, \
             etc/supervisord.conf, /etc/supervisord.conf, /etc/supervisor/supervisord.conf); use the -c option to \
             specify a config file at a different path"
        )
    );
}

#[test]
fn lines() {
    let told = |message: &str| ("syntax".to_owned(), message.to_owned());
    assert_eq!(
        refusal(&host("\n  junk\n[supervisord]\n")),
        told("File contains no section headers.\nfile: '/etc/s.conf', line: 2\n'  junk\\n'")
    );
    assert_eq!(
        refusal(&host("[supervisord]\njunk\n=x\n[]\nlast")),
        told(
            "Source contains parsing errors: '/etc/s.conf'\n\t[line  2]: 'junk\\n'\n\t[line  3]: '=x\\n'\n\
             \t[line  4]: '[]\\n'\n\t[line  5]: 'last'"
        )
    );
}

#[test]
fn expansions() {
    assert_rows(
        "",
        &[
            (
                "identifier=%(nope)s",
                "unknown-variable",
                "Format string '%(nope)s' for 'supervisord.identifier' contains names ('nope') which cannot be \
                 expanded. Available names: ENV_HOME, here",
            ),
            (
                "identifier=50%",
                "bad-expansion",
                "Format string '50%' for 'supervisord.identifier' is badly formatted: incomplete format",
            ),
            (
                "identifier=%(here",
                "bad-expansion",
                "Format string '%(here' for 'supervisord.identifier' is badly formatted: incomplete format key",
            ),
            (
                "identifier=%(here)y",
                "bad-expansion",
                "Format string '%(here)y' for 'supervisord.identifier' is badly formatted: unsupported format \
                 character 'y' (0x79) at index 7",
            ),
            (
                "identifier=%(here)d",
                "bad-expansion",
                "Format string '%(here)d' for 'supervisord.identifier' is badly formatted: %d format: a real number \
                 is required, not str",
            ),
            (
                "identifier=%x",
                "bad-expansion",
                "Format string '%x' for 'supervisord.identifier' is badly formatted: %x format: an integer is \
                 required, not dict",
            ),
            (
                "identifier=%(here)s %d %d",
                "bad-expansion",
                "Format string '%(here)s %d %d' for 'supervisord.identifier' is badly formatted: not enough \
                 arguments for format string",
            ),
            (
                "identifier=%(here)*d",
                "bad-expansion",
                "Format string '%(here)*d' for 'supervisord.identifier' is badly formatted: * wants int",
            ),
            (
                "[include]\nfiles=%(x)s",
                "unknown-variable",
                "Format string '%(x)s' for 'include.files' contains names ('x') which cannot be expanded. Available \
                 names: ENV_HOME, here, host_node_name",
            ),
        ],
        "",
    );
}

#[test]
fn expansions_of_programs() {
    assert_program_rows(&[
        (
            "directory=%(x)s",
            "unknown-variable",
            "Format string '%(x)s' for 'program:x.directory' contains names ('x') which cannot be expanded. Available \
             names: ENV_HOME, group_name, here, host_node_name, numprocs, process_num, program_name",
        ),
        (
            "environment=A=%",
            "bad-expansion",
            "Format string 'A=%' for 'environment' is badly formatted: incomplete format",
        ),
        (
            "process_name=%",
            "bad-expansion",
            "Format string '%' for 'process_name' is badly formatted: incomplete format",
        ),
        (
            "stdout_logfile=%%",
            "bad-expansion",
            "Format string '%' for 'stdout_logfile' is badly formatted: incomplete format",
        ),
        (
            "stderr_logfile=%%",
            "bad-expansion",
            "Format string '%' for 'stderr_logfile' is badly formatted: incomplete format",
        ),
    ]);
}

#[test]
fn includes() {
    assert_rows(
        "",
        &[("[include]", "option-missing", ".ini file has [include] section, but no files setting")],
        "",
    );
    let included = |text: &str| host("[supervisord]\n[include]\nfiles=a\n").with_file("/etc/a", text);
    assert_eq!(
        refusal(&included("junk\n")).1,
        "File contains no section headers.\nfile: '/etc/a', line: 1\n'junk\\n'"
    );
    assert_eq!(
        refusal(&included("[x]\njunk\n")).1,
        "Source contains parsing errors: '/etc/a'\n\t[line  2]: 'junk\\n'"
    );
    assert_eq!(
        refusal(&included("[program:a]\n")).1,
        "program section program:a does not specify a command in section 'program:a' (file: '/etc/a')"
    );
}

#[test]
fn the_daemon_s_section() {
    let told = refusal(&host("[program:x]\n"));
    assert_eq!(told.1, ".ini file does not include supervisord section");
    assert_eq!(told.0, "section-missing");
    assert_rows(
        "",
        &[
            ("minfds=0x10", "bad-value", "invalid literal for int() with base 10: '0x10'"),
            ("minprocs=", "bad-value", "invalid literal for int() with base 10: ''"),
            ("directory=/nope", "directory-missing", "/nope is not an existing directory"),
            ("user=nope", "unknown-user", "Invalid user name nope"),
            ("user=4711", "unknown-user", "Invalid user id 4711"),
            ("user=", "unknown-user", "Invalid user name "),
            ("umask=9", "bad-value", "9 can not be converted to an octal type"),
            (
                "logfile=/nope/x",
                "directory-missing",
                "The directory named as part of the path /nope/x does not exist",
            ),
            ("logfile_maxbytes=1.5MB", "bad-value", "invalid literal for int() with base 10: '1.5'"),
            ("logfile_maxbytes=1M", "bad-value", "invalid literal for int() with base 10: '1m'"),
            ("logfile_backups=x", "bad-value", "invalid literal for int() with base 10: 'x'"),
            ("loglevel=Loud", "bad-value", "bad logging level name 'Loud'"),
            (
                "pidfile=/nope/x",
                "directory-missing",
                "The directory named as part of the path /nope/x does not exist",
            ),
            ("nodaemon=maybe", "bad-value", "not a valid boolean value: 'maybe'"),
            ("silent=maybe", "bad-value", "not a valid boolean value: 'maybe'"),
            ("childlogdir=/nope", "directory-missing", "/nope is not an existing directory"),
            ("nocleanup=maybe", "bad-value", "not a valid boolean value: 'maybe'"),
            ("strip_ansi=maybe", "bad-value", "not a valid boolean value: 'maybe'"),
            ("environment=A", "bad-value", "Unexpected end of key/value pairs in value 'A'"),
            ("environment=A=\"x", "bad-value", "No closing quotation"),
        ],
        "",
    );
}

#[test]
fn servers() {
    assert_rows(
        "",
        &[
            ("[unix_http_server]", "option-missing", "section [unix_http_server] has no file value"),
            ("[unix_http_server]\nfile=/s\nchmod=9", "bad-value", "Invalid chmod value 9"),
            ("[unix_http_server]\nfile=/s\nchown=nope:x", "unknown-user", "Invalid sockchown value nope:x"),
            ("[inet_http_server:x]", "option-missing", "section [inet_http_server:x] has no port value"),
            ("[inet_http_server]\nport=x", "bad-value", "not a valid port number: 'x' "),
            ("[inet_http_server]\nport=h:", "bad-value", "no port number specified in ''"),
            ("[inet_http_server]\nport=h:0", "bad-value", "0 is below lower bound (1)"),
            ("[inet_http_server]\nport=h:65536", "bad-value", "65536 is above upper bound (65535)"),
            ("[inet_http_server]\nport=h:x", "bad-value", "invalid literal for int() with base 10: 'x'"),
            (
                "[inet_http_server]\nport=1\nusername=x",
                "incomplete-login",
                "Section [inet_http_server] contains incomplete authentication: If a username or a password is \
                 specified, both the username and password must be specified",
            ),
            (
                "[unix_http_server]\nfile=/s\npassword=x",
                "incomplete-login",
                "Section [unix_http_server] contains incomplete authentication: If a username or a password is \
                 specified, both the username and password must be specified",
            ),
        ],
        "",
    );
}

#[test]
fn programs() {
    assert_program_rows(&[
        ("autostart=maybe", "bad-value", "not a valid boolean value: 'maybe'"),
        ("autorestart=Maybe", "bad-value", "invalid 'autorestart' value 'maybe'"),
        ("startsecs=x", "bad-value", "invalid literal for int() with base 10: 'x'"),
        ("startretries=x", "bad-value", "invalid literal for int() with base 10: 'x'"),
        ("stopsignal=NOPE", "bad-value", "value 'NOPE' is not a valid signal name"),
        ("stopsignal=99", "bad-value", "value '99' is not a valid signal number"),
        ("stopwaitsecs=x", "bad-value", "invalid literal for int() with base 10: 'x'"),
        ("stopasgroup=x", "bad-value", "not a valid boolean value: 'x'"),
        ("killasgroup=x", "bad-value", "not a valid boolean value: 'x'"),
        ("exitcodes=0,256", "bad-value", "not a valid list of exit codes: '0,256'"),
        ("exitcodes=0,", "bad-value", "not a valid list of exit codes: '0,'"),
        ("redirect_stderr=x", "bad-value", "not a valid boolean value: 'x'"),
        ("numprocs=x", "bad-value", "invalid literal for int() with base 10: 'x'"),
        ("numprocs_start=x", "bad-value", "invalid literal for int() with base 10: 'x'"),
        ("stdout_capture_maxbytes=x", "bad-value", "invalid literal for int() with base 10: 'x'"),
        ("stdout_events_enabled=x", "bad-value", "not a valid boolean value: 'x'"),
        ("stderr_capture_maxbytes=x", "bad-value", "invalid literal for int() with base 10: 'x'"),
        ("stderr_events_enabled=x", "bad-value", "not a valid boolean value: 'x'"),
        ("user=nope", "unknown-user", "Invalid user name nope"),
        ("umask=x", "bad-value", "x can not be converted to an octal type"),
        ("process_name=a b", "bad-value", "Invalid name: 'a b' because of character: ' '"),
        ("process_name=a:b", "bad-value", "Invalid name: 'a:b' because of character: ':'"),
        ("process_name=a/b", "bad-value", "Invalid name: 'a/b' because of character: '/'"),
        ("numprocs=2", "conflict", "%(process_num) must be present within process_name when numprocs > 1"),
        (
            "stopasgroup=true\nkillasgroup=false",
            "conflict",
            "Cannot set stopasgroup=true and killasgroup=false",
        ),
        ("environment=A=1 B=2", "bad-value", "Unexpected end of key/value pairs in value 'A=1 B=2'"),
        (
            "stdout_logfile=/nope/x",
            "directory-missing",
            "The directory named as part of the path /nope/x does not exist",
        ),
        ("stdout_logfile_backups=x", "bad-value", "invalid literal for int() with base 10: 'x'"),
        ("stdout_logfile_maxbytes=x", "bad-value", "invalid literal for int() with base 10: 'x'"),
        ("stdout_syslog=x", "bad-value", "not a valid boolean value: 'x'"),
        (
            "stderr_logfile=/nope/x",
            "directory-missing",
            "The directory named as part of the path /nope/x does not exist",
        ),
        ("stderr_logfile_backups=x", "bad-value", "invalid literal for int() with base 10: 'x'"),
        ("stderr_logfile_maxbytes=x", "bad-value", "invalid literal for int() with base 10: 'x'"),
        ("stderr_syslog=x", "bad-value", "not a valid boolean value: 'x'"),
    ]);
    assert_rows(
        "",
        &[
            (
                "[program:x]",
                "option-missing",
                "program section program:x does not specify a command in section 'program:x' (file: '/etc/s.conf')",
            ),
            // The priority of the group is read first, and the name checked first; neither names the section.
            (
                "[program:x]\ncommand=x\npriority=x",
                "bad-value",
                "invalid literal for int() with base 10: 'x'",
            ),
            ("[program:a b]\ncommand=x", "bad-value", "Invalid name: 'a b' because of character: ' '"),
        ],
        "",
    );
}

#[test]
fn event_listeners() {
    assert_rows(
        "[eventlistener:e]\ncommand=x\n",
        &[
            ("priority=x", "bad-value", "invalid literal for int() with base 10: 'x'"),
            ("buffer_size=0", "bad-value", "[eventlistener:e] section sets invalid buffer_size (0)"),
            ("", "option-missing", "[eventlistener:e] section requires an \"events\" line"),
            ("events=", "option-missing", "[eventlistener:e] section requires an \"events\" line"),
            ("events=foo", "unknown-event", "Unknown event type FOO in [eventlistener:e] events"),
            (
                "events=PROCESS_STATE_CHANGE",
                "unknown-event",
                "Unknown event type PROCESS_STATE_CHANGE in [eventlistener:e] events",
            ),
            ("events=TICK_5,", "unknown-event", "Unknown event type  in [eventlistener:e] events"),
            ("result_handler=a:b", "unknown-extension", "a:b cannot be resolved within [eventlistener:e]"),
            (
                "events=TICK_5\nredirect_stderr=true",
                "conflict",
                "[eventlistener:e] section sets redirect_stderr=true but this is not allowed because it will \
                 interfere with the eventlistener protocol",
            ),
        ],
        "",
    );
    assert_rows(
        "[eventlistener:a b]\ncommand=x\nevents=TICK_5\n",
        &[("", "bad-value", "Invalid name: 'a b' because of character: ' '")],
        " in section 'eventlistener:a b' (file: '/etc/s.conf')",
    );
}

#[test]
fn fcgi_programs() {
    assert_rows(
        "[fcgi-program:f]\ncommand=x\n",
        &[
            ("", "option-missing", "[fcgi-program:f] section requires a \"socket\" line"),
            ("user=nope", "unknown-user", "Invalid user name nope"),
            ("socket_owner=nope", "unknown-user", "Invalid socket_owner value nope"),
            ("socket_mode=9", "bad-value", "Invalid socket_mode value 9"),
            ("socket_backlog=65536", "bad-value", "Invalid socket_backlog value 65536"),
            ("socket_backlog=x", "bad-value", "invalid literal for int() with base 10: 'x'"),
            ("socket=x", "bad-value", "Bad socket format x in [fcgi-program:f] socket"),
            (
                "socket=unix://x",
                "bad-value",
                "Unix socket path x is not an absolute path in [fcgi-program:f] socket",
            ),
            (
                "socket=tcp://h:1\nsocket_mode=0700",
                "bad-value",
                "socket_owner and socket_mode params should only be used with a Unix domain socket in \
                 [fcgi-program:f] socket",
            ),
            ("socket=tcp://h:0", "bad-value", "0 is below lower bound (1) in [fcgi-program:f] socket"),
            (
                "socket=tcp://h:65536",
                "bad-value",
                "65536 is above upper bound (65535) in [fcgi-program:f] socket",
            ),
        ],
        "",
    );
}

#[test]
fn groups() {
    assert_rows(
        "[program:p]\ncommand=x\n[fcgi-program:q]\n[program:q]\n",
        &[
            (
                "[group:g]\nprograms=nope",
                "unknown-program",
                "[group:g] names unknown program or fcgi-program nope",
            ),
            (
                "[group:g]\nprograms=q",
                "ambiguous-program",
                "[group:g] name q is ambiguous (exists as program and fcgi-program)",
            ),
            ("[group:g]\npriority=x", "bad-value", "invalid literal for int() with base 10: 'x'"),
            ("[group:a:b]", "bad-value", "Invalid name: 'a:b' because of character: ':'"),
        ],
        "",
    );
}

#[test]
fn extensions() {
    assert_rows(
        "",
        &[
            (
                "[rpcinterface:x]",
                "option-missing",
                "section [rpcinterface:x] does not specify a supervisor.rpcinterface_factory",
            ),
            (
                "[rpcinterface:x]\nsupervisor.rpcinterface_factory=a:b",
                "unknown-extension",
                "a:b cannot be resolved within [rpcinterface:x]",
            ),
        ],
        "",
    );
}

#[test]
fn the_client() {
    let refusal = |text: &str, arguments: &[&str]| {
        let words: Vec<String> =
            ["supervisorctl", "-c", PATH].iter().chain(arguments).map(|&word| word.to_owned()).collect();
        match supervisorctl::load(&words, &host(text)) {
            Ok(parsed) => panic!("{parsed:?}"),
            Err(error) => {
                let two_lines = format!("Error: {}\nFor help, use supervisorctl -h", error.message);
                assert_eq!(error.to_string(), two_lines);
                assert!(error.explained().starts_with(&format!("Error: {}\n", error.message)));
                error.message
            }
        }
    };
    for (text, message) in [
        ("[supervisord]\n", ".ini file does not include supervisorctl section"),
        (
            "[supervisorctl]\nserverurl=%(x)s\n",
            "Format string '%(x)s' for 'supervisorctl.serverurl' contains names ('x') which cannot be expanded. \
             Available names: ENV_HOME, here",
        ),
        ("junk\n", "File contains no section headers.\nfile: '/etc/s.conf', line: 1\n'junk\\n'"),
    ] {
        assert_eq!(refusal(text, &[]), message);
    }
    assert_eq!(
        refusal("[supervisorctl]\n", &["-s", "foo"]),
        "invalid value for -s 'foo': value 'foo' is not a URL"
    );
}
