use std::collections::BTreeSet;

use crate::codes::Code;
use crate::finding::Severity;
use crate::host::Host;
use crate::memory::MemoryHost;
use crate::report::{Format, Report};
use crate::story::PATH;
use crate::supervisord::{CommandLine, Parsed};

/// A machine on which commands and directories exist and nothing is open to others.
fn host(text: &str) -> MemoryHost {
    MemoryHost::new()
        .with_file(PATH, text)
        .with_mode(PATH, 0o640)
        .with_program("/bin/cat")
        .with_program("/bin/sh")
        .with_dir("/var/log")
        .with_dir("/dev")
}

fn report_on(host: &MemoryHost) -> Report {
    let words = ["supervisord", "-c", PATH, "--check"].map(str::to_owned);
    match CommandLine::parse(&words, host) {
        Ok(Parsed::Check(command_line, Format::Text)) => command_line.check(host),
        other => panic!("{other:?}"),
    }
}

/// Findings as `code LINE:COLUMN message`.
fn findings_on(host: &MemoryHost) -> Vec<String> {
    let lines = report_on(host).findings.into_iter().map(|finding| {
        let place = finding.place.map(|place| format!("{}:{}", place.line, place.column));
        format!("{} {} {}", finding.code, place.unwrap_or_else(|| "-".to_owned()), finding.message)
    });
    lines.collect()
}

/// The findings of `[supervisord]` and `text`; the text's first line is line 2.
fn findings(text: &str) -> Vec<String> {
    findings_on(&host(&format!("[supervisord]\n{text}")))
}

/// The findings of `[program:a]` with a command and `options`; the first option is line 4.
fn program(options: &str) -> Vec<String> {
    findings(&format!("[program:a]\ncommand=/bin/cat\n{options}"))
}

fn hint(text: &str) -> String {
    let report = report_on(&host(&format!("[supervisord]\n{text}")));
    report.findings.into_iter().find_map(|finding| finding.hint).unwrap_or_default()
}

#[test]
fn a_sound_configuration_gives_rise_to_nothing() {
    let text = "[unix_http_server]\nfile=/tmp/s.sock\n[supervisord]\nlogfile=/var/log/s.log\n\
                pidfile=/tmp/s.pid\nchildlogdir=/tmp\n[rpcinterface:supervisor]\n\
                supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface\n\
                [supervisorctl]\nserverurl=unix:///tmp/s.sock\n[program:a]\ncommand=/bin/cat -v\n\
                environment=A=\"%(ENV_X)s\",B=\"2\"\nstdout_logfile=/var/log/a.log\n[program:b]\ncommand=cat\n\
                numprocs=2\nprocess_name=%(program_name)s%(process_num)d\n[group:g]\nprograms=a,b\n";
    let host = host(text).with_variable("X", "1");
    assert_eq!(findings_on(&host), Vec::<String>::new());
    let report = report_on(&host);
    assert_eq!(report.status(), 0);
    assert_eq!(report.render(Format::Text), "/etc/supervisord.conf: 0 errors, 0 warnings\n");
    assert_eq!(report.render(Format::Json), "[]\n");
}

#[test]
fn errors_come_first_and_make_the_status_two() {
    let report = report_on(&host("[supervisord]\nlogflie=x\n[program:a]\ncommand=/bin/nope\n"));
    assert_eq!(report.status(), 2);
    assert_eq!(
        report.render(Format::Text),
        "\
error[command-not-found]: [program:a]: can't find command '/bin/nope'
 --> /etc/supervisord.conf:4:9
  |
4 | command=/bin/nope
  |         ^^^^^^^^^
  = help: no file is there

warning[unknown-option]: [supervisord] has no option `logflie`
 --> /etc/supervisord.conf:2:1
  |
2 | logflie=x
  | ^^^^^^^
  = help: did you mean `logfile`?

/etc/supervisord.conf: 1 error, 1 warning
"
    );
    assert_eq!(
        report.render(Format::Json),
        "[\n  {\"severity\": \"error\", \"code\": \"command-not-found\", \
         \"message\": \"[program:a]: can't find command '/bin/nope'\", \"file\": \"/etc/supervisord.conf\", \
         \"line\": 4, \"column\": 9, \"hint\": \"no file is there\"},\n  \
         {\"severity\": \"warning\", \"code\": \"unknown-option\", \
         \"message\": \"[supervisord] has no option `logflie`\", \"file\": \"/etc/supervisord.conf\", \
         \"line\": 2, \"column\": 1, \"hint\": \"did you mean `logfile`?\"}\n]\n"
    );
}

