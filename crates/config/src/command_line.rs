//! A command to the words it consists of, as a POSIX shell takes them apart; nothing is expanded, and
//! `; | & $ * ~ #` are ordinary characters.

use crate::python::repr::repr;

/// Splits a program's `command`. There is at least one word.
///
/// # Errors
/// The reference's message: a quotation or an escape is not finished, or there is no word.
pub fn split(command: &str) -> Result<Vec<String>, String> {
    let words = Splitter { rest: command, words: Vec::new(), word: None }
        .run()
        .map_err(|reason| format!("can't parse command {}: {reason}", repr(command)))?;
    if words.is_empty() {
        return Err("command is empty".to_owned());
    }
    Ok(words)
}

const UNFINISHED_QUOTATION: &str = "No closing quotation";
const UNFINISHED_ESCAPE: &str = "No escaped character";

struct Splitter<'a> {
    rest: &'a str,
    words: Vec<String>,
    /// The word being read; quotes make one even if nothing is between them.
    word: Option<String>,
}

impl Splitter<'_> {
    fn run(mut self) -> Result<Vec<String>, &'static str> {
        while let Some(c) = self.take() {
            match c {
                ' ' | '\t' | '\r' | '\n' => self.words.extend(self.word.take()),
                '\'' => self.single_quoted()?,
                '"' => self.double_quoted()?,
                '\\' => {
                    let escaped = self.take().ok_or(UNFINISHED_ESCAPE)?;
                    self.open().push(escaped);
                }
                c => self.open().push(c),
            }
        }
        self.words.extend(self.word.take());
        Ok(self.words)
    }

    fn take(&mut self) -> Option<char> {
        let mut chars = self.rest.chars();
        let c = chars.next()?;
        self.rest = chars.as_str();
        Some(c)
    }

    fn open(&mut self) -> &mut String {
        self.word.get_or_insert_with(String::new)
    }

    fn single_quoted(&mut self) -> Result<(), &'static str> {
        let (inside, rest) = self.rest.split_once('\'').ok_or(UNFINISHED_QUOTATION)?;
        self.rest = rest;
        self.open().push_str(inside);
        Ok(())
    }

    /// Between double quotes only a double quote and a backslash can be escaped.
    fn double_quoted(&mut self) -> Result<(), &'static str> {
        self.open();
        loop {
            match self.take().ok_or(UNFINISHED_QUOTATION)? {
                '"' => return Ok(()),
                '\\' => {
                    let escaped = self.take().ok_or(UNFINISHED_ESCAPE)?;
                    if !matches!(escaped, '"' | '\\') {
                        self.open().push('\\');
                    }
                    self.open().push(escaped);
                }
                c => self.open().push(c),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_split_like_a_shell_does() {
        for (command, words) in [
            ("cat -n  x\ty\nz", vec!["cat", "-n", "x", "y", "z"]),
            ("sh -c 'a ; b' \"c d\"", vec!["sh", "-c", "a ; b", "c d"]),
            (r#"a "x\"y\\z\n" b\ c"#, vec!["a", r#"x"y\z\n"#, "b c"]),
            ("a '' \"\" b''c", vec!["a", "", "", "bc"]),
            ("a # b;c | d & $e ~", vec!["a", "#", "b;c", "|", "d", "&", "$e", "~"]),
            ("a\u{a0}b", vec!["a\u{a0}b"]),
        ] {
            assert_eq!(split(command), Ok(words.into_iter().map(str::to_owned).collect()), "{command}");
        }
    }

    #[test]
    fn what_is_not_finished_is_refused_with_the_reference_s_words() {
        assert_eq!(split("a 'b"), Err("can't parse command \"a 'b\": No closing quotation".to_owned()));
        assert_eq!(split("a \"b"), Err("can't parse command 'a \"b': No closing quotation".to_owned()));
        assert_eq!(split("a\\"), Err("can't parse command 'a\\\\': No escaped character".to_owned()));
        assert_eq!(split("\"a\\"), Err("can't parse command '\"a\\\\': No escaped character".to_owned()));
    }

    #[test]
    fn no_word_is_no_command() {
        assert_eq!(split(" \n"), Err("command is empty".to_owned()));
    }
}
