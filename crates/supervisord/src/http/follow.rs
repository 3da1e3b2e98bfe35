//! Following a log as it grows, through truncation and rotation, without losing or repeating a byte.
//!
//! Nothing is read ahead: the next bytes are read when the client's connection has room for them, so the file
//! itself is the buffer. Nothing is looked at in vain: a follower that has read everything sleeps until the
//! kernel reports a change to its file, to the one after it, or to their directory. Each of the three is
//! watched before it is looked at for the last time, so no change is missed.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::task::{Context, Poll};
use std::time::SystemTime;

use hyper::body::Bytes;
use supervisor_sys::files::FileIdentity;

use super::body::Cut;
use super::changes::{Changes, Listener, Watched};
use super::lineage::{self, Mark};

/// How much of what is there already is sent first.
pub(super) const FIRST_BYTES: u64 = 1024;
/// The most that is read at a time.
const CHUNK_BYTES_MAX: usize = 64 << 10;
/// What a client reads in place of what was cut away.
const TRUNCATED: &str = "==> File truncated <==\n";

/// A log on its way to a client.
pub(super) struct Follower {
    path: PathBuf,
    listener: Listener,
    current: Followed,
    /// What stood next to the current file when we began with it.
    older: Option<Mark>,
    /// What will come after the current file, once something is written to it.
    next: Option<Followed>,
    directory: Watched,
}

/// A file that is being read.
struct Followed {
    file: File,
    identity: FileIdentity,
    position: u64,
    _watched: Watched,
}

impl Follower {
    /// Begins so many bytes before the end of the file.
    ///
    /// # Errors
    /// `NotFound` when there is no regular file; what the kernel says when it cannot watch it.
    pub(super) fn new(path: &Path, first_bytes: u64, changes: &Changes) -> io::Result<Self> {
        let listener = changes.listen()?;
        let directory = listener.watch_directory_of(path)?;
        let mut current = Followed::new(lineage::open(path)?, &listener)?;
        current.position = current.size()?.saturating_sub(first_bytes);
        let older = lineage::mark(&lineage::name_of(path, 1));
        Ok(Self { path: path.to_owned(), listener, current, older, next: None, directory })
    }

    /// When the file was last written.
    pub(super) fn modified(&self) -> Option<SystemTime> {
        self.current.file.metadata().ok()?.modified().ok()
    }

    /// The next bytes; there is no end.
    pub(super) fn poll_next(&mut self, context: &Context<'_>) -> Poll<Result<Bytes, Cut>> {
        loop {
            match self.next_bytes() {
                Ok(Some(bytes)) => return Poll::Ready(Ok(bytes)),
                Ok(None) if self.listener.poll_change(context).is_pending() => return Poll::Pending,
                Ok(None) => {}
                Err(_) => return Poll::Ready(Err(Cut("a followed log cannot be read"))),
            }
        }
    }

    /// What there is to send; `None` if that is nothing before something changes.
    fn next_bytes(&mut self) -> io::Result<Option<Bytes>> {
        loop {
            let bytes = self.current.read()?;
            if !bytes.is_empty() {
                return Ok(Some(bytes));
            }
            // Differs: truncated-logs-are-followed
            if self.current.size()? < self.current.position {
                self.current.position = 0;
                return Ok(Some(Bytes::from_static(TRUNCATED.as_bytes())));
            }
            if !self.advance()? {
                return Ok(None);
            }
        }
    }

    /// Goes on to the file after the current one, if that is complete. Says whether there is something to read.
    fn advance(&mut self) -> io::Result<bool> {
        let Some(after) = lineage::successor(&self.path, self.current.identity, self.older)? else {
            self.next = None;
            return self.look_for_directory();
        };
        if self.next.as_ref().map(|next| next.identity) != Some(lineage::identity(&after.file)?) {
            self.next = Some(Followed::new(after.file, &self.listener)?);
        }
        let Some(next) = &self.next else { return Ok(false) };
        // Whoever makes the new file may go on to write to the old one for a while, but not when something is in
        // the new one.
        if !after.is_rotated && next.size()? == 0 {
            return Ok(false);
        }
        if self.current.size()? == self.current.position
            && let Some(next) = self.next.take()
        {
            self.older = Some(Mark::of(&self.current.file.metadata()?));
            self.current = next;
        }
        Ok(true)
    }

