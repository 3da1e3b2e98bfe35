//! The system's side of a child: its life, what it does about signals, and its time as a zombie.

use std::collections::{BTreeMap, BTreeSet};

use supervisor_core::input::{ExitStatus, SignalError};
use supervisor_core::process::{Pid, ProcessId};
use supervisor_core::signal::Signal;
use supervisor_core::spec::ProcessSpec;

use crate::clock::{MILLISECOND, SECOND};
use crate::random::Random;
use crate::weather::Weather;

/// One child that has not been reaped.
#[derive(Clone, Debug)]
pub(crate) struct Child {
    process: ProcessId,
    death: Option<(u64, ExitStatus)>,
    /// How long it takes to obey a deadly signal; `None` obeys only SIGKILL.
    obeys_after: Option<u64>,
    /// Obeying, it leaves with this code; `None` dies by the signal.
    parting_code: Option<i32>,
    dies_of_kill_after: u64,
    untouchable: bool,
}

/// All of them.
#[derive(Clone, Debug)]
pub(crate) struct Children {
    unreaped: BTreeMap<Pid, Child>,
    /// Those of the present daemon.
    owned: BTreeMap<ProcessId, Pid>,
    deaths: BTreeSet<(u64, Pid)>,
    last_pid: i32,
    pid_max: i32,
}

/// Signals that end nobody who does not want it.
const HARMLESS: [i32; 8] = [0, 17, 18, 19, 20, 21, 22, 28];

impl Children {
    /// Pids rise to `pid_max` and begin anew, leaving out those in use, as the kernel's do.
    pub(crate) fn new(pid_max: i32) -> Self {
        let (unreaped, owned, deaths) = (BTreeMap::new(), BTreeMap::new(), BTreeSet::new());
        Self { unreaped, owned, deaths, last_pid: 100, pid_max }
    }

    /// Whether that very child is alive or not reaped yet.
    pub(crate) fn has(&self, pid: Pid, process: ProcessId) -> bool {
        self.owned.get(&process) == Some(&pid)
    }

    /// The child of a process of the present daemon.
    pub(crate) fn of(&self, process: ProcessId) -> Option<Pid> {
        self.owned.get(&process).copied()
    }

    pub(crate) fn spawn(
        &mut self,
        now: u64,
        process: ProcessId,
        spec: &ProcessSpec,
        weather: &Weather,
        random: &mut Random,
    ) -> Pid {
        let pid = self.free_pid();
        let death = if random.per_mille(weather.talkative / 4) {
            // It forks away: whoever goes on is none of ours.
            Some((now + random.pick(&[0, MILLISECOND, SECOND]).max(least_span(spec)), ExitStatus::Code(0)))
        } else {
            life_span(spec, weather, random).map(|span| (now + span, last_words(random)))
        };
        let child = Child {
            process,
            death,
            obeys_after: (!random.per_mille(weather.stubborn)).then(|| {
                random.pick(&[0, 0, 0, 20 * MILLISECOND, SECOND, 2 * SECOND, 3 * SECOND, 8 * SECOND])
            }),
            parting_code: random.coin().then(|| random.pick(&[0, 0, 1, 143])),
            dies_of_kill_after: random.pick(&[0, 0, 0, 0, 5 * MILLISECOND, SECOND, 3 * SECOND]),
            untouchable: random.per_mille(weather.untouchable),
        };
        if let Some((time, _)) = child.death {
            self.deaths.insert((time, pid));
        }
        self.unreaped.insert(pid, child);
        self.owned.insert(process, pid);
        pid
    }

    fn free_pid(&mut self) -> Pid {
        loop {
            self.last_pid = if self.last_pid >= self.pid_max { 2 } else { self.last_pid + 1 };
            if !self.unreaped.contains_key(&Pid(self.last_pid)) {
                return Pid(self.last_pid);
            }
        }
    }

