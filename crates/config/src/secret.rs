//! What must not be shown.

use crate::place::MASK;

/// Words in the names of variables whose values are secret.
const SECRET_WORDS: [&str; 16] = [
    "password",
    "passwd",
    "passphrase",
    "pass",
    "pwd",
    "secret",
    "secrets",
    "token",
    "key",
    "apikey",
    "credential",
    "credentials",
    "cookie",
    "salt",
    "auth",
    "private",
];

/// Whether a variable or option of that name holds a secret, by the looks of the name.
pub(crate) fn is_secret_name(name: &str) -> bool {
    let name = name.to_lowercase();
    if matches!(name.as_str(), "pwd" | "oldpwd") {
        return false;
    }
    let mut words = name.split(|c: char| !c.is_alphanumeric());
    let is_compound =
        ["password", "passwd", "secret", "apikey", "token"].iter().any(|word| name.contains(word));
    is_compound || words.any(|word| SECRET_WORDS.contains(&word))
}

/// The text with masks in the place of what looks secret in it: the password of a URL, and the value of an option
/// such as `--password=`.
pub(crate) fn masked(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for piece in text.split_inclusive(char::is_whitespace) {
        let word = piece.trim_end();
        shown.push_str(&masked_word(word));
        shown.push_str(&piece[word.len()..]);
    }
    shown
}

fn masked_word(word: &str) -> String {
    if let Some((name, value)) = word.split_once('=').filter(|(name, _)| name.starts_with('-'))
        && is_secret_name(name)
        && !value.is_empty()
        && !value.contains("%(")
    {
        return format!("{name}={MASK}");
    }
    let Some(start) = word.find("://").map(|at| at + 3) else { return word.to_owned() };
    let authority = word[start..].split('/').next().unwrap_or_default();
    let Some((login, _)) = authority.rsplit_once('@') else { return word.to_owned() };
    match login.split_once(':') {
        Some((user, password)) if !password.is_empty() && !password.contains("%(") => {
            format!("{}{user}:{MASK}{}", &word[..start], &word[start + login.len()..])
        }
        _ => word.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_what_is_secret() {
        for name in
            ["DB_PASSWORD", "PGPASSWORD", "API_KEY", "AWS_SECRET_ACCESS_KEY", "MYSQL_PWD", "github-token"]
        {
            assert!(is_secret_name(name), "{name}");
        }
        for name in ["PATH", "PWD", "KEYBOARD", "MONKEY", "PASSENGER_APP_ENV", "AUTHOR", "HOME"] {
            assert!(!is_secret_name(name), "{name}");
        }
    }

    #[test]
    fn secrets_inside_a_text_are_masked() {
        for (text, shown) in [
            ("run --db postgres://me:geheim@host/x -v", "run --db postgres://me:********@host/x -v"),
            ("run --password=geheim --user=me", "run --password=******** --user=me"),
            (
                "run --password=%(ENV_P)s redis://:%(ENV_P)s@h",
                "run --password=%(ENV_P)s redis://:%(ENV_P)s@h",
            ),
            ("run http://host:80/a@b  x", "run http://host:80/a@b  x"),
        ] {
            assert_eq!(masked(text), shown);
        }
    }
}