#[test]
fn warnings_leave_the_status_zero() {
    assert_eq!(report_on(&host("[supervisord]\n[progam:a]\n")).status(), 0);
}

#[test]
fn what_the_daemon_refuses_is_an_error_and_the_rest_is_looked_at() {
    assert_eq!(
        findings("umask=9\n[program:a]\ncommand=/bin/nope\nnumprocs=x\n[program:b]\ncommand=/bin/nope\n"),
        [
            "bad-value 2:7 9 can not be converted to an octal type",
            "bad-value 5:10 invalid literal for int() with base 10: 'x' in section 'program:a' \
             (file: '/etc/supervisord.conf')",
            "command-not-found 7:9 [program:b]: can't find command '/bin/nope'",
        ]
    );
    assert_eq!(
        findings_on(&MemoryHost::new()),
        ["file-missing - could not find config file /etc/supervisord.conf"]
    );
}

#[test]
fn sections_that_nothing_reads_are_told() {
    assert_eq!(
        findings("[progam:a]\n[program]\n[ group:g]\n[foo]\n"),
        [
            "unknown-section 2:1 [progam:a] is not a section that supervisord knows",
            "unknown-section 3:1 [program] is not a section that supervisord knows",
            "unknown-section 4:1 [ group:g] is not a section that supervisord knows",
            "unknown-section 5:1 [foo] is not a section that supervisord knows",
        ]
    );
    assert_eq!(hint("[progam:a]\n"), "did you mean [program:a]?");
    assert_eq!(hint("[Program]\n"), "did you mean [program:NAME]?");
    assert_eq!(hint("[unix_http_sever]\n"), "did you mean `unix_http_server`?");
}

#[test]
fn options_that_nothing_reads_are_told() {
    assert_eq!(
        program("autorestrat=true\nsocket=unix:///s\nfoo=1\n"),
        [
            "unknown-option 4:1 [program:a] has no option `autorestrat`",
            "ignored-option 5:1 `socket` has no effect in [program:a]",
            "unknown-option 6:1 [program:a] has no option `foo`",
        ]
    );
    assert_eq!(
        hint("[program:a]\ncommand=/bin/cat\nsocket=x\n"),
        "it belongs to [fcgi-program:x], [rpcinterface:x]"
    );
    assert_eq!(
        findings("profile_options=x\n[program:b\n"),
        [
            "ignored-option 2:1 profile_options has no effect in the file",
            "unknown-option 3:1 `[program` is read as the name of an option",
        ]
    );
    assert_eq!(
        findings("[DEFAULT]\nautostart=true\nnope=1\n"),
        ["unknown-option 4:1 no section has an option `nope`"]
    );
    let interface = "[rpcinterface:x]\nanything=1\n\
                     supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface\n";
    assert_eq!(findings(interface), Vec::<String>::new());
}

#[test]
fn options_that_have_no_effect_are_told() {
    assert_eq!(
        findings(
            "nodaemon=true\ndirectory=/tmp\numask=022\nsilent=true\nlogfile=syslog\nlogfile_backups=1\n"
        ),
        [
            "ignored-option 3:1 `directory` of [supervisord] has no effect: the daemon stays in the foreground",
            "ignored-option 4:1 `umask` of [supervisord] has no effect: the daemon stays in the foreground",
            "ignored-option 7:1 `logfile_backups` of [supervisord] has no effect: the log goes to syslog",
        ]
    );
    assert_eq!(
        findings("silent=true\n"),
        ["ignored-option 2:1 `silent` of [supervisord] has no effect: it matters in the foreground only \
             (nodaemon=true)"]
    );
    assert_eq!(
        findings(
            "[eventlistener:e]\ncommand=/bin/cat\nevents=TICK_5\nstdout_events_enabled=true\nstdout_syslog=no\n"
        ),
        [
            "ignored-option 5:1 `stdout_events_enabled` of [eventlistener:e] has no effect: the standard output \
             of an event listener carries its protocol"
        ]
    );
    assert_eq!(
        program("redirect_stderr=true\nstderr_logfile=/var/log/e\nstderr_logfile_backups=1\n"),
        [
            "ignored-option 5:16 For [program:a], redirect_stderr=true but stderr_logfile has also been set to a \
             filename, the filename has been ignored",
            "ignored-option 6:1 `stderr_logfile_backups` of [program:a] has no effect: redirect_stderr=true \
             sends standard error to standard output",
        ]
    );
}

