//! The deliberate differences, and how each is recognised.
//!
//! A rule sees two readings that differ. If it recognises its difference, it changes one of them to what that
//! side would have said without it, and says so. What still differs after all rules is unexplained. So a rule
//! can only hide what it has named.

mod readings;
mod refusals;
mod reports;

use std::io;

use crate::case::Case;
use crate::judge::Judge;
use crate::outcome::Outcome;

/// Two readings of one case.
pub struct Readings<'a> {
    /// What was read; a rule that lets both sides read a variation puts it here.
    pub case: Case,
    /// What the reference made of it.
    pub reference: Outcome,
    /// What ours made of it.
    pub ours: Outcome,
    /// Reads variations of the case.
    pub judge: &'a mut Judge,
}

/// A deliberate difference.
pub struct Rule {
    /// The name of its entry in COMPAT.md, as in the source's `Differs` marks.
    pub name: &'static str,
    /// Makes the readings equal as far as this difference goes; whether it was there.
    pub explain: fn(&mut Readings<'_>) -> io::Result<bool>,
}

/// The rules in the order in which they are tried: those that read again come first.
pub const RULES: &[Rule] = &[
    Rule { name: "byte-order-mark", explain: readings::byte_order_mark },
    Rule { name: "here-belongs-to-its-file", explain: readings::here_belongs_to_its_file },
    Rule { name: "supervisord-environment-expanded-once", explain: readings::environment_expanded_once },
    Rule { name: "extensions-without-python", explain: refusals::extensions_without_python },
    Rule { name: "options-of-ours", explain: readings::options_of_ours },
    Rule { name: "ctlplugins-in-included-files", explain: readings::ctlplugins_in_included_files },
    Rule { name: "bare-conversions", explain: refusals::bare_conversions },
    Rule { name: "field-width-limit", explain: refusals::field_width_limit },
    Rule { name: "negative-modes", explain: refusals::negative_modes },
    Rule { name: "stopsignal-zero", explain: refusals::stopsignal_zero },
    Rule { name: "python-plugins", explain: refusals::python_plugins },
    Rule { name: "fcgi-socket-messages", explain: refusals::fcgi_socket_messages },
    Rule { name: "group-errors-name-the-group", explain: refusals::group_errors_name_the_group },
    Rule { name: "first-unknown-event-type", explain: refusals::first_unknown_event_type },
    Rule { name: "decoding-positions", explain: refusals::decoding_positions },
    Rule { name: "supervisorctl-parse-errors", explain: refusals::supervisorctl_parse_errors },
    Rule { name: "empty-logfile-option", explain: reports::empty_logfile_option },
    Rule { name: "unreadable-includes-are-reported", explain: reports::unreadable_includes },
    Rule { name: "sockets-keep-apart", explain: reports::shared_sockets },
    Rule { name: "look-alike-sections", explain: reports::look_alike_sections },
    Rule { name: "repeated-names-are-reported", explain: reports::repeated_names },
    Rule { name: "numbers-of-64-bits", explain: reports::numbers_of_64_bits },
];

/// Differences that a single reading of a small configuration in a plainly named directory cannot show. The
/// tests that COMPAT.md names for them do.
pub const SHOWN_ELSEWHERE: &[(&str, &str)] = &[
    ("check-and-dump", "command line options that the reference does not have"),
    ("ctlplugins-in-python", "only what supervisorctl does then is different"),
    ("faults-are-explained", "what stands between the reference's lines is not compared"),
    ("history-file", "a command line option that the reference does not have"),
    ("interface-options-at-reread", "only a later reading shows it"),
    ("include-base-is-no-pattern", "the scratch directory has no glob characters in its name"),
    ("json", "a command line option that the reference does not have"),
    ("logs-without-names-are-none", "only what XML-RPC tells of it is different"),
    ("numprocs-limit", "the reference would go on for ever"),
    ("relative-paths-after-chdir", "only a later reading shows it"),
    ("removed-environment-is-forgotten", "only a later reading shows it"),
    ("readonly-user", "an option of ours, which the reference ignores"),
    ("restart-brake", "an option of ours, which the reference ignores"),
    ("the-name-system-is-taken", "no drawn namespace has that name"),
    ("unknown-user-at-reread", "only a later reading shows it"),
    ("sample-in-other-words", "no configuration is read"),
];
