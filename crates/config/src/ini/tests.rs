use proptest::prelude::*;

use super::*;
use crate::error::ConfigError;

fn read(text: &str) -> Result<Document, ConfigError> {
    let mut document = Document::default();
    let file = Arc::new(SourceFile::new("s.conf".to_owned(), "/etc".to_owned(), text.to_owned()));
    let messages = Messages::default();
    parse(&mut document, &file, &messages);
    messages.refusal().map_or(Ok(document), Err)
}

/// Every section and option as `[section] name=value`, the value quoted as Python does.
fn shown(text: &str) -> String {
    match read(text) {
        Err(error) => error.message,
        Ok(document) => {
            let lines = document.sections().map(|section| {
                let settings = document.settings(section);
                let settings = settings.map(|setting| format!(" {}={}", setting.name, repr(&setting.value)));
                format!("[{}]{}", section.name, settings.collect::<String>())
            });
            lines.collect::<Vec<_>>().join("\n")
        }
    }
}

#[test]
fn an_inline_comment_begins_after_a_blank_and_quotes_do_not_protect() {
    for (line, value) in [
        ("v=a ; b", "a"),
        ("v=a\t# b", "a"),
        ("v=a;b#c", "a;b#c"),
        ("v=bash -c 'a ; b'", "bash -c 'a"),
        ("v=b;c ;d #e", "b;c ;d"),
        ("v=b#c ;d", "b#c"),
        ("v=;", ";"),
        ("v= ;", ""),
    ] {
        assert_eq!(shown(&format!("[s]\n{line}")), format!("[s] v={}", repr(value)), "{line}");
    }
}

#[test]
fn a_value_goes_on_in_lines_that_are_indented_more() {
    assert_eq!(shown("[s]\na=1\n 2\n  [x]\n\t; gone\n k=v\nb=3\n"), "[s] a='1\\n2\\n[x]\\nk=v' b='3'");
    assert_eq!(shown("[s]\n  a=1\n  b=2\n   3\n"), "[s] a='1' b='2\\n3'");
}

#[test]
fn empty_lines_belong_to_a_value_except_at_its_end() {
    assert_eq!(shown("[s]\na=1\n\n 2\n\n\nb=3"), "[s] a='1\\n\\n2' b='3'");
}

#[test]
fn a_header_runs_to_its_last_bracket() {
    assert_eq!(shown("[program:a] foo"), "[program:a]");
    assert_eq!(shown("[program:a]b]"), "[program:a]b]");
    assert_eq!(shown(" [ x ]"), "[ x ]");
    assert_eq!(shown("[s]\n[program:a"), "[s] [program='a'");
}

#[test]
fn keys_are_lower_case_and_end_at_the_first_delimiter() {
    assert_eq!(shown("[s]\nCommand:x = cat\na.b c=\n"), "[s] command='x = cat' a.b c=''");
}

#[test]
fn repeated_sections_are_merged_and_repeated_keys_overwrite() {
    assert_eq!(shown("[a]\nx=1\ny=2\n[b]\n[a]\nx=3\n"), "[a] x='3' y='2'\n[b]");
}

#[test]
fn defaults_show_in_every_section_but_are_none() {
    assert_eq!(shown("[DEFAULT]\nx=1\n[a]\n[b]\nx=2\n"), "[a] x='1'\n[b] x='2'");
}

#[test]
fn every_line_end_is_accepted() {
    assert_eq!(shown("[s]\r\na=1\rb=2\r\n c\n"), "[s] a='1' b='2\\nc'");
}

#[test]
fn text_before_the_first_header_is_refused_at_once() {
    assert_eq!(shown("\n# c\nx=1\n"), "File contains no section headers.\nfile: 's.conf', line: 3\n'x=1\\n'");
}

#[test]
fn lines_that_are_nothing_are_all_named() {
    let lines = "[s]\njunk\n[]\n=x\nend".to_owned();
    assert_eq!(
        shown(&lines),
        "Source contains parsing errors: 's.conf'\n\t[line  2]: 'junk\\n'\n\t[line  3]: '[]\\n'\n\t\
         [line  4]: '=x\\n'\n\t[line  5]: 'end'"
    );
}

#[test]
fn every_option_remembers_the_line_that_last_set_it() {
    let document = read("[s]\na=1\n 2\nb=3\n[s]\nb=4\n").unwrap();
    let line = |name| document.setting("s", name).map(|setting| setting.origin.to_string());
    assert_eq!(line("a").as_deref(), Some("s.conf:2"));
    assert_eq!(line("b").as_deref(), Some("s.conf:6"));
    assert_eq!(document.section_origin("s").map(|origin| origin.line), Some(1));
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in "(\\[s\\]\n)?(\\PC|[\\[\\]=:;# \t\r\n])*") {
        let _ = read(&text);
    }

    #[test]
    fn no_value_ends_with_a_blank(text in "\\[s\\]\n([ab=:;#\n \u{a0}]{0,40})") {
        if let Ok(document) = read(&text) {
            for setting in document.sections().flat_map(|section| &section.settings) {
                prop_assert_eq!(strip_end(&setting.value), setting.value.as_str());
            }
        }
    }
}
