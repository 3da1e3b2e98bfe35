//! The command lines that everybody types: one table, both daemons, both clients.
//!
//! `table.txt` is the table and says how it is read. Each of its worlds is one test, in which every mixture of daemon
//! and client must print what the reference's own pair prints, and exit with the same status.

use supervisor_compat::{Finished, Part, World, crossed};

const TABLE: &str = include_str!("table.txt");

/// The configurations that the table names.
const CONFIGURATIONS: &[(&str, &str)] = &[
    ("some", include_str!("some.conf")),
    ("before", include_str!("before.conf")),
    ("after", include_str!("after.conf")),
    ("broken", include_str!("broken.conf")),
    ("locked", include_str!("locked.conf")),
    ("stubborn", include_str!("stubborn.conf")),
];

/// The table has at least so many command lines.
const COMMAND_LINES_MIN: usize = 150;

/// A line of the table that does something, with what its differences are.
struct Step<'a> {
    does: &'a str,
    difference: Option<Difference<'a>>,
}

/// What the table says of a deliberate difference.
struct Difference<'a> {
    entry: &'a str,
    side: Part,
    reference: String,
    ours: String,
}

/// The steps of a world of the table.
fn steps(world: &str) -> Vec<Step<'static>> {
    let mut steps: Vec<Step<'_>> = Vec::new();
    let heading = format!("== {world}");
    let lines = TABLE.lines().skip_while(|line| *line != heading).skip(1);
    let lines = lines.take_while(|line| !line.starts_with("== "));
    for line in lines.filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let Some(detail) = line.strip_prefix("  ") else {
            steps.push(Step { does: line, difference: None });
            continue;
        };
        let step = steps.last_mut().expect("a difference stands below a command line");
        if let Some(named) = detail.strip_prefix("differs ") {
            let (entry, side) = named.split_once(' ').expect("an entry and a side");
            let side = if side == "daemon" { Part::Daemon } else { Part::Client };
            let [reference, ours] = [(); 2].map(|()| String::new());
            step.difference = Some(Difference { entry, side, reference, ours });
            continue;
        }
        let difference = step.difference.as_mut().expect("it says first what it is called");
        match detail.split_at(2) {
            ("- ", text) => difference.reference += &format!("{text}\n"),
            ("+ ", text) => difference.ours += &format!("{text}\n"),
            _ => panic!("the table cannot be read: {line}"),
        }
    }
    steps
}

/// Takes a step.
fn take(world: &mut World, step: &Step<'_>) {
    let words: Vec<&str> = step.does.split_whitespace().collect();
    match words.as_slice() {
        ["$" | "$~", ..] => run(world, step),
        ["configure", name] => {
            let found = CONFIGURATIONS.iter().find(|(known, _)| known == name);
            world.configure(found.expect("the configuration is there").1);
        }
        ["launch"] => {
            world.launch(&[] as &[&str]);
            world.await_file("s.sock");
        }
        ["await", name, state] => world.await_state(name, state),
        ["read", file, text] => drop(world.await_text(file, text)),
        ["started", count] => world.await_started(count.parse().expect("a number")),
        ["ended"] => {
            let ending = world.await_exit();
            world.note("the daemon's end", ending.to_string());
        }
        _ => panic!("the table cannot be read: {}", step.does),
    }
}

/// Types a command line, and notes what came of it.
fn run(world: &mut World, step: &Step<'_>) {
    let (sign, command) = step.does.split_once(' ').expect("words");
    let (command, typed) = command.split_once(" < ").unwrap_or((command, ""));
    let here = world.here().display().to_string();
    let command = command.replace("{here}", &here);
    let words: Vec<&str> = command.split(' ').collect();
    let mut running = world.start_ctl(&words);
    running.type_in(typed.replace("\\n", "\n"));
    let mut finished = running.finish();
    let mut lines: Vec<&str> = finished.stdout.lines().collect();
    if sign == "$~" {
        lines.sort_unstable();
    }
    // The only action that prints nothing but process ids.
    let replaced = |line: &&str| words[0] == "pid" && line.parse::<u32>().is_ok_and(|pid| pid > 0);
    let lines =
        lines.into_iter().map(|line| if replaced(&line) { "<pid>\n".into() } else { format!("{line}\n") });
    finished.stdout = lines.collect();
    note(world, step, &command, &finished);
}

fn note(world: &mut World, step: &Step<'_>, command: &str, finished: &Finished) {
    let Some(Difference { entry, side, reference, ours }) = &step.difference else {
        world.note_client(command, finished);
        return;
    };
    let answer = world.answer_of_client(finished);
    world.differs(
        entry,
        *side,
        answer.trim_end_matches('\n'),
        [reference, ours].map(|text| text.trim_end_matches('\n')),
    );
}

/// Goes through a world of the table, in every mixture.
fn go_through(name: &str) {
    let steps = steps(name);
    assert!(!steps.is_empty(), "the table has no world {name}");
    crossed(|world| steps.iter().for_each(|step| take(world, step)));
}

#[test]
fn what_reads_is_answered_alike() {
    go_through("reading");
}

#[test]
fn what_acts_is_answered_alike() {
    go_through("acting");
}

#[test]
fn what_changes_the_configuration_is_answered_alike() {
    go_through("changing");
}

#[test]
fn a_daemon_that_is_leaving_is_answered_for_alike() {
    go_through("leaving");
}

#[test]
fn what_is_refused_is_answered_alike() {
    go_through("refused");
}

#[test]
fn without_a_daemon_everything_is_answered_alike() {
    go_through("alone");
}

#[test]
fn the_table_has_as_many_command_lines_as_promised_and_every_world_is_gone_through() {
    let command_lines = TABLE.lines().filter(|line| line.starts_with('$')).count();
    assert!(command_lines >= COMMAND_LINES_MIN, "{command_lines}");
    let worlds: Vec<_> = TABLE.lines().filter_map(|line| line.strip_prefix("== ")).collect();
    assert_eq!(worlds, ["reading", "acting", "changing", "leaving", "refused", "alone"]);
}

#[test]
fn every_difference_of_the_table_has_its_entry() {
    let document = std::fs::read_to_string("../../COMPAT.md").expect("it is in the workspace's folder");
    for name in TABLE.lines().filter_map(|line| line.strip_prefix("  differs ")) {
        let entry = name.split(' ').next().unwrap_or_default();
        assert!(document.lines().any(|line| line == format!("### {entry}")), "{entry}");
    }
}
