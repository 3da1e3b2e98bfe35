//! What only processes have.

use supervisor_core::signal::Signal;
use supervisor_core::spec::AutoRestart;

use super::number::truth;
use super::{Advice, Described, ValueType};
use crate::machine::Machine;
use crate::python::number::integer;
use crate::python::repr::repr;
use crate::python::space::strip;
use crate::spelling::did_you_mean;

/// A signal by number or name.
#[derive(Debug)]
pub struct SignalName;

impl Described for SignalName {
    const FORM: &'static str = "a signal name with or without SIG, or a number";
}

impl ValueType for SignalName {
    type Value = Signal;

    // Differs: stopsignal-zero
    fn parse(text: &str, _: &Machine<'_>) -> Result<Signal, String> {
        match integer(text) {
            Ok(number) => i32::try_from(number)
                .ok()
                .and_then(Signal::from_number)
                .ok_or_else(|| format!("value {} is not a valid signal number", repr(text))),
            Err(_) => Signal::from_name(strip(text))
                .ok_or_else(|| format!("value {} is not a valid signal name", repr(text))),
        }
    }

    fn advice(text: &str) -> Advice {
        let known: Vec<String> =
            (1..=64).filter_map(Signal::from_number).map(|signal| signal.to_string()).collect();
        let word = strip(text);
        let bare = known.iter().filter_map(|name| name.strip_prefix("SIG"));
        let meant = did_you_mean(word, bare).or_else(|| did_you_mean(word, known.iter().map(String::as_str)));
        Advice::hint(meant)
    }
}

/// A list of exit codes.
#[derive(Debug)]
pub struct ExitCodes;

impl Described for ExitCodes {
    const FORM: &'static str = "a list of numbers from 0 to 255";
}

impl ValueType for ExitCodes {
    type Value = Vec<i32>;

    fn parse(text: &str, _: &Machine<'_>) -> Result<Vec<i32>, String> {
        if text.is_empty() {
            return Ok(Vec::new());
        }
        let code = |item| integer(item).ok().and_then(|code| u8::try_from(code).ok()).map(i32::from);
        let codes: Option<Vec<i32>> = text.split(',').map(code).collect();
        codes.ok_or_else(|| format!("not a valid list of exit codes: {}", repr(text)))
    }

    fn advice(text: &str) -> Advice {
        let is_code = |item: &&str| integer(item).ok().is_some_and(|code| u8::try_from(code).is_ok());
        let wrong = text.split(',').find(|item| !is_code(item)).map(strip);
        Advice { part: wrong.map(str::to_owned), ..Advice::default() }
    }
}

/// When to start a process again that has ended by itself.
#[derive(Debug)]
pub struct Restart;

impl Described for Restart {
    const FORM: &'static str = "true, false or unexpected";
}

impl ValueType for Restart {
    type Value = AutoRestart;

    fn parse(text: &str, _: &Machine<'_>) -> Result<AutoRestart, String> {
        let word = text.to_lowercase();
        match truth(&word) {
            Some(true) => Ok(AutoRestart::True),
            Some(false) => Ok(AutoRestart::False),
            None if word == "unexpected" => Ok(AutoRestart::Unexpected),
            None => Err(format!("invalid 'autorestart' value {}", repr(&word))),
        }
    }

    fn advice(text: &str) -> Advice {
        Advice::hint(did_you_mean(text, ["unexpected", "true", "false"]))
    }
}
