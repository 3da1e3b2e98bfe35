//! HTTP's Basic authentication: a name and a password as a header has them.

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// Of decoding, padding may be there or not.
const ENGINE: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Why a header says no name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoCredentials {
    /// It says something else.
    Absent,
    /// It cannot be read.
    Malformed,
}

/// The value of `Authorization` for a user.
#[must_use]
pub fn authorization(username: &str, password: &str) -> String {
    format!("Basic {}", ENGINE.encode(format!("{username}:{password}")))
}

/// Name and password of an `Authorization`: blanks in front and between, and the case of `Basic`, do not matter. The
/// name ends at the first colon.
///
/// # Errors
/// [`NoCredentials`] says which.
pub fn credentials(authorization: &[u8]) -> Result<(Vec<u8>, Vec<u8>), NoCredentials> {
    let is_visible = |byte: &u8| matches!(byte, b'\t' | b' '..=b'~');
    let text = str::from_utf8(authorization).ok().filter(|text| text.bytes().all(|byte| is_visible(&byte)));
    let text = text.ok_or(NoCredentials::Malformed)?;
    let (scheme, token) = text.trim_start().split_once(' ').ok_or(NoCredentials::Absent)?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return Err(NoCredentials::Absent);
    }
    let mut name = ENGINE.decode(token.trim()).map_err(|_| NoCredentials::Malformed)?;
    let colon = name.iter().position(|&byte| byte == b':').ok_or(NoCredentials::Absent)?;
    let password = name.split_off(colon + 1);
    name.truncate(colon);
    Ok((name, password))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_can_be_read() {
        for (name, password) in [("u", "p:w"), ("", ""), ("ü", "\0")] {
            let header = authorization(name, password);
            assert_eq!(credentials(header.as_bytes()), Ok((name.into(), password.into())), "{header}");
        }
        assert_eq!(credentials(b"BASIC    dTpwOnc="), Ok((b"u".to_vec(), b"p:w".to_vec())));
    }

    #[test]
    fn what_is_no_name_and_password_is_told_apart() {
        for absent in ["", "Basic", "Digest dTpw", "Basic dXA="] {
            assert_eq!(credentials(absent.as_bytes()), Err(NoCredentials::Absent), "{absent}");
        }
        for malformed in ["Basic !!!".as_bytes(), b"Basic \xff", b"Basic dTpw\0"] {
            assert_eq!(credentials(malformed), Err(NoCredentials::Malformed));
        }
    }
}
