//! Passwords as they are kept, and whether somebody knows one.

use std::cell::RefCell;
use std::hash::{BuildHasher, RandomState};

use argon2::Argon2;
use argon2::password_hash::PasswordVerifier;
use argon2::password_hash::phc::PasswordHash;
use sha1::{Digest, Sha1};
use subtle::{Choice, ConstantTimeEq};

/// What stands before the SHA-1 of a password.
const SHA_PREFIX: &str = "{SHA}";
/// How an Argon2 hash begins.
const ARGON2_PREFIX: &str = "$argon2";

/// A password as it is kept.
pub(super) enum Password {
    Plain(String),
    /// Hexadecimal.
    Sha1(String),
    Argon2(Box<Argon2Password>),
}

/// A password that takes long to check, on purpose; so what was found right is remembered.
pub(super) struct Argon2Password {
    hash: String,
    /// Of this life of the daemon only.
    key: [u64; 2],
    known: RefCell<Option<[u8; 20]>>,
}

/// What is known at once of somebody's password.
pub(super) enum Quick {
    Is(Choice),
    /// The hash that it has to be checked against.
    Unknown(String),
}

impl Password {
    // Differs: modern-password-hashes
    pub(super) fn new(kept: &str) -> Self {
        match kept.strip_prefix(SHA_PREFIX) {
            // Differs: sha-in-either-case
            Some(digest) => Self::Sha1(digest.to_ascii_lowercase()),
            None if kept.starts_with(ARGON2_PREFIX) => {
                let random = || RandomState::new().hash_one(0);
                let hash = kept.to_owned();
                let password = Argon2Password { hash, key: [random(), random()], known: RefCell::default() };
                Self::Argon2(Box::new(password))
            }
            None => Self::Plain(kept.to_owned()),
        }
    }

    /// Takes the same time whatever was given: only digests are compared, and always all of them.
    pub(super) fn quick(&self, given: &[u8]) -> Quick {
        match self {
            Self::Plain(known) => Quick::Is(equal(known.as_bytes(), given)),
            Self::Sha1(known) => {
                Quick::Is(equal(known.as_bytes(), hexadecimal(&Sha1::digest(given)).as_bytes()))
            }
            Self::Argon2(password) => match *password.known.borrow() {
                Some(known) if known.ct_eq(&password.digest(given)).into() => Quick::Is(Choice::from(1)),
                _ => Quick::Unknown(password.hash.clone()),
            },
        }
    }

    /// Remembers that this is the password.
    pub(super) fn remember(&self, given: &[u8]) {
        if let Self::Argon2(password) = self {
            *password.known.borrow_mut() = Some(password.digest(given));
        }
    }
}

impl Argon2Password {
    fn digest(&self, given: &[u8]) -> [u8; 20] {
        let mut digest = Sha1::new();
        for part in self.key {
            digest.update(part.to_le_bytes());
        }
        digest.update(given);
        digest.finalize().into()
    }
}

/// Whether that is the password of that hash. Takes a good part of a second.
pub(super) fn is_of_hash(given: &[u8], hash: &str) -> bool {
    PasswordHash::new(hash).is_ok_and(|hash| Argon2::default().verify_password(given, &hash).is_ok())
}

pub(super) fn equal(known: &[u8], given: &[u8]) -> Choice {
    Sha1::digest(known).as_slice().ct_eq(Sha1::digest(given).as_slice())
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
