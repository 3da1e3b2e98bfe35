//! Any bytes at all, given to the parser as files and a command line.

use supervisor_config::host::Host;
use supervisor_config::memory::MemoryHost;
use supervisor_config::report::Format;
use supervisor_config::supervisorctl;
use supervisor_config::supervisord::{CommandLine, Parsed};

/// Stands between the main file, an included file and the arguments, one of which stands on a line.
pub const SEPARATOR: &[u8] = b"\n\0\0\n";

/// Lets daemon and client read a configuration that consists of these bytes, and tells in a few words what
/// came of it. It must come back, and soon, whatever the bytes are.
#[must_use]
pub fn exercise(bytes: &[u8]) -> String {
    let mut parts = split(bytes).into_iter();
    let mut host = MemoryHost::new().with_variable("HOME", "/tmp").with_variable("ONE", "1");
    host = host.with_file("/etc/supervisord.conf", parts.next().unwrap_or_default());
    if let Some(included) = parts.next() {
        host = host.with_file("/etc/conf.d/a.conf", included);
    }
    let mut arguments = vec!["supervisord".to_owned()];
    if let Some(given) = parts.next() {
        arguments.extend(String::from_utf8_lossy(given).lines().map(str::to_owned));
    }
    format!("{}\n{}", client(&arguments, &host), daemon(&arguments, &host))
}

fn split(bytes: &[u8]) -> Vec<&[u8]> {
    let mut parts = Vec::new();
    let mut rest = bytes;
    while let Some(at) = rest.windows(SEPARATOR.len()).position(|window| window == SEPARATOR) {
        parts.push(&rest[..at]);
        rest = &rest[at + SEPARATOR.len()..];
    }
    parts.push(rest);
    parts
}

fn daemon(arguments: &[String], host: &dyn Host) -> String {
    let command_line = match CommandLine::parse(arguments, host) {
        Ok(Parsed::Run(command_line) | Parsed::Check(command_line, _) | Parsed::Dump(command_line, _)) => {
            command_line
        }
        Ok(_) => return "quiet".to_owned(),
        Err(error) => return error.message,
    };
    let report = command_line.check(host);
    let loaded = command_line.load(host);
    let is_refused = loaded.is_err();
    assert!(report.status() == 2 || !is_refused, "what cannot be loaded passes the check");
    must_be_json(&report.render(Format::Json));
    let told = report.render(Format::Text);
    let dumped = command_line.dump(host);
    assert_eq!(dumped.is_err(), is_refused, "only what can be loaded can be dumped");
    if let Ok(dump) = dumped {
        must_be_json(&dump.render(Format::Json));
        let _ = dump.render(Format::Text);
    }
    let answer = match loaded {
        Ok(config) => {
            let sizes = config.groups.iter().map(|group| group.processes.len().checked_ilog2().unwrap_or(0));
            let sizes: Vec<u32> = sizes.collect();
            let (groups, servers) = (config.groups.len(), config.servers.len());
            format!("{groups} groups {sizes:?} {servers} servers {:?}", config.warnings)
        }
        Err(error) => command_line.usage_error(&error).explained(),
    };
    format!("{answer}\n{told}")
}

fn must_be_json(text: &str) {
    let parsed: Result<serde_json::Value, _> = serde_json::from_str(text);
    assert!(parsed.is_ok(), "this is no JSON: {text}");
}

fn client(arguments: &[String], host: &dyn Host) -> String {
    match supervisorctl::load(arguments, host) {
        Ok(supervisorctl::Parsed::Help(_)) => "quiet".to_owned(),
        Ok(supervisorctl::Parsed::Run(config)) => format!("{:?}", config.serverurl),
        Err(error) => error.message,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_are_files_and_arguments() {
        let whole = [
            "[supervisord]\n[include]\nfiles=conf.d/*\n",
            "[program:a]\ncommand=%(ENV_ONE)s\n",
            "-c\n/etc/supervisord.conf",
        ];
        let separator = str::from_utf8(SEPARATOR).unwrap();
        let told = exercise(whole.join(separator).as_bytes());
        assert!(told.contains("\n1 groups [0] 0 servers []\n"), "{told}");
        assert!(exercise(b"").contains("\nError: .ini file does not include supervisord section"));
    }
}
