//! One run of the program: the server it talks to, what it prints, and how it will end.

use std::cell::RefCell;
use std::io::{self, IsTerminal, Write};
use std::rc::Rc;

use serde_json::Value;
use supervisor_config::supervisorctl::ClientConfig;
use supervisor_rpc::fault::Code;

use crate::exit_status::ExitStatus;
use crate::failure::Failure;
use crate::input::Input;
use crate::line::Line;
use crate::login;
use crate::plugins::Plugins;
use crate::remote::{Credentials, Remote};
use crate::suggestion::suggestion;
use crate::terminal::Terminal;
use crate::verb::{self, Names, program};
use crate::waiting::Waiting;

/// The version of the API that this program speaks.
const API_VERSION: &str = supervisor_rpc::API_VERSION;

/// One run of the program.
pub(crate) struct Session {
    /// The server that actions are about.
    pub(crate) remote: Remote,
    /// The extensions.
    pub(crate) plugins: Rc<Plugins>,
    /// Whether there is somebody to ask.
    pub(crate) interactive: bool,
    /// Who sees what is printed.
    pub(crate) terminal: Terminal,
    /// What is read is printed as JSON, and everything else goes to standard error.
    pub(crate) json: bool,
    /// What the program will end with.
    pub(crate) exit_status: ExitStatus,
    /// Whether the user wants to leave the shell.
    pub(crate) is_leaving: bool,
    input: Rc<RefCell<Input>>,
}

impl Session {
    pub(crate) fn new(config: &ClientConfig) -> io::Result<Self> {
        let waiting = Rc::new(Waiting::new()?);
        if config.interactive {
            waiting.heed_interrupts();
        }
        let terminal = Terminal::detect();
        let credentials = config.username.clone().zip(config.password.clone());
        Ok(Self {
            remote: Remote::new(
                config.serverurl.clone(),
                credentials.map(|(username, password)| Credentials { username, password }),
                waiting,
                terminal.shows_progress && !config.json,
            ),
            plugins: Rc::new(Plugins::new(config)),
            interactive: config.interactive,
            terminal,
            json: config.json,
            exit_status: ExitStatus::SUCCESS,
            is_leaving: false,
            input: Rc::new(RefCell::new(Input::stdin()?)),
        })
    }

    /// Carries out the words of a command line.
    ///
    /// # Errors
    /// [`Interrupted`] if the user pressed Ctrl-C.
    pub(crate) fn run_words(&mut self, words: &[String]) -> Result<(), Interrupted> {
        let program =
            words.split_first().and_then(|(name, rest)| Some((name, self.plugins.program(name)?, rest)));
        match program {
            // A program gets its words as they are.
            Some((name, command, arguments)) if !self.json => {
                program::run(self, name, &command, arguments);
                Ok(())
            }
            _ => self.run(&words.join(" ")),
        }
    }

    /// Carries out one line. Whatever goes wrong is printed and remembered in the exit status.
    ///
    /// # Errors
    /// [`Interrupted`] if the user pressed Ctrl-C.
    pub(crate) fn run(&mut self, line: &str) -> Result<(), Interrupted> {
        let outcome = self.run_to_its_end(line);
        self.remote.hang_up();
        outcome
    }

    fn run_to_its_end(&mut self, line: &str) -> Result<(), Interrupted> {
        loop {
            let failure = match self.attempt(line) {
                Ok(()) => return Ok(()),
                Err(failure) => failure,
            };
            let failure = match failure {
                Failure::Unauthorized => {
                    self.line("Server requires authentication");
                    if self.remote.credentials.is_some() {
                        self.hint("The username or the password that was given is wrong.");
                    }
                    if !self.interactive {
                        // Differs: one-line-about-authentication
                        self.exit_status = ExitStatus::FAILURE;
                        return Ok(());
                    }
                    match login::ask(self) {
                        Ok(credentials) => {
                            self.remote.credentials = Some(credentials);
                            continue;
                        }
                        Err(failure) => failure,
                    }
                }
                failure => failure,
            };
            if let Failure::Interrupted = failure {
                return Err(Interrupted);
            }
            // Differs: plain-error-line
            self.line(&format!("error: {failure}"));
            match failure {
                Failure::Status { code: 404 | 405 | 501, .. } => {
                    let url = &self.remote.url;
                    self.hint(&format!(
                        "Whoever answers at {url} is perhaps no supervisord; serverurl should name one."
                    ));
                }
                Failure::UnknownProtocol(_) => {
                    self.hint("A URL begins with http:// or unix://, such as http://localhost:9001.");
                }
                _ => {}
            }
            self.exit_status = ExitStatus::FAILURE;
            return Ok(());
        }
    }

    fn attempt(&mut self, line: &str) -> Result<(), Failure> {
        let line = line.trim();
        // The names of programs may have other characters than those of actions.
        let (word, rest) = line.split_at(line.find(char::is_whitespace).unwrap_or(line.len()));
        if let Some(command) = self.plugins.program(word) {
            if self.json {
                self.refuse_json(word);
            } else {
                program::run_line(self, word, &command, rest.trim());
            }
            return Ok(());
        }
        let (name, argument) = match Line::parse(line) {
            Line::Empty => return Ok(()),
            Line::Action { name, argument } => (name, argument),
            Line::Unknown => ("", ""),
        };
        match verb::find(name) {
            Some(verb) if self.json && !verb.reads => self.refuse_json(name),
            Some(verb) => return (verb.run)(self, argument),
            None => self.refuse(line, name),
        }
        Ok(())
    }

