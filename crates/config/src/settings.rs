//! `[supervisord]`, and what the command line makes of it.

use supervisor_core::effect::Level;
use supervisor_core::spec::User;

use crate::codes::Code;
use crate::finding::Remark;
use crate::machine::Machine;
use crate::messages::{Messages, Read};
use crate::options::supervisord as options;
use crate::python::path;
use crate::python::repr::repr_list;
use crate::reader::SectionReader;
use crate::scope::Variable;
use crate::value::{UserName, ValueType};

/// The `[supervisord]` section's name.
pub(crate) const SECTION: &str = "supervisord";

/// The daemon's own settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The number of open files that must be possible.
    pub minfds: i64,
    /// The number of processes that must be possible.
    pub minprocs: i64,
    /// Where to go when leaving the terminal, as written.
    pub directory: Option<String>,
    /// Whom to become.
    pub user: Option<User>,
    /// The mask of files after leaving the terminal.
    pub umask: u32,
    /// The main log.
    pub logfile: MainLog,
    /// The size at which the main log is rotated; 0 never.
    pub logfile_maxbytes: i64,
    /// How many rotated main logs are kept.
    pub logfile_backups: i64,
    /// The least urgent level that the main log shows.
    pub loglevel: Level,
    /// The file for the process id, absolute.
    pub pidfile: String,
    /// The name of this daemon among others.
    pub identifier: String,
    /// Stay in the foreground.
    pub nodaemon: bool,
    /// Keep the log off standard output.
    pub silent: bool,
    /// The directory of AUTO logs, absolute.
    pub childlogdir: String,
    /// Keep the AUTO logs of earlier runs.
    pub nocleanup: bool,
    /// Take ANSI escape sequences out of child logs.
    pub strip_ansi: bool,
    /// Start without the plug-ins that are not known.
    pub ignore_unknown_plugins: bool,
    /// Environment variables for every program. Those of a group's processes contain them already.
    pub environment: Vec<(String, String)>,
    /// `--profile_options`, lower case: for Python's profiler, without a meaning here.
    pub profile_options: Option<Vec<String>>,
}

/// Where the main log goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MainLog {
    /// To syslog.
    Syslog,
    /// To a file, absolute.
    File(String),
}

/// What the command line sets; it goes before the file.
#[derive(Clone, Debug, Default)]
pub(crate) struct Overrides {
    pub(crate) minfds: Option<i64>,
    pub(crate) minprocs: Option<i64>,
    pub(crate) directory: Option<String>,
    pub(crate) user: Option<String>,
    pub(crate) umask: Option<u32>,
    pub(crate) logfile: Option<String>,
    pub(crate) logfile_maxbytes: Option<i64>,
    pub(crate) logfile_backups: Option<i64>,
    pub(crate) loglevel: Option<Level>,
    pub(crate) pidfile: Option<String>,
    pub(crate) identifier: Option<String>,
    pub(crate) nodaemon: bool,
    pub(crate) silent: bool,
    pub(crate) childlogdir: Option<String>,
    pub(crate) nocleanup: bool,
    pub(crate) strip_ansi: bool,
    pub(crate) profile_options: Option<Vec<String>>,
}

/// `[supervisord]` as the file has it: every value is checked, even one that the command line overrides.
#[derive(Debug)]
pub(crate) struct FileSettings {
    minfds: i64,
    minprocs: i64,
    directory: Option<String>,
    user: Option<String>,
    umask: u32,
    logfile: String,
    logfile_maxbytes: i64,
    logfile_backups: i64,
    loglevel: Level,
    pidfile: String,
    identifier: String,
    nodaemon: bool,
    silent: bool,
    childlogdir: String,
    nocleanup: bool,
    strip_ansi: bool,
    pub(crate) ignore_unknown_plugins: bool,
}

impl FileSettings {
    /// Reads the section but for `environment`, in the order in which faults are reported.
    pub(crate) fn read(reader: &SectionReader<'_>, machine: &Machine<'_>) -> Read<Self> {
        let minfds = reader.read(&options::MINFDS);
        let minprocs = reader.read(&options::MINPROCS);
        let directory = reader.read_optional(&options::DIRECTORY);
        let user = reader.read_optional(&options::USER);
        let umask = reader.read(&options::UMASK);
        let logfile = reader.read(&options::LOGFILE);
        let logfile_maxbytes = reader.read(&options::LOGFILE_MAXBYTES);
        let logfile_backups = reader.read(&options::LOGFILE_BACKUPS);
        let loglevel = reader.read(&options::LOGLEVEL);
        let pidfile = reader.read(&options::PIDFILE);
        let identifier = reader.read(&options::IDENTIFIER);
        let nodaemon = reader.read(&options::NODAEMON);
        let silent = reader.read(&options::SILENT);
        let childlogdir = childlogdir(reader, machine);
        let nocleanup = reader.read(&options::NOCLEANUP);
        let strip_ansi = reader.read(&options::STRIP_ANSI);
        let ignore_unknown_plugins = reader.read(&options::IGNORE_UNKNOWN_PLUGINS);
        Ok(Self {
            minfds: minfds?,
            minprocs: minprocs?,
            directory: directory?,
            user: user?,
            umask: umask?,
            logfile: logfile?,
            logfile_maxbytes: logfile_maxbytes?,
            logfile_backups: logfile_backups?,
            loglevel: loglevel?,
            pidfile: pidfile?,
            identifier: identifier?,
            nodaemon: nodaemon?,
            silent: silent?,
            childlogdir: childlogdir?,
            nocleanup: nocleanup?,
            strip_ansi: strip_ansi?,
            ignore_unknown_plugins: ignore_unknown_plugins?,
        })
    }

