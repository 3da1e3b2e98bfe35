//! `minfds` and `minprocs`: raising resource limits at the first start, and making room below them.

use supervisor_config::settings::Settings;
use supervisor_core::spec::GroupSpec;
use supervisor_sys::descriptors::make_room;
use supervisor_sys::limits::{Limit, Resource, get, set};

/// The descriptors of a process: three pipes and two logs.
const DESCRIPTORS_OF_A_PROCESS: u64 = 5;
/// Those of the daemon and its clients.
const OTHER_DESCRIPTORS: u64 = 256;

/// Makes room for the descriptors of all processes while there are no threads: later it takes longer.
pub(super) fn prepare_for(groups: &[GroupSpec]) {
    let processes: usize = groups.iter().map(|group| group.processes.len()).sum();
    let processes = u64::try_from(processes).unwrap_or(u64::MAX);
    // Without, everything only takes longer.
    let _ = make_room(processes.saturating_mul(DESCRIPTORS_OF_A_PROCESS).saturating_add(OTHER_DESCRIPTORS));
}

/// Raises what is too low. Returns lines for the log.
///
/// # Errors
/// The reference's words when a limit cannot be raised.
pub(super) fn raise(settings: &Settings) -> Result<Vec<String>, String> {
    let mut lines = Vec::new();
    for (resource, name, wanted) in [
        (Resource::OpenFiles, "RLIMIT_NOFILE", settings.minfds),
        (Resource::Processes, "RLIMIT_NPROC", settings.minprocs),
    ] {
        let Ok(limit) = get(resource) else { continue };
        let wanted = u64::try_from(wanted).unwrap_or(0);
        let Some(raised) = raised(limit, wanted) else { continue };
        if set(resource, raised).is_err() {
            return Err(refusal(resource, wanted, limit));
        }
        lines.push(format!("Increased {name} limit to {wanted}"));
    }
    Ok(lines)
}

fn raised(limit: Limit, wanted: u64) -> Option<Limit> {
    let soft = limit.soft?;
    (soft < wanted).then(|| Limit { soft: Some(wanted), hard: limit.hard.map(|hard| hard.max(wanted)) })
}

fn refusal(resource: Resource, wanted: u64, limit: Limit) -> String {
    // Differs: limit-message-shows-the-limit
    let present = limit.hard.unwrap_or(u64::MAX);
    match resource {
        Resource::OpenFiles => format!(
            "The minimum number of file descriptors required to run this process is {wanted} as per the \"minfds\" \
             command-line argument or config file setting. The current environment will only allow you to open \
             {present} file descriptors.  Either raise the number of usable file descriptors in your environment \
             (see README.rst) or lower the minfds setting in the config file to allow the process to start."
        ),
        Resource::Processes => format!(
            "The minimum number of available processes required to run this program is {wanted} as per the \
             \"minprocs\" command-line argument or config file setting. The current environment will only allow you \
             to open {present} processes.  Either raise the number of usable processes in your environment (see \
             README.rst) or lower the minprocs setting in the config file to allow the program to start."
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_too_low_is_raised() {
        let limit = |soft, hard| Limit { soft, hard };
        assert_eq!(raised(limit(Some(100), Some(200)), 50), None);
        assert_eq!(raised(limit(None, None), 50), None);
        assert_eq!(raised(limit(Some(10), Some(200)), 50), Some(limit(Some(50), Some(200))));
        assert_eq!(raised(limit(Some(10), Some(20)), 50), Some(limit(Some(50), Some(50))));
        assert_eq!(raised(limit(Some(10), None), 50), Some(limit(Some(50), None)));
    }
}
