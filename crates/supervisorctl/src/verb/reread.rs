//! `reread`.

use std::collections::BTreeMap;

use supervisor_core::command::Changes;
use supervisor_rpc::fault::Code;

use super::{Names, Verb};
use crate::exit_status::ExitStatus;
use crate::failure::Failure;
use crate::json;
use crate::session::Session;

pub(super) const VERB: Verb = Verb {
    name: "reread",
    help: "reread \t\t\tReload the daemon's configuration files without add/remove\n",
    ours: "",
    names: Names::Nothing,
    reads: true,
    run,
};

fn run(session: &mut Session, argument: &str) -> Result<(), Failure> {
    if !argument.is_empty() {
        session.usage_error("Error: reread accepts no arguments", &VERB);
        return Ok(());
    }
    match session.remote.reload_config() {
        Ok(changes) if session.json => session.value(&json::changes(&changes)),
        Ok(changes) => session.print(&summary(&changes)),
        Err(Failure::Fault(fault)) => {
            let message = match fault.known_code() {
                Some(Code::ShutdownState) => "supervisor shutting down",
                Some(Code::CantReread) => &fault.text,
                _ => return Err(Failure::Fault(fault)),
            };
            session.line(&format!("ERROR: {message}"));
            session.exit_status = ExitStatus::FAILURE;
        }
        Err(failure) => return Err(failure),
    }
    Ok(())
}

fn summary(changes: &Changes) -> String {
    let mut words: BTreeMap<&str, &str> = BTreeMap::new();
    for (names, word) in
        [(&changes.added, "available"), (&changes.changed, "changed"), (&changes.removed, "disappeared")]
    {
        words.extend(names.iter().map(|name| (name.as_str(), word)));
    }
    if words.is_empty() {
        return "No config updates to processes\n".to_owned();
    }
    words.into_iter().map(|(name, word)| format!("{name}: {word}\n")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_sorted_by_name() {
        let changes =
            Changes { added: vec!["b".into()], changed: vec!["a".into()], removed: vec!["c".into()] };
        assert_eq!(summary(&changes), "a: changed\nb: available\nc: disappeared\n");
        assert_eq!(summary(&Changes::default()), "No config updates to processes\n");
    }
}