#[test]
fn what_is_set_twice_is_told() {
    assert_eq!(
        program("user=root\nuser=root\n"),
        [
            "repeated-option 5:1 `user` of [program:a] was set before, in line 4 of /etc/supervisord.conf; \
             this line counts",
            "cannot-switch-user 5:6 [program:a] cannot run as root: the daemon is not root",
        ]
    );
    let host = host("[supervisord]\n[include]\nfiles=d/*\n[program:a]\ncommand=/bin/cat\n")
        .with_file("/etc/d/a", "[program:a]\ncommand=/bin/cat\n[supervisord]\nidentifier=x\n");
    assert_eq!(
        findings_on(&host),
        ["merged-section 1:1 [program:a] began before, in line 4 of /etc/supervisord.conf; the options of \
             both are merged"]
    );
}

#[test]
fn includes_are_followed_and_what_they_lack_is_told() {
    let host = host("[supervisord]\n[include]\nfiles=d/* e/*.ini\n")
        .with_file(
            "/etc/d/a",
            "\u{feff}[program:a]\ncommand=/bin/nope\n[include]\nfiles=x\n[supervisorctl]\nprompt=x\n",
        )
        .with_unreadable_file("/etc/d/b");
    assert_eq!(
        findings_on(&host),
        [
            "command-not-found 2:9 [program:a]: can't find command '/bin/nope'",
            "include-unreadable 3:7 Could not read included file \"/etc/d/b\"",
            "include-without-match 3:11 No file matches via include \"/etc/e/*.ini\"",
            "byte-order-mark 1:1 Ignored the byte order mark at the beginning of \"/etc/d/a\"",
            "ignored-section 4:1 `files` of [include] has no effect here: an included file includes nothing itself",
            "ignored-section 6:1 `prompt` of [supervisorctl] has no effect here: supervisorctl reads the main \
             file only",
        ]
    );
}

#[test]
fn commands_must_be_there() {
    let command = |command: &str| {
        let host = host(&format!("[supervisord]\n[program:a]\ncommand={command}\n"))
            .with_file("/opt/plain", "")
            .with_program("/opt/mine")
            .with_mode("/opt/mine", 0o011)
            .with_program("/start/bin/tool")
            .with_current_dir("/start");
        findings_on(&host)
    };
    let none: Vec<String> = Vec::new();
    for (written, expected) in [
        ("cat -v", vec![]),
        ("/bin/sh -c 'a && b > $c'", vec![]),
        ("nope x", vec!["command-not-found 3:9 [program:a]: can't find command 'nope'"]),
        ("A=1 cat", vec!["command-not-found 3:9 [program:a]: can't find command 'A=1'"]),
        (
            "/opt/plain",
            vec!["command-not-executable 3:9 [program:a]: command at '/opt/plain' is not executable"],
        ),
        (
            "/opt/mine",
            vec!["command-not-executable 3:9 [program:a]: no permission to run command '/opt/mine'"],
        ),
        ("/var/log", vec!["command-not-executable 3:9 [program:a]: command at '/var/log' is a directory"]),
        ("cat 'x", vec!["bad-command 3:9 [program:a]: can't parse command \"cat 'x\": No closing quotation"]),
        ("", vec!["bad-command 3:1 [program:a]: command is empty"]),
        (
            "bin/tool",
            vec![
                "relative-command 3:9 'bin/tool' of [program:a] is looked for in the directory in which the \
                 daemon is started",
            ],
        ),
        ("cat x | cat", vec!["shell-syntax 3:15 no shell is there to understand '|' of [program:a]"]),
        ("cat $HOME/x", vec!["shell-syntax 3:13 no shell is there to understand '$HOME/x' of [program:a]"]),
        ("cat ~/x", vec!["shell-syntax 3:13 no shell is there to understand '~/x' of [program:a]"]),
        ("cat 5$ a$1", vec![]),
    ] {
        assert_eq!(command(written), expected, "{written}");
    }
    assert_eq!(command("cat"), none);
}

