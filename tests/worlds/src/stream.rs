//! What comes out of a program, collected while it runs.

use std::io::Read;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

/// One output stream of a running program.
#[derive(Debug)]
pub struct Stream {
    bytes: Arc<Mutex<Vec<u8>>>,
    reader: Option<JoinHandle<()>>,
}

impl Stream {
    /// Begins to collect.
    pub fn collect(source: Option<impl Read + Send + 'static>) -> Self {
        let bytes = Arc::default();
        let sink: Arc<Mutex<Vec<u8>>> = Arc::clone(&bytes);
        let reader = source.map(|mut source| {
            thread::spawn(move || {
                let mut buffer = [0; 4096];
                while let Ok(size @ 1..) = source.read(&mut buffer) {
                    sink.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(&buffer[..size]);
                }
            })
        });
        Self { bytes, reader }
    }

    /// What came so far.
    pub fn text(&self) -> String {
        let bytes = self.bytes.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// Waits until every process that could write has ended.
    pub fn wait_for_the_end(&mut self) {
        if let Some(reader) = self.reader.take() {
            // A reader does not panic; if it did, what it read is still there.
            let _ = reader.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_is_there_after_the_end() {
        let mut stream = Stream::collect(Some(&b"all of it"[..]));
        stream.wait_for_the_end();
        assert_eq!(stream.text(), "all of it");
    }
}
