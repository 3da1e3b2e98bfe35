//! One listener in three languages: `examples/event-listeners`.

use supervisor_worlds::demand::demand;
use supervisor_worlds::patience::wait_until;
use supervisor_worlds::scene::Scene;
use supervisor_worlds::subject::event_listener;

const LISTENERS: [&str; 3] = ["python", "shell", "rust"];

#[test]
fn listeners_in_three_languages_write_down_the_same_ends() {
    demand(&[("/usr/bin/python3", "python3")]);
    let world = Scene::of_example("event-listeners").with("EVENT_LISTENER", event_listener()).open();
    let ends = ["PROCESS_STATE_EXITED flaky expected:0\n", "PROCESS_STATE_EXITED regular expected:1\n"];
    for language in LISTENERS {
        for end in ends {
            wait_until(&format!("two lines {end:?} in {language}.txt"), || {
                world.read(&format!("run/{language}.txt")).matches(end).count() >= 2
            });
        }
    }
    for language in LISTENERS {
        let record = world.read(&format!("run/{language}.txt"));
        assert!(record.lines().all(|line| ends.contains(&format!("{line}\n").as_str())), "{record}");
    }
    let log = world.read("run/supervisord.log");
    assert!(!log.contains("UNKNOWN state"), "{log}");
    world.shut_down();
}
