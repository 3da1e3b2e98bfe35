//! Any bytes at all, given to the decoder of XML-RPC; and calls to begin with.

use supervisor_rpc::method::{Api, Call, Interface, System};
use supervisor_rpc::value::Value;
use supervisor_rpc::{decode, encode};

use crate::hunt::Ground;
use crate::random::Random;

/// The decoder of calls and answers.
pub const CALLS: Ground = Ground { exercise, drawn, words: WORDS };

/// Words that mean something in a call.
pub const WORDS: &[&str] = &[
    "<?xml version='1.0'?>\n",
    "<?xml version='1.0' encoding='latin-1'?>",
    "<!DOCTYPE a [<!ENTITY b 'c'>]>",
    "&b;",
    "<methodCall>",
    "</methodCall>",
    "<methodResponse>",
    "</methodResponse>",
    "<fault>",
    "</fault>",
    "<methodName>supervisor.getState</methodName>",
    "<methodName>system.multicall</methodName>",
    "<methodName>",
    "</methodName>",
    "<params>",
    "</params>",
    "<param>",
    "</param>",
    "<value>",
    "</value>",
    "<value/>",
    "<array><data>",
    "</data></array>",
    "<array/>",
    "<struct>",
    "</struct>",
    "<member><name>methodName</name>",
    "<member><name>params</name>",
    "</member>",
    "<int>-2147483648</int>",
    "<int>99999999999999999999999</int>",
    "<i8>1</i8>",
    "<boolean>1</boolean>",
    "<double>1e308</double>",
    "<double>nan</double>",
    "<string>",
    "</string>",
    "<base64>AAAA</base64>",
    "<base64>=</base64>",
    "<dateTime.iso8601>20260229T24:00:00</dateTime.iso8601>",
    "<nil/>",
    "<![CDATA[",
    "]]>",
    "<!--",
    "-->",
    "<?",
    "?>",
    "&#0;",
    "&#x10ffff;",
    "&#xd800;",
    "&amp;",
    "\u{feff}",
    "\u{fffe}",
    "\0",
    "\u{1b}",
    "cat",
    "many:*",
    "nosuch",
    ":",
    "all",
];

/// Lets daemon and client read these bytes, and tells in a few words what came of it.
#[must_use]
pub fn exercise(bytes: &[u8]) -> String {
    format!("{}\n{}", as_call(bytes), as_answer(bytes))
}

fn as_call(bytes: &[u8]) -> String {
    let call = match decode::call(bytes) {
        Ok(call) => call,
        Err(error) => return error.to_string(),
    };
    let written = encode::call(&call.method, &call.params);
    let again = decode::call(written.as_bytes());
    assert!(
        again.is_ok_and(|again| again.params.len() == call.params.len()),
        "it cannot be read again: {written}"
    );
    match Api::new([("supervisor", Interface::Supervisor)]).typed(&call.method, call.params) {
        Ok(Call::System(System::Multicall(calls))) => {
            format!("multicall {:?}", calls.first().map(|call| call.as_ref().map(std::mem::discriminant)))
        }
        Ok(Call::Command(command)) => format!("command {:?}", std::mem::discriminant(&command)),
        Ok(other) => format!("{other:?}"),
        Err(fault) => format!("{fault:?}"),
    }
}

fn as_answer(bytes: &[u8]) -> String {
    match decode::response(bytes) {
        Ok(Ok(value)) => {
            assert!(
                value.size() <= encode::response(&Ok(value.clone())).len() as u64,
                "it takes less than its size"
            );
            format!("value {:?}", std::mem::discriminant(&value))
        }
        Ok(Err(_)) => "fault".to_owned(),
        Err(error) => error.to_string(),
    }
}

/// The call of a seed.
#[must_use]
pub fn drawn(seed: u64) -> Vec<u8> {
    let mut random = Random::from_seed(seed);
    let count = random.index(4);
    let params: Vec<Value> = (0..count).map(|_| value(&mut random, 3)).collect();
    if random.per_mille(100) {
        let answer = params.into_iter().next().unwrap_or(Value::Nil);
        return encode::response(&Ok(answer)).into_bytes();
    }
    encode::call(&method(&mut random), &params).into_bytes()
}

/// Any method but those that end the daemon or have it read its configuration anew.
fn method(random: &mut Random) -> String {
    let methods = Api::new([("supervisor", Interface::Supervisor)]).list_methods();
    let names: Vec<&str> = methods.as_array().unwrap_or_default().iter().filter_map(Value::as_str).collect();
    let is_harmless = |name: &&str| !name.ends_with(".shutdown") && !name.ends_with(".restart");
    let names: Vec<&str> = names.into_iter().filter(is_harmless).collect();
    random.pick(&names).to_owned()
}

fn value(random: &mut Random, depth: usize) -> Value {
    let count = random.index(4);
    match random.index(if depth == 0 { 6 } else { 9 }) {
        0 => Value::Int(random.pick(&[0, 1, -1, 18, i64::from(i32::MAX), i64::from(i32::MIN)])),
        1 => Value::Bool(random.coin()),
        2 => Value::Double(random.pick(&[0.0, -1.5, 1e300])),
        3 => Value::Nil,
        4 => Value::String(random.pick(&["", "<&>\r\n", "ü", "CONT", "0"]).to_owned()),
        5 | 6 => Value::String(random.pick(&["cat", "idle", "many:*", "many:many_0", "nosuch"]).to_owned()),
        7 => Value::Array((0..count).map(|_| value(random, depth - 1)).collect()),
        _ => {
            let name = Value::String(method(random));
            let params = Value::Array((0..count).map(|_| value(random, depth - 1)).collect());
            Value::Struct(vec![("methodName".to_owned(), name), ("params".to_owned(), params)])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drawn_calls_can_be_read_and_are_told_apart() {
        let answers: std::collections::BTreeSet<String> =
            (0..200).map(|seed| exercise(&drawn(seed))).collect();
        assert!(answers.len() > 10, "{answers:?}");
        assert!(drawn(1) != drawn(2));
    }
}
