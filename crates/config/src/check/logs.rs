//! Logs that several write to, and logs that cannot be rotated.

use std::collections::HashMap;

use supervisor_core::spec::{ChannelSpec, LogTarget};

use super::{Check, whereabouts};
use crate::codes::Code;
use crate::finding::Remark;
use crate::groups::Member;
use crate::place::{Piece, Place};
use crate::settings::MainLog;

/// Where logs are no files.
const DEVICES: [&str; 2] = ["/dev/", "/proc/"];

/// One that writes to a log.
#[derive(Clone, Copy)]
struct Writer<'a> {
    section: &'a str,
    process: &'a str,
    option: &'a str,
    rotates: bool,
}

pub(super) fn check(check: &Check<'_>) {
    let mut writers: HashMap<String, Writer<'_>> = HashMap::new();
    let settings = check.examined.config.as_ref().map(|config| &config.settings);
    if let Some((settings, MainLog::File(path))) = settings.map(|settings| (settings, &settings.logfile)) {
        let rotates = settings.logfile_maxbytes > 0;
        writers
            .insert(path.clone(), Writer { section: "supervisord", process: "", option: "logfile", rotates });
    }
    for member in &check.examined.members {
        for (option, channel) in channels(member) {
            let LogTarget::File(written) = &channel.logfile else { continue };
            if is_device(written) {
                not_rotatable(check, member, option, written, channel);
                continue;
            }
            let rotates = channel.maxbytes > 0;
            let writer = Writer { section: &member.section, process: &member.process.name, option, rotates };
            let path = check.absolute(written);
            match writers.get(&path) {
                Some(other) => shared(check, writer, *other, &path),
                None => {
                    writers.insert(path, writer);
                }
            }
        }
    }
}

fn channels(member: &Member) -> [(&'static str, &ChannelSpec); 2] {
    [("stdout_logfile", &member.process.stdout), ("stderr_logfile", &member.process.stderr)]
}

fn is_device(path: &str) -> bool {
    DEVICES.iter().any(|prefix| path.starts_with(prefix))
}

fn shared(check: &Check<'_>, writer: Writer<'_>, other: Writer<'_>, path: &str) {
    let Writer { section, process, option, rotates } = writer;
    let (other_name, hint) = if (other.section, other.process) == (section, process) {
        let hint = "write `redirect_stderr=true` instead of naming the file twice";
        (format!("`{}` of the same process", other.option), hint)
    } else if other.section == section {
        (format!("another process of [{section}]"), "put %(process_num)s into the file's name")
    } else {
        let at = check.setting(other.section, other.option).map(whereabouts);
        let at = at.map(|at| format!(" ({at})")).unwrap_or_default();
        (format!("`{}` of [{}]{at}", other.option, other.section), "give each its own file")
    };
    let what = if rotates || other.rotates { "write to and rotate" } else { "write to" };
    let message = format!("`{option}` of [{section}] and {other_name} both {what} {path}");
    check.warn(check.place(section, option), Remark::new(Code::SharedLog, message).hint(hint));
}

fn not_rotatable(check: &Check<'_>, member: &Member, option: &str, written: &str, channel: &ChannelSpec) {
    if channel.maxbytes == 0 || written == "/dev/null" {
        return;
    }
    let limit = format!("{option}_maxbytes");
    let message = format!("{written}, the `{option}` of [{}], cannot be rotated", member.section);
    let hint = format!("write `{limit}=0`: Supervisor does not start the program otherwise");
    let place = match check.setting(&member.section, &limit) {
        Some(setting) => Some(Place::of_setting(setting, Piece::Value)),
        None => check.place(&member.section, option),
    };
    check.warn(place, Remark::new(Code::LogNotRotatable, message).hint(hint));
}
