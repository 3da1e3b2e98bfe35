//! How the C library's allocator keeps memory that was given back to it.

/// Of a block this large all is given back to the kernel when it is freed.
#[cfg(target_env = "gnu")]
const LARGE_BLOCK_BYTES: libc::c_int = 128 << 10;

/// Has one heap for all threads, and none that grows with the largest block it ever had. By default each thread may get
/// a heap of its own, which keeps what it needed at its busiest moment, and what is made by one thread and freed by
/// another leaves holes in the first one's. Must come before there are threads.
///
/// C libraries other than glibc have nothing to be told.
pub fn share_one_heap() {
    #[cfg(target_env = "gnu")]
    // SAFETY: it takes plain numbers, and changes how memory is kept, not whose it is.
    unsafe {
        // Where it refuses, more is kept.
        libc::mallopt(libc::M_ARENA_MAX, 1);
        libc::mallopt(libc::M_MMAP_THRESHOLD, LARGE_BLOCK_BYTES);
    }
}

#[cfg(all(test, target_env = "gnu"))]
mod tests {
    use std::fs;
    use std::process::Command;
    use std::thread;

    use super::*;

    /// Heaps of threads begin at multiples of so many bytes, as do no other mappings but by chance.
    const HEAP_ALIGNMENT: usize = 64 << 20;
    const CHOSEN: &str = "ALLOCATOR_TEST_SHARES_ONE_HEAP";

    fn heaps_of_threads() -> usize {
        let maps = fs::read_to_string("/proc/self/maps").unwrap();
        let starts = maps.lines().filter_map(|line| usize::from_str_radix(line.split_once('-')?.0, 16).ok());
        starts.filter(|start| start % HEAP_ALIGNMENT == 0).count()
    }

    #[test]
    fn a_thread_gets_no_heap_of_its_own() {
        // Other tests of this program have threads already, so that it is looked at in another process.
        if std::env::var_os(CHOSEN).is_some() {
            share_one_heap();
            let before = heaps_of_threads();
            let thread = thread::spawn(|| std::hint::black_box(vec![1_u8; 5000]).len());
            assert_eq!(thread.join().unwrap(), 5000);
            assert_eq!(heaps_of_threads(), before);
            return;
        }
        let test = "allocator::tests::a_thread_gets_no_heap_of_its_own";
        let status = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", test, "--test-threads=1"])
            .env(CHOSEN, "1")
            .status();
        assert!(status.unwrap().success());
    }
}
