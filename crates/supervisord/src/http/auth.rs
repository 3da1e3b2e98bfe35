//! Who may come in: HTTP's Basic authentication.

use base64::Engine as _;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use hyper::header::HeaderValue;
use sha1::{Digest, Sha1};
use subtle::{Choice, ConstantTimeEq};

/// What stands before the SHA-1 of a password.
const SHA_PREFIX: &str = "{SHA}";

/// The name and password that a server wants.
#[derive(Clone)]
pub(super) struct Login {
    username: String,
    password: Password,
}

#[derive(Clone)]
enum Password {
    Plain(String),
    /// Hexadecimal.
    Sha1(String),
}

/// What somebody who came in may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Access {
    /// Everything.
    Full,
    /// Look at everything and change nothing.
    ReadOnly,
}

/// What becomes of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Granted(Access),
    /// Nobody said who they are, or they are nobody we know.
    Denied,
    /// What they said cannot be read.
    Malformed,
}

impl Access {
    pub(super) const fn may_change(self) -> bool {
        matches!(self, Self::Full)
    }
}

impl Login {
    /// `None` if nobody needs to log in.
    pub(super) fn new(username: Option<&str>, password: Option<&str>) -> Option<Self> {
        let username = username.filter(|name| !name.is_empty())?.to_owned();
        let password = password.unwrap_or_default();
        let password = match password.strip_prefix(SHA_PREFIX) {
            // Differs: sha-in-either-case
            Some(digest) => Password::Sha1(digest.to_ascii_lowercase()),
            None => Password::Plain(password.to_owned()),
        };
        Some(Self { username, password })
    }

    /// Judges the `Authorization` header of a request.
    pub(super) fn judge(&self, header: Option<&HeaderValue>) -> Verdict {
        let Some(header) = header else { return Verdict::Denied };
        let Ok(header) = header.to_str() else { return Verdict::Malformed };
        let Some((scheme, token)) = header.trim_start().split_once(' ') else { return Verdict::Denied };
        if !scheme.eq_ignore_ascii_case("basic") {
            return Verdict::Denied;
        }
        let engine = GeneralPurpose::new(
            &base64::alphabet::STANDARD,
            GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
        );
        let Ok(token) = engine.decode(token.trim()) else { return Verdict::Malformed };
        let Some(colon) = token.iter().position(|&byte| byte == b':') else { return Verdict::Denied };
        if self.admits(&token[..colon], &token[colon + 1..]) {
            Verdict::Granted(Access::Full)
        } else {
            Verdict::Denied
        }
    }

    /// Takes the same time whoever asks: only digests are compared, and always all of them.
    fn admits(&self, username: &[u8], password: &[u8]) -> bool {
        let known_password = match &self.password {
            Password::Plain(known) => equal(known.as_bytes(), password),
            Password::Sha1(known) => equal(known.as_bytes(), hexadecimal(&Sha1::digest(password)).as_bytes()),
        };
        (equal(self.username.as_bytes(), username) & known_password).into()
    }
}

impl std::fmt::Debug for Login {
    /// Without the password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Login").field("username", &self.username).finish_non_exhaustive()
    }
}

fn equal(known: &[u8], given: &[u8]) -> Choice {
    Sha1::digest(known).as_slice().ct_eq(Sha1::digest(given).as_slice())
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(login: &Login, header: &str) -> Verdict {
        login.judge(Some(&HeaderValue::from_str(header).unwrap()))
    }

    fn basic(text: &str) -> String {
        format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(text))
    }

    #[test]
    fn the_right_name_and_password_come_in() {
        let login = Login::new(Some("u"), Some("p:w")).unwrap();
        assert_eq!(judge(&login, &basic("u:p:w")), Verdict::Granted(Access::Full));
        assert_eq!(
            judge(&login, "BASIC    dTpwOnc="),
            Verdict::Granted(Access::Full),
            "any case, several blanks"
        );
        for wrong in ["u:p:W", "U:p:w", "u:", ":p:w", "u:p:w ", ""] {
            assert_eq!(judge(&login, &basic(wrong)), Verdict::Denied, "{wrong}");
        }
    }

    #[test]
    fn who_says_nothing_or_something_else_stays_out() {
        let login = Login::new(Some("u"), Some("p")).unwrap();
        assert_eq!(login.judge(None), Verdict::Denied);
        assert_eq!(judge(&login, "Digest dTpw"), Verdict::Denied);
        assert_eq!(judge(&login, "Basic"), Verdict::Denied);
        assert_eq!(judge(&login, "Basic dXA="), Verdict::Denied, "no colon");
        assert_eq!(judge(&login, "Basic !!!"), Verdict::Malformed);
    }

    #[test]
    fn a_digest_may_stand_for_the_password_in_either_case() {
        for digest in
            ["{SHA}516b9783fca517eecbd1d064da2d165310b19759", "{SHA}516B9783FCA517EECBD1D064DA2D165310B19759"]
        {
            let login = Login::new(Some("u"), Some(digest)).unwrap();
            assert_eq!(judge(&login, &basic("u:p")), Verdict::Granted(Access::Full));
            assert_eq!(judge(&login, &basic(&format!("u:{digest}"))), Verdict::Denied);
        }
    }

    #[test]
    fn without_a_name_everybody_comes_in() {
        assert!(Login::new(None, None).is_none());
        assert!(Login::new(Some(""), Some("p")).is_none());
    }

    #[test]
    fn a_login_does_not_show_its_password() {
        let login = Login::new(Some("u"), Some("secret")).unwrap();
        assert!(!format!("{login:?}").contains("secret"));
    }
}
