use proptest::prelude::*;

use super::*;
use crate::scope::{EnvironmentVariables, Scope};

fn expanded(text: &str) -> Result<String, String> {
    let mut environment = EnvironmentVariables::default();
    environment.extend([("HOME".to_owned(), "/root".to_owned())]);
    let mut scope = Scope::new(&environment).text("program_name", "cat").text("a(b)c", "it's");
    scope.set("process_num", Variable::Number(7));
    let at = At { name: "program:cat.command", wants_hints: true };
    expand(text, scope.seen_from(Some("/etc")), at).map_err(|remark| remark.message)
}

fn reason(text: &str) -> String {
    let message = expanded(text).unwrap_err();
    let prefix = format!("Format string {} for 'program:cat.command' is badly formatted: ", repr(text));
    message.strip_prefix(&prefix).unwrap_or_else(|| panic!("{message}")).to_owned()
}

#[test]
fn names_are_replaced_by_what_they_stand_for() {
    for (text, expected) in [
        ("plain", "plain"),
        ("%(program_name)s-%(here)s", "cat-/etc"),
        ("%(ENV_HOME)s", "/root"),
        ("100%%", "100%"),
        ("%(a(b)c)s", "it's"),
        ("%(program_name)5s|%(program_name)-5s|%(program_name).2s", "  cat|cat  |ca"),
        ("%(a(b)c)r %(program_name)a", "\"it's\" 'cat'"),
    ] {
        assert_eq!(expanded(text).as_deref(), Ok(expected), "{text}");
    }
}

#[test]
fn numbers_have_python_s_formats() {
    for (text, expected) in [
        ("%(process_num)d", "7"),
        ("%(process_num)02d", "07"),
        ("%(process_num)+d|%(process_num) d|%(process_num)-3d|", "+7| 7|7  |"),
        ("%(process_num)#o %(process_num)#06x", "0o7 0x0007"),
        ("%(process_num).3d", "007"),
        ("%(process_num)f %(process_num).1e %(process_num)g", "7.000000 7.0e+00 7"),
        ("%(process_num)ld", "7"),
        ("%(process_num)c", "\u{7}"),
    ] {
        assert_eq!(expanded(text).as_deref(), Ok(expected), "{text}");
    }
}

#[test]
fn an_unknown_name_is_refused_with_the_known_ones() {
    assert_eq!(
        expanded("x %(nope)s").unwrap_err(),
        "Format string 'x %(nope)s' for 'program:cat.command' contains names ('nope') which cannot be \
         expanded. Available names: ENV_HOME, a(b)c, here, process_num, program_name"
    );
}

#[test]
fn what_is_no_conversion_is_refused_in_python_s_words() {
    for (text, expected) in [
        ("a%", "incomplete format"),
        ("%(program_name)", "incomplete format"),
        ("%(program_name", "incomplete format key"),
        ("50%Y", "unsupported format character 'Y' (0x59) at index 3"),
        ("%é", "unsupported format character '?' (0xe9) at index 1"),
        ("%(program_name)d", "%d format: a real number is required, not str"),
        ("%(program_name)x", "%x format: an integer is required, not str"),
        ("%d", "%d format: a real number is required, not dict"),
        ("%x", "%x format: an integer is required, not dict"),
        ("%*d", "* wants int"),
        ("%(program_name)s %s", "not enough arguments for format string"),
        ("%(process_num)*d", "not enough arguments for format string"),
        ("%(program_name)99999999999s", "width too big"),
    ] {
        assert_eq!(reason(text), expected, "{text}");
    }
}

#[test]
fn a_conversion_without_a_name_never_shows_the_environment() {
    assert_eq!(reason("date +%s"), "a name in parentheses is required after %; write %%s for a plain %s");
    assert!(reason("%r").contains("name in parentheses"));
}

proptest! {
    #[test]
    fn any_text_is_expanded_or_refused(
        text in "(%|\\(|\\)|here|process_num|[-+ #0-9.*hlLdiouxXeEfFgGcrsa]|\\PC){0,30}",
    ) {
        let _ = expanded(&text);
    }

    #[test]
    fn text_without_percent_signs_stays_as_it_is(text in "[^%]{0,40}") {
        prop_assert_eq!(expanded(&text), Ok(text));
    }

    #[test]
    fn doubled_percent_signs_come_out_single(text in "\\PC{0,40}") {
        prop_assert_eq!(expanded(&text.replace('%', "%%")), Ok(text));
    }
}
