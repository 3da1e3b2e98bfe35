use super::*;
use crate::memory::MemoryHost;

#[test]
fn a_small_configuration_becomes_one_group() {
    let host =
        MemoryHost::new().with_file("/etc/s.conf", "[supervisord]\n[program:cat]\ncommand=/bin/cat -n\n");
    let words = ["/usr/bin/supervisord", "-n", "-c", "/etc/s.conf"].map(str::to_owned);
    let Ok(Parsed::Run(command_line)) = CommandLine::parse(&words, &host) else { panic!("refused") };
    let config = command_line.load(&host).unwrap();
    assert!(config.settings.nodaemon);
    assert_eq!(config.groups.len(), 1);
    assert_eq!(config.groups[0].processes[0].command, "/bin/cat -n");
}
