//! The files of a configuration, read into one document.

use std::sync::Arc;

use crate::document::Document;
use crate::error::{ConfigError, SourceFile};
use crate::format::expand;
use crate::glob::glob;
use crate::host::ReadError;
use crate::ini;
use crate::machine::Machine;
use crate::options::include;
use crate::python::decode::decode;
use crate::python::path;
use crate::python::space::words;
use crate::scope::Scope;

/// The section that names further files.
pub(crate) const INCLUDE_SECTION: &str = "include";

/// What reading has to say apart from errors, for the log that is not open yet.
#[derive(Debug, Default)]
pub(crate) struct Messages {
    pub(crate) warnings: Vec<String>,
    pub(crate) infos: Vec<String>,
}

/// Reads the main file.
pub(crate) fn read_main(
    machine: &Machine<'_>,
    shown_path: &str,
    document: &mut Document,
    messages: &mut Messages,
) -> Result<Arc<SourceFile>, ConfigError> {
    if !machine.exists(shown_path) {
        return Err(ConfigError::new(format!("could not find config file {shown_path}")));
    }
    let file = source_file(machine, shown_path);
    let bytes = machine.host.read(&machine.locate(shown_path)).map_err(|error| match error {
        ReadError::Missing => ConfigError::new(format!("could not find config file {shown_path}")),
        ReadError::Unreadable => ConfigError::new(format!("could not read config file {shown_path}")),
    })?;
    parse(document, &file, bytes, messages)?;
    Ok(file)
}

/// Reads what the `[include]` section of the main file asks for. Sections of that name in included files only
/// add their options.
pub(crate) fn read_included(
    machine: &Machine<'_>,
    main: &SourceFile,
    scope: &Scope<'_>,
    document: &mut Document,
    messages: &mut Messages,
) -> Result<(), ConfigError> {
    if document.section(INCLUDE_SECTION).is_none() {
        return Ok(());
    }
    let Some(files) = document.setting(INCLUDE_SECTION, include::FILES.entry.name) else {
        let message = ".ini file has [include] section, but no files setting";
        return Err(ConfigError::at(document.section_origin(INCLUDE_SECTION), message));
    };
    let names = scope.seen_from(Some(&files.origin.file.directory));
    let patterns = expand(&files.value, names, "include.files")
        .map_err(|message| ConfigError::at(Some(&files.origin), message))?;
    for pattern in words(&patterns) {
        // Differs: include-base-is-no-pattern
        let matches = glob(machine.host, &main.directory, pattern);
        if matches.is_empty() {
            let pattern = path::join(&main.directory, pattern);
            messages.warnings.push(format!("No file matches via include \"{pattern}\""));
        }
        for path in matches {
            read_one(machine, &path, document, messages)?;
        }
    }
    Ok(())
}

fn read_one(
    machine: &Machine<'_>,
    path: &str,
    document: &mut Document,
    messages: &mut Messages,
) -> Result<(), ConfigError> {
    // Differs: unreadable-includes-are-reported
    let Ok(bytes) = machine.host.read(path) else {
        messages.warnings.push(format!("Could not read included file \"{path}\""));
        return Ok(());
    };
    messages.infos.push(format!("Included extra file \"{path}\" during parsing"));
    parse(document, &source_file(machine, path), bytes, messages)
}

fn parse(
    document: &mut Document,
    file: &Arc<SourceFile>,
    bytes: Vec<u8>,
    messages: &mut Messages,
) -> Result<(), ConfigError> {
    let decoded = decode(bytes).map_err(ConfigError::new)?;
    if decoded.marked {
        // Differs: byte-order-mark
        messages.warnings.push(format!("Ignored the byte order mark at the beginning of \"{}\"", file.path));
    }
    ini::parse(document, file, &decoded.text)
}

fn source_file(machine: &Machine<'_>, shown_path: &str) -> Arc<SourceFile> {
    let directory = path::absolute(machine.start_dir, path::directory(shown_path));
    Arc::new(SourceFile { path: shown_path.to_owned(), directory })
}

#[cfg(test)]
mod tests;
