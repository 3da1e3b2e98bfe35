//! What `supervisorctl` starts from: its command line, and its section of the configuration.

use crate::codes::Code;
use crate::ctlplugin::{CtlPlugin, ctl_plugins};
use crate::document::Document;
use crate::error::ConfigError;
use crate::finding::{Finding, Remark, Severity};
use crate::getopt::{Flag, Given, getopt, obey};
use crate::host::Host;
use crate::machine::Machine;
use crate::messages::{Messages, Read};
use crate::options::client;
use crate::python::repr::repr;
use crate::reader::{SectionReader, Source};
use crate::scope::{EnvironmentVariables, Scope};
use crate::source::{INCLUDE_SECTION, Reading};
use crate::usage::{OptionText, UsageError, option_lines, option_texts, program_name, search_list};

/// The `[supervisorctl]` section's name.
pub(crate) const SECTION: &str = "supervisorctl";

/// What a command line asks for.
#[derive(Debug)]
pub enum Parsed {
    /// Print this text and exit with status 0.
    Help(String),
    /// Reach the daemon.
    Run(Box<ClientConfig>),
}

/// All that the client needs to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientConfig {
    /// Where the daemon listens. What the scheme is and whether it is known is not checked.
    pub serverurl: String,
    /// The name to log in with.
    pub username: Option<String>,
    /// The password to log in with.
    pub password: Option<String>,
    /// What the shell shows before `>`.
    pub prompt: String,
    /// The file that keeps the shell's history, absolute.
    pub history_file: Option<String>,
    /// Somebody is there to ask: `-i`, or no action.
    pub interactive: bool,
    /// Answers are for programs: `--json`.
    pub json: bool,
    /// The words of the action; none for the shell.
    pub words: Vec<String>,
    /// The extensions, in the order of the files.
    pub plugins: Vec<CtlPlugin>,
    /// What is odd about the configuration file, in one line each.
    pub warnings: Vec<String>,
    /// What to print when an action is asked for that only an extension could have which was refused. The exit
    /// status is 2.
    pub refusal: Option<UsageError>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Meaning {
    Configuration,
    Help,
    Interactive,
    ServerUrl,
    Username,
    Password,
    HistoryFile,
    Json,
}

const fn flag(
    meaning: Meaning,
    short: char,
    long: &'static [&'static str],
    argument: Option<&'static str>,
    doc: &'static str,
) -> Flag<Meaning> {
    Flag { meaning, short: Some(short), long, in_full: false, argument, doc }
}

// Differs: history-file
const FLAGS: &[Flag<Meaning>] = &[
    flag(
        Meaning::Configuration,
        'c',
        &["configuration"],
        Some("FILENAME"),
        "the configuration file (else searched for)",
    ),
    flag(Meaning::Help, 'h', &["help"], None, "print this text and exit"),
    flag(Meaning::Help, '?', &[], None, ""),
    flag(Meaning::Interactive, 'i', &["interactive"], None, "ask questions even if an action is given"),
    flag(
        Meaning::ServerUrl,
        's',
        &["serverurl"],
        Some("URL"),
        "where supervisord listens (default \"http://localhost:9001\")",
    ),
    flag(Meaning::Username, 'u', &["username"], Some("USERNAME"), "the name to log in with"),
    flag(Meaning::Password, 'p', &["password"], Some("PASSWORD"), "the password to log in with"),
    flag(
        Meaning::HistoryFile,
        'r',
        &["history-file", "history_file"],
        Some("FILENAME"),
        "the file that keeps the history of the shell",
    ),
    // Differs: json
    Flag {
        meaning: Meaning::Json,
        short: None,
        long: &["json"],
        in_full: true,
        argument: None,
        doc: "print what the action reads as JSON",
    },
];

/// Every option that the usage text names, in its order.
#[must_use]
pub fn options() -> Vec<OptionText> {
    option_texts(FLAGS)
}

/// What is set in one place, be it the command line or the file.
#[derive(Default)]
pub(crate) struct Layer {
    pub(crate) serverurl: Option<String>,
    pub(crate) username: Option<String>,
    pub(crate) password: Option<String>,
    prompt: Option<String>,
    history_file: Option<String>,
    interactive: bool,
    json: bool,
    plugins: Vec<CtlPlugin>,
    warnings: Vec<String>,
}

