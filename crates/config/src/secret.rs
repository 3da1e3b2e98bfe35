//! What must not be shown.

mod scan;

use std::ops::Range;

use crate::spelling::closest;
pub(crate) use scan::{in_option, in_text};

/// What stands in the place of a secret.
pub(crate) const MASK: &str = "********";

/// Words in the names of variables whose values are secret.
const WORDS: [&str; 30] = [
    "password",
    "passwd",
    "passphrase",
    "passcode",
    "pass",
    "pwd",
    "pw",
    "pin",
    "psk",
    "secret",
    "secrets",
    "token",
    "tokens",
    "key",
    "keys",
    "credential",
    "credentials",
    "creds",
    "cookie",
    "salt",
    "auth",
    "authorization",
    "bearer",
    "jwt",
    "dsn",
    "private",
    "signature",
    "otp",
    "userpwd",
    "userpass",
];

/// What makes any name a secret one, wherever it stands.
const PARTS: [&str; 9] = [
    "password",
    "passwd",
    "passphrase",
    "passcode",
    "secret",
    "token",
    "apikey",
    "credential",
    "authorization",
];

/// What makes a word a secret one when it ends so, and the words that end so by chance.
const ENDINGS: [(&str, &[&str]); 4] = [
    ("pass", &["bypass", "compass", "trespass", "encompass", "surpass"]),
    ("pwd", &["oldpwd"]),
    ("key", &["monkey", "donkey", "turkey", "hockey", "jockey", "whiskey", "hotkey"]),
    ("keys", &["monkeys", "donkeys", "turkeys", "jockeys", "hotkeys"]),
];

/// Whether a variable or option of that name holds a secret, by the looks of the name.
pub(crate) fn is_secret_name(name: &str) -> bool {
    let name = name.to_lowercase();
    // What the daemon's own environment has is called so in expressions.
    let name = name.strip_prefix("env_").unwrap_or(&name);
    if matches!(name, "pwd" | "oldpwd") {
        return false;
    }
    let is_secret = |word: &str| {
        let ends = |(ending, others): &(&str, &[&str])| word.ends_with(ending) && !others.contains(&word);
        WORDS.contains(&word) || ENDINGS.iter().any(ends)
    };
    PARTS.iter().any(|part| name.contains(part)) || name.split(|c: char| !c.is_alphanumeric()).any(is_secret)
}

/// Whether an option of that name may be secret; people mistype names.
pub(crate) fn is_secret_option(name: &str) -> bool {
    is_secret_name(name) || closest(name, ["password"]).is_some()
}

/// Whether a value is nothing but the name of a variable, so that the secret stands elsewhere.
pub(crate) fn is_reference(value: &str) -> bool {
    let conversion = value.strip_prefix("%(").and_then(|rest| rest.split_once(')'));
    conversion.is_some_and(|(name, form)| {
        !name.contains('%') && form.len() <= 3 && form.ends_with(['s', 'd']) && !form.contains('%')
    })
}

/// The text with masks in the place of what looks secret in it.
pub(crate) fn masked(text: &str) -> String {
    with_masks(text, &in_text(text))
}

/// The text with masks in the place of these ranges, which are in order.
pub(crate) fn with_masks(text: &str, ranges: &[Range<usize>]) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut from = 0;
    for range in ranges {
        shown.push_str(text.get(from..range.start).unwrap_or_default());
        shown.push_str(MASK);
        from = range.end;
    }
    shown.push_str(text.get(from..).unwrap_or_default());
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_what_is_secret() {
        for name in [
            "DB_PASSWORD",
            "PGPASSWORD",
            "API_KEY",
            "AWS_SECRET_ACCESS_KEY",
            "MYSQL_PWD",
            "github-token",
            "DBPASS",
            "BEARER",
            "JWT",
            "SENTRY_DSN",
            "DSN",
            "PRIVATEKEY",
            "ACCESSKEY",
            "SIGNINGKEY",
            "KEYS",
            "PASSCODE",
            "AUTHORIZATION",
            "PIN",
            "ENV_DB_PWD",
        ] {
            assert!(is_secret_name(name), "{name}");
        }
        for name in [
            "PATH",
            "PWD",
            "ENV_PWD",
            "ENV_OLDPWD",
            "KEYBOARD",
            "MONKEY",
            "PASSENGER_APP_ENV",
            "AUTHOR",
            "HOME",
            "BYPASS",
            "SPIN",
        ] {
            assert!(!is_secret_name(name), "{name}");
        }
    }
}
