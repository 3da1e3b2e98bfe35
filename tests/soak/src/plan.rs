//! Which programs there are, and the configuration that says so.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use supervisor_oracle::random::Random;

use crate::program::habit::{HABITS, Habit};

/// How many groups come and go with configuration changes.
pub const CHANGING_GROUPS: usize = 8;
/// How many processes such a group has at most.
pub const CHANGING_PROCESSES_MAX: usize = 6;
/// How many programs one group has.
const GROUP_SIZE: usize = 5;

/// A process with logs that will be audited.
#[derive(Clone, Debug)]
pub struct Program {
    /// Its name, which is the name of its account's folder and of its logs, too.
    pub name: String,
    /// `group:name`.
    pub full_name: String,
    /// Standard error goes where standard output goes.
    pub is_one: bool,
    /// Its logs are moved by somebody else, as logrotate does; the daemon never rotates them.
    pub is_moved: bool,
    /// How many old logs are kept.
    pub backups: u64,
    /// What it says about itself in the configuration.
    section: String,
}

/// Everything that is run.
#[derive(Debug)]
pub struct Plan {
    /// The processes, those of changing groups included.
    pub programs: Vec<Program>,
    /// Names of the groups.
    pub groups: Vec<String>,
    folder: PathBuf,
    child: PathBuf,
    seed: u64,
}

impl Plan {
    /// So many programs in a folder, for a soak that takes so long.
    #[must_use]
    pub fn draw(seed: u64, count: usize, time: Duration, folder: &Path, child: &Path) -> Self {
        let mut random = Random::from_seed(seed);
        let mut programs: Vec<Program> = Vec::new();
        let mut groups: Vec<String> = Vec::new();
        for index in 0..count {
            let name = format!("p{index:03}");
            // Every second five make a group; the others are groups of their own.
            let group = if (index / GROUP_SIZE).is_multiple_of(2) {
                format!("g{:02}", index / GROUP_SIZE)
            } else {
                name.clone()
            };
            if groups.last() != Some(&group) {
                groups.push(group.clone());
            }
            programs.push(program(&mut random, name, &group, time));
        }
        for index in 0..CHANGING_GROUPS {
            let group = format!("c{index}");
            for number in 0..CHANGING_PROCESSES_MAX {
                let name = format!("{group}_{number:02}");
                let full_name = format!("{group}:{name}");
                let backups = backups(Habit::Bursty, CHANGING_LOG_BYTES, time);
                let section = String::new();
                programs.push(Program { name, full_name, is_one: false, is_moved: false, backups, section });
            }
            groups.push(group);
        }
        Self { programs, groups, folder: folder.to_owned(), child: child.to_owned(), seed }
    }

    /// Makes the folders and writes the configuration.
    ///
    /// # Errors
    /// What writing says.
    pub fn write(&self) -> io::Result<()> {
        let folders = ["logs", "accounts", "conf.d", "events", "events/good", "events/bad", "follow"];
        for folder in folders {
            fs::create_dir_all(self.folder.join(folder))?;
        }
        for program in &self.programs {
            fs::create_dir_all(self.folder.join("accounts").join(&program.name))?;
        }
        fs::write(self.configuration(), self.text())
    }

    /// The path of the configuration.
    #[must_use]
    pub fn configuration(&self) -> PathBuf {
        self.folder.join("supervisord.conf")
    }

    fn text(&self) -> String {
        let (child, seed) = (self.child.display(), self.seed);
        let mut text = format!(
            "[unix_http_server]\nfile=%(here)s/s.sock\n\
             [supervisord]\nlogfile=%(here)s/supervisord.log\nlogfile_maxbytes=0\npidfile=%(here)s/supervisord.pid\n\
             childlogdir=%(here)s\nminfds=8192\n\
             [rpcinterface:supervisor]\n\
             supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface\n\
             [supervisorctl]\nserverurl=unix://%(here)s/s.sock\n\
             [include]\nfiles=conf.d/*.conf\n\
             [eventlistener:good]\ncommand={child} listen %(here)s/events/good good {seed}\n\
             events=PROCESS_STATE,PROCESS_GROUP,PROCESS_LOG,TICK_5,REMOTE_COMMUNICATION,SUPERVISOR_STATE_CHANGE\n\
             buffer_size=200000\nstartsecs=0\nevent_length=bytes\n\
             [eventlistener:bad]\ncommand={child} listen %(here)s/events/bad bad {seed}\n\
             process_name=bad_%(process_num)d\nnumprocs=3\nstartsecs=0\nautorestart=true\n\
             events=PROCESS_STATE_EXITED,TICK_5\nbuffer_size=200000\n"
        );
        let logs = "%(here)s/logs/%(program_name)s";
        for (index, program) in self.programs.iter().filter(|program| !program.section.is_empty()).enumerate()
        {
            let section = program.section.replace("CHILD", &format!("{child} child %(here)s/accounts"));
            let seed = seed.wrapping_add(index as u64).to_string();
            text += &section.replace("SEED", &seed).replace("LOG", logs);
        }
        for group in self.groups.iter().filter(|group| group.starts_with('g')) {
            let prefix = format!("{group}:");
            let members = self.programs.iter().filter(|program| program.full_name.starts_with(&prefix));
            let members: Vec<&str> = members.map(|program| program.name.as_str()).collect();
            text += &format!("[group:{group}]\nprograms={}\n", members.join(","));
        }
        text
    }

