//! Who may come in: HTTP's Basic authentication.

mod password;
mod patience;

use std::rc::Rc;

use hyper::header::HeaderValue;
use supervisor_config::servers::ServerSpec;
use supervisor_rpc::basic::{self, NoCredentials};
use tokio::sync::Semaphore;

use self::password::{Password, Quick, equal, is_of_hash};
use self::patience::Patience;
use super::access::Peer;

/// The users that a server knows.
pub(super) struct Login {
    users: Vec<User>,
}

/// A name, a password, and what they are good for.
struct User {
    name: String,
    password: Password,
    access: Access,
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
    /// They have guessed too much.
    TooMany,
}

/// Judges whoever comes to any of the servers.
pub(super) struct Doorkeeper {
    patience: Patience,
    /// Checking against slow hashes takes turns, so that not everything is busy with it.
    turn: Semaphore,
}

impl Access {
    pub(super) const fn may_change(self) -> bool {
        matches!(self, Self::Full)
    }
}

impl Login {
    /// `None` if nobody needs to log in.
    pub(super) fn of(server: &ServerSpec) -> Option<Self> {
        let user = |name: &str, password: &str, access| User {
            name: name.to_owned(),
            password: Password::new(password),
            access,
        };
        let name = server.username.as_deref().filter(|name| !name.is_empty())?;
        let mut users = vec![user(name, server.password.as_deref().unwrap_or_default(), Access::Full)];
        if let Some((name, password)) = &server.readonly_login {
            users.push(user(name, password, Access::ReadOnly));
        }
        Some(Self { users })
    }
}

impl std::fmt::Debug for Login {
    /// Without the passwords.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.users.iter().map(|user| (&user.name, user.access))).finish()
    }
}

impl Doorkeeper {
    pub(super) fn new() -> Self {
        Self { patience: Patience::default(), turn: Semaphore::new(1) }
    }

    /// Judges the `Authorization` header of a request. A wrong password takes a while, the longer the more of them
    /// there were.
    // Differs: wrong-passwords-take-time
    pub(super) async fn judge(
        &self,
        login: Option<&Rc<Login>>,
        peer: Peer,
        header: Option<&HeaderValue>,
    ) -> Verdict {
        let Some(login) = login else { return Verdict::Granted(Access::Full) };
        let (name, password) = match credentials(header) {
            Ok(credentials) => credentials,
            Err(verdict) => return verdict,
        };
        if self.patience.is_exhausted(peer) {
            return Verdict::TooMany;
        }
        match self.admitted(login, &name, &password).await {
            Some(access) => {
                self.patience.forgive(peer);
                Verdict::Granted(access)
            }
            None => {
                self.patience.wait(peer).await;
                Verdict::Denied
            }
        }
    }

    /// Takes the same time whoever asks, except that slow hashes are checked for their own users only.
    async fn admitted(&self, login: &Login, name: &[u8], password: &[u8]) -> Option<Access> {
        let mut access = None;
        for user in &login.users {
            let is_name = equal(user.name.as_bytes(), name);
            let is_user = match user.password.quick(password) {
                Quick::Is(is_password) => (is_name & is_password).into(),
                Quick::Unknown(hash) => bool::from(is_name) && self.check(user, password, hash).await,
            };
            if is_user {
                access = access.or(Some(user.access));
            }
        }
        access
    }

    async fn check(&self, user: &User, password: &[u8], hash: String) -> bool {
        let Ok(_turn) = self.turn.acquire().await else { return false };
        // Somebody else may just have found out.
        if let Quick::Is(is_password) = user.password.quick(password) {
            return is_password.into();
        }
        let given = password.to_vec();
        let outcome = tokio::task::spawn_blocking(move || is_of_hash(&given, &hash)).await;
        let is_password = outcome.unwrap_or(false);
        if is_password {
            user.password.remember(password);
        }
        is_password
    }
}

/// Name and password of a header, or the verdict on one without.
fn credentials(header: Option<&HeaderValue>) -> Result<(Vec<u8>, Vec<u8>), Verdict> {
    let header = header.ok_or(Verdict::Denied)?;
    basic::credentials(header.as_bytes()).map_err(|none| match none {
        NoCredentials::Absent => Verdict::Denied,
        NoCredentials::Malformed => Verdict::Malformed,
    })
}

#[cfg(test)]
mod tests {
    use supervisor_config::servers::ServerAddress;

    use super::*;

    /// `p`, cheaply.
    const ARGON2: &str = "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$v9K+AuFBZgmnm1Cg/Ibevg";

