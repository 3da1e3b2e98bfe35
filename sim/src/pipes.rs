//! What children and those whom they leave behind write into their pipes.

use supervisor_core::event::OutputChannel;
use supervisor_core::input::Input;
use supervisor_core::process::{Pid, ProcessId};

use crate::checker::Verdict;
use crate::clock::{MILLISECOND, SECOND};
use crate::random::Random;
use crate::world::{Happening, World};

/// What comes out of a pipe some day.
#[derive(Clone, Debug)]
pub(crate) struct Writing {
    process: ProcessId,
    pid: Pid,
    channel: OutputChannel,
    /// Between capture tokens.
    captured: bool,
    /// A descendant writes it, whatever has become of the child.
    by_descendant: bool,
}

impl World {
    /// A child is born that may write something, now or when it is long gone.
    pub(crate) fn writer_born(&mut self, process: ProcessId, pid: Pid, mut random: Random) {
        for _ in 0..3 {
            if !random.per_mille(self.weather.talkative) {
                continue;
            }
            let wait = random.pick(&[0, MILLISECOND, SECOND, 5 * SECOND, 20 * SECOND]);
            let channel = random.pick(&[OutputChannel::Stdout, OutputChannel::Stderr]);
            let (captured, by_descendant) = (random.per_mille(300), random.per_mille(300));
            self.plan(wait, Happening::Wrote(Writing { process, pid, channel, captured, by_descendant }));
        }
    }

    /// It is written, unless whoever wanted to do so is dead.
    pub(crate) fn write(&mut self, writing: &Writing) -> Verdict {
        let Writing { process, pid, channel, captured, by_descendant } = *writing;
        if !by_descendant && !self.children.has(pid, process) {
            return Ok(());
        }
        let left_behind = !self.children.has(pid, process);
        self.figures.met.insert(if left_behind {
            "a descendant that writes on"
        } else {
            "a child that writes"
        });
        if self.supervisor.is_listener(process) && channel == OutputChannel::Stdout {
            return self.feed(Input::ListenerHeard(process, pid, b"READY\n".to_vec()));
        }
        let text = b"a line\n".to_vec();
        self.feed(if captured {
            Input::Captured(process, pid, channel, text)
        } else {
            Input::OutputRead(process, pid, channel, text)
        })
    }
}
