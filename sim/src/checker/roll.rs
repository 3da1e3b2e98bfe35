//! Who is at work.

use supervisor_core::Supervisor;
use supervisor_core::process::ProcessId;
use supervisor_core::state::ProcessState;

use super::{Checker, Verdict, ensure, gone};
use crate::record::Record;

impl Checker {
    /// A new group is put to work, or processes join one.
    pub(super) fn prepares(&mut self, ids: &[ProcessId], supervisor: &Supervisor) -> Verdict {
        self.changed = true;
        let shown = |id: &ProcessId| supervisor.process(*id).ok_or_else(|| gone(*id));
        let Some(first) = ids.first() else { return Ok(()) };
        let name = shown(first)?.group_name().to_owned();
        let group = supervisor.groups().find(|group| group.spec().name == name);
        let priority = group.map_or(0, |group| group.spec().priority);
        // They are a new group, or join one.
        let mut members = self.names.remove(&name).unwrap_or_default();
        for &id in ids {
            let process = shown(&id)?;
            ensure(process.group_name() == name, || format!("{id:?} belongs to another group"))?;
            let record = Record::new(name.clone(), priority, process.spec().clone());
            let other = members.insert(record.spec.name.clone(), id);
            ensure(other.is_none(), || format!("{name} has two processes of one name"))?;
            ensure(self.records.insert(id, record).is_none(), || format!("{id:?} is used again"))?;
        }
        if let Some(group) = group {
            self.post.opens(group.spec(), ids);
        }
        self.names.insert(name, members);
        Ok(())
    }

    /// A group is taken from work, or a process alone.
    pub(super) fn forgets(&mut self, ids: &[ProcessId], supervisor: &Supervisor) -> Verdict {
        self.changed = true;
        self.post.closes(ids);
        for id in ids {
            let record = self.records.remove(id).ok_or_else(|| gone(*id))?;
            if let Some(members) = self.names.get_mut(&record.group) {
                members.remove(&record.spec.name);
            }
            ensure(record.state.is_stopped(), || {
                format!("{} is taken from work while {}", record.spec.name, record.state)
            })?;
            self.file(*id, record.due.map(|due| due.at), None);
            ensure(record.pid.is_none() || record.state == ProcessState::Unknown, || {
                format!("{} is taken from work and alive", record.spec.name)
            })?;
            if let Some(pid) = record.pid {
                self.pids.remove(&pid);
                ensure(supervisor.process_of(pid).is_none(), || format!("{pid} is not forgotten"))?;
            }
        }
        Ok(())
    }
}
