//! Sections: which there are, how they are named, which options they have.

use std::collections::BTreeSet;

use supervisor_config::options::{self, DefaultValue, Entry, SectionKind};

use super::layout::Layout;
use super::values::values;
use crate::random::Random;

/// How much of what is written is not as it should be.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mood {
    /// In a thousand values, so many are unusual.
    pub(super) odd: u64,
    /// In a thousand values, so many are refused.
    pub(super) bad: u64,
}

/// Kinds of sections, as often as they are to be drawn.
const KINDS: &[SectionKind] = &[
    SectionKind::Program,
    SectionKind::Program,
    SectionKind::Program,
    SectionKind::Program,
    SectionKind::Program,
    SectionKind::Group,
    SectionKind::Group,
    SectionKind::EventListener,
    SectionKind::EventListener,
    SectionKind::FcgiProgram,
    SectionKind::FcgiProgram,
    SectionKind::UnixHttpServer,
    SectionKind::InetHttpServer,
    SectionKind::RpcInterface,
    SectionKind::Supervisorctl,
    SectionKind::CtlPlugin,
    SectionKind::Supervisord,
];

const NAMES: &[&str] = &["a", "b", "web", "a", "b", "web", "A", "é", "10", "9", "it's"];
const ODD_NAMES: &[&str] = &["", " a", "a ", "x\ty", "a,b", "%(ENV_NAME)s", "a]b", "*", "a%"];
const BAD_NAMES: &[&str] = &["a b", "x:y", "x/y", "a  b"];

/// Options that can be written wrong in more ways than others: they are drawn more often.
const RICH: &[&str] =
    &["environment", "numprocs", "stdout_logfile", "stderr_logfile", "user", "socket_mode", "command"];

/// Draws a section of some kind.
pub(super) fn any(random: &mut Random, mood: Mood, layout: &mut Layout) {
    if random.per_mille(30) {
        layout.header(random, "DEFAULT");
        let (name, value) =
            random.pick(&[("priority", "7"), ("umask", "077"), ("user", "web"), ("extra", "x%%y")]);
        layout.option(random, name, value);
        return;
    }
    let kind = random.pick(KINDS);
    section(random, kind, mood, layout);
}

/// Draws a section.
pub(super) fn section(random: &mut Random, kind: SectionKind, mood: Mood, layout: &mut Layout) {
    let name = section_name(random, kind, mood);
    layout.header(random, &name);
    let mut entries: Vec<&'static Entry> = chosen(random, kind);
    if random.per_mille(mood.odd) {
        let index = random.index(entries.len().max(1));
        entries.extend(entries.get(index).copied());
    }
    let mut needs_numbers = false;
    let mut members = "";
    for entry in entries {
        let value = value(random, entry, mood);
        needs_numbers |= entry.name == "numprocs" && !matches!(value, "0" | "1" | "-1");
        if entry.name == "programs" {
            members = value;
        }
        if entry.name == "killasgroup" && !random.per_mille(mood.bad) {
            continue;
        }
        layout.option(random, entry.name, value);
    }
    if needs_numbers && !random.per_mille(mood.bad) {
        layout.option(random, "process_name", "%(program_name)s_%(process_num)02d");
    }
    if random.per_mille(mood.odd) && matches!(kind, SectionKind::RpcInterface | SectionKind::CtlPlugin) {
        layout.option(random, random.clone().pick(&["extra", "more"]), "x %(ENV_ONE)s");
    }
    if !random.per_mille(mood.bad) {
        programs(random, members, mood, layout);
    }
}

/// The sections of a group's programs.
fn programs(random: &mut Random, members: &str, mood: Mood, layout: &mut Layout) {
    for member in members.split(',').map(str::trim).filter(|member| !member.is_empty()) {
        let kind = if random.per_mille(mood.bad) { "fcgi-program" } else { "program" };
        layout.header(random, &format!("{kind}:{member}"));
        layout.option(random, "command", "/bin/cat");
        if random.per_mille(mood.odd) {
            layout.option(random, "priority", "5");
        }
    }
}

fn section_name(random: &mut Random, kind: SectionKind, mood: Mood) -> String {
    let names = if random.per_mille(mood.bad) {
        BAD_NAMES
    } else if random.per_mille(mood.odd) {
        ODD_NAMES
    } else {
        NAMES
    };
    let name = random.pick(names);
    let prefix = match kind {
        SectionKind::Supervisord => return "supervisord".to_owned(),
        SectionKind::Supervisorctl => return "supervisorctl".to_owned(),
        SectionKind::Include => return "include".to_owned(),
        SectionKind::UnixHttpServer if random.coin() => return "unix_http_server".to_owned(),
        SectionKind::InetHttpServer if random.coin() => return "inet_http_server".to_owned(),
        SectionKind::UnixHttpServer => "unix_http_server",
        SectionKind::InetHttpServer => "inet_http_server",
        SectionKind::Program => "program",
        SectionKind::EventListener => "eventlistener",
        SectionKind::FcgiProgram => "fcgi-program",
        SectionKind::Group => "group",
        SectionKind::RpcInterface => "rpcinterface",
        SectionKind::CtlPlugin => "ctlplugin",
    };
    format!("{prefix}:{name}")
}

/// The options that a section of this kind gets: most of those that it must have, some of the others.
fn chosen(random: &mut Random, kind: SectionKind) -> Vec<&'static Entry> {
    let is_program = matches!(kind, SectionKind::EventListener | SectionKind::FcgiProgram);
    let belongs =
        |entry: &&Entry| entry.section == kind || is_program && entry.section == SectionKind::Program;
    let possible: Vec<&'static Entry> = options::all().filter(belongs).collect();
    let most = random.pick(&[1, 3, 5, 12]);
    let wanted = random.between(0, most.min(possible.len()));
    let mut picked: BTreeSet<usize> = (0..wanted).map(|_| random.index(possible.len())).collect();
    for (index, entry) in possible.iter().enumerate() {
        let with_partner = matches!(entry.name, "username" | "password");
        let is_rich = RICH.contains(&entry.name) && random.per_mille(200);
        if is_rich || entry.default == DefaultValue::Required && random.per_mille(970) {
            picked.insert(index);
        } else if with_partner && !random.per_mille(30) {
            picked.remove(&index);
        }
    }
    if matches!(kind, SectionKind::UnixHttpServer | SectionKind::InetHttpServer) && random.per_mille(300) {
        let partners =
            (0..possible.len()).filter(|&index| matches!(possible[index].name, "username" | "password"));
        picked.extend(partners);
    }
    let mut entries: Vec<&'static Entry> = picked.into_iter().map(|index| possible[index]).collect();
    if random.coin() {
        entries.reverse();
    }
    entries
}

fn value(random: &mut Random, entry: &Entry, mood: Mood) -> &'static str {
    let Some(values) = values(entry) else { return "" };
    let is_ours = entry.since.starts_with("ours");
    let list = if random.per_mille(mood.bad) && !is_ours {
        values.bad
    } else if random.per_mille(mood.odd * if RICH.contains(&entry.name) { 2 } else { 1 }) && !is_ours {
        values.odd
    } else {
        values.good
    };
    random.pick(list)
}
