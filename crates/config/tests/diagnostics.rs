//! What people are shown who write a configuration wrong.

use supervisor_config::memory::MemoryHost;
use supervisor_config::supervisord::{CommandLine, Parsed};

const PATH: &str = "/etc/supervisord.conf";

fn explained(text: &str) -> String {
    explained_on(&MemoryHost::new().with_file(PATH, text))
}

fn explained_on(host: &MemoryHost) -> String {
    let words = ["supervisord", "-c", PATH].map(str::to_owned);
    let Ok(Parsed::Run(command_line)) = CommandLine::parse(&words, host) else { panic!("no run") };
    match command_line.load(host) {
        Ok(_) => panic!("no fault"),
        Err(error) => command_line.usage_error(&error).explained(),
    }
}

#[test]
fn all_faults_are_told_at_once_each_with_its_place_and_a_hint() {
    let text = "[supervisord]\nloglevel=inof\n\n[program:web]\ncomand = x\nautostart = maybe ; why not\n\
                stdout_logfile=/var/log/nope/web.log\n";
    assert_eq!(
        explained(text),
        "\
Error: bad logging level name 'inof'
 --> /etc/supervisord.conf:2:10
  |
2 | loglevel=inof
  |          ^^^^
  = help: did you mean `info`?

Also: not a valid boolean value: 'maybe' in section 'program:web' (file: '/etc/supervisord.conf')
 --> /etc/supervisord.conf:6:13
  |
6 | autostart = maybe ; why not
  |             ^^^^^
  = help: `autostart` takes true, yes, on, 1, or false, no, off, 0

Also: The directory named as part of the path /var/log/nope/web.log does not exist in section 'program:web' (file: '/etc/supervisord.conf')
 --> /etc/supervisord.conf:7:16
  |
7 | stdout_logfile=/var/log/nope/web.log
  |                ^^^^^^^^^^^^^^^^^^^^^
  = help: create the directory /var/log/nope, or name another

Also: program section program:web does not specify a command in section 'program:web' (file: '/etc/supervisord.conf')
 --> /etc/supervisord.conf:4:1
  |
4 | [program:web]
  | ^^^^^^^^^^^^^
  = help: did you mean `command` by `comand` in line 5?

For help, use supervisord -h
"
    );
}

#[test]
fn lines_that_make_no_sense_are_told_one_by_one_and_the_rest_is_looked_at() {
    let text = "[supervisord]\n[program:a]\ncommand cat\nnumprocs=x\n=b\n// no comment\n";
    assert_eq!(
        explained(text),
        "\
Error: Source contains parsing errors: '/etc/supervisord.conf'
\t[line  3]: 'command cat\\n'
\t[line  5]: '=b\\n'
\t[line  6]: '// no comment\\n'
 --> /etc/supervisord.conf:3:1
  |
3 | command cat
  | ^^^^^^^^^^^
  = help: did you mean `command=cat`?

Also: this is neither a section header nor name=value
 --> /etc/supervisord.conf:5:1
  |
5 | =b
  | ^^
  = help: a name must stand before the `=`

Also: this is neither a section header nor name=value
 --> /etc/supervisord.conf:6:1
  |
6 | // no comment
  | ^^^^^^^^^^^^^
  = help: comments begin with `;` or `#`

Also: invalid literal for int() with base 10: 'x' in section 'program:a' (file: '/etc/supervisord.conf')
 --> /etc/supervisord.conf:4:10
  |
4 | numprocs=x
  |          ^
  = help: `numprocs` takes a whole number

For help, use supervisord -h
"
    );
}

#[test]
fn text_before_any_section_is_one_fault_and_hides_no_other() {
    let text = "\tuser=me\nlogfile=x\n[supervisord]\numask=9\n";
    assert_eq!(
        explained(text),
        "\
Error: File contains no section headers.
file: '/etc/supervisord.conf', line: 1
'\\tuser=me\\n'
 --> /etc/supervisord.conf:1:2
  |
1 |  user=me
  |  ^^^^^^^
  = help: the first line that is not a comment must be a section header such as [supervisord]

Also: 9 can not be converted to an octal type
 --> /etc/supervisord.conf:4:7
  |
4 | umask=9
  |       ^
  = help: `umask` takes an octal number

For help, use supervisord -h
"
    );
}

