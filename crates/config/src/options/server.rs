//! `[unix_http_server]` and `[inet_http_server]`: where clients connect. Without either there are no clients.

use super::options;

options! {
    /// The options of `[unix_http_server]`.
    UNIX_OPTIONS of UnixHttpServer;

    /// The path of the socket.
    FILE "file": LaterPath, since "3.0";

    /// The name clients must log in with.
    UNIX_USERNAME "username": Text else "no login is asked for", since "3.0";

    /// The password clients must log in with: plain, as an Argon2 hash (`$argon2id$v=19$…`), or as `{SHA}` and the
    /// hexadecimal SHA-1 of it.
    UNIX_PASSWORD "password": Text else "no login is asked for", since "3.0";

    // Differs: options-of-ours
    // Differs: readonly-user
    /// The name of a second user, who may look at everything and change nothing.
    UNIX_READONLY_USERNAME "readonly_username": Text else "there is no such user", since "ours 0.1";

    /// The password of that user.
    UNIX_READONLY_PASSWORD "readonly_password": Text else "there is no such user", since "ours 0.1";

    /// Whether the file is refused unless a login is asked for: also an empty username, which switches the login off.
    UNIX_LOGIN_REQUIRED "login_required": Boolean = "false", since "ours 0.1";

    /// The owner of the socket.
    CHOWN "chown": Owner else "the user and group of the daemon", since "3.0";

    /// The mode of the socket.
    CHMOD "chmod": Octal else "0700", since "3.0";
}

options! {
    /// The options of `[inet_http_server]`.
    INET_OPTIONS of InetHttpServer;

    /// The name clients must log in with.
    INET_USERNAME "username": Text else "no login is asked for", since "3.0";

    /// The password clients must log in with: plain, as an Argon2 hash (`$argon2id$v=19$…`), or as `{SHA}` and the
    /// hexadecimal SHA-1 of it.
    INET_PASSWORD "password": Text else "no login is asked for", since "3.0";

    /// The name of a second user, who may look at everything and change nothing.
    INET_READONLY_USERNAME "readonly_username": Text else "there is no such user", since "ours 0.1";

    /// The password of that user.
    INET_READONLY_PASSWORD "readonly_password": Text else "there is no such user", since "ours 0.1";

    /// Whether the file is refused unless a login is asked for: also an empty username, which switches the login off.
    INET_LOGIN_REQUIRED "login_required": Boolean = "false", since "ours 0.1";

    /// The address and port.
    PORT "port": InetAddress, since "3.0";
}
