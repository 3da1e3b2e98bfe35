//! Any bytes at all, said by an event listener.

use std::sync::Arc;

use supervisor_core::Supervisor;
use supervisor_core::effect::Effect;
use supervisor_core::input::Input;
use supervisor_core::process::{Pid, ProcessId};
use supervisor_core::spec::{GroupKind, GroupSpec, ListenerSpec, ProcessSpec};
use supervisor_core::time::{Moment, Monotonic, WallSeconds};

use crate::hunt::Ground;
use crate::random::Random;

/// The listeners' protocol.
pub const SPEECH: Ground = Ground { exercise, drawn, words: WORDS };

/// Words that mean something when a listener says them.
const WORDS: &[&str] = &[
    "READY\n",
    "RESULT 2\nOK",
    "RESULT 4\nFAIL",
    "RESULT ",
    "RESULT 0\n",
    "RESULT -1\n",
    "RESULT 16777217\n",
    "RESULT 99999999999999999999\n",
    "RESULT +2\nOK",
    "RESULT \u{a0}2\nOK",
    "READY",
    "OK",
    "\n",
    "\r\n",
    "\0",
];

/// More than a few are as good as a few.
const FEW: usize = 8;
const LISTENER: Pid = Pid(100);
/// What a listener says makes at most so many effects for a byte; more would be a loop.
const EFFECTS_FOR_A_BYTE: usize = 64;

/// Lets a listener with a full queue say these bytes, as their first byte cuts them, and tells in a few words what
/// came of it.
#[must_use]
pub fn exercise(bytes: &[u8]) -> String {
    let (cut, bytes) = bytes.split_first().map_or((1, bytes), |(cut, rest)| (usize::from(*cut).max(1), rest));
    let mut scene = Scene::new();
    for chunk in bytes.chunks(cut) {
        scene.feed(Input::ListenerHeard(scene.listener, LISTENER, chunk.to_vec()));
    }
    assert!(scene.effects < EFFECTS_FOR_A_BYTE * (bytes.len() + 1) + 1000, "{} effects", scene.effects);
    format!("sent {} lines {}", "e".repeat(scene.sent.min(FEW)), "l".repeat(scene.lines.min(FEW)))
}

struct Scene {
    supervisor: Supervisor,
    listener: ProcessId,
    effects: usize,
    sent: usize,
    lines: usize,
    now: u64,
}

impl Scene {
    /// A listener of everything that has just been started; its events wait for it.
    fn new() -> Self {
        let listener = GroupSpec {
            name: "listener".into(),
            priority: 1,
            kind: GroupKind::EventListener(ListenerSpec::new(vec!["EVENT".to_owned()])),
            processes: vec![Arc::new(ProcessSpec::new("listener", "listener"))],
        };
        let mut scene = Self {
            supervisor: Supervisor::new(),
            listener: ProcessId(0),
            effects: 0,
            sent: 0,
            lines: 0,
            now: 0,
        };
        scene.feed(Input::Configured(vec![listener]));
        scene.feed(Input::Started);
        scene
    }

    fn feed(&mut self, input: Input) {
        self.now += 1_000_000;
        let moment = Moment { monotonic: Monotonic(self.now), wall: WallSeconds(1) };
        let mut effects = Vec::new();
        self.supervisor.handle(moment, input, &mut effects);
        self.effects += effects.len();
        for effect in effects {
            match effect {
                Effect::Spawn(id) => {
                    self.listener = id;
                    self.feed(Input::Spawned(id, LISTENER));
                }
                Effect::Deliver(..) => self.sent += 1,
                Effect::Log(..) => self.lines += 1,
                _ => {}
            }
        }
    }
}

/// The speech of a seed.
#[must_use]
pub fn drawn(seed: u64) -> Vec<u8> {
    let mut random = Random::from_seed(seed);
    let count = random.index(8);
    let words: String = (0..count).map(|_| random.pick(WORDS)).collect();
    [&[u8::try_from(1 + random.index(40)).unwrap_or(1)], words.as_bytes()].concat()
}
