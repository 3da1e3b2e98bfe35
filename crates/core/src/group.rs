//! Groups at work.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::process::ProcessId;
use crate::spec::{GroupSpec, ProcessSpec};

/// Identifies a group for as long as it is at work; never used again. Their order is the running order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct GroupId(pub u64);

/// A group at work.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Group {
    pub(crate) spec: GroupSpec,
    /// In listing order: the order in which they start by themselves.
    pub(crate) members: Vec<ProcessId>,
    /// The same by name: a group may be large.
    names: BTreeMap<String, ProcessId>,
}

impl Group {
    pub(crate) fn new(spec: GroupSpec, members: &[ProcessId]) -> Self {
        let mut group = Self { spec, members: Vec::new(), names: BTreeMap::new() };
        let specs = group.spec.processes.clone();
        group.join(&specs, members);
        group
    }

    /// More processes join it.
    pub(crate) fn join(&mut self, specs: &[Arc<ProcessSpec>], members: &[ProcessId]) {
        self.members.extend(members);
        for (spec, &member) in specs.iter().zip(members) {
            self.names.entry(spec.name.clone()).or_insert(member);
        }
    }

    /// A process leaves it.
    pub(crate) fn leave(&mut self, name: &str, process: ProcessId) {
        self.members.retain(|&member| member != process);
        self.names.remove(name);
    }

    /// Its process of that name.
    pub(crate) fn member_named(&self, name: &str) -> Option<ProcessId> {
        self.names.get(name).copied()
    }

    /// Its configuration.
    #[must_use]
    pub fn spec(&self) -> &GroupSpec {
        &self.spec
    }

    /// Its processes, in listing order.
    #[must_use]
    pub fn members(&self) -> &[ProcessId] {
        &self.members
    }
}
