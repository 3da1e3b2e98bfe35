//! `strip_ansi`: colours and cursor movements taken out of what children write.

const ESCAPE: u8 = 0x1b;

/// Removes control sequences (ESC `[` up to a final byte `@` to `~`), however reads cut them.
///
/// The reference knows fewer final bytes and forgets a sequence at the end of a read.
// Differs: strip-ansi-keeps-state
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AnsiStripper {
    at: Place,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Place {
    #[default]
    Text,
    Escape,
    Sequence,
}

impl AnsiStripper {
    /// Appends to `out` what is left of `bytes`.
    pub fn strip(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        for &byte in bytes {
            self.at = match (self.at, byte) {
                (Place::Text, ESCAPE) => Place::Escape,
                (Place::Text, _) => {
                    out.push(byte);
                    Place::Text
                }
                (Place::Escape, b'[') => Place::Sequence,
                (Place::Escape, ESCAPE) => {
                    out.push(ESCAPE);
                    Place::Escape
                }
                (Place::Escape, _) => {
                    out.extend([ESCAPE, byte]);
                    Place::Text
                }
                (Place::Sequence, b'@'..=b'~') => Place::Text,
                (Place::Sequence, ESCAPE) => Place::Escape,
                // A sequence has no control characters: it was broken off.
                (Place::Sequence, b'\n' | b'\r') => {
                    out.push(byte);
                    Place::Text
                }
                (Place::Sequence, _) => Place::Sequence,
            };
        }
    }

    /// What was held back at the end of the stream.
    pub fn finish(&mut self, out: &mut Vec<u8>) {
        if std::mem::take(&mut self.at) == Place::Escape {
            out.push(ESCAPE);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stripped(chunks: &[&[u8]]) -> String {
        let (mut stripper, mut out) = (AnsiStripper::default(), Vec::new());
        for chunk in chunks {
            stripper.strip(chunk, &mut out);
        }
        stripper.finish(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn colours_are_removed() {
        assert_eq!(stripped(&[b"\x1b[31mred \x1b[0m plain"]), "red  plain");
    }

    #[test]
    fn a_sequence_may_be_cut_anywhere() {
        assert_eq!(stripped(&[b"A \x1b[3", b"1mB"]), "A B");
        assert_eq!(stripped(&[b"C \x1b", b"[31mD"]), "C D");
    }

    #[test]
    fn other_final_bytes_end_a_sequence_too() {
        assert_eq!(stripped(&[b"\x1b[5nHello"]), "Hello");
    }

    #[test]
    fn other_escapes_are_kept() {
        assert_eq!(stripped(&[b"\x1b]0;title\x07x\x1b"]), "\x1b]0;title\x07x\x1b");
    }

    #[test]
    fn a_broken_sequence_does_not_eat_the_next_line() {
        assert_eq!(stripped(&[b"a\x1b[3\nb"]), "a\nb");
    }
}
