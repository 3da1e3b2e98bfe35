use std::sync::Arc;

use supervisor_core::spec::{
    BufferOverflow, EventLength, GroupKind, GroupSpec, ListenerSpec, ProcessSpec, ResultHandler,
    SocketAddress, SocketSpec,
};

use crate::story::{load, machine, refusal, run};

fn names(group: &GroupSpec) -> Vec<&str> {
    group.processes.iter().map(|process: &Arc<ProcessSpec>| process.name.as_str()).collect()
}

fn group_names(text: &str) -> Vec<String> {
    load(text).groups.into_iter().map(|group| group.name).collect()
}

fn programs(names: &[&str]) -> String {
    names.iter().map(|name| format!("[program:{name}]\ncommand={name}\n")).collect()
}

#[test]
fn groups_are_sorted_by_priority_then_by_code_point() {
    let text = programs(&["b", "B", "a"])
        + "[program:last]\ncommand=x\npriority=1000\n[program:first]\ncommand=x\npriority=1\n";
    assert_eq!(group_names(&text), ["first", "B", "a", "b", "last"]);
}

#[test]
fn listed_programs_lose_their_own_group_and_keep_the_order_of_the_list() {
    let config = load(&(programs(&["a", "b", "c"]) + "[group:g]\nprograms=b, a\npriority=5\n"));
    assert_eq!(config.groups.iter().map(|group| group.name.as_str()).collect::<Vec<_>>(), ["g", "c"]);
    assert_eq!(names(&config.groups[0]), ["b", "a"]);
    assert_eq!(config.groups[0].priority, 5);
}

#[test]
fn a_program_may_be_in_several_groups_under_their_names() {
    let text = "[program:a]\ncommand=%(group_name)s\n[group:g]\nprograms=a\n[group:h]\nprograms=a\n";
    let commands: Vec<String> =
        load(text).groups.iter().map(|group| group.processes[0].command.clone()).collect();
    assert_eq!(commands, ["g", "h"]);
}

#[test]
fn a_fastcgi_program_in_a_group_is_an_ordinary_program() {
    let config = load("[fcgi-program:f]\ncommand=x\nsocket=unix:///s\n[group:g]\nprograms=f\n");
    assert_eq!(config.groups.len(), 1);
    assert_eq!((&config.groups[0].kind, names(&config.groups[0])), (&GroupKind::Programs, vec!["f"]));
}

#[test]
fn a_group_may_be_empty() {
    assert!(load("[group:g]\n").groups[0].processes.is_empty());
}

#[test]
fn a_list_can_only_name_what_is_there_once() {
    assert_eq!(
        refusal("[program:a]\ncommand=x\n[group:g]\nprograms=a,x\n"),
        "[group:g] names unknown program or fcgi-program x"
    );
    assert_eq!(
        refusal("[program:a]\n[fcgi-program:a]\n[group:g]\nprograms=a\n"),
        "[group:g] name a is ambiguous (exists as program and fcgi-program)"
    );
    assert_eq!(refusal("[group:a b]\n"), "Invalid name: 'a b' because of character: ' '");
}

#[test]
fn of_two_groups_with_one_name_the_first_counts_and_somebody_says_so() {
    let config = load(&(programs(&["a", "b"]) + "[group:a]\nprograms=b\n"));
    assert_eq!(config.groups.len(), 1);
    assert_eq!(names(&config.groups[0]), ["b"]);
    assert_eq!(config.warnings, ["More than one group is named 'a', only the first one is used"]);
}

#[test]
fn of_two_processes_with_one_name_the_last_counts_and_somebody_says_so() {
    let text = "[program:a]\ncommand=1\nprocess_name=p\n\
                [program:b]\ncommand=2\nprocess_name=p\n\
                [group:g]\nprograms=a,b\n";
    let config = load(text);
    assert_eq!(config.groups[0].processes.len(), 1);
    assert_eq!(config.groups[0].processes[0].command, "2");
    assert_eq!(
        config.warnings,
        ["For [group:g], more than one process is named 'p', only the last one is used"]
    );
}

#[test]
fn listeners_come_first_and_know_their_events() {
    let config = load(
        "[program:a]\ncommand=x\n\
         [eventlistener:e]\ncommand=y\nevents=tick_60, PROCESS_STATE,TICK_60\nbuffer_size=3\n",
    );
    let listener = &config.groups[0];
    assert_eq!((listener.name.as_str(), listener.priority), ("e", -1));
    assert_eq!(listener.processes[0].priority, 999);
    let GroupKind::EventListener(spec) = &listener.kind else { panic!("no listener") };
    assert_eq!(spec.events, ["PROCESS_STATE", "TICK_60"]);
    assert_eq!(spec.buffer_size, 3);
    assert_eq!(spec.result_handler, ResultHandler::Default);
}

