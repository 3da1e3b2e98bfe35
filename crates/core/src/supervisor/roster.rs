//! Which groups and processes are at work: found by name, added, taken away.

use std::sync::Arc;

use super::Supervisor;
use crate::effect::Effect;
use crate::event::Event;
use crate::group::{Group, GroupId};
use crate::process::{Process, ProcessId};
use crate::spec::{GroupSpec, ProcessSpec};
use crate::turn::Turn;

impl Supervisor {
    pub(crate) fn group_named(&self, name: &str) -> Option<GroupId> {
        self.names.get(name).copied()
    }

    pub(crate) fn process_named(&self, group: &str, name: &str) -> Option<ProcessId> {
        self.groups.get(&self.group_named(group)?)?.member_named(name)
    }

    /// Adds a group that nobody of that name is in the way of; returns its processes.
    pub(crate) fn put_to_work(&mut self, spec: GroupSpec, turn: &mut Turn<'_>) -> Vec<ProcessId> {
        let group_name: Arc<str> = Arc::from(spec.name.as_str());
        let members = self.new_processes(&group_name, &spec.processes);
        self.next_id += 1;
        self.names.insert(spec.name.clone(), GroupId(self.next_id));
        self.groups.insert(GroupId(self.next_id), Group::new(spec, &members));
        self.revision += 1;
        turn.push(Effect::PrepareGroup(members.clone()));
        // What happened before is nothing for the new group; its own arrival is.
        self.absorb(turn);
        self.open_pool(GroupId(self.next_id));
        turn.emit(Event::ProcessGroupAdded(group_name.to_string()));
        self.absorb(turn);
        members
    }

    /// Makes processes for a group.
    pub(crate) fn new_processes(&mut self, group: &Arc<str>, specs: &[Arc<ProcessSpec>]) -> Vec<ProcessId> {
        let mut members = Vec::with_capacity(specs.len());
        for spec in specs {
            self.next_id += 1;
            let id = ProcessId(self.next_id);
            self.processes.insert(id, Process::new(id, Arc::clone(group), Arc::clone(spec)));
            members.push(id);
        }
        members
    }

    /// Removes a group whose processes have all stopped.
    pub(crate) fn take_from_work(&mut self, id: GroupId, turn: &mut Turn<'_>) {
        let Some(group) = self.groups.remove(&id) else { return };
        for &member in &group.members {
            self.drop_process(member);
        }
        self.names.remove(&group.spec.name);
        self.close_pool(id, turn);
        self.revision += 1;
        turn.push(Effect::ForgetGroup(group.members));
        turn.emit(Event::ProcessGroupRemoved(group.spec.name));
    }

    /// Forgets a process that has stopped.
    pub(crate) fn drop_process(&mut self, id: ProcessId) {
        let Some(process) = self.processes.remove(&id) else { return };
        if let Some(deadline) = process.filed_deadline {
            self.deadlines.remove(&(deadline, id));
        }
        if let Some(pid) = process.pid() {
            self.pids.remove(&pid);
        }
    }
}