    fn spec(username: Option<&str>, password: Option<&str>, readonly: Option<(&str, &str)>) -> ServerSpec {
        ServerSpec {
            section: String::from("unix_http_server"),
            address: ServerAddress::Unix { path: String::from("/s"), chmod: 0o700, chown: (None, None) },
            username: username.map(str::to_owned),
            password: password.map(str::to_owned),
            readonly_login: readonly.map(|(name, password)| (name.to_owned(), password.to_owned())),
        }
    }

    fn login(username: &str, password: &str) -> Rc<Login> {
        Rc::new(Login::of(&spec(Some(username), Some(password), None)).unwrap())
    }

    /// A new doorkeeper each time, whose patience is fresh.
    async fn judge(login: &Rc<Login>, header: &str) -> Verdict {
        let header = HeaderValue::from_str(header).unwrap();
        Doorkeeper::new().judge(Some(login), Peer::Unix, Some(&header)).await
    }

    fn basic(text: &str) -> String {
        let (name, password) = text.split_once(':').unwrap_or((text, ""));
        basic::authorization(name, password)
    }

    const GRANTED: Verdict = Verdict::Granted(Access::Full);

    #[tokio::test]
    async fn the_right_name_and_password_come_in() {
        let login = login("u", "p:w");
        assert_eq!(judge(&login, &basic("u:p:w")).await, GRANTED);
        assert_eq!(judge(&login, "BASIC    dTpwOnc=").await, GRANTED, "any case, several blanks");
        for wrong in ["u:p:W", "U:p:w", "u:", ":p:w", "u:p:w ", ""] {
            assert_eq!(judge(&login, &basic(wrong)).await, Verdict::Denied, "{wrong}");
        }
    }

    #[tokio::test]
    async fn who_says_nothing_or_something_else_stays_out() {
        let login = login("u", "p");
        assert_eq!(Doorkeeper::new().judge(Some(&login), Peer::Unix, None).await, Verdict::Denied);
        assert_eq!(judge(&login, "Digest dTpw").await, Verdict::Denied);
        assert_eq!(judge(&login, "Basic").await, Verdict::Denied);
        assert_eq!(judge(&login, "Basic dXA=").await, Verdict::Denied, "no colon");
        assert_eq!(judge(&login, "Basic !!!").await, Verdict::Malformed);
    }

    #[tokio::test]
    async fn a_digest_may_stand_for_the_password_in_either_case() {
        for digest in
            ["{SHA}516b9783fca517eecbd1d064da2d165310b19759", "{SHA}516B9783FCA517EECBD1D064DA2D165310B19759"]
        {
            let login = login("u", digest);
            assert_eq!(judge(&login, &basic("u:p")).await, GRANTED);
            assert_eq!(judge(&login, &basic(&format!("u:{digest}"))).await, Verdict::Denied);
        }
    }

    #[tokio::test]
    async fn an_argon2_hash_may_stand_for_the_password() {
        let login = login("u", ARGON2);
        let doorkeeper = Doorkeeper::new();
        let ask = async |text: &str| {
            let header = HeaderValue::from_str(&basic(text)).unwrap();
            doorkeeper.judge(Some(&login), Peer::Unix, Some(&header)).await
        };
        assert_eq!(ask("u:wrong").await, Verdict::Denied);
        assert_eq!(ask("u:p").await, GRANTED);
        assert!(matches!(login.users[0].password.quick(b"p"), Quick::Is(_)), "it is remembered");
        assert_eq!(ask("u:p").await, GRANTED);
        assert_eq!(ask(&format!("u:{ARGON2}")).await, Verdict::Denied);
        assert_eq!(ask("v:p").await, Verdict::Denied);
    }

    #[tokio::test]
    async fn a_second_user_may_only_look() {
        let login = Rc::new(Login::of(&spec(Some("u"), Some("p"), Some(("guest", "look")))).unwrap());
        assert_eq!(judge(&login, &basic("u:p")).await, GRANTED);
        assert_eq!(judge(&login, &basic("guest:look")).await, Verdict::Granted(Access::ReadOnly));
        assert_eq!(judge(&login, &basic("guest:p")).await, Verdict::Denied);
        assert_eq!(judge(&login, &basic("u:look")).await, Verdict::Denied);
    }

    #[test]
    fn without_a_name_everybody_comes_in() {
        assert!(Login::of(&spec(None, None, None)).is_none());
        assert!(Login::of(&spec(Some(""), Some("p"), None)).is_none());
    }

    #[test]
    fn a_login_does_not_show_its_password() {
        let login = login("u", "secret");
        assert!(!format!("{login:?}").contains("secret"));
    }
}
