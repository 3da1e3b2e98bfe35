use super::*;
use crate::story::{load, machine, refusal, run};

#[test]
fn an_empty_section_has_the_documented_defaults() {
    let settings = load("").settings;
    assert_eq!((settings.minfds, settings.minprocs, settings.umask), (1024, 200, 0o22));
    assert_eq!(settings.logfile, MainLog::File("/supervisord.log".to_owned()));
    assert_eq!((settings.logfile_maxbytes, settings.logfile_backups), (50 << 20, 10));
    assert_eq!((settings.loglevel, settings.pidfile.as_str()), (Level::Info, "/supervisord.pid"));
    assert_eq!((settings.identifier.as_str(), settings.childlogdir.as_str()), ("supervisor", "/tmp"));
    assert_eq!((settings.directory, settings.user), (None, None));
    assert!(!settings.nodaemon && !settings.silent && !settings.nocleanup && !settings.strip_ansi);
}

#[test]
fn only_lower_case_syslog_is_syslog() {
    assert_eq!(load("logfile=syslog").settings.logfile, MainLog::Syslog);
    assert_eq!(load("logfile=SYSLOG").settings.logfile, MainLog::File("/SYSLOG".to_owned()));
    assert_eq!(load("logfile=NONE").settings.logfile, MainLog::File("/NONE".to_owned()));
}

#[test]
fn the_environment_is_expanded_once() {
    let environment = |text: &str| load(text).settings.environment;
    assert_eq!(environment("environment=A=\"50%%\""), [("A".to_owned(), "50%".to_owned())]);
    assert_eq!(environment("environment=A=%(host_node_name)s"), [("A".to_owned(), "box".to_owned())]);
    assert_eq!(environment("environment=A=%(here)s"), [("A".to_owned(), "/etc".to_owned())]);
}

#[test]
fn other_options_do_not_know_the_host_s_name() {
    let message = refusal("identifier=%(host_node_name)s");
    assert!(message.ends_with("Available names: here"), "{message}");
}

#[test]
fn the_first_fault_in_the_order_of_reading_is_reported() {
    assert_eq!(refusal("umask=9\nminfds=x"), "invalid literal for int() with base 10: 'x'");
    assert_eq!(refusal("loglevel=x\numask=9"), "9 can not be converted to an octal type");
}

#[test]
fn the_user_is_looked_up_after_everything_else() {
    assert_eq!(load("user=daemon").settings.user.map(|user| user.uid), Some(1));
    assert_eq!(refusal("user="), "Invalid user name ");
    assert_eq!(refusal("user=nosuch\n[inet_http_server]\n"), "section [inet_http_server] has no port value");
}

#[test]
fn the_command_line_goes_before_the_file_which_is_checked_all_the_same() {
    let text = "[supervisord]\nidentifier=file\nloglevel=debug\nuser=root\numask=077\n";
    let host = machine(text).with_dir("/logs");
    let arguments =
        ["-i", "line", "--loglevel=warn", "-u", "daemon", "-q", "logs", "-ns", "-y1KB", "-a", "9"];
    let settings = run(&host, &arguments).unwrap().settings;
    assert_eq!((settings.identifier.as_str(), settings.loglevel), ("line", Level::Warn));
    assert_eq!(settings.user.map(|user| user.uid), Some(1));
    assert_eq!((settings.umask, settings.childlogdir.as_str()), (0o77, "/logs"));
    assert_eq!((settings.nodaemon, settings.silent), (true, true));
    assert_eq!((settings.logfile_maxbytes, settings.minfds), (1024, 9));
    let broken = machine("[supervisord]\nloglevel=x\n");
    assert_eq!(run(&broken, &["-e", "info"]).unwrap_err().message, "bad logging level name 'x'");
}
