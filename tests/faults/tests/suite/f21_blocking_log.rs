//! F21: a log that takes nothing, because it is a FIFO that nobody reads.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader};

use nix::sys::stat::Mode;
use nix::unistd::mkfifo;
use supervisor_faults::stage::stage;
use supervisor_worlds::patience::wait_until;
use supervisor_worlds::world::World;

/// More than a FIFO, one read of the daemon and a pipe hold together.
const LINES: usize = 60_000;

const PROGRAMS: &str = "
[program:talk]
command=/bin/sh %(here)s/talk.sh
stdout_logfile=%(here)s/fifo
startsecs=0
autostart=false
[program:other]
command=/bin/sh -c 'while :; do echo on; sleep 0.05; done'
stdout_logfile=%(here)s/other.log
startsecs=0
";

fn grows(world: &World, log: &str) {
    let before = world.read(log).len();
    wait_until(&format!("more in {log}"), || world.read(log).len() > before);
}

#[test]
fn a_log_without_a_reader_stalls_its_own_program_and_loses_nothing() {
    let scene = stage(PROGRAMS);
    mkfifo(&scene.path("fifo"), Mode::S_IRWXU).expect("a FIFO can be made");
    let script = format!("i=0; while [ $i -lt {LINES} ]; do i=$((i+1)); echo line $i; done; exec sleep 1000");
    fs::write(scene.path("talk.sh"), script).expect("a file can be written");
    let world = scene.open();
    world.ctl_ok(&["start", "talk"]);
    for _ in 0..3 {
        grows(&world, "other.log");
        assert!(world.ctl_ok(&["status"]).contains("talk"));
    }
    world.ctl_ok(&["restart", "other"]);
    grows(&world, "other.log");
    let lines = BufReader::new(File::open(world.path("fifo")).expect("a FIFO with a writer")).lines();
    let wrong = lines
        .take(LINES)
        .zip(1..)
        .find(|(line, number)| line.as_ref().ok() != Some(&format!("line {number}")));
    assert!(wrong.is_none(), "{wrong:?}");
    world.shut_down();
}
