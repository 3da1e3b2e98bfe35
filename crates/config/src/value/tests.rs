use supervisor_core::effect::Level;
use supervisor_core::signal::Signal;
use supervisor_core::spec::AutoRestart;

use super::*;
use crate::memory::MemoryHost;

fn parse<T: ValueType>(text: &str) -> Result<T::Value, String> {
    let host = MemoryHost::new().with_dir("/start/logs").with_variable("HOME", "/tmp");
    T::parse(text, &Machine::new(&host, "/start"))
}

#[test]
fn sizes_know_three_units() {
    for (text, bytes) in [("5", 5), ("10KB", 10 << 10), ("1 mb", 1 << 20), ("3Gb", 3 << 30), ("-1kb", -1024)]
    {
        assert_eq!(parse::<ByteSize>(text), Ok(bytes), "{text}");
    }
    let refusal = |shown: &str| Err(format!("invalid literal for int() with base 10: '{shown}'"));
    assert_eq!(parse::<ByteSize>("1K"), refusal("1k"));
    assert_eq!(parse::<ByteSize>("1.5MB"), refusal("1.5"));
    assert_eq!(parse::<ByteSize>("999999999999GB"), Ok(i64::MAX));
}

#[test]
fn truth_has_eight_words() {
    for text in ["yes", "TRUE", "on", "1"] {
        assert_eq!(parse::<Boolean>(text), Ok(true), "{text}");
    }
    for text in ["no", "False", "off", "0"] {
        assert_eq!(parse::<Boolean>(text), Ok(false), "{text}");
    }
    assert_eq!(parse::<Boolean>("it's"), Err("not a valid boolean value: \"it's\"".to_owned()));
}

#[test]
fn octal_numbers_are_modes() {
    assert_eq!(parse::<Octal>("0o770"), Ok(0o770));
    assert_eq!(parse::<Octal>("9"), Err("9 can not be converted to an octal type".to_owned()));
    assert_eq!(parse::<Octal>("-1"), Err("-1 can not be converted to an octal type".to_owned()));
}

#[test]
fn signals_are_names_or_numbers() {
    assert_eq!(parse::<SignalName>(" sigHUP ").map(Signal::number), Ok(1));
    assert_eq!(parse::<SignalName>("9").map(Signal::number), Ok(9));
    assert_eq!(parse::<SignalName>("FOO"), Err("value 'FOO' is not a valid signal name".to_owned()));
    assert_eq!(parse::<SignalName>("65"), Err("value '65' is not a valid signal number".to_owned()));
    assert_eq!(parse::<SignalName>("0"), Err("value '0' is not a valid signal number".to_owned()));
}

#[test]
fn exit_codes_fit_a_byte() {
    assert_eq!(parse::<ExitCodes>("0, 2,255"), Ok(vec![0, 2, 255]));
    assert_eq!(parse::<ExitCodes>(""), Ok(vec![]));
    for text in ["256", "-1", "1,", "x"] {
        assert_eq!(parse::<ExitCodes>(text), Err(format!("not a valid list of exit codes: '{text}'")));
    }
}

#[test]
fn a_list_keeps_its_empty_items() {
    assert_eq!(parse::<List>("a, b ,"), Ok(vec!["a".to_owned(), "b".to_owned(), String::new()]));
    assert_eq!(parse::<List>(""), Ok(vec![]));
}

#[test]
fn a_name_has_no_blank_colon_or_slash() {
    assert_eq!(parse::<Name>(" a%*é\t"), Ok("a%*é".to_owned()));
    assert_eq!(parse::<Name>("a/b:c d"), Err("Invalid name: 'a/b:c d' because of character: ' '".to_owned()));
    assert_eq!(parse::<Name>("a/b:c"), Err("Invalid name: 'a/b:c' because of character: ':'".to_owned()));
}

