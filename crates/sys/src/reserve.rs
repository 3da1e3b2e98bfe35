//! Memory for a daemon that must not die for want of it.
//!
//! Where there is none, a program in Rust aborts; a supervisor's children would be orphans. So whoever needs memory that
//! the system refuses gets some of a reserve that was set aside, and then waits until there is some again.

use std::alloc::{GlobalAlloc, Layout, System};
use std::ptr;
use std::sync::atomic::{AtomicBool, AtomicPtr, Ordering};
use std::time::Duration;

/// The reserve: small enough pieces that the allocator keeps them for us instead of giving them back to the system.
const PIECE_BYTES: usize = 64 << 10;
const PIECES: usize = 8;
const PAUSE: Duration = Duration::from_millis(20);

/// The system's allocator; once it has a reserve, it is asked until it has something.
#[derive(Debug)]
pub struct PatientAllocator {
    is_patient: AtomicBool,
    reserve: [AtomicPtr<u8>; PIECES],
}

impl PatientAllocator {
    /// Without a reserve so far.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            is_patient: AtomicBool::new(false),
            reserve: [const { AtomicPtr::new(ptr::null_mut()) }; PIECES],
        }
    }

    /// Sets memory aside, where that has not been done or where it was used up.
    pub fn reserve(&self) {
        self.is_patient.store(true, Ordering::Release);
        for piece in &self.reserve {
            if !piece.load(Ordering::Acquire).is_null() {
                continue;
            }
            // SAFETY: the layout is not empty.
            let memory = unsafe { System.alloc(Self::piece()) };
            if memory.is_null() {
                return;
            }
            if piece.compare_exchange(ptr::null_mut(), memory, Ordering::AcqRel, Ordering::Acquire).is_err() {
                // SAFETY: allocated above with that layout, and known to nobody else.
                unsafe { System.dealloc(memory, Self::piece()) };
            }
        }
    }

    const fn piece() -> Layout {
        match Layout::from_size_align(PIECE_BYTES, 16) {
            Ok(layout) => layout,
            Err(_) => panic!("a power of two"),
        }
    }

    /// Gives one piece of the reserve back to the allocator; returns whether there was one.
    fn release(&self) -> bool {
        for piece in &self.reserve {
            let memory = piece.swap(ptr::null_mut(), Ordering::AcqRel);
            if !memory.is_null() {
                // SAFETY: allocated in `reserve` with that layout, and taken out by nobody but us.
                unsafe { System.dealloc(memory, Self::piece()) };
                return true;
            }
        }
        false
    }

    fn insist(&self, mut attempt: impl FnMut() -> *mut u8) -> *mut u8 {
        loop {
            let memory = attempt();
            if !memory.is_null() || !self.is_patient.load(Ordering::Acquire) {
                return memory;
            }
            if !self.release() {
                // Sleeps because nobody says when there is memory; that takes none itself.
                std::thread::sleep(PAUSE);
            }
        }
    }
}

impl Default for PatientAllocator {
    fn default() -> Self {
        Self::new()
    }
}

// SAFETY: everything is done by the system's allocator, with the layouts that we are given.
unsafe impl GlobalAlloc for PatientAllocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise.
        self.insist(|| unsafe { System.alloc(layout) })
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise.
        self.insist(|| unsafe { System.alloc_zeroed(layout) })
    }

    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        // SAFETY: the caller's promise; an attempt that fails leaves the memory as it was.
        self.insist(|| unsafe { System.realloc(memory, layout, new_size) })
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise.
        unsafe { System.dealloc(memory, layout) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_is_refused_gets_the_reserve_and_then_waits() {
        let allocator = PatientAllocator::new();
        allocator.reserve();
        let mut refusals = 0;
        let memory = allocator.insist(|| {
            refusals += 1;
            // More often than there are pieces.
            if refusals <= PIECES + 2 { ptr::null_mut() } else { ptr::dangling_mut() }
        });
        assert!(!memory.is_null());
        assert!(!allocator.release(), "the reserve was used");
        allocator.reserve();
        assert!(allocator.release(), "and can be set aside again");
        while allocator.release() {}
    }
}
