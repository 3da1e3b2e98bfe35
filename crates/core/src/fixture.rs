//! Small configurations for the tests of this crate.

use std::sync::Arc;

use crate::spec::{GroupKind, GroupSpec, ProcessSpec};

/// A program with the reference's defaults and `command=NAME`.
pub(crate) fn program(name: &str) -> ProcessSpec {
    ProcessSpec::new(name, name)
}

/// A group of priority 999.
pub(crate) fn group<const N: usize>(name: &str, processes: [ProcessSpec; N]) -> GroupSpec {
    GroupSpec {
        name: name.into(),
        priority: 999,
        kind: GroupKind::Programs,
        processes: processes.into_iter().map(Arc::new).collect(),
    }
}
