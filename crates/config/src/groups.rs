//! The groups of a configuration, in the order in which the daemon makes them.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use supervisor_core::spec::{GroupKind, GroupSpec, ProcessSpec, SocketAddress, SocketSpec};

use crate::codes::Code;
use crate::fcgi;
use crate::finding::Remark;
use crate::interface::{self, Form};
use crate::listener::listener_spec;
use crate::messages::{Read, Reported};
use crate::options::{group, listener, program};
use crate::place::Place;
use crate::program::{Common, bad_name, processes, suffix};
use crate::python::repr::repr;
use crate::reader::{SectionReader, Source};
use crate::scope::Scope;
use crate::servers::{ServerAddress, ServerSpec};
use crate::spelling::did_you_mean;
use crate::value::name;

/// All groups, sorted by priority and name, and the processes of all groups without fault. Faults come in the
/// order: groups, programs, event listeners, FastCGI programs, extensions.
pub(crate) fn groups(common: &Common<'_>, servers: &[ServerSpec]) -> (Read<Vec<GroupSpec>>, Vec<Member>) {
    let mut builder = Builder {
        common,
        servers,
        grouped: HashSet::new(),
        groups: Vec::new(),
        members: Vec::new(),
        fault: None,
    };
    builder.each("group:", Builder::mixed_group);
    builder.each("program:", Builder::program);
    builder.each("eventlistener:", Builder::listener);
    builder.each("fcgi-program:", Builder::fcgi_program);
    builder.each(interface::PREFIX, Builder::extension);
    let Builder { mut groups, members, fault, .. } = builder;
    if let Some(reported) = fault {
        return (Err(reported), members);
    }
    groups.sort_by(|(_, a), (_, b)| (a.priority, &a.name).cmp(&(b.priority, &b.name)));
    drop_repeated_groups(&mut groups, common.source);
    (Ok(groups.into_iter().map(|(_, group)| group).collect()), members)
}

/// A process and where it comes from.
#[derive(Clone, Debug)]
pub(crate) struct Member {
    /// The section of its program.
    pub(crate) section: String,
    /// The section of its group; the same if the program has a group of its own.
    pub(crate) group_section: String,
    pub(crate) process: Arc<ProcessSpec>,
}

struct Builder<'a> {
    common: &'a Common<'a>,
    /// The servers of the daemon itself.
    servers: &'a [ServerSpec],
    /// The sections of programs that a `[group:x]` lists.
    grouped: HashSet<String>,
    /// Each with its section.
    groups: Vec<(String, GroupSpec)>,
    members: Vec<Member>,
    fault: Option<Reported>,
}

/// Processes, each with the section of its program.
type Sectioned = Vec<(String, ProcessSpec)>;

