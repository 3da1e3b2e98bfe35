//! Whether the daemon can be who it should be, and open what it needs.

use supervisor_core::spec::LogTarget;

use super::Check;
use crate::codes::Code;
use crate::finding::Remark;

/// Descriptors that the daemon has open apart from those of its programs.
const OWN_FILES: usize = 24;

pub(super) fn check(check: &Check<'_>) {
    users(check);
    files(check);
}

fn users(check: &Check<'_>) {
    let Some(config) = &check.examined.config else { return };
    let uid = check.examined.machine.host.effective_uid();
    let daemon = config.settings.user.as_ref();
    if daemon.is_none() && uid == 0 {
        let message = "the daemon stays root, and so does every program without a user of its own";
        let remark = Remark::new(Code::RunsAsRoot, message)
            .hint("set `user=` in [supervisord]; `user=root` says that it is meant so");
        check.warn(check.header("supervisord"), remark);
    }
    if let Some(user) = daemon.filter(|user| user.uid != uid) {
        if uid != 0 {
            let message = format!("the daemon can become {} only if root starts it", user.name);
            let remark = Remark::new(Code::CannotSwitchUser, message)
                .hint("this holds if the user who runs the check starts the daemon");
            check.warn(check.place("supervisord", "user"), remark);
        }
        if config.settings.nodaemon && user.uid != 0 {
            let message = format!(
                "in the foreground as {}, the daemon may not be able to open /dev/stdout and /dev/stderr",
                user.name
            );
            let remark = Remark::new(Code::ForegroundUser, message)
                .hint("these stay with the user who starts the daemon; give programs a `user=` instead");
            check.warn(check.place("supervisord", "user"), remark);
        }
    }
    let uid = daemon.map_or(uid, |user| user.uid);
    if uid == 0 {
        return;
    }
    for member in check.programs() {
        let Some(user) = member.process.user.as_ref().filter(|user| user.uid != uid) else { continue };
        let message = format!("[{}] cannot run as {}: the daemon is not root", member.section, user.name);
        let remark = Remark::new(Code::CannotSwitchUser, message)
            .hint("start the daemon as root, or take `user=` out");
        check.warn(check.place(&member.section, "user"), remark);
    }
}

fn files(check: &Check<'_>) {
    let Some(config) = &check.examined.config else { return };
    let logs = |log: &LogTarget| usize::from(*log != LogTarget::None);
    let of_programs: usize = check
        .examined
        .members
        .iter()
        .map(|member| {
            let process = &member.process;
            let pipes = if process.redirect_stderr { 2 } else { 3 };
            pipes + logs(&process.stdout.logfile) + logs(&process.stderr.logfile)
        })
        .sum();
    let needed = of_programs + OWN_FILES;
    if usize::try_from(config.settings.minfds).unwrap_or(0) < needed {
        let message = format!(
            "the programs need about {needed} open files, but minfds asks for {} only",
            config.settings.minfds
        );
        let remark = Remark::new(Code::TooFewFiles, message).hint(format!("write `minfds={needed}` or more"));
        check.warn(check.place("supervisord", "minfds"), remark);
    }
}
