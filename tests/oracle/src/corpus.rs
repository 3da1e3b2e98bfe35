//! Configurations that people use: each is given the machine that it was written for, and then compared.
//!
//! The reference itself says what a machine lacks: it refuses the file and names the user, the directory or
//! the variable. What it names is supplied, to both sides alike, until it understands the file or refuses it
//! for a reason that no machine can mend. Nothing that a configuration says is ever run.

use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use supervisor_config::python::path;

use crate::case::{Case, Face, ROOT};
use crate::judge::{Judge, Verdict};
use crate::outcome::Outcome;

/// So often may a file be refused for something that can be supplied.
const SUPPLIES_MAX: usize = 500;

/// A value that is a number, a truth value, a word and the name of a directory.
const VARIABLE: &str = "1";

/// What became of one file.
#[derive(Debug)]
pub struct Study {
    /// The file.
    pub path: PathBuf,
    /// What the machine lacked, in the order in which it was missed.
    pub supplied: Vec<String>,
    /// How the daemon's readings compare.
    pub daemon: Verdict,
    /// How the client's readings compare, if the file has a section for the client.
    pub client: Option<Verdict>,
}

/// The configurations in a folder, sorted by name. What is hidden or Markdown is none.
///
/// # Errors
/// When the folder cannot be listed.
pub fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let is_hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        let is_prose = path.extension().is_some_and(|extension| extension == "md");
        if path.is_file() && !is_hidden && !is_prose {
            files.push(path);
        }
    }
    files.sort_unstable();
    Ok(files)
}

/// Compares the readings of one file.
///
/// # Errors
/// When it cannot be read, or the reference is gone.
pub fn study(judge: &mut Judge, path: &Path) -> io::Result<Study> {
    let mut case = Case::daemon(fs::read(path)?);
    let mut supplied = Vec::new();
    while supplied.len() < SUPPLIES_MAX {
        let (reference, _) = judge.read(&case)?;
        let root = judge.root().to_owned();
        let Some(refusal) = reference.refusal() else { break };
        let refusal = refusal.replace(&root, ROOT);
        let Some(supply) = supply(&mut case, &refusal) else { break };
        supplied.push(supply);
    }
    let daemon = judge.judge(&case)?;
    let client = if case.contains("[supervisorctl]") {
        case.face = Face::Client;
        Some(judge.judge(&case)?)
    } else {
        None
    };
    Ok(Study { path: path.to_owned(), supplied, daemon, client })
}

/// Gives the machine, or the file, what the refusal is about; says what it was.
fn supply(case: &mut Case, refusal: &str) -> Option<String> {
    let reason = refusal.split(" in section '").next().unwrap_or(refusal);
    if refusal == ".ini file does not include supervisord section" {
        case.files[0].1.extend_from_slice(b"\n[supervisord]\n");
        return Some("[supervisord]".to_owned());
    }
    if let Some((_, name)) = reason.split_once(" names unknown program or fcgi-program ") {
        case.files[0].1.extend_from_slice(format!("\n[program:{name}]\ncommand=/bin/true\n").as_bytes());
        return Some(format!("[program:{name}]"));
    }
    if let Some((_, rest)) = reason.split_once(" contains names ('ENV_") {
        let name = rest.split('\'').next()?;
        case.machine.set(name, VARIABLE);
        return Some(format!("variable {name}"));
    }
    if let Some(written) = reason.strip_prefix("The directory named as part of the path ") {
        return directory(case, path::directory(written.strip_suffix(" does not exist")?));
    }
    if let Some(written) = reason.strip_suffix(" is not an existing directory") {
        return directory(case, written);
    }
    if let Some(name) = reason.strip_prefix("Invalid user name ") {
        return user(case, name);
    }
    if let Some(number) = reason.strip_prefix("Invalid user id ") {
        case.machine.add_user(&format!("user{number}"), number.parse().ok()?, "/");
        return Some(format!("user id {number}"));
    }
    for words in ["Invalid sockchown value ", "Invalid socket_owner value "] {
        if let Some(owner) = reason.strip_prefix(words) {
            return self::owner(case, owner);
        }
    }
    let (factory, section) = reason.split_once(" cannot be resolved within [")?;
    let instead = match section.split(':').next()? {
        "eventlistener" => "supervisor.dispatchers:default_handler",
        "rpcinterface" => "supervisor.rpcinterface:make_main_rpcinterface",
        _ => return None,
    };
    *case = case.with_texts(|_, text| text.replace(factory, instead));
    Some(format!("{instead} in place of {factory}"))
}

