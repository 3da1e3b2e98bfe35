//! Which methods there are, and what a call of one means.

use std::collections::BTreeMap;

use supervisor_core::command::{Command, Fault};

use crate::argument::Arguments;
use crate::cache;
use crate::decode::MethodCall;
use crate::log_slice::Slice;
use crate::table::{self, Method};
use crate::value::Value;

/// A call that has been understood.
#[derive(Clone, Debug, PartialEq)]
pub enum Call {
    /// Something to decide and do.
    Command(Command),
    /// Something to read from what the daemon publishes.
    Query(Query),
    /// A signal, whose faults are those of [`crate::reply::killed`].
    Kill(Command),
    /// Something to ask of the cache of that namespace.
    Cache(String, cache::Request),
    /// Something for the extension of that namespace, as it came in.
    Forward(String, MethodCall),
    /// Something about the API itself.
    System(System),
}

/// A reading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Query {
    /// `getAPIVersion`: [`crate::API_VERSION`].
    ApiVersion,
    /// The same of a plug-in.
    PluginVersion(&'static str),
    /// `getGroupNames` of twiddler.
    GroupNames,
    /// `getSupervisorVersion`.
    SupervisorVersion,
    /// `getIdentification`.
    Identification,
    /// `getState`.
    State,
    /// `getPID`.
    Pid,
    /// `getProcessInfo`, with the name as written.
    ProcessInfo(String),
    /// `getAllProcessInfo`.
    AllProcessInfo,
    /// `getAllConfigInfo`.
    AllConfigInfo,
    /// `getAllListenerInfo`.
    AllListenerInfo,
    /// `readLog`.
    ReadMainLog(Slice),
    /// `readProcessStdoutLog`, `readProcessStderrLog`.
    ReadProcessLog {
        /// The process as written.
        name: String,
        /// Which of its logs.
        channel: Channel,
        /// Which part.
        slice: Slice,
    },
    /// `tailProcessStdoutLog`, `tailProcessStderrLog`.
    TailProcessLog {
        /// The process as written.
        name: String,
        /// Which of its logs.
        channel: Channel,
        /// Which part.
        slice: Slice,
    },
}

/// One of the two logs of a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channel {
    /// Standard output.
    Stdout,
    /// Standard error.
    Stderr,
}

/// A call of the `system` namespace.
#[derive(Clone, Debug, PartialEq)]
pub enum System {
    /// `system.listMethods`, answered by [`Api::list_methods`].
    ListMethods,
    /// `system.methodHelp`, answered by [`Api::method_help`].
    MethodHelp(String),
    /// `system.methodSignature`, answered by [`Api::method_signature`].
    MethodSignature(String),
    /// `system.multicall`: to be carried out one after another, each finished before the next begins; the
    /// answer is [`crate::reply::multicall`].
    Multicall(Vec<Result<Call, Fault>>),
}

impl Call {
    /// Whether a daemon on its way out answers this with `SHUTDOWN_STATE` instead. A multicall is not held
    /// back, but its calls may be.
    #[must_use]
    pub fn needs_running_daemon(&self) -> bool {
        !matches!(self, Self::System(_) | Self::Command(Command::SendRemoteCommEvent { .. }))
    }
}

/// Which methods a namespace has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Interface {
    /// Those of Supervisor.
    Supervisor,
    /// Those of supervisor_twiddler.
    Twiddler {
        /// The methods that may be called; if there is none, all of them.
        whitelist: Vec<String>,
    },
    /// Those of supervisor_cache.
    Cache,
    /// Those of mr.laforge.
    Laforge,
    /// Those that a program of somebody's own has: what is called goes there.
    Extension,
}

impl Interface {
    fn methods(&self) -> &'static [Method] {
        match self {
            Self::Supervisor => table::SUPERVISOR,
            Self::Twiddler { .. } => table::twiddler::TWIDDLER,
            Self::Cache => table::cache::CACHE,
            Self::Laforge => table::laforge::LAFORGE,
            Self::Extension => &[],
        }
    }

    /// Methods that can be called but are not listed.
    fn unlisted(&self) -> &'static [Method] {
        match self {
            Self::Supervisor => table::UNLISTED,
            _ => &[],
        }
    }

    fn allows(&self, name: &str) -> bool {
        match self {
            Self::Twiddler { whitelist } => {
                whitelist.is_empty() || whitelist.iter().any(|known| known == name)
            }
            _ => true,
        }
    }
}

/// The methods that can be called: the `system` namespace and those of each `[rpcinterface:x]`.
#[derive(Clone, Debug)]
pub struct Api {
    interfaces: BTreeMap<String, Interface>,
}

const SYSTEM: &str = "system";

/// How many calls one `system.multicall` may have.
pub const MULTICALL_CALLS_MAX: usize = 1 << 16;

impl Api {
    /// The API with these namespaces. The name `system` is taken.
    #[must_use]
    pub fn new<N: Into<String>>(interfaces: impl IntoIterator<Item = (N, Interface)>) -> Self {
        let mut interfaces: BTreeMap<String, Interface> =
            interfaces.into_iter().map(|(namespace, interface)| (namespace.into(), interface)).collect();
        interfaces.remove(SYSTEM);
        Self { interfaces }
    }

    /// The namespaces whose methods somebody else has.
    pub fn extensions(&self) -> impl Iterator<Item = &str> {
        let extensions = self.interfaces.iter().filter(|(_, interface)| **interface == Interface::Extension);
        extensions.map(|(namespace, _)| namespace.as_str())
    }

