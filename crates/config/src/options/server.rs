//! `[unix_http_server]` and `[inet_http_server]`: where clients connect. Without either there are no clients.

use super::options;

options! {
    /// The options of `[unix_http_server]`.
    UNIX_OPTIONS of UnixHttpServer;

    /// The path of the socket.
    FILE "file": LaterPath, since "3.0";

    /// The name clients must log in with.
    UNIX_USERNAME "username": Text else "no login is asked for", since "3.0";

    /// The password clients must log in with, plain or as `{SHA}` and the hexadecimal SHA-1 of it.
    UNIX_PASSWORD "password": Text else "no login is asked for", since "3.0";

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

    /// The password clients must log in with, plain or as `{SHA}` and the hexadecimal SHA-1 of it.
    INET_PASSWORD "password": Text else "no login is asked for", since "3.0";

    /// The address and port.
    PORT "port": InetAddress, since "3.0";
}
