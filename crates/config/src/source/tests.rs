use crate::story::{PATH, load, machine, process, run};

const MAIN: &str = "[supervisord]\n[include]\nfiles = d/*.ini /abs/?.conf\n";

#[test]
fn included_files_are_read_pattern_by_pattern_in_the_order_of_their_names() {
    let host = machine(MAIN)
        .with_file("/etc/d/b.ini", "[program:x]\ncommand=b\n")
        .with_file("/etc/d/a.ini", "[program:x]\ncommand=a\n[program:y]\ncommand=%(here)s/y\n")
        .with_file("/abs/z.conf", "[program:z]\ncommand=z\n");
    let config = run(&host, &[]).unwrap();
    let commands: Vec<&str> = config.groups.iter().map(|group| group.processes[0].command.as_str()).collect();
    assert_eq!(commands, ["b", "/etc/d/y", "z"]);
    assert_eq!(
        config.infos,
        ["/etc/d/a.ini", "/etc/d/b.ini", "/abs/z.conf"]
            .map(|path| format!("Included extra file \"{path}\" during parsing"))
    );
}

#[test]
fn a_pattern_without_matches_is_a_warning() {
    let config = run(&machine(MAIN), &[]).unwrap();
    assert_eq!(
        config.warnings,
        ["No file matches via include \"/etc/d/*.ini\"", "No file matches via include \"/abs/?.conf\""]
    );
}

#[test]
fn a_file_that_cannot_be_read_is_reported_and_skipped() {
    let host = machine("[supervisord]\n[include]\nfiles=d/*\n")
        .with_unreadable_file("/etc/d/a")
        .with_dir("/etc/d/b")
        .with_file("/etc/d/c", "[supervisord]\nidentifier=c\n");
    let config = run(&host, &[]).unwrap();
    assert_eq!(
        config.warnings,
        ["/etc/d/a", "/etc/d/b"].map(|path| format!("Could not read included file \"{path}\""))
    );
    assert_eq!(config.settings.identifier, "c");
}

#[test]
fn an_included_include_is_not_followed() {
    let host = machine("[supervisord]\n[include]\nfiles=a\n")
        .with_file("/etc/a", "[include]\nfiles=b\n")
        .with_file("/etc/b", "junk");
    assert!(run(&host, &[]).is_ok());
}

#[test]
fn an_include_without_files_is_refused() {
    let error = run(&machine("[supervisord]\n[include]\n"), &[]).unwrap_err();
    assert_eq!(error.message, ".ini file has [include] section, but no files setting");
    let place = error.findings[0].place.as_ref().unwrap();
    assert_eq!((place.path.as_str(), place.line, place.column, place.length), (PATH, 2, 1, 9));
}

#[test]
fn a_fault_in_an_included_file_names_it() {
    let host = machine("[supervisord]\n[include]\nfiles=a\n").with_file("/etc/a", "junk\n");
    let message = run(&host, &[]).unwrap_err().message;
    assert_eq!(message, "File contains no section headers.\nfile: '/etc/a', line: 1\n'junk\\n'");
    let host =
        machine("[supervisord]\n[include]\nfiles=a\n").with_file("/etc/a", "[program:p]\nnumprocs=x\n");
    let message = run(&host, &[]).unwrap_err().message;
    assert!(message.ends_with(" in section 'program:p' (file: '/etc/a')"), "{message}");
}

#[test]
fn here_is_the_directory_of_the_file_that_says_it() {
    assert_eq!(process("directory=%(here)s").directory.as_deref(), Some("/etc"));
    let host =
        machine("[supervisord]\n[include]\nfiles=%(here)s/d/a\n[program:m]\ncommand=%(here)s %%(here)s\n")
            .with_file("/etc/d/a", "[program:i]\ncommand=%(here)s\n");
    let config = run(&host, &[]).unwrap();
    assert_eq!(config.groups[0].processes[0].command, "/etc/d");
    assert_eq!(config.groups[1].processes[0].command, "/etc %(here)s");
}

#[test]
fn brackets_in_the_directory_s_own_name_are_no_pattern() {
    let host = machine("").with_file("/srv/[x]/s.conf", "[supervisord]\n[include]\nfiles=*.ini\n");
    let host = host.with_file("/srv/[x]/a.ini", "[supervisord]\nidentifier=a\n").with_current_dir("/srv/[x]");
    let words = ["supervisord", "-c", "s.conf"].map(str::to_owned);
    let Ok(crate::supervisord::Parsed::Run(command_line)) =
        crate::supervisord::CommandLine::parse(&words, &host)
    else {
        panic!("refused")
    };
    assert_eq!(command_line.load(&host).unwrap().settings.identifier, "a");
}

#[test]
fn a_byte_order_mark_is_no_fault() {
    let config = run(&machine("\u{feff}[supervisord]\nidentifier=b\n"), &[]).unwrap();
    assert_eq!(config.settings.identifier, "b");
    assert_eq!(config.warnings, [format!("Ignored the byte order mark at the beginning of \"{PATH}\"")]);
}

#[test]
fn a_main_file_that_is_missing_or_unreadable_is_named() {
    let message = |host| run(&host, &[]).unwrap_err().message;
    assert_eq!(message(crate::memory::MemoryHost::new()), format!("could not find config file {PATH}"));
    let host = machine("").with_unreadable_file(PATH);
    assert_eq!(message(host), format!("could not read config file {PATH}"));
    let host = machine("").with_file(PATH, *b"[supervisord]\nuser=\xe9\n");
    assert_eq!(
        message(host),
        "'utf-8' codec can't decode byte 0xe9 in position 19: invalid continuation byte"
    );
}

#[test]
fn a_file_without_the_daemon_s_section_is_refused() {
    let message = run(&machine("[program:x]\ncommand=x\n"), &[]).unwrap_err().message;
    assert_eq!(message, ".ini file does not include supervisord section");
    assert!(load("").groups.is_empty());
}
