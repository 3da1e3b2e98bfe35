//! `[rpcinterface:x]` and `[ctlplugin:x]`: extensions. All further options go to the extension.

use super::options;

options! {
    /// The options of `[rpcinterface:x]`.
    RPC_OPTIONS of RpcInterface;

    /// The Python function that makes the interface. Those known by name are built in.
    ///
    /// Known are Supervisor's own and those of supervisor_twiddler, supervisor_cache and mr.laforge. Without it
    /// there must be `command` or `socket`.
    RPC_FACTORY "supervisor.rpcinterface_factory": PythonFunction else "none", since "3.0";

    /// The methods that may be called, if it is the factory of supervisor_twiddler.
    RPC_WHITELIST "whitelist": List else "all of them", since "3.0";

    /// A program that answers what is called in this namespace.
    ///
    /// It is a program like any other, with all options of `[program:x]`, and its standard input is a socket on
    /// which it accepts XML-RPC over HTTP.
    RPC_COMMAND "command": Command else "none", since "ours 0.1";

    /// Where what is called in this namespace is answered: `unix:///path` or `http://host:port`.
    ///
    /// With `command`, a path is where the daemon makes the socket, and a port is where the program listens by
    /// itself.
    RPC_SOCKET "socket": ExtensionUrl else "a private socket beside the pidfile", since "ours 0.1";

    /// How many seconds an answer may take, 1 to 3600.
    RPC_TIMEOUT "timeout": Integer = "30", since "ours 0.1";
}

options! {
    /// The options of `[ctlplugin:x]`.
    CTL_OPTIONS of CtlPlugin;

    /// The Python function that makes the plugin. Those of public extensions are built in, others cannot be loaded.
    CTL_FACTORY "supervisor.ctl_factory": PythonFunction else "needed without `command`", since "3.0";

    /// The program behind an action called as the section: `supervisorctl x ARG` runs it with `ARG` at its end.
    CTL_COMMAND "command": Command else "nothing", since "ours 0.1";
}
