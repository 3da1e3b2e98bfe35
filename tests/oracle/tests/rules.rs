//! Each deliberate difference is recognised where it is, by its own rule, and nowhere else.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use supervisor_oracle::case::{Case, Face};
use supervisor_oracle::judge::{Judge, Verdict};
use supervisor_oracle::outcome::Outcome;
use supervisor_oracle::rules::{RULES, SHOWN_ELSEWHERE};

fn verdict(case: &Case) -> Verdict {
    let mut judge = Judge::new().expect("the reference must be installed");
    judge.judge(case).expect("both sides must answer")
}

/// The names of the differences that a file shows besides `[supervisord]`, none of them unexplained.
fn named(text: &str) -> Vec<&'static str> {
    let verdict = verdict(&Case::daemon(format!("[supervisord]\n{text}")));
    assert!(verdict.is_explained(), "{verdict}");
    verdict.named
}

fn client(text: impl Into<Vec<u8>>) -> Case {
    Case { face: Face::Client, ..Case::daemon(text) }
}

#[test]
fn a_usual_configuration_shows_no_difference() {
    let text = "[unix_http_server]\nfile=/tmp/s\n[program:a]\ncommand=/bin/cat\nnumprocs=2\n\
                process_name=%(program_name)s_%(process_num)d\n[group:g]\nprograms=a\n";
    assert!(named(text).is_empty());
    let verdict = verdict(&Case::daemon(format!("[supervisord]\n{text}")));
    assert!(matches!(verdict.reference, Outcome::Understood(_)), "{:?}", verdict.reference);
}

#[test]
fn a_byte_order_mark_is_ignored() {
    let main = "\u{feff}[supervisord]\n[program:a]\ncommand=cat\n";
    let first = verdict(&Case::daemon(main));
    assert!(first.is_explained() && first.named == ["byte-order-mark"], "{first}");
    let marked =
        Case::daemon("[supervisord]\n[include]\nfiles=a.conf\n").with_file("a.conf", "\u{feff}[x]\n");
    let second = verdict(&marked);
    assert!(second.is_explained() && second.named == ["byte-order-mark"], "{second}");
}

#[test]
fn bare_conversions_are_refused() {
    assert_eq!(named("[program:a]\ncommand=date +%s\n"), ["bare-conversions"]);
    assert!(named("[program:a]\ncommand=date +%d\n").is_empty());
}

#[test]
fn here_is_no_text_to_replace() {
    assert_eq!(named("[include]\nfiles=x\n[program:a]\ncommand=%%(here)s\n"), ["here-belongs-to-its-file"]);
    let message = "[include]\nfiles=x\n[program:a]\ncommand=%(here)s/%(nosuch)s\n";
    assert_eq!(named(message), ["here-belongs-to-its-file"]);
    assert!(named("[include]\nfiles=x\n[program:a]\ncommand=%(here)s/x\n").is_empty());
    assert!(named("[program:a]\ncommand=%%(here)s\n").is_empty());
}

#[test]
fn the_environment_of_the_daemon_is_expanded_once() {
    let name = "supervisord-environment-expanded-once";
    assert_eq!(named("environment=A=\"50%%\"\n[program:a]\ncommand=x %(ENV_A)s\n"), [name]);
    assert_eq!(named("environment=A=\"%(host_node_name)s\"\n"), [name]);
    assert_eq!(named("environment=A=\"%(nosuch)s\"\n"), [name]);
    assert!(named("environment=A=\"%(here)s\"\n").is_empty());
}

#[test]
fn options_of_ours_are_checked() {
    assert_eq!(named("[program:a]\ncommand=x\nIgnore_SigPipe=maybe\n"), ["options-of-ours"]);
    assert!(named("[program:a]\ncommand=x\nignore_sigpipe=false\n").is_empty());
}

#[test]
fn extensions_of_the_client_can_be_programs_and_stand_in_included_files() {
    let judged = |case: &Case| {
        let verdict = verdict(case);
        assert!(verdict.is_explained(), "{verdict}");
        verdict.named
    };
    let factory = "supervisor.ctl_factory=supervisor.supervisorctl:DefaultControllerPlugin";
    assert!(judged(&client(format!("[supervisorctl]\n[ctlplugin:x]\n{factory}\n"))).is_empty());
    assert!(judged(&client("[supervisorctl]\n[ctlplugin:x]\nsupervisor.ctl_factory=nosuch:f\n")).is_empty());
    assert_eq!(judged(&client("[supervisorctl]\n[ctlplugin:x]\nCommand=y\n")), ["options-of-ours"]);
    let included = client("[supervisorctl]\n[include]\nfiles=a\n").with_file("a", "[ctlplugin:x]\n");
    assert_eq!(judged(&included), ["ctlplugins-in-included-files"]);
}

#[test]
fn fields_have_a_greatest_width() {
    assert_eq!(named("[program:a]\ncommand=%(program_name)99999s\n"), ["field-width-limit"]);
    assert!(named("[program:a]\ncommand=%(program_name)999s\n").is_empty());
}

#[test]
fn negative_modes_are_refused() {
    assert_eq!(named("umask=-22\n"), ["negative-modes"]);
    assert_eq!(named("[unix_http_server]\nfile=/tmp/s\nchmod=-7\n"), ["negative-modes"]);
    assert_eq!(named("umask=777777777777\n"), ["negative-modes"]);
    assert!(named("umask=22-\n").is_empty());
}

