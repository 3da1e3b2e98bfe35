//! `[fcgi-program:x]`: what it has beyond the options of programs.

use super::options;

options! {
    /// The options of `[fcgi-program:x]` that programs do not have.
    OPTIONS of FcgiProgram;

    /// The length of the queue of connections that nobody has accepted yet, 1 to 65535.
    SOCKET_BACKLOG "socket_backlog": QueueLength else "the system's maximum", since "3.4.0";

    /// The owner of a Unix socket.
    SOCKET_OWNER "socket_owner": Owner else "the program's user and its primary group", since "3.0";

    /// The mode of a Unix socket.
    SOCKET_MODE "socket_mode": Octal else "0700", since "3.0";

    /// The socket that all its processes share: `unix:///path` or `tcp://host:port`.
    SOCKET "socket": SocketUrl, since "3.0";
}
