//! Text from logs for XML-RPC answers: small ones as values, large ones read while they are sent.

use std::fs::File;
use std::io::{self, Seek, SeekFrom};
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::path::Path;

use hyper::body::Bytes;
use supervisor_rpc::encode;
use supervisor_rpc::value::Value;
use supervisor_sys::files;

use super::body::Cut;

/// What is read and sent at a time.
const CHUNK_BYTES: usize = 64 << 10;

/// A log to read from.
pub(super) struct Log {
    file: File,
    /// How much there was when it was opened.
    pub(super) size: u64,
}

impl Log {
    /// # Errors
    /// When there is no such file, when it cannot be read, or when it has no size, like a pipe.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let mut file = files::open_to_read(path)?;
        let size = file.seek(SeekFrom::End(0))?;
        Ok(Self { file, size })
    }

    /// The bytes of that range, or fewer if the log has become shorter.
    pub(super) fn read(&self, range: &Range<u64>) -> io::Result<Vec<u8>> {
        let length = usize::try_from(range.end.saturating_sub(range.start)).unwrap_or(usize::MAX);
        let mut bytes = vec![0; length];
        let mut filled = 0;
        while filled < length {
            match self.file.read_at(&mut bytes[filled..], range.start + filled as u64) {
                Ok(0) => break,
                Ok(read) => filled += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        bytes.truncate(filled);
        Ok(bytes)
    }
}

/// A value with a part of a log in it that is still to be read.
pub(super) struct LogText {
    log: Log,
    range: Range<u64>,
    /// The value, with an empty text where that of the log belongs.
    shape: Value,
    /// Bytes at the end of the last chunk that may be the beginning of a character.
    cut_character: Vec<u8>,
    /// What comes around the text; each is taken when it is sent.
    opening: Option<String>,
    closing: Option<String>,
}

impl LogText {
    /// The first empty text of `shape` is where the text of the log goes.
    pub(super) fn new(log: Log, range: Range<u64>, shape: Value) -> Self {
        let (opening, closing) = frame(&shape);
        let (opening, closing) = (Some(opening), Some(closing));
        Self { log, range, shape, cut_character: Vec::new(), opening, closing }
    }

    /// How many bytes of the log it has.
    pub(super) fn size(&self) -> u64 {
        self.range.end.saturating_sub(self.range.start)
    }

    /// The whole value, read at once.
    pub(super) fn into_value(self) -> io::Result<Value> {
        let text = Value::text(&self.log.read(&self.range)?);
        Ok(match self.shape {
            Value::Array(mut items) => {
                if let Some(first) = items.first_mut() {
                    *first = text;
                }
                Value::Array(items)
            }
            _ => text,
        })
    }

    /// The next part of the body; `None` after the last.
    pub(super) fn next(&mut self) -> Result<Option<Bytes>, Cut> {
        if let Some(opening) = self.opening.take() {
            return Ok(Some(opening.into()));
        }
        if self.closing.is_none() {
            return Ok(None);
        }
        let end = self.range.end.min(self.range.start.saturating_add(CHUNK_BYTES as u64));
        let read = self.log.read(&(self.range.start..end)).map_err(|_| Cut("a log cannot be read"))?;
        self.range.start += read.len() as u64;
        let is_last = read.is_empty() || self.range.is_empty();
        self.cut_character.extend_from_slice(&read);
        let text = take_text(&mut self.cut_character, is_last);
        let (opening, closing) = frame(&Value::String(String::new()));
        let xml = encode::response(&Ok(Value::String(text)));
        let mut part = xml[opening.len()..xml.len() - closing.len()].to_owned();
        if is_last {
            part.push_str(&self.closing.take().unwrap_or_default());
        }
        Ok(Some(part.into()))
    }
}

/// What an answer of that shape has before and after its first text.
fn frame(shape: &Value) -> (String, String) {
    const END: &str = "</string>";
    let empty = encode::response(&Ok(shape.clone()));
    let middle = empty.find(END).unwrap_or(empty.len());
    (empty[..middle].to_owned(), empty[middle..].to_owned())
}

/// Takes the text out of `bytes`, with a replacement for what is none. Unless this is the end, a character that
/// is only begun stays there.
fn take_text(bytes: &mut Vec<u8>, is_last: bool) -> String {
    let begun = bytes.utf8_chunks().last().map_or(0, |chunk| {
        let is_cut = std::str::from_utf8(chunk.invalid()).is_err_and(|error| error.error_len().is_none());
        if is_cut && !is_last { chunk.invalid().len() } else { 0 }
    });
    let rest = bytes.split_off(bytes.len() - begun);
    let text = String::from_utf8_lossy(bytes).into_owned();
    *bytes = rest;
    text
}

#[cfg(test)]
mod tests {
    use std::fs;

    use supervisor_rpc::decode;

    use super::*;

    fn log(content: &[u8]) -> (tempfile::TempDir, Log) {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("log");
        fs::write(&path, content).unwrap();
        let log = Log::open(&path).unwrap();
        (directory, log)
    }

    fn sent(mut text: LogText) -> String {
        let mut all = Vec::new();
        while let Some(bytes) = text.next().unwrap() {
            all.extend_from_slice(&bytes);
        }
        String::from_utf8(all).unwrap()
    }

    #[test]
    fn a_large_text_is_the_same_as_if_it_had_been_small() {
        let mut content = "<ü&\r\n\u{1}€\u{10348}>".repeat(30_000).into_bytes();
        content.extend_from_slice(b"\xff broken \xe2\x82");
        let (_directory, log) = log(&content);
        let size = log.size;
        for range in [0..size, 1..size - 1, 5..5, 3..4] {
            let bytes = &content[range.start as usize..range.end as usize];
            let tail = |text: Value| Value::Array(vec![text, Value::Int(7), Value::Bool(true)]);
            for (shape, whole) in
                [(Value::from(""), Value::text(bytes)), (tail("".into()), tail(Value::text(bytes)))]
            {
                let text = || {
                    let log = Log { file: log.file.try_clone().unwrap(), size };
                    LogText::new(log, range.clone(), shape.clone())
                };
                let xml = sent(text());
                assert!(xml == encode::response(&Ok(whole.clone())));
                assert!(decode::response(xml.as_bytes()).is_ok());
                assert!(text().into_value().unwrap() == whole);
            }
        }
    }

    #[test]
    fn a_log_that_becomes_shorter_ends_early_but_whole() {
        let (directory, log) = log(&b"x".repeat(200_000));
        let size = log.size;
        let mut text = LogText::new(log, 0..size, Value::from(""));
        let mut all = text.next().unwrap().unwrap().to_vec();
        File::options().write(true).open(directory.path().join("log")).unwrap().set_len(0).unwrap();
        while let Some(bytes) = text.next().unwrap() {
            all.extend_from_slice(&bytes);
        }
        assert_eq!(String::from_utf8(all).unwrap(), encode::response(&Ok("".into())));
    }

    #[test]
    fn a_character_that_is_only_begun_waits_for_its_end() {
        let mut bytes = b"a\xe2\x82".to_vec();
        assert_eq!(take_text(&mut bytes, false), "a");
        bytes.push(0xac);
        assert_eq!(take_text(&mut bytes, false), "€");
        bytes.extend_from_slice(b"\xff\xe2");
        assert_eq!(take_text(&mut bytes, true), "\u{fffd}\u{fffd}");
        assert!(bytes.is_empty());
    }

    #[test]
    fn a_pipe_has_no_size() {
        let directory = tempfile::tempdir().unwrap();
        assert!(Log::open(directory.path().join("none").as_path()).is_err());
        let (reader, _writer) = supervisor_sys::pipes::pipe(supervisor_sys::pipes::Ours::Read).unwrap();
        let path = format!("/proc/self/fd/{}", std::os::fd::AsRawFd::as_raw_fd(&reader));
        assert!(Log::open(Path::new(&path)).is_err());
    }
}
