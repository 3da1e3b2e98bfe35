//! Differences that are refusals: ours refuses what the reference takes, or says why in other words.

use std::io;

use supervisor_config::python::repr::repr;
use supervisor_core::spec::ResultHandler;

use super::Readings;
use crate::case::Face;
use crate::outcome::Outcome;

impl Readings<'_> {
    fn our_refusal(&self) -> Option<String> {
        self.ours.refusal().map(str::to_owned)
    }

    /// Takes ours for what the reference says: it goes on where ours stops.
    fn ours_stops(&mut self) -> io::Result<bool> {
        self.reference = self.ours.clone();
        Ok(true)
    }

    /// Whether the reference would say `refusal` in place of ours; then its words are taken for ours.
    fn reference_says(&mut self, refusal: &str) -> io::Result<bool> {
        let is_said = self.reference == self.ours.with_refusal(refusal);
        if is_said {
            self.ours = self.reference.clone();
        }
        Ok(is_said)
    }
}

/// `%s` without a name, which the reference replaces by the whole table of variables.
pub(super) fn bare_conversions(readings: &mut Readings<'_>) -> io::Result<bool> {
    let reason = "is badly formatted: a name in parentheses is required after %; write %%";
    match readings.our_refusal() {
        Some(refusal) if refusal.contains(reason) => readings.ours_stops(),
        _ => Ok(false),
    }
}

/// A field so wide that it is not filled.
pub(super) fn field_width_limit(readings: &mut Readings<'_>) -> io::Result<bool> {
    let reasons = [" is badly formatted: width too big", " is badly formatted: precision too big"];
    match readings.our_refusal() {
        Some(refusal) if reasons.iter().any(|reason| refusal.contains(reason)) => readings.ours_stops(),
        _ => Ok(false),
    }
}

/// `umask=-22`, or a mode of more bits than modes have.
pub(super) fn negative_modes(readings: &mut Readings<'_>) -> io::Result<bool> {
    let Some(refusal) = readings.our_refusal() else { return Ok(false) };
    let refusal = without_section(&refusal);
    let value = ["Invalid chmod value ", "Invalid socket_mode value "]
        .iter()
        .find_map(|words| refusal.strip_prefix(words))
        .or_else(|| refusal.strip_suffix(" can not be converted to an octal type"))
        .or_else(|| refusal.strip_prefix("invalid value for -m '")?.split('\'').next());
    let is_no_mode = |value: &str| {
        let unsigned = value.trim().trim_start_matches(['-', '+']);
        let digits = unsigned.strip_prefix("0o").unwrap_or(unsigned).replace('_', "");
        let is_octal = !digits.is_empty() && digits.bytes().all(|digit| (b'0'..=b'7').contains(&digit));
        is_octal && (value.trim().starts_with('-') || digits.trim_start_matches('0').len() > 10)
    };
    if value.is_some_and(is_no_mode) { readings.ours_stops() } else { Ok(false) }
}

/// `stopsignal=0`, and Python's constants that are no signals.
pub(super) fn stopsignal_zero(readings: &mut Readings<'_>) -> io::Result<bool> {
    let Some(refusal) = readings.our_refusal() else { return Ok(false) };
    let refusal = without_section(&refusal);
    let quoted = refusal
        .strip_suffix(" is not a valid signal number")
        .or_else(|| refusal.strip_suffix(" is not a valid signal name"))
        .and_then(|refusal| refusal.strip_prefix("value '")?.strip_suffix('\''));
    let Some(value) = quoted else { return Ok(false) };
    let value = value.trim().to_uppercase();
    let constants = ["_DFL", "_IGN", "_BLOCK", "_UNBLOCK", "_SETMASK"];
    let digits = value.trim_start_matches(['+', '-']);
    let is_zero = digits.contains('0') && digits.chars().all(|c| c == '0' || c == '_');
    if is_zero || constants.contains(&value.strip_prefix("SIG").unwrap_or(&value)) {
        readings.ours_stops()
    } else {
        Ok(false)
    }
}

/// Python modules that are there, but that ours cannot load; and those that are not there, but that ours has built in.
pub(super) fn python_plugins(readings: &mut Readings<'_>) -> io::Result<bool> {
    let is_built_in = |name: &str| ResultHandler::ALL.iter().any(|handler| handler.name() == name);
    let missing =
        readings.reference.refusal().and_then(|text| text.split_once(" cannot be resolved within ["));
    if missing.is_some_and(|(name, _)| is_built_in(name)) {
        return readings.ours_stops();
    }
    let Some(refusal) = readings.our_refusal() else { return Ok(false) };
    let named = refusal.split_once(" cannot be resolved within [").map(|(factory, _)| factory);
    let is_module = |factory: &str| factory.starts_with("os") || factory.starts_with("supervisor.");
    if named.is_some_and(is_module) { readings.ours_stops() } else { Ok(false) }
}

