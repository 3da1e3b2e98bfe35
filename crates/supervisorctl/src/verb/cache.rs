//! `cache_store` and its like: values that the daemon keeps, by their keys. As `supervisor_cache` has them.

use supervisor_config::command_line;
use supervisor_rpc::fault::Code;
use supervisor_rpc::value::Value;

use super::{Names, Verb};
use crate::exit_status::ExitStatus;
use crate::failure::Failure;
use crate::json;
use crate::notation::in_lines;
use crate::session::Session;

pub(super) const CLEAR: Verb = Verb {
    name: "cache_clear",
    ours: "cache_clear\tClear all items from the cache.\n",
    run: clear,
    ..CHANGE
};

pub(super) const COUNT: Verb = Verb {
    name: "cache_count",
    ours: "cache_count\tGet a count of all items in the cache.\n",
    run: count,
    ..READ
};

pub(super) const DELETE: Verb = Verb {
    name: "cache_delete",
    ours: "cache_delete <key>\tDelete the item cached at <key>.\n",
    run: delete,
    ..CHANGE
};

pub(super) const FETCH: Verb = Verb {
    name: "cache_fetch",
    ours: "cache_fetch <key>\tFetch the item cached at <key>.\n",
    run: fetch,
    ..READ
};

pub(super) const KEYS: Verb = Verb {
    name: "cache_keys",
    ours: "cache_keys\tList the keys of all items in the cache.\n",
    run: keys,
    ..READ
};

pub(super) const STORE: Verb = Verb {
    name: "cache_store",
    ours: "cache_store <key> <value>\tStore <value> in the cache at <key>.\n",
    run: store,
    ..CHANGE
};

const READ: Verb = Verb { reads: true, ..CHANGE };
const CHANGE: Verb =
    Verb { name: "", help: "", ours: "", names: Names::Nothing, reads: false, run: |_, _| Ok(()) };

fn clear(session: &mut Session, argument: &str) -> Result<(), Failure> {
    call(session, &CLEAR, "clear", argument)
}

fn count(session: &mut Session, argument: &str) -> Result<(), Failure> {
    call(session, &COUNT, "getCount", argument)
}

fn delete(session: &mut Session, argument: &str) -> Result<(), Failure> {
    call(session, &DELETE, "delete", argument)
}

fn fetch(session: &mut Session, argument: &str) -> Result<(), Failure> {
    call(session, &FETCH, "fetch", argument)
}

fn keys(session: &mut Session, argument: &str) -> Result<(), Failure> {
    call(session, &KEYS, "getKeys", argument)
}

fn store(session: &mut Session, argument: &str) -> Result<(), Failure> {
    call(session, &STORE, "store", argument)
}

/// Calls the method with the words of the argument, and shows what there is to read. Quotes keep words together.
fn call(session: &mut Session, verb: &Verb, method: &str, argument: &str) -> Result<(), Failure> {
    let words = match argument {
        "" => Vec::new(),
        _ => command_line::split(argument).map_err(Failure::Answer)?,
    };
    // The form in the help tells how many there must be.
    let form = verb.ours.split('\t').next().unwrap_or_default();
    if words.len() != form.matches('<').count() {
        session.help(verb);
        session.exit_status = ExitStatus::FAILURE;
        return Ok(());
    }
    let words: Vec<Value> = words.into_iter().map(Value::from).collect();
    match session.remote.call_any(&format!("cache.{method}"), &words) {
        Ok(value) if verb.reads && session.json => session.value(&json::value(&value)),
        Ok(value) if verb.reads => session.line(&in_lines(&value)),
        Ok(_) => {}
        Err(failure) if failure.code() == Some(Code::UnknownMethod) => {
            session.line(
                "error: the server has no cache; its configuration needs a section [rpcinterface:cache] with \
                 supervisor.rpcinterface_factory=supervisor_cache.rpcinterface:make_cache_rpcinterface",
            );
            session.exit_status = ExitStatus::FAILURE;
        }
        Err(failure) => return Err(failure),
    }
    Ok(())
}
