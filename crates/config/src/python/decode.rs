//! Bytes to text, with the words of Python's decoder for what is not UTF-8.

/// The byte order mark that some editors put before UTF-8.
const BYTE_ORDER_MARK: char = '\u{feff}';

/// A file's text.
pub(crate) struct Decoded {
    /// The text, without a byte order mark.
    pub(crate) text: String,
    /// Whether there was a byte order mark.
    pub(crate) marked: bool,
}

/// What is not UTF-8.
pub(crate) struct Undecodable {
    /// The message of Python's decoder; positions in it are bytes from the beginning of the file.
    pub(crate) message: String,
    /// The text with replacement characters for what is not UTF-8.
    pub(crate) text: String,
    /// The byte of `text` with the first replacement character.
    pub(crate) position: usize,
}

/// Decodes UTF-8.
// Differs: decoding-positions
pub(crate) fn decode(bytes: Vec<u8>) -> Result<Decoded, Undecodable> {
    let text = String::from_utf8(bytes).map_err(|error| Undecodable {
        message: complaint(&error),
        text: String::from_utf8_lossy(error.as_bytes()).into_owned(),
        position: error.utf8_error().valid_up_to(),
    })?;
    Ok(match text.strip_prefix(BYTE_ORDER_MARK) {
        Some(rest) => Decoded { text: rest.to_owned(), marked: true },
        None => Decoded { text, marked: false },
    })
}

fn complaint(error: &std::string::FromUtf8Error) -> String {
    let start = error.utf8_error().valid_up_to();
    let bytes = error.as_bytes();
    let first = bytes.get(start).copied().unwrap_or_default();
    let (length, reason) = match error.utf8_error().error_len() {
        None => (bytes.len() - start, "unexpected end of data"),
        Some(length) if matches!(first, 0x80..=0xc1 | 0xf5..=0xff) => (length, "invalid start byte"),
        Some(length) => (length, "invalid continuation byte"),
    };
    if length == 1 {
        format!("'utf-8' codec can't decode byte 0x{first:02x} in position {start}: {reason}")
    } else {
        let last = start + length - 1;
        format!("'utf-8' codec can't decode bytes in position {start}-{last}: {reason}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(bytes: &[u8]) -> String {
        decode(bytes.to_vec()).err().map(|undecodable| undecodable.message).unwrap_or_default()
    }

    #[test]
    fn what_is_not_utf8_is_named_as_python_names_it() {
        assert_eq!(
            refusal(b"ab\xe9c"),
            "'utf-8' codec can't decode byte 0xe9 in position 2: invalid continuation byte"
        );
        assert_eq!(
            refusal(b"\xff"),
            "'utf-8' codec can't decode byte 0xff in position 0: invalid start byte"
        );
        assert_eq!(
            refusal(b"a\xe2\x82"),
            "'utf-8' codec can't decode bytes in position 1-2: unexpected end of data"
        );
    }

    #[test]
    fn a_byte_order_mark_is_taken_off_and_reported() {
        let decoded = decode(b"\xef\xbb\xbf[a]".to_vec()).ok();
        assert!(decoded.is_some_and(|decoded| decoded.marked && decoded.text == "[a]"));
    }
}