#[test]
fn commands_are_searched_for_where_the_program_would_be() {
    let host = host("[supervisord]\n[program:a]\ncommand=tool\nenvironment=PATH=/opt:/usr\n")
        .with_program("/opt/tool")
        .with_variable("PATH", "/nowhere");
    assert_eq!(findings_on(&host), Vec::<String>::new());
    let host = host.with_mode("/opt/tool", 0o644);
    assert_eq!(
        findings_on(&host),
        ["command-not-executable 3:9 [program:a]: command at '/opt/tool' is not executable"]
    );
}

#[test]
fn a_comment_inside_quotes_is_told() {
    assert_eq!(
        findings("[program:a]\ncommand=/bin/sh -c 'a ; b'\n"),
        [
            "bad-command 3:9 [program:a]: can't parse command \"/bin/sh -c 'a\": No closing quotation",
            "comment-in-quotes 3:23 the value of `command` ends here, inside quotes, as a comment begins",
        ]
    );
}

#[test]
fn environments_that_lose_something_are_told() {
    assert_eq!(
        program("environment=\"B\"=1,C=%(here)s,A=~/x\n"),
        [
            "odd-environment 4:13 [program:a]: the quotes in '\"B\"' are part of the variable's name",
            "odd-environment 4:30 [program:a]: the value of A ends with '~': '/x' after it counts as a separator",
        ]
    );
    assert_eq!(program("environment=A=\"%(ENV_PATH)s:x\",\n B='y z'\n").len(), 1);
}

#[test]
fn directories_must_be_there() {
    assert_eq!(
        program("directory=/nope\n"),
        ["directory-missing 4:11 the directory '/nope' of [program:a] does not exist"]
    );
    assert_eq!(
        program("directory=~/x\n"),
        [
            "directory-missing 4:11 the directory '~/x' of [program:a] does not exist",
            "relative-path 4:11 `directory` of [program:a] depends on the directory in which the daemon is started",
        ]
    );
    assert_eq!(
        program("stdout_logfile=/nope/x\n"),
        ["directory-missing 4:16 The directory named as part of the path /nope/x does not exist in section \
             'program:a' (file: '/etc/supervisord.conf')"]
    );
    assert_eq!(
        program("stdout_logfile=/var/log\n"),
        ["log-is-directory 4:16 `stdout_logfile` of [program:a] is a directory"]
    );
    assert_eq!(
        findings("[unix_http_server]\nfile=/nope/s.sock\n"),
        [
            "directory-missing 3:6 the directory /nope for the socket of [unix_http_server] does not exist",
            "no-rpcinterface 2:1 supervisorctl cannot do anything: there is no [rpcinterface:supervisor]",
        ]
    );
}

#[test]
fn directories_of_logs_must_be_writable() {
    let text = "[supervisord]\nlogfile=/var/log/s\n[program:a]\ncommand=cat\nstderr_logfile=/var/log/e\n";
    let host = host(text).with_mode("/var/log", 0o555).with_mode("/tmp", 0o555);
    let told = findings_on(&host);
    let told: Vec<&str> = told.iter().map(String::as_str).collect();
    assert_eq!(
        told,
        [
            "directory-not-writable 2:9 `logfile` of [supervisord]: /var/log cannot be written to",
            "directory-not-writable 5:16 `stderr_logfile` of [program:a]: /var/log cannot be written to",
        ]
    );
    // Root may write anywhere, and who the daemon will be may write elsewhere.
    let told = findings_on(&host.with_effective_uid(0));
    assert!(told.iter().all(|line| !line.starts_with("directory-not-writable")), "{told:?}");
}

#[test]
fn relative_paths_are_told() {
    assert_eq!(
        findings("logfile=s.log\n[program:a]\ncommand=cat\nstdout_logfile=a.log\n"),
        [
            "relative-path 2:9 `logfile` of [supervisord] depends on the directory in which the daemon is started",
            "relative-path 5:16 `stdout_logfile` of [program:a] depends on the directory in which the daemon is \
             started",
        ]
    );
    let told = findings("childlogdir=%(here)s\npidfile=~/p\nlogfile=syslog\n");
    assert!(told.iter().all(|line| !line.starts_with("relative-path")), "{told:?}");
}

