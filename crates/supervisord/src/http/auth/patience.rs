//! Slowing down those who guess.
//!
//! Each answer to a wrong password waits until the one before it was given, and then some. Whoever sends many at a
//! time is turned away unheard. Nobody else waits.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv6Addr};
use std::time::Duration;

use tokio::time::Instant;

use crate::http::access::Peer;

/// So many mistakes cost nothing.
const FREE_MISTAKES: u32 = 3;
/// What the first mistake after that costs; each costs twice as much as the one before.
const FIRST_DELAY: Duration = Duration::from_millis(250);
/// The most that a mistake costs.
const DELAY_MAX: Duration = Duration::from_secs(4);
/// So many wrong passwords of one peer wait for their answers at a time.
const WAITING_MAX: usize = 4;
/// Mistakes are forgotten after so long.
const MEMORY: Duration = Duration::from_secs(60);
/// So many peers are remembered.
const PEERS_MAX: usize = 1024;

/// Peers who made mistakes.
#[derive(Default)]
pub(super) struct Patience(RefCell<BTreeMap<Option<IpAddr>, Mistakes>>);

struct Mistakes {
    count: u32,
    last: Instant,
    /// When the next answer may be given.
    next: Instant,
    waiting: usize,
}

impl Patience {
    /// Whether somebody has so many answers coming that no more is heard.
    pub(super) fn is_exhausted(&self, peer: Peer) -> bool {
        self.0.borrow().get(&origin(peer)).is_some_and(|mistakes| mistakes.waiting >= WAITING_MAX)
    }

    /// Waits as long as a mistake costs.
    pub(super) async fn wait(&self, peer: Peer) {
        let now = Instant::now();
        let next = self.note(peer, now);
        if next > now {
            self.change(peer, |mistakes| mistakes.waiting += 1);
            tokio::time::sleep_until(next).await;
            self.change(peer, |mistakes| mistakes.waiting = mistakes.waiting.saturating_sub(1));
        }
    }

    /// Forgets the mistakes of somebody who knew better in the end.
    pub(super) fn forgive(&self, peer: Peer) {
        let mut peers = self.0.borrow_mut();
        let key = origin(peer);
        if peers.get(&key).is_some_and(|mistakes| mistakes.waiting == 0) {
            peers.remove(&key);
        }
    }

    /// Counts a mistake, and says when it may be answered.
    fn note(&self, peer: Peer, now: Instant) -> Instant {
        let mut peers = self.0.borrow_mut();
        let key = origin(peer);
        if peers.len() >= PEERS_MAX && !peers.contains_key(&key) {
            let oldest = peers.iter().min_by_key(|(_, mistakes)| mistakes.last).map(|(key, _)| *key);
            oldest.and_then(|key| peers.remove(&key));
        }
        let mistakes = peers.entry(key).or_insert(Mistakes { count: 0, last: now, next: now, waiting: 0 });
        if now.duration_since(mistakes.last) > MEMORY {
            mistakes.count = 0;
        }
        mistakes.count += 1;
        mistakes.last = now;
        if let Some(excess) = mistakes.count.checked_sub(FREE_MISTAKES + 1) {
            let delay = FIRST_DELAY.saturating_mul(1 << excess.min(16)).min(DELAY_MAX);
            mistakes.next = mistakes.next.max(now) + delay;
        }
        mistakes.next
    }

    fn change(&self, peer: Peer, change: impl FnOnce(&mut Mistakes)) {
        if let Some(mistakes) = self.0.borrow_mut().get_mut(&origin(peer)) {
            change(mistakes);
        }
    }
}

/// Where somebody comes from: an address, a whole network of IPv6, or this machine.
fn origin(peer: Peer) -> Option<IpAddr> {
    match peer {
        Peer::Unix => None,
        Peer::Inet(address) => Some(match address.ip().to_canonical() {
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments();
                IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
            }
            address @ IpAddr::V4(_) => address,
        }),
    }
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use super::*;

    fn peer(last: u8) -> Peer {
        Peer::Inet(SocketAddr::from(([192, 0, 2, last], 4711)))
    }

    #[tokio::test(start_paused = true)]
    async fn mistakes_cost_more_and_more_and_only_who_makes_them() {
        let patience = Patience::default();
        let costs = async |peer| {
            let before = Instant::now();
            patience.wait(peer).await;
            before.elapsed().as_millis()
        };
        let mut found = Vec::new();
        for _ in 0..9 {
            found.push(costs(peer(1)).await);
        }
        for (cost, expected) in found.iter().zip([0, 0, 0, 250, 500, 1000, 2000, 4000, 4000]) {
            assert!((expected..expected + 5).contains(cost), "{found:?}");
        }
        assert_eq!(costs(peer(2)).await, 0);
        patience.forgive(peer(1));
        assert_eq!(costs(peer(1)).await, 0);
    }

    #[tokio::test(start_paused = true)]
    async fn who_asks_much_at_a_time_is_not_heard() {
        let patience = std::rc::Rc::new(Patience::default());
        let local = tokio::task::LocalSet::new();
        local
            .run_until(async {
                let guess = || {
                    let patience = std::rc::Rc::clone(&patience);
                    tokio::task::spawn_local(async move { patience.wait(peer(1)).await })
                };
                let guesses: Vec<_> = (0..8).map(|_| guess()).collect();
                tokio::task::yield_now().await;
                assert!(patience.is_exhausted(peer(1)));
                assert!(!patience.is_exhausted(peer(2)));
                for guess in guesses {
                    guess.await.unwrap();
                }
                assert!(!patience.is_exhausted(peer(1)));
            })
            .await;
    }

    #[tokio::test]
    async fn only_so_many_peers_are_remembered() {
        let patience = Patience::default();
        for number in 0..=u16::MAX {
            let [a, b] = number.to_be_bytes();
            patience.note(Peer::Inet(SocketAddr::from(([10, 0, a, b], 1))), Instant::now());
        }
        assert_eq!(patience.0.borrow().len(), PEERS_MAX);
    }
}