#[test]
fn the_piece_of_a_long_value_is_found() {
    let text = "[supervisord]\n[eventlistener:e]\ncommand=x\nevents=\n  TICK_5,\n  TICK_6 ; often\n\
                [program:p]\ncommand=x --at %(hear)s\n[group:g]\nprograms=p, q, e\n";
    assert_eq!(
        explained(text),
        "\
Error: Format string 'x --at %(hear)s' for 'program:p.command' contains names ('hear') which cannot be \
expanded. Available names: group_name, here, host_node_name, numprocs, process_num, program_name in section \
'program:p' (file: '/etc/supervisord.conf')
 --> /etc/supervisord.conf:8:16
  |
8 | command=x --at %(hear)s
  |                ^^^^^^^
  = help: did you mean `here`?

Also: [group:g] names unknown program or fcgi-program q
  --> /etc/supervisord.conf:10:13
   |
10 | programs=p, q, e
   |             ^
   = help: add a section [program:q], or take it out of the list

Also: [group:g] names unknown program or fcgi-program e
  --> /etc/supervisord.conf:10:16
   |
10 | programs=p, q, e
   |                ^
   = help: event listeners cannot be in a group

Also: Unknown event type TICK_6 in [eventlistener:e] events
 --> /etc/supervisord.conf:6:3
  |
6 |   TICK_6 ; often
  |   ^^^^^^
  = help: did you mean `TICK_5`?

For help, use supervisord -h
"
    );
}

#[test]
fn what_follows_from_a_fault_is_not_told() {
    let one = |text: &str| {
        let text = explained(text);
        assert!(!text.contains("\nAlso: "), "{text}");
    };
    // Variables of a list that cannot be read.
    one("[supervisord]\nenvironment=A\n[program:a]\ncommand=%(ENV_A)s\n");
    one("[supervisord]\n[program:a]\nenvironment=A\ncommand=%(ENV_A)s\n");
    // The same option read for each process, for each group, or as the group's and the processes' option.
    one("[supervisord]\n[program:a]\nnumprocs=3\nprocess_name=%(process_num)s\ncommand=%(x)s\n");
    one("[supervisord]\n[program:a]\ncommand=%(x)s\n[group:g]\nprograms=a\n[group:h]\nprograms=a\n");
    one("[supervisord]\n[program:a]\ncommand=x\npriority=x\n");
    one("[supervisord]\n[fcgi-program:a]\ncommand=x\nsocket=unix:///s\nuser=nosuch\n");
    // What is missing may be in the line that makes no sense.
    one("[supervisord]\n[program:a]\ncommand /bin/cat\n");
    one("[program:a\ncommand=cat\n");
    one("[supervisord]\n[eventlistener:e]\ncommand=x\nevents TICK_5\n");
}

#[test]
fn without_a_place_the_two_lines_are_the_reference_s() {
    assert_eq!(
        explained_on(&MemoryHost::new()),
        "Error: could not find config file /etc/supervisord.conf\nFor help, use supervisord -h\n"
    );
}

#[test]
fn a_byte_that_is_no_text_is_shown() {
    let host = MemoryHost::new().with_file(PATH, b"[supervisord]\nidentifier=caf\xe9 ; x\n".to_vec());
    assert_eq!(
        explained_on(&host),
        "\
Error: 'utf-8' codec can't decode byte 0xe9 in position 28: invalid continuation byte
 --> /etc/supervisord.conf:2:15
  |
2 | identifier=caf\u{fffd} ; x
  |               ^
  = help: save the file as UTF-8, or write the character in another way

For help, use supervisord -h
"
    );
}

