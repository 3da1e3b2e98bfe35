//! The options of one output channel of a process: its log, and what it is watched for.

use supervisor_core::spec::{ChannelSpec, LogTarget};

use crate::error::ConfigError;
use crate::options::{Defaulted, program};
use crate::reader::SectionReader;
use crate::source::Messages;
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
pub(super) struct Channel {
    options: &'static ChannelOptions,
    capture_maxbytes: i64,
    events_enabled: bool,
}

impl Channel {
    pub(super) fn read(
        reader: &SectionReader<'_>,
        options: &'static ChannelOptions,
    ) -> Result<Self, ConfigError> {
        Ok(Self {
            options,
            capture_maxbytes: reader.read(options.capture_maxbytes)?,
            events_enabled: reader.read(options.events_enabled)?,
        })
    }

    /// The channel of one process.
    pub(super) fn of_process(
        &self,
        reader: &SectionReader<'_>,
        section: &str,
        messages: &mut Messages,
    ) -> Result<ChannelSpec, ConfigError> {
        let name = self.options.logfile.entry.name;
        let log = log_file(reader, self.options.logfile)?;
        let backups = reader.read(self.options.backups)?;
        let maxbytes = reader.read(self.options.maxbytes)?;
        let mut syslog = reader.read(self.options.syslog)?;
        let logfile = match log {
            ChildLog::None => LogTarget::None,
            ChildLog::Auto => LogTarget::Auto,
            ChildLog::File(path) => LogTarget::File(path),
            ChildLog::Syslog => {
                let instead = self.options.syslog.entry.name;
                messages.warnings.push(format!(
                    "For [{section}], {name}=syslog but this is deprecated and will be removed.  \
                     Use {instead}=true to enable syslog instead."
                ));
                syslog = true;
                LogTarget::None
            }
        };
        if logfile == LogTarget::Auto && maxbytes == 0 {
            messages.warnings.push(format!(
                "For [{section}], AUTO logging used for {name} without rollover, set maxbytes > 0 to avoid \
                 filling up filesystem unintentionally"
            ));
        }
        let Self { capture_maxbytes, events_enabled, .. } = *self;
        Ok(ChannelSpec { logfile, maxbytes, backups, capture_maxbytes, events_enabled, syslog })
    }
}

/// With `redirect_stderr` standard error has no log of its own.
pub(super) fn redirected(mut stderr: ChannelSpec, section: &str, messages: &mut Messages) -> ChannelSpec {
    if matches!(stderr.logfile, LogTarget::File(_)) {
        messages.warnings.push(format!(
            "For [{section}], redirect_stderr=true but stderr_logfile has also been set to a filename, \
             the filename has been ignored"
        ));
    }
    stderr.logfile = LogTarget::None;
    stderr
}

/// An empty path is no log, although [`redirected`] counts it as one.
pub(super) fn without_empty_path(mut channel: ChannelSpec) -> ChannelSpec {
    if matches!(&channel.logfile, LogTarget::File(path) if path.is_empty()) {
        channel.logfile = LogTarget::None;
    }
    channel
}

/// The path of a log is expanded twice.
// Compat: log-paths-are-expanded-twice
fn log_file(reader: &SectionReader<'_>, option: &Defaulted<ChildLogFile>) -> Result<ChildLog, ConfigError> {
    let name = option.entry.name;
    match reader.text(name)? {
        Some(text) => reader.convert::<ChildLogFile>(name, &reader.expand_again(name, &text)?),
        None => reader.convert::<ChildLogFile>(name, option.default_text()),
    }
}