    /// What the paths of private sockets begin with: the pidfile, which no two daemons share, without its suffix.
    pub(crate) fn socket_base(&self, command_line: &Overrides, machine: &Machine<'_>) -> String {
        let pidfile = self.pidfile_over(command_line.pidfile.as_deref());
        let pidfile = machine.normalize(pidfile);
        pidfile.strip_suffix(".pid").unwrap_or(&pidfile).to_owned()
    }

    fn pidfile_over<'s>(&'s self, given: Option<&'s str>) -> &'s str {
        given.filter(|path| !path.is_empty()).unwrap_or(&self.pidfile)
    }

    /// Puts the command line over the file and makes paths absolute.
    pub(crate) fn overridden(
        self,
        environment: Vec<(String, String)>,
        user: Option<User>,
        command_line: &Overrides,
        machine: &Machine<'_>,
    ) -> Settings {
        let over = command_line.clone();
        // Differs: empty-logfile-option
        let pidfile = self.pidfile_over(over.pidfile.as_deref()).to_owned();
        let logfile = over.logfile.filter(|path| !path.is_empty()).unwrap_or(self.logfile);
        let childlogdir = over.childlogdir.unwrap_or(self.childlogdir);
        Settings {
            minfds: over.minfds.unwrap_or(self.minfds),
            minprocs: over.minprocs.unwrap_or(self.minprocs),
            directory: over.directory.or(self.directory),
            user,
            umask: over.umask.unwrap_or(self.umask),
            logfile: match logfile.as_str() {
                "syslog" => MainLog::Syslog,
                path => MainLog::File(machine.normalize(path)),
            },
            logfile_maxbytes: over.logfile_maxbytes.unwrap_or(self.logfile_maxbytes),
            logfile_backups: over.logfile_backups.unwrap_or(self.logfile_backups),
            loglevel: over.loglevel.unwrap_or(self.loglevel),
            pidfile: machine.normalize(&pidfile),
            identifier: over.identifier.unwrap_or(self.identifier),
            nodaemon: over.nodaemon || self.nodaemon,
            silent: over.silent || self.silent,
            childlogdir: path::absolute(machine.start_dir, &childlogdir),
            nocleanup: over.nocleanup || self.nocleanup,
            strip_ansi: over.strip_ansi || self.strip_ansi,
            ignore_unknown_plugins: self.ignore_unknown_plugins,
            environment,
            profile_options: over.profile_options,
        }
    }
}

fn childlogdir(reader: &SectionReader<'_>, machine: &Machine<'_>) -> Read<String> {
    if let Some(directory) = reader.read_optional(&options::CHILDLOGDIR)? {
        return Ok(directory);
    }
    machine.temporary_dir().ok_or_else(|| {
        let tried = machine.temporary_dir_candidates();
        let message = format!("No usable temporary directory found in {}", repr_list(&tried));
        let hint = "name a directory with `childlogdir=`";
        reader.refuse_section(Remark::new(Code::DirectoryMissing, message).hint(hint))
    })
}

/// `[supervisord] environment`.
///
/// The reference expands this twice, so that a percent sign needs four, and does not know `host_node_name`
/// the first time. Its next version does what is done here.
// Differs: supervisord-environment-expanded-once
pub(crate) fn environment(reader: &SectionReader<'_>, hostname: &str) -> Read<Vec<(String, String)>> {
    let mut reader = reader.clone();
    reader.scope.set("host_node_name", Variable::Text(hostname.to_owned()));
    reader.read(&options::ENVIRONMENT)
}

/// Whom to become: the command line goes before the file.
pub(crate) fn user(
    reader: &SectionReader<'_>,
    settings: &FileSettings,
    command_line: &Overrides,
    machine: &Machine<'_>,
    messages: &Messages,
) -> Read<Option<User>> {
    if let Some(written) = &command_line.user {
        let user = UserName::parse(written, machine);
        return user
            .map(Some)
            .map_err(|message| messages.refuse(Remark::new(Code::UnknownUser, message), None, ""));
    }
    let written = settings.user.as_deref();
    written.map(|user| reader.convert::<UserName>(options::USER.entry.name, user)).transpose()
}

#[cfg(test)]
mod tests;