#[test]
fn paths_need_their_directory() {
    assert_eq!(parse::<ExistingDirectory>("logs"), Ok("logs".to_owned()));
    assert_eq!(parse::<ExistingDirectory>("~"), Ok("/tmp".to_owned()));
    assert_eq!(parse::<ExistingDirectory>("nope"), Err("nope is not an existing directory".to_owned()));
    assert_eq!(parse::<FilePath>("x.log"), Ok("x.log".to_owned()));
    assert_eq!(parse::<FilePath>("~/x.log"), Ok("/tmp/x.log".to_owned()));
    assert_eq!(
        parse::<FilePath>("~/no/x.log"),
        Err("The directory named as part of the path ~/no/x.log does not exist".to_owned())
    );
}

#[test]
fn child_logs_have_three_magic_words() {
    for (text, log) in [
        ("NONE", ChildLog::None),
        ("off", ChildLog::None),
        ("Auto", ChildLog::Auto),
        ("syslog", ChildLog::Syslog),
        ("logs/x", ChildLog::File("logs/x".to_owned())),
        ("", ChildLog::File(String::new())),
    ] {
        assert_eq!(parse::<ChildLogFile>(text), Ok(log), "{text}");
    }
}

#[test]
fn levels_have_seven_names() {
    assert_eq!(parse::<LevelName>("BLATHER"), Ok(Level::Blather));
    assert_eq!(parse::<LevelName>("Warning"), Err("bad logging level name 'Warning'".to_owned()));
}

#[test]
fn users_are_looked_up_by_name_or_id() {
    assert_eq!(parse::<UserName>("daemon").map(|user| user.uid), Ok(1));
    assert_eq!(parse::<UserName>("1").map(|user| user.name), Ok("daemon".to_owned()));
    assert_eq!(parse::<UserName>("77"), Err("Invalid user id 77".to_owned()));
    assert_eq!(parse::<UserName>("-1"), Err("Invalid user id -1".to_owned()));
    assert_eq!(parse::<UserName>(""), Err("Invalid user name ".to_owned()));
}

#[test]
fn an_owner_without_group_leaves_the_group_alone() {
    assert_eq!(parse::<Owner>("daemon"), Ok((Some(1), None)));
    assert_eq!(parse::<Owner>("daemon:65534"), Ok((Some(1), Some(65534))));
    assert_eq!(parse::<Owner>("daemon:nope"), Err("Invalid user:group definition daemon:nope".to_owned()));
}

#[test]
fn an_address_has_a_port_and_perhaps_a_host() {
    let endpoint = |host: &str, port| Ok(InetEndpoint { host: host.to_owned(), port });
    assert_eq!(parse::<InetAddress>("9001"), endpoint("", 9001));
    assert_eq!(parse::<InetAddress>("*:9001"), endpoint("", 9001));
    assert_eq!(parse::<InetAddress>("LocalHost:1"), endpoint("localhost", 1));
    assert_eq!(parse::<InetAddress>("::1:80"), endpoint("::1", 80));
    for (text, message) in [
        ("x", "not a valid port number: 'x' "),
        ("0", "not a valid port number: '0' "),
        ("h:", "no port number specified in ''"),
        ("h:0", "0 is below lower bound (1)"),
        ("h:65536", "65536 is above upper bound (65535)"),
        ("h:x", "invalid literal for int() with base 10: 'x'"),
    ] {
        assert_eq!(parse::<InetAddress>(text), Err(message.to_owned()), "{text}");
    }
}

#[test]
fn autorestart_is_a_truth_value_or_unexpected() {
    assert_eq!(parse::<Restart>("Yes"), Ok(AutoRestart::True));
    assert_eq!(parse::<Restart>("0"), Ok(AutoRestart::False));
    assert_eq!(parse::<Restart>("UNEXPECTED"), Ok(AutoRestart::Unexpected));
    assert_eq!(parse::<Restart>("Maybe"), Err("invalid 'autorestart' value 'maybe'".to_owned()));
}
