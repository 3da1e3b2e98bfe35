//! What only event listeners have.

use supervisor_core::spec::{BufferOverflow, EventLength};

use super::{Advice, Described, ValueType};
use crate::machine::Machine;
use crate::python::repr::repr;
use crate::spelling::did_you_mean;

/// Which event is dropped when a buffer is full.
#[derive(Debug)]
pub struct OverflowWord;

impl Described for OverflowWord {
    const FORM: &'static str = "drop_oldest or drop_newest";
}

impl ValueType for OverflowWord {
    type Value = BufferOverflow;

    fn parse(text: &str, _: &Machine<'_>) -> Result<BufferOverflow, String> {
        let word = text.to_lowercase();
        BufferOverflow::ALL
            .into_iter()
            .find(|known| known.name() == word)
            .ok_or_else(|| format!("invalid 'buffer_overflow' value {}", repr(text)))
    }

    fn advice(text: &str) -> Advice {
        Advice::hint(did_you_mean(text, BufferOverflow::ALL.map(BufferOverflow::name)))
    }
}

/// What the length of an event counts.
#[derive(Debug)]
pub struct LengthWord;

impl Described for LengthWord {
    const FORM: &'static str = "characters or bytes";
}

impl ValueType for LengthWord {
    type Value = EventLength;

    fn parse(text: &str, _: &Machine<'_>) -> Result<EventLength, String> {
        let word = text.to_lowercase();
        EventLength::ALL
            .into_iter()
            .find(|known| known.name() == word)
            .ok_or_else(|| format!("invalid 'event_length' value {}", repr(text)))
    }

    fn advice(text: &str) -> Advice {
        Advice::hint(did_you_mean(text, EventLength::ALL.map(EventLength::name)))
    }
}