#[test]
fn logs_with_two_writers_are_told() {
    assert_eq!(
        findings(
            "logfile=/var/log/s\n[program:a]\ncommand=cat\nstdout_logfile=/var/log/x\nstderr_logfile=/var/log/x\n\
             [program:b]\ncommand=cat\nstdout_logfile=/var/log/../log/x\nstderr_logfile=/var/log/s\n"
        ),
        [
            "shared-log 6:16 `stderr_logfile` of [program:a] and `stdout_logfile` of the same process both write \
             to and rotate /var/log/x",
            "shared-log 9:16 `stdout_logfile` of [program:b] and `stdout_logfile` of [program:a] (line 5 of \
             /etc/supervisord.conf) both write to and rotate /var/log/x",
            "shared-log 10:16 `stderr_logfile` of [program:b] and `logfile` of [supervisord] (line 2 of \
             /etc/supervisord.conf) both write to and rotate /var/log/s",
        ]
    );
    assert_eq!(
        program("numprocs=3\nprocess_name=%(process_num)d\nstdout_logfile=/var/log/x\n"),
        [
            "shared-log 6:16 `stdout_logfile` of [program:a] and another process of [program:a] both write to and \
             rotate /var/log/x"
        ]
    );
    assert_eq!(program("stdout_logfile=/dev/null\nstderr_logfile=/dev/null\n"), Vec::<String>::new());
}

#[test]
fn logs_that_cannot_be_rotated_are_told() {
    let host = host("[supervisord]\n[program:a]\ncommand=cat\nstdout_logfile=/dev/stdout\n");
    assert_eq!(
        findings_on(&host),
        ["log-not-rotatable 4:16 /dev/stdout, the `stdout_logfile` of [program:a], cannot be rotated"]
    );
}

#[test]
fn old_ways_of_logging_are_told() {
    assert_eq!(
        program("stdout_logfile=syslog\nstderr_logfile_maxbytes=0\n"),
        [
            "deprecated-syslog 4:16 For [program:a], stdout_logfile=syslog but this is deprecated and will be \
             removed.  Use stdout_syslog=true to enable syslog instead.",
            "endless-auto-log 5:25 For [program:a], AUTO logging used for stderr_logfile without rollover, set \
             maxbytes > 0 to avoid filling up filesystem unintentionally",
        ]
    );
}

#[test]
fn numbers_that_are_hardly_meant_are_told() {
    assert_eq!(
        program("stopwaitsecs=0\nstartsecs=-1\nstdout_logfile_maxbytes=-1\numask=77777\n"),
        [
            "kill-at-once 4:14 [program:a] is killed as soon as it is asked to stop",
            "strange-number 5:11 `startsecs` of [program:a] is negative",
            "strange-number 6:25 `stdout_logfile_maxbytes` of [program:a] is negative",
            "strange-number 7:7 `umask` of [program:a] has more digits than a mode",
        ]
    );
}

#[test]
fn empty_and_repeated_groups_are_told() {
    assert_eq!(
        findings(
            "[group:g]\n[program:a]\ncommand=cat\nnumprocs=0\n[program:b]\ncommand=cat\n[program:c]\ncommand=cat\n\
             [group:b]\nprograms=c\n"
        ),
        [
            "empty-group 2:1 [group:g] has no processes",
            "empty-group 5:10 [program:a] has no processes",
            "repeated-group 6:1 More than one group is named 'b', only the first one is used",
        ]
    );
    assert_eq!(
        findings(
            "[program:a]\ncommand=cat\nprocess_name=p\n[program:b]\ncommand=cat\nprocess_name=p\n\
             [group:g]\nprograms=a,b\n"
        ),
        ["repeated-process 5:1 For [group:g], more than one process is named 'p', only the last one is used"]
    );
}

#[test]
fn sockets_that_get_lost_are_told() {
    assert_eq!(
        findings("[fcgi-program:f]\ncommand=cat\nsocket=unix:///tmp/s\n[group:g]\nprograms=f\n"),
        ["fcgi-in-group 6:10 [fcgi-program:f] in [group:g] is an ordinary program: its socket is not made"]
    );
    assert_eq!(
        findings("[fcgi-program:f]\ncommand=cat\nsocket=unix:///nope/f\n"),
        ["directory-missing 4:8 the directory /nope for the socket of [fcgi-program:f] does not exist"]
    );
}

const INTERFACE: &str = "[rpcinterface:supervisor]\n\
                         supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface\n";

fn server(text: &str) -> Vec<String> {
    findings(&format!("{INTERFACE}{text}"))
}