    /// The directory may have been replaced together with the file. Says whether it must be looked at again.
    fn look_for_directory(&mut self) -> io::Result<bool> {
        if self.path.exists() {
            return Ok(false);
        }
        let directory = self.listener.watch_directory_of(&self.path)?;
        let is_another = !directory.is_same(&self.directory);
        self.directory = directory;
        Ok(is_another)
    }
}

impl Followed {
    fn new(file: File, listener: &Listener) -> io::Result<Self> {
        let (watched, identity) = (listener.watch_file(&file)?, lineage::identity(&file)?);
        Ok(Self { file, identity, position: 0, _watched: watched })
    }

    fn size(&self) -> io::Result<u64> {
        Ok(self.file.metadata()?.len())
    }

    fn read(&mut self) -> io::Result<Bytes> {
        let waiting = self.size()?.saturating_sub(self.position);
        let length = usize::try_from(waiting).unwrap_or(usize::MAX).min(CHUNK_BYTES_MAX);
        let mut buffer = vec![0; length];
        let read = loop {
            match self.file.read_at(&mut buffer, self.position) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                outcome => break outcome?,
            }
        };
        buffer.truncate(read);
        self.position += read as u64;
        Ok(Bytes::from(buffer))
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::Write as _;
    use std::rc::Rc;
    use std::task::Waker;

    use tokio::task::LocalSet;

    use super::*;

    /// A log and somebody who follows it.
    struct Scene {
        directory: tempfile::TempDir,
        log: File,
        follower: Option<Follower>,
        changes: Rc<Changes>,
    }

    impl Scene {
        fn new(text: &str) -> Self {
            let directory = tempfile::tempdir().unwrap();
            let log = File::create(directory.path().join("log")).unwrap();
            let mut scene = Self { directory, log, follower: None, changes: Changes::new() };
            scene.write(text);
            scene.follower = Some(Follower::new(&scene.path(), FIRST_BYTES, &scene.changes).unwrap());
            scene
        }

        fn path(&self) -> PathBuf {
            self.directory.path().join("log")
        }

        fn write(&mut self, text: &str) {
            self.log.write_all(text.as_bytes()).unwrap();
        }

        fn rename_to(&self, index: u64) {
            fs::rename(self.path(), lineage::name_of(&self.path(), index)).unwrap();
        }

        fn create(&mut self) {
            self.log = File::create_new(self.path()).unwrap();
        }

        /// As the daemon does it.
        fn rotate(&mut self, backups: u64) {
            for index in (1..backups).rev() {
                let from = lineage::name_of(&self.path(), index);
                if from.exists() {
                    fs::rename(from, lineage::name_of(&self.path(), index + 1)).unwrap();
                }
            }
            self.rename_to(1);
            self.create();
        }

        /// Everything that can be read without waiting.
        fn read(&mut self) -> String {
            let mut all = Vec::new();
            while let Some(bytes) = self.follower.as_mut().unwrap().next_bytes().unwrap() {
                all.extend_from_slice(&bytes);
            }
            String::from_utf8(all).unwrap()
        }

        /// Waits for the kernel to report something, and reads.
        async fn read_when_woken(&mut self) -> String {
            let follower = self.follower.as_mut().unwrap();
            let bytes = std::future::poll_fn(|context| follower.poll_next(context)).await.unwrap();
            String::from_utf8(bytes.to_vec()).unwrap() + &self.read()
        }
    }

    async fn locally<T>(body: impl Future<Output = T>) -> T {
        LocalSet::new().run_until(body).await
    }

    #[tokio::test]
    async fn the_last_bytes_come_first_and_then_what_is_added() {
        locally(async {
            let mut scene = Scene::new(&("x".repeat(5000) + &"y".repeat(1024)));
            assert_eq!(scene.read(), "y".repeat(1024));
            scene.write("more");
            assert_eq!(scene.read_when_woken().await, "more");
        })
        .await;
    }

    #[tokio::test]
    async fn a_rotation_loses_nothing() {
        locally(async {
            let mut scene = Scene::new("one ");
            assert_eq!(scene.read(), "one ");
            scene.write("two ");
            scene.rotate(3);
            assert_eq!(scene.read_when_woken().await, "two ");
            scene.write("three ");
            assert_eq!(scene.read_when_woken().await, "three ");
        })
        .await;
    }

    #[tokio::test]
    async fn several_rotations_between_two_looks_lose_nothing() {
        locally(async {
            let mut scene = Scene::new("");
            fs::write(lineage::name_of(&scene.path(), 1), "long ago").unwrap();
            scene.follower = Some(Follower::new(&scene.path(), FIRST_BYTES, &scene.changes).unwrap());
            for number in 0..6 {
                scene.write(&format!("{number} "));
                scene.rotate(9);
            }
            scene.write("end");
            assert_eq!(scene.read(), "0 1 2 3 4 5 end");
            assert_eq!(scene.read(), "");
        })
        .await;
    }

