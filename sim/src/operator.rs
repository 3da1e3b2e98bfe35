//! People and programs at the other end of the RPC interface: they ask for anything, sensible or not.

use supervisor_core::Supervisor;
use supervisor_core::command::{AddedProgram, Command, Target};
use supervisor_core::effect::Level;
use supervisor_core::process::Process;
use supervisor_core::signal::Signal;

use crate::random::Random;

/// Something to ask.
pub(crate) fn command(supervisor: &Supervisor, random: &mut Random) -> Command {
    match random.below(100) {
        0..=25 => Command::Start { target: target(supervisor, random), wait: random.coin() },
        26 | 27 => Command::AddProgram(AddedProgram {
            group: group(supervisor, random),
            program: random.pick(&["a", "web", "late", "later"]).to_owned(),
            options: Vec::new(),
        }),
        28 => remove_process(supervisor, random),
        29 if random.coin() => Command::Log(Level::Info, "a line".to_owned()),
        30..=56 => Command::Stop { target: target(supervisor, random), wait: random.coin() },
        57..=66 => Command::Signal {
            target: target(supervisor, random),
            signal: random.pick(&["TERM", "hup", "SIGKILL", "9", "0", "WINCH", "NOPE", "-1"]).to_owned(),
        },
        67..=73 => Command::AddGroup(configured_group(supervisor, random)),
        74..=79 => Command::RemoveGroup(group(supervisor, random)),
        80..=85 => Command::Reread,
        86..=88 => Command::ClearProcessLogs(name(supervisor, random)),
        89 => Command::ClearAllProcessLogs,
        90 => Command::ClearMainLog,
        91..=93 => Command::SendStdin { name: name(supervisor, random), chars: "line\n".to_owned() },
        94..=96 => Command::SendRemoteCommEvent { kind: "t".to_owned(), data: "d".to_owned() },
        97 if random.per_mille(150) => Command::Shutdown,
        98 if random.per_mille(300) => Command::Restart,
        _ => Command::Start { target: Target::All, wait: random.coin() },
    }
}

/// Something to ask about one process.
pub(crate) fn command_about(process: &Process, random: &mut Random) -> Command {
    let group = process.group_name().to_owned();
    let target = Target::Named(format!("{group}:{}", process.spec().name));
    match random.below(9) {
        0 => Command::RemoveGroup(group),
        8 => Command::RemoveProcess { group, process: process.spec().name.clone() },
        1 => Command::Start { target, wait: random.coin() },
        2 => Command::Signal { target, signal: "TERM".to_owned() },
        3 => Command::Stop { target: Target::Group(group), wait: random.coin() },
        _ => Command::Stop { target, wait: random.coin() },
    }
}

/// A signal that somebody sends to the daemon.
pub(crate) fn daemon_signal(random: &mut Random) -> Signal {
    match random.below(12) {
        0 => Signal::TERM,
        1 => random.pick(&[Signal::INT, Signal::QUIT]),
        2 | 3 => Signal::HUP,
        4 => Signal::KILL,
        _ => Signal::USR2,
    }
}

fn remove_process(supervisor: &Supervisor, random: &mut Random) -> Command {
    let name = name(supervisor, random);
    let (group, process) = name.split_once(':').unwrap_or((&name, &name));
    Command::RemoveProcess { group: group.to_owned(), process: process.to_owned() }
}

fn target(supervisor: &Supervisor, random: &mut Random) -> Target {
    match random.below(10) {
        0 => Target::All,
        1 | 2 => Target::Group(group(supervisor, random)),
        3 => Target::Named(format!("{}:*", group(supervisor, random))),
        4 => Target::Named(format!("{}:", group(supervisor, random))),
        _ => Target::Named(name(supervisor, random)),
    }
}

/// One process, written as people write it; sometimes there is none of that name.
fn name(supervisor: &Supervisor, random: &mut Random) -> String {
    let groups = supervisor.groups().count();
    let members = (groups > 0).then(|| supervisor.groups().nth(random.index(groups))).flatten();
    let members = members.map_or(&[][..], |group| group.members());
    let chosen = (!members.is_empty()).then(|| members[random.index(members.len())]);
    let process = chosen.and_then(|id| supervisor.process(id)).filter(|_| !random.per_mille(30));
    let Some(process) = process else {
        return random.pick(&["nobody", "", ":", "a:nobody", "nobody:*", "a:*", "*"]).to_owned();
    };
    let (group, name) = (process.group_name(), &process.spec().name);
    if group == name && random.coin() { name.clone() } else { format!("{group}:{name}") }
}

fn group(supervisor: &Supervisor, random: &mut Random) -> String {
    let count = supervisor.groups().count();
    if count == 0 || random.per_mille(50) {
        return random.pick(&["nobody", "", "a", "web"]).to_owned();
    }
    supervisor.groups().nth(random.index(count)).map_or_else(String::new, |group| group.spec().name.clone())
}

fn configured_group(supervisor: &Supervisor, random: &mut Random) -> String {
    let configured = supervisor.configured();
    let work = |name: &String| supervisor.groups().any(|group| group.spec().name == *name);
    let waiting: Vec<_> = configured.iter().map(|group| &group.name).filter(|name| !work(name)).collect();
    if waiting.is_empty() || random.per_mille(100) {
        return group(supervisor, random);
    }
    waiting[random.index(waiting.len())].clone()
}
