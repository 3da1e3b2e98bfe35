//! The configuration as it was last read.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::spec::GroupSpec;

/// Its groups, found by name: a client that updates asks for one after the other.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Configured {
    groups: Vec<GroupSpec>,
    /// The first group of each name.
    places: BTreeMap<String, usize>,
}

impl Configured {
    pub(crate) fn new(groups: Vec<GroupSpec>) -> Self {
        let mut places = BTreeMap::new();
        for (place, group) in groups.iter().enumerate() {
            places.entry(group.name.clone()).or_insert(place);
        }
        Self { groups, places }
    }

    /// In the order of the file.
    pub(crate) fn groups(&self) -> &[GroupSpec] {
        &self.groups
    }

    pub(crate) fn named(&self, name: &str) -> Option<&GroupSpec> {
        self.groups.get(*self.places.get(name)?)
    }

    pub(crate) fn named_mut(&mut self, name: &str) -> Option<&mut GroupSpec> {
        self.groups.get_mut(*self.places.get(name)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{group, program};

    #[test]
    fn of_two_groups_of_one_name_the_first_is_found() {
        let configured = Configured::new(vec![group("a", [program("x")]), group("a", [program("y")])]);
        assert_eq!(configured.named("a").map(|group| group.processes[0].name.as_str()), Some("x"));
        assert!(configured.named("b").is_none());
    }
}