#[test]
fn a_listener_may_have_options_of_ours_and_handlers_that_are_known() {
    let spec = |options: &str| {
        let config = load(&format!("[eventlistener:e]\ncommand=y\nevents=TICK_5\n{options}"));
        match &config.groups[0].kind {
            GroupKind::EventListener(spec) => spec.clone(),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(spec(""), ListenerSpec::new(vec!["TICK_5".to_owned()]));
    let given = spec("buffer_overflow=drop_newest\nevent_length=bytes\nresultwaitsecs=0\n");
    assert_eq!(given.buffer_overflow, BufferOverflow::DropNewest);
    assert_eq!(given.event_length, EventLength::Bytes);
    assert_eq!(given.resultwaitsecs, 0);
    for handler in ResultHandler::ALL {
        assert_eq!(spec(&format!("result_handler={}", handler.name())).result_handler, handler);
    }
}

#[test]
fn a_listener_that_cannot_work_is_refused() {
    let listener = |options: &str| refusal(&format!("[eventlistener:e]\ncommand=y\n{options}"));
    assert_eq!(listener(""), "[eventlistener:e] section requires an \"events\" line");
    assert_eq!(listener("events="), "[eventlistener:e] section requires an \"events\" line");
    assert_eq!(listener("events=TICK_5,FOO"), "Unknown event type FOO in [eventlistener:e] events");
    assert_eq!(listener("events=TICK_5,"), "Unknown event type  in [eventlistener:e] events");
    assert_eq!(listener("buffer_size=0"), "[eventlistener:e] section sets invalid buffer_size (0)");
    assert_eq!(
        listener("result_handler=my:handler"),
        "my:handler cannot be resolved within [eventlistener:e]"
    );
    assert!(listener("events=TICK\nbuffer_overflow=drop").contains("invalid 'buffer_overflow' value 'drop'"));
    assert!(listener("events=TICK\nevent_length=x").contains("invalid 'event_length' value 'x'"));
    assert_eq!(
        listener("events=TICK\nredirect_stderr=true"),
        "[eventlistener:e] section sets redirect_stderr=true but this is not allowed because it will \
         interfere with the eventlistener protocol"
    );
}

fn socket(options: &str) -> SocketSpec {
    let host =
        machine(&format!("[supervisord]\n[fcgi-program:f]\ncommand=x\n{options}")).with_effective_uid(0);
    let config = run(&host, &[]).unwrap();
    match &config.groups[0].kind {
        GroupKind::FastCgi(socket) => socket.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_unix_socket_belongs_to_the_program_s_user() {
    let spec = socket("socket=unix:///tmp/../run/%(program_name)s.sock\nuser=daemon\n");
    assert_eq!(spec.address, SocketAddress::Unix("/run/f.sock".to_owned()));
    assert_eq!((spec.owner, spec.mode, spec.backlog), ((Some(1), Some(1)), 0o700, None));
    let spec = socket("socket=unix:///s\nuser=root\n");
    assert_eq!(spec.owner, (None, None));
    let spec =
        socket("socket=unix:///s\nuser=daemon\nsocket_owner=root\nsocket_mode=0770\nsocket_backlog=5\n");
    assert_eq!((spec.owner, spec.mode, spec.backlog), ((Some(0), None), 0o770, Some(5)));
}

#[test]
fn a_tcp_socket_has_host_and_port() {
    let spec = socket("socket=tcp://LocalHost:9000\n");
    assert_eq!(spec.address, SocketAddress::Tcp { host: "localhost".to_owned(), port: 9000 });
}

#[test]
fn a_socket_that_cannot_be_made_is_refused() {
    let fcgi = |options: &str| refusal(&format!("[fcgi-program:f]\ncommand=x\n{options}"));
    assert_eq!(fcgi(""), "[fcgi-program:f] section requires a \"socket\" line");
    assert_eq!(fcgi("socket=udp://x:1"), "Bad socket format udp://x:1 in [fcgi-program:f] socket");
    assert_eq!(
        fcgi("socket=unix://x"),
        "Unix socket path x is not an absolute path in [fcgi-program:f] socket"
    );
    assert_eq!(fcgi("socket=tcp://x:65536"), "65536 is above upper bound (65535) in [fcgi-program:f] socket");
    assert_eq!(
        fcgi("socket=tcp://x:1\nsocket_mode=0700"),
        "socket_owner and socket_mode params should only be used with a Unix domain socket \
         in [fcgi-program:f] socket"
    );
    assert_eq!(fcgi("socket_mode=9"), "Invalid socket_mode value 9");
    assert_eq!(fcgi("socket_owner=nosuch"), "Invalid socket_owner value nosuch");
    assert_eq!(fcgi("socket_backlog=0"), "Invalid socket_backlog value 0");
    assert_eq!(fcgi("socket_backlog=x"), "invalid literal for int() with base 10: 'x'");
    assert_eq!(fcgi("user=nosuch"), "Invalid user name nosuch");
}

#[test]
fn faults_are_reported_in_the_order_in_which_groups_are_made() {
    let text = "[fcgi-program:f]\n[eventlistener:e]\n[program:p]\nnumprocs=x\n[group:g]\nprograms=nosuch\n";
    assert!(refusal(text).starts_with("[group:g]"));
    let text = text.replace("[group:g]\nprograms=nosuch\n", "");
    assert!(refusal(&text).contains("program:p"));
    assert!(refusal(&text.replace("numprocs=x", "command=x")).starts_with("[eventlistener:e]"));
}
