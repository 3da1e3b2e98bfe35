//! The command line of `supervisord`.

use crate::getopt::{Flag, Given};
use crate::machine::Machine;
use crate::settings::Overrides;
use crate::usage::option_lines;
use crate::value::{ByteSize, ExistingDirectory, FilePath, Integer, LevelName, List, Octal, ValueType};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Meaning {
    Configuration,
    NoDaemon,
    Silent,
    Help,
    Version,
    User,
    Umask,
    Directory,
    LogFile,
    LogFileMaxBytes,
    LogFileBackups,
    LogLevel,
    PidFile,
    Identifier,
    ChildLogDir,
    NoCleanup,
    MinFds,
    StripAnsi,
    MinProcs,
    ProfileOptions,
    Check,
    DumpConfig,
    Format,
}

/// One row for each option: what it means, its letter, its long name, its argument, what it is for.
macro_rules! flags {
    ($(
        $meaning:ident $([$short:literal])? $(--$long:literal)? $(<$argument:literal>)? $(; $ours:ident)? =>
            $doc:literal;
    )+) => {
        &[$( Flag {
            meaning: Meaning::$meaning,
            short: flags!(@option $($short)?),
            long: &[$($long)?],
            in_full: flags!(@ours $($ours)?),
            argument: flags!(@option $($argument)?),
            doc: $doc,
        } ),+]
    };
    (@option $value:literal) => { Some($value) };
    (@option) => { None };
    (@ours in_full) => { true };
    (@ours) => { false };
}

pub(super) const FLAGS: &[Flag<Meaning>] = flags! {
    Configuration ['c'] --"configuration" <"FILENAME"> => "the configuration file (else searched for)";
    NoDaemon ['n'] --"nodaemon" => "stay in the foreground (like 'nodaemon=true' in the file)";
    Silent ['s'] --"silent" => "do not repeat the log on stdout (like 'silent=true' in the file)";
    Help ['h'] --"help" => "print this text and exit";
    Help ['?'] => "";
    Version ['v'] --"version" => "print the version number and exit";
    User ['u'] --"user" <"USER"> => "become this user (a login name or a user id)";
    Umask ['m'] --"umask" <"UMASK"> => "the umask of the daemon (default is 022)";
    Directory ['d'] --"directory" <"DIRECTORY"> => "the directory to go to when leaving the terminal";
    LogFile ['l'] --"logfile" <"FILENAME"> => "the path of the log";
    LogFileMaxBytes ['y'] --"logfile_maxbytes" <"BYTES"> => "the size at which the log is rotated";
    LogFileBackups ['z'] --"logfile_backups" <"NUM"> => "how many rotated logs to keep";
    LogLevel ['e'] --"loglevel" <"LEVEL"> => "what to log (debug,info,warn,error,critical)";
    PidFile ['j'] --"pidfile" <"FILENAME"> => "the file for the process id of the daemon";
    Identifier ['i'] --"identifier" <"STR"> => "the name of this supervisord among others";
    ChildLogDir ['q'] --"childlogdir" <"DIRECTORY"> => "the directory for automatic child logs";
    NoCleanup ['k'] --"nocleanup" => "keep the automatic child logs of earlier runs";
    MinFds ['a'] --"minfds" <"NUM"> => "the number of open files that must be possible at the start";
    StripAnsi ['t'] --"strip_ansi" => "take ANSI escape sequences out of child logs";
    MinProcs --"minprocs" <"NUM"> => "the number of processes that must be possible at the start";
    // Differs: check-and-dump
    Check --"check"; in_full => "check the configuration, touch nothing, and exit (status 0, or 2 with errors)";
    DumpConfig --"dump-config"; in_full => "print the configuration with where each value comes from, and exit";
    Format --"format" <"FORMAT">; in_full => "how --check and --dump-config print: text or json";
    ProfileOptions --"profile_options" <"OPTIONS"> => "accepted for compatibility, without effect";
};

impl Overrides {
    /// Takes an option's value over, unless the option is not about settings.
    pub(super) fn set(&mut self, option: &Given<Meaning>, machine: &Machine<'_>) -> Result<(), String> {
        let text = &option.value;
        match option.meaning {
            Meaning::Configuration
            | Meaning::Help
            | Meaning::Version
            | Meaning::Check
            | Meaning::DumpConfig
            | Meaning::Format => {}
            Meaning::NoDaemon => self.nodaemon = true,
            Meaning::Silent => self.silent = true,
            Meaning::NoCleanup => self.nocleanup = true,
            Meaning::StripAnsi => self.strip_ansi = true,
            Meaning::User => self.user = Some(text.clone()),
            Meaning::Identifier => self.identifier = Some(text.clone()),
            Meaning::Umask => self.umask = Some(Octal::parse(text, machine)?),
            Meaning::Directory => self.directory = Some(ExistingDirectory::parse(text, machine)?),
            Meaning::ChildLogDir => self.childlogdir = Some(ExistingDirectory::parse(text, machine)?),
            Meaning::LogFile => self.logfile = Some(FilePath::parse(text, machine)?),
            Meaning::PidFile => self.pidfile = Some(FilePath::parse(text, machine)?),
            Meaning::LogFileMaxBytes => self.logfile_maxbytes = Some(ByteSize::parse(text, machine)?),
            Meaning::LogFileBackups => self.logfile_backups = Some(Integer::parse(text, machine)?),
            Meaning::LogLevel => self.loglevel = Some(LevelName::parse(text, machine)?),
            Meaning::MinFds => self.minfds = Some(Integer::parse(text, machine)?),
            Meaning::MinProcs => self.minprocs = Some(Integer::parse(text, machine)?),
            Meaning::ProfileOptions => {
                self.profile_options = Some(List::parse(&text.to_lowercase(), machine)?);
            }
        }
        Ok(())
    }
}

/// What an option sets, by its name in the file and as it would be written there. Empty paths set nothing.
pub(super) fn setting(meaning: Meaning, value: &str) -> Option<(&'static str, String)> {
    let flag = FLAGS.iter().find(|flag| flag.meaning == meaning)?;
    let is_path = matches!(meaning, Meaning::LogFile | Meaning::PidFile);
    let value = if flag.argument.is_some() { value } else { "true" };
    (!(is_path && value.is_empty())).then_some((*flag.long.first()?, value.to_owned()))
}

/// The text for `-h`.
pub(super) fn usage(program: &str) -> String {
    format!(
        "supervisord -- run a set of applications as daemons.\n\n\
         Usage: {program} [options]\n\n\
         Options:\n{}\n\
         Supervisor in Rust {}, which behaves as Supervisor 4.3.0.\n",
        option_lines(FLAGS),
        env!("CARGO_PKG_VERSION")
    )
}
