//! A client that has more to ask than one thing: `supervisorctl update`.

use std::collections::VecDeque;

use supervisor_core::command::{Command, Fault, Reply, RequestId, Target};

use crate::checker::Verdict;
use crate::clock::{MILLISECOND, SECOND};
use crate::world::{Happening, World};

/// What it is going to ask, one after the other.
pub(crate) type Errand = VecDeque<Command>;

impl World {
    /// A client asks what has changed, and then does something about it.
    pub(crate) fn update(&mut self) -> Verdict {
        self.ask_next(&[Command::Reread].into())
    }

    /// It asks the next thing.
    pub(crate) fn ask_next(&mut self, errand: &Errand) -> Verdict {
        let mut errand = errand.clone();
        let Some(command) = errand.pop_front() else { return Ok(()) };
        self.errands.insert(self.next_request(), errand);
        self.request(command)
    }

    /// It has its answer and goes on, unless there is no sense in that.
    pub(crate) fn answered(&mut self, request: RequestId, reply: &Reply) {
        let Some(mut errand) = self.errands.remove(&request) else { return };
        match reply {
            Reply::Fault(Fault::ShutdownState | Fault::CantReread(_)) => return,
            Reply::Changes(changes) => {
                for group in changes.removed.iter().chain(&changes.changed) {
                    errand.push_back(Command::Stop { target: Target::Group(group.clone()), wait: true });
                    errand.push_back(Command::RemoveGroup(group.clone()));
                }
                for group in changes.changed.iter().chain(&changes.added) {
                    errand.push_back(Command::AddGroup(group.clone()));
                }
            }
            Reply::Done | Reply::Batch(_) | Reply::Fault(_) => {}
        }
        if errand.is_empty() {
            self.figures.met.insert("an update");
        } else {
            let wait = self.random.pick(&[0, MILLISECOND, 100 * MILLISECOND, SECOND]);
            self.plan(wait, Happening::Errand(errand));
        }
    }
}
