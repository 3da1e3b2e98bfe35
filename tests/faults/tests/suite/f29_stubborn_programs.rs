//! F29: programs that do not obey SIGTERM, and a shutdown.

use supervisor_faults::injector::words;
use supervisor_faults::stage::stage;
use supervisor_faults::system_calls::{calls, traced};
use supervisor_worlds::patience::wait_until;

const PROGRAMS: usize = 10;

#[test]
fn programs_of_one_priority_wait_for_their_kill_together() {
    let program = |number: usize| {
        format!(
            "[program:stubborn{number}]\nstopwaitsecs=1\nstartsecs=0\n\
             command=/bin/sh -c 'trap \"\" TERM; touch %(here)s/ready.{number}; exec sleep 1000'\n"
        )
    };
    let scene = stage(&(0..PROGRAMS).map(program).collect::<String>());
    let trace = traced(&scene, "kill");
    let world = scene.open_under(&words(&trace));
    wait_until("all of them to be deaf", || {
        (0..PROGRAMS).all(|number| world.path(&format!("ready.{number}")).exists())
    });
    let signals = |name: &str| calls(&world).iter().filter(|call| call.contains(name)).count();
    assert_eq!((signals("SIGTERM"), signals("SIGKILL")), (0, 0));
    assert_eq!(world.ctl_ok(&["shutdown"]), "Shut down\n");
    wait_until("the last kill", || signals("SIGKILL") == PROGRAMS);
    let order: Vec<_> = calls(&world).into_iter().filter(|call| call.contains("SIG")).collect();
    let (terms, kills) = order.split_at(PROGRAMS);
    assert!(terms.iter().all(|call| call.contains("SIGTERM")), "{order:?}");
    assert!(kills.iter().all(|call| call.contains("SIGKILL")), "{order:?}");
    world.expect_an_end_in_order();
}
