use supervisor_core::signal::Signal;
use supervisor_core::spec::{AutoRestart, LogTarget, ProcessSpec};

use crate::story::{PATH, load, process, processes, program_refusal, refusal, run};

fn names(processes: &[ProcessSpec]) -> Vec<&str> {
    processes.iter().map(|process| process.name.as_str()).collect()
}

#[test]
fn a_program_of_a_command_only_has_the_documented_defaults() {
    let process = process("");
    assert_eq!((process.name.as_str(), process.command.as_str()), ("a", "cat"));
    assert_eq!((process.priority, process.startsecs, process.startretries), (999, 1, 3));
    assert_eq!((process.stopsignal, process.stopwaitsecs), (Signal::TERM, 10));
    assert_eq!((process.autostart, process.autorestart), (true, AutoRestart::Unexpected));
    assert_eq!(process.exitcodes, [0]);
    assert_eq!((process.user, process.umask, process.directory, process.serverurl), (None, None, None, None));
    assert_eq!((&process.stdout.logfile, &process.stderr.logfile), (&LogTarget::Auto, &LogTarget::Auto));
    assert_eq!((process.stdout.maxbytes, process.stdout.backups), (50 << 20, 10));
    assert!(!process.stopasgroup && !process.killasgroup && !process.redirect_stderr);
    assert!(process.ignore_sigpipe);
}

#[test]
fn children_can_be_spared_the_ignored_sigpipe() {
    assert!(!process("ignore_sigpipe=false").ignore_sigpipe);
}

#[test]
fn copies_are_sorted_by_name() {
    let copies = processes("numprocs=11\nprocess_name=p%(process_num)d\n");
    assert_eq!(names(&copies)[..4], ["p0", "p1", "p10", "p2"]);
    let copies = processes("numprocs=2\nnumprocs_start=-1\nprocess_name=p%(process_num)02d\n");
    assert_eq!(names(&copies), ["p-1", "p00"]);
    assert!(processes("numprocs=0").is_empty());
    assert_eq!(processes("numprocs_start=9223372036854775807").len(), 1);
}

#[test]
fn all_processes_together_have_a_limit() {
    let copies = |name: &str, numprocs: u32| {
        format!("[program:{name}]\ncommand=x\nnumprocs={numprocs}\nprocess_name=%(process_num)d\n")
    };
    let text = format!("{}{}", copies("a", 60_000), copies("b", 40_001));
    assert_eq!(
        refusal(&text),
        format!("numprocs 40001 is above upper bound (40000) in section 'program:b' (file: '{PATH}')")
    );
    let long = "x".repeat(1 << 20);
    let text = format!("{}environment=A=\"{long}\"\n", copies("a", 300));
    let message = "all processes together hold more than 64 MB of text";
    assert_eq!(refusal(&text), format!("{message} in section 'program:a' (file: '{PATH}')"));
}

#[test]
fn several_copies_need_several_names() {
    let message = "%(process_num) must be present within process_name when numprocs > 1";
    assert_eq!(program_refusal("numprocs=2"), message);
    assert_eq!(program_refusal("numprocs=100001"), "numprocs 100001 is above upper bound (100000)");
}

#[test]
fn a_command_is_required_only_where_there_are_processes() {
    let message = refusal("[program:a]\n");
    assert!(message.starts_with("program section program:a does not specify a command in section "));
    assert!(load("[program:a]\nnumprocs=0\n").groups[0].processes.is_empty());
}

#[test]
fn every_name_of_the_documentation_can_be_used() {
    let process = process(
        "process_name=%(program_name)s\n\
         directory=/%(group_name)s/%(process_num)d/%(numprocs)d/%(host_node_name)s\n",
    );
    assert_eq!(process.directory.as_deref(), Some("/a/0/1/box"));
}

#[test]
fn a_fault_names_its_section_and_file() {
    let message = refusal("[program:a]\ncommand=cat\nstartsecs=x\n");
    let expected =
        "invalid literal for int() with base 10: 'x' in section 'program:a' (file: '/etc/supervisord.conf')";
    assert_eq!(message, expected);
}

#[test]
fn a_fault_has_a_line() {
    let host = crate::story::machine("[supervisord]\n[program:a]\ncommand=cat\nstartsecs=x\n");
    let error = run(&host, &[]).unwrap_err();
    let place = error.findings[0].place.as_ref().unwrap();
    assert_eq!((place.path.as_str(), place.line), (PATH, 4));
}

#[test]
fn the_first_priority_is_that_of_the_group_and_has_no_place() {
    assert_eq!(
        refusal("[program:a]\ncommand=cat\npriority=x\n"),
        "invalid literal for int() with base 10: 'x'"
    );
}

#[test]
fn an_option_that_nobody_reads_may_hold_anything() {
    assert_eq!(process("colour=50%").name, "a");
}

