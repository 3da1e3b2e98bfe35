use super::*;
use crate::memory::MemoryHost;
use crate::supervisorctl::{Parsed, load};

/// The extensions of `[supervisorctl]` and this text.
fn offers(text: &str) -> Vec<Offer> {
    let text = format!("[supervisorctl]\n{text}");
    let host = MemoryHost::new().with_file("/etc/supervisord.conf", text).with_variable("X", "/x");
    match load(&["supervisorctl".to_owned()], &host) {
        Ok(Parsed::Run(config)) => config.plugins.into_iter().map(|plugin| plugin.offer).collect(),
        other => panic!("{other:?}"),
    }
}

fn offer(options: &str) -> Offer {
    offers(&format!("[ctlplugin:x]\n{options}\n")).remove(0)
}

fn refusal(options: &str) -> String {
    match offer(options) {
        Offer::Refused(finding) => finding.message,
        other => panic!("{other:?}"),
    }
}

#[test]
fn public_extensions_are_known_by_their_factories() {
    for (options, built_in) in [
        ("supervisor_quick:make_quick_controllerplugin", BuiltIn::Quick { retries: QUICK_RETRIES }),
        ("supervisor_quick:make_quick_controllerplugin\nretries=30", BuiltIn::Quick { retries: 30 }),
        (
            "supervisorwildcards.controllerplugin:make_wildcards_controllerplugin",
            BuiltIn::Wildcards { match_group: false },
        ),
        (
            "supervisorwildcards.controllerplugin:make_wildcards_controllerplugin\nmatch_group=1",
            BuiltIn::Wildcards { match_group: true },
        ),
        (
            "supervisorserialrestart.controllerplugin:make_serialrestart_controllerplugin\nmatch_group=0",
            BuiltIn::SerialRestart,
        ),
        ("supervisor_cache.controllerplugin:make_cache_controllerplugin", BuiltIn::Cache),
        ("mr.laforge.controllerplugin:make_laforge_controllerplugin", BuiltIn::Laforge),
        ("supervisor.supervisorctl:DefaultControllerPlugin", BuiltIn::Stock),
    ] {
        assert_eq!(
            offer(&format!("supervisor.ctl_factory={options}")),
            Offer::BuiltIn(built_in),
            "{options}"
        );
    }
}

#[test]
fn a_program_needs_no_python() {
    let words = |words: &[&str]| Offer::Program(words.iter().map(|word| (*word).to_owned()).collect());
    assert_eq!(offer("command=%(ENV_X)s/y 'a b' c"), words(&["/x/y", "a b", "c"]));
    assert_eq!(offer("command=%(here)s/y"), words(&["/etc/y"]));
    let stock = "supervisor.ctl_factory=supervisor.supervisorctl:DefaultControllerPlugin";
    assert_eq!(offer(&format!("{stock}\n[DEFAULT]\ncommand=y")), Offer::BuiltIn(BuiltIn::Stock));
    assert_eq!(offer("command=y\nsupervisor.ctl_factory=for.python:only"), words(&["y"]));
}

#[test]
fn what_is_wrong_with_one_leaves_the_others() {
    assert_eq!(offers("[ctlplugin:x]\n[ctlplugin:y]\ncommand=y\n")[1], Offer::Program(vec!["y".to_owned()]));
    for (options, message) in [
        ("supervisor.ctl_factory=a:b", "a:b cannot be resolved within [ctlplugin:x]"),
        ("command=a 'b", "[ctlplugin:x]: can't parse command \"a 'b\": No closing quotation"),
        ("command=", "[ctlplugin:x]: command is empty"),
        (
            "command=%(nope)s",
            "Format string '%(nope)s' for 'ctlplugin:x.command' contains names ('nope') which cannot be \
             expanded. Available names: ENV_X, here",
        ),
        (
            "supervisor.ctl_factory=supervisor.supervisorctl:DefaultControllerPlugin\nany=%(nope)s",
            "Format string '%(nope)s' for 'ctlplugin:x.any' contains names ('nope') which cannot be expanded. \
             Available names: ENV_X",
        ),
        (
            "supervisor.ctl_factory=supervisorwildcards.controllerplugin:make_wildcards_controllerplugin\n\
             match_group=x",
            "invalid literal for int() with base 10: 'x'",
        ),
    ] {
        assert_eq!(refusal(options), message, "{options}");
    }
    for name in ["a b", "", "?"] {
        let offer = offers(&format!("[ctlplugin:{name}]\ncommand=y\n")).remove(0);
        assert!(matches!(offer, Offer::Refused(_)), "{name}");
    }
}

#[test]
fn a_refusal_says_what_can_be_done_instead() {
    let hint = |factory: &str| match offer(&format!("supervisor.ctl_factory={factory}")) {
        Offer::Refused(finding) => finding.hint.unwrap_or_default(),
        other => panic!("{other:?}"),
    };
    assert!(
        hint("supervisor_jcmd.controllerplugin:make")
            .starts_with("Python code cannot be loaded: write `command=`")
    );
    assert!(hint("supvisors.supvisorsctl:make").starts_with("Supvisors works on the insides"));
    assert!(
        hint("supervisor_quick:make_quick_controlerplugin").starts_with("did you mean `supervisor_quick:")
    );
}
