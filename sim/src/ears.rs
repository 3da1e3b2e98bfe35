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
    /// It dies over an event.
    Mortal,
    /// It closes its standard input sooner or later.
    Closing,
    /// It reads nothing.
    Deaf,
}

impl Manner {
    fn name(self) -> &'static str {
        match self {
            Self::Good => "a good listener",
            Self::Picky => "a picky listener",
            Self::Stubborn => "a listener that rejects everything",
            Self::Confused => "a confused listener",
            Self::Silent => "a listener that is never ready",
            Self::Hung => "a hung listener",
            Self::Mortal => "a listener that dies over an event",
            Self::Closing => "a listener that closes its input",
            Self::Deaf => "a deaf listener",
        }
    }
}

const MANNERS: [Manner; 14] = [
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
    Manner::Mortal,
    Manner::Closing,
    Manner::Deaf,
];

/// More bytes than the line in front of a result may have.
static ENDLESS_LINE: [u8; (64 << 10) + 100] = [b'x'; (64 << 10) + 100];

/// One that is alive.
#[derive(Debug)]
struct Ear {
    pid: Pid,
    manner: Manner,
    random: Random,
}

/// The listeners that are alive.
#[derive(Debug, Default)]
pub(crate) struct Ears(BTreeMap<ProcessId, Ear>);

/// What one says, if it still lives.
#[derive(Clone, Debug)]
pub(crate) struct Saying {
    process: ProcessId,
    pid: Pid,
    text: &'static [u8],
}

impl World {
    /// A listener is born.
    pub(crate) fn listener_born(&mut self, process: ProcessId, pid: Pid, mut random: Random) {
        let manner = random.pick(&MANNERS);
        self.ears.0.insert(process, Ear { pid, manner, random });
        if manner != Manner::Silent {
            self.will_say(process, b"READY\n");
        }
    }

    /// A listener is sent an event.
    pub(crate) fn listener_told(&mut self, process: ProcessId) {
        let alive = self.children.of(process).is_some();
        let Some(ear) = self.ears.0.get_mut(&process).filter(|_| alive) else {
            return self.outcomes.push_back((None, Input::DeliveryFailed(process)));
        };
        self.figures.met.insert(ear.manner.name());
        if ear.manner == Manner::Closing && ear.random.per_mille(300) {
            ear.manner = Manner::Deaf;
        }
        if ear.manner == Manner::Deaf {
            return self.outcomes.push_back((None, Input::DeliveryFailed(process)));
        }
        if ear.manner == Manner::Mortal && ear.random.coin() {
            let (pid, wait) = (ear.pid, ear.random.pick(&[0, MILLISECOND, SECOND]));
            return self.children.dies(pid, self.clock.now() + wait);
        }
        if let Some(text) = answer(ear.manner, &mut ear.random) {
            self.will_say(process, text);
        }
    }

    fn will_say(&mut self, process: ProcessId, text: &'static [u8]) {
        let Some(ear) = self.ears.0.get_mut(&process) else { return };
        let wait = ear.random.pick(&[0, 0, 1, MILLISECOND, 100 * MILLISECOND, SECOND, 5 * SECOND]);
        let pid = ear.pid;
        self.plan(wait, Happening::Said(Saying { process, pid, text }));
    }

    /// It is said, cut anywhere, unless whoever wanted to say it is dead.
    pub(crate) fn say(&mut self, saying: &Saying) -> Verdict {
        let mut rest = saying.text;
        while !rest.is_empty() && self.children.of(saying.process) == Some(saying.pid) {
            let count = if self.random.coin() { 1 + self.random.index(rest.len()) } else { rest.len() };
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
        Manner::Good | Manner::Mortal | Manner::Closing => Some(good),
        Manner::Picky => Some(random.pick(&[&good[..], bad, b"RESULT 9\nSTDIN:hi\nREADY\n"])),
        Manner::Stubborn => Some(bad),
        Manner::Confused => Some(random.pick(&[
            &good[..],
            b"RESULT x\n",
            b"hello world\n",
            b"\xff\xfe\x00\n",
            b"RESULT 2\nOKhello world\n",
            b"RESULT 2\nOKREADY\nREADY\n",
            b"RESULT 0\nREADY\n",
            // Shorter and longer than it says.
            b"RESULT 1\nOKREADY\n",
            b"RESULT 9\nOK",
            b"RESULT 99999999999999999999\n",
            b"RESULT -2\nOK",
            &ENDLESS_LINE,
        ])),
        Manner::Silent | Manner::Hung | Manner::Deaf => None,
    }
}
