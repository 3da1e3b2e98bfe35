use super::*;
use crate::memory::MemoryHost;

#[test]
fn a_tilde_is_a_home_directory_if_that_is_known() {
    let host = MemoryHost::new().with_variable("HOME", "/home/me/");
    let machine = Machine::new(&host, "/start");
    assert_eq!(machine.expand_user("~/x"), "/home/me/x");
    assert_eq!(machine.expand_user("~root"), "/root");
    assert_eq!(machine.expand_user("~nobody"), "/");
    assert_eq!(machine.expand_user("~stranger/x"), "~stranger/x");
    assert_eq!(machine.normalize("~/../you/./x"), "/home/you/x");
    assert_eq!(machine.normalize("x"), "/start/x");
}

#[test]
fn without_home_the_user_database_is_asked() {
    let host = MemoryHost::new().with_effective_uid(0);
    let machine = Machine::new(&host, "/");
    assert_eq!(machine.expand_user("~/x"), "/root/x");
    let host = MemoryHost::new();
    assert_eq!(Machine::new(&host, "/").expand_user("~/x"), "~/x");
}

#[test]
fn temporary_files_go_where_python_puts_them() {
    let host = MemoryHost::new().with_variable("TMPDIR", "/nope").with_variable("TMP", "/etc");
    assert_eq!(Machine::new(&host, "/").temporary_dir().as_deref(), Some("/etc"));
    let host = MemoryHost::new();
    assert_eq!(Machine::new(&host, "/").temporary_dir().as_deref(), Some("/tmp"));
}
