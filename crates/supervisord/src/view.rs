//! What the engine publishes for readers: a picture of the whole, shared and never changed.

use std::sync::Arc;

use supervisor_config::settings::MainLog;
use supervisor_core::figures::PoolFigures;
use supervisor_core::spec::GroupSpec;
use supervisor_core::state::{ProcessState, SupervisorState};

/// The picture of one moment.
#[derive(Clone, Debug)]
pub struct View {
    /// RUNNING, or on the way out.
    pub state: SupervisorState,
    /// `[supervisord] identifier`.
    pub identifier: Arc<str>,
    /// The daemon's own process id.
    pub pid: u32,
    /// Where the daemon's own log goes.
    pub main_log: MainLog,
    /// The names of the groups at work, in running order.
    pub groups: Arc<[String]>,
    /// Every process at work, sorted by group name, then process name.
    pub processes: Arc<[Arc<ProcessView>]>,
    /// How deliveries of events go, pool by pool in running order.
    pub pools: Arc<[PoolFigures]>,
    /// The last-read configuration, sorted by priority, then name.
    pub configured: Arc<[GroupSpec]>,
}

/// One process as of one moment. Times are seconds since the epoch, 0 for never.
#[derive(Clone, Debug)]
pub struct ProcessView {
    /// Process name.
    pub name: String,
    /// Group name.
    pub group: String,
    /// Its state.
    pub state: ProcessState,
    /// Its process id, 0 if there is none.
    pub pid: i32,
    /// How often it was started.
    pub starts: u64,
    /// When it was last started.
    pub start_seconds: i64,
    /// When it last ended.
    pub stop_seconds: i64,
    /// Why the last start failed, or empty.
    pub spawnerr: String,
    /// Exit code of the last run, -1 for death by a signal, 0 if there was none.
    pub exitstatus: i32,
    /// File of standard output, if there is one.
    pub stdout_logfile: Option<String>,
    /// File of standard error, if there is one.
    pub stderr_logfile: Option<String>,
    /// It was put to work with the configuration that was last read, not with an earlier one.
    pub is_as_last_read: bool,
}

impl View {
    /// The process of that group and name.
    #[must_use]
    pub fn process(&self, group: &str, name: &str) -> Option<&Arc<ProcessView>> {
        self.processes
            .binary_search_by(|process| (process.group.as_str(), process.name.as_str()).cmp(&(group, name)))
            .ok()
            .map(|index| &self.processes[index])
    }
}
