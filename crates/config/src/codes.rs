//! The kinds of findings. A report names them, so that scripts can tell them apart.

use std::fmt;

/// Defines [`Code`]: a variant, its name in reports, and what it means.
macro_rules! codes {
    ($( $variant:ident $name:literal $doc:literal; )+) => {
        /// A kind of finding.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Code {
            $( #[doc = $doc] $variant, )+
        }

        impl Code {
            /// Every kind.
            pub const ALL: &[Self] = &[$( Self::$variant ),+];

            /// Its name in reports. Names do not change from version to version.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $( Self::$variant => $name, )+
                }
            }

            /// What it means.
            #[must_use]
            pub fn meaning(self) -> &'static str {
                match self {
                    $( Self::$variant => $doc, )+
                }
            }
        }
    };
}

codes! {
    FileMissing "file-missing" "The configuration file is not there.";
    FileUnreadable "file-unreadable" "A configuration file is there but cannot be read.";
    NotUtf8 "not-utf-8" "A configuration file is not UTF-8.";
    Syntax "syntax" "A line is neither a section header nor an option nor a comment.";
    SectionMissing "section-missing" "A section that must be there is not.";
    OptionMissing "option-missing" "An option that must be given is not.";
    BadValue "bad-value" "A value is not of its option's type, or out of its bounds.";
    BadExpansion "bad-expansion" "What follows a percent sign is not an expansion.";
    UnknownVariable "unknown-variable" "An expansion names a variable that is not known in this place.";
    UnknownUser "unknown-user" "A user or group does not exist.";
    DirectoryMissing "directory-missing" "A directory does not exist.";
    DirectoryNotWritable "directory-not-writable" "Files cannot be created in a directory that needs them.";
    Conflict "conflict" "Two options contradict each other.";
    UnknownProgram "unknown-program" "A group lists a program that does not exist.";
    AmbiguousProgram "ambiguous-program" "A group lists a name that two kinds of programs have.";
    UnknownEvent "unknown-event" "An event listener asks for a type of events that does not exist.";
    UnknownExtension "unknown-extension" "A Python function is named that is not built in.";
    IncompleteLogin "incomplete-login" "A username without password, a password without username, or neither where a login is required.";
    BadCommand "bad-command" "A command line cannot be taken apart, or is empty.";
    CommandNotFound "command-not-found" "The program of a command does not exist.";
    CommandNotExecutable "command-not-executable" "The program of a command exists but cannot be executed.";
    AddressInUse "address-used-twice" "Two servers listen on one address.";
    SocketPath "socket-path-too-long" "The path of a socket is longer than the system allows.";
    LogIsDirectory "log-is-directory" "A log file is a directory.";
    UnknownSection "unknown-section" "A section that nothing reads.";
    UnknownOption "unknown-option" "An option that nothing reads.";
    IgnoredSection "ignored-section" "A section that has no effect where it stands.";
    IgnoredOption "ignored-option" "An option that has no effect where it stands.";
    RepeatedOption "repeated-option" "An option is set twice in one file; the later line counts.";
    MergedSection "merged-section" "A section appears more than once; its options are merged.";
    CommentInQuotes "comment-in-quotes" "A comment begins inside quotes and cuts the value off.";
    OddEnvironment "odd-environment" "A list of environment variables is not read as it looks.";
    IncludeWithoutMatch "include-without-match" "A pattern of [include] matches no file.";
    IncludeUnreadable "include-unreadable" "An included file cannot be read and is skipped.";
    ByteOrderMark "byte-order-mark" "A file begins with a byte order mark.";
    DeprecatedSyslog "deprecated-syslog" "A log file named syslog.";
    EndlessAutoLog "endless-auto-log" "An AUTO log is never rotated.";
    RepeatedProcess "repeated-process" "Two processes of a group have one name; the later counts.";
    RepeatedGroup "repeated-group" "Two groups have one name; the first counts.";
    EmptyGroup "empty-group" "A group without processes.";
    FcgiInGroup "fcgi-in-group" "A FastCGI program in a [group:x] has no socket.";
    SharedLog "shared-log" "Two channels write to one log file.";
    LogNotRotatable "log-not-rotatable" "A log that cannot be rotated has a size limit.";
    RelativePath "relative-path" "A path depends on the directory in which the daemon is started.";
    RelativeCommand "relative-command" "A command depends on the directory in which the daemon is started.";
    ShellSyntax "shell-syntax" "A command uses what only a shell understands.";
    StrangeNumber "strange-number" "A number is possible but hardly meant.";
    KillAtOnce "kill-at-once" "Programs are killed without time to stop.";
    CannotSwitchUser "cannot-switch-user" "Only root can run programs as another user.";
    RunsAsRoot "runs-as-root" "The daemon stays root because no user is set.";
    ForegroundUser "foreground-user" "In the foreground, as another user, standard output may be out of reach.";
    ExposedSecret "exposed-secret" "A file that everybody can read has a password in it.";
    OpenServer "open-server" "Everybody who reaches the machine can control the daemon.";
    NoLogin "empty-username" "An empty username switches the login off.";
    BadHash "bad-hash" "A password that begins with {SHA} is not a digest.";
    QuotedValue "quoted-value" "Quotes around a value are part of it.";
    NoInterface "no-rpcinterface" "Clients can connect but have no methods to call.";
    ServerMismatch "serverurl-mismatch" "supervisorctl does not connect to where the daemon listens.";
    LoginMismatch "login-mismatch" "supervisorctl logs in with what the daemon does not accept.";
    TooFewFiles "too-few-files" "The programs need more open files than minfds asks for.";
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::Code;

    #[test]
    fn no_two_kinds_have_one_name() {
        let names: HashSet<&str> = Code::ALL.iter().map(|code| code.name()).collect();
        assert_eq!(names.len(), Code::ALL.len());
        assert!(names.iter().all(|name| name.bytes().all(|b| b.is_ascii_lowercase() || b"-8".contains(&b))));
    }
}
