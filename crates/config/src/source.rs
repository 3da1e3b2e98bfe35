//! The files of a configuration, read into one document.

use std::sync::Arc;

use crate::codes::Code;
use crate::document::{Document, Setting};
use crate::file::{Origin, SourceFile};
use crate::finding::Remark;
use crate::format::{At, expand};
use crate::glob::glob;
use crate::host::ReadError;
use crate::ini;
use crate::machine::Machine;
use crate::messages::{Messages, Read};
use crate::options::include;
use crate::place::{Piece, Place};
use crate::python::decode::decode;
use crate::python::path;
use crate::python::space::words;
use crate::scope::Scope;

/// The section that names further files.
pub(crate) const INCLUDE_SECTION: &str = "include";

/// What files are read with, and into.
pub(crate) struct Reading<'a> {
    pub(crate) machine: &'a Machine<'a>,
    pub(crate) messages: &'a Messages,
    pub(crate) document: &'a mut Document,
}

impl Reading<'_> {
    /// Reads the main file.
    pub(crate) fn main(&mut self, shown_path: &str) -> Read<Arc<SourceFile>> {
        let missing = || Remark::new(Code::FileMissing, format!("could not find config file {shown_path}"));
        if !self.machine.exists(shown_path) {
            return Err(self.messages.refuse(missing(), None, ""));
        }
        let bytes = self.machine.host.read(&self.machine.locate(shown_path)).map_err(|error| {
            let remark = match error {
                ReadError::Missing => missing(),
                ReadError::Unreadable => {
                    Remark::new(Code::FileUnreadable, format!("could not read config file {shown_path}"))
                }
            };
            self.messages.refuse(remark, None, "")
        })?;
        Ok(self.parse(shown_path, bytes))
    }

    /// Reads what the `[include]` section of the main file asks for. Sections of that name in included files
    /// only add their options.
    pub(crate) fn included(&mut self, main: &SourceFile, scope: &Scope<'_>) {
        let Some(section) = self.document.section(INCLUDE_SECTION) else { return };
        let Some(files) = self.document.setting_of(section, include::FILES.entry.name) else {
            if !self.document.is_damaged(section) {
                let message = ".ini file has [include] section, but no files setting";
                let remark = Remark::new(Code::OptionMissing, message).hint("add `files=`, or take it out");
                self.messages.refuse(remark, section.origin.as_ref().map(Place::of_header), "");
            }
            return;
        };
        let files = files.clone();
        let names = scope.seen_from(Some(&files.origin.file.directory));
        let patterns = match expand(&files.value, names, At { name: "include.files", wants_hints: true }) {
            Ok(patterns) => patterns,
            Err(remark) => {
                let piece = remark.part.clone().unwrap_or_default();
                self.messages.refuse(remark, Some(Place::of_setting(&files, Piece::Part(&piece))), "");
                return;
            }
        };
        let mut places = Places { setting: &files, found: 0, whole: None };
        for pattern in words(&patterns) {
            // Differs: include-base-is-no-pattern
            let matches = glob(self.machine.host, &main.directory, pattern);
            if matches.is_empty() {
                let shown = path::join(&main.directory, pattern);
                let remark = Remark::new(
                    Code::IncludeWithoutMatch,
                    format!("No file matches via include \"{shown}\""),
                );
                self.messages.warn(remark, Some(places.of(pattern)));
            }
            for path in matches {
                self.one(&path, || places.of(pattern));
            }
        }
    }

    fn one(&mut self, path: &str, place: impl FnOnce() -> Place) {
        // Differs: unreadable-includes-are-reported
        let Ok(bytes) = self.machine.host.read_regular(path) else {
            let message = format!("Could not read included file \"{path}\"");
            self.messages.warn(Remark::new(Code::IncludeUnreadable, message), Some(place()));
            return;
        };
        self.messages.inform(format!("Included extra file \"{path}\" during parsing"));
        self.parse(path, bytes);
    }

    fn parse(&mut self, shown_path: &str, bytes: Vec<u8>) -> Arc<SourceFile> {
        let directory = path::absolute(self.machine.start_dir, path::directory(shown_path));
        let file = |text| Arc::new(SourceFile::new(shown_path.to_owned(), directory, text));
        match decode(bytes) {
            Ok(decoded) => {
                let file = file(decoded.text);
                if decoded.marked {
                    // Differs: byte-order-mark
                    let message = format!("Ignored the byte order mark at the beginning of \"{shown_path}\"");
                    let place = Place::of_line(&Origin { file: Arc::clone(&file), line: 1 });
                    self.messages.warn(Remark::new(Code::ByteOrderMark, message), Some(place));
                }
                ini::parse(self.document, &file, self.messages);
                file
            }
            Err(undecodable) => {
                let file = file(undecodable.text);
                let (origin, column) = file.locate(undecodable.position);
                let remark = Remark::new(Code::NotUtf8, undecodable.message)
                    .hint("save the file as UTF-8, or write the character in another way");
                self.messages.set_damaged();
                self.messages.refuse(remark, Some(Place::new(&origin, column, column)), "");
                file
            }
        }
    }
}

/// How many patterns of one list are looked for in it: each takes time, and a list may have thousands.
const PLACES_MAX: usize = 100;

/// Where patterns stand in the list.
struct Places<'a> {
    setting: &'a Setting,
    found: usize,
    whole: Option<Place>,
}

impl Places<'_> {
    fn of(&mut self, pattern: &str) -> Place {
        self.found += 1;
        if self.found <= PLACES_MAX {
            return Place::of_setting(self.setting, Piece::Part(pattern));
        }
        self.whole.get_or_insert_with(|| Place::of_setting(self.setting, Piece::Value)).clone()
    }
}

#[cfg(test)]
mod tests;
