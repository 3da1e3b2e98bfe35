//! The options of one output channel of a process: its log, and what it is watched for.

use supervisor_core::spec::{ChannelSpec, LogTarget};

use crate::codes::Code;
use crate::finding::Remark;
use crate::messages::Read;
use crate::options::{Defaulted, program};
use crate::reader::SectionReader;
use crate::value::{Boolean, ByteSize, ChildLog, ChildLogFile, Integer};

/// The rows of the option table for one channel.
pub(super) struct ChannelOptions {
    logfile: &'static Defaulted<ChildLogFile>,
    backups: &'static Defaulted<Integer>,
    maxbytes: &'static Defaulted<ByteSize>,
    syslog: &'static Defaulted<Boolean>,
    capture_maxbytes: &'static Defaulted<ByteSize>,
    events_enabled: &'static Defaulted<Boolean>,
}

pub(super) static STDOUT: ChannelOptions = ChannelOptions {
    logfile: &program::STDOUT_LOGFILE,
    backups: &program::STDOUT_LOGFILE_BACKUPS,
    maxbytes: &program::STDOUT_LOGFILE_MAXBYTES,
    syslog: &program::STDOUT_SYSLOG,
    capture_maxbytes: &program::STDOUT_CAPTURE_MAXBYTES,
    events_enabled: &program::STDOUT_EVENTS_ENABLED,
};

pub(super) static STDERR: ChannelOptions = ChannelOptions {
    logfile: &program::STDERR_LOGFILE,
    backups: &program::STDERR_LOGFILE_BACKUPS,
    maxbytes: &program::STDERR_LOGFILE_MAXBYTES,
    syslog: &program::STDERR_SYSLOG,
    capture_maxbytes: &program::STDERR_CAPTURE_MAXBYTES,
    events_enabled: &program::STDERR_EVENTS_ENABLED,
};

/// A channel as far as it is the same for all processes of a section.
#[derive(Clone, Copy)]
pub(super) struct Channel {
    options: &'static ChannelOptions,
    capture_maxbytes: i64,
    events_enabled: bool,
}

impl Channel {
    pub(super) fn read(reader: &SectionReader<'_>, options: &'static ChannelOptions) -> Read<Self> {
        let capture_maxbytes = reader.read(options.capture_maxbytes);
        let events_enabled = reader.read(options.events_enabled);
        Ok(Self { options, capture_maxbytes: capture_maxbytes?, events_enabled: events_enabled? })
    }

    /// A channel that nobody watches.
    pub(super) fn unwatched(options: &'static ChannelOptions) -> Self {
        Self { options, capture_maxbytes: 0, events_enabled: false }
    }

    /// The channel of one process.
    pub(super) fn of_process(&self, reader: &SectionReader<'_>, section: &str) -> Read<ChannelSpec> {
        let name = self.options.logfile.entry.name;
        let log = log_file(reader, self.options.logfile);
        let backups = reader.read(self.options.backups);
        let maxbytes = reader.read(self.options.maxbytes);
        let syslog = reader.read(self.options.syslog);
        let (log, backups, maxbytes, mut syslog) = (log?, backups?, maxbytes?, syslog?);
        let logfile = match log {
            ChildLog::None => LogTarget::None,
            ChildLog::Auto => LogTarget::Auto,
            ChildLog::File(path) => LogTarget::File(path),
            ChildLog::Syslog => {
                let instead = self.options.syslog.entry.name;
                let message = format!(
                    "For [{section}], {name}=syslog but this is deprecated and will be removed.  \
                     Use {instead}=true to enable syslog instead."
                );
                reader.warn(name, Remark::new(Code::DeprecatedSyslog, message));
                syslog = true;
                LogTarget::None
            }
        };
        if logfile == LogTarget::Auto && maxbytes == 0 {
            let message = format!(
                "For [{section}], AUTO logging used for {name} without rollover, set maxbytes > 0 to avoid \
                 filling up filesystem unintentionally"
            );
            reader.warn(self.options.maxbytes.entry.name, Remark::new(Code::EndlessAutoLog, message));
        }
        let Self { capture_maxbytes, events_enabled, .. } = *self;
        Ok(ChannelSpec { logfile, maxbytes, backups, capture_maxbytes, events_enabled, syslog })
    }
}

/// With `redirect_stderr` standard error has no log of its own.
pub(super) fn redirected(mut stderr: ChannelSpec, reader: &SectionReader<'_>, section: &str) -> ChannelSpec {
    if matches!(stderr.logfile, LogTarget::File(_)) {
        let message = format!(
            "For [{section}], redirect_stderr=true but stderr_logfile has also been set to a filename, \
             the filename has been ignored"
        );
        reader.warn(program::STDERR_LOGFILE.entry.name, Remark::new(Code::IgnoredOption, message));
    }
    stderr.logfile = LogTarget::None;
    stderr
}

/// An empty path is no log, although [`redirected`] counts it as one.
// Differs: logs-without-names-are-none
pub(super) fn without_empty_path(mut channel: ChannelSpec) -> ChannelSpec {
    if matches!(&channel.logfile, LogTarget::File(path) if path.is_empty()) {
        channel.logfile = LogTarget::None;
    }
    channel
}

/// The path of a log is expanded twice.
// Compat: log-paths-are-expanded-twice
fn log_file(reader: &SectionReader<'_>, option: &Defaulted<ChildLogFile>) -> Read<ChildLog> {
    let name = option.entry.name;
    match reader.text(name)? {
        Some(text) => reader.convert::<ChildLogFile>(name, &reader.expand_again(name, &text)?),
        None => reader.convert::<ChildLogFile>(name, option.default_text()),
    }
}
