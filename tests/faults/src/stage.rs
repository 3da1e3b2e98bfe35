//! The configuration of a fault: what every row needs, and the programs of one row.

use supervisor_worlds::scene::Scene;

/// Where the main log of a [`stage`] is, below its directory.
pub const MAIN_LOG: &str = "run/main.log";

const FRAME: &str = "\
[unix_http_server]
file=%(here)s/run/supervisor.sock
[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
[supervisorctl]
serverurl=unix://%(here)s/run/supervisor.sock
[supervisord]
logfile=%(here)s/run/main.log
pidfile=%(here)s/run/supervisord.pid
childlogdir=%(here)s/run
";

/// A scene with a socket, a pidfile, a main log, and these sections. They may begin with more options of
/// `[supervisord]`.
pub fn stage(sections: &str) -> Scene {
    Scene::of_configuration(&format!("{FRAME}{sections}"))
}
