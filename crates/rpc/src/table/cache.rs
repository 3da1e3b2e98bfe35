//! The methods of supervisor_cache.

use supervisor_core::command::Fault;

use super::{Meaning, Method, OK, Param, param, version};
use crate::argument::Arguments;
use crate::cache::Request;
use crate::value::Value;

const KEY: Param = param("string", "key", "The name, which must not be empty");

const fn cache(
    names: &'static [&'static str],
    summary: &'static str,
    params: &'static [Param],
    returns: Param,
    meaning: fn(&mut Arguments) -> Result<Request, Fault>,
) -> Method {
    Method { names, summary, params, returns, meaning: Meaning::Cache(meaning) }
}

/// The methods of a cache.
// Differs: plugin-signatures
pub(crate) const CACHE: &[Method] = &[
    version(|_| super::query(crate::method::Query::PluginVersion("0.2"))),
    cache(
        &["getKeys"],
        "Lists the names of what is stored.",
        &[],
        param("array", "keys", "The names, sorted"),
        |_| Ok(Request::Keys),
    ),
    cache(
        &["getCount"],
        "Counts what is stored.",
        &[],
        param("int", "count", "How many values there are"),
        |_| Ok(Request::Count),
    ),
    cache(
        &["store"],
        "Stores a value in place of whatever has that name.",
        &[KEY, param("string", "data", "The value, of any type")],
        OK,
        |arguments| Ok(Request::Store(key(arguments)?, arguments.next()?)),
    ),
    cache(
        &["fetch"],
        "Tells a value that is stored.",
        &[KEY],
        param("string", "data", "The value, of the type that it was stored with"),
        |arguments| key(arguments).map(Request::Fetch),
    ),
    cache(&["delete"], "Forgets a value, if it is there.", &[KEY], OK, |arguments| {
        key(arguments).map(Request::Delete)
    }),
    cache(&["clear"], "Forgets all values.", &[], OK, |_| Ok(Request::Clear)),
];

fn key(arguments: &mut Arguments) -> Result<String, Fault> {
    match arguments.next()? {
        Value::String(key) if !key.is_empty() => Ok(key),
        _ => Err(Fault::BadName("Cache key must be a non-empty string".to_owned())),
    }
}
