//! What the configuration says of a process.

use supervisor_core::spec::{AutoRestart, ChannelSpec, GroupSpec, LogTarget, ProcessSpec};

use super::structure;
use crate::value::Value;

/// The files that `AUTO` stands for, while clients are still shown them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AutoLogs<'a> {
    /// For standard output; `None` shows `auto`.
    pub stdout: Option<&'a str>,
    /// For standard error; `None` shows `auto`.
    pub stderr: Option<&'a str>,
}

/// What the configuration says of one process: the struct of `getAllConfigInfo`.
#[derive(Clone, Copy, Debug)]
pub struct ConfigInfo<'a> {
    group: &'a GroupSpec,
    process: &'a ProcessSpec,
    in_use: bool,
    auto_logs: AutoLogs<'a>,
}

impl<'a> ConfigInfo<'a> {
    /// What is said of `process`; `in_use` tells whether a group of that name is at work.
    #[must_use]
    pub fn new(
        group: &'a GroupSpec,
        process: &'a ProcessSpec,
        in_use: bool,
        auto_logs: AutoLogs<'a>,
    ) -> Self {
        Self { group, process, in_use, auto_logs }
    }

    /// As the struct that stands in answers.
    #[must_use]
    pub fn to_value(&self) -> Value {
        let Self { group, process, in_use, auto_logs } = *self;
        let [stdout_capture, stdout_events, stdout_file, stdout_backups, stdout_bytes, stdout_syslog] =
            channel(&process.stdout, auto_logs.stdout);
        let [stderr_capture, stderr_events, stderr_file, stderr_backups, stderr_bytes, stderr_syslog] =
            channel(&process.stderr, auto_logs.stderr);
        let user = process.user.as_ref().map(|user| Value::Int(i64::from(user.uid)));
        structure([
            ("autostart", process.autostart.into()),
            ("autorestart", autorestart(process.autorestart)),
            ("directory", text_or_none(process.directory.as_deref())),
            ("uid", user.unwrap_or_else(none)),
            ("command", process.command.as_str().into()),
            ("exitcodes", Value::from(process.exitcodes.clone())),
            ("group", group.name.as_str().into()),
            ("group_prio", group.priority.into()),
            ("inuse", in_use.into()),
            ("killasgroup", process.killasgroup.into()),
            ("name", process.name.as_str().into()),
            ("process_prio", process.priority.into()),
            ("redirect_stderr", process.redirect_stderr.into()),
            ("startretries", process.startretries.into()),
            ("startsecs", process.startsecs.into()),
            ("stdout_capture_maxbytes", stdout_capture),
            ("stdout_events_enabled", stdout_events),
            ("stdout_logfile", stdout_file),
            ("stdout_logfile_backups", stdout_backups),
            ("stdout_logfile_maxbytes", stdout_bytes),
            ("stdout_syslog", stdout_syslog),
            ("stopsignal", process.stopsignal.number().into()),
            ("stopwaitsecs", process.stopwaitsecs.into()),
            ("stderr_capture_maxbytes", stderr_capture),
            ("stderr_events_enabled", stderr_events),
            ("stderr_logfile", stderr_file),
            ("stderr_logfile_backups", stderr_backups),
            ("stderr_logfile_maxbytes", stderr_bytes),
            ("stderr_syslog", stderr_syslog),
            ("serverurl", text_or_none(process.serverurl.as_deref())),
        ])
    }
}

/// The answer to `getAllConfigInfo`: all of it, sorted by process name.
#[must_use]
pub fn all_config_info<'a>(infos: impl IntoIterator<Item = ConfigInfo<'a>>) -> Value {
    let mut infos: Vec<ConfigInfo<'a>> = infos.into_iter().collect();
    infos.sort_by(|left, right| left.process.name.cmp(&right.process.name));
    Value::Array(infos.iter().map(ConfigInfo::to_value).collect())
}

