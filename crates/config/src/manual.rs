//! The chapter of the manual about configurations, made from the table of options; and what manual pages and
//! completions of shells are made of.

pub mod roff;
pub mod shells;
pub mod supervisord;

use std::fmt::Write as _;

use crate::codes::Code;
use crate::options::{self, DefaultValue, Entry, SectionKind};

const INTRODUCTION: &str = include_str!("manual/introduction.md");
const CHECKING: &str = include_str!("manual/checking.md");

/// What a section is for.
fn purpose(kind: SectionKind) -> &'static str {
    match kind {
        SectionKind::Supervisord => "The daemon itself. This section must be there, if only empty.",
        SectionKind::UnixHttpServer => {
            "A socket of this machine that clients connect to. Any section whose name begins like this is one."
        }
        SectionKind::InetHttpServer => {
            "A port that clients connect to. Any section whose name begins like this is one. Whoever can connect can \
             run programs: stay on `127.0.0.1`, or ask for a login."
        }
        SectionKind::Program => "A program, and a group of the same name with its processes.",
        SectionKind::EventListener => {
            "A program that is told what happens, on its standard input. All options of `[program:x]` are there, too."
        }
        SectionKind::FcgiProgram => {
            "A program whose processes share a socket, as FastCGI asks for. All options of `[program:x]` are there, \
             too."
        }
        SectionKind::Group => "Programs under one name.",
        SectionKind::Include => "Further files. Only the main file can have this section.",
        SectionKind::RpcInterface => {
            "What clients can call. Without `[rpcinterface:supervisor]` supervisorctl can do nothing. Methods of your \
             own: [Extensions](extensions.md). With `command`, all options of `[program:x]` are there, too."
        }
        SectionKind::CtlPlugin => {
            "An extension of supervisorctl, see [Extensions](extensions.md). One that cannot be had is told as a \
             warning; all other actions go on working."
        }
        SectionKind::Supervisorctl => {
            "How supervisorctl connects. It reads this section in the main file only, where it must be if there is a \
             file."
        }
    }
}

/// The chapter, as Markdown.
#[must_use]
pub fn manual() -> String {
    let mut text = INTRODUCTION.to_owned();
    for kind in options::kinds() {
        let _ = writeln!(text, "\n### `{}`\n\n{}\n", kind.name(), purpose(kind));
        text.push_str("| option | type | default | since | |\n|---|---|---|---|---|\n");
        for entry in options::all().filter(|entry| entry.section == kind) {
            row(&mut text, entry);
        }
    }
    let _ = write!(text, "\n{CHECKING}");
    text.push_str("\n| code | meaning |\n|---|---|\n");
    for code in Code::ALL {
        let _ = writeln!(text, "| `{code}` | {} |", code.meaning());
    }
    text
}

fn row(text: &mut String, entry: &Entry) {
    let default = match entry.default {
        DefaultValue::Written("") => "nothing".to_owned(),
        DefaultValue::Written(value) => format!("`{value}`"),
        DefaultValue::Described(words) => words.to_owned(),
        DefaultValue::Required => "required".to_owned(),
    };
    let since = match entry.since.strip_prefix("ours ") {
        Some(version) => format!("not in Supervisor; here {version}"),
        None => entry.since.to_owned(),
    };
    let lines: Vec<&str> = entry.doc.iter().map(|line| line.trim()).filter(|line| !line.is_empty()).collect();
    let doc = lines.join(" ").replace('|', "\\|");
    let _ = writeln!(text, "| `{}` | {} | {default} | {since} | {doc} |", entry.name, entry.form);
}

#[cfg(test)]
mod tests {
    use super::manual;

    #[test]
    fn the_manual_in_the_repository_is_up_to_date() {
        let written = include_str!("../../../docs/configuration.md");
        assert!(written == manual(), "write it anew: cargo xtask manual");
    }
}
