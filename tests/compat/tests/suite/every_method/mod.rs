//! Every method of the API, as a script with Python's own `xmlrpc.client` calls it: `every_method.py`.

use supervisor_compat::{Ending, Part, World, compare, reference_python};

const SCRIPT: &str = include_str!("every_method.py");
const PROGRAMS: &str = include_str!("programs.conf");

/// The parts of the script, each run by itself so that none needs long.
const PARTS: &[&str] = &[
    "methods",
    "wrong-numbers",
    "wrong-types",
    "daemon",
    "processes",
    "logs",
    "starting",
    "stopping",
    "signalling",
    "talking",
    "clearing",
    "configuration",
    "multicalls",
    "on-the-way-out",
];

fn run(world: &mut World, part: &str) {
    let path = |name: &str| world.path(name).display().to_string();
    let [script, socket, configuration] = ["every_method.py", "s.sock", "supervisord.conf"].map(path);
    let script = world.run(reference_python(), &[&script, &socket, &configuration, part]);
    let finished = script.finish();
    assert_eq!(finished.ending, Ending::Exit(0), "{}\n{}", finished.stdout, finished.stderr);
    for line in finished.stdout.lines() {
        match line.split('\t').collect::<Vec<_>>().as_slice() {
            [call, answer] => world.note(call, answer),
            [call, answer, entry, reference, ours] => {
                world.note("call", call);
                world.differs(entry, Part::Daemon, answer, [reference, ours]);
            }
            _ => panic!("{part}: {line}"),
        }
    }
}

#[test]
fn every_method_answers_python_s_own_client_alike() {
    compare(|world| {
        world.write("every_method.py", SCRIPT);
        world.write("empty", "");
        world.start(PROGRAMS);
        world.await_file("s.sock");
        PARTS.iter().for_each(|part| run(world, part));
        let ending = world.await_exit();
        world.note("the daemon's end", ending.to_string());
    });
}
