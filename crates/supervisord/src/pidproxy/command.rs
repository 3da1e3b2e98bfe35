//! Starting the command.

use std::env;
use std::ffi::{CString, OsStr, OsString};
use std::io;
use std::os::fd::AsFd as _;
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::path::{Path, PathBuf};

use supervisor_sys::Errno;
use supervisor_sys::execute::{Executable, executable};
use supervisor_sys::signals::SignalMask;
use supervisor_sys::spawn::{SpawnPlan, spawn};

use super::Failure;

/// What a shell exits with when there is no such command, or it cannot be run.
const NOT_FOUND: u8 = 127;
const NOT_RUN: u8 = 126;

/// Starts the command with its arguments, in this process' group and surroundings but with `signal_mask`, and returns
/// its process id.
pub(super) fn start(words: &[OsString], signal_mask: SignalMask) -> Result<i32, Failure> {
    let path = locate(&words[0], env::var_os("PATH").as_deref());
    let refused = |errno: Errno| Failure {
        message: format!("cannot run {}: {}", path.display(), errno.desc()),
        status: if errno == Errno::ENOENT { NOT_FOUND } else { NOT_RUN },
    };
    // Neither the system's arguments nor its variables have a zero byte inside.
    let text = |text: OsString| CString::new(text.into_vec()).map_err(|_| refused(Errno::EINVAL));
    let variables = env::vars_os().map(|(name, value)| {
        let mut variable = name;
        variable.push("=");
        variable.push(value);
        variable
    });
    let argv = words.iter().cloned().map(text).collect::<Result<Vec<_>, _>>()?;
    let env = variables.map(text).collect::<Result<Vec<_>, _>>()?;
    let spawned = spawn(&SpawnPlan {
        path: &text(path.clone().into_os_string())?,
        argv: &argv,
        env: &env,
        stdin: io::stdin().as_fd(),
        stdout: io::stdout().as_fd(),
        stderr: io::stderr().as_fd(),
        user: None,
        directory: None,
        // Whoever signals the group of `pidproxy` reaches the command too.
        own_process_group: false,
        umask: None,
        signal_mask,
        reset_sigpipe: false,
    })
    .map_err(refused)?;
    spawned.failed.map_or(Ok(spawned.pid), |failure| Err(refused(failure.errno)))
}

/// A command is looked for from the current directory; a bare word that is not there, in `search` too.
// Differs: pidproxy-searches-path
fn locate(word: &OsStr, search: Option<&OsStr>) -> PathBuf {
    let here = Path::new(".").join(word);
    let is_usable = |path: &PathBuf| executable(path) == Some(Executable::Yes);
    if word.as_bytes().contains(&b'/') || is_usable(&here) {
        return here;
    }
    let candidates = search.into_iter().flat_map(env::split_paths);
    candidates.map(|folder| folder.join(word)).find(is_usable).unwrap_or(here)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_search_path_is_for_bare_words_only() {
        let search = Some(OsStr::new("/nonexistent:/bin"));
        assert_eq!(locate(OsStr::new("sh"), search), Path::new("/bin/sh"));
        assert_eq!(locate(OsStr::new("nosuch"), search), Path::new("./nosuch"));
        assert_eq!(locate(OsStr::new("x/sh"), search), Path::new("./x/sh"));
        assert_eq!(locate(OsStr::new("/bin/sh"), None), Path::new("/bin/sh"));
    }

    #[test]
    fn what_cannot_be_run_has_a_status_as_in_a_shell() {
        let status = |word: &str| start(&[word.into()], SignalMask::empty()).unwrap_err().status;
        assert_eq!(status("/nonexistent/program"), NOT_FOUND);
        assert_eq!(status("/etc/passwd"), NOT_RUN);
    }
}