    // Differs: json
    fn refuse_json(&mut self, name: &str) {
        self.line(&format!("Error: {name} does not print JSON"));
        self.exit_status = ExitStatus::INVALID_ARGUMENTS;
    }

    /// Says that there is no such action, and why, if that may be because of an extension.
    fn refuse(&mut self, line: &str, name: &str) {
        self.line(&format!("*** Unknown syntax: {line}"));
        self.exit_status = ExitStatus::FAILURE;
        if let Some(refusal) = self.plugins.refusal() {
            let _ = io::stderr().write_all(refusal.explained().as_bytes());
            self.exit_status = ExitStatus::INVALID_ARGUMENTS;
        } else {
            self.suggest(name, Names::Actions);
        }
    }

    /// Whether there is a server that can be talked to. If not, that has been said and the exit status tells.
    ///
    /// # Errors
    /// For anything that has no message of its own.
    pub(crate) fn is_server_up(&mut self) -> Result<bool, Failure> {
        let (message, status) = match self.remote.api_version() {
            Ok(version) if version == API_VERSION => return Ok(true),
            Ok(version) => (
                format!(
                    "Sorry, this version of supervisorctl expects to talk to a server with API version \
                     {API_VERSION}, but the remote version is {version}."
                ),
                ExitStatus::OTHER_VERSION,
            ),
            Err(Failure::Refused(url)) => (format!("{url} refused connection"), ExitStatus::REFUSED),
            Err(Failure::NoSuchFile(url)) => {
                self.line(&format!("{url} no such file"));
                self.hint("Is supervisord running, and does serverurl in [supervisorctl] name its socket?");
                self.exit_status = ExitStatus::NOT_RUNNING;
                return Ok(false);
            }
            Err(failure) if failure.code() == Some(Code::UnknownMethod) => (
                "Sorry, supervisord responded but did not recognize the supervisor namespace commands that \
                 supervisorctl uses to control it.  Please check that the [rpcinterface:supervisor] section is \
                 enabled in the configuration file (see sample.conf)."
                    .to_owned(),
                ExitStatus::NO_NAMESPACE,
            ),
            Err(failure) => return Err(failure),
        };
        self.line(&message);
        self.exit_status = status;
        Ok(false)
    }

    // Differs: suggestions
    /// Says what may have been meant by a name that does not exist, if somebody sees it.
    pub(crate) fn suggest(&self, written: &str, names: Names) {
        if !self.terminal.takes_hints {
            return;
        }
        if let Some(name) = suggestion(&self.remote, &self.plugins, written, names) {
            let _ = writeln!(io::stderr(), "Did you mean {name}?");
        }
    }

    // Differs: hints
    /// Says more of what went wrong, if somebody sees it.
    pub(crate) fn hint(&self, text: &str) {
        if self.terminal.takes_hints {
            let _ = writeln!(io::stderr(), "{text}");
        }
    }

    /// Prints a line. If nobody reads any more, the work goes on all the same.
    pub(crate) fn line(&self, text: &str) {
        self.print(&format!("{text}\n"));
    }

    /// Prints a value for programs to read, as a line.
    pub(crate) fn value(&self, value: &Value) {
        let _ = writeln!(io::stdout(), "{value}");
    }

    /// Prints text as it is. Where programs read the answer, people's words are not part of it.
    pub(crate) fn print(&self, text: &str) {
        if self.json {
            let _ = io::stderr().write_all(text.as_bytes());
            return;
        }
        let mut stdout = io::stdout().lock();
        let _ = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
    }

    /// Asks the user and waits for a line.
    pub(crate) fn ask(&mut self, question: &str) -> Result<String, Failure> {
        self.print(question);
        let input = Rc::clone(&self.input);
        self.read_line(&mut input.borrow_mut())
    }

    /// Asks before something that cannot be undone. Where there is nobody to ask, the answer is yes.
    pub(crate) fn confirm(&mut self, question: &str) -> Result<bool, Failure> {
        Ok(!self.interactive || self.ask(question)?.to_lowercase().starts_with('y'))
    }

    /// Waits for a line of `input`.
    pub(crate) fn read_line(&self, input: &mut Input) -> Result<String, Failure> {
        self.remote
            .waiting
            .for_result(async { input.line().await.map_err(Failure::Terminal)?.ok_or(Failure::EndOfInput) })
    }

    /// What the user types while an action runs.
    pub(crate) fn input(&self) -> Rc<RefCell<Input>> {
        Rc::clone(&self.input)
    }

    /// Whether there is a terminal to edit lines on.
    pub(crate) fn has_terminal(&self) -> bool {
        io::stdin().is_terminal() && io::stdout().is_terminal()
    }
}

/// The user pressed Ctrl-C.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Interrupted;
