//! Who wants to know of changes to which files: one queue of the kernel's for all who follow logs.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::os::fd::AsFd;
use std::path::Path;
use std::rc::{Rc, Weak};
use std::task::{Context, Poll, Waker};

use supervisor_sys::Errno;
use supervisor_sys::inotify::{Change, ChangeQueue, Watch};
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

/// Everybody who wants to know of changes. The kernel's queue exists from the first who does to the last.
pub(super) struct Changes {
    queue: RefCell<Weak<Queue>>,
}

struct Queue {
    kernel: Rc<ChangeQueue>,
    listeners: RefCell<HashMap<Watch, Vec<Rc<Signal>>>>,
    reader: RefCell<Option<tokio::task::AbortHandle>>,
}

/// Something happened, to one who listens.
#[derive(Default)]
struct Signal {
    has_happened: Cell<bool>,
    waker: RefCell<Option<Waker>>,
}

/// One who wants to know.
pub(super) struct Listener {
    queue: Rc<Queue>,
    signal: Rc<Signal>,
}

/// Keeps a file or directory watched for one listener until it is dropped.
pub(super) struct Watched {
    queue: Rc<Queue>,
    signal: Rc<Signal>,
    watch: Watch,
}

impl Changes {
    pub(super) fn new() -> Rc<Self> {
        Rc::new(Self { queue: RefCell::default() })
    }

    /// A new listener, who has not asked about anything yet.
    ///
    /// # Errors
    /// When the kernel has no more queues to give.
    pub(super) fn listen(&self) -> io::Result<Listener> {
        let mut queue = self.queue.borrow_mut();
        let queue = match queue.upgrade() {
            Some(queue) => queue,
            None => {
                let made = Queue::start()?;
                *queue = Rc::downgrade(&made);
                made
            }
        };
        Ok(Listener { queue, signal: Rc::default() })
    }
}

impl Queue {
    fn start() -> io::Result<Rc<Self>> {
        let kernel = Rc::new(ChangeQueue::new()?);
        #[expect(
            deprecated,
            reason = "what replaces it is unsafe; a ChangeQueue never changes its descriptor"
        )]
        let readable = AsyncFd::with_interest(Rc::clone(&kernel), Interest::READABLE)?;
        let queue = Rc::new(Self { kernel, listeners: RefCell::default(), reader: RefCell::default() });
        let reader = tokio::task::spawn_local(pass_on(readable, Rc::downgrade(&queue)));
        *queue.reader.borrow_mut() = Some(reader.abort_handle());
        Ok(queue)
    }

    fn deliver(&self, changes: &[Change]) {
        let mut listeners = self.listeners.borrow_mut();
        for change in changes {
            match change {
                Change::Itself(watch) | Change::Appeared(watch, _) => {
                    listeners.get(watch).into_iter().flatten().for_each(|signal| signal.set());
                }
                Change::Ended(watch) => {
                    listeners.remove(watch).into_iter().flatten().for_each(|signal| signal.set());
                }
                Change::Overflow => listeners.values().flatten().for_each(|signal| signal.set()),
            }
        }
    }
}

impl Drop for Queue {
    fn drop(&mut self) {
        if let Some(reader) = self.reader.take() {
            reader.abort();
        }
    }
}

/// Reads the kernel's queue as long as somebody listens.
async fn pass_on(readable: AsyncFd<Rc<ChangeQueue>>, queue: Weak<Queue>) {
    while let Ok(mut ready) = readable.readable().await {
        let Some(queue) = queue.upgrade() else { return };
        match readable.get_ref().read() {
            Ok(changes) if changes.is_empty() => ready.clear_ready(),
            Ok(changes) => queue.deliver(&changes),
            Err(_) => return,
        }
    }
}

impl Signal {
    fn set(&self) {
        self.has_happened.set(true);
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
    }
}

impl Listener {
    /// Ready when something has happened since it last was. Look at the files after that, not before.
    pub(super) fn poll_change(&self, context: &Context<'_>) -> Poll<()> {
        if self.signal.has_happened.take() {
            return Poll::Ready(());
        }
        *self.signal.waker.borrow_mut() = Some(context.waker().clone());
        Poll::Pending
    }

    /// Wants to know of changes to the very file that is open there.
    pub(super) fn watch_file(&self, file: &File) -> io::Result<Watched> {
        Ok(self.watched(self.queue.kernel.watch_open_file(file.as_fd())?))
    }

    /// Wants to know when a name leads somewhere else: when what it leads to now is renamed or loses a name.
    pub(super) fn watch_name(&self, path: &Path) -> io::Result<Watched> {
        Ok(self.watched(self.queue.kernel.watch_name(path)?))
    }

    /// Wants to know when something appears in the directory of `path` or, while there is none, in the nearest
    /// one above it.
    pub(super) fn watch_directory_of(&self, path: &Path) -> io::Result<Watched> {
        let mut missing = Errno::ENOENT;
        for directory in path.ancestors().skip(1) {
            let directory = if directory.as_os_str().is_empty() { Path::new(".") } else { directory };
            match self.queue.kernel.watch_directory(directory) {
                Ok(watch) => return Ok(self.watched(watch)),
                Err(errno @ (Errno::ENOENT | Errno::ENOTDIR)) => missing = errno,
                Err(errno) => return Err(errno.into()),
            }
        }
        Err(missing.into())
    }

    fn watched(&self, watch: Watch) -> Watched {
        let signal = Rc::clone(&self.signal);
        self.queue.listeners.borrow_mut().entry(watch).or_default().push(Rc::clone(&signal));
        Watched { queue: Rc::clone(&self.queue), signal, watch }
    }
}

impl Watched {
    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.watch == other.watch
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        let mut listeners = self.queue.listeners.borrow_mut();
        let Some(signals) = listeners.get_mut(&self.watch) else { return };
        if let Some(index) = signals.iter().position(|signal| Rc::ptr_eq(signal, &self.signal)) {
            signals.swap_remove(index);
        }
        if signals.is_empty() {
            listeners.remove(&self.watch);
            // It may have ended by itself, with the news of that still on its way.
            let _ = self.queue.kernel.unwatch(self.watch);
        }
    }
}