/// `[rpcinterface:x]` without a factory, which has a program or a socket in its place: ours goes on where the
/// reference stops.
pub(super) fn extensions_without_python(readings: &mut Readings<'_>) -> io::Result<bool> {
    let Some(refusal) = readings.reference.refusal() else { return Ok(false) };
    let section = refusal
        .strip_prefix("section [")
        .and_then(|rest| rest.strip_suffix("] does not specify a supervisor.rpcinterface_factory"));
    let Some(section) = section.map(|section| format!("[{section}]")) else { return Ok(false) };
    let is_form = |line: &str| ["command", "socket"].iter().any(|name| line.to_lowercase().starts_with(name));
    let is_other = readings.case.files.iter().any(|(_, content)| {
        let text = String::from_utf8_lossy(content);
        let mut inside = false;
        text.lines().any(|line| {
            inside = if line.starts_with('[') { line.starts_with(&section) } else { inside };
            inside && is_form(line.trim_start())
        })
    });
    if is_other { readings.ours_stops() } else { Ok(false) }
}

/// The reference shows its error's arguments as a tuple.
pub(super) fn fcgi_socket_messages(readings: &mut Readings<'_>) -> io::Result<bool> {
    let Some(refusal) = readings.our_refusal() else { return Ok(false) };
    let Some((reason, place)) = refusal.rsplit_once(" in [") else { return Ok(false) };
    let unix = reason
        .strip_prefix("Unix socket path ")
        .and_then(|rest| rest.strip_suffix(" is not an absolute path"))
        .map(|path| ("Unix socket path %s is not an absolute path", path));
    let bad = reason.strip_prefix("Bad socket format ").map(|text| ("Bad socket format %s", text));
    let Some((words, value)) = unix.or(bad) else { return Ok(false) };
    readings.reference_says(&format!("('{words}', {}) in [{place}", repr(value)))
}

/// From the second program of a group on, the reference names the program before it in place of the group.
pub(super) fn group_errors_name_the_group(readings: &mut Readings<'_>) -> io::Result<bool> {
    let (Some(ours), Some(reference)) = (readings.our_refusal(), readings.reference.refusal()) else {
        return Ok(false);
    };
    let Some((_, reason)) = ours.strip_prefix("[group:").and_then(|rest| rest.split_once("] name")) else {
        return Ok(false);
    };
    let Some((section, _)) = reference.split_once("] name") else { return Ok(false) };
    let is_program = section.starts_with("[program:") || section.starts_with("[fcgi-program:");
    let said = format!("{section}] name{reason}");
    if is_program { readings.reference_says(&said) } else { Ok(false) }
}

/// Of several event types that do not exist the reference names any, ours the first.
pub(super) fn first_unknown_event_type(readings: &mut Readings<'_>) -> io::Result<bool> {
    fn parts(refusal: &str) -> Option<(&str, &str)> {
        refusal.strip_prefix("Unknown event type ")?.rsplit_once(" in [")
    }
    let (Some(ours), Some(reference)) = (readings.our_refusal(), readings.reference.refusal()) else {
        return Ok(false);
    };
    let (Some((_, our_place)), Some((any, place))) = (parts(&ours), parts(reference)) else {
        return Ok(false);
    };
    let is_written = readings.case.files.iter().any(|(_, content)| {
        let text = String::from_utf8_lossy(content).to_uppercase();
        text.contains(any.lines().next().unwrap_or_default())
    });
    if is_written && our_place == place { readings.ours_stops() } else { Ok(false) }
}

/// The reference decodes a file in pieces and counts from the beginning of one, ours from that of the file.
pub(super) fn decoding_positions(readings: &mut Readings<'_>) -> io::Result<bool> {
    fn without_position(refusal: &str) -> Option<(String, &str)> {
        let refusal = refusal.strip_prefix("'utf-8' codec can't decode byte")?;
        let (before, after) = refusal.split_once(" in position ")?;
        let (_, reason) = after.split_once(": ")?;
        Some((before.to_owned(), reason))
    }
    let (Some(ours), Some(reference)) = (readings.our_refusal(), readings.reference.refusal()) else {
        return Ok(false);
    };
    let is_same = without_position(&ours).is_some_and(|ours| Some(ours) == without_position(reference));
    if is_same { readings.ours_stops() } else { Ok(false) }
}

/// The client's traceback.
pub(super) fn supervisorctl_parse_errors(readings: &mut Readings<'_>) -> io::Result<bool> {
    let Outcome::Crashed(crash) = &readings.reference else { return Ok(false) };
    let Some((kind, text)) = crash.split_once(": ") else { return Ok(false) };
    let is_parsing = matches!(kind, "ParsingError" | "MissingSectionHeaderError");
    let is_same = is_parsing && readings.ours.refusal() == Some(text);
    if readings.case.face == Face::Client && is_same { readings.ours_stops() } else { Ok(false) }
}

/// A reason without the words on the section that follow it.
fn without_section(refusal: &str) -> &str {
    refusal.rsplit_once(" in section ").map_or(refusal, |(reason, _)| reason)
}
