//! `[program:x]`, and what `[eventlistener:x]` and `[fcgi-program:x]` share with it. The order is that in
//! which the options are read: those up to `process_name` once, the others for each process.

use super::options;

options! {
    /// The options of `[program:x]`.
    OPTIONS of Program;

    /// Lower numbers start first and stop last.
    PRIORITY "priority": Integer = "999", since "3.0";

    /// Start it when the daemon starts.
    AUTOSTART "autostart": Boolean = "true", since "3.0";

    /// Whether it is started again when it ends by itself.
    ///
    /// `unexpected`: only if its exit code is not one of `exitcodes`.
    AUTORESTART "autorestart": Restart = "unexpected", since "3.0";

    /// The seconds it must stay up to count as started.
    STARTSECS "startsecs": Integer = "1", since "3.0";

    /// How many times a failed start is tried again before the daemon gives up.
    STARTRETRIES "startretries": Integer = "3", since "3.0";

    /// The signal that asks it to stop.
    STOPSIGNAL "stopsignal": SignalName = "TERM", since "3.0";

    /// The seconds it has to stop before SIGKILL.
    STOPWAITSECS "stopwaitsecs": Integer = "10", since "3.0";

    /// Send the stop signal to its whole process group. Implies `killasgroup`.
    STOPASGROUP "stopasgroup": Boolean = "false", since "3.0b1";

    /// Send SIGKILL to its whole process group.
    KILLASGROUP "killasgroup": Boolean else "the value of stopasgroup", since "3.0a11";

    /// The exit codes that are expected.
    EXITCODES "exitcodes": ExitCodes = "0", since "3.0";

    /// Write its standard error where its standard output goes.
    REDIRECT_STDERR "redirect_stderr": Boolean = "false", since "3.0";

    /// How many processes of it there are.
    NUMPROCS "numprocs": Integer = "1", since "3.0";

    /// The number of the first of them.
    NUMPROCS_START "numprocs_start": Integer = "0", since "3.0";

    /// The size of the buffer for what stands between capture tags on standard output; 0 is no capture.
    STDOUT_CAPTURE_MAXBYTES "stdout_capture_maxbytes": ByteSize = "0", since "3.0";

    /// Emit PROCESS_LOG_STDOUT events for what it writes to standard output.
    STDOUT_EVENTS_ENABLED "stdout_events_enabled": Boolean = "false", since "3.0a7";

    /// The size of the buffer for what stands between capture tags on standard error; 0 is no capture.
    STDERR_CAPTURE_MAXBYTES "stderr_capture_maxbytes": ByteSize = "0", since "3.0";

    /// Emit PROCESS_LOG_STDERR events for what it writes to standard error.
    STDERR_EVENTS_ENABLED "stderr_events_enabled": Boolean = "false", since "3.0a7";

    /// The address of the daemon that it finds in `SUPERVISOR_SERVER_URL`. `AUTO` is the default.
    SERVERURL "serverurl": Url else "the daemon's own address", since "3.0";

    /// The user it runs as.
    USER "user": UserName else "the daemon's user", since "3.0";

    /// The mask of its files.
    UMASK "umask": Octal else "the daemon's mask", since "3.0";

    /// The name of each process.
    ///
    /// With more than one process it must contain `%(process_num)`.
    PROCESS_NAME "process_name": Name = "%(program_name)s", since "3.0";

    // Differs: options-of-ours
    /// Start it with SIGPIPE and SIGXFSZ ignored, as Supervisor does.
    ///
    /// Without, writing to a closed pipe ends it, which is what shells and most programs expect.
    IGNORE_SIGPIPE "ignore_sigpipe": Boolean = "true", since "ours 0.1";

    // Differs: restart-brake
    /// How often it is restarted at once when it keeps ending within a second of its start; then once a second.
    ///
    /// 0 restarts it at once and for ever, as fast as the machine can.
    RESTART_BURST "restart_burst": Integer = "5", since "ours 0.1";

    /// Its own environment variables, besides those of `[supervisord] environment` and of the daemon.
    ENVIRONMENT "environment": Pairs = "", since "3.0";

    /// The directory it starts in.
    DIRECTORY "directory": LaterDirectory else "the daemon's directory", since "3.0";

    /// The log of its standard output: a path, `AUTO` for a temporary file, `NONE` for none.
    STDOUT_LOGFILE "stdout_logfile": ChildLogFile = "AUTO", since "3.0";

    /// How many rotated logs of its standard output are kept.
    STDOUT_LOGFILE_BACKUPS "stdout_logfile_backups": Integer = "10", since "3.0";

    /// The size at which the log of its standard output is rotated; 0 never.
    STDOUT_LOGFILE_MAXBYTES "stdout_logfile_maxbytes": ByteSize = "50MB", since "3.0";

    /// Send its standard output to syslog, too.
    STDOUT_SYSLOG "stdout_syslog": Boolean = "false", since "4.0.0";

    /// The log of its standard error: a path, `AUTO` for a temporary file, `NONE` for none.
    STDERR_LOGFILE "stderr_logfile": ChildLogFile = "AUTO", since "3.0";

    /// How many rotated logs of its standard error are kept.
    STDERR_LOGFILE_BACKUPS "stderr_logfile_backups": Integer = "10", since "3.0";

    /// The size at which the log of its standard error is rotated; 0 never.
    STDERR_LOGFILE_MAXBYTES "stderr_logfile_maxbytes": ByteSize = "50MB", since "3.0";

    /// Send its standard error to syslog, too.
    STDERR_SYSLOG "stderr_syslog": Boolean = "false", since "4.0.0";

    /// The command line. No shell is involved: words are split and quotes taken off, nothing more.
    COMMAND "command": Command, since "3.0";
}
