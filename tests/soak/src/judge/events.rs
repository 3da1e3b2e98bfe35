//! Whether listeners were told everything, in order, and the same as watchers.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::io;
use std::path::Path;

use crate::disturb::watcher::{Event, Session};

/// An event as a listener has written it down.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Told {
    poolserial: u64,
    event: Event,
}

/// What was compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Compared {
    /// Events that the good listener was told.
    pub told: u64,
    /// Events that the bad listeners were told, repeated ones included.
    pub told_to_bad: u64,
    /// Events that watchers saw.
    pub watched: u64,
    /// Of those, how many the listener was told, too.
    pub shared: u64,
}

/// Compares the accounts of listeners with each other and with what was watched.
///
/// # Errors
/// When accounts cannot be read.
pub fn compare(folder: &Path, sessions: &[Session], compared: &mut Compared) -> io::Result<Vec<String>> {
    let mut findings = Vec::new();
    let good = read(&folder.join("events/good"))?;
    let bad = read(&folder.join("events/bad"))?;
    compared.told = good.iter().map(|life| life.len() as u64).sum();
    compared.told_to_bad = bad.iter().map(|life| life.len() as u64).sum();
    findings.extend(gaps(&good));
    findings.extend(unseen_by_all(&bad));
    let told = good.concat();
    for session in sessions {
        compared.watched += session.events.len() as u64;
        findings.extend(broken_chains(session));
        findings.extend(difference(&told, session, &mut compared.shared));
    }
    Ok(findings)
}

/// What each instance of a listener was told, in the order in which they were started.
fn read(folder: &Path) -> io::Result<Vec<Vec<Told>>> {
    let mut paths: Vec<_> = fs::read_dir(folder)?.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    paths.iter().map(|path| Ok(fs::read_to_string(path)?.lines().filter_map(parse).collect())).collect()
}

fn parse(line: &str) -> Option<Told> {
    let mut words = line.split(' ').map(str::to_owned);
    let (poolserial, serial) = (words.next()?.parse().ok()?, words.next()?.parse().ok()?);
    let (name, process, pid, from) = (words.next()?, words.next()?, words.next()?, words.next()?);
    Some(Told { poolserial, event: Event { serial, name, process, pid, from } })
}

/// A pool of one listener that accepts everything: one number after the other, from 0 after each reload. An event
/// over which the listener was stopped comes once more.
fn gaps(lives: &[Vec<Told>]) -> Option<String> {
    let mut last: Option<u64> = None;
    for life in lives {
        for (index, told) in life.iter().enumerate() {
            let number = told.poolserial;
            let follows = match last {
                None => number == 0,
                Some(last) if index == 0 => number == last || number == last + 1 || number == 0,
                Some(last) => number == last + 1,
            };
            if !follows {
                return Some(format!("the good listener was told {number} after {last:?}: {:?}", told.event));
            }
            last = Some(number);
        }
    }
    None
}

/// So many of the last events before a reload may be missing: those that had come back and waited.
const WAITING_MAX: usize = 100;

/// A pool of several who reject, die and talk nonsense: none is missing. Numbers begin anew with a reload, which shows
/// in the serials.
fn unseen_by_all(lives: &[Vec<Told>]) -> Option<String> {
    let by_serial: BTreeMap<u64, u64> =
        lives.iter().flatten().map(|told| (told.event.serial, told.poolserial)).collect();
    let numbers: Vec<u64> = by_serial.into_values().collect();
    for epoch in numbers.chunk_by(|left, right| left < right) {
        let settled = &epoch[..epoch.len().saturating_sub(WAITING_MAX)];
        if let Some(pair) = settled.windows(2).find(|pair| pair[1] != pair[0] + 1) {
            return Some(format!("no bad listener was told what lies between {} and {}", pair[0], pair[1]));
        }
    }
    None
}

