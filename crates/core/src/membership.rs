//! Processes that join a group at work, or leave it, because a client says so. The configuration knows nothing of
//! it: the next `reread` tells that the group has changed, and an `update` makes it what the file says.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::command::{AddedProgram, Fault, Reply, RequestId};
use crate::effect::Effect;
use crate::group::GroupId;
use crate::spec::{GroupKind, GroupSpec, ProcessSpec};
use crate::supervisor::Supervisor;
use crate::turn::Turn;

impl Supervisor {
    pub(crate) fn add_program(
        &mut self,
        request: RequestId,
        program: AddedProgram,
        turn: &mut Turn<'_>,
    ) -> Option<Reply> {
        if let Err(fault) = self.open_group(&program.group) {
            return Some(Reply::Fault(fault));
        }
        turn.push(Effect::ReadProgram(request, program));
        None
    }

    /// The processes of a program to add were made, or cannot be. Either all of them join or none.
    pub(crate) fn program_read(
        &mut self,
        group: &str,
        result: Result<Vec<Arc<ProcessSpec>>, String>,
        turn: &mut Turn<'_>,
    ) -> Reply {
        if !self.is_running() {
            return Reply::Fault(Fault::ShutdownState);
        }
        // The group may be gone since.
        let id = match self.open_group(group) {
            Ok(id) => id,
            Err(fault) => return Reply::Fault(fault),
        };
        let specs = match result {
            Ok(specs) => specs,
            Err(why) => return Reply::Fault(Fault::IncorrectParameters(Some(why))),
        };
        let mut names = BTreeSet::new();
        let is_taken = |name: &str| self.process_named(group, name).is_some();
        if let Some(taken) = specs.iter().find(|spec| is_taken(&spec.name) || !names.insert(&spec.name)) {
            return Reply::Fault(Fault::BadName(taken.name.clone()));
        }
        self.change_members(id, |spec| spec.processes.extend(specs.iter().cloned()));
        let members = self.new_processes(&Arc::from(group), &specs);
        if let Some(group) = self.groups.get_mut(&id) {
            group.join(&specs, &members);
        }
        self.revision += 1;
        turn.push(Effect::PrepareGroup(members.clone()));
        self.autostart(&members, turn);
        Reply::Done
    }

    pub(crate) fn remove_process(&mut self, group: &str, name: &str, turn: &mut Turn<'_>) -> Reply {
        let id = match self.open_group(group) {
            Ok(id) => id,
            Err(fault) => return Reply::Fault(fault),
        };
        let Some(process) = self.process_named(group, name) else {
            return Reply::Fault(Fault::BadName(name.to_owned()));
        };
        if !self.processes[&process].state().is_stopped() {
            return Reply::Fault(Fault::StillRunning(name.to_owned()));
        }
        self.resolve_leaving(&[process], turn);
        self.change_members(id, |spec| spec.processes.retain(|spec| spec.name != name));
        if let Some(group) = self.groups.get_mut(&id) {
            group.leave(name, process);
        }
        self.drop_process(process);
        self.revision += 1;
        turn.push(Effect::ForgetGroup(vec![process]));
        Reply::Done
    }

    /// A group at work whose members clients may change.
    fn open_group(&self, name: &str) -> Result<GroupId, Fault> {
        let id = self.group_named(name).ok_or_else(|| Fault::BadName(format!("group: {name}")))?;
        match self.groups[&id].spec.kind {
            GroupKind::Programs => Ok(id),
            // Differs: twiddler-changes-program-groups-only
            GroupKind::EventListener(_) | GroupKind::FastCgi(_) => {
                let why = format!("the processes of group {name} share what a single program does not have");
                Err(Fault::IncorrectParameters(Some(why)))
            }
        }
    }

    /// Changes what a group at work consists of. What was read from the file follows while it is the same, so that
    /// readers of the configuration see it, and a group that is removed and added again keeps it, until the file
    /// is read again.
    fn change_members(&mut self, id: GroupId, change: impl Fn(&mut GroupSpec)) {
        let Some(group) = self.groups.get_mut(&id) else { return };
        let configured = self.configured.named_mut(&group.spec.name);
        let same = configured.filter(|configured| **configured == group.spec);
        change(&mut group.spec);
        if let Some(configured) = same {
            change(configured);
        }
    }
}