    /// `kill(2)` for a pid that has not been reaped; `None` if it has, or never was.
    pub(crate) fn signal(
        &mut self,
        now: u64,
        pid: Pid,
        signal: Signal,
        weather: &Weather,
        random: &mut Random,
    ) -> Option<Result<(), SignalError>> {
        let child = self.unreaped.get_mut(&pid)?;
        if random.per_mille(weather.lost_signals) {
            return Some(Err(SignalError::NoSuchProcess));
        }
        if child.untouchable {
            return Some(Err(SignalError::Other("[Errno 1] Operation not permitted".to_owned())));
        }
        let delay = match child.obeys_after {
            _ if signal == Signal::KILL => Some(child.dies_of_kill_after),
            _ if HARMLESS.contains(&signal.number()) => None,
            obeys_after => obeys_after,
        };
        let Some(time) = delay.map(|delay| now + delay) else { return Some(Ok(())) };
        if child.death.is_none_or(|(planned, _)| time < planned) {
            let status = match child.parting_code {
                Some(code) if signal != Signal::KILL => ExitStatus::Code(code),
                _ => ExitStatus::Signal { number: signal.number(), core_dumped: random.per_mille(20) },
            };
            if let Some((planned, _)) = child.death.replace((time, status)) {
                self.deaths.remove(&(planned, pid));
            }
            self.deaths.insert((time, pid));
        }
        Some(Ok(()))
    }

    /// It ends by itself at that time unless it does so sooner.
    pub(crate) fn dies(&mut self, pid: Pid, time: u64) {
        let Some(child) = self.unreaped.get_mut(&pid) else { return };
        if child.death.is_none_or(|(planned, _)| time < planned) {
            if let Some((planned, _)) = child.death.replace((time, ExitStatus::Code(1))) {
                self.deaths.remove(&(planned, pid));
            }
            self.deaths.insert((time, pid));
        }
    }

    pub(crate) fn next_death(&self) -> Option<u64> {
        self.deaths.first().map(|&(time, _)| time)
    }

    /// Takes one of the dead off the table.
    pub(crate) fn reap(&mut self, now: u64, random: &mut Random) -> Option<(Pid, ExitStatus)> {
        let dead = self.deaths.range(..=(now, Pid(i32::MAX))).take(4).count();
        if dead == 0 {
            return None;
        }
        let &(time, pid) = self.deaths.iter().nth(random.index(dead))?;
        self.deaths.remove(&(time, pid));
        let child = self.unreaped.remove(&pid)?;
        if self.owned.get(&child.process) == Some(&pid) {
            self.owned.remove(&child.process);
        }
        child.death.map(|(_, status)| (pid, status))
    }

    /// Everybody may be signalled from now on.
    pub(crate) fn calm_down(&mut self) {
        for child in self.unreaped.values_mut() {
            child.untouchable = false;
        }
    }

    /// The daemon starts anew and remembers nobody.
    pub(crate) fn disown(&mut self) {
        self.owned.clear();
    }

    /// The daemon is gone: those who are left are init's.
    pub(crate) fn abandon(&mut self) {
        self.unreaped.clear();
        self.owned.clear();
        self.deaths.clear();
    }
}

/// Where nothing brakes restarts, time must pass between them all the same.
fn least_span(spec: &ProcessSpec) -> u64 {
    if spec.restart_burst <= 0 { 30 * MILLISECOND } else { 0 }
}

/// How long it lives if nobody ends it; often to the very nanosecond of `startsecs`.
fn life_span(spec: &ProcessSpec, weather: &Weather, random: &mut Random) -> Option<u64> {
    if spec.startsecs <= 0 && random.per_mille(weather.doomed) {
        return Some(random.below(100 * MILLISECOND).max(least_span(spec)));
    }
    if !random.per_mille(weather.frail) {
        return random.per_mille(weather.frail).then(|| random.between(1, 120) * SECOND);
    }
    let startsecs = u64::try_from(spec.startsecs).unwrap_or(0) * SECOND;
    let span = match random.below(7) {
        0 => 0,
        1 => random.below(startsecs + 1),
        2 => startsecs,
        3 => startsecs.saturating_sub(1),
        4 => startsecs + 1,
        5 => startsecs + random.below(2 * SECOND),
        _ => random.between(1, 20) * SECOND,
    };
    Some(span.max(least_span(spec)))
}

fn last_words(random: &mut Random) -> ExitStatus {
    match random.below(8) {
        0..=2 => ExitStatus::Code(0),
        3 | 4 => ExitStatus::Code(1),
        5 => ExitStatus::Code(random.pick(&[2, 3, 127, 255])),
        _ => ExitStatus::Signal { number: random.pick(&[6, 9, 11, 15]), core_dumped: random.coin() },
    }
}
