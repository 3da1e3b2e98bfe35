use super::*;
use crate::codes::Code;

fn finding(excerpt: &str, line: usize, column: usize, length: usize) -> Finding {
    let place = Place {
        path: "/s.conf".to_owned(),
        line,
        column,
        length,
        excerpt: excerpt.to_owned(),
        indent: column - 1,
        marked: length,
        secrets: Vec::new(),
    };
    Finding {
        severity: Severity::Warning,
        code: Code::UnknownOption,
        message: "odd".to_owned(),
        place: Some(place),
        hint: None,
    }
}

#[test]
fn the_marker_stands_below_the_piece() {
    assert_eq!(
        block(&finding("  a = é b", 100, 7, 1)),
        "   --> /s.conf:100:7\n    |\n100 |   a = é b\n    |       ^\n"
    );
}

#[test]
fn a_marker_ends_with_its_line() {
    let block = block(&finding("abc", 1, 2, 50));
    assert!(block.ends_with(" |  ^^\n"), "{block}");
}

#[test]
fn without_a_place_there_is_a_hint_only() {
    let finding = Finding { place: None, hint: Some("do".to_owned()), ..finding("", 1, 1, 1) };
    assert_eq!(block(&finding), "  = help: do\n");
    assert_eq!(block(&Finding { hint: None, ..finding }), "");
}

#[test]
fn what_is_not_shown_is_counted() {
    let report = Report { path: "s".to_owned(), findings: Vec::new(), unshown: 3 };
    assert_eq!(report.render(Format::Text), "s: 0 errors, 0 warnings\n3 more are not shown\n");
}
