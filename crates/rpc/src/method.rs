//! Which methods there are, and what a call of one means.

use supervisor_core::command::{Command, Fault};

use crate::argument::Arguments;
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
    /// Something about the API itself.
    System(System),
}

/// A reading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Query {
    /// `getAPIVersion`: [`crate::API_VERSION`].
    ApiVersion,
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

/// The methods that can be called: the `system` namespace and one copy of Supervisor's methods for each
/// `[rpcinterface:x]` that asks for them.
#[derive(Clone, Debug)]
pub struct Api {
    namespaces: Vec<String>,
}

const SYSTEM: &str = "system";

impl Api {
    /// The API with Supervisor's methods under each of `namespaces` (usually just `supervisor`).
    #[must_use]
    pub fn new<N: Into<String>>(namespaces: impl IntoIterator<Item = N>) -> Self {
        let mut namespaces: Vec<String> = namespaces.into_iter().map(Into::into).collect();
        namespaces.retain(|namespace| namespace != SYSTEM);
        namespaces.sort();
        namespaces.dedup();
        Self { namespaces }
    }

    /// What a call of `method` with these parameters means.
    ///
    /// # Errors
    /// `UNKNOWN_METHOD` if there is no such method, `INCORRECT_PARAMETERS` if their number or their types
    /// don't fit.
    pub fn typed(&self, method: &str, params: Vec<Value>) -> Result<Call, Fault> {
        let method = self.find(method).ok_or(Fault::UnknownMethod)?;
        if !method.accepts(params.len()) {
            return Err(Fault::IncorrectParameters(None));
        }
        let mut arguments = Arguments::new(params);
        match method.meaning {
            table::Meaning::Supervisor(meaning) => meaning(&mut arguments),
            table::Meaning::System(meaning) => meaning(self, &mut arguments).map(Call::System),
        }
    }

    /// The answer to `system.listMethods`.
    #[must_use]
    pub fn list_methods(&self) -> Value {
        let mut names = qualified(SYSTEM, table::SYSTEM);
        for namespace in &self.namespaces {
            names.extend(qualified(namespace, table::SUPERVISOR));
        }
        names.sort();
        Value::from(names)
    }

    /// The answer to `system.methodHelp`.
    ///
    /// # Errors
    /// `SIGNATURE_UNSUPPORTED` if there is no such method.
    pub fn method_help(&self, method: &str) -> Result<Value, Fault> {
        let method = self.find(method).ok_or(Fault::SignatureUnsupported)?;
        Ok(Value::String(method.help()))
    }

    /// The answer to `system.methodSignature`.
    ///
    /// # Errors
    /// `SIGNATURE_UNSUPPORTED` if there is no such method.
    pub fn method_signature(&self, method: &str) -> Result<Value, Fault> {
        let method = self.find(method).ok_or(Fault::SignatureUnsupported)?;
        Ok(Value::from(method.signature()))
    }

