//! The parameters of one call, taken one after another and checked.

use supervisor_core::command::Fault;
use supervisor_core::effect::Level;

use crate::element::integer;
use crate::value::Value;

/// The parameters that are left.
#[derive(Debug)]
pub(crate) struct Arguments(std::vec::IntoIter<Value>);

// Differs: parameter-types
const WRONG_TYPE: Fault = Fault::IncorrectParameters(None);

impl Arguments {
    pub(crate) fn new(params: Vec<Value>) -> Self {
        Self(params.into_iter())
    }

    /// Whatever comes next.
    pub(crate) fn next(&mut self) -> Result<Value, Fault> {
        self.0.next().ok_or(WRONG_TYPE)
    }

    /// A text.
    pub(crate) fn text(&mut self) -> Result<String, Fault> {
        match self.next()? {
            Value::String(text) => Ok(text),
            _ => Err(WRONG_TYPE),
        }
    }

    /// A condition that holds unless somebody says otherwise. Any value will do.
    pub(crate) fn wait(&mut self) -> bool {
        self.0.next().is_none_or(|value| value.is_true())
    }

    /// A number, which may be written as text or with a fraction.
    pub(crate) fn integer(&mut self) -> Result<i64, Fault> {
        to_integer(&self.next()?)
    }

    /// The name or the number of a signal.
    pub(crate) fn signal(&mut self) -> Result<String, Fault> {
        match self.next()? {
            Value::String(text) => Ok(text),
            number => Ok(to_integer(&number)?.to_string()),
        }
    }

    /// A text; the fault for anything else shows what it was.
    pub(crate) fn chars(&mut self) -> Result<String, Fault> {
        match self.next()? {
            Value::String(text) => Ok(text),
            Value::Nil => Err(WRONG_TYPE),
            other => Err(Fault::IncorrectParameters(plain(&other))),
        }
    }

    /// A text, or a number in decimal.
    pub(crate) fn plain(&mut self) -> Result<String, Fault> {
        plain(&self.next()?).ok_or(WRONG_TYPE)
    }

    /// The options of a program: values are taken as text, those that are nothing are left out.
    pub(crate) fn options(&mut self) -> Result<Vec<(String, String)>, Fault> {
        let members = match self.next()? {
            Value::Struct(members) => members,
            // What some languages send for an empty table.
            Value::Array(items) if items.is_empty() => Vec::new(),
            _ => return Err(WRONG_TYPE),
        };
        let given = members.into_iter().filter(|(_, value)| *value != Value::Nil);
        given.map(|(name, value)| Ok((name, plain(&value).ok_or(WRONG_TYPE)?))).collect()
    }

    /// The level of a line, if one is given.
    pub(crate) fn level(&mut self) -> Result<Option<Level>, Fault> {
        let Some(value) = self.0.next() else { return Ok(None) };
        let level = match value {
            Value::String(name) => {
                Level::ALL.into_iter().find(|level| level.code().eq_ignore_ascii_case(&name))
            }
            Value::Int(number) => level_of(number),
            Value::Double(number) if number.fract() == 0.0 => level_of(number as i64),
            _ => None,
        };
        level.map(Some).ok_or(WRONG_TYPE)
    }

    /// A list.
    pub(crate) fn array(&mut self) -> Result<Vec<Value>, Fault> {
        match self.next()? {
            Value::Array(items) => Ok(items),
            _ => Err(WRONG_TYPE),
        }
    }
}

fn level_of(number: i64) -> Option<Level> {
    Some(match number {
        50 => Level::Critical,
        40 => Level::Error,
        30 => Level::Warn,
        20 => Level::Info,
        10 => Level::Debug,
        5 => Level::Trace,
        3 => Level::Blather,
        _ => return None,
    })
}

