//! Differences that are reports: ours warns of what the reference leaves unsaid.

use std::collections::HashSet;
use std::fs;
use std::io;

use serde_json::Value;
use supervisor_config::python::repr::repr;

use super::Readings;

/// A number that the reference has and ours cannot hold: ours has the nearest.
pub(super) fn numbers_of_64_bits(readings: &mut Readings<'_>) -> io::Result<bool> {
    let mut found = false;
    if let (Some(reference), Some(ours)) =
        (readings.reference.understood_mut(), readings.ours.understood_mut())
    {
        cap(reference, ours, &mut found);
    }
    Ok(found)
}

/// The script writes numbers beyond 64 bits as text.
fn cap(reference: &mut Value, ours: &Value, found: &mut bool) {
    match (reference, ours) {
        (Value::Object(reference), Value::Object(ours)) => {
            for (key, value) in reference {
                cap(value, ours.get(key).unwrap_or(&Value::Null), found);
            }
        }
        (Value::Array(reference), Value::Array(ours)) => {
            reference.iter_mut().zip(ours).for_each(|(reference, ours)| cap(reference, ours, found));
        }
        (reference, Value::Number(ours)) => {
            let digits = reference.as_str().unwrap_or_default();
            let nearest = if digits.starts_with('-') { i64::MIN } else { i64::MAX };
            let is_integer =
                !digits.is_empty() && digits.trim_start_matches('-').bytes().all(|b| b.is_ascii_digit());
            if is_integer && ours.as_i64() == Some(nearest) {
                *reference = Value::from(nearest);
                *found = true;
            }
        }
        _ => {}
    }
}

/// `-l ''` where the file says `syslog`: the reference takes neither and has a log without a name.
pub(super) fn empty_logfile_option(readings: &mut Readings<'_>) -> io::Result<bool> {
    let (Some(reference), Some(ours)) = (readings.reference.understood_mut(), readings.ours.understood())
    else {
        return Ok(false);
    };
    let is_it = reference["settings"]["logfile"] == "" && ours["settings"]["logfile"] == "syslog";
    if is_it {
        reference["settings"]["logfile"] = Value::from("syslog");
    }
    Ok(is_it)
}

/// The reference says of an included file that it was included, even when it could not be read.
pub(super) fn unreadable_includes(readings: &mut Readings<'_>) -> io::Result<bool> {
    let (Some(reference), Some(ours)) = (readings.reference.understood_mut(), readings.ours.understood_mut())
    else {
        return Ok(false);
    };
    let is_unreadable = |text: &str| unreadable(text).is_some_and(|path| fs::read(path).is_err());
    let warnings = take(ours, "warnings", is_unreadable);
    for path in warnings.iter().filter_map(|warning| unreadable(warning)) {
        let info = format!("Included extra file \"{path}\" during parsing");
        take(reference, "infos", |text| text == info);
    }
    Ok(!warnings.is_empty())
}

fn unreadable(warning: &str) -> Option<&str> {
    warning.strip_prefix("Could not read included file \"")?.strip_suffix('"')
}

/// Sections that look as if something should read them are passed over by the reference without a word.
pub(super) fn look_alike_sections(readings: &mut Readings<'_>) -> io::Result<bool> {
    let Some(ours) = readings.ours.understood_mut() else { return Ok(false) };
    let is_look_alike = |text: &str| {
        text.contains("] is not a section that supervisord knows: ")
            || text.ends_with(" is read as the name of an option: no bracket closes the section's name")
    };
    Ok(!take(ours, "warnings", is_look_alike).is_empty())
}

/// Two that make one socket start in the reference, too, without a word.
pub(super) fn shared_sockets(readings: &mut Readings<'_>) -> io::Result<bool> {
    let Some(ours) = readings.ours.understood_mut() else { return Ok(false) };
    Ok(!take(ours, "warnings", |text| text.contains("] both make the socket /")).is_empty())
}

/// Of groups with one name the reference uses the first, of processes in a group the last, and says nothing.
/// Ours says so; the warnings must be exactly those that the reference's configuration gives reason for.
pub(super) fn repeated_names(readings: &mut Readings<'_>) -> io::Result<bool> {
    let (Some(reference), Some(ours)) = (readings.reference.understood_mut(), readings.ours.understood_mut())
    else {
        return Ok(false);
    };
    let Some(groups) = list(reference, "groups") else { return Ok(false) };
    let mut repeated: Vec<String> = Vec::new();
    for group in groups.iter_mut() {
        let processes = list(group, "processes");
        repeated.extend(processes.map(last_of_each_name).unwrap_or_default());
    }
    let mut names = HashSet::new();
    groups.retain(|group| {
        let is_new = names.insert(quoted_name(group));
        if !is_new {
            repeated.push(quoted_name(group));
        }
        is_new
    });
    repeated.sort_unstable();
    let warnings = take(ours, "warnings", |text| repeated_name(text).is_some());
    let mut warned: Vec<&str> = warnings.iter().filter_map(|warning| repeated_name(warning)).collect();
    warned.sort_unstable();
    if warned != repeated {
        let kept = warnings.iter().map(|warning| Value::from(warning.as_str()));
        list(ours, "warnings").into_iter().for_each(|warnings| warnings.extend(kept.clone()));
    }
    Ok(!repeated.is_empty())
}

/// The name that a warning of ours is about, in quotes.
fn repeated_name(warning: &str) -> Option<&str> {
    let group = warning.strip_prefix("More than one group is named ");
    let group = group.and_then(|rest| rest.strip_suffix(", only the first one is used"));
    let process = warning.split_once("], more than one process is named ");
    group.or_else(|| process?.1.strip_suffix(", only the last one is used"))
}

/// Leaves the last process of each name at the place of the first, and returns the repeated names in quotes.
fn last_of_each_name(processes: &mut Vec<Value>) -> Vec<String> {
    let mut kept: Vec<Value> = Vec::new();
    let mut repeated = Vec::new();
    for process in processes.drain(..) {
        match kept.iter_mut().find(|known| known["name"] == process["name"]) {
            Some(known) => {
                repeated.push(quoted_name(&process));
                *known = process;
            }
            None => kept.push(process),
        }
    }
    *processes = kept;
    repeated
}

fn quoted_name(value: &Value) -> String {
    repr(value["name"].as_str().unwrap_or_default())
}

/// The list of that name. Asking for it does not make it.
fn list<'a>(config: &'a mut Value, name: &str) -> Option<&'a mut Vec<Value>> {
    config.get_mut(name)?.as_array_mut()
}

/// Takes the texts that `is_wanted` out of the list of that name.
pub(super) fn take(config: &mut Value, name: &str, is_wanted: impl Fn(&str) -> bool) -> Vec<String> {
    let Some(texts) = list(config, name) else { return Vec::new() };
    let wanted = |value: &Value| value.as_str().is_some_and(&is_wanted);
    let found = texts.iter().filter(|text| wanted(text)).filter_map(Value::as_str);
    let taken = found.map(str::to_owned).collect();
    texts.retain(|text| !wanted(text));
    taken
}