    /// Gives a changing group another configuration, or takes it out.
    ///
    /// # Errors
    /// What writing says.
    pub fn change(&self, index: usize, random: &mut Random) -> io::Result<String> {
        let path = self.folder.join("conf.d").join(format!("c{index}.conf"));
        if path.exists() && random.per_mille(300) {
            fs::remove_file(&path)?;
            return Ok(format!("c{index} removed"));
        }
        let count = random.between(1, CHANGING_PROCESSES_MAX);
        // What forkers leave behind may not write into the log of another habit, whose records are long.
        let habit = Some(draw_habit(random)).filter(|habit| *habit != Habit::Forker).unwrap_or(Habit::Steady);
        let (child, seed, habit) = (self.child.display(), random.below(1 << 32), habit.name());
        let backups = self.programs.last().map_or(0, |program| program.backups);
        let logs = "%(here)s/../logs/%(program_name)s_%(process_num)02d";
        let text = format!(
            "[program:c{index}]\nprocess_name=%(program_name)s_%(process_num)02d\nnumprocs={count}\n\
             command={child} child %(here)s/../accounts/%(program_name)s_%(process_num)02d {habit} {seed} two\n\
             stdout_logfile={logs}.out\nstderr_logfile={logs}.err\n\
             stdout_logfile_maxbytes={CHANGING_LOG_BYTES}\nstderr_logfile_maxbytes={CHANGING_LOG_BYTES}\n\
             stdout_logfile_backups={backups}\nstderr_logfile_backups={backups}\n\
             autorestart=true\nstartsecs=0\nstopwaitsecs=1\n"
        );
        // In one piece, as an editor does it: half a configuration is another test.
        let new = path.with_extension("new");
        fs::write(&new, text)?;
        fs::rename(&new, &path)?;
        Ok(format!("c{index} has {count} {habit}"))
    }
}

/// At so many bytes the logs of changing groups are rotated.
const CHANGING_LOG_BYTES: u64 = 200_000;

fn draw_habit(random: &mut Random) -> Habit {
    let all: usize = HABITS.iter().map(|(_, weight)| weight).sum();
    let mut left = random.index(all);
    for &(habit, weight) in HABITS {
        match left.checked_sub(weight) {
            None => return habit,
            Some(rest) => left = rest,
        }
    }
    Habit::Steady
}

/// So many old logs that none is rotated away.
fn backups(habit: Habit, maxbytes: u64, time: Duration) -> u64 {
    let bytes = habit.bytes_per_second() * (time.as_secs() + 60) * 4;
    bytes / maxbytes + 30
}

fn program(random: &mut Random, name: String, group: &str, time: Duration) -> Program {
    let habit = draw_habit(random);
    let is_one = random.per_mille(200);
    let is_moved = random.per_mille(200);
    let maxbytes = match habit {
        _ if is_moved => 0,
        Habit::Bursty | Habit::Flash => random.pick(&[200_000, 1_000_000]),
        _ => random.pick(&[30_000, 100_000, 300_000]),
    };
    let backups = if is_moved { 0 } else { backups(habit, maxbytes, time) };
    let streams = if is_one { "one" } else { "two" };
    let mut section = format!(
        "[program:{name}]\ncommand=CHILD/{name} {} SEED {streams}\nstdout_logfile=LOG.out\n\
         stdout_logfile_maxbytes={maxbytes}\nstdout_logfile_backups={backups}\n",
        habit.name()
    );
    section += &if is_one {
        "redirect_stderr=true\n".to_owned()
    } else {
        format!(
            "stderr_logfile=LOG.err\nstderr_logfile_maxbytes={maxbytes}\nstderr_logfile_backups={backups}\n"
        )
    };
    section += random.pick(&[
        "autorestart=true\n",
        "autorestart=true\n",
        "autorestart=unexpected\nexitcodes=0,2\n",
        "autorestart=false\n",
    ]);
    section += random.pick(&["startsecs=0\n", "startsecs=1\n"]);
    section += random.pick(&["", "stopsignal=INT\n", "stopsignal=KILL\n"]);
    section += random.pick(&["", "stopasgroup=true\nkillasgroup=true\n"]);
    section += random.pick(&["stopwaitsecs=1\n", "stopwaitsecs=2\n"]);
    if random.per_mille(60) && habit.bytes_per_second() < 5000 {
        section += "stdout_events_enabled=true\n";
    }
    let full_name = format!("{group}:{name}");
    Program { name, full_name, is_one, is_moved, backups, section }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_decides_the_plan() {
        let plan =
            |seed| Plan::draw(seed, 20, Duration::from_secs(1), Path::new("/f"), Path::new("/c")).text();
        assert_eq!(plan(1), plan(1));
        assert_ne!(plan(1), plan(2));
    }
}
