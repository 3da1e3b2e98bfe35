//! The groups of a configuration, in the order in which the daemon makes them.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use supervisor_core::spec::{GroupKind, GroupSpec, ListenerSpec, ProcessSpec};

use crate::error::ConfigError;
use crate::fcgi;
use crate::options::{group, listener, program};
use crate::program::{Common, processes, suffix};
use crate::python::repr::repr;
use crate::reader::SectionReader;
use crate::scope::Scope;
use crate::source::Messages;
use crate::value::name;

/// The types of events, upper case.
pub(crate) const EVENT_TYPES: [&str; 27] = [
    "EVENT",
    "PROCESS_COMMUNICATION",
    "PROCESS_COMMUNICATION_STDERR",
    "PROCESS_COMMUNICATION_STDOUT",
    "PROCESS_GROUP",
    "PROCESS_GROUP_ADDED",
    "PROCESS_GROUP_REMOVED",
    "PROCESS_LOG",
    "PROCESS_LOG_STDERR",
    "PROCESS_LOG_STDOUT",
    "PROCESS_STATE",
    "PROCESS_STATE_BACKOFF",
    "PROCESS_STATE_EXITED",
    "PROCESS_STATE_FATAL",
    "PROCESS_STATE_RUNNING",
    "PROCESS_STATE_STARTING",
    "PROCESS_STATE_STOPPED",
    "PROCESS_STATE_STOPPING",
    "PROCESS_STATE_UNKNOWN",
    "REMOTE_COMMUNICATION",
    "SUPERVISOR_STATE_CHANGE",
    "SUPERVISOR_STATE_CHANGE_RUNNING",
    "SUPERVISOR_STATE_CHANGE_STOPPING",
    "TICK",
    "TICK_3600",
    "TICK_5",
    "TICK_60",
];

/// The Python functions that may judge the answers of event listeners.
const RESULT_HANDLERS: [&str; 1] = ["supervisor.dispatchers:default_handler"];

/// All groups, sorted by priority and name.
///
/// # Errors
/// The first fault, in the order: groups, programs, event listeners, FastCGI programs.
pub(crate) fn groups(common: &Common<'_>, messages: &mut Messages) -> Result<Vec<GroupSpec>, ConfigError> {
    let mut builder = Builder { common, messages, grouped: HashSet::new(), groups: Vec::new() };
    builder.each("group:", Builder::mixed_group)?;
    builder.each("program:", Builder::program)?;
    builder.each("eventlistener:", Builder::listener)?;
    builder.each("fcgi-program:", Builder::fcgi_program)?;
    let mut groups = builder.groups;
    groups.sort_by(|a, b| (a.priority, &a.name).cmp(&(b.priority, &b.name)));
    drop_repeated_groups(&mut groups, messages);
    Ok(groups)
}

struct Builder<'a> {
    common: &'a Common<'a>,
    messages: &'a mut Messages,
    /// The sections of programs that a `[group:x]` lists.
    grouped: HashSet<String>,
    groups: Vec<GroupSpec>,
}

