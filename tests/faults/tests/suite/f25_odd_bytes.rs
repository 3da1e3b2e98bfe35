//! F25: a log with bytes that are no text.

use std::fs;
use std::io::Read as _;

use supervisor_faults::client::{head, say};
use supervisor_faults::stage::stage;
use supervisor_worlds::world::World;

const ODD: &[u8] = b"a\0b\x1b[31mc\xff\xfe d\x01\x7f <&> \xc3\xa4\n";

fn call(world: &World, method: &str, length: u32) -> String {
    let body = format!(
        "<methodCall><methodName>supervisor.{method}</methodName><params><param><value>odd</value></param>\
         <param><value><int>0</int></value></param><param><value><int>{length}</int></value></param></params></methodCall>"
    );
    let head = head(body.len()).replace("Host:", "Connection: close\r\nHost:");
    let mut answer = Vec::new();
    say(world, &(head + &body)).read_to_end(&mut answer).expect("an answer");
    String::from_utf8(answer).expect("an answer in UTF-8")
}

/// Whether XML 1.0 allows it.
fn is_legal(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

#[test]
fn bytes_that_are_no_text_are_legal_in_xml_and_exact_in_a_stream() {
    let scene = stage(
        "[program:odd]\ncommand=/bin/sh -c 'cat %(here)s/odd; exec sleep 1000'\nstartsecs=0\n\
         stdout_logfile=%(here)s/odd.log\n",
    );
    fs::write(scene.path("odd"), ODD).expect("a file can be written");
    let world = scene.open();
    supervisor_worlds::patience::wait_until("its log", || {
        fs::read(world.path("odd.log")).is_ok_and(|log| log == ODD)
    });
    for (method, length) in [("readProcessStdoutLog", 0), ("tailProcessStdoutLog", 1000)] {
        let answer = call(&world, method, length);
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
        let body = answer.split_once("\r\n\r\n").map(|(_, body)| body).unwrap_or_default();
        assert!(body.contains("[31mc") && body.contains('\u{e4}'), "{body}");
        assert_eq!(body.chars().find(|&character| !is_legal(character)), None, "{body:?}");
    }
    assert_eq!(world.ctl(&["tail", "odd"]).code, Some(0));
    let mut stream = say(&world, "GET /logtail/odd/stdout HTTP/1.1\r\nHost: localhost\r\n\r\n");
    let mut seen = Vec::new();
    while !seen.windows(ODD.len()).any(|window| window == ODD) {
        let mut buffer = [0; 4096];
        let count = stream.read(&mut buffer).expect("the bytes of the log");
        assert!(count > 0, "the stream ended: {seen:?}");
        seen.extend_from_slice(&buffer[..count]);
    }
    drop(stream);
    world.shut_down();
}