/// What of the types that the good listener wants was told to one side only.
fn difference(told: &[Told], session: &Session, shared: &mut u64) -> Option<String> {
    let (first, last) = (session.events.first()?.serial, session.events.last()?.serial);
    let told: BTreeMap<u64, &Told> = told.iter().map(|told| (told.event.serial, told)).collect();
    let watched: HashMap<u64, &Event> = session.events.iter().map(|event| (event.serial, event)).collect();
    for (serial, told) in told.range(first..=last) {
        match watched.get(serial) {
            Some(event) if **event == told.event => *shared += 1,
            Some(event) => return Some(format!("told {:?}, watched {event:?}", told.event)),
            None if session.dropped > 0 => {}
            None => return Some(format!("a watcher was not told {:?}", told.event)),
        }
    }
    for event in session.events.iter().filter(|event| is_wanted(&event.name)) {
        if told.contains_key(&event.serial) {
            continue;
        }
        // What waits for a listener when the daemon reloads is gone with its pool.
        let next = told.range(event.serial..).next();
        if next.is_some_and(|(_, next)| next.poolserial != 0) {
            return Some(format!("the good listener was not told {event:?}"));
        }
    }
    None
}

/// The types in the good listener's configuration.
fn is_wanted(name: &str) -> bool {
    let types =
        ["PROCESS_STATE", "PROCESS_GROUP", "PROCESS_LOG", "TICK_5", "REMOTE_COMM", "SUPERVISOR_STATE"];
    types.iter().any(|kind| name.starts_with(kind)) && name != "TICK_60"
}

/// Each state of a process must be the one that its next change comes from.
fn broken_chains(session: &Session) -> Option<String> {
    let mut states: HashMap<&str, &str> = HashMap::new();
    for event in &session.events {
        if event.name.starts_with("PROCESS_GROUP_") || event.name.starts_with("SUPERVISOR_STATE") {
            // Processes of that name may be others from now on.
            let group = event.process.trim_end_matches('-');
            states.retain(|process, _| !process.starts_with(group) && group != ":");
        }
        let Some(state) = event.name.strip_prefix("PROCESS_STATE_") else { continue };
        let before = states.insert(&event.process, state);
        if session.dropped == 0 && before.is_some_and(|before| before != event.from) {
            return Some(format!("{} was {before:?} when {event:?} came", event.process));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(poolserial: u64, serial: u64, name: &str, from: &str) -> Told {
        parse(&format!("{poolserial} {serial} PROCESS_STATE_{name} g:p 7 {from}")).unwrap()
    }

    #[test]
    fn a_number_that_is_left_out_is_a_gap() {
        let one = |number| told(number, number, "RUNNING", "STARTING");
        assert_eq!(gaps(&[vec![one(0), one(1)], vec![one(1), one(2)], vec![one(0), one(1)]]), None);
        assert!(gaps(&[vec![one(0), one(2)]]).is_some());
        assert!(gaps(&[vec![one(0)], vec![one(2)]]).is_some());
        assert!(gaps(&[vec![one(1)]]).is_some());
    }

    #[test]
    fn what_only_one_side_was_told_is_found() {
        let all: Vec<Told> = (0..4).map(|number| told(number, number + 10, "EXITED", "RUNNING")).collect();
        let events = |skipped: usize| {
            let mut events: Vec<Event> = all.iter().map(|told| told.event.clone()).collect();
            if skipped < events.len() {
                events.remove(skipped);
            }
            Session { events, dropped: 0 }
        };
        let mut shared = 0;
        assert_eq!(difference(&all, &events(9), &mut shared), None);
        assert_eq!(shared, 4);
        assert!(difference(&all, &events(1), &mut shared).is_some());
        let partial = [&all[..1], &all[2..]].concat();
        assert!(difference(&partial, &events(9), &mut shared).is_some());
    }

    #[test]
    fn a_change_from_a_state_that_was_not_is_found() {
        let session = |from: &str| Session {
            events: vec![told(0, 1, "STARTING", "STOPPED").event, told(1, 2, "RUNNING", from).event],
            dropped: 0,
        };
        assert_eq!(broken_chains(&session("STARTING")), None);
        assert!(broken_chains(&session("BACKOFF")).is_some());
    }
}
