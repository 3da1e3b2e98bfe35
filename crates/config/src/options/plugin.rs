//! `[rpcinterface:x]` and `[ctlplugin:x]`: extensions. All further options go to the extension.

use super::options;

options! {
    /// The options of `[rpcinterface:x]`.
    RPC_OPTIONS of RpcInterface;

    /// The Python function that makes the interface. Those known by name are built in.
    RPC_FACTORY "supervisor.rpcinterface_factory": PythonFunction, since "3.0";
}

options! {
    /// The options of `[ctlplugin:x]`.
    CTL_OPTIONS of CtlPlugin;

    /// The Python function that makes the plugin. Those of public extensions are built in, others cannot be loaded.
    CTL_FACTORY "supervisor.ctl_factory": PythonFunction else "needed without `command`", since "3.0";

    /// The program behind an action called as the section: `supervisorctl x ARG` runs it with `ARG` at its end.
    CTL_COMMAND "command": Command else "nothing", since "ours 0.1";
}
