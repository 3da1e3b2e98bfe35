//! F40: the kernel refuses to watch a pipe, for want of memory or because it watches too much for one user already.

use supervisor_faults::injector::{refused, words};
use supervisor_faults::stage::stage;
use supervisor_worlds::patience::wait_until;

const LINES: usize = 50_000;

/// Pipes of busy programs are watched anew after each nap.
fn refuse_to_watch(error: &str) {
    let scene = stage(&format!(
        "[program:busy]\nstdout_logfile=%(here)s/run/out\nstartsecs=0\n\
         command=/bin/sh -c 'while [ \"$i\" != {LINES} ]; do i=$((i+1)); echo $i; done; exec sleep 1000'\n"
    ));
    let injector = refused(&[&format!("epoll_ctl:error={error}:when=31..91+3")]);
    let world = scene.open_under(&words(&injector));
    wait_until("the last line", || world.read("run/out").ends_with(&format!("\n{LINES}\n")));
    let lines = world.read("run/out");
    let wrong = lines.lines().zip(1..).find(|(line, number)| *line != format!("{number}"));
    assert_eq!((lines.lines().count(), wrong), (LINES, None));
    world.shut_down();
}

#[test]
fn a_pipe_that_cannot_be_watched_loses_nothing() {
    for error in ["ENOSPC", "ENOMEM"] {
        refuse_to_watch(error);
    }
}
