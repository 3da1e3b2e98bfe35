//! The tables of methods: from them come dispatch, checks, lists, signatures and help.

pub(crate) mod cache;
pub(crate) mod laforge;
pub(crate) mod twiddler;

use std::fmt::Write;

use supervisor_core::command::{Command, Fault, Target};

use crate::argument::Arguments;
use crate::cache::Request;
use crate::log_slice::Slice;
use crate::method::{Api, Call, Channel, Query, System};

/// One method.
pub(crate) struct Method {
    /// Its name; the further ones are older names for the same.
    pub(crate) names: &'static [&'static str],
    summary: &'static str,
    params: &'static [Param],
    returns: Param,
    /// What a call of it means.
    pub(crate) meaning: Meaning,
}

/// What a call means, once the number of parameters is known to fit.
#[derive(Clone, Copy)]
pub(crate) enum Meaning {
    /// A method of Supervisor, or of a plug-in.
    Plain(fn(&mut Arguments) -> Result<Call, Fault>),
    /// A method of a cache.
    Cache(fn(&mut Arguments) -> Result<Request, Fault>),
    /// A method about methods.
    System(fn(&Api, &mut Arguments) -> Result<System, Fault>),
}

/// A parameter, or what is returned: its type in XML-RPC's words, its name, and what it is.
struct Param {
    kind: &'static str,
    name: &'static str,
    text: &'static str,
    optional: bool,
}

impl Method {
    /// Whether it can be called with that many parameters.
    pub(crate) fn accepts(&self, count: usize) -> bool {
        let required = self.params.iter().filter(|param| !param.optional).count();
        (required..=self.params.len()).contains(&count)
    }

    /// The type of the answer, then those of the parameters.
    pub(crate) fn signature(&self) -> Vec<&'static str> {
        std::iter::once(&self.returns).chain(self.params).map(|param| param.kind).collect()
    }

    /// What it does, then one tag line for each parameter and one for the answer.
    pub(crate) fn help(&self) -> String {
        let mut help = format!("{}\n\n", self.summary);
        for Param { kind, name, text, .. } in self.params {
            let _ = writeln!(help, "@param {kind} {name} {text}");
        }
        let Param { kind, name, text, .. } = self.returns;
        let _ = writeln!(help, "@return {kind} {name} {text}");
        help
    }
}

const fn param(kind: &'static str, name: &'static str, text: &'static str) -> Param {
    Param { kind, name, text, optional: false }
}

const NAME: Param =
    param("string", "name", "The process: 'name', 'group:name', or 'group:*' for a whole group");
const PROCESS: Param = param("string", "name", "The process: 'name' or 'group:name'");
const GROUP: Param = param("string", "name", "The group");
const SIGNAL: Param = param("string", "signal", "Name or number of the signal, such as 'HUP' or '1'");
const OFFSET: Param = param("int", "offset", "Byte to begin at; negative counts from the end");
const LENGTH: Param = param("int", "length", "How many bytes to read; 0 reads to the end");
const WAIT: Param =
    Param { optional: true, ..param("boolean", "wait", "Answer only when it has happened (the default)") };
const OK: Param = param("boolean", "result", "Always true");
const BATCH: Param =
    param("array", "result", "One struct with name, group, status and description per process");
const TEXT: Param = param("string", "result", "That part of the log");
const TAIL: Param = param("array", "result", "The text, the size of the log, and whether more was written");

/// A method of the `supervisor` namespace, or of a plug-in.
const fn plain(
    names: &'static [&'static str],
    summary: &'static str,
    params: &'static [Param],
    returns: Param,
    meaning: fn(&mut Arguments) -> Result<Call, Fault>,
) -> Method {
    Method { names, summary, params, returns, meaning: Meaning::Plain(meaning) }
}

/// `getAPIVersion` of a plug-in.
const fn version(meaning: fn(&mut Arguments) -> Result<Call, Fault>) -> Method {
    let returns = param("string", "version", "The version");
    plain(&["getAPIVersion"], "Tells the version of this interface.", &[], returns, meaning)
}

/// A method of the `system` namespace.
const fn system(
    names: &'static [&'static str],
    summary: &'static str,
    params: &'static [Param],
    returns: Param,
    meaning: fn(&Api, &mut Arguments) -> Result<System, Fault>,
) -> Method {
    Method { names, summary, params, returns, meaning: Meaning::System(meaning) }
}

