//! Superlance and supervisor-console, listeners that people know, unchanged.

use std::fs;

use supervisor_worlds::demand::demand;
use supervisor_worlds::http;
use supervisor_worlds::patience::{wait_for, wait_until};
use supervisor_worlds::rpc::call;
use supervisor_worlds::scene::Scene;
use supervisor_worlds::smtp::Mailbox;
use supervisor_worlds::subject::superlance;
use supervisor_worlds::world::World;

/// A world with its web server's port and its mail server.
struct Stage {
    world: World,
    port: u16,
    mailbox: Mailbox,
}

/// Opens the world and starts these processes.
fn open(names: &[&str]) -> Stage {
    demand(&[("/usr/bin/python3", "python3")]);
    let (port, mailbox) = (http::free_port(), Mailbox::open());
    let scene = Scene::of_case("superlance").with("SUPERLANCE", superlance());
    let world = scene.with("PORT", port.to_string()).with("MAIL", mailbox.address()).open();
    for name in names {
        assert_eq!(world.ctl_ok(&["start", name]), format!("{name}: started\n"));
    }
    Stage { world, port, mailbox }
}

/// The mails that went through the stand-in for sendmail.
fn sent(world: &World) -> Vec<String> {
    let entries = fs::read_dir(world.path("run")).expect("the run folder").flatten();
    let mails = entries.filter(|entry| entry.file_name().to_string_lossy().starts_with("mail-"));
    mails.map(|mail| fs::read_to_string(mail.path()).expect("a mail is text")).collect()
}

#[test]
fn memmon_restarts_a_program_that_takes_too_much_memory() {
    let world = open(&["hog", "memmon"]).world;
    let first = world.pid("hog");
    let second = world.wait_for_successor("hog", first);
    // Once more over the connection that memmon keeps open.
    world.wait_for_successor("hog", second);
    let log = world.read("run/memmon.log");
    assert!(log.contains("RSS of hog:hog is ") && log.contains("Restarting hog:hog"), "{log}");
    world.shut_down();
}

#[test]
fn httpok_restarts_a_web_server_that_hangs() {
    let Stage { world, port, .. } = open(&["web", "httpok"]);
    let page = || http::get(port, "/").ok().filter(|page| page.status == 200);
    let first: i32 = wait_for("a page", page).body.trim().parse().expect("a pid");
    fs::write(world.path("run/hang"), "").expect("the run folder is ours");
    let successor = world.wait_for_successor("web", first);
    let second: i32 = wait_for("a page after the restart", page).body.trim().parse().expect("a pid");
    assert_eq!(second, successor);
    let log = world.read("run/httpok.log");
    assert!(log.contains("web restarted"), "{log}");
    world.shut_down();
}

#[test]
fn crashmail_mails_a_crash_and_no_orderly_end() {
    let world = open(&["crashmail"]).world;
    for name in ["good", "bad"] {
        world.ctl(&["start", name]);
        world.wait_for_state(name, "EXITED");
    }
    let mails = wait_for("a mail", || Some(sent(&world)).filter(|mails| !mails.is_empty()));
    assert!(mails[0].contains("To: operator@example.com\nSubject: crash: bad crashed at "), "{}", mails[0]);
    let text = "Process bad in group bad exited unexpectedly (pid ";
    assert!(mails[0].contains(text) && mails[0].contains(") from state RUNNING"), "{}", mails[0]);
    assert_eq!(mails.len(), 1, "the good one is not mailed");
    world.shut_down();
}

#[test]
fn fatalmailbatch_mails_what_was_given_up() {
    let Stage { world, mailbox, .. } = open(&["fatalmailbatch"]);
    world.ctl(&["start", "lost"]);
    world.wait_for_state("lost", "FATAL");
    wait_until("a mail", || !mailbox.mails().is_empty());
    let mail = &mailbox.mails()[0];
    assert!(mail.contains("To: operator@example.com"), "{mail}");
    assert!(mail.contains("Process lost:lost failed to start too many times"), "{mail}");
    world.shut_down();
}

#[test]
fn supervisor_console_prints_what_programs_write_on_the_daemon_s_output() {
    let world = open(&["console", "talk"]).world;
    // Whichever channel it was written to, as the package does.
    for line in ["one\n", "two\n"] {
        wait_until(line, || {
            let printed = world.stdout();
            let mut lines = printed.split_inclusive('\n');
            lines.any(|printed| printed.starts_with("talk | ") && printed.ends_with(&format!(" | {line}")))
        });
        let answer = call(&world, "supervisor.sendProcessStdin", &["talk", "go on\n"]);
        assert_eq!(answer.stdout, "true\n", "{answer:?}");
    }
    world.shut_down();
}
