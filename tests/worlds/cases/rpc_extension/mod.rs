//! `examples/rpc-extension`: methods that a program of one's own answers.

use nix::sys::signal::Signal;

use supervisor_worlds::command::Answer;
use supervisor_worlds::rpc::call;
use supervisor_worlds::scene::Scene;
use supervisor_worlds::world::World;

fn open() -> World {
    let world = Scene::of_example("rpc-extension").open();
    world.wait_for_state("disk", "RUNNING");
    world
}

fn fault(answer: &Answer) -> &str {
    assert_eq!(answer.code, Some(1), "{answer:?}");
    answer.stderr.trim_end()
}

#[test]
fn its_methods_are_called_listed_and_explained_like_ours() {
    let world = open();
    std::fs::write(world.path("run/big"), [0; 5000]).unwrap();
    let folder = world.path("run").display().to_string();
    assert_eq!(call(&world, "disk.biggest", &[&folder, "1"]).stdout, "[\"big\"]\n");
    assert!(call(&world, "system.listMethods", &[]).stdout.contains("\"disk.usage\""));
    assert!(call(&world, "system.methodHelp", &["disk.usage"]).stdout.contains("@param string path"));
    let signature = call(&world, "system.methodSignature", &["disk.biggest"]);
    assert_eq!(signature.stdout, "[\"array\", \"string\", \"int\"]\n");
    world.shut_down();
}

#[test]
fn its_faults_pass_through() {
    let world = open();
    let nowhere = call(&world, "disk.usage", &["/no/such/place"]);
    assert_eq!(fault(&nowhere), "fault 20: NO_FILE: /no/such/place");
    let unknown = call(&world, "system.methodSignature", &["disk.nosuch"]);
    assert_eq!(fault(&unknown), "fault 4: SIGNATURE_UNSUPPORTED");
    let hidden = call(&world, "disk._private", &[]);
    assert_eq!(fault(&hidden), "fault 1: UNKNOWN_METHOD");
    world.shut_down();
}

#[test]
fn it_is_a_program_like_any_other() {
    let world = open();
    let old = world.pid("disk");
    world.signal(old, Signal::SIGKILL);
    world.wait_for_successor("disk", old);
    assert_eq!(call(&world, "disk.usage", &["/"]).code, Some(0));
    assert_eq!(world.ctl_ok(&["stop", "disk"]), "disk: stopped\n");
    let socket = world.path("run/supervisord.disk.sock");
    let expected = format!(
        "fault 30: FAILED: disk at unix://{} cannot be reached: Connection refused",
        socket.display()
    );
    assert_eq!(fault(&call(&world, "disk.usage", &["/"])), expected);
    assert!(!call(&world, "system.listMethods", &[]).stdout.contains("disk."));
    world.shut_down();
}
