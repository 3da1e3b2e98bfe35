//! Pipes that outlive a reload, because descendants of programs that have ended still hold them.
//!
//! What was written into a pipe before its reading end is closed would be lost, however late one looks for it. So the
//! engine that ends hands such pipes on, with the logs that they lead to, and the next one reads them to their end.

use supervisor_core::effect::Level;
use supervisor_core::process::ProcessId;

use super::Engine;
use super::channel::Channel;
use super::children::Runtime;

/// At most so many pipes are handed on: whoever leaves daemons behind at each reload must not use up all descriptors.
const HELD_CHANNELS_MAX: usize = 256;

/// Processes of the engine that handed them on have such numbers, which the core never comes to.
const FIRST_ID: u64 = 1 << 59;

/// Pipes that somebody may still write to, with their logs.
#[derive(Debug, Default)]
pub struct Held(Vec<(Box<Runtime>, Vec<Channel>)>);

impl Engine {
    /// Takes out what descendants still hold; all processes have ended.
    pub(super) fn hand_on(&mut self) -> Held {
        let mut held = Vec::new();
        let mut count = 0;
        for (_, mut runtime) in std::mem::take(&mut self.children.runtimes) {
            let slots = std::mem::take(&mut runtime.channels);
            let mut channels = Vec::new();
            for slot in slots {
                let Some(channel) = self.children.channels.remove(slot) else { continue };
                count += 1;
                if count <= HELD_CHANNELS_MAX {
                    channels.push(channel);
                }
            }
            if !channels.is_empty() {
                held.push((runtime, channels));
            }
        }
        if count > HELD_CHANNELS_MAX {
            let closed = count - HELD_CHANNELS_MAX;
            let message = format!("too many descendants of programs hold pipes: {closed} are closed");
            self.log.log(Level::Warn, &message);
        }
        Held(held)
    }

    /// Goes on reading what the engine before this one has handed on.
    // Differs: output-of-descendants
    pub(super) fn take_over(&mut self, held: Held) {
        for (id, (mut runtime, channels)) in (FIRST_ID..).map(ProcessId).zip(held.0) {
            runtime.stdin = None;
            runtime.fastcgi = None;
            runtime.picture = None;
            // Nobody asks for it by name any more: it goes when the last of its pipes is closed.
            runtime.forgotten = true;
            for channel in channels {
                let slot = self.children.channels.insert(Channel { process: id, ..channel });
                runtime.channels.push_back(slot);
                self.watch_channel(slot);
            }
            self.children.runtimes.insert(id, runtime);
            self.watch_logs_again(id);
        }
    }
}
