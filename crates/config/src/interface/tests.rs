use supervisor_core::spec::{GroupKind, SocketAddress};

use super::*;
use crate::story::{PATH, load, machine, refusal, run};

const FACTORY: &str = "supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface\n";

#[test]
fn the_usual_interface_is_known() {
    let config = load(&format!("environment=A=1\n[rpcinterface:supervisor]\n{FACTORY}retries=%(ENV_A)s\n"));
    let interface = &config.interfaces[0];
    assert_eq!(interface.name, "supervisor");
    assert_eq!(interface.factory(), Some("supervisor.rpcinterface:make_main_rpcinterface"));
    assert_eq!(interface.kind, InterfaceKind::Supervisor);
    assert_eq!(interface.options, [("retries".to_owned(), "1".to_owned())]);
}

#[test]
fn python_code_that_is_not_built_in_is_refused() {
    assert_eq!(
        refusal("[rpcinterface:x]\nsupervisor.rpcinterface_factory=my.module:make\n"),
        "my.module:make cannot be resolved within [rpcinterface:x]"
    );
    assert_eq!(
        refusal("[rpcinterface:x]\n"),
        "section [rpcinterface:x] does not specify a supervisor.rpcinterface_factory"
    );
}

#[test]
fn options_that_the_factory_does_not_take_are_refused_where_a_server_needs_it() {
    let server = "[unix_http_server]\nfile=/tmp/s.sock\n";
    let sound = format!(
        "{server}[rpcinterface:supervisor]\nsupervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface\n"
    );
    assert_eq!(load(&sound).interfaces.len(), 1);
    for options in ["foo=1\n", "[DEFAULT]\nfoo=1\n"] {
        assert_eq!(
            refusal(&format!("{sound}{options}")),
            "Could not make supervisor rpc interface",
            "{options}"
        );
    }
    // The reference gets there last.
    assert_eq!(
        refusal(&format!("{sound}foo=1\n[program:a]\n")),
        "program section program:a does not specify a command in section 'program:a' (file: '/etc/supervisord.conf')"
    );
}

#[test]
fn without_a_colon_it_is_just_an_unknown_section() {
    assert!(load("[rpcinterface]\n").interfaces.is_empty());
}

fn plugin(name: &str, factory: &str, options: &str) -> String {
    format!("[rpcinterface:{name}]\nsupervisor.rpcinterface_factory={factory}\n{options}\n")
}

const TWIDDLER: &str = "supervisor_twiddler.rpcinterface:make_twiddler_rpcinterface";
const CACHE: &str = "supervisor_cache.rpcinterface:make_cache_rpcinterface";
const LAFORGE: &str = "mr.laforge.rpcinterface:make_laforge_rpcinterface";

#[test]
fn plugins_are_known_by_their_factory_and_keep_the_name_of_the_section() {
    let text = [
        plugin("t", TWIDDLER, ""),
        plugin("guarded", TWIDDLER, "whitelist=log, getGroupNames"),
        plugin("c", CACHE, ""),
        plugin("l", LAFORGE, ""),
    ];
    let config = load(&text.concat());
    let kinds: Vec<_> =
        config.interfaces.iter().map(|interface| (interface.name.as_str(), interface.kind.clone())).collect();
    let whitelist = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect();
    assert_eq!(
        kinds,
        [
            ("t", InterfaceKind::Twiddler { whitelist: whitelist(&[]) }),
            ("guarded", InterfaceKind::Twiddler { whitelist: whitelist(&["log", "getGroupNames"]) }),
            ("c", InterfaceKind::Cache),
            ("l", InterfaceKind::Laforge),
        ]
    );
}

#[test]
fn a_factory_that_takes_no_such_option_cannot_make_its_interface() {
    for (factory, option) in [(TWIDDLER, "whitlist=log"), (CACHE, "size=1"), (LAFORGE, "x=1")] {
        assert_eq!(refusal(&plugin("foo", factory, option)), "Could not make foo rpc interface");
    }
}

