//! Lines that the user types, or that stand in a file or a pipe.

use std::fs::File;
use std::io::{self, Read};
use std::os::fd::AsFd;
use std::thread;

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use tokio::sync::oneshot;

/// The longest line that is read.
const MAX_LINE_BYTES: usize = 1 << 20;

/// Reads lines without reading further than the source has them, so that others may read from it too.
pub(crate) struct Input {
    source: File,
    unread: Vec<u8>,
}

impl Input {
    /// Lines of standard input.
    pub(crate) fn stdin() -> io::Result<Self> {
        Ok(Self::new(File::from(io::stdin().as_fd().try_clone_to_owned()?)))
    }

    /// Lines of a file, a pipe or a terminal.
    pub(crate) fn new(source: File) -> Self {
        Self { source, unread: Vec::new() }
    }

    /// The next line without its end; `None` if there is none. Bytes that are no text are replaced.
    pub(crate) async fn line(&mut self) -> io::Result<Option<String>> {
        loop {
            if let Some(end) = self.unread.iter().position(|&byte| byte == b'\n') {
                let line: Vec<u8> = self.unread.drain(..=end).collect();
                return Ok(Some(text(&line[..end])));
            }
            if self.unread.len() >= MAX_LINE_BYTES {
                return Err(io::Error::other("the line is too long"));
            }
            if self.fill().await? == 0 {
                let line = std::mem::take(&mut self.unread);
                return Ok((!line.is_empty()).then(|| text(&line)));
            }
        }
    }

    /// Waits until there is something to read and reads it; 0 at the end. Cancelling loses nothing.
    async fn fill(&mut self) -> io::Result<usize> {
        readable(&self.source).await?;
        let mut bytes = [0; 4096];
        let count = self.source.read(&mut bytes)?;
        self.unread.extend_from_slice(&bytes[..count]);
        Ok(count)
    }
}

/// Waits until a read would not block. A thread waits in the kernel, as epoll refuses plain files; it only
/// looks, and it ends when nobody wants to know any more.
async fn readable(source: &File) -> io::Result<()> {
    let source = source.try_clone()?;
    let (cancelled, _until_dropped) = io::pipe()?;
    let (sender, answer) = oneshot::channel();
    thread::Builder::new().name("input".to_owned()).spawn(move || {
        let result = loop {
            let mut both = [
                PollFd::new(source.as_fd(), PollFlags::POLLIN),
                PollFd::new(cancelled.as_fd(), PollFlags::POLLIN),
            ];
            match poll(&mut both, PollTimeout::NONE) {
                Err(Errno::EINTR) => {}
                result => break result,
            }
        };
        // Nobody listens if the wait was cancelled.
        let _ = sender.send(result);
    })?;
    answer.await.map_err(io::Error::other)??;
    Ok(())
}

fn text(line: &[u8]) -> String {
    String::from_utf8_lossy(line).into_owned()
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::os::fd::OwnedFd;

    use tokio::runtime::Builder;

    use super::*;

    fn lines(source: File) -> Vec<String> {
        let runtime = Builder::new_current_thread().build().unwrap();
        let mut input = Input::new(source);
        std::iter::from_fn(|| runtime.block_on(input.line()).unwrap()).collect()
    }

    #[test]
    fn a_file_has_lines_and_the_last_may_lack_its_end() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all("ü\n\nlast".as_bytes()).unwrap();
        assert_eq!(lines(File::open(file.path()).unwrap()), ["ü", "", "last"]);
    }

    #[test]
    fn a_pipe_has_lines_and_bytes_that_are_no_text_are_replaced() {
        let (reader, mut writer) = io::pipe().unwrap();
        writer.write_all(b"a\xff\nb\n").unwrap();
        drop(writer);
        assert_eq!(lines(File::from(OwnedFd::from(reader))), ["a\u{fffd}", "b"]);
    }

    #[test]
    fn nothing_is_lost_when_nobody_waits_any_more() {
        let (reader, mut writer) = io::pipe().unwrap();
        let mut input = Input::new(File::from(OwnedFd::from(reader)));
        let runtime = Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            tokio::select! {
                biased;
                _ = input.line() => panic!("nothing was written"),
                () = std::future::ready(()) => {}
            }
            writer.write_all(b"kept\n").unwrap();
            assert_eq!(input.line().await.unwrap().as_deref(), Some("kept"));
        });
    }
}
