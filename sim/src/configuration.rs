//! Random configurations, and the edits that people make to them.

use std::sync::Arc;

use supervisor_core::signal::Signal;
use supervisor_core::spec::{
    AutoRestart, BufferOverflow, GroupKind, GroupSpec, ListenerSpec, ProcessSpec, ResultHandler,
    SocketAddress, SocketSpec,
};

use crate::decision::{Chance, Kind, key_of};
use crate::random::Random;

const GROUP_NAMES: [&str; 8] = ["a", "b", "c", "d", "web", "db", "mail", "x y"];

/// The configuration file.
#[derive(Clone, Debug)]
pub(crate) struct File {
    pub(crate) groups: Vec<GroupSpec>,
    /// The fault in it, if it has one.
    pub(crate) broken: Option<String>,
    /// Somebody wants to know of the passing of time.
    pub(crate) ticks: bool,
}

/// The types that listeners may want.
pub(crate) fn event_types(ticks: bool) -> &'static [&'static str] {
    if ticks {
        &["EVENT"]
    } else {
        &[
            "PROCESS_STATE",
            "PROCESS_GROUP",
            "SUPERVISOR_STATE_CHANGE",
            "REMOTE_COMMUNICATION",
            "PROCESS_LOG",
            "PROCESS_COMMUNICATION",
        ]
    }
}

impl File {
    pub(crate) fn small(chance: &mut Chance) -> Self {
        let ticks = chance.draw_for(Kind::Weather, 0, 0).per_mille(300);
        let mut file = Self { groups: Vec::new(), broken: None, ticks };
        for number in 0..6 {
            let Some(mut random) = chance.decide(Kind::Group, number, 0) else { continue };
            if random.coin() {
                file.add(&mut random, &mut |name| chance.draw_for(Kind::Program, key_of(name), 0));
            }
        }
        file
    }

    /// A file with so many processes in groups of ten.
    pub(crate) fn large(processes: usize, chance: &mut Chance) -> Self {
        let mut group_of = |number: usize| {
            let mut random = chance.draw_for(Kind::Group, number as u64, 0);
            let count = 10.min(processes - number * 10);
            group(&format!("g{number}"), count, true, &mut random, &mut |name| {
                chance.draw_for(Kind::Program, key_of(name), 0)
            })
        };
        let groups = (0..processes.div_ceil(10)).map(&mut group_of).collect();
        Self { groups, broken: None, ticks: true }
    }

    pub(crate) fn read(&self) -> Result<Vec<GroupSpec>, String> {
        self.broken.clone().map_or_else(|| Ok(self.groups.clone()), Err)
    }

    fn add(&mut self, random: &mut Random, options: &mut dyn FnMut(&str) -> Random) {
        let name = random.pick(&GROUP_NAMES);
        let taken = self.groups.iter().any(|group| group.name == name);
        // Nothing forbids two sections that make the same group.
        if !taken || random.per_mille(30) {
            let processes = random.pick(&[1, 1, 1, 0, 2, 3, 4]);
            self.groups.push(group(name, processes, self.ticks, random, options));
        }
    }

    /// Somebody opens it in an editor.
    pub(crate) fn edit(&mut self, random: &mut Random) {
        if self.broken.is_some() && random.coin() {
            self.broken = None;
        }
        let count = self.groups.len();
        let mut fork = random.fork();
        let options = &mut |_: &str| fork.fork();
        match random.below(10) {
            0 => self.broken = Some("File contains no section headers.".to_owned()),
            1..=3 => self.add(random, options),
            4 | 5 if count > 0 => {
                self.groups.remove(random.index(count));
            }
            6 if count > 0 => self.groups[random.index(count)].priority = priority(random),
            7 if count > 1 => self.groups.swap(0, random.index(count)),
            _ if count > 0 => {
                let group = &mut self.groups[random.index(count)];
                if let Some(first) = group.processes.first_mut() {
                    let name = first.name.clone();
                    *first = Arc::new(process(&name, random));
                }
            }
            _ => {}
        }
    }
}

/// What a client's program comes to: a few processes, or what is wrong with it.
pub(crate) fn program(name: &str, random: &mut Random) -> Result<Vec<Arc<ProcessSpec>>, String> {
    match random.below(10) {
        9 => Err(format!("program section program:{name} does not specify a command")),
        1 | 2 => Ok((0..3).map(|n| Arc::new(process(&format!("{name}_{n:02}"), random))).collect()),
        _ => Ok(vec![Arc::new(process(name, random))]),
    }
}

fn priority(random: &mut Random) -> i64 {
    random.pick(&[999, 999, -1, 0, 1, 1, 5])
}

fn group(
    name: &str,
    processes: usize,
    ticks: bool,
    random: &mut Random,
    options: &mut dyn FnMut(&str) -> Random,
) -> GroupSpec {
    let mut one = |name: &str| Arc::new(process(name, &mut options(name)));
    let processes = match processes {
        1 => vec![one(name)],
        many => (0..many).map(|n| one(&format!("{name}_{n:02}"))).collect(),
    };
    let kind = match random.below(10) {
        8 | 9 => GroupKind::EventListener(listener(ticks, random)),
        7 => GroupKind::FastCgi(SocketSpec {
            address: SocketAddress::Tcp { host: "localhost".to_owned(), port: 9000 },
            owner: (None, None),
            mode: 0o700,
            backlog: None,
        }),
        _ => GroupKind::Programs,
    };
    GroupSpec { name: name.to_owned(), priority: priority(random), kind, processes }
}

fn listener(ticks: bool, random: &mut Random) -> ListenerSpec {
    let types = event_types(ticks);
    let events = match random.below(4) {
        1 => vec![random.pick(types).to_owned()],
        2 => vec!["PROCESS_STATE_EXITED".to_owned(), "REMOTE_COMMUNICATION".to_owned()],
        3 => vec!["PROCESS_LOG".to_owned(), "PROCESS_STATE_RUNNING".to_owned()],
        _ => types.iter().map(|&name| name.to_owned()).collect(),
    };
    ListenerSpec {
        buffer_size: random.pick(&[10, 10, 2, 1]),
        buffer_overflow: random.pick(&BufferOverflow::ALL),
        resultwaitsecs: random.pick(&[60, 0, 1]),
        result_handler: random.pick(&[
            ResultHandler::Default,
            ResultHandler::Default,
            ResultHandler::Default,
            ResultHandler::TwiddlerStdin,
        ]),
        ..ListenerSpec::new(events)
    }
}

fn process(name: &str, random: &mut Random) -> ProcessSpec {
    let stopasgroup = random.per_mille(300);
    ProcessSpec {
        priority: priority(random),
        autostart: !random.per_mille(300),
        autorestart: random.pick(&[AutoRestart::Unexpected, AutoRestart::False, AutoRestart::True]),
        startsecs: random.pick(&[1, 0, 2, 3, 4, 5, -1]),
        startretries: random.pick(&[3, 0, 1, 2, 4, 5, -1]),
        restart_burst: random.pick(&[5, 5, 5, 1, 0]),
        stopsignal: random.pick(&[Signal::TERM, Signal::TERM, Signal::INT, Signal::USR2, Signal::KILL]),
        stopwaitsecs: random.pick(&[2, 0, 1, 3, 4, 5, -1]),
        stopasgroup,
        killasgroup: stopasgroup || random.per_mille(300),
        exitcodes: random.pick(&[&[0][..], &[0, 2], &[], &[1]]).to_vec(),
        ..ProcessSpec::new(name, &format!("/bin/{name}"))
    }
}