#[test]
fn servers_that_are_open_to_everybody_are_told() {
    assert_eq!(
        server("[inet_http_server]\nport=*:9001\n"),
        [
            "open-server 5:6 everybody who reaches all interfaces can control the daemon through [inet_http_server]"
        ]
    );
    assert_eq!(server("[inet_http_server]\nport=127.0.0.1:9001\n"), Vec::<String>::new());
    assert_eq!(server("[inet_http_server]\nport=9001\nusername=u\npassword=p\n"), Vec::<String>::new());
    assert_eq!(
        server("[unix_http_server]\nfile=/tmp/s\nchmod=0777\n"),
        ["open-server 6:7 every user of this machine can control the daemon through [unix_http_server]"]
    );
    assert_eq!(
        server("[inet_http_server]\nport=localhost:9001\nusername=\npassword=p\n"),
        ["empty-username 6:1 the empty username of [inet_http_server] switches the login off"]
    );
}

#[test]
fn servers_that_cannot_listen_are_told() {
    assert_eq!(
        server("[unix_http_server]\nfile=/tmp/s\n[unix_http_server:2]\nfile=/tmp/../tmp/s\n"),
        ["address-used-twice 7:6 [unix_http_server:2] and [unix_http_server] both listen on unix:///tmp/s"]
    );
    let long = format!("[unix_http_server]\nfile=/tmp/{}\n", "x".repeat(110));
    assert_eq!(
        server(&long),
        ["socket-path-too-long 5:6 the socket of [unix_http_server] has a path of 115 bytes"]
    );
}

#[test]
fn clients_that_do_not_find_the_daemon_are_told() {
    let one = |text: &str| {
        server(text).into_iter().map(|line| line.split(' ').take(2).collect::<Vec<_>>().join(" "))
    };
    assert_eq!(
        one("[unix_http_server]\nfile=/tmp/a\n[supervisorctl]\nserverurl=unix:///tmp/b\n")
            .collect::<Vec<_>>(),
        ["serverurl-mismatch 7:11"]
    );
    assert_eq!(one("[supervisorctl]\n").collect::<Vec<_>>(), ["serverurl-mismatch 4:1"]);
    assert_eq!(
        one("[inet_http_server]\nport=localhost:1\nusername=u\npassword=p\n[supervisorctl]\n\
             serverurl=http://127.0.0.1:1\nusername=v\npassword=p\n")
        .collect::<Vec<_>>(),
        ["login-mismatch 10:1"]
    );
    assert_eq!(
        one("[inet_http_server]\nport=localhost:1\nusername=u\npassword=p\n[supervisorctl]\n\
             serverurl=http://127.0.0.1:1\nusername=u\npassword=q\n")
        .collect::<Vec<_>>(),
        ["login-mismatch 11:1"]
    );
    assert_eq!(
        one("[inet_http_server]\nport=localhost:1\n[supervisorctl]\nserverurl=http://127.0.0.1:1/\n").count(),
        0
    );
    assert_eq!(
        findings("[inet_http_server]\nport=localhost:1\n"),
        ["no-rpcinterface 2:1 supervisorctl cannot do anything: there is no [rpcinterface:supervisor]"]
    );
}

#[test]
fn faults_that_only_the_client_meets_are_told() {
    assert_eq!(
        findings("[supervisorctl]\nprompt=%(nope)s\n[ctlplugin:x]\n"),
        [
            "unknown-variable 3:8 Format string '%(nope)s' for 'supervisorctl.prompt' contains names ('nope') which \
             cannot be expanded. Available names: ",
            "option-missing 4:1 section [ctlplugin:x] does not specify a supervisor.ctl_factory",
        ]
    );
    assert_eq!(findings("[supervisorctl]\njunk\n").len(), 1);
}

#[test]
fn an_extension_of_the_client_that_is_not_known_does_not_matter_to_the_daemon() {
    let text = format!("[supervisord]\n[ctlplugin:foo]\nsupervisor.ctl_factory=foo:make\n{INTERFACE}");
    let report = report_on(&host(&text));
    assert_eq!(report.findings.len(), 1, "{:?}", report.findings);
    assert_eq!(report.findings[0].code, Code::UnknownExtension);
    assert_eq!(report.status(), 0);
}

