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

    /// The Python function that makes the plugin. Those known by name are built in.
    CTL_FACTORY "supervisor.ctl_factory": PythonFunction, since "3.0";
}
