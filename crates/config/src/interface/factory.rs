//! `supervisor.rpcinterface_factory`: which Python functions are known by name, and what to do about others.

use super::{InterfaceKind, InterfaceSpec, Reading, SYSTEM, taken};
use crate::codes::Code;
use crate::document::Section;
use crate::finding::Remark;
use crate::messages::Read;
use crate::options::plugin;
use crate::program::suffix;
use crate::reader::SectionReader;
use crate::scope::Scope;
use crate::spelling::did_you_mean;
use crate::value::{List, ValueType as _};

const SUPERVISOR: &str = "supervisor.rpcinterface:make_main_rpcinterface";
const TWIDDLER: &str = "supervisor_twiddler.rpcinterface:make_twiddler_rpcinterface";
const CACHE: &str = "supervisor_cache.rpcinterface:make_cache_rpcinterface";
const LAFORGE: &str = "mr.laforge.rpcinterface:make_laforge_rpcinterface";
const KNOWN: [&str; 4] = [SUPERVISOR, TWIDDLER, CACHE, LAFORGE];

/// What takes the place of factories that people use and that can be no part of this daemon: what they begin with,
/// and what to do.
const ALTERNATIVES: [(&str, &str); 3] = [
    (
        "supvisors.",
        "Supvisors changes the inside of the daemon in Python and has no replacement here: stay with Python's \
         supervisord where you need it",
    ),
    (
        "multivisor.",
        "run `multivisor-rpc --bind ADDRESS` as an [eventlistener:multivisor] with `events=EVENT`: it needs no Python \
         in the daemon",
    ),
    ("supervisor_jcmd.", "run jcmd itself: `jcmd $(supervisorctl pid NAME) COMMAND`"),
];

pub(super) fn name_of(kind: &InterfaceKind) -> Option<&'static str> {
    match kind {
        InterfaceKind::Supervisor => Some(SUPERVISOR),
        InterfaceKind::Twiddler { .. } => Some(TWIDDLER),
        InterfaceKind::Cache => Some(CACHE),
        InterfaceKind::Laforge => Some(LAFORGE),
        InterfaceKind::Extension(_) => None,
    }
}

/// The namespace of a section with a factory; `None` if it is to be left out.
pub(super) fn interface(reading: &Reading<'_>, section: &Section) -> Read<Option<InterfaceSpec>> {
    let option = &plugin::RPC_FACTORY;
    let reader = SectionReader::without_here(reading.source, &section.name, Scope::new(reading.environment));
    let missing = || format!("section [{}] does not specify a {}", section.name, option.entry.name);
    let factory = reader.read_required(option, missing);
    let others =
        reading.source.document.settings(section).filter(|setting| setting.name != option.entry.name);
    let options: Vec<Read<(String, String)>> = others
        .map(|setting| Ok((setting.name.clone(), reader.text(&setting.name)?.unwrap_or_default())))
        .collect();
    let (factory, options) = (factory?, options.into_iter().collect::<Read<Vec<_>>>()?);
    let name = suffix(&section.name).to_owned();
    // Differs: the-name-system-is-taken
    if name.trim() == SYSTEM {
        return Err(taken(&reader));
    }
    let kind = match factory.as_str() {
        SUPERVISOR => InterfaceKind::Supervisor,
        TWIDDLER => InterfaceKind::Twiddler { whitelist: whitelist(reading, &reader, &options)? },
        CACHE | LAFORGE => {
            only(&reader, &name, &options, &[])?;
            if factory == CACHE { InterfaceKind::Cache } else { InterfaceKind::Laforge }
        }
        unknown => {
            let remark = unknown_factory(unknown, section);
            if reading.ignore_unknown {
                let message =
                    format!("{}; it is left out, as ignore_unknown_plugins asks for", remark.message);
                let remark = Remark { message, ..remark };
                reader.warn(option.entry.name, remark);
                return Ok(None);
            }
            return Err(reader.refuse(option.entry.name, remark));
        }
    };
    Ok(Some(InterfaceSpec { name, kind, options }))
}

fn whitelist(
    reading: &Reading<'_>,
    reader: &SectionReader<'_>,
    options: &[(String, String)],
) -> Read<Vec<String>> {
    let name = plugin::RPC_WHITELIST.entry.name;
    only(reader, reader.name(), options, &[name])?;
    let written = options.iter().find(|(option, _)| option == name).map_or("", |(_, value)| value.as_str());
    List::parse(written, reading.source.machine)
        .map_err(|message| reader.refuse(name, Remark::new(Code::BadValue, message)))
}

/// Refuses options that a factory does not take, in the words that end the reference's start then.
fn only(reader: &SectionReader<'_>, name: &str, options: &[(String, String)], known: &[&str]) -> Read<()> {
    match options.iter().find(|(option, _)| !known.contains(&option.as_str())) {
        None => Ok(()),
        Some((option, _)) => {
            let message = format!("Could not make {} rpc interface", suffix(name));
            let remark = Remark::new(Code::UnknownOption, message)
                .hint(format!("its factory takes no option `{option}`; take it out"))
                .perhaps_hint(did_you_mean(option, known.iter().copied()));
            Err(reader.refuse(option, remark))
        }
    }
}

/// What to say of a factory that is not known.
fn unknown_factory(written: &str, section: &Section) -> Remark {
    let message = format!("{written} cannot be resolved within [{}]", section.name);
    let remark = Remark::new(Code::UnknownExtension, message);
    let alternative = ALTERNATIVES.iter().find(|(prefix, _)| written.starts_with(prefix));
    match alternative {
        Some((_, what_to_do)) => remark.hint(*what_to_do),
        None => remark
            .hint(
                "plug-ins in Python are not loaded; have a program of your own answer with `command=` or `socket=` \
                 in place of the factory, or leave it out with `ignore_unknown_plugins=true` in [supervisord]",
            )
            .perhaps_hint(did_you_mean(written, KNOWN)),
    }
}
