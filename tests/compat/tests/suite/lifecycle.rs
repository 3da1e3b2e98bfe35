//! From start to stop: states, retries, restarts, exit codes.

use supervisor_compat::compare;

#[test]
fn a_program_is_started_and_stays_up_for_startsecs() {
    compare(|world| {
        world.start("[program:cat]\ncommand=/bin/cat\nstartsecs=1\n");
        world.await_running("cat");
        world.note_info("cat");
        world.note_ctl(&["status"]);
        let ending = world.stop();
        world.note("supervisord ends", ending.to_string());
        world.note_main_log(&[]);
    });
}
