//! Orders drawn at random for children of every kind: both daemons come to the same states by the same events, and every
//! change of state is one that the documentation of 4.3.0 draws.

use std::collections::BTreeMap;

use supervisor_compat::{Value, World, compare, eventually};

const ORDERS: usize = 14;

const PROGRAMS: &str = "
[eventlistener:ear]
command=LISTENER %(here)s/heard
events=PROCESS_STATE
buffer_size=1000
startsecs=0
[program:good]
command=/bin/cat
startsecs=0
[program:always]
command=/bin/sleep 1000
startsecs=0
autorestart=true
[program:never]
command=/bin/sleep 1000
startsecs=0
autorestart=false
[program:once]
command=/bin/sleep 0.3
startsecs=0
[program:quick]
command=/bin/false
startretries=0
[program:stubborn]
command=/bin/sh -c 'trap \"\" TERM; exec sleep 1000'
stopwaitsecs=1
[program:missing]
command=/no/such/program
startretries=0
[group:rest]
programs=always,good,missing,never,once,quick,stubborn
";

const NAMES: [&str; 7] = ["always", "good", "missing", "never", "once", "quick", "stubborn"];

/// From a state, by an event, to the next.
const GRAPH: [(&str, &str); 13] = [
    ("STOPPED", "STARTING"),
    ("EXITED", "STARTING"),
    ("FATAL", "STARTING"),
    ("BACKOFF", "STARTING"),
    ("STARTING", "RUNNING"),
    ("STARTING", "BACKOFF"),
    ("STARTING", "STOPPING"),
    ("RUNNING", "EXITED"),
    ("RUNNING", "STOPPING"),
    ("BACKOFF", "FATAL"),
    ("BACKOFF", "STOPPED"),
    ("STOPPING", "STOPPED"),
    ("UNKNOWN", "STARTING"),
];

/// Numbers that look drawn, the same for the same seed.
struct Drawn(u64);

impl Drawn {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or(0) % bound
    }
}

/// State and process id of each program, once nothing is about to happen.
fn settled(world: &World) -> BTreeMap<&'static str, (String, i64)> {
    eventually("rest", || {
        let all: BTreeMap<_, _> = NAMES
            .into_iter()
            .map(|name| {
                let info = world.info(&format!("rest:{name}"));
                let state = info.get("statename").map_or("", Value::text).to_owned();
                (name, (state, info.get("pid").map_or(0, Value::number)))
            })
            .collect();
        let rests = |(&name, (state, _)): (&&str, &(String, i64))| match state.as_str() {
            "RUNNING" => name != "once",
            "STOPPED" | "EXITED" | "FATAL" => true,
            _ => false,
        };
        all.iter().all(rests).then_some(all)
    })
}

/// Gives an order and returns what both sides must answer alike.
fn order(world: &World, drawn: &mut Drawn, pids: &BTreeMap<&'static str, (String, i64)>) -> (String, String) {
    let name = NAMES[drawn.below(NAMES.len())];
    let process = format!("rest:{name}");
    let call = |method: &str, params: &[Value]| {
        let answer = world.rpc(&format!("supervisor.{method}"), params);
        answer.map_or_else(|fault| fault.to_string(), |_| "done".to_owned())
    };
    match drawn.below(9) {
        0..=2 => (format!("start {name}"), call("startProcess", &[process.as_str().into()])),
        3 | 4 => (format!("stop {name}"), call("stopProcess", &[process.as_str().into()])),
        5 | 6 => {
            let answer = call("signalProcess", &[process.as_str().into(), "KILL".into()]);
            if answer == "done" {
                eventually("the death", || {
                    let pid = world.info(&process).get("pid").map_or(0, Value::number);
                    (pid != pids[name].1).then_some(())
                });
            }
            (format!("kill {name}"), answer)
        }
        7 => ("start all".to_owned(), call("startProcessGroup", &["rest".into()])),
        _ => ("stop all".to_owned(), call("stopProcessGroup", &["rest".into()])),
    }
}

/// The states that each program has gone through, by the word of the listener.
fn ways(world: &World) -> BTreeMap<String, Vec<String>> {
    let mut ways: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for line in world.read("heard").lines() {
        let word =
            |prefix: &str| line.split(' ').find_map(|word| word.strip_prefix(prefix)).unwrap_or_default();
        let (name, from, to) = (word("processname:"), word("from_state:"), word("PROCESS_STATE_"));
        if name == "ear" {
            continue;
        }
        assert!(GRAPH.contains(&(from, to)), "no way leads there: {line}");
        let way = ways.entry(name.to_owned()).or_insert_with(|| vec!["STOPPED".to_owned()]);
        assert_eq!(way.last().map(String::as_str), Some(from), "the way has a gap: {line}");
        way.push(to.to_owned());
    }
    ways
}

fn live(seed: u64) {
    compare(|world| {
        let listener = world.listener();
        world.start(&PROGRAMS.replace("LISTENER", &listener));
        world.await_running("ear");
        let mut drawn = Drawn(seed);
        for number in 0..ORDERS {
            let before = settled(world);
            let (words, answer) = order(world, &mut drawn, &before);
            let states = settled(world).into_iter().map(|(name, (state, _))| format!("{name} {state}"));
            let states = states.collect::<Vec<_>>().join(", ");
            world.note(&format!("{number}: {words}"), format!("{answer}\n{states}"));
        }
        let last = settled(world);
        eventually("the last event", || {
            let ways = ways(world);
            let is_told = |(name, (state, _)): (&&str, &(String, i64))| {
                ways.get(*name).and_then(|way| way.last()).is_none_or(|told| told == state)
            };
            last.iter().all(is_told).then_some(())
        });
        for (name, way) in ways(world) {
            world.note(&format!("the way of {name}"), way.join(" "));
        }
    });
}

#[test]
fn orders_drawn_at_random_have_the_same_effects_seed_1() {
    live(1);
}

#[test]
fn orders_drawn_at_random_have_the_same_effects_seed_2() {
    live(2);
}

#[test]
fn orders_drawn_at_random_have_the_same_effects_seed_3() {
    live(3);
}
