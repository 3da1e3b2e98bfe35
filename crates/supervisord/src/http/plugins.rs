//! The namespaces besides Supervisor's own: what they keep, and who answers for them.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use supervisor_config::interface::{InterfaceKind, InterfaceSpec};
use supervisor_rpc::cache::{self, Cache};
use supervisor_rpc::fault::FaultValue;
use supervisor_rpc::method::{Api, Interface};
use supervisor_rpc::value::Value;

use super::extension::Extension;

/// What the namespaces need. There is one of each for all servers.
// Differs: one-cache-for-all-servers
pub(super) struct Plugins {
    caches: BTreeMap<String, RefCell<Cache>>,
    extensions: BTreeMap<String, Rc<Extension>>,
}

impl Plugins {
    pub(super) fn new(interfaces: &[InterfaceSpec]) -> Self {
        let mut plugins = Self { caches: BTreeMap::new(), extensions: BTreeMap::new() };
        for InterfaceSpec { name, kind, .. } in interfaces {
            match kind {
                InterfaceKind::Cache => drop(plugins.caches.insert(name.clone(), RefCell::default())),
                InterfaceKind::Extension(spec) => {
                    let extension = Rc::new(Extension::new(name, spec));
                    plugins.extensions.insert(name.clone(), extension);
                }
                InterfaceKind::Supervisor | InterfaceKind::Twiddler { .. } | InterfaceKind::Laforge => {}
            }
        }
        plugins
    }

    /// Asks the cache of a namespace.
    pub(super) fn cache(
        &self,
        namespace: &str,
        request: cache::Request,
    ) -> Option<Result<Value, FaultValue>> {
        self.caches.get(namespace).map(|cache| cache.borrow_mut().answer(request))
    }

    /// Whether what the cache of a namespace will answer takes no more than that.
    pub(super) fn fits(&self, namespace: &str, request: &cache::Request, bytes: u64) -> bool {
        self.caches.get(namespace).is_none_or(|cache| cache.borrow().size_of_answer(request) <= bytes)
    }

    /// Who answers for a namespace.
    pub(super) fn extension(&self, namespace: &str) -> Option<&Rc<Extension>> {
        self.extensions.get(namespace)
    }
}

/// The methods of these namespaces.
pub(super) fn api(interfaces: &[InterfaceSpec]) -> Api {
    Api::new(interfaces.iter().map(|InterfaceSpec { name, kind, .. }| {
        let interface = match kind {
            InterfaceKind::Supervisor => Interface::Supervisor,
            InterfaceKind::Twiddler { whitelist } => Interface::Twiddler { whitelist: whitelist.clone() },
            InterfaceKind::Cache => Interface::Cache,
            InterfaceKind::Laforge => Interface::Laforge,
            InterfaceKind::Extension(_) => Interface::Extension,
        };
        (name.clone(), interface)
    }))
}
