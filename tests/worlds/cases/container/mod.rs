//! PHP-FPM and a scheduler that log to the container's standard output: `examples/container`.

use nix::sys::signal::Signal;
use supervisor_worlds::demand::{demand, newest};
use supervisor_worlds::fastcgi;
use supervisor_worlds::patience::{wait_for, wait_until};
use supervisor_worlds::scene::Scene;
use supervisor_worlds::world::World;

fn open() -> World {
    demand(&[("/usr/bin/php", "php-cli")]);
    let fpm = newest("/usr/sbin", "php-fpm", "", "php-fpm");
    let world = Scene::of_example("container").with("PHP_FPM", fpm).with("SCHEDULE_SECONDS", "1").open();
    world.wait_until_all_run(&["php-fpm", "scheduler"]);
    world
}

/// Asks PHP for a page; `None` as long as it does not listen.
fn page(world: &World) -> Option<serde_json::Value> {
    let script = world.path("public/index.php");
    let parameters = [
        ("SCRIPT_FILENAME", script.to_str()?),
        ("SCRIPT_NAME", "/index.php"),
        ("REQUEST_METHOD", "GET"),
        ("REQUEST_URI", "/hello"),
    ];
    let response = fastcgi::ask(&world.path("run/php-fpm.sock"), &parameters).ok()?;
    let (_, body) = response.split_once("\r\n\r\n")?;
    serde_json::from_str(body).ok()
}

fn count(text: &str, part: &str) -> usize {
    text.matches(part).count()
}

#[test]
fn php_answers_requests_with_the_environment_of_its_program() {
    let world = open();
    let page = wait_for("a page from PHP", || page(&world));
    assert_eq!(page["greeting"], "Hello from php-fpm");
    assert_eq!(page["uri"], "/hello");
    world.shut_down();
}

#[test]
fn what_the_programs_say_comes_out_of_the_container_whole() {
    let world = open();
    wait_for("a page from PHP", || page(&world));
    wait_until("the scheduler's second run", || count(&world.stdout(), "scheduled job ran at ") >= 2);
    wait_until("PHP's message on standard error", || world.stderr().contains("php answers /hello"));
    wait_until("the scheduler's second complaint", || {
        count(&world.stderr(), "scheduled job found nothing to complain about\n") >= 2
    });
    assert!(
        world.stdout().contains(" INFO spawned: 'php-fpm' with pid "),
        "the daemon's own log is there too"
    );
    assert!(!world.stderr().contains("Traceback"), "writing to a pipe is no error");
    assert!(!world.stdout().contains("uncaptured"), "writing to a pipe is no error");
    world.shut_down();
}

#[test]
fn a_program_that_ends_or_is_killed_comes_back() {
    let world = open();
    let (fpm, scheduler) = (world.pid("php-fpm"), world.pid("scheduler"));
    world.signal(fpm, Signal::SIGTERM);
    world.signal(scheduler, Signal::SIGKILL);
    world.wait_for_successor("php-fpm", fpm);
    world.wait_for_successor("scheduler", scheduler);
    wait_for("a page from PHP", || page(&world));
    let said = world.stdout();
    assert!(said.contains("INFO exited: php-fpm (exit status 0; expected)\n"));
    assert!(said.contains("WARN exited: scheduler (terminated by SIGKILL; not expected)\n"));
    world.shut_down();
}

#[test]
fn a_reload_starts_both_programs_anew_on_the_same_standard_output() {
    let world = open();
    let old = ["php-fpm", "scheduler"].map(|name| (name, world.pid(name)));
    assert_eq!(world.ctl_ok(&["reload"]), "Restarted supervisord\n");
    for (name, pid) in old {
        world.wait_for_successor(name, pid);
    }
    let before = count(&world.stdout(), "scheduled job ran at ");
    wait_until("the scheduler's next run", || count(&world.stdout(), "scheduled job ran at ") > before);
    wait_for("a page from PHP", || page(&world));
    world.shut_down();
}

#[test]
fn a_container_that_is_stopped_ends_in_order_and_says_so() {
    let world = open();
    wait_for("a page from PHP", || page(&world));
    world.terminate();
}
