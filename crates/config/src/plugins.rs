//! `[rpcinterface:x]` and `[ctlplugin:x]`: extensions, which the reference loads as Python code. Here those
//! known by name are built in.

use crate::error::ConfigError;
use crate::options::Optional;
use crate::program::suffix;
use crate::reader::{SectionReader, Source};
use crate::scope::{EnvironmentVariables, Scope};
use crate::value::Text;

/// The factories that `[rpcinterface:x]` can name.
pub const RPC_FACTORIES: &[&str] = &["supervisor.rpcinterface:make_main_rpcinterface"];

/// The factories that `[ctlplugin:x]` can name.
pub const CTL_FACTORIES: &[&str] = &["supervisor.supervisorctl:DefaultControllerPlugin"];

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
    factory_option: &Optional<Text>,
    known: &[&'static str],
) -> Result<Vec<PluginSpec>, ConfigError> {
    let key = factory_option.entry.name;
    let mut plugins = Vec::new();
    for section in source.document.sections().filter(|section| section.name.starts_with(prefix)) {
        let reader = SectionReader::without_here(source, &section.name, Scope::new(environment));
        let Some(written) = reader.read_optional(factory_option)? else {
            return Err(reader.error(key, format!("section [{}] does not specify a {key}", section.name)));
        };
        let Some(&factory) = known.iter().find(|factory| **factory == written) else {
            let message = format!("{written} cannot be resolved within [{}]", section.name);
            return Err(reader.error(key, message));
        };
        let mut options = Vec::new();
        for setting in source.document.settings(section).filter(|setting| setting.name != key) {
            let value = reader.text(&setting.name)?.unwrap_or_default();
            options.push((setting.name.clone(), value));
        }
        plugins.push(PluginSpec { name: suffix(&section.name).to_owned(), factory, options });
    }
    Ok(plugins)
}

#[cfg(test)]
mod tests;
