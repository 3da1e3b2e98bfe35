//! What holds for one process, option by option, without its secrets.

use supervisor_core::spec::{AutoRestart, ChannelSpec, LogTarget, ProcessSpec};

use crate::environment::written;
use crate::secret::{MASK, is_secret_name, masked};

/// An option of a process and the value that holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EffectiveOption {
    /// Its name in the file.
    pub name: String,
    /// Its value as it would be written, more or less; empty for none.
    pub value: String,
    /// It is what holds for a program that does not say otherwise.
    pub is_default: bool,
}

/// Every option of a process that can be told, secrets masked.
#[must_use]
pub fn options_of(process: &ProcessSpec) -> Vec<EffectiveOption> {
    let defaults = ProcessSpec { stdout: auto(), stderr: auto(), ..ProcessSpec::new(&process.name, "") };
    let defaults: Vec<_> = values(&defaults, Secrets::Masked);
    let is_default = |option: &(String, String)| defaults.contains(option);
    let options = values(process, Secrets::Masked).into_iter().map(|option| {
        let is_default = is_default(&option);
        EffectiveOption { name: option.0, value: option.1, is_default }
    });
    options.collect()
}

/// An option that differs between two versions of a process, with its value in both.
#[must_use]
pub fn differences(old: &ProcessSpec, new: &ProcessSpec) -> Vec<(String, String, String)> {
    let mut changed = Vec::new();
    let plain = values(old, Secrets::Shown).into_iter().zip(values(new, Secrets::Shown));
    let shown = values(old, Secrets::Masked).into_iter().zip(values(new, Secrets::Masked));
    for ((old, new), (shown_old, shown_new)) in plain.zip(shown) {
        if old != new {
            changed.push((new.0, shown_old.1, shown_new.1));
        }
    }
    changed
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Secrets {
    Masked,
    /// For comparing only.
    Shown,
}

impl Secrets {
    fn in_text(self, text: &str) -> String {
        if self == Self::Masked { masked(text) } else { text.to_owned() }
    }
}

fn auto() -> ChannelSpec {
    ChannelSpec { logfile: LogTarget::Auto, ..ChannelSpec::nowhere() }
}

/// Names and values.
fn values(process: &ProcessSpec, secrets: Secrets) -> Vec<(String, String)> {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let autorestart = match process.autorestart {
        AutoRestart::False => "false",
        AutoRestart::Unexpected => "unexpected",
        AutoRestart::True => "true",
    };
    let exitcodes: Vec<String> = process.exitcodes.iter().map(ToString::to_string).collect();
    let stopsignal = process.stopsignal.to_string();
    let mut options = vec![
        ("command", secrets.in_text(&process.command)),
        ("process_name", process.name.clone()),
        ("directory", text(&process.directory)),
        ("user", process.user.as_ref().map(|user| user.name.clone()).unwrap_or_default()),
        ("umask", process.umask.map(|umask| format!("{umask:03o}")).unwrap_or_default()),
        ("priority", process.priority.to_string()),
        ("autostart", process.autostart.to_string()),
        ("autorestart", autorestart.to_owned()),
        ("startsecs", process.startsecs.to_string()),
        ("startretries", process.startretries.to_string()),
        ("exitcodes", exitcodes.join(",")),
        ("stopsignal", stopsignal.strip_prefix("SIG").unwrap_or(&stopsignal).to_owned()),
        ("stopwaitsecs", process.stopwaitsecs.to_string()),
        ("stopasgroup", process.stopasgroup.to_string()),
        ("killasgroup", process.killasgroup.to_string()),
        ("redirect_stderr", process.redirect_stderr.to_string()),
        ("environment", environment(&process.environment, secrets)),
        ("serverurl", text(&process.serverurl)),
        ("ignore_sigpipe", process.ignore_sigpipe.to_string()),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value))
    .collect::<Vec<_>>();
    options.extend(channel("stdout", &process.stdout));
    options.extend(channel("stderr", &process.stderr));
    options
}

fn channel(stream: &str, channel: &ChannelSpec) -> impl Iterator<Item = (String, String)> {
    let logfile = match &channel.logfile {
        LogTarget::None => "NONE".to_owned(),
        LogTarget::Auto => "AUTO".to_owned(),
        LogTarget::File(path) => path.clone(),
    };
    let options = [
        ("logfile", logfile),
        ("logfile_maxbytes", channel.maxbytes.to_string()),
        ("logfile_backups", channel.backups.to_string()),
        ("capture_maxbytes", channel.capture_maxbytes.to_string()),
        ("events_enabled", channel.events_enabled.to_string()),
        ("syslog", channel.syslog.to_string()),
    ];
    options.into_iter().map(move |(name, value)| (format!("{stream}_{name}"), value))
}

fn environment(variables: &[(String, String)], secrets: Secrets) -> String {
    let shown = variables.iter().map(|(name, value)| {
        let is_masked = secrets == Secrets::Masked && is_secret_name(name) && !value.is_empty();
        (name.clone(), if is_masked { MASK.to_owned() } else { secrets.in_text(value) })
    });
    written(&shown.collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn process() -> ProcessSpec {
        ProcessSpec {
            environment: vec![("DB_PASSWORD".into(), "geheim".into()), ("HOST".into(), "h".into())],
            startsecs: 7,
            ..ProcessSpec::new("cat", "cat --token=geheim -v")
        }
    }

    #[test]
    fn values_are_told_without_secrets_and_defaults_are_marked() {
        let options = options_of(&process());
        let option = |name: &str| options.iter().find(|option| option.name == name).unwrap();
        assert_eq!(option("command").value, "cat --token=******** -v");
        assert_eq!((option("startsecs").value.as_str(), option("startsecs").is_default), ("7", false));
        assert!(option("autorestart").is_default);
        assert_eq!(option("stopsignal").value, "TERM");
        assert!(!options.iter().any(|option| option.value.contains("geheim")), "{options:?}");
        assert!(option("environment").value.contains("HOST"));
    }

    #[test]
    fn a_changed_secret_is_a_difference_that_is_not_shown() {
        let mut new = process();
        new.environment[0].1 = "neu".into();
        new.stdout.backups = 3;
        let found = differences(&process(), &new);
        let names: Vec<&str> = found.iter().map(|(name, ..)| name.as_str()).collect();
        assert_eq!(names, ["environment", "stdout_logfile_backups"]);
        assert!(!format!("{found:?}").contains("neu"));
    }
}