/// Reads the command line, the program's name included, and the configuration file. It is no fault if none
/// was named and none is found.
///
/// # Errors
/// The first fault of the command line or of the file.
pub fn load(arguments: &[String], host: &dyn Host) -> Result<Parsed, UsageError> {
    let start_dir = host.current_dir();
    let machine = Machine::new(host, &start_dir);
    let program = program_name(host, &start_dir, arguments.first(), "supervisorctl");
    let refuse = |message: String| UsageError::new(&program, message);
    let (given, words) = getopt(FLAGS, arguments.get(1..).unwrap_or_default()).map_err(refuse)?;
    let mut layer = Layer::default();
    let mut configuration = None;
    let end = obey(&given, |option| {
        match option.meaning {
            Meaning::Help => return Ok(Some(Parsed::Help(usage(&program)))),
            Meaning::Configuration => configuration = Some(option.value.clone()),
            _ => layer.set(option, &machine)?,
        }
        Ok(None)
    });
    if let Some(end) = end.map_err(refuse)? {
        return Ok(end);
    }
    if layer.json && words.is_empty() {
        return Err(refuse("option --json requires an action".to_owned()));
    }
    let path = configuration.or_else(|| search_list(&program).into_iter().find(|path| machine.exists(path)));
    let file = match path {
        Some(path) => {
            read_file(&path, &machine).map_err(|error| UsageError::of_configuration(&program, &error))?
        }
        None => Layer::default(),
    };
    Ok(Parsed::Run(Box::new(layer.over(file, words, &program))))
}

impl Layer {
    fn set(&mut self, option: &Given<Meaning>, machine: &Machine<'_>) -> Result<(), String> {
        let text = option.value.clone();
        match option.meaning {
            Meaning::Configuration | Meaning::Help => {}
            Meaning::Interactive => self.interactive = true,
            Meaning::Json => self.json = true,
            Meaning::ServerUrl => self.serverurl = Some(url(text)?),
            Meaning::Username => self.username = Some(text),
            Meaning::Password => self.password = Some(text),
            Meaning::HistoryFile => self.history_file = Some(machine.normalize(&text)),
        }
        Ok(())
    }

    fn over(self, file: Self, words: Vec<String>, program: &str) -> ClientConfig {
        let usual = |text: &str| text.to_owned();
        let serverurl = self.serverurl.or(file.serverurl);
        let unusable: Vec<&Finding> = file.plugins.iter().filter_map(CtlPlugin::finding).collect();
        let warnings = file.warnings.into_iter().chain(unusable.iter().map(|finding| in_one_line(finding)));
        let findings: Vec<Finding> =
            unusable.iter().copied().filter(|finding| finding.severity == Severity::Error).cloned().collect();
        let refusal = findings.first().map(|first| UsageError {
            findings: findings.clone(),
            ..UsageError::new(program, &first.message)
        });
        ClientConfig {
            serverurl: serverurl.unwrap_or_else(|| usual(client::SERVERURL.default_text())),
            username: self.username.or(file.username),
            password: self.password.or(file.password),
            prompt: file.prompt.unwrap_or_else(|| usual(client::PROMPT.default_text())),
            history_file: self.history_file.or(file.history_file),
            interactive: self.interactive || words.is_empty(),
            json: self.json,
            words,
            warnings: warnings.collect(),
            refusal,
            plugins: file.plugins,
        }
    }
}

/// A finding for somebody who did not ask for it.
fn in_one_line(finding: &Finding) -> String {
    let place = finding.place.as_ref().map(|place| format!(" (line {} of {})", place.line, place.path));
    let hint = finding.hint.as_ref().map(|hint| format!("; {hint}"));
    [Some(finding.message.clone()), place, hint].into_iter().flatten().collect()
}

/// Reads the main file: what it includes is for the daemon, but for extensions.
// Differs: supervisorctl-parse-errors
pub(crate) fn read_file(path: &str, machine: &Machine<'_>) -> Result<Layer, ConfigError> {
    let messages = Messages::default();
    let layer = read_layer(path, machine, &messages);
    match (messages.refusal(), layer) {
        (None, Ok(layer)) => Ok(layer),
        (Some(error), _) => Err(error),
        (None, Err(_)) => Err(ConfigError::new("the configuration cannot be read")),
    }
}