fn channel(channel: &ChannelSpec, auto: Option<&str>) -> [Value; 6] {
    let file = match &channel.logfile {
        LogTarget::None => none(),
        LogTarget::Auto => auto.unwrap_or("auto").into(),
        LogTarget::File(path) => path.as_str().into(),
    };
    [
        channel.capture_maxbytes.into(),
        channel.events_enabled.into(),
        file,
        channel.backups.into(),
        channel.maxbytes.into(),
        channel.syslog.into(),
    ]
}

// Differs: autorestart-in-config-info
fn autorestart(autorestart: AutoRestart) -> Value {
    match autorestart {
        AutoRestart::False => Value::Bool(false),
        AutoRestart::Unexpected => "unexpected".into(),
        AutoRestart::True => Value::Bool(true),
    }
}

fn none() -> Value {
    "none".into()
}

fn text_or_none(text: Option<&str>) -> Value {
    text.map_or_else(none, Value::from)
}

#[cfg(test)]
mod tests {
    use supervisor_core::signal::Signal;
    use supervisor_core::spec::{GroupKind, User};

    use super::*;

    fn process(name: &str) -> ProcessSpec {
        let channel = ChannelSpec {
            logfile: LogTarget::Auto,
            maxbytes: 4 << 30,
            backups: 10,
            capture_maxbytes: 0,
            events_enabled: false,
            syslog: false,
        };
        ProcessSpec {
            name: name.into(),
            command: "/bin/cat".into(),
            directory: None,
            user: Some(User { uid: 33, name: "www-data".into(), gid: 33 }),
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
            exitcodes: vec![0, 2],
            redirect_stderr: false,
            stderr: ChannelSpec { logfile: LogTarget::None, ..channel.clone() },
            stdout: channel,
            environment: vec![],
            serverurl: None,
            ignore_sigpipe: true,
            restart_burst: 5,
        }
    }

    fn group(processes: &[&str]) -> GroupSpec {
        GroupSpec {
            name: "web".into(),
            priority: 5,
            kind: GroupKind::Programs,
            processes: processes.iter().map(|name| process(name).into()).collect(),
        }
    }

    #[test]
    fn configuration_information_has_the_types_of_the_reference() {
        let group = group(&["cat"]);
        let logs = AutoLogs { stdout: Some("/tmp/cat.log"), stderr: None };
        let value = ConfigInfo::new(&group, &group.processes[0], true, logs).to_value();
        let expected: [(&str, Value); 10] = [
            ("uid", 33.into()),
            ("directory", "none".into()),
            ("stdout_logfile", "/tmp/cat.log".into()),
            ("stderr_logfile", "none".into()),
            ("exitcodes", Value::from(vec![0, 2])),
            ("stopsignal", 15.into()),
            ("autorestart", "unexpected".into()),
            ("inuse", true.into()),
            ("group_prio", 5.into()),
            ("serverurl", "none".into()),
        ];
        for (key, expected) in expected {
            assert_eq!(value.get(key), Some(&expected), "{key}");
        }
        let Value::Struct(members) = value else { panic!("not a struct") };
        assert_eq!(members.len(), 30);
    }

    #[test]
    fn auto_logs_are_auto_once_the_file_is_not_told() {
        let group = group(&["cat"]);
        let value = ConfigInfo::new(&group, &group.processes[0], false, AutoLogs::default()).to_value();
        assert_eq!(value.get("stdout_logfile"), Some(&"auto".into()));
    }

    #[test]
    fn configurations_are_sorted_by_process() {
        let group = group(&["b", "a"]);
        let infos = group
            .processes
            .iter()
            .map(|process| ConfigInfo::new(&group, process, false, AutoLogs::default()));
        let value = all_config_info(infos);
        let names: Vec<_> = value.as_array().unwrap().iter().map(|info| info.get("name").unwrap()).collect();
        assert_eq!(names, [&Value::from("a"), &Value::from("b")]);
    }
}
