//! Numbers that are possible but hardly meant.

use super::Check;
use crate::codes::Code;
use crate::finding::Remark;

/// The highest sensible mode or mask of files.
const MODE_MAX: u32 = 0o7777;

pub(super) fn check(check: &Check<'_>) {
    for member in check.programs() {
        let process = &member.process;
        if process.stopwaitsecs <= 0 {
            let message = format!("[{}] is killed as soon as it is asked to stop", member.section);
            let remark =
                Remark::new(Code::KillAtOnce, message).hint("give it some seconds with `stopwaitsecs=`");
            check.warn(check.place(&member.section, "stopwaitsecs"), remark);
        }
        let numbers = [
            ("startsecs", process.startsecs),
            ("startretries", process.startretries),
            ("stdout_logfile_maxbytes", process.stdout.maxbytes),
            ("stdout_logfile_backups", process.stdout.backups),
            ("stderr_logfile_maxbytes", process.stderr.maxbytes),
            ("stderr_logfile_backups", process.stderr.backups),
            ("stdout_capture_maxbytes", process.stdout.capture_maxbytes),
            ("stderr_capture_maxbytes", process.stderr.capture_maxbytes),
        ];
        for (option, number) in numbers {
            not_negative(check, &member.section, option, number);
        }
        mode(check, &member.section, "umask", process.umask);
    }
    let Some(config) = &check.examined.config else { return };
    let settings = &config.settings;
    let numbers = [
        ("minfds", settings.minfds),
        ("minprocs", settings.minprocs),
        ("logfile_maxbytes", settings.logfile_maxbytes),
        ("logfile_backups", settings.logfile_backups),
    ];
    for (option, number) in numbers {
        not_negative(check, "supervisord", option, number);
    }
    mode(check, "supervisord", "umask", Some(settings.umask));
}

fn not_negative(check: &Check<'_>, section: &str, option: &str, number: i64) {
    if number < 0 {
        let message = format!("`{option}` of [{section}] is negative");
        let remark = Remark::new(Code::StrangeNumber, message).hint("write 0 or more");
        check.warn(check.place(section, option), remark);
    }
}

fn mode(check: &Check<'_>, section: &str, option: &str, mode: Option<u32>) {
    if mode.is_some_and(|mode| mode > MODE_MAX) {
        let message = format!("`{option}` of [{section}] has more digits than a mode");
        let remark = Remark::new(Code::StrangeNumber, message).hint("write at most four octal digits");
        check.warn(check.place(section, option), remark);
    }
}
