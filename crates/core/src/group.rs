//! Groups at work.

use serde::{Deserialize, Serialize};

use crate::process::ProcessId;
use crate::spec::GroupSpec;

/// Identifies a group for as long as it is at work; never used again. Their order is the running order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct GroupId(pub u64);

/// A group at work.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Group {
    pub(crate) spec: GroupSpec,
    /// In listing order: the order in which they start by themselves.
    pub(crate) members: Vec<ProcessId>,
}

impl Group {
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
