//! The extensions that the configuration names.

use supervisor_config::ctlplugin::{BuiltIn, CtlPlugin, Offer, QUICK_RETRIES};
use supervisor_config::supervisorctl::ClientConfig;
use supervisor_config::usage::UsageError;

use crate::verb;

/// The extensions, in the order of the configuration.
#[derive(Debug, Default)]
pub(crate) struct Plugins {
    plugins: Vec<CtlPlugin>,
    refusal: Option<UsageError>,
}

impl Plugins {
    pub(crate) fn new(config: &ClientConfig) -> Self {
        Self { plugins: config.plugins.clone(), refusal: config.refusal.clone() }
    }

    /// The program behind the action of that name, with its first arguments.
    pub(crate) fn program(&self, action: &str) -> Option<Vec<String>> {
        self.plugins.iter().find_map(|plugin| match &plugin.offer {
            Offer::Program(command) if plugin.name == action => Some(command.clone()),
            _ => None,
        })
    }

    /// The names of the actions that are programs.
    pub(crate) fn programs(&self) -> impl Iterator<Item = &str> {
        let programs = self.plugins.iter().filter(|plugin| matches!(plugin.offer, Offer::Program(_)));
        programs.map(|plugin| plugin.name.as_str())
    }

    /// Each extension that adds something, with the names of its actions.
    pub(crate) fn blocks(&self) -> Vec<(&str, Vec<&str>)> {
        let block = |plugin: &'_ CtlPlugin| match &plugin.offer {
            Offer::BuiltIn(extension) => Some(verb::of_extension(*extension)),
            Offer::Program(_) => Some(Vec::new()),
            Offer::Refused(_) => None,
        };
        let blocks = self.plugins.iter().filter_map(|plugin| {
            let actions = block(plugin)?;
            let name = plugin.name.as_str();
            Some((name, if actions.is_empty() { vec![name] } else { actions }))
        });
        blocks.collect()
    }

    /// What to say of an action that only an extension could have which was refused.
    pub(crate) fn refusal(&self) -> Option<&UsageError> {
        self.refusal.as_ref()
    }

    /// How many tenths of a second the quick actions wait.
    pub(crate) fn retries(&self) -> u32 {
        let retries = |extension| match extension {
            BuiltIn::Quick { retries } => Some(retries),
            _ => None,
        };
        self.built_in().find_map(retries).unwrap_or(QUICK_RETRIES)
    }

    /// Whether `mstart` and its like look at `GROUP:NAME`.
    pub(crate) fn match_group(&self) -> bool {
        let match_group = |extension| match extension {
            BuiltIn::Wildcards { match_group } => Some(match_group),
            _ => None,
        };
        self.built_in().find_map(match_group).unwrap_or(false)
    }

    fn built_in(&self) -> impl Iterator<Item = BuiltIn> {
        self.plugins.iter().filter_map(|plugin| match plugin.offer {
            Offer::BuiltIn(extension) => Some(extension),
            _ => None,
        })
    }
}
