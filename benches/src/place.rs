//! Where everything is: the programs under test, the folder for scenes, the documentation.

use std::env;
use std::fs;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use supervisor_sys::host::effective_uid;

use crate::Trouble;
use crate::peers;
use crate::subject::Subject;

/// A file system that Linux keeps in memory.
const MEMORY: &str = "/dev/shm";

/// Where everything is.
#[derive(Debug)]
pub(crate) struct Place {
    /// The folder of our programs and of this one.
    pub(crate) ours: PathBuf,
    /// The folder of the reference's programs.
    pub(crate) reference: PathBuf,
    /// The program that is supervised.
    pub(crate) child: PathBuf,
    /// Where scenes are laid out: in memory, where a new file costs the same however many others were removed before.
    /// ext4 takes a millisecond for each while it remembers a thousand removed ones.
    pub(crate) scenes: PathBuf,
    /// Where scenes are laid out whose metric is about writing to a disk.
    pub(crate) scenes_on_disk: PathBuf,
    /// The file that shows the table.
    pub(crate) documentation: PathBuf,
    /// Fewer rounds, for those who work on the harness.
    is_quick: bool,
    /// Only ours and the floor, for those who work on ours.
    is_ours_alone: bool,
}

impl Place {
    /// As `cargo xtask bench` says it, with the child program made anew.
    pub(crate) fn from_environment(flags: &[&String]) -> Result<Self, Trouble> {
        let folder = |name: &str| {
            env::var_os(name).map(PathBuf::from).ok_or(format!("{name} is not set: run `cargo xtask bench`"))
        };
        let own = env::current_exe()?;
        let ours = own.parent().ok_or("a program lies in a folder")?.to_path_buf();
        let child = ours.join("bench-child");
        build_child(&folder("BENCH_CHILD_SOURCE")?, &child)?;
        let floor = ours.join("bench-floor");
        // One that is still running must not be written to.
        let _ = fs::remove_file(&floor);
        fs::copy(&own, &floor)?;
        let scenes_on_disk = ours.join("bench-scenes");
        let scenes = PathBuf::from(MEMORY).join(format!("supervisor-bench-{}", effective_uid()));
        for folder in [&scenes, &scenes_on_disk] {
            // What a run that was killed has left.
            let _ = fs::remove_dir_all(folder);
            fs::DirBuilder::new().mode(0o700).create(folder)?;
        }
        let (reference, documentation) = (folder("SUPERVISOR_REFERENCE")?, folder("BENCH_DOCUMENTATION")?);
        let has = |flag: &str| flags.iter().any(|given| *given == flag);
        let (is_quick, is_ours_alone) = (has("--quick"), has("--ours"));
        Ok(Self { ours, reference, child, scenes, scenes_on_disk, documentation, is_quick, is_ours_alone })
    }

    /// Who is measured, in turns.
    pub(crate) fn subjects(&self) -> Vec<Subject> {
        let mut subjects = vec![Subject::Reference, Subject::Ours, Subject::Floor];
        subjects.retain(|subject| !self.is_ours_alone || *subject != Subject::Reference);
        subjects
    }

    /// Who is measured where a metric makes sense for them.
    pub(crate) fn peers(&self) -> Vec<Subject> {
        if self.is_ours_alone { Vec::new() } else { peers::present() }
    }

    /// So many rounds, or few.
    pub(crate) fn rounds(&self, wanted: usize) -> usize {
        if self.is_quick { wanted.div_ceil(3) } else { wanted }
    }

    /// A copy of this very program that plays the floor: what it takes is not shared with the one that measures.
    pub(crate) fn floor(&self) -> PathBuf {
        self.ours.join("bench-floor")
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // Whatever is left of it, the next run removes.
        let _ = fs::remove_dir_all(&self.scenes);
    }
}

fn build_child(source: &Path, program: &Path) -> Result<(), Trouble> {
    let flags = [
        "-O2",
        "-static",
        "-nostdlib",
        "-ffreestanding",
        "-fno-stack-protector",
        "-fno-pic",
        "-no-pie",
        "-s",
    ];
    let status = Command::new("cc").args(flags).arg("-o").arg(program).arg(source).status()?;
    if status.success() { Ok(()) } else { Err("cc could not build the child program".into()) }
}
