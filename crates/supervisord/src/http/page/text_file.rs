//! Logs as plain text, whole.

use std::ops::Range;
use std::path::Path;
use std::rc::Rc;

use hyper::StatusCode;
use hyper::body::Bytes;
use hyper::header::{CONTENT_DISPOSITION, HeaderValue};
use supervisor_config::settings::MainLog;

use super::document::with_headers;
use super::{Visit, present};
use crate::http::answer::{self, Answer};
use crate::http::body::{AnswerBody, Cut};
use crate::http::log_text::Log;
use crate::http::query;
use crate::http::server::Shared;

/// What is read and sent at a time.
const CHUNK_BYTES: u64 = 64 << 10;

/// A log on its way to a client, from its beginning to where it ended when that was asked for.
pub(in crate::http) struct TextFile {
    log: Log,
    range: Range<u64>,
}

impl TextFile {
    fn new(log: Log) -> Self {
        let range = 0..log.size;
        Self { log, range }
    }

    /// How much is still to come.
    pub(in crate::http) fn size(&self) -> u64 {
        self.range.end - self.range.start
    }

    /// The next bytes.
    pub(in crate::http) fn next(&mut self) -> Result<Option<Bytes>, Cut> {
        let end = self.range.end.min(self.range.start + CHUNK_BYTES);
        if end == self.range.start {
            return Ok(None);
        }
        let wanted = self.range.start..end;
        let bytes = self.log.read(&wanted).map_err(|_| Cut("a log cannot be read"))?;
        if bytes.is_empty() {
            return Err(Cut("a log has become shorter"));
        }
        self.range.start += bytes.len() as u64;
        Ok(Some(Bytes::from(bytes)))
    }
}

/// Answers with a log to be kept.
pub(super) async fn answer(visit: &Visit, shared: &Rc<Shared>) -> Answer {
    let Some(view) = present(shared).await else { return answer::error(StatusCode::NOT_FOUND) };
    let channel = visit.parameters.get("channel").unwrap_or("stdout");
    let (path, name) = match visit.parameters.get("processname") {
        Some(name) => {
            let Some(path) = query::logfile_of(&view, name, channel) else {
                return answer::error(StatusCode::NOT_FOUND);
            };
            (path.to_owned(), format!("{name}-{channel}"))
        }
        None => match &view.main_log {
            MainLog::File(path) => (path.clone(), String::from("supervisord")),
            MainLog::Syslog => return answer::error(StatusCode::NOT_FOUND),
        },
    };
    let Ok(log) = Log::open(Path::new(&path)) else { return answer::error(StatusCode::NOT_FOUND) };
    let body = AnswerBody::text_file(TextFile::new(log));
    let mut answer = with_headers(answer::ok("text/plain;charset=utf-8", body));
    let name: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '_' }).collect();
    if let Ok(disposition) = HeaderValue::try_from(format!("attachment; filename=\"{name}.log\"")) {
        answer.headers_mut().insert(CONTENT_DISPOSITION, disposition);
    }
    answer
}
