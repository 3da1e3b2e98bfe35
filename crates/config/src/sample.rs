//! The sample configuration that `echo_supervisord_conf` prints, made from the table of options.

use std::fmt::Write as _;

use crate::options::{self, DefaultValue, Entry, SectionKind};

/// What stands before everything else.
const INTRODUCTION: &str = "\
; A configuration for supervisord. Save it, take the semicolon off the lines you need, and have it checked with
;     supervisord --check -c FILE
;
; Things to know:
;  - A comment begins with `;` or `#` at the beginning of a line or after a blank, even inside quotes.
;  - A value goes on in the next line if that is indented.
;  - %(ENV_HOME)s stands for an environment variable, %(here)s for the directory of this file. Write %% for a
;    percent sign. `~` and `$HOME` mean nothing in most places.
;  - The files here lie in /tmp, which systems clean up from time to time. Choose better places.
";

/// A section of the sample.
struct Sample {
    kind: SectionKind,
    /// What stands in the place of `x`.
    name: &'static str,
    /// Whether it has an effect as it stands.
    is_active: bool,
    introduction: &'static str,
    /// What to write, for options whose default cannot be written or is not the best example. Those with `true`
    /// have an effect as they stand.
    values: &'static [(&'static str, &'static str, bool)],
}

const SAMPLES: &[Sample] = &[
    Sample {
        kind: SectionKind::UnixHttpServer,
        name: "",
        is_active: true,
        introduction: "Where supervisorctl connects to on this machine.",
        values: &[
            ("file", "/tmp/supervisor.sock", true),
            ("username", "user", false),
            ("password", "123", false),
            ("readonly_username", "guest", false),
            ("readonly_password", "456", false),
            ("chown", "nobody:nogroup", false),
            ("chmod", "0700", false),
        ],
    },
    Sample {
        kind: SectionKind::InetHttpServer,
        name: "",
        is_active: false,
        introduction: "Where clients connect to over the network. Whoever can connect can run programs: there is no \
                       encryption,\n; and without username and password no question is asked. Stay on 127.0.0.1.",
        values: &[
            ("port", "127.0.0.1:9001", false),
            ("username", "user", false),
            ("password", "123", false),
            ("readonly_username", "guest", false),
            ("readonly_password", "456", false),
        ],
    },
    Sample {
        kind: SectionKind::Supervisord,
        name: "",
        is_active: true,
        introduction: "The daemon itself.",
        values: &[
            ("logfile", "/tmp/supervisord.log", true),
            ("logfile_maxbytes", "50MB", true),
            ("logfile_backups", "10", true),
            ("loglevel", "info", true),
            ("pidfile", "/tmp/supervisord.pid", true),
            ("nodaemon", "false", true),
            ("silent", "false", true),
            ("minfds", "1024", true),
            ("minprocs", "200", true),
            ("user", "nobody", false),
            ("directory", "/tmp", false),
            ("childlogdir", "/tmp", false),
            ("environment", "KEY=\"value\"", false),
        ],
    },
    Sample {
        kind: SectionKind::RpcInterface,
        name: "supervisor",
        is_active: true,
        introduction: "Without this section supervisorctl has nothing to call.",
        values: &[(
            "supervisor.rpcinterface_factory",
            "supervisor.rpcinterface:make_main_rpcinterface",
            true,
        )],
    },
    Sample {
        kind: SectionKind::RpcInterface,
        name: "theinterface",
        is_active: false,
        introduction: "Methods of your own, answered by a program in any language. All options of [program:x] may be used, \
                       too.",
        values: &[
            ("command", "/bin/cat", false),
            ("socket", "unix:///tmp/theinterface.sock", false),
            ("timeout", "30", false),
        ],
    },
    Sample {
        kind: SectionKind::RpcInterface,
        name: "twiddler",
        is_active: false,
        introduction: "Programs that clients add. Whoever can connect can run any command as the daemon's user then.",
        values: &[
            (
                "supervisor.rpcinterface_factory",
                "supervisor_twiddler.rpcinterface:make_twiddler_rpcinterface",
                false,
            ),
            ("whitelist", "getAPIVersion,getGroupNames,log", false),
        ],
    },
    Sample {
        kind: SectionKind::Supervisorctl,
        name: "",
        is_active: true,
        introduction: "How supervisorctl connects: as one of the servers above says.",
        values: &[
            ("serverurl", "unix:///tmp/supervisor.sock", true),
            ("username", "user", false),
            ("password", "123", false),
            ("prompt", "mysupervisor", false),
            ("history_file", "~/.sc_history", false),
        ],
    },
    Sample {
        kind: SectionKind::CtlPlugin,
        name: "theplugin",
        is_active: false,
        introduction: "An extension of supervisorctl.",
        values: &[
            ("supervisor.ctl_factory", "supervisor.supervisorctl:DefaultControllerPlugin", false),
            ("command", "/usr/local/bin/theplugin", false),
        ],
    },
    Sample {
        kind: SectionKind::Program,
        name: "theprogramname",
        is_active: false,
        introduction: "A program. There may be any number of these sections, with different names.",
        values: &[
            ("command", "/bin/cat", false),
            ("killasgroup", "false", false),
            ("serverurl", "AUTO", false),
            ("user", "nobody", false),
            ("umask", "022", false),
            ("directory", "/tmp", false),
            ("environment", "A=\"1\",B=\"2\"", false),
        ],
    },
    Sample {
        kind: SectionKind::EventListener,
        name: "theeventlistenername",
        is_active: false,
        introduction: "A program that is told what happens. All options of [program:x] may be used, too, but for \
                       redirect_stderr.",
        values: &[("events", "PROCESS_STATE,TICK_60", false)],
    },
    Sample {
        kind: SectionKind::FcgiProgram,
        name: "thefcgiprogramname",
        is_active: false,
        introduction: "A FastCGI program. All options of [program:x] may be used, too.",
        values: &[
            ("socket_backlog", "1024", false),
            ("socket_owner", "nobody", false),
            ("socket_mode", "0700", false),
            ("socket", "unix:///tmp/%(program_name)s.sock", false),
        ],
    },
    Sample {
        kind: SectionKind::Group,
        name: "thegroupname",
        is_active: false,
        introduction: "Programs under one name.",
        values: &[("programs", "theprogramname", false)],
    },
    Sample {
        kind: SectionKind::Include,
        name: "",
        is_active: false,
        introduction: "More files.",
        values: &[("files", "relative/directory/*.ini", false)],
    },
];

