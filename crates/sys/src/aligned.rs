//! Memory that begins at a page.

/// The smallest page that Linux has.
const PAGE_BYTES: usize = 4096;

/// A buffer that begins at a page, which is where the kernel copies fast.
///
/// A large block of glibc's allocator begins 16 bytes after a page. To copy a page to there takes some processors more
/// than four times as long as to its beginning (`rep movsb`).
#[derive(Debug, Default)]
pub struct AlignedBuffer {
    block: Vec<u8>,
    begin: usize,
}

impl AlignedBuffer {
    /// So many bytes, all zero. What is not used takes no memory.
    #[must_use]
    pub fn new(bytes: usize) -> Self {
        let mut block = vec![0; bytes + PAGE_BYTES];
        let begin = block.as_ptr().align_offset(PAGE_BYTES);
        // A shorter block stays where it is.
        block.truncate(begin.saturating_add(bytes));
        Self { begin: begin.min(block.len()), block }
    }
}

impl std::ops::Deref for AlignedBuffer {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.block[self.begin..]
    }
}

impl std::ops::DerefMut for AlignedBuffer {
    fn deref_mut(&mut self) -> &mut [u8] {
        &mut self.block[self.begin..]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_buffer_begins_at_a_page_wherever_it_is_moved() {
        for bytes in [0, 1, 4096, 131_072] {
            let mut buffer = AlignedBuffer::new(bytes);
            assert_eq!(buffer.len(), bytes);
            buffer.fill(7);
            let moved = std::mem::take(&mut buffer);
            assert_eq!(moved.as_ptr().align_offset(PAGE_BYTES), 0);
            assert!(moved.iter().all(|&byte| byte == 7));
            assert!(buffer.is_empty());
        }
    }
}
