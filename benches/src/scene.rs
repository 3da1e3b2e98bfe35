//! The folder in which a subject works, and the configuration that it finds there.

use std::fmt::Write;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::Trouble;
use crate::marks::Marks;
use crate::place::Place;

/// A folder of its own for one run of one subject. Dropping it removes it.
#[derive(Debug)]
pub(crate) struct Scene {
    folder: TempDir,
    /// What children say.
    pub(crate) marks: Marks,
}

/// Programs that a supervisor is to run.
#[derive(Clone, Debug)]
pub(crate) struct Programs {
    /// The name of the section.
    pub(crate) name: String,
    /// How many.
    pub(crate) count: usize,
    /// The words after the child program.
    pub(crate) words: String,
    /// Further options.
    pub(crate) options: String,
}

impl Programs {
    /// So many programs that say that they run, and then rest.
    pub(crate) fn resting(count: usize, scene: &Scene) -> Self {
        let words = format!("mark {}", scene.marks.path().display());
        Self { name: "rest".to_owned(), count, words, options: String::new() }
    }

    /// The section of a configuration file.
    fn section(&self, child: &Path) -> String {
        let Self { name, count, words, options } = self;
        format!(
            "[program:{name}]\ncommand={} {words}\nnumprocs={count}\nprocess_name={name}_%(process_num)04d\n\
             redirect_stderr=true\n{options}\n",
            child.display()
        )
    }
}

impl Scene {
    /// An empty folder with a pipe for marks.
    pub(crate) fn new(place: &Place) -> Result<Self, Trouble> {
        Self::lay_out(&place.scenes)
    }

    /// The same on a disk.
    pub(crate) fn on_disk(place: &Place) -> Result<Self, Trouble> {
        Self::lay_out(&place.scenes_on_disk)
    }

    fn lay_out(scenes: &Path) -> Result<Self, Trouble> {
        let folder = tempfile::Builder::new().prefix("scene-").tempdir_in(scenes)?;
        fs::create_dir(folder.path().join("logs"))?;
        let marks = Marks::new(&folder.path().join("mark"))?;
        Ok(Self { folder, marks })
    }

    /// A path in it.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes the configuration of these programs.
    pub(crate) fn configure(&self, place: &Place, programs: &[Programs]) -> Result<(), Trouble> {
        let mut text = String::from(
            "[supervisord]\nlogfile=%(here)s/main.log\nlogfile_maxbytes=0\npidfile=%(here)s/pid\n\
             childlogdir=%(here)s/logs\nsilent=true\n\
             [unix_http_server]\nfile=%(here)s/socket\n\
             [supervisorctl]\nserverurl=unix://%(here)s/socket\n\
             [rpcinterface:supervisor]\n\
             supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface\n",
        );
        for programs in programs.iter().filter(|programs| programs.count > 0) {
            // Writing to a String cannot fail.
            let _ = write!(text, "{}", programs.section(&place.child));
        }
        Ok(fs::write(self.path("supervisord.conf"), text)?)
    }

    /// Adds sections to the configuration.
    pub(crate) fn append(&self, sections: &str) -> Result<(), Trouble> {
        let mut file = File::options().append(true).open(self.path("supervisord.conf"))?;
        Ok(io::Write::write_all(&mut file, sections.as_bytes())?)
    }
}
