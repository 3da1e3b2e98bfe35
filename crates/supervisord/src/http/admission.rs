//! How many clients may be connected, and who must leave when more want to come.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use supervisor_sys::limits::{self, Resource};
use tokio::sync::Notify;

use super::activity::Activity;
use super::{CONNECTIONS_FOR_A_STREAM, CONNECTIONS_MAX};

/// The part of the files that this process may open that connections may take.
const SHARE_OF_OPEN_FILES: u64 = 4;
/// How long to wait for a free descriptor when it is not ours to free one.
const RETRY: Duration = Duration::from_secs(1);

/// The connections that there are.
pub(super) struct Admission {
    limit: usize,
    next: Cell<u64>,
    present: RefCell<BTreeMap<u64, Rc<Activity>>>,
    left: Notify,
}

/// A place among the connections, free again when it is dropped.
pub(super) struct Place {
    admission: Rc<Admission>,
    number: u64,
}

impl Admission {
    /// As many places as this process can well spare.
    pub(super) fn new() -> Self {
        let files = limits::get(Resource::OpenFiles).ok().and_then(|limit| limit.soft);
        let share = files.map(|files| usize::try_from(files / SHARE_OF_OPEN_FILES).unwrap_or(usize::MAX));
        Self::with_limit(share.unwrap_or(CONNECTIONS_MAX).clamp(1, CONNECTIONS_MAX))
    }

    fn with_limit(limit: usize) -> Self {
        Self { limit, next: Cell::new(0), present: RefCell::default(), left: Notify::new() }
    }

    /// How many of the connections may be streams.
    pub(super) fn streams_max(&self) -> usize {
        self.limit / CONNECTIONS_FOR_A_STREAM
    }

    /// Waits for a place. When all are taken, whoever has been idle longest leaves.
    pub(super) async fn admit(self: &Rc<Self>, activity: &Rc<Activity>) -> Place {
        self.until(|| {
            let is_full = self.present.borrow().len() >= self.limit;
            if is_full {
                self.dismiss_idlest();
            }
            !is_full
        })
        .await;
        let number = self.next.replace(self.next.get() + 1);
        self.present.borrow_mut().insert(number, Rc::clone(activity));
        Place { admission: Rc::clone(self), number }
    }

    /// Waits until it makes sense to ask for a descriptor again after there was none.
    pub(super) async fn descriptor_may_be_free(&self) {
        let somebody_left = self.left.notified();
        self.dismiss_idlest();
        tokio::select! {
            () = somebody_left => {}
            () = tokio::time::sleep(RETRY) => {}
        }
    }

    /// Waits until nobody is left.
    pub(super) async fn all_left(&self) {
        self.until(|| self.present.borrow().is_empty()).await;
    }

    /// Asks again each time somebody has left.
    async fn until(&self, holds: impl Fn() -> bool) {
        loop {
            // Whoever leaves from here on is heard.
            let somebody_left = self.left.notified();
            if holds() {
                return;
            }
            somebody_left.await;
        }
    }

    /// One at a time: whoever was asked to leave is awaited before another is asked.
    fn dismiss_idlest(&self) {
        let present = self.present.borrow();
        if present.values().any(|activity| activity.is_dismissed()) {
            return;
        }
        let idlest = present
            .values()
            .filter_map(|activity| activity.idle_since().map(|since| (since, activity)))
            .min_by_key(|&(since, _)| since);
        if let Some((_, activity)) = idlest {
            activity.dismiss();
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.admission.present.borrow_mut().remove(&self.number);
        self.admission.left.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_idlest_leaves_for_the_next() {
        let admission = Rc::new(Admission::with_limit(2));
        let [busy, idle, next] = [(); 3].map(|()| Rc::new(Activity::new()));
        let _busy = admission.admit(&busy).await;
        busy.begin_request();
        let place = admission.admit(&idle).await;
        let waiting = admission.admit(&next);
        tokio::pin!(waiting);
        tokio::select! {
            biased;
            _ = &mut waiting => panic!("there was no place"),
            () = idle.dismissed() => drop(place),
        }
        waiting.await;
        assert!(busy.idle_since().is_none());
    }

    #[tokio::test]
    async fn when_all_are_busy_the_next_waits() {
        let admission = Rc::new(Admission::with_limit(1));
        let busy = Rc::new(Activity::new());
        let place = admission.admit(&busy).await;
        busy.begin_request();
        let next = Rc::new(Activity::new());
        let waiting = admission.admit(&next);
        tokio::pin!(waiting);
        tokio::select! {
            biased;
            _ = &mut waiting => panic!("there was no place"),
            () = std::future::ready(()) => {}
        }
        drop(place);
        waiting.await;
    }
}