/// The methods of Supervisor.
pub(crate) const SUPERVISOR: &[Method] = &[
    plain(
        &["getAPIVersion", "getVersion"],
        "Tells the version of this API.",
        &[],
        param("string", "version", "The version"),
        |_| query(Query::ApiVersion),
    ),
    plain(
        &["getSupervisorVersion"],
        "Tells the version of Supervisor that the daemon stands in for.",
        &[],
        param("string", "version", "The version"),
        |_| query(Query::SupervisorVersion),
    ),
    plain(
        &["getIdentification"],
        "Tells the identifier that the configuration gives this daemon.",
        &[],
        param("string", "identifier", "The identifier"),
        |_| query(Query::Identification),
    ),
    plain(
        &["getState"],
        "Tells the state of the daemon.",
        &[],
        param("struct", "state", "The state as statecode and statename"),
        |_| query(Query::State),
    ),
    plain(
        &["getPID"],
        "Tells the process id of the daemon.",
        &[],
        param("int", "pid", "The process id"),
        |_| query(Query::Pid),
    ),
    plain(
        &["readLog", "readMainLog"],
        "Reads a part of the daemon's own log.",
        &[OFFSET, LENGTH],
        TEXT,
        |arguments| query(Query::ReadMainLog(slice(arguments)?)),
    ),
    plain(&["clearLog"], "Empties the daemon's own log.", &[], OK, |_| command(Command::ClearMainLog)),
    plain(&["shutdown"], "Stops all processes, then the daemon.", &[], OK, |_| command(Command::Shutdown)),
    plain(&["restart"], "Stops all processes, reads the configuration, and starts afresh.", &[], OK, |_| {
        command(Command::Restart)
    }),
    plain(
        &["reloadConfig"],
        "Reads the configuration again and tells how it differs from what is at work, changing nothing.",
        &[],
        param("array", "result", "One array of three arrays of group names: added, changed, removed"),
        |_| command(Command::Reread),
    ),
    plain(
        &["addProcessGroup"],
        "Puts a group of the configuration that was last read to work.",
        &[GROUP],
        OK,
        |arguments| command(Command::AddGroup(arguments.text()?)),
    ),
    plain(
        &["removeProcessGroup"],
        "Takes a group whose processes are all stopped out of work.",
        &[GROUP],
        OK,
        |arguments| command(Command::RemoveGroup(arguments.text()?)),
    ),
    plain(&["startProcess"], "Starts a process.", &[NAME, WAIT], OK, |arguments| {
        start(Target::Named(arguments.text()?), arguments)
    }),
    plain(
        &["startProcessGroup"],
        "Starts the processes of a group that are not running.",
        &[GROUP, WAIT],
        BATCH,
        |arguments| start(Target::Group(arguments.text()?), arguments),
    ),
    plain(
        &["startAllProcesses"],
        "Starts all processes that are not running.",
        &[WAIT],
        BATCH,
        |arguments| start(Target::All, arguments),
    ),
    plain(&["stopProcess"], "Stops a process.", &[NAME, WAIT], OK, |arguments| {
        stop(Target::Named(arguments.text()?), arguments)
    }),
    plain(
        &["stopProcessGroup"],
        "Stops the processes of a group that are running.",
        &[GROUP, WAIT],
        BATCH,
        |arguments| stop(Target::Group(arguments.text()?), arguments),
    ),
    plain(&["stopAllProcesses"], "Stops all processes that are running.", &[WAIT], BATCH, |arguments| {
        stop(Target::All, arguments)
    }),
    plain(&["signalProcess"], "Sends a signal to a process.", &[NAME, SIGNAL], OK, |arguments| {
        signal(Target::Named(arguments.text()?), arguments)
    }),
    plain(
        &["signalProcessGroup"],
        "Sends a signal to each running process of a group.",
        &[GROUP, SIGNAL],
        BATCH,
        |arguments| signal(Target::Group(arguments.text()?), arguments),
    ),
    plain(
        &["signalAllProcesses"],
        "Sends a signal to each running process.",
        &[SIGNAL],
        BATCH,
        |arguments| signal(Target::All, arguments),
    ),
    plain(
        &["getAllConfigInfo"],
        "Tells what the configuration that was last read says of each process.",
        &[],
        param("array", "result", "One struct per process, sorted by name"),
        |_| query(Query::AllConfigInfo),
    ),
    plain(
        &["getProcessInfo"],
        "Tells how a process is.",
        &[PROCESS],
        param("struct", "result", "Names, state, times, log files and process id"),
        |arguments| query(Query::ProcessInfo(arguments.text()?)),
    ),
    plain(
        &["getAllProcessInfo"],
        "Tells how each process is.",
        &[],
        param("array", "result", "One struct per process, sorted by group and name"),
        |_| query(Query::AllProcessInfo),
    ),
    plain(
        &["readProcessStdoutLog", "readProcessLog"],
        "Reads a part of the log of a process' standard output.",
        &[PROCESS, OFFSET, LENGTH],
        TEXT,
        |arguments| read(Channel::Stdout, arguments),
    ),
    plain(
        &["readProcessStderrLog"],
        "Reads a part of the log of a process' standard error.",
        &[PROCESS, OFFSET, LENGTH],
        TEXT,
        |arguments| read(Channel::Stderr, arguments),
    ),
    plain(
        &["tailProcessStdoutLog", "tailProcessLog"],
        "Reads the end of the log of a process' standard output, so that it can be followed by asking again \
         with the size returned.",
        &[PROCESS, OFFSET, LENGTH],
        TAIL,
        |arguments| tail(Channel::Stdout, arguments),
    ),
    plain(
        &["tailProcessStderrLog"],
        "Reads the end of the log of a process' standard error, so that it can be followed by asking again \
         with the size returned.",
        &[PROCESS, OFFSET, LENGTH],
        TAIL,
        |arguments| tail(Channel::Stderr, arguments),
    ),
    plain(
        &["clearProcessLogs", "clearProcessLog"],
        "Empties the logs of a process.",
        &[PROCESS],
        OK,
        |arguments| command(Command::ClearProcessLogs(arguments.text()?)),
    ),
    plain(&["clearAllProcessLogs"], "Empties the logs of all processes.", &[], BATCH, |_| {
        command(Command::ClearAllProcessLogs)
    }),
    plain(
        &["sendProcessStdin"],
        "Writes text to the standard input of a process.",
        &[PROCESS, param("string", "chars", "The text")],
        OK,
        |arguments| {
            // What to write is checked before the name, as clients may rely on which fault comes first.
            let name = arguments.next()?;
            let chars = arguments.chars()?;
            command(Command::SendStdin { name: Arguments::new(vec![name]).text()?, chars })
        },
    ),
    plain(
        &["sendRemoteCommEvent"],
        "Emits an event that listeners of REMOTE_COMMUNICATION receive.",
        &[
            param("string", "type", "What the header of the event says after 'type:'"),
            param("string", "data", "The body"),
        ],
        OK,
        |arguments| {
            command(Command::SendRemoteCommEvent { kind: arguments.plain()?, data: arguments.plain()? })
        },
    ),
];

