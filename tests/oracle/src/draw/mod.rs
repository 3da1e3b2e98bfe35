//! Random small configurations, valid and invalid, that a seed decides.

mod arguments;
mod layout;
mod sections;
mod sweep;
mod values;

use supervisor_config::options::SectionKind;

use crate::case::{Case, Face, MAIN_FILE, ROOT};
use crate::machine::Machine;
use crate::random::Random;
use layout::Layout;
use sections::Mood;
pub use sweep::sweep;

/// The configuration of a seed.
#[must_use]
pub fn case(seed: u64) -> Case {
    let mut random = Random::from_seed(seed);
    let clean = random.per_mille(550);
    let mood =
        Mood { odd: random.pick(&[20, 100, 300]), bad: if clean { 0 } else { random.pick(&[20, 60, 150]) } };
    let face = if random.per_mille(100) { Face::Client } else { Face::Daemon };
    let has_include = random.per_mille(300);
    let mut files = vec![(MAIN_FILE.to_owned(), main_file(&mut random, face, mood, clean, has_include))];
    files.push(("logs/".to_owned(), Vec::new()));
    if has_include {
        for name in ["conf.d/a.conf", "conf.d/b.conf", "conf.d/.hidden.conf", "extra.conf"] {
            if random.coin() {
                files.push((name.to_owned(), included_file(&mut random, mood, clean)));
            }
        }
        if random.per_mille(mood.odd) {
            files.push(("conf.d/folder.conf/".to_owned(), Vec::new()));
        }
    }
    let arguments = arguments::draw(&mut random, face, mood);
    Case { face, arguments, files, machine: machine(&mut random) }
}

fn main_file(random: &mut Random, face: Face, mood: Mood, clean: bool, has_include: bool) -> Vec<u8> {
    let mut layout = Layout::new(random, clean);
    let mut wanted: Vec<Option<SectionKind>> = vec![None; random.between(0, 5)];
    if !random.per_mille(mood.bad / 4) {
        let own = if face == Face::Client { SectionKind::Supervisorctl } else { SectionKind::Supervisord };
        wanted.push(Some(own));
    }
    if has_include {
        wanted.push(Some(SectionKind::Include));
    }
    while !wanted.is_empty() {
        let index = random.index(wanted.len());
        match wanted.swap_remove(index) {
            Some(kind) => sections::section(random, kind, mood, &mut layout),
            None => sections::any(random, mood, &mut layout),
        }
        if random.coin() {
            layout.blank();
        }
    }
    layout.finish(random)
}

fn included_file(random: &mut Random, mood: Mood, clean: bool) -> Vec<u8> {
    let mut layout = Layout::new(random, clean);
    for _ in 0..random.between(0, 2) {
        sections::any(random, mood, &mut layout);
    }
    layout.finish(random)
}

/// Variables for values to use. `PCT` breaks a text that is expanded again after it was filled in.
fn machine(random: &mut Random) -> Machine {
    let mut machine = Machine::new(ROOT);
    for (name, value) in [
        ("HOME", ROOT),
        ("ONE", "1"),
        ("TWO", "2"),
        ("YES", "yes"),
        ("NAME", "web"),
        ("SPACE", "a b"),
        ("UNI", "é"),
        ("EMPTY", ""),
        ("PCT", "50%"),
        ("PCTLOG", "%(program_name)s.log"),
        ("HANDLER", "supervisor.dispatchers:default_handler"),
        ("FACTORY", "supervisor.rpcinterface:make_main_rpcinterface"),
    ] {
        machine.set(name, value);
    }
    if random.per_mille(100) {
        machine.uid = 0;
    }
    for (name, value) in
        [("TMPDIR", "@ROOT@/logs"), ("TEMP", "/nonexistent"), ("TMP", "logs"), ("TMPDIR", "")]
    {
        if random.per_mille(50) {
            machine.set(name, value);
        }
    }
    if random.per_mille(50) {
        machine.environment.retain(|(name, _)| name != "HOME");
    }
    machine
}

#[cfg(test)]
mod tests {
    use super::case;

    #[test]
    fn a_seed_always_draws_the_same() {
        assert_eq!(case(7).to_string(), case(7).to_string());
        assert_ne!(case(7).to_string(), case(8).to_string());
    }
}
