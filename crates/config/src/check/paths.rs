//! Directories that do not exist or cannot be written to, and paths that depend on where the daemon starts.

use std::collections::HashMap;

use supervisor_core::spec::LogTarget;

use super::Check;
use crate::codes::Code;
use crate::finding::Remark;
use crate::options::program;
use crate::place::Place;
use crate::python::path;
use crate::python::repr::repr;
use crate::settings::MainLog;

pub(super) fn check(check: &Check<'_>) {
    let mut seen = HashMap::new();
    for member in &check.examined.members {
        let Some(directory) = &member.process.directory else { continue };
        if seen.insert((&member.section, directory), ()).is_none() {
            program_directory(check, &member.section, directory);
        }
    }
    let mut writable = Writable { check, known: HashMap::new() };
    for member in &check.examined.members {
        let process = &member.process;
        for (option, channel) in [("stdout_logfile", &process.stdout), ("stderr_logfile", &process.stderr)] {
            if let LogTarget::File(path) = &channel.logfile {
                relative(check, &member.section, option, path);
                writable.log(&member.section, option, path);
            }
        }
    }
    daemon(check, &mut writable);
}

fn program_directory(check: &Check<'_>, section: &str, directory: &str) {
    let place = check.place(section, program::DIRECTORY.entry.name);
    if !directory.starts_with('/') {
        relative(check, section, program::DIRECTORY.entry.name, directory);
    }
    if check.examined.machine.is_dir(directory) {
        return;
    }
    let hint = match directory {
        _ if directory.starts_with('~') => "`~` is not expanded here; write %(ENV_HOME)s".to_owned(),
        _ if directory.starts_with('$') => "variables of the environment are written %(ENV_NAME)s".to_owned(),
        _ => format!("create the directory {directory}, or name another"),
    };
    let message = format!("the directory {} of [{section}] does not exist", repr(directory));
    check.refuse(place, Remark::new(Code::DirectoryMissing, message).hint(hint));
}

fn relative(check: &Check<'_>, section: &str, option: &str, written: &str) {
    if written.starts_with('/') || written.is_empty() {
        return;
    }
    let message =
        format!("`{option}` of [{section}] depends on the directory in which the daemon is started");
    let hint = format!("write an absolute path; from here it is {}", check.absolute(written));
    check.warn(check.place(section, option), Remark::new(Code::RelativePath, message).hint(hint));
}

fn daemon(check: &Check<'_>, writable: &mut Writable<'_>) {
    let Some(config) = &check.examined.config else { return };
    for option in ["logfile", "pidfile", "childlogdir"] {
        if let Some(setting) = check.setting("supervisord", option) {
            let value = setting.value.as_str();
            let is_relative = !value.starts_with(['/', '~', '%']) && value != "syslog";
            if is_relative {
                relative(check, "supervisord", option, value);
            }
        }
    }
    if let MainLog::File(path) = &config.settings.logfile {
        writable.log("supervisord", "logfile", path);
    }
    writable.file("supervisord", "pidfile", &config.settings.pidfile);
    let uses_auto = |log: &LogTarget| *log == LogTarget::Auto;
    let members = &check.examined.members;
    if members.iter().any(|m| uses_auto(&m.process.stdout.logfile) || uses_auto(&m.process.stderr.logfile)) {
        writable.directory("supervisord", "childlogdir", &config.settings.childlogdir);
    }
}

/// Whether logs can be written, directory by directory.
struct Writable<'a> {
    check: &'a Check<'a>,
    known: HashMap<String, bool>,
}

impl Writable<'_> {
    fn log(&mut self, section: &str, option: &str, written: &str) {
        if self.check.examined.machine.is_dir(written) {
            let message = format!("`{option}` of [{section}] is a directory");
            let remark = Remark::new(Code::LogIsDirectory, message).hint("add the name of a file");
            self.check.refuse(self.place(section, option), remark);
        } else {
            self.file(section, option, written);
        }
    }

    /// Files that exist are left aside: who may write to them often changes when the daemon starts.
    fn file(&mut self, section: &str, option: &str, written: &str) {
        if !self.check.examined.machine.exists(written) {
            let file = self.check.absolute(written);
            self.directory(section, option, path::directory(&file));
        }
    }

    fn directory(&mut self, section: &str, option: &str, directory: &str) {
        if !self.check.is_same_user() || self.permits(directory) {
            return;
        }
        let message = format!("`{option}` of [{section}]: {directory} cannot be written to");
        let remark = Remark::new(Code::DirectoryNotWritable, message)
            .hint("this holds for the user who runs the check");
        self.check.warn(self.place(section, option), remark);
    }

    fn permits(&mut self, directory: &str) -> bool {
        let host = self.check.examined.machine.host;
        *self.known.entry(directory.to_owned()).or_insert_with(|| host.permits_writing(directory))
    }

    fn place(&self, section: &str, option: &str) -> Option<Place> {
        self.check.place(section, option)
    }
}
