//! The values that XML-RPC can carry.

/// One value of a call or of an answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `<int>` or `<i4>`. Numbers beyond 64 bits were cut to the nearest one that fits.
    Int(i64),
    /// `<boolean>`.
    Bool(bool),
    /// `<string>`, bare text, or `<base64>` (which Supervisor reads as UTF-8 text).
    String(String),
    /// `<double>`.
    Double(f64),
    /// `<dateTime.iso8601>`, as `YYYYMMDDTHH:MM:SS`.
    DateTime(String),
    /// `<array>`.
    Array(Vec<Self>),
    /// `<struct>`: members in the order written. A name that stands twice means its last value.
    Struct(Vec<(String, Self)>),
    /// `<nil/>`, or an element without text that XML-RPC doesn't know.
    Nil,
}

impl Value {
    /// Text out of bytes that may be anything: what is not UTF-8 becomes U+FFFD.
    // Differs: undecodable-bytes
    #[must_use]
    pub fn text(bytes: &[u8]) -> Self {
        Self::String(String::from_utf8_lossy(bytes).into_owned())
    }

    /// The member of that name, if this is a struct that has it.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Struct(members) => {
                members.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value)
            }
            _ => None,
        }
    }

    /// The number, if this is one (or a boolean, which counts as 0 or 1).
    #[must_use]
    pub fn as_int(&self) -> Option<i64> {
        match self {
            Self::Int(number) => Some(*number),
            Self::Bool(flag) => Some(i64::from(*flag)),
            _ => None,
        }
    }

    /// The text, if this is one.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// The elements, if this is an array.
    #[must_use]
    pub fn as_array(&self) -> Option<&[Self]> {
        match self {
            Self::Array(items) => Some(items),
            _ => None,
        }
    }

    /// About how many bytes it takes in an answer, a little less rather than more.
    #[must_use]
    pub fn size(&self) -> u64 {
        /// What stands around anything.
        const AROUND: u64 = 20;
        let content = match self {
            Self::Int(_) | Self::Bool(_) | Self::Double(_) | Self::Nil => 0,
            Self::String(text) | Self::DateTime(text) => text.len() as u64,
            Self::Array(items) => items.iter().map(Self::size).sum(),
            Self::Struct(members) => {
                members.iter().map(|(name, value)| AROUND + name.len() as u64 + value.size()).sum()
            }
        };
        AROUND + content
    }

    /// What a condition makes of it: zero, empty, false and nil are false, all else is true.
    #[must_use]
    pub fn is_true(&self) -> bool {
        match self {
            Self::Int(number) => *number != 0,
            Self::Bool(flag) => *flag,
            Self::String(text) => !text.is_empty(),
            Self::Double(number) => *number != 0.0,
            Self::DateTime(_) => true,
            Self::Array(items) => !items.is_empty(),
            Self::Struct(members) => !members.is_empty(),
            Self::Nil => false,
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::String(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::String(text)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl From<i32> for Value {
    fn from(number: i32) -> Self {
        Self::Int(i64::from(number))
    }
}

impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Self::Bool(flag)
    }
}

impl<T: Into<Self>> From<Vec<T>> for Value {
    fn from(items: Vec<T>) -> Self {
        Self::Array(items.into_iter().map(Into::into).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_that_stands_twice_means_its_last_value() {
        let value = Value::Struct(vec![("a".into(), Value::Int(1)), ("a".into(), Value::Int(2))]);
        assert_eq!(value.get("a"), Some(&Value::Int(2)));
        assert_eq!(value.get("b"), None);
    }

    #[test]
    fn the_word_false_is_true() {
        assert!(Value::from("false").is_true());
        assert!(!Value::from("").is_true());
        assert!(!Value::Nil.is_true());
    }

    #[test]
    fn bytes_that_are_no_text_are_replaced() {
        assert_eq!(Value::text(b"a\xffb"), Value::from("a\u{fffd}b"));
    }
}
