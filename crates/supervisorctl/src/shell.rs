//! The interactive shell.

use std::cell::OnceCell;
use std::io::ErrorKind;
use std::rc::Rc;

use rustyline::completion::{Completer, Pair};
use rustyline::error::ReadlineError;
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::history::DefaultHistory;
use rustyline::validate::Validator;
use rustyline::{CompletionType, Config, Context, Editor, Helper};

use crate::completion;
use crate::failure::Failure;
use crate::history::{self, MAX_LINES};
use crate::plugins::Plugins;
use crate::remote::Remote;
use crate::session::Session;

/// What was found at the prompt.
enum Typed {
    Line(String),
    /// Ctrl-D, Ctrl-C or the end of the input; whether the cursor still stands behind the prompt.
    End {
        needs_new_line: bool,
    },
}

/// Carries out what is typed until the user has enough. Shows the status first.
pub(crate) fn run(session: &mut Session, prompt: &str, history_file: Option<&str>) {
    let prompt = format!("{prompt}> ");
    let mut editor = if session.has_terminal() { editor(history_file) } else { None };
    let mut result = session.run("status");
    while result.is_ok() && !session.is_leaving {
        let typed = match &mut editor {
            Some(editor) => edit(editor, session, &prompt),
            None => read(session, &prompt),
        };
        match typed {
            Typed::Line(line) => result = session.run(&line),
            Typed::End { needs_new_line } => {
                if needs_new_line {
                    session.line("");
                }
                break;
            }
        }
    }
    if result.is_err() {
        session.line("");
    }
    if let Some(path) = history_file {
        history::save(path, editor.as_ref().map(Editor::history));
    }
}

fn read(session: &mut Session, prompt: &str) -> Typed {
    session.ask(prompt).map_or(Typed::End { needs_new_line: true }, Typed::Line)
}

type Lines = Editor<ServerNames, DefaultHistory>;

/// A line editor that knows what was typed in earlier shells; `None` if the terminal cannot have one.
fn editor(history_file: Option<&str>) -> Option<Lines> {
    // A pasted text is what its lines would be if they were typed.
    let config = Config::builder()
        .completion_type(CompletionType::List)
        .bracketed_paste(false)
        .max_history_size(MAX_LINES)
        .ok()?;
    let mut editor = Lines::with_config(config.build()).ok()?;
    if let Some(path) = history_file {
        for line in history::load(path) {
            // A history that is full forgets its beginning.
            let _ = editor.add_history_entry(line);
        }
    }
    Some(editor)
}

fn edit(editor: &mut Lines, session: &Session, prompt: &str) -> Typed {
    // What was fetched for the last line may be out of date.
    editor.set_helper(Some(ServerNames {
        remote: session.remote.clone(),
        plugins: Rc::clone(&session.plugins),
        fetched: OnceCell::new(),
    }));
    match editor.readline(prompt) {
        Ok(line) => {
            // Differs: history-of-actions
            let _ = editor.add_history_entry(&line);
            Typed::Line(line)
        }
        Err(ReadlineError::Io(error)) if error.kind() == ErrorKind::InvalidData => {
            // The editor forgets what was typed with it. Differs: text-at-the-prompt
            session.line("\nerror: what was typed is not UTF-8 and is ignored");
            Typed::Line(String::new())
        }
        Err(ReadlineError::Eof | ReadlineError::Interrupted) => Typed::End { needs_new_line: false },
        Err(error) => {
            session.line(&format!("error: {}", Failure::Answer(error.to_string())));
            Typed::End { needs_new_line: false }
        }
    }
}

/// The names that Tab offers, fetched when first needed.
struct ServerNames {
    remote: Remote,
    plugins: Rc<Plugins>,
    fetched: OnceCell<Vec<(String, String)>>,
}

impl Completer for ServerNames {
    type Candidate = Pair;

    fn complete(
        &self,
        line: &str,
        position: usize,
        _: &Context<'_>,
    ) -> rustyline::Result<(usize, Vec<Pair>)> {
        let fetch = || {
            let infos = self.remote.all_process_info();
            self.remote.hang_up();
            infos.map(completion::pairs).unwrap_or_default()
        };
        let names = || self.fetched.get_or_init(fetch).clone();
        let (start, candidates) = completion::complete(line, position, &self.plugins, names);
        let pair = |name: String| Pair { replacement: format!("{name} "), display: name };
        Ok((start, candidates.into_iter().map(pair).collect()))
    }
}

impl Hinter for ServerNames {
    type Hint = String;
}

impl Highlighter for ServerNames {}

impl Validator for ServerNames {}

impl Helper for ServerNames {}
