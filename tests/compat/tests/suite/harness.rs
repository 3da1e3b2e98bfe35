//! The harness itself: it must notice differences and leave nothing behind.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use supervisor_compat::{Pair, Part, Subject, compare, eventually, pending};

fn is_alive(pid: &str) -> bool {
    Path::new("/proc").join(pid.trim()).exists()
}

#[test]
fn daemons_and_their_children_do_not_outlive_a_scenario_even_if_it_panics() {
    let escaped = std::sync::Mutex::new(Vec::new());
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        compare(|world| {
            world.configure(
                "[program:stray]\ncommand=/bin/sh -c 'setsid sleep 1000 & echo $! > stray.pid; wait'\n",
            );
            world.daemonise(&[] as &[&str]);
            let stray = world.await_text("stray.pid", "\n");
            let mut pids = escaped.lock().expect("nobody panics with it");
            pids.push(stray);
            pids.push(world.pid().to_string());
            drop(pids);
            panic!("as a failing scenario does");
        });
    }));
    assert!(outcome.is_err(), "a scenario that panics fails");
    let pids = escaped.into_inner().expect("nobody panics with it");
    assert!(pids.len() >= 2, "daemon and stray were seen");
    for pid in pids {
        eventually("the end of what a world started", || (!is_alive(&pid)).then_some(()));
    }
}

#[test]
fn a_difference_fails_with_both_answers() {
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        let runs = std::sync::atomic::AtomicU32::new(0);
        compare(move |world| {
            let run = runs.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            world.note("a question", format!("answer {run}"));
        });
    }));
    let text = outcome.err().and_then(|payload| payload.downcast::<String>().ok()).map(|text| *text);
    let text = text.unwrap_or_default();
    assert!(text.contains("  ## a question"), "the common part is shown: {text}");
    assert!(
        text.contains("- answer 0") && text.contains("+ answer 1")
            || text.contains("- answer 1") && text.contains("+ answer 0")
    );
}

#[test]
fn a_pending_scenario_that_passes_fails() {
    if std::env::var_os("SUPERVISORD_UNDER_TEST").is_some_and(|value| value == "reference") {
        return;
    }
    let outcome = catch_unwind(|| pending("nothing is missing", |world| world.note("a question", "yes")));
    assert!(outcome.is_err(), "it must become a compare()");
}

#[test]
fn both_programs_of_both_subjects_are_there() {
    for subject in [Subject::Reference, Subject::Ours] {
        for part in [Part::Daemon, Part::Client] {
            assert!(subject.program(part).exists());
        }
    }
    assert_eq!(Pair::of(Subject::Ours).to_string(), "ours");
}
