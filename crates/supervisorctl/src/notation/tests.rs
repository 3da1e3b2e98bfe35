use super::*;

fn list(items: &[Value]) -> Value {
    Value::Array(items.to_vec())
}

fn dictionary(members: &[(&str, Value)]) -> Value {
    Value::Struct(members.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect())
}

/// The expected texts are what Python's `pprint` printed.
#[test]
fn values_are_written_as_python_does() {
    let cases: Vec<(Value, &str)> = vec![
        (Value::Int(1), "1"),
        (true.into(), "True"),
        (Value::Nil, "None"),
        ("it's".into(), "\"it's\""),
        ("say \"it's\"".into(), "'say \"it\\'s\"'"),
        (Value::Double(1.5), "1.5"),
        (Value::Double(1e+16), "1e+16"),
        (Value::Double(1e-05), "1e-05"),
        (Value::Double(123456789.0), "123456789.0"),
        (Value::Double(-0.0), "-0.0"),
        (Value::Double(f64::INFINITY), "inf"),
        (list(&[]), "[]"),
        (dictionary(&[]), "{}"),
        (list(&["a".into(), Value::Int(1), false.into()]), "['a', 1, False]"),
        (dictionary(&[("b", Value::Int(1)), ("a", list(&[Value::Nil]))]), "{'a': [None], 'b': 1}"),
        ("words of a text that goes on and on, words of a text that goes on and on, words of a text that goes on and on, ".into(), "('words of a text that goes on and on, words of a text that goes on and on, '\n 'words of a text that goes on and on, ')"),
        ("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx".into(), "'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'"),
        ("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx y".into(), "('xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx '\n 'y')"),
        ("one\ntwo\r\nwords of a text that goes on and on, words of a text that goes on and on, words of a text that goes on and on, \nend".into(), "('one\\n'\n 'two\\r\\n'\n 'words of a text that goes on and on, words of a text that goes on and on, '\n 'words of a text that goes on and on, \\n'\n 'end')"),
        ("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa".into(), "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'"),
        ("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa".into(), "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'"),
        ("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa".into(), "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'"),
        (list(&["k0k0k0k0k0k0k0k0k0".into(), "k1k1k1k1k1k1k1k1k1".into(), "k2k2k2k2k2k2k2k2k2".into(), "k3k3k3k3k3k3k3k3k3".into(), "k4k4k4k4k4k4k4k4k4".into(), "k5k5k5k5k5k5k5k5k5".into(), "k6k6k6k6k6k6k6k6k6".into(), "k7k7k7k7k7k7k7k7k7".into()]), "['k0k0k0k0k0k0k0k0k0',\n 'k1k1k1k1k1k1k1k1k1',\n 'k2k2k2k2k2k2k2k2k2',\n 'k3k3k3k3k3k3k3k3k3',\n 'k4k4k4k4k4k4k4k4k4',\n 'k5k5k5k5k5k5k5k5k5',\n 'k6k6k6k6k6k6k6k6k6',\n 'k7k7k7k7k7k7k7k7k7']"),
        (list(&["words of a text that goes on and on, words of a text that goes on and on, words of a text that goes on and on, ".into(), "b".into()]), "['words of a text that goes on and on, words of a text that goes on and on, '\n 'words of a text that goes on and on, ',\n 'b']"),
        (dictionary(&[("key", "words of a text that goes on and on, words of a text that goes on and on, words of a text that goes on and on, ".into()), ("other", list(&["xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx".into(), "yyyyyyyyyyyyyyyyyyyyyyyyyyyyyy".into()]))]), "{'key': 'words of a text that goes on and on, words of a text that goes on and '\n        'on, words of a text that goes on and on, ',\n 'other': ['xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx',\n           'yyyyyyyyyyyyyyyyyyyyyyyyyyyyyy']}"),
        (dictionary(&[("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", dictionary(&[("bbbbbbbbbbbbbbbbbbbbbbbbbbbbbb", dictionary(&[("cccccccccc", "words of a text that goes on and on, words of a text that goes on and on, ".into())]))]))]), "{'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa': {'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbb': {'cccccccccc': 'words '\n                                                                                     'of '\n                                                                                     'a '\n                                                                                     'text '\n                                                                                     'that '\n                                                                                     'goes '\n                                                                                     'on '\n                                                                                     'and '\n                                                                                     'on, '\n                                                                                     'words '\n                                                                                     'of '\n                                                                                     'a '\n                                                                                     'text '\n                                                                                     'that '\n                                                                                     'goes '\n                                                                                     'on '\n                                                                                     'and '\n                                                                                     'on, '}}}"),
        (list(&[list(&["xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx".into(), "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx".into()]), dictionary(&[("n", "üüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüü".into()), ("m", "üüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüü".into())])]), "[['xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx',\n  'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'],\n {'m': 'üüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüü',\n  'n': 'üüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüü'}]"),
        ("line\nline\nline\n".into(), "'line\\nline\\nline\\n'"),
        ("tab\u{9}and tab\u{9}and tab\u{9}and tab\u{9}and tab\u{9}and tab\u{9}and tab\u{9}and tab\u{9}and tab\u{9}and tab\u{9}and tab\u{9}and tab\u{9}and tab\u{9}and tab\u{9}and tab\u{9}and ".into(), "('tab\\tand tab\\tand tab\\tand tab\\tand tab\\tand tab\\tand tab\\tand tab\\tand tab\\t'\n 'and tab\\tand tab\\tand tab\\tand tab\\tand tab\\tand tab\\tand ')"),
        (list(&["aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa".into()]), "['aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa']"),
        (list(&["aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa".into()]), "['aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa']"),
        (list(&["aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa".into()]), "['aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa']"),
        (list(&["words of a text that goes on and on, words of a text that goes on and on, xxx".into()]), "['words of a text that goes on and on, words of a text that goes on and on, '\n 'xxx']"),
    ];
    for (value, expected) in cases {
        assert_eq!(in_lines(&value), expected);
    }
}

#[test]
fn a_name_that_stands_twice_has_its_last_value() {
    assert_eq!(in_lines(&dictionary(&[("a", 1.into()), ("a", 2.into())])), "{'a': 2}");
}