fn hint_for(text: &str) -> String {
    let error = run(&machine(&format!("[supervisord]\n{text}")), &[]).unwrap_err();
    error.findings[0].hint.clone().unwrap_or_default()
}

#[test]
fn who_names_what_is_not_known_is_told_what_to_do_instead() {
    let hint = hint_for(&plugin("x", "my.module:make", ""));
    for words in ["`command=`", "`socket=`", "ignore_unknown_plugins=true"] {
        assert!(hint.contains(words), "{hint}");
    }
    for (factory, words) in [
        ("supvisors.plugin:make_supvisors_rpcinterface", "stay with Python's"),
        ("multivisor.rpc:make_rpc_interface", "multivisor-rpc --bind"),
        ("supervisor_jcmd.rpcinterface:make_rpcinterface", "supervisorctl pid"),
    ] {
        let text = plugin("x", factory, "");
        assert_eq!(refusal(&text), format!("{factory} cannot be resolved within [rpcinterface:x]"));
        assert!(hint_for(&text).contains(words), "{factory}: {}", hint_for(&text));
    }
}

#[test]
fn unknown_plugins_are_left_out_with_a_warning_where_that_is_wanted() {
    let main = plugin("supervisor", "supervisor.rpcinterface:make_main_rpcinterface", "");
    let text = format!("ignore_unknown_plugins=true\n{main}{}", plugin("x", "my.module:make", "a=1"));
    let config = load(&text);
    assert_eq!(config.interfaces.len(), 1);
    assert_eq!(
        config.warnings,
        [
            "my.module:make cannot be resolved within [rpcinterface:x]; it is left out, as ignore_unknown_plugins asks for"
        ]
    );
    // What is missing or wrong otherwise is refused all the same.
    assert_eq!(
        refusal("ignore_unknown_plugins=true\n[rpcinterface:x]\n"),
        "section [rpcinterface:x] does not specify a supervisor.rpcinterface_factory"
    );
}

#[test]
fn a_program_gets_a_private_socket_beside_the_pidfile_and_is_a_group_of_its_own() {
    let config = load(
        "pidfile=/etc/daemon.pid\n[rpcinterface:disk]\ncommand=/bin/cat %(program_name)s\nautorestart=true\n\
         timeout=5\npriority=3\n",
    );
    let socket = "/etc/daemon.disk.sock".to_owned();
    let spec = ExtensionSpec { address: ExtensionAddress::Unix(socket.clone()), timeout_seconds: 5 };
    assert_eq!(config.interfaces[0].kind, InterfaceKind::Extension(spec));
    assert_eq!(config.interfaces[0].factory(), None);
    let group = &config.groups[0];
    assert_eq!((group.name.as_str(), group.priority), ("disk", 3));
    let GroupKind::FastCgi(shared) = &group.kind else { panic!("{:?}", group.kind) };
    assert_eq!((&shared.address, shared.mode), (&SocketAddress::Unix(socket), 0o600));
    assert_eq!(group.processes[0].command, "/bin/cat disk");
}

#[test]
fn a_socket_alone_is_somebody_elses_program() {
    for (socket, address) in [
        ("unix:///run/x.sock", ExtensionAddress::Unix("/run/x.sock".into())),
        ("http://Localhost:81/", ExtensionAddress::Http { host: "localhost".into(), port: 81 }),
        ("http://[::1]:81", ExtensionAddress::Http { host: "::1".into(), port: 81 }),
    ] {
        let config = load(&format!("[rpcinterface:x]\nsocket={socket}\n"));
        let spec = ExtensionSpec { address, timeout_seconds: 30 };
        assert_eq!(config.interfaces[0].kind, InterfaceKind::Extension(spec), "{socket}");
        assert!(config.groups.is_empty());
    }
}