fn read_layer(path: &str, machine: &Machine<'_>, messages: &Messages) -> Read<Layer> {
    let mut environment = EnvironmentVariables::default();
    environment.extend(machine.host.environment());
    let mut document = Document::default();
    let main = Reading { machine, messages, document: &mut document }.main(path)?;
    if document.section(SECTION).is_none() {
        if messages.is_damaged() {
            return Err(messages.refuse_silently());
        }
        let remark = Remark::new(Code::SectionMissing, ".ini file does not include supervisorctl section");
        return Err(messages.refuse(remark, None, ""));
    }
    let source = Source {
        machine,
        document: &document,
        messages,
        main_path: &main.path,
        main_dir: &main.directory,
        has_include: false,
    };
    let here = SectionReader::new(source, SECTION, Scope::new(&environment));
    let plain = SectionReader::without_here(source, SECTION, Scope::new(&environment));
    let serverurl = here.read(&client::SERVERURL);
    let prompt = plain.read(&client::PROMPT);
    let username = plain.read_optional(&client::USERNAME);
    let password = plain.read_optional(&client::PASSWORD);
    let history_file = here.read_optional(&client::HISTORY_FILE);
    let history_file = history_file?.filter(|path| !path.is_empty());
    Ok(Layer {
        serverurl: Some(absolute_url(serverurl?, machine)),
        username: username?,
        password: password?,
        prompt: Some(prompt?),
        history_file: history_file.map(|path| machine.normalize(&path)),
        interactive: false,
        json: false,
        plugins: extensions(source, path, &environment),
        warnings: messages.warnings(),
    })
}

/// The extensions, those of included files too. What is wrong with those files is the daemon's business.
// Differs: ctlplugins-in-included-files
fn extensions(source: Source<'_>, path: &str, environment: &EnvironmentVariables) -> Vec<CtlPlugin> {
    if source.document.section(INCLUDE_SECTION).is_none() {
        return ctl_plugins(source, environment);
    }
    let messages = Messages::default();
    let mut document = Document::default();
    let mut reading = Reading { machine: source.machine, messages: &messages, document: &mut document };
    if let Ok(main) = reading.main(path) {
        let hostname = source.machine.host.hostname();
        reading.included(&main, &Scope::new(environment).text("host_node_name", &hostname));
    }
    ctl_plugins(Source { document: &document, messages: &messages, ..source }, environment)
}

/// The URL with the path of a socket made absolute.
pub(crate) fn absolute_url(serverurl: String, machine: &Machine<'_>) -> String {
    match serverurl.strip_prefix("unix://") {
        Some(path) => format!("unix://{}", machine.normalize(path)),
        None => serverurl,
    }
}

/// Accepts what Python's `urlparse` finds a scheme and a host or path in.
fn url(text: String) -> Result<String, String> {
    let is_scheme = |scheme: &str| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
    };
    let trimmed = text.trim_start_matches(|c| c <= ' ');
    let split = trimmed.split_once(':').filter(|(scheme, _)| is_scheme(scheme));
    let location = split.map_or(trimmed, |(_, rest)| rest).split(['?', '#']).next().unwrap_or_default();
    let host = location.strip_prefix("//").and_then(|rest| rest.split('/').next()).unwrap_or_default();
    if host.contains('[') != host.contains(']') {
        return Err("Invalid IPv6 URL".to_owned());
    }
    if split.is_none() || location.is_empty() || location == "//" {
        return Err(format!("value {} is not a URL", repr(&text)));
    }
    Ok(text)
}

fn usage(program: &str) -> String {
    format!(
        "supervisorctl -- control applications run by supervisord from the cmd line.\n\n\
         Usage: {program} [options] [action [arguments]]\n\n\
         Options:\n{}\n\
         action [arguments] -- see below\n\n\
         An action is something like \"tail\" or \"stop\". Without one, a shell is started that reads\n\
         actions as you type them. The action \"help\" tells which there are.\n\n",
        option_lines(FLAGS)
    )
}

#[cfg(test)]
mod tests;