/// Methods of ours beside those of Supervisor: `listMethods` is for clients that know Supervisor's and does not list
/// them.
// Differs: unlisted-methods
pub(crate) const UNLISTED: &[Method] = &[plain(
    &["getAllListenerInfo"],
    "Tells how deliveries of events to listeners go, pool by pool.",
    &[],
    param("array", "result", "A struct for each pool: figures, and its listeners with theirs"),
    |_| query(Query::AllListenerInfo),
)];

/// The methods about methods.
pub(crate) const SYSTEM: &[Method] = &[
    system(
        &["listMethods"],
        "Lists the methods that can be called.",
        &[],
        param("array", "result", "Their names, sorted"),
        |_, _| Ok(System::ListMethods),
    ),
    system(
        &["methodHelp"],
        "Tells what a method does.",
        &[param("string", "name", "The method as 'namespace.method'")],
        param("string", "result", "What it does"),
        |_, arguments| Ok(System::MethodHelp(arguments.text()?)),
    ),
    system(
        &["methodSignature"],
        "Tells the types of a method's answer and parameters.",
        &[param("string", "name", "The method as 'namespace.method'")],
        param("array", "result", "The type of the answer, then those of the parameters"),
        |_, arguments| Ok(System::MethodSignature(arguments.text()?)),
    ),
    system(
        &["multicall"],
        "Carries out several calls, each finished before the next begins.",
        &[param("array", "calls", "Structs of methodName and params")],
        param("array", "result", "What each call answered, or a struct of faultCode and faultString"),
        |api, arguments| Ok(System::Multicall(api.multicall(arguments.array()?)?)),
    ),
];

fn query(query: Query) -> Result<Call, Fault> {
    Ok(Call::Query(query))
}

fn command(command: Command) -> Result<Call, Fault> {
    Ok(Call::Command(command))
}

fn start(target: Target, arguments: &mut Arguments) -> Result<Call, Fault> {
    command(Command::Start { target, wait: arguments.wait() })
}

fn stop(target: Target, arguments: &mut Arguments) -> Result<Call, Fault> {
    command(Command::Stop { target, wait: arguments.wait() })
}

fn signal(target: Target, arguments: &mut Arguments) -> Result<Call, Fault> {
    command(Command::Signal { target, signal: arguments.signal()? })
}

fn read(channel: Channel, arguments: &mut Arguments) -> Result<Call, Fault> {
    query(Query::ReadProcessLog { name: arguments.text()?, channel, slice: slice(arguments)? })
}

fn tail(channel: Channel, arguments: &mut Arguments) -> Result<Call, Fault> {
    query(Query::TailProcessLog { name: arguments.text()?, channel, slice: slice(arguments)? })
}

fn slice(arguments: &mut Arguments) -> Result<Slice, Fault> {
    Ok(Slice { offset: arguments.integer()?, length: arguments.integer()? })
}
