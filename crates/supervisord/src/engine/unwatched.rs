//! Pipes that the kernel does not watch for us at the moment.
//!
//! It may refuse to watch one more, for want of memory or because somebody has used up what it watches for one user. Such
//! a pipe is looked into from time to time, until it is watched: whoever writes there is slower, and loses nothing.

use std::collections::BTreeSet;
use std::time::Duration;

use supervisor_core::event::OutputChannel;
use supervisor_sys::Errno;
use supervisor_sys::poll::Interest;

use super::Engine;
use super::token::Token;

/// How often it is looked into such pipes, at least.
const LOOK_INTERVAL: Duration = Duration::from_millis(10);

/// The pipes that should be watched and are not.
#[derive(Debug, Default)]
pub(super) struct Unwatched(BTreeSet<u32>);

impl Unwatched {
    /// How long nobody needs to look.
    pub(super) fn patience(&self) -> Option<Duration> {
        (!self.0.is_empty()).then_some(LOOK_INTERVAL)
    }
}

impl Engine {
    /// Watches a pipe, if it is to be read. It may be watched already.
    pub(super) fn watch_channel(&mut self, slot: u32) {
        let Some(channel) = self.children.channels.get(slot).filter(|channel| channel.is_read()) else {
            return;
        };
        if channel.stream == OutputChannel::Stdout && self.core.is_listener(channel.process) {
            self.naps.heed(&channel.fd, slot);
        }
        match self.poller.add(&channel.fd, Interest::READ, Token::Channel(slot).pack()) {
            Ok(()) | Err(Errno::EEXIST) => {}
            Err(_) => {
                self.unwatched.0.insert(slot);
            }
        }
    }

    /// Looks into pipes that are not watched, and tries again to have them watched.
    pub(super) fn look_into_unwatched(&mut self) {
        for slot in std::mem::take(&mut self.unwatched.0) {
            self.read_channel(slot);
            self.watch_channel(slot);
        }
    }
}