fn directory(case: &mut Case, written: &str) -> Option<String> {
    let home = case.machine.environment.iter().find(|(name, _)| name == "HOME")?.1.clone();
    let expanded = match written.strip_prefix('~') {
        Some(rest) if rest.is_empty() || rest.starts_with('/') => format!("{home}{rest}"),
        Some(_) => return None,
        None => written.to_owned(),
    };
    // The scratch directory is named by a word, which is absolute nevertheless.
    let absolute = match expanded.strip_prefix(ROOT) {
        Some(below) => format!("{ROOT}{}", path::absolute("/", below.trim_start_matches('/'))),
        None if expanded.starts_with('/') => path::normalize(&expanded),
        None => format!("{ROOT}{}", path::absolute("/", &expanded)),
    };
    let is_new = case.machine.directories.insert(absolute.trim_end_matches('/').to_owned());
    is_new.then(|| format!("directory {absolute}"))
}

fn user(case: &mut Case, name: &str) -> Option<String> {
    let is_login_name = |c: char| c.is_alphanumeric() || "_-.".contains(c);
    if name.is_empty() || !name.chars().all(is_login_name) {
        return None;
    }
    let id = case.machine.unused_id();
    case.machine.add_user(name, id, "/");
    Some(format!("user {name}"))
}

fn owner(case: &mut Case, owner: &str) -> Option<String> {
    let (user, group) = owner.split_once(':').unwrap_or((owner, ""));
    let mut supplied = None;
    if !case.machine.users.iter().any(|known| known.name == user) {
        supplied = self::user(case, user);
    }
    if !group.is_empty() && !case.machine.groups.iter().any(|known| known.name == group) {
        let id = case.machine.unused_id();
        case.machine.add_group(group, id);
        supplied = Some(format!("{} group {group}", supplied.unwrap_or_default()).trim().to_owned());
    }
    supplied
}

impl Study {
    /// Whether every difference is a deliberate one.
    #[must_use]
    pub fn is_explained(&self) -> bool {
        self.verdicts().all(Verdict::is_explained)
    }

    /// Whether the readings are exactly equal.
    #[must_use]
    pub fn is_equal(&self) -> bool {
        self.is_explained() && self.verdicts().all(|verdict| verdict.named.is_empty())
    }

    fn verdicts(&self) -> impl Iterator<Item = &Verdict> {
        [&self.daemon].into_iter().chain(&self.client)
    }
}

impl fmt::Display for Study {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.path.file_name().unwrap_or_default().to_string_lossy();
        let kind = match (self.is_equal(), self.is_explained()) {
            (true, _) => "equal",
            (false, true) => "named difference",
            (false, false) => "UNEXPLAINED",
        };
        write!(f, "{name}: {kind}")?;
        match &self.daemon.reference {
            Outcome::Understood(config) => {
                let groups = config["groups"].as_array().map(Vec::as_slice).unwrap_or_default();
                let processes = groups.iter().filter_map(|group| group["processes"].as_array()).map(Vec::len);
                write!(f, ", {} processes in {} groups", processes.sum::<usize>(), groups.len())?;
            }
            Outcome::Ended { message, .. } => {
                write!(f, ", refused: {}", message.lines().next().unwrap_or_default())?;
            }
            Outcome::Crashed(error) => write!(f, ", traceback: {error}")?,
        }
        if !self.supplied.is_empty() {
            write!(f, " (supplied: {})", self.supplied.join(", "))?;
        }
        for verdict in self.verdicts().filter(|verdict| !verdict.is_explained() || !verdict.named.is_empty())
        {
            write!(f, "\n{}", verdict.to_string().trim_end())?;
        }
        Ok(())
    }
}
