//! Values of options: as people write them, as they may be written, and as they must not.

mod by_form;
mod by_name;

use supervisor_config::options::Entry;

use by_form::BY_FORM;
use by_name::BY_NAME;

/// The values of one option or of one type of options.
#[derive(Debug)]
pub(super) struct Values {
    /// Accepted, and usual.
    pub(super) good: &'static [&'static str],
    /// Accepted mostly, and unusual.
    pub(super) odd: &'static [&'static str],
    /// Refused, by at least one side.
    pub(super) bad: &'static [&'static str],
}

/// The values of an option: by its name, or else by the form that the table of options gives it.
pub(super) fn values(entry: &Entry) -> Option<&'static Values> {
    let find = |key: &str, table: &'static [(&str, Values)]| {
        table.iter().find(|(known, _)| *known == key).map(|(_, values)| values)
    };
    find(entry.name, BY_NAME).or_else(|| find(entry.form, BY_FORM))
}

#[cfg(test)]
mod tests {
    use supervisor_config::options;

    use super::values;

    #[test]
    fn every_option_of_the_table_has_values() {
        for entry in options::all() {
            assert!(values(entry).is_some(), "{} ({}) has no values to draw from", entry.name, entry.form);
        }
    }
}
