//! Small configurations for the tests of this crate.

use std::sync::Arc;

use crate::signal::Signal;
use crate::spec::{AutoRestart, ChannelSpec, GroupKind, GroupSpec, LogTarget, ProcessSpec};

/// A program with the reference's defaults and `command=NAME`.
pub(crate) fn program(name: &str) -> ProcessSpec {
    let channel = ChannelSpec {
        logfile: LogTarget::None,
        maxbytes: 50 << 20,
        backups: 10,
        capture_maxbytes: 0,
        events_enabled: false,
        syslog: false,
    };
    ProcessSpec {
        name: name.into(),
        command: name.into(),
        directory: None,
        user: None,
        umask: None,
        priority: 999,
        autostart: true,
        autorestart: AutoRestart::Unexpected,
        startsecs: 1,
        startretries: 3,
        stopsignal: Signal::TERM,
        stopwaitsecs: 10,
        stopasgroup: false,
        killasgroup: false,
        exitcodes: vec![0],
        redirect_stderr: false,
        stdout: channel.clone(),
        stderr: channel,
        environment: Vec::new(),
        serverurl: None,
        ignore_sigpipe: true,
    }
}

/// A group of priority 999.
pub(crate) fn group<const N: usize>(name: &str, processes: [ProcessSpec; N]) -> GroupSpec {
    GroupSpec {
        name: name.into(),
        priority: 999,
        kind: GroupKind::Programs,
        processes: processes.into_iter().map(Arc::new).collect(),
    }
}
