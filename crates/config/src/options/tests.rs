use std::collections::HashSet;

use super::*;

#[test]
fn no_section_has_an_option_twice() {
    let mut names = HashSet::new();
    for entry in all() {
        assert!(names.insert((entry.section, entry.name)), "{} of {:?}", entry.name, entry.section);
    }
}

#[test]
fn every_option_says_what_it_is_for() {
    for entry in all() {
        assert!(entry.summary().ends_with('.'), "{}: {}", entry.name, entry.summary());
        assert!(!entry.form.is_empty() && !entry.since.is_empty(), "{}", entry.name);
    }
}

#[test]
fn the_summary_is_the_first_paragraph() {
    let entry = &program::AUTORESTART.entry;
    assert_eq!(entry.summary(), "Whether it is started again when it ends by itself.");
    assert_eq!(entry.doc.len(), 3);
}

#[test]
fn the_table_knows_all_options_of_supervisor_and_those_of_ours() {
    let count = |section| all().filter(|entry| entry.section == section).count();
    assert_eq!(count(SectionKind::Supervisord), 18);
    assert_eq!(count(SectionKind::Program), 34);
    let ours: Vec<&str> =
        all().filter(|entry| entry.since.starts_with("ours")).map(|entry| entry.name).collect();
    let servers = ["readonly_username", "readonly_password", "login_required"].repeat(2);
    let listeners = ["buffer_overflow", "event_length", "resultwaitsecs"];
    let plugins = ["command", "socket", "timeout", "command"];
    let programs = ["ignore_sigpipe", "restart_burst"];
    let expected = [&["ignore_unknown_plugins"][..], &servers, &programs, &listeners, &plugins].concat();
    assert_eq!(ours, expected);
}