    #[tokio::test]
    async fn a_file_that_was_rotated_away_is_read_and_all_that_came_after_it() {
        locally(async {
            let mut scene = Scene::new("");
            for number in 0..6 {
                scene.write(&format!("{number} "));
                scene.rotate(2);
            }
            assert_eq!(scene.read(), "0 4 5 ", "what has been deleted meanwhile cannot be read");
        })
        .await;
    }

    #[tokio::test]
    async fn a_writer_that_is_slow_to_reopen_loses_nothing() {
        locally(async {
            let mut scene = Scene::new("one ");
            scene.rename_to(1);
            assert_eq!(scene.read(), "one ");
            scene.write("two ");
            assert_eq!(scene.read_when_woken().await, "two ");
            let mut fresh = File::create_new(scene.path()).unwrap();
            assert_eq!(scene.read(), "");
            scene.write("three ");
            assert_eq!(scene.read_when_woken().await, "three ");
            scene.write("four ");
            fresh.write_all(b"five").unwrap();
            assert_eq!(scene.read_when_woken().await, "four five");
        })
        .await;
    }

    #[tokio::test]
    async fn a_cleared_log_is_followed_from_its_start() {
        locally(async {
            let mut scene = Scene::new("one");
            fs::write(lineage::name_of(&scene.path(), 1), "long ago").unwrap();
            scene.follower = Some(Follower::new(&scene.path(), FIRST_BYTES, &scene.changes).unwrap());
            assert_eq!(scene.read(), "one");
            fs::remove_file(scene.path()).unwrap();
            scene.write(" late");
            assert_eq!(scene.read_when_woken().await, " late");
            scene.create();
            scene.write("two");
            assert_eq!(scene.read_when_woken().await, "two");
        })
        .await;
    }

    #[tokio::test]
    async fn a_truncated_log_says_so_and_starts_over() {
        locally(async {
            let mut scene = Scene::new("one two three");
            assert_eq!(scene.read(), "one two three");
            scene.log.set_len(0).unwrap();
            assert_eq!(scene.read_when_woken().await, TRUNCATED);
            let mut appending = File::options().append(true).open(scene.path()).unwrap();
            appending.write_all(b"four").unwrap();
            assert_eq!(scene.read_when_woken().await, "four");
        })
        .await;
    }

    #[tokio::test]
    async fn a_log_whose_directory_was_replaced_is_found_again() {
        locally(async {
            let mut scene = Scene::new("one");
            let elsewhere = tempfile::tempdir().unwrap();
            let inner = scene.directory.path().join("inner");
            let path = inner.join("log");
            fs::create_dir(&inner).unwrap();
            fs::write(&path, "one").unwrap();
            scene.follower = Some(Follower::new(&path, FIRST_BYTES, &scene.changes).unwrap());
            assert_eq!(scene.read(), "one");
            fs::rename(&inner, elsewhere.path().join("inner")).unwrap();
            let late = async {
                assert_eq!(scene.read_when_woken().await, "two");
            };
            let writer = async {
                for _ in 0..10 {
                    tokio::task::yield_now().await;
                }
                fs::create_dir(&inner).unwrap();
                for _ in 0..10 {
                    tokio::task::yield_now().await;
                }
                fs::write(&path, "two").unwrap();
            };
            tokio::join!(late, writer);
        })
        .await;
    }

    #[tokio::test]
    async fn nothing_is_due_while_nothing_happens() {
        locally(async {
            let mut scene = Scene::new("");
            let context = Context::from_waker(Waker::noop());
            assert!(scene.follower.as_mut().unwrap().poll_next(&context).is_pending());
            fs::write(scene.directory.path().join("other"), "x").unwrap();
            assert_eq!(scene.read(), "");
        })
        .await;
    }

    #[tokio::test]
    async fn what_is_no_file_cannot_be_followed() {
        locally(async {
            let changes = Changes::new();
            let directory = tempfile::tempdir().unwrap();
            for path in [directory.path().to_owned(), directory.path().join("none"), "/dev/null".into()] {
                let error = Follower::new(&path, FIRST_BYTES, &changes).err().unwrap();
                assert_eq!(error.kind(), io::ErrorKind::NotFound, "{}", path.display());
            }
        })
        .await;
    }
}