#[test]
fn extensions_of_the_client_are_looked_at_in_all_files() {
    let host = host(
        "[supervisord]\n[supervisorctl]\n[include]\nfiles=*.ini\n[ctlplugin:y]\ncommand=/bin/cat '$A'\n",
    )
    .with_file("/etc/x.ini", "[ctlplugin:x]\ncommand=/bin/nope\n")
    .with_mode("/etc/x.ini", 0o640);
    let findings = findings_on(&host);
    assert!(
        findings.contains(&"command-not-found 2:9 [ctlplugin:x]: can't find command '/bin/nope'".to_owned()),
        "{findings:?}"
    );
    assert!(findings.iter().any(|finding| finding.starts_with("shell-syntax 6:")), "{findings:?}");
    assert!(!findings.iter().any(|finding| finding.starts_with("ignored-section")), "{findings:?}");
}

#[test]
fn passwords_that_everybody_can_read_are_told_and_not_shown() {
    let text = "[supervisord]\nenvironment=TOKEN=geheim\n[inet_http_server]\nport=localhost:1\nusername=u\n\
                password=geheim\n[include]\nfiles=a\n";
    let text = format!("{text}{INTERFACE}");
    let private = "[program:a]\ncommand=cat\nenvironment=DB_PASSWORD=geheim\n";
    let host = host(&text).with_mode(PATH, 0o644).with_file("/etc/a", private).with_mode("/etc/a", 0o600);
    assert_eq!(
        findings_on(&host),
        [
            "exposed-secret 2:1 every user of this machine can read the variable TOKEN of [supervisord]",
            "exposed-secret 6:1 every user of this machine can read the password of [inet_http_server]",
        ]
    );
    assert!(!report_on(&host).render(Format::Text).contains("geheim"));
    assert_eq!(findings_on(&host.with_mode(PATH, 0o640)), Vec::<String>::new());
}

#[test]
fn users_that_cannot_be_had_are_told() {
    assert_eq!(
        findings("user=daemon\nnodaemon=true\n[program:a]\ncommand=cat\nuser=nobody\n"),
        [
            "cannot-switch-user 2:6 the daemon can become daemon only if root starts it",
            "foreground-user 2:6 in the foreground as daemon, the daemon may not be able to open /dev/stdout and \
             /dev/stderr",
            "cannot-switch-user 6:6 [program:a] cannot run as nobody: the daemon is not root",
        ]
    );
    let root = |text: &str| findings_on(&host(&format!("[supervisord]\n{text}")).with_effective_uid(0));
    assert_eq!(
        root("[program:a]\ncommand=cat\nuser=nobody\n"),
        ["runs-as-root 1:1 the daemon stays root, and so does every program without a user of its own"]
    );
    assert_eq!(root("user=root\n[program:a]\ncommand=cat\nuser=nobody\n"), Vec::<String>::new());
    assert_eq!(root("user=nosuch\n"), ["unknown-user 2:6 Invalid user name nosuch"]);
}

#[test]
fn too_few_files_are_told() {
    assert_eq!(
        findings("minfds=30\n[program:a]\ncommand=cat\nnumprocs=2\nprocess_name=%(process_num)d\n"),
        ["too-few-files 2:8 the programs need about 34 open files, but minfds asks for 30 only"]
    );
}

