use super::*;
use crate::memory::MemoryHost;

#[test]
fn an_error_is_two_lines() {
    let error = UsageError::new("supervisord", "no");
    assert_eq!(error.to_string(), "Error: no\nFor help, use supervisord -h");
}

#[test]
fn a_bare_name_is_looked_up_in_path_as_the_shell_did() {
    let host = MemoryHost::new().with_variable("PATH", "/bin:/opt/bin").with_file("/opt/bin/supervisord", "");
    let name = |word: &str| program_name(&host, "/", Some(&word.to_owned()), "supervisord");
    assert_eq!(name("supervisord"), "/opt/bin/supervisord");
    assert_eq!(name("./supervisord"), "./supervisord");
    assert_eq!(name("other"), "other");
}

#[test]
fn the_search_begins_above_the_program_s_directory() {
    let list = search_list("/opt/bin/supervisord");
    assert_eq!(list[..3], ["/opt/etc/supervisord.conf", "/opt/supervisord.conf", "supervisord.conf"]);
    assert_eq!(search_list("bin/supervisord")[0], "etc/supervisord.conf");
}