    fn find(&self, method: &str) -> Option<&'static Method> {
        let (namespace, name) = method.split_once('.')?;
        let (methods, unlisted): (_, &'static [Method]) = if namespace == SYSTEM {
            (table::SYSTEM, &[])
        } else if self.namespaces.iter().any(|known| known == namespace) {
            (table::SUPERVISOR, table::UNLISTED)
        } else {
            return None;
        };
        methods.iter().chain(unlisted).find(|method| method.names.contains(&name))
    }

    /// The calls of a `system.multicall`.
    pub(crate) fn multicall(&self, calls: Vec<Value>) -> Vec<Result<Call, Fault>> {
        calls.into_iter().map(|call| self.typed_struct(call)).collect()
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

fn qualified(namespace: &str, methods: &[Method]) -> Vec<String> {
    methods.iter().flat_map(|method| method.names).map(|name| format!("{namespace}.{name}")).collect()
}

#[cfg(test)]
mod tests {
    use supervisor_core::command::Target;

    use super::*;

    fn api() -> Api {
        Api::new(["supervisor"])
    }

    fn typed(method: &str, params: &[Value]) -> Result<Call, Fault> {
        api().typed(method, params.to_vec())
    }

    #[test]
    fn the_stock_api_has_37_and_4_methods() {
        let Value::Array(names) = api().list_methods() else { panic!("not an array") };
        let names: Vec<&str> = names.iter().filter_map(Value::as_str).collect();
        assert_eq!(names.iter().filter(|name| name.starts_with("supervisor.")).count(), 37);
        assert_eq!(names.iter().filter(|name| name.starts_with("system.")).count(), 4);
        assert!(names.is_sorted());
    }

    #[test]
    fn methods_of_ours_can_be_called_and_are_not_listed() {
        let name = "supervisor.getAllListenerInfo";
        assert_eq!(typed(name, &[]), Ok(Call::Query(Query::AllListenerInfo)));
        assert!(api().method_help(name).is_ok());
        let Value::Array(names) = api().list_methods() else { panic!("not an array") };
        assert!(!names.contains(&name.into()));
    }

    #[test]
    fn a_name_has_exactly_one_dot_and_a_known_namespace() {
        for name in [
            "getState",
            "supervisor.",
            "a.getState",
            "supervisor.a.b",
            "supervisor._update",
            "",
            ".",
            "SYSTEM.listMethods",
        ] {
            assert_eq!(typed(name, &[]), Err(Fault::UnknownMethod), "{name}");
        }
        assert_eq!(
            Api::new(Vec::<String>::new()).typed("supervisor.getState", vec![]),
            Err(Fault::UnknownMethod)
        );
        assert!(Api::new(["a", "b"]).typed("b.getState", vec![]).is_ok());
    }

    #[test]
    fn the_number_of_parameters_must_fit() {
        let wrong = Err(Fault::IncorrectParameters(None));
        assert_eq!(typed("supervisor.getState", &[Value::Nil]), wrong);
        assert_eq!(typed("supervisor.startProcess", &[]), wrong);
        assert_eq!(typed("supervisor.startProcess", &["a".into(), true.into(), 1.into()]), wrong);
        assert_eq!(typed("system.listMethods", &[1.into()]), wrong);
    }

    #[test]
    fn a_process_name_must_be_text() {
        assert_eq!(typed("supervisor.startProcess", &[5.into()]), Err(Fault::IncorrectParameters(None)));
    }

    #[test]
    fn a_start_waits_unless_told_otherwise() {
        let start = |wait| Ok(Call::Command(Command::Start { target: Target::Named("web:*".into()), wait }));
        assert_eq!(typed("supervisor.startProcess", &["web:*".into()]), start(true));
        assert_eq!(typed("supervisor.startProcess", &["web:*".into(), false.into()]), start(false));
        assert_eq!(typed("supervisor.startProcess", &["web:*".into(), "false".into()]), start(true));
    }

    #[test]
    fn old_names_mean_the_same() {
        assert_eq!(typed("supervisor.getVersion", &[]), typed("supervisor.getAPIVersion", &[]));
        let params = ["a".into(), 0.into(), 1.into()];
        for (old, new) in
            [("readProcessLog", "readProcessStdoutLog"), ("tailProcessLog", "tailProcessStdoutLog")]
        {
            let old = typed(&format!("supervisor.{old}"), &params);
            assert!(old.is_ok());
            assert_eq!(old, typed(&format!("supervisor.{new}"), &params));
        }
    }

    #[test]
    fn a_signature_begins_with_the_type_of_the_answer() {
        let signature = |name: &str| api().method_signature(name);
        assert_eq!(
            signature("supervisor.startProcess"),
            Ok(Value::from(vec!["boolean", "string", "boolean"]))
        );
        assert_eq!(signature("supervisor.getVersion"), Ok(Value::from(vec!["string"])));
        assert_eq!(signature("system.multicall"), Ok(Value::from(vec!["array", "array"])));
        assert_eq!(signature("supervisor.nope"), Err(Fault::SignatureUnsupported));
    }

    #[test]
    fn help_ends_with_tag_lines() {
        let Ok(Value::String(help)) = api().method_help("supervisor.readLog") else { panic!("no help") };
        let tags: Vec<&str> = help.lines().filter(|line| line.starts_with('@')).collect();
        assert!(tags[0].starts_with("@param int offset "), "{help}");
        assert!(tags[1].starts_with("@param int length "), "{help}");
        assert!(tags[2].starts_with("@return string "), "{help}");
        assert_eq!(api().method_help("nope"), Err(Fault::SignatureUnsupported));
    }

    #[test]
    fn a_multicall_types_each_call_by_itself() {
        let call = |name: Value| Value::Struct(vec![("methodName".into(), name)]);
        let calls = vec![
            call("supervisor.getPID".into()),
            Value::Struct(vec![]),
            call("system.multicall".into()),
            call("nope".into()),
            call("supervisor.getProcessInfo".into()),
            Value::Int(1),
            call(Value::Int(1)),
        ];
        let incorrect = |detail: Option<&str>| Err(Fault::IncorrectParameters(detail.map(str::to_owned)));
        assert_eq!(
            typed("system.multicall", &[Value::Array(calls)]),
            Ok(Call::System(System::Multicall(vec![
                Ok(Call::Query(Query::Pid)),
                incorrect(Some("No methodName")),
                incorrect(Some("Recursive system.multicall forbidden")),
                Err(Fault::UnknownMethod),
                incorrect(None),
                incorrect(None),
                incorrect(None),
            ])))
        );
        assert_eq!(typed("system.multicall", &[Value::Struct(vec![])]), incorrect(None));
    }

    #[test]
    fn only_events_and_the_system_namespace_work_on_the_way_out() {
        assert!(typed("supervisor.getState", &[]).unwrap().needs_running_daemon());
        assert!(typed("supervisor.shutdown", &[]).unwrap().needs_running_daemon());
        assert!(!typed("system.listMethods", &[]).unwrap().needs_running_daemon());
        assert!(
            !typed("supervisor.sendRemoteCommEvent", &["a".into(), "b".into()])
                .unwrap()
                .needs_running_daemon()
        );
    }
}