#[test]
fn a_program_that_listens_on_a_port_by_itself_is_an_ordinary_one() {
    let config = load("[rpcinterface:x]\ncommand=cat\nsocket=http://127.0.0.1:81\n");
    assert_eq!(config.groups[0].kind, GroupKind::Programs);
    let config = load("[rpcinterface:x]\ncommand=cat\nsocket=unix:///run/x.sock\n");
    assert!(matches!(config.groups[0].kind, GroupKind::FastCgi(_)));
}

#[test]
fn addresses_that_cannot_be_meant_are_refused() {
    let sockets = [
        "",
        "x",
        "unix://x",
        "http://h",
        "http://h:0",
        "http://:1",
        "http://u:p@h:1",
        "http://h:1/x",
        "tcp://h:1",
        "http://[x]:1",
    ];
    for socket in sockets {
        let message = refusal(&format!("[rpcinterface:x]\nsocket={socket}\n"));
        assert_eq!(message, format!("Bad socket format {socket} in [rpcinterface:x] socket"));
    }
    let long = refusal(&format!("[rpcinterface:x]\nsocket=unix:///{}\n", "x".repeat(120)));
    assert!(long.ends_with("has a path of 121 bytes"), "{long}");
    for timeout in ["0", "-1", "3601"] {
        let message = refusal(&format!("[rpcinterface:x]\nsocket=unix:///s\ntimeout={timeout}\n"));
        assert_eq!(message, format!("Invalid timeout value {timeout}"));
    }
}

#[test]
fn no_two_groups_and_no_two_namespaces_have_one_name() {
    for other in ["[program:x]\ncommand=cat\n", "[group:x]\nprograms=\n"] {
        let message = refusal(&format!("{other}[rpcinterface:x]\ncommand=cat\n"));
        let section = other.split(['[', ']']).nth(1).unwrap();
        assert_eq!(message, format!("[rpcinterface:x] and [{section}] both make a group named x"));
    }
    let message = refusal("[rpcinterface:system]\ncommand=cat\n");
    assert_eq!(message, "the name system is taken by the methods about methods");
    assert_eq!(
        refusal("[rpcinterface:a.b]\nsocket=unix:///s\n"),
        "nobody can call a method of [rpcinterface:a.b]"
    );
}

#[test]
fn faults_of_its_program_are_told_as_of_any_other() {
    let message = refusal("[rpcinterface:x]\ncommand=cat\nautostart=maybe\n");
    assert_eq!(
        message,
        format!("not a valid boolean value: 'maybe' in section 'rpcinterface:x' (file: '{PATH}')")
    );
}

#[test]
fn no_two_make_one_socket() {
    let server = "[unix_http_server]\nfile=/run/s\n";
    let extension = "[rpcinterface:x]\ncommand=cat\nsocket=unix:///run/s\n";
    assert_eq!(
        refusal(&format!("{extension}{server}")),
        "[rpcinterface:x] and [unix_http_server] both make the socket /run/s"
    );
    let other = "[rpcinterface:y]\ncommand=cat\nsocket=unix:///run/s\n";
    assert_eq!(
        refusal(&format!("{extension}{other}")),
        "[rpcinterface:y] and [rpcinterface:x] both make the socket /run/s"
    );
    let fcgi = "[fcgi-program:f]\ncommand=cat\nsocket=unix:///run/s\n";
    let message = refusal(&format!("{fcgi}{extension}"));
    assert!(
        message.contains("both make the socket /run/s") && message.contains("fcgi-program:f"),
        "{message}"
    );
    // The reference takes that.
    assert_eq!(
        load(&format!("{fcgi}{server}")).warnings,
        ["[fcgi-program:f] and [unix_http_server] both make the socket /run/s"]
    );
    // Who starts nothing makes no socket.
    load(&format!("{extension}[rpcinterface:z]\nsocket=unix:///run/s\n"));
}

#[test]
fn the_namespace_of_the_methods_about_methods_is_taken() {
    for section in [plugin("system", CACHE, ""), "[rpcinterface:system]\nsocket=unix:///s\n".into()] {
        assert_eq!(refusal(&section), "the name system is taken by the methods about methods");
    }
}
