//! Command lines that run a daemon in a fault. Each is given to `Scene::open_under`.

use supervisor_worlds::demand::demand;
use supervisor_worlds::scene::is_root;

const PRLIMIT: &str = "/usr/bin/prlimit";
const STRACE: &str = "/usr/bin/strace";
const UNSHARE: &str = "/usr/bin/unshare";

/// Runs the daemon with a resource limit, in `prlimit`'s words: `--nofile=60`.
pub fn limited(limit: &str) -> Vec<String> {
    demand(&[(PRLIMIT, "util-linux")]);
    vec![PRLIMIT.to_owned(), limit.to_owned()]
}

/// Runs the daemon, and not its children, with system calls that fail, in `strace`'s words:
/// `openat:error=ENOSPC:when=3`.
pub fn refused(injections: &[&str]) -> Vec<String> {
    demand(&[(STRACE, "strace")]);
    let mut words = vec![STRACE.to_owned(), "-f".into(), "-b".into(), "execve".into(), "-o".into()];
    let calls: Vec<&str> = injections.iter().filter_map(|injection| injection.split(':').next()).collect();
    words.extend(["/dev/null".into(), "-e".into(), format!("trace={}", calls.join(","))]);
    for injection in injections {
        words.extend(["-e".to_owned(), format!("inject={injection}")]);
    }
    words
}

/// Runs the daemon where `mount` (a line of shell) has been done. Nobody else sees the mount. An ordinary user becomes
/// root of a user namespace of his own for it.
pub fn mounted(mount: &str) -> Vec<String> {
    demand(&[(UNSHARE, "util-linux")]);
    let flags: &[&str] = if is_root() { &["-m"] } else { &["-Urm"] };
    let mut words = vec![UNSHARE.to_owned()];
    words.extend(flags.iter().map(|flag| (*flag).to_owned()));
    words.extend(["/bin/sh".to_owned(), "-c".into(), format!("{mount} && exec \"$0\" \"$@\"")]);
    words
}

/// Runs the daemon as the first process of a container, where `prepare` (a line of shell, or nothing) has been done. An
/// ordinary user becomes root of a user namespace of his own for it.
pub fn contained(prepare: &str) -> Vec<String> {
    demand(&[(UNSHARE, "util-linux")]);
    let flags = if is_root() { "-pf" } else { "-Urpf" };
    let prepare = if prepare.is_empty() { ":" } else { prepare };
    let script = format!("{prepare} && exec \"$0\" \"$@\"");
    [UNSHARE, flags, "--mount-proc", "/bin/sh", "-c", &script].map(str::to_owned).into()
}

/// The words of an injector, as `Scene::open_under` takes them.
pub fn words(injector: &[String]) -> Vec<&str> {
    injector.iter().map(String::as_str).collect()
}
