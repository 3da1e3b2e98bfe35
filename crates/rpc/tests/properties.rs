//! What holds for every value and for every byte.

use proptest::prelude::*;
use supervisor_core::state::ProcessState;
use supervisor_rpc::fault::FaultValue;
use supervisor_rpc::info::ProcessInfo;
use supervisor_rpc::value::Value;
use supervisor_rpc::{decode, encode};

/// Text that XML can carry, with a liking for what is awkward in it.
fn text() -> impl Strategy<Value = String> {
    let awkward =
        prop::sample::select(vec!['&', '<', '>', '\r', '\n', '\t', ' ', ']', '"', '\'', 'ü', '😀', '\u{7f}']);
    let carried = |c: &char| !matches!(*c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}');
    let any = any::<char>().prop_filter("XML cannot carry it", carried);
    prop::collection::vec(prop_oneof![awkward, any], 0..12).prop_map(String::from_iter)
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        any::<i32>().prop_map(Value::from),
        any::<bool>().prop_map(Value::Bool),
        text().prop_map(Value::String),
        prop::num::f64::NORMAL.prop_map(Value::Double),
        Just(Value::DateTime("20261122T06:08:00".to_owned())),
        Just(Value::Nil),
    ];
    leaf.prop_recursive(6, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::Array),
            prop::collection::vec((text(), inner), 0..6).prop_map(Value::Struct),
        ]
    })
}

fn process(name: String) -> ProcessInfo {
    ProcessInfo {
        group: name.clone(),
        name,
        start: 1,
        stop: 0,
        now: 2,
        state: ProcessState::Running,
        spawnerr: String::new(),
        exitstatus: -1,
        stdout_logfile: "/log".to_owned(),
        stderr_logfile: String::new(),
        pid: 7,
        description: "pid 7, uptime 0:00:01".to_owned(),
    }
}

/// Bytes that look like XML-RPC from afar.
fn soup() -> impl Strategy<Value = Vec<u8>> {
    let tags = [
        "methodCall",
        "methodName",
        "params",
        "param",
        "value",
        "int",
        "boolean",
        "string",
        "double",
        "base64",
        "dateTime.iso8601",
        "array",
        "data",
        "struct",
        "member",
        "name",
        "fault",
        "nil",
    ];
    let piece = prop_oneof![
        prop::sample::select(tags.to_vec()).prop_map(|tag| format!("<{tag}>").into_bytes()),
        prop::sample::select(tags.to_vec()).prop_map(|tag| format!("</{tag}>").into_bytes()),
        prop::sample::select(tags.to_vec()).prop_map(|tag| format!("<{tag}/>").into_bytes()),
        prop::sample::select(vec![
            "<![CDATA[",
            "]]>",
            "<!--",
            "-->",
            "<!DOCTYPE a [",
            "<?xml version='1.0'?>",
            "&amp;",
            "&#x0;"
        ])
        .prop_map(|text| text.as_bytes().to_vec()),
        prop::collection::vec(any::<u8>(), 0..4),
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn a_value_survives_the_way_there(method in "[a-z]{1,8}\\.[a-z]{1,8}", params in prop::collection::vec(value(), 0..4)) {
        let call = decode::call(encode::call(&method, &params).as_bytes());
        prop_assert_eq!(call, Ok(decode::MethodCall { method, params }));
    }

    #[test]
    fn a_value_survives_the_way_back(value in value()) {
        let outcome = Ok(value);
        prop_assert_eq!(decode::response(encode::response(&outcome).as_bytes()), Ok(outcome));
    }

    #[test]
    fn a_value_takes_no_less_than_its_size(value in value()) {
        let size = value.size();
        prop_assert!(encode::response(&Ok(value)).len() as u64 >= size);
    }

    #[test]
    fn a_fault_survives_the_way_back(code in any::<i32>(), text in text()) {
        let outcome = Err(FaultValue { code: i64::from(code), text });
        prop_assert_eq!(decode::response(encode::response(&outcome).as_bytes()), Ok(outcome));
    }

    #[test]
    fn any_text_makes_a_document_that_can_be_read(text in any::<String>()) {
        let xml = encode::call("a.b", &[Value::String(text.clone())]);
        let call = decode::call(xml.as_bytes()).expect("well-formed");
        prop_assert_eq!(call.params[0].as_str().map(|carried| carried.chars().count()), Some(text.chars().count()));
    }

    #[test]
    fn processes_are_read_as_a_tree_of_values_has_them(
        names in prop::collection::vec(text(), 0..3),
        at in any::<prop::sample::Index>(),
        removed in 0..16_usize,
        piece in prop::sample::select(vec![
            "", " ", "<", "&", "\r", "]]>", "<!-- a -->", "<nil/>", "&amp;", "<int>1</int>", "</value>", "<member>", "\u{e9}",
        ]),
    ) {
        let infos = names.into_iter().map(|name| process(name).to_value()).collect();
        let mut xml = encode::response(&Ok(Value::Array(infos))).into_bytes();
        let from = at.index(xml.len());
        let to = xml.len().min(from + removed);
        xml.splice(from..to, piece.bytes());
        let in_tree = |value: Value| value.as_array()?.iter().map(ProcessInfo::from_value).collect();
        let expected = decode::response(&xml).map(|outcome| outcome.map(in_tree));
        prop_assert_eq!(ProcessInfo::read_all(&xml), expected);
    }

    #[test]
    fn no_bytes_make_the_decoder_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), soup in soup()) {
        for body in [bytes, soup] {
            let _ = decode::call(&body);
            let _ = decode::response(&body);
        }
    }
}