#[test]
fn nothing_is_touched() {
    /// A host that does not forgive being written to.
    struct Precious(MemoryHost);

    impl Host for Precious {
        fn is_writable_dir(&self, path: &str) -> bool {
            panic!("a file was created in {path}")
        }

        fn read(&self, path: &str) -> Result<Vec<u8>, crate::host::ReadError> {
            self.0.read(path)
        }

        fn exists(&self, path: &str) -> bool {
            self.0.exists(path)
        }

        fn is_dir(&self, path: &str) -> bool {
            self.0.is_dir(path)
        }

        fn list_dir(&self, path: &str) -> Vec<String> {
            self.0.list_dir(path)
        }

        fn current_dir(&self) -> String {
            self.0.current_dir()
        }

        fn environment(&self) -> Vec<(String, String)> {
            self.0.environment()
        }

        fn hostname(&self) -> String {
            self.0.hostname()
        }

        fn effective_uid(&self) -> u32 {
            self.0.effective_uid()
        }

        fn user_by_name(&self, name: &str) -> Option<crate::host::UserRecord> {
            self.0.user_by_name(name)
        }

        fn user_by_id(&self, uid: u32) -> Option<crate::host::UserRecord> {
            self.0.user_by_id(uid)
        }

        fn group_by_name(&self, name: &str) -> Option<crate::host::GroupRecord> {
            self.0.group_by_name(name)
        }

        fn group_by_id(&self, gid: u32) -> Option<crate::host::GroupRecord> {
            self.0.group_by_id(gid)
        }
    }

    let host = Precious(host("[supervisord]\n[program:a]\ncommand=/bin/cat\n"));
    for task in ["--check", "--dump-config"] {
        let words = ["supervisord", "-c", PATH, task].map(str::to_owned);
        match CommandLine::parse(&words, &host) {
            Ok(Parsed::Check(command_line, _)) => assert_eq!(command_line.check(&host).status(), 0),
            Ok(Parsed::Dump(command_line, _)) => assert!(command_line.dump(&host).is_ok()),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn every_kind_of_warning_and_of_error_is_tested() {
    let this = include_str!("tests.rs");
    let diagnostics = include_str!("../../tests/diagnostics.rs");
    let messages = include_str!("../../tests/messages.rs");
    let missing: BTreeSet<&str> = Code::ALL
        .iter()
        .map(|code| code.name())
        .filter(|name| {
            let quoted = format!("\"{name}");
            !this.contains(&quoted) && !diagnostics.contains(&quoted) && !messages.contains(&quoted)
        })
        .collect();
    assert_eq!(missing, BTreeSet::new());
}

#[test]
fn severities_are_told_apart() {
    let report = report_on(&host("[supervisord]\n[foo]\n[program:a]\n"));
    assert_eq!((report.count(Severity::Error), report.count(Severity::Warning)), (1, 1));
}

#[test]
fn a_marker_stands_at_the_item_that_is_meant() {
    let column = |text: &str| {
        let found = findings(text);
        found[0].split(' ').nth(1).unwrap_or_default().to_owned()
    };
    assert_eq!(column("[group:g]\nprograms=aaa,aa\n[program:aaa]\ncommand=cat\n"), "3:14");
    let listener = "[eventlistener:e]\ncommand=/bin/cat\nevents=";
    assert_eq!(column(&format!("{listener}PROCESS_STATE,PROCES\n")), "4:22");
    let program = "[program:a]\ncommand=/bin/cat\n";
    assert_eq!(column(&format!("{program}environment=AB=1,B=2 x\n")), "4:18");
    assert_eq!(column(&format!("{program}directory=%%(nope)s %(nope)s\n")), "4:21");
    assert_eq!(column(&format!("{program}environment=A=\"1\",\n  B=2 C=3\n")), "5:7");
}

#[test]
fn scripts_behind_other_programs_are_no_shell_syntax_but_glued_operators_are() {
    let odd = |command: &str| {
        let found = findings(&format!("[program:a]\ncommand={command}\n"));
        found.iter().any(|finding| finding.starts_with("shell-syntax"))
    };
    for command in [
        "/bin/cat bash -c 'x $X'",
        "/bin/cat sh -c 'x $X'",
        "/bin/cat 5 bash -lc 'x $X'",
        "su -c 'x $X' me",
        "perl -e 'print $ENV'",
        "python3 -c 'print(\"$X\")'",
        "awk '{print $NF}'",
        "pip install 'x' >=1",
    ] {
        assert!(!odd(command), "{command}");
    }
    for command in ["cat >/dev/null", "cat 2>/dev/null", "cat >>x", "cat &>x", "cat $X"] {
        assert!(odd(command), "{command}");
    }
}

#[test]
fn all_secrets_that_others_can_read_are_named() {
    let text = "[DEFAULT]\npassword=x\n[supervisord]\n[program:a]\ncommand=/bin/cat --token x\n\
        environment=A_KEY=\"1\",B=%(ENV_B)s,DB_PASS=\"2\",C_KEY=%(ENV_B)s\n";
    let host = host(text).with_mode(PATH, 0o644).with_variable("B", "1");
    let found: Vec<String> =
        findings_on(&host).into_iter().filter(|finding| finding.starts_with("exposed-secret")).collect();
    assert_eq!(found.len(), 3, "{found:?}");
    assert!(found.iter().any(|finding| finding.contains("the variables A_KEY, DB_PASS")), "{found:?}");
}

#[test]
fn digests_quotes_and_namespaces_are_looked_at() {
    let found = findings(
        "[inet_http_server]\nport=127.0.0.1:1\nusername=u\npassword={SHA}nothex\n\
         [program:a]\ncommand=/bin/cat\nserverurl=\"http://x:1\"\n",
    );
    for code in ["bad-hash", "quoted-value", "no-rpcinterface"] {
        assert!(found.iter().any(|finding| finding.starts_with(code)), "{code} {found:?}");
    }
}
