//! Options that the factory of an interface does not take.

use super::{InterfaceKind, InterfaceSpec};
use crate::codes::Code;
use crate::finding::Remark;
use crate::messages::Read;
use crate::reader::{SectionReader, Source};
use crate::scope::{EnvironmentVariables, Scope};

/// Refuses further options of Supervisor's own interface, those that it has from `[DEFAULT]` too. The reference
/// finds them when it makes the interface for a server; so without servers nothing is wrong.
// Differs: interface-options-at-reread
pub(crate) fn refuse_options(
    source: Source<'_>,
    interfaces: &[InterfaceSpec],
    environment: &EnvironmentVariables,
) -> Read<()> {
    for interface in interfaces.iter().filter(|interface| interface.kind == InterfaceKind::Supervisor) {
        let Some((option, _)) = interface.options.first() else { continue };
        let Some(section) = source.document.section(&format!("rpcinterface:{}", interface.name)) else {
            continue;
        };
        let reader = SectionReader::without_here(source, &section.name, Scope::new(environment));
        let hint = if section.setting(option).is_some() {
            format!("its factory takes no options: take `{option}` out")
        } else {
            format!("its factory takes no options, but has `{option}` from [DEFAULT]: take it out there")
        };
        let message = format!("Could not make {} rpc interface", interface.name);
        let remark = Remark::new(Code::UnknownOption, message).hint(hint);
        return Err(reader.refuse_name(option, remark));
    }
    Ok(())
}
