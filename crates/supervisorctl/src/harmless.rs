//! Bytes of a program's log on somebody's terminal.
//!
//! A terminal obeys what it is sent: a log can rename the window, hide lines, fill the clipboard, or make the terminal
//! type. So colours and the like (ESC `[` … `m`) pass, and what else is no text is shown, ESC as `^[`.

use std::borrow::Cow;

const ESCAPE: u8 = 0x1b;
const DELETE: u8 = 0x7f;
/// How U+0080 to U+009F, which some terminals take for commands, begin in UTF-8.
const C1_LEAD: u8 = 0xc2;
/// The longest colour that passes; a longer one is shown.
const COLOUR_BYTES_MAX: usize = 32;

/// Makes one log harmless, however reads cut it. Pipes and files get every byte as it is.
#[derive(Debug)]
pub(crate) struct Harmless {
    is_seen: bool,
    /// The beginning of what may be a colour.
    held: Vec<u8>,
}

impl Harmless {
    /// `is_seen`: standard output is a terminal.
    pub(crate) fn new(is_seen: bool) -> Self {
        Self { is_seen, held: Vec::new() }
    }

    /// What may be printed of `bytes` now.
    // Differs: log-bytes-are-shown-as-they-are
    pub(crate) fn add<'a>(&mut self, bytes: &'a [u8]) -> Cow<'a, [u8]> {
        if !self.is_seen || self.held.is_empty() && bytes.iter().all(|&byte| is_text(byte)) {
            return Cow::Borrowed(bytes);
        }
        let mut out = Vec::with_capacity(bytes.len() + self.held.len());
        for &byte in bytes {
            self.take(byte, &mut out);
        }
        Cow::Owned(out)
    }

    /// What was held back at the end of the log.
    pub(crate) fn finish(&mut self) -> Vec<u8> {
        let mut out = Vec::new();
        self.show_held(&mut out);
        out
    }

    fn take(&mut self, byte: u8, out: &mut Vec<u8>) {
        self.held.push(byte);
        match self.held.as_slice() {
            [ESCAPE] | [ESCAPE, b'['] | [C1_LEAD] => {}
            [C1_LEAD, 0xa0..=0xbf] => out.append(&mut self.held),
            [C1_LEAD, 0x80..=0x9f] => {
                self.held.clear();
                out.extend("\u{fffd}".as_bytes());
            }
            [ESCAPE, b'[', .., b'm'] => out.append(&mut self.held),
            [ESCAPE, b'[', parameters @ ..] if is_colour_so_far(parameters) => {}
            [byte] if is_text(*byte) => out.append(&mut self.held),
            [_] => self.show_held(out),
            [.., _] => {
                // The last byte may begin something of its own.
                self.held.pop();
                self.show_held(out);
                self.take(byte, out);
            }
            [] => {}
        }
    }

    fn show_held(&mut self, out: &mut Vec<u8>) {
        for byte in self.held.drain(..) {
            match byte {
                DELETE => out.extend(b"^?"),
                control @ 0..0x20 if !is_text(control) => out.extend([b'^', control + b'@']),
                byte => out.push(byte),
            }
        }
    }
}

/// Whether a terminal only prints it. Bytes from 0x80 on are parts of characters but for what begins with [`C1_LEAD`].
fn is_text(byte: u8) -> bool {
    matches!(byte, b'\n' | b'\r' | b'\t' | b' '..=b'~' | 0x80..) && byte != C1_LEAD
}

fn is_colour_so_far(parameters: &[u8]) -> bool {
    parameters.len() < COLOUR_BYTES_MAX
        && parameters.iter().all(|byte| matches!(byte, b'0'..=b'9' | b';' | b':'))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(chunks: &[&[u8]]) -> Vec<u8> {
        let mut harmless = Harmless::new(true);
        let mut out: Vec<u8> = chunks.iter().flat_map(|chunk| harmless.add(chunk).into_owned()).collect();
        out.extend(harmless.finish());
        out
    }

    #[test]
    fn text_and_colours_pass() {
        for text in
            ["plain\r\n\ttext", "\x1b[1;31mred\x1b[0m", "\x1b[m", "\x1b[38:5:1mx", "für é\u{a0}±", "日本"]
        {
            assert_eq!(shown(&[text.as_bytes()]), text.as_bytes(), "{text:?}");
        }
    }

    #[test]
    fn what_a_terminal_would_obey_is_shown() {
        for (text, seen) in [
            ("\x1b]0;title\x07", "^[]0;title^G"),
            ("\x1b[2J", "^[[2J"),
            ("\x1b[6n", "^[[6n"),
            ("\x1bP$q\x1b\\", "^[P$q^[\\"),
            ("\x1b\x1b[31mx", "^[\x1b[31mx"),
            ("\x08\x0e\x7f\0", "^H^N^?^@"),
            ("\x1b[", "^[["),
        ] {
            assert_eq!(shown(&[text.as_bytes()]), seen.as_bytes(), "{text:?}");
        }
        assert_eq!(shown(&["\u{9b}31mx".as_bytes()]), "\u{fffd}31mx".as_bytes());
    }

    #[test]
    fn a_pipe_gets_every_byte() {
        assert_eq!(Harmless::new(false).add(b"\x1b]0;x\x07").as_ref(), b"\x1b]0;x\x07");
    }

    proptest! {
        #[test]
        fn cuts_change_nothing_and_only_colours_keep_their_escape(
            bytes in proptest::collection::vec(prop_oneof![Just(ESCAPE), Just(b'['), Just(b'm'), Just(C1_LEAD), any::<u8>()], 0..60),
            cut in 0_usize..60,
        ) {
            let cut = cut.min(bytes.len());
            let whole = shown(&[&bytes]);
            prop_assert_eq!(shown(&[&bytes[..cut], &bytes[cut..]]), whole.clone());
            for (at, _) in whole.iter().enumerate().filter(|(_, byte)| **byte == ESCAPE) {
                let rest = &whole[at + 1..];
                let end = rest.iter().skip(1).position(|byte| !matches!(byte, b'0'..=b'9' | b';' | b':'));
                prop_assert!(rest.first() == Some(&b'[') && end.is_some_and(|end| rest[end + 1] == b'm'));
            }
        }
    }
}
