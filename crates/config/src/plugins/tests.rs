use crate::story::{load, refusal};

const FACTORY: &str = "supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface\n";

#[test]
fn the_usual_interface_is_known() {
    let config = load(&format!("environment=A=1\n[rpcinterface:supervisor]\n{FACTORY}retries=%(ENV_A)s\n"));
    let interface = &config.interfaces[0];
    assert_eq!(interface.name, "supervisor");
    assert_eq!(interface.factory, "supervisor.rpcinterface:make_main_rpcinterface");
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
fn without_a_colon_it_is_just_an_unknown_section() {
    assert!(load("[rpcinterface]\n").interfaces.is_empty());
}
