//! Event listeners as children of the model system: what they say, and when.

use std::collections::BTreeMap;

use supervisor_core::input::Input;
use supervisor_core::process::{Pid, ProcessId};

use crate::checker::Verdict;
use crate::clock::{MILLISECOND, SECOND};
use crate::random::Random;
use crate::world::{Happening, World};

/// How a listener behaves for as long as it lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Manner {
    /// It settles every event.
    Good,
    /// It rejects some.
    Picky,
    /// It rejects all.
    Stubborn,
    /// It breaks the protocol sooner or later.
    Confused,
    /// It is never ready.
    Silent,
    /// It never answers.
    Hung,
    /// It reads nothing.
    Deaf,
}

const MANNERS: [Manner; 12] = [
    Manner::Good,
    Manner::Good,
    Manner::Good,
    Manner::Good,
    Manner::Good,
    Manner::Picky,
    Manner::Picky,
    Manner::Stubborn,
    Manner::Confused,
    Manner::Silent,
    Manner::Hung,
    Manner::Deaf,
];

/// The listeners that are alive.
#[derive(Debug, Default)]
pub(crate) struct Ears(BTreeMap<ProcessId, (Pid, Manner)>);

/// What one says, if it still lives.
#[derive(Clone, Debug)]
pub(crate) struct Saying {
    process: ProcessId,
    pid: Pid,
    text: &'static [u8],
}

impl World {
    /// A listener is born.
    pub(crate) fn listener_born(&mut self, process: ProcessId, pid: Pid) {
        let manner = self.random.pick(&MANNERS);
        self.ears.0.insert(process, (pid, manner));
        if manner != Manner::Silent {
            self.will_say(process, b"READY\n");
        }
    }

    /// A listener is sent an event.
    pub(crate) fn listener_told(&mut self, process: ProcessId) {
        let manner = self.ears.0.get(&process).map_or(Manner::Deaf, |&(_, manner)| manner);
        if self.children.of(process).is_none() || manner == Manner::Deaf {
            self.outcomes.push_back((None, Input::DeliveryFailed(process)));
            return;
        }
        if let Some(text) = answer(manner, &mut self.random) {
            self.will_say(process, text);
        }
    }

    fn will_say(&mut self, process: ProcessId, text: &'static [u8]) {
        let Some(&(pid, _)) = self.ears.0.get(&process) else { return };
        let wait = self.random.pick(&[0, 0, 1, MILLISECOND, 100 * MILLISECOND, SECOND, 5 * SECOND]);
        self.plan(wait, Happening::Said(Saying { process, pid, text }));
    }

    /// It is said, cut anywhere, unless whoever wanted to say it is dead.
    pub(crate) fn say(&mut self, saying: &Saying) -> Verdict {
        let mut rest = saying.text;
        while !rest.is_empty() && self.children.of(saying.process) == Some(saying.pid) {
            let count = if self.random.coin() { rest.len() } else { 1 + self.random.index(rest.len()) };
            let (now, later) = rest.split_at(count);
            rest = later;
            self.feed(Input::ListenerHeard(saying.process, saying.pid, now.to_vec()))?;
        }
        Ok(())
    }
}

fn answer(manner: Manner, random: &mut Random) -> Option<&'static [u8]> {
    let good = b"RESULT 2\nOKREADY\n";
    let bad = b"RESULT 4\nFAILREADY\n";
    match manner {
        Manner::Good => Some(good),
        Manner::Picky if random.coin() => Some(good),
        Manner::Picky | Manner::Stubborn => Some(bad),
        Manner::Confused => Some(random.pick(&[
            &good[..],
            b"RESULT x\n",
            b"hello world\n",
            b"RESULT 2\nOKhello world\n",
            b"RESULT 2\nOKREADY\nREADY\n",
            b"RESULT 0\nREADY\n",
        ])),
        Manner::Silent | Manner::Hung | Manner::Deaf => None,
    }
}
