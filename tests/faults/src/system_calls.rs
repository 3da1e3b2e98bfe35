//! What the daemon asks of the kernel, as `strace` writes it down.

use supervisor_worlds::demand::demand;
use supervisor_worlds::world::World;

const STRACE: &str = "/usr/bin/strace";
/// Where [`traced`] writes, below the directory of the world.
const TRACE: &str = "trace";

/// Runs the daemon, and not its children, with these calls written down: `kill,wait4`.
pub fn traced(scene: &supervisor_worlds::scene::Scene, calls: &str) -> Vec<String> {
    demand(&[(STRACE, "strace")]);
    let path = scene.path(TRACE).display().to_string();
    let words = [STRACE, "-f", "-b", "execve", "-e", "signal=none", "-e"];
    words.into_iter().map(str::to_owned).chain([format!("trace={calls}"), "-o".to_owned(), path]).collect()
}

/// The calls so far, without the thread that made them, `name(arguments) = result` each.
pub fn calls(world: &World) -> Vec<String> {
    let trace = world.read(TRACE);
    trace.lines().filter_map(|line| Some(line.split_once(' ')?.1.trim_start().to_owned())).collect()
}

/// The number that a call has returned.
pub fn result(call: &str) -> Option<i32> {
    call.rsplit_once(" = ")?.1.split_whitespace().next()?.parse().ok()
}

/// The first argument of a call, if it is a number.
pub fn first_number(call: &str) -> Option<i32> {
    call.split_once('(')?.1.split([',', ')']).next()?.trim().parse().ok()
}
