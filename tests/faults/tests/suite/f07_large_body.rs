//! F7: a request with a body of a hundred megabytes.

use supervisor_faults::client::{first_line, head, say};
use supervisor_faults::stage::stage;

#[test]
fn a_body_beyond_the_limit_is_refused_unread() {
    let world = stage("[program:cat]\ncommand=/bin/cat\n").open();
    let mut client = say(&world, &head(100_000_000));
    // Nothing of the body was sent: so nothing of it can have been read.
    assert_eq!(first_line(&mut client), "HTTP/1.1 413 Payload Too Large");
    assert!(world.ctl_ok(&["status"]).contains("cat"));
    world.shut_down();
}
