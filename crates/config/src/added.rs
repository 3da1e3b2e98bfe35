//! A program that a client adds to a group, read as if it stood in the file.

use std::sync::Arc;

use supervisor_core::command::AddedProgram;
use supervisor_core::spec::ProcessSpec;

use crate::document::{Document, Setting};
use crate::file::{Origin, SourceFile};
use crate::host::Host;
use crate::machine::Machine;
use crate::messages::Messages;
use crate::program::{Common, Room, processes};
use crate::python::path;
use crate::reader::Source;
use crate::scope::EnvironmentVariables;
use crate::supervisord::CommandLine;

impl CommandLine {
    /// The processes of a program that a client adds. `environment` is that of `[supervisord]`.
    ///
    /// # Errors
    /// The first fault, in the words for a `[program:x]` of the main file.
    pub fn added_processes(
        &self,
        host: &dyn Host,
        environment: &[(String, String)],
        added: &AddedProgram,
    ) -> Result<Vec<Arc<ProcessSpec>>, String> {
        if added.program.trim().is_empty() {
            return Err("a program needs a name".to_owned());
        }
        let machine = Machine::new(host, &self.start_dir);
        let messages = Messages::default();
        let directory = path::absolute(&self.start_dir, path::directory(&self.config_path));
        let section = format!("program:{}", added.program);
        let document = document(
            &section,
            added,
            SourceFile::new(self.config_path.clone(), directory.clone(), String::new()),
        );
        let mut variables = EnvironmentVariables::default();
        variables.extend(host.environment());
        variables.extend(environment.iter().cloned());
        let hostname = host.hostname();
        let common = Common {
            source: Source {
                machine: &machine,
                document: &document,
                messages: &messages,
                main_path: &self.config_path,
                main_dir: &directory,
                has_include: false,
            },
            variables: &variables,
            environment,
            hostname: &hostname,
            socket_base: "",
            room: Room::new(),
        };
        match (processes(&common, &section, &added.group), messages.refusal()) {
            (Ok(processes), None) => Ok(processes.into_iter().map(Arc::new).collect()),
            (_, Some(refusal)) => Err(refusal.message),
            (Err(_), None) => Err("the program cannot be read".to_owned()),
        }
    }
}

/// One section with the options of the program.
fn document(section: &str, added: &AddedProgram, file: SourceFile) -> Document {
    let origin = Origin { file: Arc::new(file), line: 1 };
    let mut document = Document::default();
    let id = document.open(section, &origin);
    for (name, value) in &added.options {
        let (name, value) = (name.to_lowercase(), value.clone());
        document.set(id, Setting { name, value, origin: origin.clone(), last_line: 1 });
    }
    document
}

#[cfg(test)]
mod tests;
