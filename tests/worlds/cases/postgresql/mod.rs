//! A PostgreSQL server: `examples/postgresql`.

use std::process::Command;

use nix::sys::signal::Signal;
use supervisor_worlds::command::{Answer, run};
use supervisor_worlds::demand::{demand, newest};
use supervisor_worlds::http::free_port;
use supervisor_worlds::patience::wait_until;
use supervisor_worlds::processes::{user_id, working_directory};
use supervisor_worlds::scene::{Scene, is_root};
use supervisor_worlds::world::World;

/// The running server and its port.
struct Database {
    world: World,
    port: u16,
}

fn open() -> Database {
    demand(&[("/usr/bin/psql", "postgresql-client")]);
    let programs = newest("/usr/lib/postgresql", "", "bin", "postgresql");
    let port = free_port();
    let scene = Scene::of_example("postgresql").with("PGBIN", programs).with("PGPORT", port.to_string());
    let world = scene.prepared().open();
    let database = Database { world, port };
    database.world.wait_until_all_run(&["postgresql"]);
    database.wait_until_it_accepts();
    database
}

impl Database {
    fn psql(&self, statement: &str) -> Answer {
        let mut command = Command::new("/usr/bin/psql");
        command.args(["-h", "127.0.0.1", "-U", "postgres", "-p"]).arg(self.port.to_string());
        run(command.args(["--no-psqlrc", "-Atqc", statement]).env("LC_ALL", "C"))
    }

    fn sql(&self, statement: &str) -> String {
        let answer = self.psql(statement);
        assert_eq!(answer.code, Some(0), "{statement}: {answer:?}");
        answer.stdout
    }

    fn wait_until_it_accepts(&self) {
        wait_until("the database to accept connections", || self.psql("select 1").stdout == "1\n");
    }
}

#[test]
fn sql_works_in_the_directory_and_as_the_user_of_the_program() {
    let database = open();
    database.sql("create table measurements (value integer)");
    database.sql("insert into measurements select generate_series(1, 1000)");
    assert_eq!(database.sql("select count(*), sum(value) from measurements"), "1000|500500\n");
    let server = database.world.pid("postgresql");
    // `-D data` is relative to the program's directory; the server then goes there.
    let directory = database.world.path("run/postgresql/data").canonicalize().unwrap();
    assert_eq!(working_directory(server).unwrap(), directory);
    let user = if is_root() { nix::unistd::User::from_name("postgres").unwrap().unwrap().uid } else { me() };
    assert_eq!(user_id(server).unwrap(), user.as_raw());
    database.world.shut_down();
}

fn me() -> nix::unistd::Uid {
    nix::unistd::geteuid()
}

#[test]
fn a_restart_is_a_fast_shutdown_by_sigint_and_keeps_the_data() {
    let database = open();
    database.sql("create table kept as select 42 as answer");
    let old = database.world.pid("postgresql");
    assert_eq!(
        database.world.ctl_ok(&["restart", "postgresql"]),
        "postgresql: stopped\npostgresql: started\n"
    );
    assert_ne!(database.world.pid("postgresql"), old);
    database.wait_until_it_accepts();
    assert_eq!(database.sql("select answer from kept"), "42\n");
    let log = database.world.read("run/postgresql.log");
    assert!(log.contains("received fast shutdown request"), "SIGINT asks for the fast shutdown");
    assert!(!log.contains("was not properly shut down"), "the server had the time that it needed");
    database.world.shut_down();
}

#[test]
fn a_killed_server_comes_back_and_recovers_what_was_committed() {
    let database = open();
    database.sql("create table committed as select 42 as answer");
    let old = database.world.pid("postgresql");
    database.world.signal(old, Signal::SIGKILL);
    database.world.wait_for_successor("postgresql", old);
    database.wait_until_it_accepts();
    assert_eq!(database.sql("select answer from committed"), "42\n");
    assert!(database.world.read("run/postgresql.log").contains("was not properly shut down"));
    database.world.shut_down();
}

#[test]
fn a_reload_stops_and_starts_the_server() {
    let database = open();
    database.sql("create table kept as select 42 as answer");
    let old = database.world.pid("postgresql");
    database.world.signal(database.world.daemon(), Signal::SIGHUP);
    database.world.wait_for_successor("postgresql", old);
    database.wait_until_it_accepts();
    assert_eq!(database.sql("select answer from kept"), "42\n");
    database.world.terminate();
}