fn to_integer(value: &Value) -> Result<i64, Fault> {
    match value {
        Value::String(text) => integer(text).ok_or(WRONG_TYPE),
        // The cast cuts off the fraction and saturates.
        Value::Double(number) if number.is_finite() => Ok(*number as i64),
        other => other.as_int().ok_or(WRONG_TYPE),
    }
}

/// How Python prints a scalar.
fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Int(number) => Some(number.to_string()),
        Value::Bool(true) => Some("True".to_owned()),
        Value::Bool(false) => Some("False".to_owned()),
        Value::Double(number) => Some(format!("{number:?}")),
        Value::Nil => Some("None".to_owned()),
        Value::DateTime(_) | Value::Array(_) | Value::Struct(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(value: impl Into<Value>) -> Arguments {
        Arguments::new(vec![value.into()])
    }

    #[test]
    fn numbers_may_be_written_as_text_or_with_a_fraction() {
        assert_eq!(one(" 12 ").integer(), Ok(12));
        assert_eq!(one(true).integer(), Ok(1));
        assert_eq!(one(Value::Double(-1.9)).integer(), Ok(-1));
        for bad in [Value::from("x"), Value::Double(f64::NAN), Value::Array(vec![]), Value::Nil] {
            assert_eq!(one(bad).integer(), Err(WRONG_TYPE));
        }
    }

    #[test]
    fn wait_is_true_unless_something_false_is_passed() {
        assert!(Arguments::new(vec![]).wait());
        assert!(one("false").wait());
        assert!(!one(0).wait());
    }

    #[test]
    fn a_signal_is_a_name_or_a_number() {
        assert_eq!(one("hup").signal().as_deref(), Ok("hup"));
        assert_eq!(one(15).signal().as_deref(), Ok("15"));
        assert!(one(Value::Nil).signal().is_err());
    }

    #[test]
    fn chars_that_are_no_text_are_shown_in_the_fault() {
        assert_eq!(one(5).chars(), Err(Fault::IncorrectParameters(Some("5".into()))));
        assert_eq!(one(Value::Nil).chars(), Err(WRONG_TYPE));
    }

    #[test]
    fn a_level_is_four_letters_or_a_number() {
        assert_eq!(one("erro").level(), Ok(Some(Level::Error)));
        assert_eq!(one(20).level(), Ok(Some(Level::Info)));
        assert_eq!(one(Value::Double(3.0)).level(), Ok(Some(Level::Blather)));
        assert_eq!(Arguments::new(vec![]).level(), Ok(None));
        for bad in ["error", " info", "", "20"].map(Value::from) {
            assert_eq!(one(bad).level(), Err(WRONG_TYPE));
        }
        for bad in [Value::Int(7), Value::Bool(true), Value::Nil, Value::Double(20.5)] {
            assert_eq!(one(bad).level(), Err(WRONG_TYPE));
        }
    }

    #[test]
    fn options_are_taken_as_text() {
        let options = vec![
            ("command".to_owned(), "cat".into()),
            ("numprocs".to_owned(), 2.into()),
            ("autostart".to_owned(), false.into()),
            ("user".to_owned(), Value::Nil),
        ];
        let taken = [("command", "cat"), ("numprocs", "2"), ("autostart", "False")];
        let taken = taken.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        assert_eq!(one(Value::Struct(options)).options(), Ok(taken));
        assert_eq!(one(Value::Array(vec![])).options(), Ok(vec![]));
        assert_eq!(one("s").options(), Err(WRONG_TYPE));
        let nested = Value::Struct(vec![("command".to_owned(), Value::Array(vec![]))]);
        assert_eq!(one(nested).options(), Err(WRONG_TYPE));
    }

    #[test]
    fn event_data_may_be_a_number() {
        assert_eq!(one(5).plain().as_deref(), Ok("5"));
        assert_eq!(one(Value::Double(1.0)).plain().as_deref(), Ok("1.0"));
        assert_eq!(one(Value::Array(vec![])).plain(), Err(WRONG_TYPE));
    }
}
