//! The answer to `getAllProcessInfo`, which is long, asked for again and again, and the same for a whole second.

use std::cell::RefCell;
use std::sync::Arc;

use hyper::body::Bytes;
use supervisor_rpc::encode;

use super::query;
use crate::view::View;

/// The answer that was given last. It is true until something changes or the second is over.
#[derive(Debug, Default)]
pub(super) struct AllInfo(RefCell<Option<Prepared>>);

#[derive(Debug)]
struct Prepared {
    view: Arc<View>,
    second: i64,
    body: Bytes,
}

impl AllInfo {
    /// The body of an answer to somebody whom `view` was drawn for.
    pub(super) fn body(&self, view: &Arc<View>, second: i64) -> Bytes {
        let mut prepared = self.0.borrow_mut();
        if let Some(known) = &*prepared
            && Arc::ptr_eq(&known.view, view)
            && known.second == second
        {
            return known.body.clone();
        }
        // Before a new one takes its room.
        *prepared = None;
        let body = Bytes::from(encode::response(&Ok(query::all_process_info(view, second))));
        *prepared = Some(Prepared { view: Arc::clone(view), second, body: body.clone() });
        body
    }
}

#[cfg(test)]
mod tests {
    use supervisor_config::settings::MainLog;
    use supervisor_core::state::{ProcessState, SupervisorState};

    use super::*;
    use crate::view::ProcessView;

    fn view(pid: i32) -> Arc<View> {
        let process = ProcessView {
            name: "cat".to_owned(),
            group: "web".to_owned(),
            state: ProcessState::Running,
            pid,
            starts: 1,
            start_seconds: 100,
            stop_seconds: 0,
            spawnerr: String::new(),
            exitstatus: 0,
            stdout_logfile: None,
            stderr_logfile: None,
            is_as_last_read: true,
        };
        Arc::new(View {
            state: SupervisorState::Running,
            identifier: Arc::from("supervisor"),
            pid: 1,
            main_log: MainLog::Syslog,
            groups: Arc::new([]),
            processes: Arc::new([Arc::new(process)]),
            configured: Arc::new([]),
            pools: Arc::new([]),
        })
    }

    #[test]
    fn an_answer_is_given_again_until_the_second_or_the_picture_is_another() {
        let (answers, first) = (AllInfo::default(), view(7));
        let body = answers.body(&first, 110);
        assert!(String::from_utf8_lossy(&body).contains("pid 7, uptime 0:00:10"));
        assert_eq!(answers.body(&first, 110).as_ptr(), body.as_ptr());
        assert!(String::from_utf8_lossy(&answers.body(&first, 111)).contains("uptime 0:00:11"));
        assert!(String::from_utf8_lossy(&answers.body(&view(8), 111)).contains("pid 8, uptime"));
    }
}