impl<'a> Builder<'a> {
    fn each(
        &mut self,
        prefix: &str,
        build: fn(&mut Self, &'a str) -> Result<(), ConfigError>,
    ) -> Result<(), ConfigError> {
        let sections = self.common.source.document.sections().map(|section| section.name.as_str());
        let sections = sections.filter(|section| section.starts_with(prefix));
        for section in sections {
            if !self.grouped.contains(section) {
                build(self, section)?;
            }
        }
        Ok(())
    }

    fn reader(&self, section: &'a str) -> SectionReader<'a> {
        SectionReader::new(self.common.source, section, Scope::new(self.common.variables))
    }

    fn group_name(&self, section: &str) -> Result<String, ConfigError> {
        let origin = self.common.source.document.section_origin(section);
        name(suffix(section)).map_err(|message| ConfigError::at(origin, message))
    }

    fn push(
        &mut self,
        section: &str,
        name: String,
        priority: i64,
        kind: GroupKind,
        processes: Vec<ProcessSpec>,
    ) {
        let processes = last_of_each_name(processes, section, self.messages);
        let processes = processes.into_iter().map(Arc::new).collect();
        self.groups.push(GroupSpec { name, priority, kind, processes });
    }

    fn mixed_group(&mut self, section: &'a str) -> Result<(), ConfigError> {
        let reader = self.reader(section);
        let group_name = self.group_name(section)?;
        let programs = reader.read(&group::PROGRAMS)?;
        let priority = reader.read(&group::PRIORITY)?;
        let mut members = Vec::new();
        for program in programs {
            // Differs: group-errors-name-the-group
            let member =
                self.member(section, &program).map_err(|message| reader.error("programs", message))?;
            members.extend(processes(self.common, &member, &group_name, self.messages)?);
            self.grouped.insert(member);
        }
        self.push(section, group_name, priority, GroupKind::Programs, members);
        Ok(())
    }

    /// The section of a program that a group lists. A FastCGI program becomes an ordinary one by this.
    // Compat: grouped-fcgi-programs
    fn member(&self, group_section: &str, program: &str) -> Result<String, String> {
        let known = |section: &String| self.common.source.document.section(section).is_some();
        let plain = Some(format!("program:{program}")).filter(known);
        let fcgi = Some(format!("fcgi-program:{program}")).filter(known);
        match (plain, fcgi) {
            (Some(_), Some(_)) => Err(format!(
                "[{group_section}] name {program} is ambiguous (exists as program and fcgi-program)"
            )),
            (None, None) => Err(format!("[{group_section}] names unknown program or fcgi-program {program}")),
            (Some(section), None) | (None, Some(section)) => Ok(section),
        }
    }

    fn program(&mut self, section: &'a str) -> Result<(), ConfigError> {
        let group_name = self.group_name(section)?;
        let priority = self.reader(section).read(&program::PRIORITY)?;
        let processes = processes(self.common, section, &group_name, self.messages)?;
        self.push(section, group_name, priority, GroupKind::Programs, processes);
        Ok(())
    }

    fn listener(&mut self, section: &'a str) -> Result<(), ConfigError> {
        let reader = self.reader(section);
        let priority = reader.read(&listener::PRIORITY)?;
        let kind = GroupKind::EventListener(listener_spec(&reader, section)?);
        if reader.read(&program::REDIRECT_STDERR)? {
            let message = format!(
                "[{section}] section sets redirect_stderr=true but this is not allowed because it will \
                 interfere with the eventlistener protocol"
            );
            return Err(reader.error(program::REDIRECT_STDERR.entry.name, message));
        }
        let processes = processes(self.common, section, suffix(section), self.messages)?;
        self.push(section, suffix(section).to_owned(), priority, kind, processes);
        Ok(())
    }

    fn fcgi_program(&mut self, section: &'a str) -> Result<(), ConfigError> {
        let group_name = self.group_name(section)?;
        let reader = self.reader(section);
        let priority = reader.read(&program::PRIORITY)?;
        let socket = fcgi::socket(&reader, section, &group_name, self.common.source.machine)?;
        let processes = processes(self.common, section, &group_name, self.messages)?;
        self.push(section, group_name, priority, GroupKind::FastCgi(socket), processes);
        Ok(())
    }
}

fn listener_spec(reader: &SectionReader<'_>, section: &str) -> Result<ListenerSpec, ConfigError> {
    let buffer_size = reader.read(&listener::BUFFER_SIZE)?;
    let Some(buffer_size) = usize::try_from(buffer_size).ok().filter(|&size| size >= 1) else {
        let message = format!("[{section}] section sets invalid buffer_size ({buffer_size})");
        return Err(reader.error(listener::BUFFER_SIZE.entry.name, message));
    };
    let result_handler = reader.read(&listener::RESULT_HANDLER)?;
    if !RESULT_HANDLERS.contains(&result_handler.as_str()) {
        let message = format!("{result_handler} cannot be resolved within [{section}]");
        return Err(reader.error(listener::RESULT_HANDLER.entry.name, message));
    }
    Ok(ListenerSpec { buffer_size, events: event_types(reader, section)?, result_handler })
}

fn event_types(reader: &SectionReader<'_>, section: &str) -> Result<Vec<String>, ConfigError> {
    let written = reader.read_optional(&listener::EVENTS)?.unwrap_or_default();
    if written.is_empty() {
        let message = format!("[{section}] section requires an \"events\" line");
        return Err(reader.error(listener::EVENTS.entry.name, message));
    }
    let mut events: Vec<String> = written.iter().map(|name| name.to_uppercase()).collect();
    if let Some(unknown) = events.iter().find(|name| !EVENT_TYPES.contains(&name.as_str())) {
        let message = format!("Unknown event type {unknown} in [{section}] events");
        return Err(reader.error(listener::EVENTS.entry.name, message));
    }
    events.sort_unstable();
    events.dedup();
    Ok(events)
}

/// Of processes with one name the last one counts, at the place of the first.
fn last_of_each_name(
    processes: Vec<ProcessSpec>,
    section: &str,
    messages: &mut Messages,
) -> Vec<ProcessSpec> {
    let mut kept: Vec<ProcessSpec> = Vec::with_capacity(processes.len());
    let mut places = HashMap::new();
    for process in processes {
        match places.get(&process.name) {
            Some(&place) => {
                // Differs: repeated-names-are-reported
                messages.warnings.push(format!(
                    "For [{section}], more than one process is named {}, only the last one is used",
                    repr(&process.name)
                ));
                kept[place] = process;
            }
            None => {
                places.insert(process.name.clone(), kept.len());
                kept.push(process);
            }
        }
    }
    kept
}

/// Of groups with one name the first one counts.
fn drop_repeated_groups(groups: &mut Vec<GroupSpec>, messages: &mut Messages) {
    let mut names = HashSet::new();
    groups.retain(|group| {
        let is_new = names.insert(group.name.clone());
        if !is_new {
            // Differs: repeated-names-are-reported
            messages.warnings.push(format!(
                "More than one group is named {}, only the first one is used",
                repr(&group.name)
            ));
        }
        is_new
    });
}

#[cfg(test)]
mod tests;