/// The sample configuration. The daemon accepts it as it stands.
// Differs: sample-in-other-words
#[must_use]
pub fn sample() -> String {
    let mut text = INTRODUCTION.to_owned();
    for sample in SAMPLES {
        sample.write(&mut text);
    }
    text
}

impl Sample {
    fn write(&self, text: &mut String) {
        let off = |is_active| if is_active { "" } else { ";" };
        let header = self.kind.name().replace(":x]", &format!(":{}]", self.name));
        let _ = writeln!(text, "\n; {}\n{}{header}", self.introduction, off(self.is_active));
        // There are several ways to make an interface, each with options of its own.
        let is_shown = |entry: &&Entry| {
            self.kind != SectionKind::RpcInterface || self.values.iter().any(|(name, ..)| *name == entry.name)
        };
        let own = options::all().filter(|entry| entry.section == self.kind).filter(is_shown);
        for entry in own {
            let _ = writeln!(text, "; {}", describe(entry));
            let (value, is_active) = self.value(entry);
            // As wide as where others look for these two lines to change them.
            let equals = match self.kind {
                SectionKind::RpcInterface | SectionKind::Include => " = ",
                _ => "=",
            };
            let _ = writeln!(text, "{}{}{equals}{value}", off(is_active), entry.name);
        }
        if matches!(self.kind, SectionKind::EventListener | SectionKind::FcgiProgram) {
            let _ = writeln!(text, ";command=/bin/cat");
        }
    }

    fn value(&self, entry: &Entry) -> (&'static str, bool) {
        let given = self.values.iter().find(|(name, ..)| *name == entry.name);
        let default = match entry.default {
            DefaultValue::Written(text) => text,
            DefaultValue::Described(_) | DefaultValue::Required => "",
        };
        given.map_or((default, false), |(_, value, is_active)| (*value, *is_active))
    }
}

fn describe(entry: &Entry) -> String {
    let default = match entry.default {
        DefaultValue::Written("") => "default is nothing".to_owned(),
        DefaultValue::Written(text) => format!("default {text}"),
        DefaultValue::Described(words) => format!("default: {words}"),
        DefaultValue::Required => "required".to_owned(),
    };
    format!("{} ({}; {default})", entry.summary(), entry.form)
}

#[cfg(test)]
mod tests;
