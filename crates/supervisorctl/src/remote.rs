//! The server, seen from here: its methods, with types.

mod address;
mod connection;
mod http;
mod transport;

use std::convert::Infallible;
use std::rc::Rc;

use hyper::body::Bytes;
use supervisor_core::command::Changes;
use supervisor_rpc::decode;
use supervisor_rpc::info::ProcessInfo;
use supervisor_rpc::reply::{self, BatchLine};
use supervisor_rpc::value::Value;

use self::connection::Connections;
pub(crate) use self::http::Follow;
use crate::failure::Failure;
use crate::progress::{Aim, PERIOD, ProgressLine};
use crate::verb::selection::is_meant;
use crate::waiting::Waiting;

/// A user name and a password.
#[derive(Clone, Debug)]
pub(crate) struct Credentials {
    pub(crate) username: String,
    pub(crate) password: String,
}

/// A server. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Remote {
    /// Where it is, as the user wrote it.
    pub(crate) url: String,
    /// Who we are, if anybody asked.
    pub(crate) credentials: Option<Credentials>,
    pub(crate) waiting: Rc<Waiting>,
    connections: Rc<Connections>,
    /// Somebody sees what is being waited for.
    pub(crate) shows_progress: bool,
}

/// Which of a process' logs, as the server calls them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Channel {
    Stdout,
    Stderr,
}

/// One line of `avail`: what the configuration says of a process.
#[derive(Clone, Debug)]
pub(crate) struct ConfigLine {
    pub(crate) name: String,
    pub(crate) group: String,
    pub(crate) is_in_use: bool,
    pub(crate) starts_by_itself: bool,
    pub(crate) group_priority: i64,
    pub(crate) process_priority: i64,
}

/// What comes of a call.
pub(crate) type Answer<T> = Result<T, Failure>;

impl Remote {
    pub(crate) fn new(
        url: String,
        credentials: Option<Credentials>,
        waiting: Rc<Waiting>,
        shows_progress: bool,
    ) -> Self {
        Self { url, credentials, waiting, connections: Rc::default(), shows_progress }
    }

    /// Closes the connection that was kept for further calls.
    pub(crate) fn hang_up(&self) {
        self.connections.close();
    }

    /// Calls a method of the `supervisor` namespace and waits for the answer.
    fn call<T>(&self, method: &str, params: &[Value], read: impl FnOnce(Value) -> Option<T>) -> Answer<T> {
        self.waiting.for_result(self.call_later(method, params, read))
    }

    async fn call_later<T>(
        &self,
        method: &str,
        params: &[Value],
        read: impl FnOnce(Value) -> Option<T>,
    ) -> Answer<T> {
        let method = format!("supervisor.{method}");
        let value = self.value_later(&method, params).await?;
        read(value).ok_or_else(|| Failure::unexpected(&method))
    }

    async fn value_later(&self, method: &str, params: &[Value]) -> Answer<Value> {
        decode::response(&self.answer_later(method, params).await?)?.map_err(Failure::Fault)
    }

    /// The answer as it is written.
    async fn answer_later(&self, method: &str, params: &[Value]) -> Answer<Bytes> {
        http::call(&self.connections, &self.url, self.credentials.as_ref(), method, params).await
    }

    /// Calls a method of any namespace and waits for the answer.
    pub(crate) fn call_any(&self, method: &str, params: &[Value]) -> Answer<Value> {
        self.waiting.for_result(self.value_later(method, params))
    }

    /// As [`Remote::call`], and meanwhile says which of the processes that `word` means (all, without one) are not
    /// yet as they should be.
    // Differs: progress
    fn call_watched<T>(
        &self,
        aim: Aim,
        word: Option<&str>,
        method: &str,
        params: &[Value],
        read: impl FnOnce(Value) -> Option<T>,
    ) -> Answer<T> {
        if !self.shows_progress {
            return self.call(method, params, read);
        }
        self.waiting.for_result(async {
            tokio::select! {
                biased;
                answer = self.call_later(method, params, read) => answer,
                never = self.show_progress(aim, word) => match never {},
            }
        })
    }

    async fn show_progress(&self, aim: Aim, word: Option<&str>) -> Infallible {
        let mut line = ProgressLine::default();
        loop {
            tokio::time::sleep(PERIOD).await;
            // A server that does not answer now may do so the next time.
            let infos = self.all_process_info_later().await.unwrap_or_default();
            let meant = infos.iter().filter(|info| word.is_none_or(|word| is_meant(word, info)));
            line.show(&aim.text(&meant.collect::<Vec<_>>()));
        }
    }

    pub(crate) fn api_version(&self) -> Answer<String> {
        // Compat: api-version-by-old-name
        self.call("getVersion", &[], text)
    }

    pub(crate) fn supervisor_version(&self) -> Answer<String> {
        self.call("getSupervisorVersion", &[], text)
    }

    /// How deliveries of events go; nothing from a daemon that does not know.
    pub(crate) fn all_listener_info(&self) -> Vec<Value> {
        let pools = self.call("getAllListenerInfo", &[], |value| match value {
            Value::Array(pools) => Some(pools),
            _ => None,
        });
        pools.unwrap_or_default()
    }

    pub(crate) fn pid(&self) -> Answer<i64> {
        self.call("getPID", &[], |value| value.as_int())
    }

    pub(crate) fn process_info(&self, name: &str) -> Answer<ProcessInfo> {
        self.waiting.for_result(self.process_info_later(name))
    }

    pub(crate) async fn process_info_later(&self, name: &str) -> Answer<ProcessInfo> {
        self.call_later("getProcessInfo", &[name.into()], |value| ProcessInfo::from_value(&value)).await
    }

