//! Configurations on a made-up machine, for tests that read as stories.

use supervisor_core::spec::ProcessSpec;

use crate::error::ConfigError;
use crate::memory::MemoryHost;
use crate::supervisord::{CommandLine, Config, Parsed};

/// Where the configuration of a story lies.
pub(crate) const PATH: &str = "/etc/supervisord.conf";

/// A machine with that configuration.
pub(crate) fn machine(text: &str) -> MemoryHost {
    MemoryHost::new().with_hostname("box").with_file(PATH, text)
}

/// What `supervisord -c PATH` and more arguments make of a machine.
pub(crate) fn run(host: &MemoryHost, arguments: &[&str]) -> Result<Config, ConfigError> {
    let words: Vec<String> =
        ["supervisord", "-c", PATH].iter().chain(arguments).map(|&word| word.to_owned()).collect();
    match CommandLine::parse(&words, host) {
        Ok(Parsed::Run(command_line)) => command_line.load(host),
        Ok(other) => panic!("not a run: {other:?}"),
        Err(error) => Err(ConfigError::new(error.message)),
    }
}

/// The configuration of `[supervisord]` and `text`.
pub(crate) fn load(text: &str) -> Config {
    run(&machine(&format!("[supervisord]\n{text}")), &[]).unwrap_or_else(|error| panic!("{error}"))
}

/// Why `[supervisord]` and `text` is refused.
pub(crate) fn refusal(text: &str) -> String {
    let outcome = run(&machine(&format!("[supervisord]\n{text}")), &[]);
    outcome.err().unwrap_or_else(|| panic!("{text} is not refused")).message
}

/// The processes of `[program:a]` with a command and `options`.
pub(crate) fn processes(options: &str) -> Vec<ProcessSpec> {
    let config = load(&format!("[program:a]\ncommand=cat\n{options}"));
    config.groups[0].processes.iter().map(|process| ProcessSpec::clone(process)).collect()
}

/// The one process of `[program:a]` with a command and `options`.
pub(crate) fn process(options: &str) -> ProcessSpec {
    processes(options).remove(0)
}

/// Why `[program:a]` with a command and `options` is refused, without the words on where it is.
pub(crate) fn program_refusal(options: &str) -> String {
    let message = refusal(&format!("[program:a]\ncommand=cat\n{options}"));
    let place = format!(" in section 'program:a' (file: '{PATH}')");
    message.strip_suffix(&place).unwrap_or_else(|| panic!("no place in {message}")).to_owned()
}