#[test]
fn of_a_long_line_the_surroundings_are_shown() {
    let text = format!("[supervisord]\n[program:a]\ncommand={}%(x)s{}\n", "a ".repeat(200), "b ".repeat(200));
    let text = explained(&text);
    let line = text.lines().find(|line| line.starts_with("3 | ")).unwrap();
    let marker = text.lines().find(|line| line.contains("^^^")).unwrap();
    assert!(line.starts_with("3 | ...a a ") && line.ends_with("..."), "{line}");
    assert_eq!(&line[marker.find('^').unwrap()..=marker.rfind('^').unwrap()], "%(x)");
}

#[test]
fn many_faults_are_counted_in_the_end() {
    let programs: String = (0..30).map(|n| format!("[program:p{n}]\n")).collect();
    let text = explained(&format!("[supervisord]\n{programs}"));
    assert_eq!(text.matches("\nAlso: ").count(), 19);
    assert!(text.contains("\n10 more; `supervisord --check` shows them all\n"));
}

#[test]
fn a_hint_knows_the_usual_mistakes() {
    let hint = |option: &str| {
        let text = explained(&format!("[supervisord]\n[program:a]\ncommand=x\n{option}\n"));
        text.lines().find_map(|line| line.trim_start().strip_prefix("= help: ").map(str::to_owned)).unwrap()
    };
    for (option, expected) in [
        ("autostart=ture", "did you mean `true`?"),
        ("autorestart=unexpectd", "did you mean `unexpected`?"),
        ("stopsignal=TREM", "did you mean `TERM`?"),
        ("stopsignal=SIGKIL", "did you mean `SIGKILL`?"),
        ("startsecs=10s", "did you mean `10`? There are no units here"),
        ("stdout_logfile_maxbytes=10M", "did you mean `10MB`?"),
        ("stdout_logfile=$HOME/x", "variables of the environment are written %(ENV_NAME)s"),
        ("command=date +%s", "a plain percent sign is written %%"),
        ("directory=%(ENV_NOPE)s", "the environment variable NOPE is not set where supervisord starts"),
        ("numprocs=2", "for example `process_name=%(program_name)s_%(process_num)02d`"),
        (
            "[supervisord2]\n[rpcinterface:x]\nsupervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpc",
            "plug-ins in Python are not loaded; have a program of your own answer with `command=` or `socket=` in place of the factory, or leave it out with `ignore_unknown_plugins=true` in [supervisord]",
        ),
        ("[fcgi-program:f]\ncommand=x\nsocket=unix://tmp/s", "did you mean `unix:///tmp/s`?"),
        ("[inet_http_server]\nport=1\nusername=x", "add `password=`"),
    ] {
        assert_eq!(hint(option), expected, "{option}");
    }
}

#[test]
fn a_secret_is_not_shown_if_it_is_not_itself_wrong() {
    let text = explained("[supervisord]\n[inet_http_server]\nport=1\npassword=geheim\n");
    assert!(text.contains("4 | password=********\n  | ^^^^^^^^\n"), "{text}");
}

#[test]
fn a_section_name_that_is_nearly_right_is_found() {
    let text = explained("[supervisor]\nuser=root\n");
    assert!(text.starts_with("Error: .ini file does not include supervisord section\n"), "{text}");
    assert!(text.contains("= help: did you mean [supervisord] in line 1?\n"), "{text}");
}

#[test]
fn a_flood_of_faults_is_cut_off() {
    let programs: String = (0..3000).map(|n| format!("[program:p{n}]\ncommand=x\numask=9\n")).collect();
    let text = explained(&format!("[supervisord]\n{programs}"));
    assert!(text.contains("\n1980 more; "), "{}", &text[text.len() - 200..]);
    let names: String = (0..3000).map(|n| format!("q{n},")).collect();
    let text = explained(&format!("[supervisord]\n[group:g]\nprograms={names}\n"));
    assert!(text.starts_with("Error: [group:g] names unknown program or fcgi-program q0\n"));
}

#[test]
fn a_flood_of_warnings_hides_no_fault() {
    let programs: String =
        (0..3000).map(|n| format!("[program:p{n}]\ncommand=x\nstdout_logfile_maxbytes=0\n")).collect();
    let text = explained(&format!("[supervisord]\n{programs}[inet_http_server]\n"));
    assert!(text.starts_with("Error: section [inet_http_server] has no port value\n"), "{text}");
}
