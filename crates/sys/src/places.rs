//! Three low descriptors at which a child to be finds its streams.
//!
//! A child usually begins with a copy of the whole table of descriptors and closes what it must not have: with
//! thousands of pipes open, that is most of what a start costs. So the child shares our table at first, and then asks
//! for a table of its own that has only the lowest few descriptors in it (`CLOSE_RANGE_UNSHARE`). What it needs has to
//! lie among those: here. The places are taken once, while few descriptors are open, and never given up.

use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};

use nix::errno::Errno;

/// Where the streams of a child lie while it is made; otherwise something harmless does.
#[derive(Debug)]
pub(crate) struct Places {
    nothing: OwnedFd,
    places: [OwnedFd; 3],
}

impl Places {
    /// Takes the lowest numbers that are free, beyond those of our own standard streams.
    ///
    /// # Errors
    /// `EMFILE` and the like.
    pub(crate) fn take() -> Result<Self, Errno> {
        // SAFETY: eventfd takes plain numbers.
        let fd = Errno::result(unsafe { libc::eventfd(0, libc::EFD_CLOEXEC | libc::EFD_NONBLOCK) })?;
        // SAFETY: the kernel has just given us this descriptor and nobody else knows it.
        let nothing = unsafe { OwnedFd::from_raw_fd(fd) };
        let place = || {
            // SAFETY: plain numbers.
            let fd = Errno::result(unsafe { libc::fcntl(nothing.as_raw_fd(), libc::F_DUPFD_CLOEXEC, 3) })?;
            // SAFETY: as above.
            Ok(unsafe { OwnedFd::from_raw_fd(fd) })
        };
        let places = [place()?, place()?, place()?];
        Ok(Self { nothing, places })
    }

    /// Puts the streams into their places, until what is returned is dropped.
    ///
    /// # Errors
    /// None for open descriptors.
    pub(crate) fn fill(&mut self, streams: [BorrowedFd<'_>; 3]) -> Result<Filled<'_>, Errno> {
        let filled = Filled(self);
        for (place, stream) in filled.0.places.iter().zip(streams) {
            put(stream, place)?;
        }
        Ok(filled)
    }
}

/// Streams in their places.
#[derive(Debug)]
pub(crate) struct Filled<'a>(&'a Places);

impl Filled<'_> {
    /// Where they are.
    pub(crate) fn numbers(&self) -> [RawFd; 3] {
        self.0.places.each_ref().map(AsRawFd::as_raw_fd)
    }
}

impl Drop for Filled<'_> {
    /// Whoever reads the other end of a stream must see its end as soon as the child is gone.
    fn drop(&mut self) {
        for place in &self.0.places {
            // Both are open, so nothing can go wrong.
            let _ = put(self.0.nothing.as_fd(), place);
        }
    }
}

fn put(what: BorrowedFd<'_>, place: &OwnedFd) -> Result<(), Errno> {
    crate::uninterrupted(|| {
        // SAFETY: both descriptors are open, and only this module knows what lies in the place.
        Errno::result(unsafe { libc::dup3(what.as_raw_fd(), place.as_raw_fd(), libc::O_CLOEXEC) })
    })
    .map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pipes::{Ours, Read, pipe, read};

    #[test]
    fn streams_leave_their_places_when_they_are_not_needed_any_more() {
        let mut places = Places::take().unwrap();
        let (reader, writer) = pipe(Ours::Read).unwrap();
        let filled = places.fill([writer.as_fd(); 3]).unwrap();
        let number = filled.numbers()[1];
        drop(writer);
        // SAFETY: it is open as long as `filled` is.
        nix::unistd::write(unsafe { BorrowedFd::borrow_raw(number) }, b"x").unwrap();
        let mut buffer = [0; 8];
        assert_eq!(read(reader.as_fd(), &mut buffer), Ok(Read::Bytes(1)));
        assert_eq!(read(reader.as_fd(), &mut buffer), Ok(Read::WouldBlock));
        drop(filled);
        assert_eq!(read(reader.as_fd(), &mut buffer), Ok(Read::End));
    }
}
