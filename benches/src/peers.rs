//! runit and s6: folders of services, and the programs that scan them.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::process::Command;

use crate::Trouble;
use crate::place::Place;
use crate::scene::Scene;
use crate::subject::{Subject, Supervisor};

/// Has runit or s6 keep so many resting programs running.
pub(crate) fn start_resting(
    place: &Place,
    scene: &Scene,
    subject: Subject,
    count: usize,
) -> Result<Supervisor, Trouble> {
    let services = scene.path("services");
    fs::create_dir_all(&services)?;
    for number in 0..count {
        let service = services.join(format!("rest{number:04}"));
        fs::create_dir(&service)?;
        symlink(&place.child, service.join("run"))?;
        symlink(scene.marks.path(), service.join("mark"))?;
    }
    Supervisor::execute(place, subject, &mut scanner(scene, subject))
}

/// Has runit or s6 log what one program writes into the scene's folder of logs.
pub(crate) fn start_logging(
    place: &Place,
    scene: &Scene,
    subject: Subject,
    words: &str,
) -> Result<Supervisor, Trouble> {
    let service = scene.path("services").join("write");
    fs::create_dir_all(service.join("log"))?;
    let logs = scene.path("logs");
    let logger = if subject == Subject::Runit {
        fs::write(logs.join("config"), "s52428800\nn30\n")?;
        format!("svlogd -b 131072 {}", logs.display())
    } else {
        format!("s6-log n30 s52428800 {}", logs.display())
    };
    for (path, command) in [
        (service.join("run"), format!("{} {words}", place.child.display())),
        (service.join("log").join("run"), logger),
    ] {
        fs::write(&path, format!("#!/bin/sh\nexec {command}\n"))?;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755))?;
    }
    Supervisor::execute(place, subject, &mut scanner(scene, subject))
}

fn scanner(scene: &Scene, subject: Subject) -> Command {
    let mut command =
        if subject == Subject::Runit { Command::new("runsvdir") } else { Command::new("s6-svscan") };
    if subject == Subject::S6 {
        command.args(["-c", "2000"]);
    }
    command.arg(scene.path("services"));
    command
}

/// Whether the peers are installed.
pub(crate) fn present() -> Vec<Subject> {
    let is_there = |program: &str| {
        std::env::var_os("PATH")
            .is_some_and(|path| std::env::split_paths(&path).any(|folder| folder.join(program).exists()))
    };
    let peers = [(Subject::Runit, "runsvdir"), (Subject::S6, "s6-svscan")];
    peers.into_iter().filter(|(_, program)| is_there(program)).map(|(peer, _)| peer).collect()
}
