//! `[rpcinterface:x]`: extensions of the daemon, which the reference loads as Python code. Here those known by name
//! are built in.

use crate::codes::Code;
use crate::document::Section;
use crate::finding::Remark;
use crate::messages::Read;
use crate::options::Optional;
use crate::program::suffix;
use crate::reader::{SectionReader, Source};
use crate::scope::{EnvironmentVariables, Scope};
use crate::spelling::did_you_mean;
use crate::value::PythonFunction;

/// The factories that `[rpcinterface:x]` can name.
pub const RPC_FACTORIES: &[&str] = &["supervisor.rpcinterface:make_main_rpcinterface"];

/// An extension to set up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PluginSpec {
    /// What follows the colon of the section's name.
    pub name: String,
    /// Its factory, one of the known ones.
    pub factory: &'static str,
    /// Its further options, expanded.
    pub options: Vec<(String, String)>,
}

/// The extensions of the sections `PREFIX...`, in file order.
// Differs: python-plugins
pub(crate) fn plugins(
    source: Source<'_>,
    environment: &EnvironmentVariables,
    prefix: &str,
    factory_option: &Optional<PythonFunction>,
    known: &[&'static str],
) -> Read<Vec<PluginSpec>> {
    let sections = source.document.sections().filter(|section| section.name.starts_with(prefix));
    let plugins: Vec<Read<PluginSpec>> =
        sections.map(|section| plugin(source, environment, section, factory_option, known)).collect();
    plugins.into_iter().collect()
}

fn plugin(
    source: Source<'_>,
    environment: &EnvironmentVariables,
    section: &Section,
    factory_option: &Optional<PythonFunction>,
    known: &[&'static str],
) -> Read<PluginSpec> {
    let key = factory_option.entry.name;
    let reader = SectionReader::without_here(source, &section.name, Scope::new(environment));
    let factory = reader
        .read_required(factory_option, || format!("section [{}] does not specify a {key}", section.name))
        .and_then(|written| factory(&reader, section, key, &written, known));
    let others = source.document.settings(section).filter(|setting| setting.name != key);
    let options: Vec<Read<(String, String)>> = others
        .map(|setting| Ok((setting.name.clone(), reader.text(&setting.name)?.unwrap_or_default())))
        .collect();
    Ok(PluginSpec {
        name: suffix(&section.name).to_owned(),
        factory: factory?,
        options: options.into_iter().collect::<Read<_>>()?,
    })
}

fn factory(
    reader: &SectionReader<'_>,
    section: &Section,
    key: &str,
    written: &str,
    known: &[&'static str],
) -> Read<&'static str> {
    known.iter().find(|factory| **factory == written).copied().ok_or_else(|| {
        let message = format!("{written} cannot be resolved within [{}]", section.name);
        let remark = Remark::new(Code::UnknownExtension, message)
            .hint(format!("extensions in Python cannot be loaded; built in is {}", known.join(", ")))
            .perhaps_hint(did_you_mean(written, known.iter().copied()));
        reader.refuse(key, remark)
    })
}

#[cfg(test)]
mod tests;