    pub(crate) fn all_process_info(&self) -> Answer<Vec<ProcessInfo>> {
        self.waiting.for_result(self.all_process_info_later())
    }

    async fn all_process_info_later(&self) -> Answer<Vec<ProcessInfo>> {
        let method = "supervisor.getAllProcessInfo";
        let answer = self.answer_later(method, &[]).await?;
        match ProcessInfo::read_all(&answer)? {
            Ok(infos) => infos.ok_or_else(|| Failure::unexpected(method)),
            Err(fault) => Err(Failure::Fault(fault)),
        }
    }

    pub(crate) fn all_config_info(&self) -> Answer<Vec<ConfigLine>> {
        self.call("getAllConfigInfo", &[], |value| value.as_array()?.iter().map(config_line).collect())
    }

    pub(crate) fn start_process(&self, name: &str) -> Answer<()> {
        self.call_watched(Aim::Running, Some(name), "startProcess", &[name.into()], done)
    }

    pub(crate) async fn start_process_later(&self, name: &str, wait: bool) -> Answer<()> {
        self.call_later("startProcess", &[name.into(), wait.into()], done).await
    }

    pub(crate) async fn stop_process_later(&self, name: &str, wait: bool) -> Answer<()> {
        self.call_later("stopProcess", &[name.into(), wait.into()], done).await
    }

    pub(crate) fn start_group(&self, name: &str) -> Answer<Vec<BatchLine>> {
        self.call_watched(
            Aim::Running,
            Some(&format!("{name}:*")),
            "startProcessGroup",
            &[name.into()],
            batch,
        )
    }

    pub(crate) fn start_all(&self) -> Answer<Vec<BatchLine>> {
        self.call_watched(Aim::Running, None, "startAllProcesses", &[], batch)
    }

    pub(crate) fn stop_process(&self, name: &str) -> Answer<()> {
        self.call_watched(Aim::Stopped, Some(name), "stopProcess", &[name.into()], done)
    }

    pub(crate) fn stop_group(&self, name: &str) -> Answer<Vec<BatchLine>> {
        self.call_watched(Aim::Stopped, Some(&format!("{name}:*")), "stopProcessGroup", &[name.into()], batch)
    }

    pub(crate) fn stop_all(&self) -> Answer<Vec<BatchLine>> {
        self.call_watched(Aim::Stopped, None, "stopAllProcesses", &[], batch)
    }

    pub(crate) fn signal_process(&self, name: &str, signal: &str) -> Answer<()> {
        self.call("signalProcess", &[name.into(), signal.into()], done)
    }

    pub(crate) fn signal_group(&self, name: &str, signal: &str) -> Answer<Vec<BatchLine>> {
        self.call("signalProcessGroup", &[name.into(), signal.into()], batch)
    }

    pub(crate) fn signal_all(&self, signal: &str) -> Answer<Vec<BatchLine>> {
        self.call("signalAllProcesses", &[signal.into()], batch)
    }

    pub(crate) fn clear_process_logs(&self, name: &str) -> Answer<()> {
        self.call("clearProcessLogs", &[name.into()], done)
    }

    pub(crate) fn clear_all_process_logs(&self) -> Answer<Vec<BatchLine>> {
        self.call("clearAllProcessLogs", &[], batch)
    }

    pub(crate) fn read_process_log(&self, name: &str, channel: Channel, offset: i64) -> Answer<String> {
        let method = match channel {
            Channel::Stdout => "readProcessStdoutLog",
            Channel::Stderr => "readProcessStderrLog",
        };
        self.call(method, &[name.into(), offset.into(), 0.into()], text)
    }

    pub(crate) fn read_log(&self, offset: i64) -> Answer<String> {
        self.call("readLog", &[offset.into(), 0.into()], text)
    }

    pub(crate) async fn send_stdin_later(&self, name: &str, chars: &str) -> Answer<()> {
        self.call_later("sendProcessStdin", &[name.into(), chars.into()], done).await
    }

    pub(crate) fn reload_config(&self) -> Answer<Changes> {
        self.call("reloadConfig", &[], |value| reply::to_changes(&value))
    }

    pub(crate) fn add_group(&self, name: &str) -> Answer<()> {
        self.call("addProcessGroup", &[name.into()], done)
    }

    pub(crate) fn remove_group(&self, name: &str) -> Answer<()> {
        self.call("removeProcessGroup", &[name.into()], done)
    }

    pub(crate) fn shutdown(&self) -> Answer<()> {
        self.call("shutdown", &[], done)
    }

    pub(crate) fn restart(&self) -> Answer<()> {
        self.call("restart", &[], done)
    }

    /// Begins to read a log that never ends. `path` is as in a URL.
    pub(crate) async fn follow(&self, path: &str) -> Answer<Follow> {
        http::follow(&self.connections, &self.url, self.credentials.as_ref(), path).await
    }
}

fn done(_: Value) -> Option<()> {
    Some(())
}

fn text(value: Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text),
        _ => None,
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it is one of several readers of answers")]
fn batch(value: Value) -> Option<Vec<BatchLine>> {
    reply::to_batch(&value)
}

fn config_line(value: &Value) -> Option<ConfigLine> {
    Some(ConfigLine {
        name: value.get("name")?.as_str()?.to_owned(),
        group: value.get("group")?.as_str()?.to_owned(),
        is_in_use: value.get("inuse")?.is_true(),
        starts_by_itself: value.get("autostart")?.is_true(),
        group_priority: value.get("group_prio")?.as_int()?,
        process_priority: value.get("process_prio")?.as_int()?,
    })
}
