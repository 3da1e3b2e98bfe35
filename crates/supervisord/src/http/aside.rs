//! Work that would hold up the other clients is done on a thread of its own.

/// What has to do with no more bytes is done at once.
const AT_ONCE_BYTES_MAX: u64 = 128 << 10;

/// Does the work, beside the HTTP thread if there are many bytes to it; `None` if it failed or the servers end.
pub(super) async fn aside<T: Send + 'static>(
    bytes: u64,
    work: impl FnOnce() -> T + Send + 'static,
) -> Option<T> {
    if bytes <= AT_ONCE_BYTES_MAX {
        return Some(work());
    }
    tokio::task::spawn_blocking(work).await.ok()
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    #[tokio::test]
    async fn only_what_is_large_is_done_elsewhere() {
        let here = thread::current().id();
        assert_eq!(aside(AT_ONCE_BYTES_MAX, || thread::current().id()).await, Some(here));
        let there = aside(AT_ONCE_BYTES_MAX + 1, || thread::current().id()).await;
        assert!(there.is_some_and(|there| there != here));
    }
}
