//! Giving memory back that only the start has needed.

use std::ffi::{c_int, c_void};

use crate::host::page_bytes;

/// Gives back what can be had again without asking anybody: free memory, and pages of programs and libraries as they
/// are in their files. What is used again comes back by itself, page by page, from the cache of the kernel.
pub fn give_back() {
    #[cfg(target_env = "gnu")]
    // SAFETY: it takes nothing that is in use.
    unsafe {
        libc::malloc_trim(0);
    }
    // SAFETY: `give_back_code` has the type that is wanted, takes no data, and does not unwind.
    unsafe {
        libc::dl_iterate_phdr(Some(give_back_code), std::ptr::null_mut());
    }
}

/// Takes the pages of one program or library out of our memory, apart from those that may have been written.
unsafe extern "C" fn give_back_code(
    info: *mut libc::dl_phdr_info,
    _size: usize,
    _data: *mut c_void,
) -> c_int {
    let page = usize::try_from(page_bytes()).unwrap_or(4096);
    // SAFETY: whoever calls passes a description that is whole, with so many headers.
    let (base, headers) = unsafe {
        let info = &*info;
        // The page that the kernel itself brings along has none.
        if info.dlpi_phdr.is_null() {
            return 0;
        }
        (info.dlpi_addr, std::slice::from_raw_parts(info.dlpi_phdr, usize::from(info.dlpi_phnum)))
    };
    for header in headers {
        if header.p_type != libc::PT_LOAD || header.p_flags & libc::PF_W != 0 {
            continue;
        }
        let (Ok(begin), Ok(length)) =
            (usize::try_from(base.wrapping_add(header.p_vaddr)), usize::try_from(header.p_memsz))
        else {
            continue;
        };
        let (begin, end) = (begin & !(page - 1), begin + length);
        // SAFETY: this is a mapping of a file that was never writable, so that each page is what the file has, and
        // the kernel brings it back when it is used.
        unsafe {
            libc::madvise(begin as *mut c_void, end - begin, libc::MADV_DONTNEED);
        }
    }
    0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_given_back_is_there_when_it_is_needed() {
        let text = vec![7_u8; 1 << 20];
        give_back();
        assert!(text.iter().all(|&byte| byte == 7));
        assert_eq!(format!("{:?}", std::time::Duration::from_millis(1_500)), "1.5s");
    }
}
