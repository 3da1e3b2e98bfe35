use supervisor_core::command::Target;

use super::*;

fn api() -> Api {
    Api::new([("supervisor", Interface::Supervisor)])
}

fn typed(method: &str, params: &[Value]) -> Result<Call, Fault> {
    api().typed(method, params.to_vec())
}

#[test]
fn the_stock_api_has_37_and_4_methods() {
    let names = api().list_methods();
    assert_eq!(names.iter().filter(|name| name.starts_with("supervisor.")).count(), 37);
    assert_eq!(names.iter().filter(|name| name.starts_with("system.")).count(), 4);
    assert!(names.is_sorted());
}

#[test]
fn methods_of_ours_can_be_called_and_are_not_listed() {
    let name = "supervisor.getAllListenerInfo";
    assert_eq!(typed(name, &[]), Ok(Call::Query(Query::AllListenerInfo)));
    assert!(api().method_help(name).is_ok());
    assert!(!api().list_methods().iter().any(|listed| listed == name));
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
        Api::new(Vec::<(String, Interface)>::new()).typed("supervisor.getState", vec![]),
        Err(Fault::UnknownMethod)
    );
    let twice = Api::new([("a", Interface::Supervisor), ("b", Interface::Supervisor)]);
    assert!(twice.typed("b.getState", vec![]).is_ok());
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
    for (old, new) in [("readProcessLog", "readProcessStdoutLog"), ("tailProcessLog", "tailProcessStdoutLog")]
    {
        let old = typed(&format!("supervisor.{old}"), &params);
        assert!(old.is_ok());
        assert_eq!(old, typed(&format!("supervisor.{new}"), &params));
    }
}

#[test]
fn a_signature_begins_with_the_type_of_the_answer() {
    let signature = |name: &str| api().method_signature(name);
    assert_eq!(signature("supervisor.startProcess"), Ok(Value::from(vec!["boolean", "string", "boolean"])));
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
fn a_multicall_has_a_limited_number_of_calls() {
    let calls = |count| typed("system.multicall", &[Value::Array(vec![Value::Nil; count])]);
    assert!(calls(MULTICALL_CALLS_MAX).is_ok());
    let problem = Some(String::from("more than 65536 calls"));
    assert_eq!(calls(MULTICALL_CALLS_MAX + 1), Err(Fault::IncorrectParameters(problem)));
}

#[test]
fn only_events_and_the_system_namespace_work_on_the_way_out() {
    assert!(typed("supervisor.getState", &[]).unwrap().needs_running_daemon());
    assert!(typed("supervisor.shutdown", &[]).unwrap().needs_running_daemon());
    assert!(!typed("system.listMethods", &[]).unwrap().needs_running_daemon());
    assert!(
        !typed("supervisor.sendRemoteCommEvent", &["a".into(), "b".into()]).unwrap().needs_running_daemon()
    );
}

fn plugins() -> Api {
    let whitelist = vec!["log".to_owned(), "getAPIVersion".to_owned()];
    Api::new([
        ("twiddler", Interface::Twiddler { whitelist: Vec::new() }),
        ("guarded", Interface::Twiddler { whitelist }),
        ("cache", Interface::Cache),
        ("kill", Interface::Laforge),
        ("own", Interface::Extension),
    ])
}

#[test]
fn plugins_have_their_methods_under_the_name_of_the_section() {
    let names = plugins().list_methods();
    for name in ["twiddler.addProgramToGroup", "guarded.log", "cache.getKeys", "kill.killProcess"] {
        assert!(names.iter().any(|known| known == name), "{name} in {names:?}");
    }
    assert!(!names.iter().any(|name| name.starts_with("supervisor.") || name.starts_with("own.")));
    for name in names {
        assert!(matches!(plugins().method_help(&name), Ok(Value::String(help)) if help.contains("@return ")));
        assert!(plugins().method_signature(&name).is_ok());
    }
}

#[test]
fn a_program_to_add_has_its_options_as_text() {
    let options = Value::Struct(vec![("command".into(), "cat".into()), ("numprocs".into(), 2.into())]);
    let call = plugins().typed("twiddler.addProgramToGroup", vec!["g".into(), 5.into(), options]);
    let Ok(Call::Command(Command::AddProgram(program))) = call else { panic!("{call:?}") };
    assert_eq!((program.group.as_str(), program.program.as_str()), ("g", "5"));
    assert_eq!(program.options[1], ("numprocs".to_owned(), "2".to_owned()));
    let wrong = plugins().typed("twiddler.addProgramToGroup", vec!["g".into(), "x".into(), "s".into()]);
    assert_eq!(wrong, Err(Fault::IncorrectParameters(None)));
}

#[test]
fn what_is_not_in_the_whitelist_is_listed_and_refused() {
    let api = plugins();
    let refused = Err(Fault::NotInWhitelist("getGroupNames".into()));
    assert_eq!(api.typed("guarded.getGroupNames", vec![]), refused);
    assert_eq!(api.typed("guarded.getGroupNames", vec![1.into()]), Err(Fault::IncorrectParameters(None)));
    assert!(api.typed("guarded.log", vec!["x".into()]).is_ok());
    assert!(api.typed("twiddler.getGroupNames", vec![]).is_ok());
    let fault = crate::fault::FaultValue::from(Fault::NotInWhitelist("getGroupNames".into()));
    assert_eq!((fault.code, fault.text.as_str()), (230, "UNKNOWN: getGroupNames"));
}

#[test]
fn a_key_of_a_cache_is_a_text_and_not_empty() {
    let fetch = |key: Value| plugins().typed("cache.fetch", vec![key]);
    assert_eq!(fetch("k".into()), Ok(Call::Cache("cache".into(), cache::Request::Fetch("k".into()))));
    for bad in [Value::from(""), Value::Int(5), Value::Nil] {
        assert_eq!(fetch(bad), Err(Fault::BadName("Cache key must be a non-empty string".into())));
    }
}

#[test]
fn calls_of_an_extension_are_passed_on_whatever_they_say() {
    let api = plugins();
    let call = MethodCall { method: "own.anything".into(), params: vec![Value::Nil, 1.into()] };
    assert_eq!(api.typed(&call.method, call.params.clone()), Ok(Call::Forward("own".into(), call.clone())));
    for hidden in ["own._private", "own.a.b", "own.", "own"] {
        assert_eq!(api.typed(hidden, vec![]), Err(Fault::UnknownMethod), "{hidden}");
    }
    assert_eq!(api.extensions().collect::<Vec<_>>(), ["own"]);
    assert_eq!(api.extension_of("own.x"), Some("own"));
    assert_eq!(api.extension_of("cache.x"), None);
}
