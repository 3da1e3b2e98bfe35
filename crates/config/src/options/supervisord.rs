//! `[supervisord]`: the daemon itself. The order is that in which the options are read.

use super::options;

options! {
    /// The options of `[supervisord]`.
    OPTIONS of Supervisord;

    /// The number of open files that must be possible before the daemon starts.
    ///
    /// A lower soft limit is raised; where that is not allowed, the daemon does not start.
    MINFDS "minfds": Integer = "1024", since "3.0";

    /// The number of processes that must be possible before the daemon starts.
    ///
    /// A lower soft limit is raised; where that is not allowed, the daemon does not start.
    MINPROCS "minprocs": Integer = "200", since "3.0";

    /// The directory the daemon goes to when it leaves the terminal.
    ///
    /// In the foreground it has no effect.
    DIRECTORY "directory": ExistingDirectory else "the directory it was started in", since "3.0";

    /// The user the daemon becomes before it does anything else. Only root can change to another user.
    USER "user": LaterUser else "the user who starts it", since "3.0";

    /// The mask of the daemon's files once it has left the terminal.
    ///
    /// In the foreground it has no effect.
    UMASK "umask": Octal = "022", since "3.0";

    /// The daemon's own log. `syslog` sends it to syslog instead.
    LOGFILE "logfile": FilePath = "supervisord.log", since "3.0";

    /// The size at which the log is rotated; 0 never.
    LOGFILE_MAXBYTES "logfile_maxbytes": ByteSize = "50MB", since "3.0";

    /// How many rotated logs are kept.
    LOGFILE_BACKUPS "logfile_backups": Integer = "10", since "3.0";

    /// How much the log says.
    LOGLEVEL "loglevel": LevelName = "info", since "3.0";

    /// The file that holds the daemon's process id.
    PIDFILE "pidfile": FilePath = "supervisord.pid", since "3.0";

    /// The name of this daemon among others, for clients and in the names of AUTO logs.
    IDENTIFIER "identifier": Text = "supervisor", since "3.0";

    /// Stay in the foreground.
    NODAEMON "nodaemon": Boolean = "false", since "3.0";

    /// In the foreground, do not repeat the log on standard output.
    SILENT "silent": Boolean = "false", since "4.2.0";

    /// The directory of AUTO logs.
    CHILDLOGDIR "childlogdir": ExistingDirectory else "the directory for temporary files", since "3.0";

    /// Keep the AUTO logs of earlier runs.
    NOCLEANUP "nocleanup": Boolean = "false", since "3.0";

    /// Take ANSI escape sequences out of child logs.
    STRIP_ANSI "strip_ansi": Boolean = "false", since "3.0";

    /// Start without the plug-ins that are not known, with a warning, instead of not at all.
    IGNORE_UNKNOWN_PLUGINS "ignore_unknown_plugins": Boolean = "false", since "ours 0.1";

    /// Environment variables for every program, besides those of the daemon.
    ENVIRONMENT "environment": Pairs = "", since "3.0";
}
