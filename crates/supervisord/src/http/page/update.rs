//! Has what runs follow the configuration on disk, as `supervisorctl update` does.

use std::rc::Rc;

use supervisor_core::command::{Command, Fault, Reply, Target};

use super::action::{Outcome, unexpected};
use crate::http::server::Shared;
use crate::http::xmlrpc::obeyed;

/// What becomes of a group.
#[derive(Clone, Copy)]
enum Step {
    Remove,
    Replace,
    Add,
}

/// Reads the configuration and carries out what it changes, all groups at the same time.
pub(super) async fn apply(shared: &Rc<Shared>) -> Outcome {
    let changes = match obeyed(Command::Reread, shared).await {
        Reply::Changes(changes) => changes,
        Reply::Fault(Fault::CantReread(why)) => return Outcome::failed(format!("ERROR: {why}")),
        Reply::Fault(fault) => return Outcome::failed(unexpected(fault)),
        Reply::Done | Reply::Batch(_) => return Outcome::failed("ERROR: no answer to reread"),
    };
    let removed = changes.removed.into_iter().map(|name| (Step::Remove, name));
    let changed = changes.changed.into_iter().map(|name| (Step::Replace, name));
    let added = changes.added.into_iter().map(|name| (Step::Add, name));
    let tasks: Vec<_> = removed
        .chain(changed)
        .chain(added)
        .map(|(step, name)| tokio::task::spawn_local(carry_out(step, name, Rc::clone(shared))))
        .collect();
    let mut words = Vec::new();
    let mut failed = false;
    for task in tasks {
        match task.await {
            Ok(Ok(text)) => words.push(text),
            Ok(Err(text)) => {
                failed = true;
                words.push(text);
            }
            Err(_) => failed = true,
        }
    }
    let text = if words.is_empty() { String::from("Nothing has changed") } else { words.join(", ") };
    Outcome { text, failed }
}

async fn carry_out(step: Step, name: String, shared: Rc<Shared>) -> Result<String, String> {
    let order = |command: Command| {
        let (name, shared) = (name.clone(), Rc::clone(&shared));
        async move {
            match obeyed(command, &shared).await {
                Reply::Fault(fault) => Err(format!("{name}: {}", unexpected(fault))),
                _ => Ok(()),
            }
        }
    };
    if !matches!(step, Step::Add) {
        order(Command::Stop { target: Target::Group(name.clone()), wait: true }).await?;
        order(Command::RemoveGroup(name.clone())).await?;
    }
    if !matches!(step, Step::Remove) {
        order(Command::AddGroup(name.clone())).await?;
    }
    Ok(match step {
        Step::Remove => format!("{name} removed"),
        Step::Replace => format!("{name} updated"),
        Step::Add => format!("{name} added"),
    })
}
