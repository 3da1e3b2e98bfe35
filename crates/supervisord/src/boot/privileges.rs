//! Becoming the user of `[supervisord] user`.

use supervisor_config::settings::Settings;
use supervisor_sys::host::{effective_uid, real_uid};
use supervisor_sys::privileges::{Credentials, PrivilegeStep, become_user};
use supervisor_sys::users::groups_of;

/// What the log should say of it, once it is open.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Privileges {
    /// The switch was made, or there was nothing to switch.
    Switched(u32),
    /// Running as root because nobody said otherwise.
    Root,
    /// Running as an ordinary user.
    Ordinary,
}

/// The warning to root.
pub(super) const ROOT_WARNING: &str = "Supervisor is running as root.  Privileges were not dropped because no user \
     is specified in the config file.  If you intend to run as root, you can set user=root in the config file to \
     avoid this message.";

/// Whether we may become the configured user.
///
/// # Errors
/// The reference's words for what is wrong.
pub(super) fn permitted(settings: &Settings) -> Result<(), String> {
    let is_another = settings.user.as_ref().is_some_and(|user| user.uid != real_uid());
    if is_another && effective_uid() != 0 {
        return Err("Can't drop privilege as nonroot user".to_owned());
    }
    Ok(())
}

/// Switches to the configured user.
///
/// # Errors
/// The reference's words for what is wrong.
pub(super) fn switch(settings: &Settings) -> Result<Privileges, String> {
    let Some(user) = &settings.user else {
        return Ok(if real_uid() == 0 { Privileges::Root } else { Privileges::Ordinary });
    };
    if real_uid() == user.uid {
        return Ok(Privileges::Switched(user.uid));
    }
    permitted(settings)?;
    let credentials = Credentials { uid: user.uid, gid: user.gid, groups: groups_of(&user.name, user.gid) };
    match become_user(&credentials) {
        Ok(()) => Ok(Privileges::Switched(user.uid)),
        Err((PrivilegeStep::Groups, _)) => Err("Could not set groups of effective user".to_owned()),
        Err((PrivilegeStep::Group, _)) => Err("Could not set group id of effective user".to_owned()),
        Err((PrivilegeStep::User, errno)) => {
            Err(format!("Could not set user id of effective user: {}", errno.desc()))
        }
    }
}
