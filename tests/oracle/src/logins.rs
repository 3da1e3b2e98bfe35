//! Any bytes at all, given to the reader of `Authorization` headers.

use supervisor_rpc::basic::{authorization, credentials};

use crate::hunt::Ground;
use crate::random::Random;

/// The reader of logins.
pub const LOGINS: Ground = Ground { exercise, drawn, words: WORDS };

/// Words that mean something in a login.
const WORDS: &[&str] =
    &["Basic ", "basic", "Digest ", "dTpw", "dXNlcjpwYXNz", "Og==", "=", "==", " ", "\t", ",", ":", "\0"];

/// Lets the daemon read these bytes as a login, and tells in a few words what came of it.
#[must_use]
pub fn exercise(bytes: &[u8]) -> String {
    match credentials(bytes) {
        Ok((name, password)) => {
            let text = |bytes: &[u8]| str::from_utf8(bytes).map(str::to_owned);
            if let (Ok(name), Ok(password)) = (text(&name), text(&password)) {
                let again = credentials(authorization(&name, &password).as_bytes());
                assert!(
                    again.is_ok_and(|again| again == (name.into(), password.into())),
                    "it cannot be read again"
                );
            }
            "a name and a password".to_owned()
        }
        Err(none) => format!("{none:?}"),
    }
}

/// The login of a seed.
#[must_use]
pub fn drawn(seed: u64) -> Vec<u8> {
    let mut random = Random::from_seed(seed);
    let mut word = || random.pick(&["", "user", "p:w", "ü", "\0", "admin admin", "="]).to_owned();
    authorization(&word(), &word()).into_bytes()
}