#[test]
fn stopping_the_group_means_killing_it() {
    assert!(process("stopasgroup=true").killasgroup);
    let message = "Cannot set stopasgroup=true and killasgroup=false";
    assert_eq!(program_refusal("stopasgroup=true\nkillasgroup=false"), message);
}

#[test]
fn the_name_is_checked_before_it_is_expanded() {
    let message = program_refusal("process_name=a b");
    assert_eq!(message, "Invalid name: 'a b' because of character: ' '");
    assert_eq!(process("environment=N=\"x/y\"\nprocess_name=%(ENV_N)s").name, "x/y");
    assert!(
        program_refusal("process_name=%(x)s")
            .starts_with("Format string '%(x)s' for 'process_name' contains")
    );
}

#[test]
fn the_environment_is_the_daemon_s_overridden_by_its_own() {
    let config =
        load("environment=A=1,B=2\n[program:a]\ncommand=%(ENV_B)s\nenvironment=B=\"%(ENV_A)s-3\",C=4\n");
    let process = &config.groups[0].processes[0];
    let environment: Vec<String> =
        process.environment.iter().map(|(key, value)| format!("{key}={value}")).collect();
    assert_eq!(environment, ["A=1", "B=1-3", "C=4"]);
    assert_eq!(process.command, "1-3");
}

#[test]
fn a_variable_of_one_copy_is_seen_by_the_later_ones() {
    let options =
        "numprocs=2\nprocess_name=%(process_num)d\nenvironment=V%(process_num)d=x\ndirectory=%(ENV_V0)s\n";
    let directories: Vec<Option<String>> =
        processes(options).into_iter().map(|process| process.directory).collect();
    assert_eq!(directories, [Some("x".to_owned()), Some("x".to_owned())]);
}

#[test]
fn wrong_environments_are_refused_by_their_option_s_name() {
    assert_eq!(program_refusal("environment=A"), "Unexpected end of key/value pairs in value 'A'");
    assert!(program_refusal("environment=A=%(x)s").contains("for 'environment' contains names ('x')"));
}

#[test]
fn log_paths_are_expanded_twice() {
    let target = |path: &str| LogTarget::File(path.to_owned());
    assert_eq!(process("stdout_logfile=/tmp/%(program_name)s").stdout.logfile, target("/tmp/a"));
    assert_eq!(process("stdout_logfile=50%%%%").stdout.logfile, target("50%"));
    assert_eq!(process("stdout_logfile=%%(program_name)s").stdout.logfile, target("a"));
    assert_eq!(
        program_refusal("stdout_logfile=50%%"),
        "Format string '50%' for 'stdout_logfile' is badly formatted: incomplete format"
    );
}

#[test]
fn no_path_is_no_log() {
    assert_eq!(process("stderr_logfile=").stderr.logfile, LogTarget::None);
    assert_eq!(process("stderr_logfile=NONE").stderr.logfile, LogTarget::None);
}

#[test]
fn odd_logs_are_warned_about() {
    let warnings = |options: &str| load(&format!("[program:a]\ncommand=cat\n{options}")).warnings;
    assert_eq!(
        warnings("stdout_logfile=syslog"),
        ["For [program:a], stdout_logfile=syslog but this is deprecated and will be removed.  \
          Use stdout_syslog=true to enable syslog instead."]
    );
    assert_eq!(
        warnings("stderr_logfile_maxbytes=0"),
        ["For [program:a], AUTO logging used for stderr_logfile without rollover, set maxbytes > 0 to \
          avoid filling up filesystem unintentionally"]
    );
    assert_eq!(
        warnings("redirect_stderr=true\nstderr_logfile=/tmp/e"),
        ["For [program:a], redirect_stderr=true but stderr_logfile has also been set to a filename, the \
          filename has been ignored"]
    );
    assert!(warnings("redirect_stderr=true").is_empty());
}

#[test]
fn syslog_as_a_path_is_syslog_without_a_file() {
    let stdout = process("stdout_logfile=SYSLOG").stdout;
    assert_eq!((stdout.logfile, stdout.syslog), (LogTarget::None, true));
}

#[test]
fn redirected_standard_error_has_no_log() {
    assert_eq!(process("redirect_stderr=true\nstderr_logfile=/tmp/e").stderr.logfile, LogTarget::None);
}

#[test]
fn an_automatic_address_is_none() {
    assert_eq!(process("serverurl= Auto ").serverurl, None);
    assert_eq!(process("serverurl=http://x").serverurl.as_deref(), Some("http://x"));
}

#[test]
fn the_user_must_exist() {
    assert_eq!(process("user=daemon").user.map(|user| (user.uid, user.gid)), Some((1, 1)));
    assert_eq!(program_refusal("user=nosuch"), "Invalid user name nosuch");
}