impl<'a> Builder<'a> {
    fn each(&mut self, prefix: &str, build: fn(&mut Self, &'a str) -> Read<()>) {
        let sections = self.common.source.document.sections().map(|section| section.name.as_str());
        for section in sections.filter(|section| section.starts_with(prefix)) {
            if !self.grouped.contains(section) {
                self.fault = build(self, section).err().or(self.fault);
            }
        }
    }

    fn reader(&self, section: &'a str) -> SectionReader<'a> {
        SectionReader::new(self.common.source, section, Scope::new(self.common.variables))
    }

    fn group_name(&self, section: &'a str) -> Read<String> {
        name(suffix(section)).map_err(|message| self.reader(section).refuse_section(bad_name(message)))
    }

    /// The processes of a section.
    fn sectioned(&self, section: &str, group_name: &str) -> Read<Sectioned> {
        let processes = processes(self.common, section, group_name)?;
        Ok(processes.into_iter().map(|process| (section.to_owned(), process)).collect())
    }

    fn push(&mut self, section: &str, name: String, priority: i64, kind: GroupKind, processes: Sectioned) {
        let processes = last_of_each_name(processes, section, self.common.source);
        let mut members = Vec::with_capacity(processes.len());
        for (own_section, process) in processes {
            let group_section = section.to_owned();
            members.push(Member { section: own_section, group_section, process: Arc::new(process) });
        }
        let processes = members.iter().map(|member| Arc::clone(&member.process)).collect();
        self.members.extend(members);
        self.groups.push((section.to_owned(), GroupSpec { name, priority, kind, processes }));
    }

    fn mixed_group(&mut self, section: &'a str) -> Read<()> {
        let reader = self.reader(section);
        let group_name = self.group_name(section);
        let programs = reader.read(&group::PROGRAMS);
        let priority = reader.read(&group::PRIORITY);
        let mut processes = Vec::new();
        let mut fault = None;
        for program in programs.iter().flatten() {
            // Differs: group-errors-name-the-group
            let member = match self.member(section, program) {
                Ok(member) => member,
                Err(remark) => {
                    fault = Some(reader.refuse(group::PROGRAMS.entry.name, remark));
                    continue;
                }
            };
            match self.sectioned(&member, group_name.as_deref().unwrap_or_default()) {
                Ok(found) => processes.extend(found),
                Err(reported) => fault = Some(reported),
            }
            self.grouped.insert(member);
        }
        programs?;
        fault.map_or(Ok(()), Err)?;
        self.push(section, group_name?, priority?, GroupKind::Programs, processes);
        Ok(())
    }

    /// The section of a program that a group lists. A FastCGI program becomes an ordinary one by this.
    // Compat: grouped-fcgi-programs
    fn member(&self, group_section: &str, program: &str) -> Result<String, Remark> {
        let known = |section: &String| self.common.source.document.section(section).is_some();
        let plain = Some(format!("program:{program}")).filter(known);
        let fcgi = Some(format!("fcgi-program:{program}")).filter(known);
        match (plain, fcgi) {
            (Some(_), Some(_)) => {
                let message = format!(
                    "[{group_section}] name {program} is ambiguous (exists as program and fcgi-program)"
                );
                let remark = Remark::new(Code::AmbiguousProgram, message).part(program);
                Err(remark.hint("give one of the two another name"))
            }
            (None, None) => {
                let message = format!("[{group_section}] names unknown program or fcgi-program {program}");
                let remark = Remark::new(Code::UnknownProgram, message).part(program);
                Err(remark.hint(self.meant_by(program)))
            }
            (Some(section), None) | (None, Some(section)) => Ok(section),
        }
    }

    /// What to say to who lists a program that does not exist.
    fn meant_by(&self, program: &str) -> String {
        let document = self.common.source.document;
        if document.section(&format!("eventlistener:{program}")).is_some() {
            return "event listeners cannot be in a group".to_owned();
        }
        let names = document.sections().map(|section| section.name.as_str());
        let programs =
            names.filter_map(|name| name.strip_prefix("program:").or(name.strip_prefix("fcgi-program:")));
        let meant =
            if self.common.source.messages.wants_hints() { did_you_mean(program, programs) } else { None };
        meant.unwrap_or_else(|| format!("add a section [program:{program}], or take it out of the list"))
    }

    fn program(&mut self, section: &'a str) -> Read<()> {
        let group_name = self.group_name(section);
        let priority = self.reader(section).read(&program::PRIORITY);
        let processes = self.sectioned(section, group_name.as_deref().unwrap_or_default());
        self.push(section, group_name?, priority?, GroupKind::Programs, processes?);
        Ok(())
    }

    fn listener(&mut self, section: &'a str) -> Read<()> {
        let reader = self.reader(section);
        let priority = reader.read(&listener::PRIORITY);
        let kind = listener_spec(&reader, section).map(GroupKind::EventListener);
        let redirects = reader.read(&program::REDIRECT_STDERR).and_then(|redirects| {
            let message = format!(
                "[{section}] section sets redirect_stderr=true but this is not allowed because it will \
                 interfere with the eventlistener protocol"
            );
            let remark = Remark::new(Code::Conflict, message).hint("take it out");
            if redirects { Err(reader.refuse(program::REDIRECT_STDERR.entry.name, remark)) } else { Ok(()) }
        });
        let processes = self.sectioned(section, suffix(section));
        redirects?;
        self.push(section, suffix(section).to_owned(), priority?, kind?, processes?);
        Ok(())
    }

    fn fcgi_program(&mut self, section: &'a str) -> Read<()> {
        let group_name = self.group_name(section);
        let reader = self.reader(section);
        let priority = reader.read(&program::PRIORITY);
        let name = group_name.as_deref().unwrap_or_default();
        let socket = fcgi::socket(&reader, section, name, self.common.source.machine);
        let processes = self.sectioned(section, name);
        let socket = socket?;
        if let Some(remark) = self.shared_socket(&reader, &socket) {
            reader.warn("socket", remark);
        }
        let kind = GroupKind::FastCgi(socket);
        self.push(section, group_name?, priority?, kind, processes?);
        Ok(())
    }
}

impl<'a> Builder<'a> {
    /// The program of an `[rpcinterface:x]`, if it has one: a group of its own, which no other may be named like.
    fn extension(&mut self, section: &'a str) -> Read<()> {
        let document = self.common.source.document;
        let is_program = |section| Form::of(document, section) == Form::Program;
        if !document.section(section).is_some_and(is_program) {
            return Ok(());
        }
        let group_name = self.group_name(section);
        let reader = self.reader(section);
        let priority = reader.read(&program::PRIORITY);
        let name = group_name.as_deref().unwrap_or_default();
        let other = self.groups.iter().find(|(_, group)| group.name == name);
        let conflict = other.map(|(other, _)| {
            let message = format!("[{section}] and [{other}] both make a group named {name}");
            reader
                .refuse_section(Remark::new(Code::Conflict, message).hint("give one of the two another name"))
        });
        let machine = self.common.source.machine;
        let address = interface::address_of(&reader, self.common.socket_base, machine);
        let processes = self.sectioned(section, name);
        conflict.map_or(Ok(()), Err)?;
        let socket = interface::socket_of(&address?);
        if let Some(remark) = socket.as_ref().and_then(|socket| self.shared_socket(&reader, socket)) {
            return Err(reader.refuse("socket", remark));
        }
        let kind = socket.map_or(GroupKind::Programs, GroupKind::FastCgi);
        self.push(section, group_name?, priority?, kind, processes?);
        Ok(())
    }
}

impl Builder<'_> {
    /// What is wrong with a socket at the path of another: the one that is made later replaces the other.
    // Differs: sockets-keep-apart
    fn shared_socket(&self, reader: &SectionReader<'_>, socket: &SocketSpec) -> Option<Remark> {
        let SocketAddress::Unix(path) = &socket.address else { return None };
        let server = self.servers.iter().find(|server| match &server.address {
            ServerAddress::Unix { path: other, .. } => other == path,
            ServerAddress::Inet(_) => false,
        });
        let group = self.groups.iter().find(|(_, group)| match &group.kind {
            GroupKind::FastCgi(other) => other.address == socket.address,
            _ => false,
        });
        let other = server.map(|server| &server.section).or(group.map(|(section, _)| section))?;
        let message = format!("[{}] and [{other}] both make the socket {path}", reader.name());
        Some(Remark::new(Code::Conflict, message).hint("give one of the two another path"))
    }
}

/// Of processes with one name the last one counts, at the place of the first.
fn last_of_each_name(processes: Sectioned, section: &str, source: Source<'_>) -> Sectioned {
    let mut kept: Sectioned = Vec::with_capacity(processes.len());
    let mut places = HashMap::new();
    for (own_section, process) in processes {
        match places.get(&process.name) {
            Some(&place) => {
                // Differs: repeated-names-are-reported
                let message = format!(
                    "For [{section}], more than one process is named {}, only the last one is used",
                    repr(&process.name)
                );
                let origin = source.document.section_origin(&own_section);
                let remark = Remark::new(Code::RepeatedProcess, message);
                source.messages.warn(remark, origin.map(Place::of_header));
                kept[place] = (own_section, process);
            }
            None => {
                places.insert(process.name.clone(), kept.len());
                kept.push((own_section, process));
            }
        }
    }
    kept
}

/// Of groups with one name the first one counts.
fn drop_repeated_groups(groups: &mut Vec<(String, GroupSpec)>, source: Source<'_>) {
    let mut names = HashSet::new();
    groups.retain(|(section, group)| {
        let is_new = names.insert(group.name.clone());
        if !is_new {
            // Differs: repeated-names-are-reported
            let message =
                format!("More than one group is named {}, only the first one is used", repr(&group.name));
            let origin = source.document.section_origin(section);
            source.messages.warn(Remark::new(Code::RepeatedGroup, message), origin.map(Place::of_header));
        }
        is_new
    });
}

#[cfg(test)]
mod tests;