    /// The namespace of a method that somebody else has, whether or not there is such a method.
    #[must_use]
    pub fn extension_of(&self, method: &str) -> Option<&str> {
        let (namespace, name) = method.split_once('.')?;
        self.extensions().find(|known| is_public(name) && *known == namespace)
    }

    /// What a call of `method` with these parameters means.
    ///
    /// # Errors
    /// `UNKNOWN_METHOD` if there is no such method, `INCORRECT_PARAMETERS` if their number or their types
    /// don't fit.
    pub fn typed(&self, method: &str, params: Vec<Value>) -> Result<Call, Fault> {
        if let Some(namespace) = self.extension_of(method) {
            return Ok(Call::Forward(namespace.to_owned(), MethodCall { method: method.to_owned(), params }));
        }
        let (namespace, known) = self.find(method).ok_or(Fault::UnknownMethod)?;
        if !known.accepts(params.len()) {
            return Err(Fault::IncorrectParameters(None));
        }
        let name = method.rsplit('.').next().unwrap_or_default();
        if self.interfaces.get(namespace).is_some_and(|interface| !interface.allows(name)) {
            return Err(Fault::NotInWhitelist(name.to_owned()));
        }
        let mut arguments = Arguments::new(params);
        match known.meaning {
            table::Meaning::Plain(meaning) => meaning(&mut arguments),
            table::Meaning::Cache(meaning) => {
                meaning(&mut arguments).map(|request| Call::Cache(namespace.to_owned(), request))
            }
            table::Meaning::System(meaning) => meaning(self, &mut arguments).map(Call::System),
        }
    }

    /// The answer to `system.listMethods`, apart from what extensions have to say.
    #[must_use]
    pub fn list_methods(&self) -> Vec<String> {
        let mut names = qualified(SYSTEM, table::SYSTEM);
        for (namespace, interface) in &self.interfaces {
            names.extend(qualified(namespace, interface.methods()));
        }
        names.sort();
        names
    }

    /// The answer to `system.methodHelp`.
    ///
    /// # Errors
    /// `SIGNATURE_UNSUPPORTED` if there is no such method.
    pub fn method_help(&self, method: &str) -> Result<Value, Fault> {
        let (_, method) = self.find(method).ok_or(Fault::SignatureUnsupported)?;
        Ok(Value::String(method.help()))
    }

    /// The answer to `system.methodSignature`.
    ///
    /// # Errors
    /// `SIGNATURE_UNSUPPORTED` if there is no such method.
    pub fn method_signature(&self, method: &str) -> Result<Value, Fault> {
        let (_, method) = self.find(method).ok_or(Fault::SignatureUnsupported)?;
        Ok(Value::from(method.signature()))
    }

    /// A method, and its namespace.
    fn find<'m>(&self, method: &'m str) -> Option<(&'m str, &'static Method)> {
        let (namespace, name) = method.split_once('.')?;
        let (methods, unlisted) = if namespace == SYSTEM {
            (table::SYSTEM, [].as_slice())
        } else {
            let interface = self.interfaces.get(namespace)?;
            (interface.methods(), interface.unlisted())
        };
        let mut known = methods.iter().chain(unlisted);
        known.find(|method| method.names.contains(&name)).map(|method| (namespace, method))
    }

    /// The calls of a `system.multicall`.
    ///
    /// # Errors
    /// `INCORRECT_PARAMETERS` if there are more than [`MULTICALL_CALLS_MAX`].
    pub(crate) fn multicall(&self, calls: Vec<Value>) -> Result<Vec<Result<Call, Fault>>, Fault> {
        // Differs: multicall-of-large-answers
        if calls.len() > MULTICALL_CALLS_MAX {
            let problem = format!("more than {MULTICALL_CALLS_MAX} calls");
            return Err(Fault::IncorrectParameters(Some(problem)));
        }
        Ok(calls.into_iter().map(|call| self.typed_struct(call)).collect())
    }

    fn typed_struct(&self, call: Value) -> Result<Call, Fault> {
        let incorrect = |detail: &str| Err(Fault::IncorrectParameters(Some(detail.to_owned())));
        // Differs: multicall-elements
        let Value::Struct(members) = call else {
            return Err(Fault::IncorrectParameters(None));
        };
        let (mut name, mut params) = (None, Value::Array(Vec::new()));
        for (key, value) in members {
            match key.as_str() {
                "methodName" => name = Some(value),
                "params" => params = value,
                _ => {}
            }
        }
        match (name, params) {
            (None | Some(Value::Nil), _) => incorrect("No methodName"),
            (Some(Value::String(name)), _) if name == "system.multicall" => {
                incorrect("Recursive system.multicall forbidden")
            }
            (Some(Value::String(name)), Value::Array(params)) => self.typed(&name, params),
            _ => Err(Fault::IncorrectParameters(None)),
        }
    }
}

/// Whether clients can call a method of that name within its namespace: what is no name of a method, or is private,
/// nobody gets to see.
#[must_use]
pub fn is_public(name: &str) -> bool {
    !name.is_empty() && !name.contains('.') && !name.starts_with('_')
}

fn qualified(namespace: &str, methods: &[Method]) -> Vec<String> {
    methods.iter().flat_map(|method| method.names).map(|name| format!("{namespace}.{name}")).collect()
}

#[cfg(test)]
mod tests;
