//! Just enough of Rust's lexical grammar to tell code from comments and literals.

/// `text` with the contents of comments, strings and character literals replaced by blanks. Newlines stay,
/// so that line numbers do.
pub(crate) fn code_only(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut code = String::with_capacity(text.len());
    let mut at = 0;
    while at < chars.len() {
        let end = literal_end(&chars, at);
        if end == at {
            code.push(chars[at]);
            at += 1;
        } else {
            code.extend(chars[at..end].iter().map(|char| if *char == '\n' { '\n' } else { ' ' }));
            at = end;
        }
    }
    code
}

/// Where the comment or literal that begins at `at` ends; `at` itself if none begins there.
fn literal_end(chars: &[char], at: usize) -> usize {
    let begins = |prefix: &str| prefix.chars().enumerate().all(|(n, char)| chars.get(at + n) == Some(&char));
    let in_word = at > 0 && (chars[at - 1].is_alphanumeric() || chars[at - 1] == '_');
    match chars[at] {
        '/' if begins("//") => find(chars, at, |rest| rest[0] == '\n'),
        '/' if begins("/*") => block_comment_end(chars, at),
        '"' => quoted_end(chars, at + 1, '"'),
        'r' if !in_word => raw_string_end(chars, at),
        'b' if !in_word && begins("br") => match raw_string_end(chars, at + 1) {
            end if end == at + 1 => at,
            end => end,
        },
        '\'' if chars.get(at + 1) == Some(&'\\') || chars.get(at + 2) == Some(&'\'') => {
            quoted_end(chars, at + 1, '\'')
        }
        _ => at,
    }
}

fn find(chars: &[char], from: usize, stop: impl Fn(&[char]) -> bool) -> usize {
    (from..chars.len()).find(|at| stop(&chars[*at..])).unwrap_or(chars.len())
}

fn block_comment_end(chars: &[char], from: usize) -> usize {
    let mut depth = 0;
    let mut at = from;
    while at < chars.len() {
        match (chars[at], chars.get(at + 1)) {
            ('/', Some('*')) => depth += 1,
            ('*', Some('/')) => depth -= 1,
            _ => {
                at += 1;
                continue;
            }
        }
        at += 2;
        if depth == 0 {
            break;
        }
    }
    at.min(chars.len())
}

fn quoted_end(chars: &[char], from: usize, quote: char) -> usize {
    let mut at = from;
    while at < chars.len() && chars[at] != quote {
        at += if chars[at] == '\\' { 2 } else { 1 };
    }
    (at + 1).min(chars.len())
}

/// `at` is the `r`.
fn raw_string_end(chars: &[char], at: usize) -> usize {
    let hashes = chars[at + 1..].iter().take_while(|char| **char == '#').count();
    if chars.get(at + 1 + hashes) != Some(&'"') {
        return at;
    }
    let closing: Vec<char> = std::iter::once('"').chain(std::iter::repeat_n('#', hashes)).collect();
    let body = at + 2 + hashes;
    (find(chars, body, |rest| rest.starts_with(&closing)) + closing.len()).min(chars.len())
}

#[cfg(test)]
mod tests {
    use super::code_only;

    #[test]
    fn comments_and_literals_become_blanks() {
        assert_eq!(code_only("a // {\nb"), "a     \nb");
        assert_eq!(code_only("a /* { /* } */ */ b"), format!("a {} b", " ".repeat("/* { /* } */ */".len())));
        assert_eq!(code_only(r#"x("{\"}")"#), format!("x({})", " ".repeat(6)));
        assert_eq!(code_only("x(r#\"{\"\"#)"), format!("x({})", " ".repeat(7)));
        assert_eq!(code_only(r"let c = '{'; let d = '\'';"), "let c =    ; let d =     ;");
    }

    #[test]
    fn lifetimes_and_raw_identifiers_stay() {
        assert_eq!(code_only("fn f<'a>(x: &'a str, r: u8) {}"), "fn f<'a>(x: &'a str, r: u8) {}");
    }
}
