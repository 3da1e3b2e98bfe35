//! Options that nothing reads where they stand.

use std::collections::{HashMap, HashSet};

use super::Check;
use crate::codes::Code;
use crate::document::{Section, Setting};
use crate::finding::Remark;
use crate::ini::content;
use crate::interface::Form;
use crate::options::{self, SectionKind, kind_of, plugin};
use crate::place::{Piece, Place};
use crate::python::space::is_space;

pub(super) fn check(check: &Check<'_>) {
    let mut known: HashMap<SectionKind, HashSet<&str>> = HashMap::new();
    for section in check.sections() {
        match kind_of(&section.name) {
            // All further options go to the extension.
            None | Some(SectionKind::CtlPlugin) => {}
            Some(SectionKind::RpcInterface) => interface(check, section),
            Some(kind) => {
                let names =
                    known.entry(kind).or_insert_with(|| options::of(kind).map(|entry| entry.name).collect());
                for setting in section.settings.iter().filter(|s| !names.contains(s.name.as_str())) {
                    unknown(check, section, kind, setting);
                }
            }
        }
    }
    let defaults = check.examined.document.defaults();
    for setting in defaults.settings.iter().filter(|setting| !options::is_known(&setting.name)) {
        let message = format!("no section has an option `{}`", setting.name);
        let names = options::all().map(|entry| entry.name);
        let remark =
            Remark::new(Code::UnknownOption, message).perhaps_hint(check.meant(&setting.name, names));
        check.warn(Some(Place::of_setting(setting, Piece::Name)), remark);
    }
    cut_by_comment(check);
    daemon(check);
    programs(check);
}

/// Further options of a factory are its own; a program or a socket has none.
fn interface(check: &Check<'_>, section: &Section) {
    let form = Form::of(&check.examined.document, section);
    let known = form.options();
    let strange = |setting: &&Setting| known.iter().all(|entry| entry.name != setting.name);
    if form == Form::Factory {
        let own = [&plugin::RPC_COMMAND.entry, &plugin::RPC_SOCKET.entry, &plugin::RPC_TIMEOUT.entry];
        for entry in own {
            ignored(check, &section.name, &[entry.name], "a factory is named, too, and it goes before");
        }
    } else {
        for setting in section.settings.iter().filter(strange) {
            let message = format!("[{}] has no option `{}`", section.name, setting.name);
            let names = known.iter().map(|entry| entry.name);
            let remark =
                Remark::new(Code::UnknownOption, message).perhaps_hint(check.meant(&setting.name, names));
            check.warn(Some(Place::of_setting(setting, Piece::Name)), remark);
        }
    }
}

fn unknown(check: &Check<'_>, section: &Section, kind: SectionKind, setting: &Setting) {
    let name = setting.name.as_str();
    let owners: Vec<&str> =
        options::all().filter(|entry| entry.name == name).map(|entry| entry.section.name()).collect();
    let remark = if name.starts_with('[') {
        let message = format!("`{name}` is read as the name of an option");
        Remark::new(Code::UnknownOption, message).hint("the closing bracket of the section's name is missing")
    } else if name == "profile_options" && kind == SectionKind::Supervisord {
        let message = "profile_options has no effect in the file";
        Remark::new(Code::IgnoredOption, message).hint("give it on the command line")
    } else if owners.is_empty() {
        let message = format!("[{}] has no option `{name}`", section.name);
        let names = options::of(kind).map(|entry| entry.name);
        Remark::new(Code::UnknownOption, message).perhaps_hint(check.meant(name, names))
    } else {
        let message = format!("`{name}` has no effect in [{}]", section.name);
        Remark::new(Code::IgnoredOption, message).hint(format!("it belongs to {}", owners.join(", ")))
    };
    check.warn(Some(Place::of_setting(setting, Piece::Name)), remark);
}

/// Quotes do not protect what looks like a comment.
fn cut_by_comment(check: &Check<'_>) {
    let cut = ["command", "environment"].map(|name| {
        check.sections().filter_map(move |section| section.setting(name)).filter(|setting| is_cut(setting))
    });
    for setting in cut.into_iter().flatten() {
        let line = setting.origin.file.line(setting.origin.line);
        let comment = content(line).len();
        let message =
            format!("the value of `{}` ends here, inside quotes, as a comment begins", setting.name);
        let remark = Remark::new(Code::CommentInQuotes, message)
            .hint("quotes do not protect ` ;` and ` #`: leave the blank before it out, or move the text to a script");
        check.warn(Some(Place::new(&setting.origin, comment, comment + 1)), remark);
    }
}

fn is_cut(setting: &Setting) -> bool {
    let line = setting.origin.file.line(setting.origin.line);
    let kept = content(line);
    let after_delimiter = kept.find(['=', ':']).map_or("", |at| &kept[at + 1..]);
    kept.len() < line.len() && setting.last_line == setting.origin.line && has_open_quote(after_delimiter)
}

fn has_open_quote(text: &str) -> bool {
    let mut open = None;
    for c in text.trim_start_matches(is_space).chars().filter(|c| matches!(c, '\'' | '"')) {
        match open {
            None => open = Some(c),
            Some(quote) if quote == c => open = None,
            Some(_) => {}
        }
    }
    open.is_some()
}

/// Tells that options of a section have no effect, if they are given there.
fn ignored(check: &Check<'_>, section: &str, names: &[&str], why: &str) {
    let own = |name: &&str| check.examined.document.section(section)?.setting(name);
    for setting in names.iter().filter_map(own) {
        let message = format!("`{}` of [{section}] has no effect: {why}", setting.name);
        let remark = Remark::new(Code::IgnoredOption, message);
        check.warn(Some(Place::of_setting(setting, Piece::Name)), remark);
    }
}

fn daemon(check: &Check<'_>) {
    let Some(config) = &check.examined.config else { return };
    let settings = &config.settings;
    if settings.nodaemon {
        let why = "the daemon stays in the foreground";
        ignored(check, "supervisord", &["directory", "umask"], why);
    } else if settings.silent {
        ignored(check, "supervisord", &["silent"], "it matters in the foreground only (nodaemon=true)");
    }
    if settings.logfile == crate::settings::MainLog::Syslog {
        ignored(check, "supervisord", &["logfile_maxbytes", "logfile_backups"], "the log goes to syslog");
    }
}

fn programs(check: &Check<'_>) {
    for member in check.programs() {
        let (section, process) = (member.section.as_str(), &member.process);
        if kind_of(section) == Some(SectionKind::EventListener) {
            let why = "the standard output of an event listener carries its protocol";
            let given = [
                ("stdout_capture_maxbytes", process.stdout.capture_maxbytes != 0),
                ("stdout_events_enabled", process.stdout.events_enabled),
                ("stdout_syslog", process.stdout.syslog),
            ];
            let given: Vec<&str> = given.iter().filter(|(_, is_on)| *is_on).map(|(name, _)| *name).collect();
            ignored(check, section, &given, why);
        }
        if process.redirect_stderr {
            let names = [
                "stderr_logfile_maxbytes",
                "stderr_logfile_backups",
                "stderr_capture_maxbytes",
                "stderr_events_enabled",
                "stderr_syslog",
            ];
            ignored(check, section, &names, "redirect_stderr=true sends standard error to standard output");
        }
    }
}