#[test]
fn a_stop_signal_of_zero_is_refused() {
    assert_eq!(named("[program:a]\ncommand=x\nstopsignal=0\n"), ["stopsignal-zero"]);
    assert_eq!(named("[program:a]\ncommand=x\nstopsignal=sig_ign\n"), ["stopsignal-zero"]);
    assert!(named("[program:a]\ncommand=x\nstopsignal=99\n").is_empty());
}

#[test]
fn python_modules_cannot_be_loaded() {
    let listener = "[eventlistener:e]\ncommand=x\nevents=TICK_5\nresult_handler=";
    assert_eq!(named(&format!("{listener}os.path:join\n")), ["python-plugins"]);
    assert_eq!(named(&format!("{listener}supervisor_stdout:event_handler\n")), ["python-plugins"]);
    assert!(named(&format!("{listener}nosuch:x\n")).is_empty());
}

#[test]
fn a_section_with_a_program_in_place_of_a_factory_is_ours_alone() {
    assert_eq!(named("[rpcinterface:x]\ncommand=cat\n"), ["extensions-without-python"]);
    assert_eq!(named("[rpcinterface:x]\nsocket=unix:///s\n"), ["extensions-without-python"]);
    assert!(named("[rpcinterface:x]\ntimeout=1\n[program:a]\ncommand=x\n").is_empty());
}

#[test]
fn fastcgi_sockets_are_refused_in_sentences() {
    let section = "[fcgi-program:f]\ncommand=x\nsocket=";
    assert_eq!(named(&format!("{section}tcp://it's\n")), ["fcgi-socket-messages"]);
    assert_eq!(named(&format!("{section}unix://x\n")), ["fcgi-socket-messages"]);
}

#[test]
fn a_fault_in_a_group_names_the_group() {
    let text = "[program:a]\ncommand=x\n[group:g]\nprograms=a,nosuch\n";
    assert_eq!(named(text), ["group-errors-name-the-group"]);
    assert!(named("[group:g]\nprograms=nosuch\n").is_empty());
}

#[test]
fn the_first_unknown_event_type_is_named() {
    // The reference may by chance name the same.
    let text = "[eventlistener:e]\ncommand=x\nevents=a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p\n";
    assert!(named(text).iter().all(|name| *name == "first-unknown-event-type"));
}

#[test]
fn a_position_is_counted_from_the_beginning_of_the_file() {
    let verdict = verdict(&Case::daemon(b"[supervisord]\n\xe9".to_vec()));
    assert!(verdict.is_explained() && verdict.named == ["decoding-positions"], "{verdict}");
}

#[test]
fn the_client_has_no_traceback() {
    let verdict = verdict(&client("[supervisorctl]\ngarbage\n"));
    assert!(verdict.is_explained() && verdict.named == ["supervisorctl-parse-errors"], "{verdict}");
}

#[test]
fn an_include_that_cannot_be_read_is_reported() {
    let case = Case::daemon("[supervisord]\n[include]\nfiles=*.d a.conf\n");
    let verdict = verdict(&case.with_file("folder.d/", "").with_file("a.conf", "[x]\n"));
    assert!(verdict.is_explained() && verdict.named == ["unreadable-includes-are-reported"], "{verdict}");
}

#[test]
fn sockets_of_one_path_are_reported() {
    let program = |name| format!("[fcgi-program:{name}]\ncommand=x\nsocket=unix:///s\n");
    assert_eq!(named(&[program("a"), program("b")].concat()), ["sockets-keep-apart"]);
}

#[test]
fn repeated_names_are_reported() {
    let groups = "[program:a]\ncommand=x\n[fcgi-program:a]\ncommand=y\nsocket=unix:///s\n";
    assert_eq!(named(groups), ["repeated-names-are-reported"]);
    let processes = "[program:a]\ncommand=x\n[group:g]\nprograms=a,a\n";
    assert_eq!(named(processes), ["repeated-names-are-reported"]);
}

#[test]
fn numbers_have_64_bits() {
    let text = "[program:a]\ncommand=x\npriority=99999999999999999999\nstartsecs=-99999999999999999999\n";
    assert_eq!(named(text), ["numbers-of-64-bits"]);
    assert!(named("[program:a]\ncommand=x\npriority=9223372036854775807\n").is_empty());
}

#[test]
fn an_empty_option_leaves_the_log_to_the_file() {
    let case = Case::daemon("[supervisord]\nlogfile=syslog\n");
    let verdict = verdict(&Case { arguments: vec!["--logfile=".to_owned()], ..case });
    assert!(verdict.is_explained() && verdict.named == ["empty-logfile-option"], "{verdict}");
}

#[test]
fn every_difference_of_the_source_has_a_rule_or_a_reason() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../crates/config/src");
    let mut marked = BTreeSet::new();
    for path in rust_files(&source) {
        let text = fs::read_to_string(&path).unwrap();
        let names = text.lines().filter_map(|line| line.trim_start().strip_prefix("// Differs: "));
        marked.extend(names.map(str::to_owned));
    }
    let rules = RULES.iter().map(|rule| rule.name);
    let known: BTreeSet<String> =
        rules.chain(SHOWN_ELSEWHERE.iter().map(|(name, _)| *name)).map(str::to_owned).collect();
    assert_eq!(marked, known);
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}
