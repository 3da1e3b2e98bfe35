//! Rules that one file can break by itself.

use crate::tidy::tree::SourceFile;

const SOURCE_LINES_MAX: usize = 500;
const TEST_LINES_MAX: usize = 800;

/// A file is a noun and one idea; these name neither.
const SHAPELESS_NAMES: &[&str] = &["util", "utils", "helper", "helpers", "common", "misc", "manager"];

/// Crates that decide and never touch the world.
const PURE: &[&str] = &["crates/core/src/", "crates/config/src/", "crates/rpc/src/"];
const IMPURE_WORDS: &[&str] = &[
    "std::fs",
    "std::net",
    "std::os",
    "std::process",
    "std::thread",
    "Instant::now",
    "SystemTime",
    "tokio::",
    "libc::",
    "nix::",
];

/// Where waiting and killing is implemented with pauses, so that tests need none.
const MAY_SLEEP: &[&str] = &[
    "tests/compat/src/deadline.rs",
    "tests/compat/src/bin/compat-guard.rs",
    "tests/worlds/src/patience.rs",
    "tests/worlds/src/bin/warden.rs",
];

/// Before a line that sleeps because the time that passes is what is examined.
const SLEEP_REASON: &str = "// Sleeps because ";

/// Places of one machine that must not get into the repository. Split, so that this file has none.
const MACHINE_PATHS: &[&str] =
    &[concat!("/wo", "rk/"), concat!("/tmp/", "ref-"), concat!("/tmp/", "target-")];

/// What this file breaks.
pub(crate) fn check(file: &SourceFile) -> Vec<String> {
    let mut findings = Vec::new();
    check_machine_paths(file, &mut findings);
    if file.is_rust() {
        check_size_and_name(file, &mut findings);
        check_code_lines(file, &mut findings);
    }
    findings
}

fn check_size_and_name(file: &SourceFile, findings: &mut Vec<String>) {
    let limit = if file.is_test() { TEST_LINES_MAX } else { SOURCE_LINES_MAX };
    let count = file.text.lines().count();
    if count > limit {
        findings.push(format!("{}: {count} lines, at most {limit}", file.path));
    }
    if file.stem().split(['_', '-']).any(|word| SHAPELESS_NAMES.contains(&word)) {
        findings.push(format!("{}: a file is named after what it holds", file.path));
    }
}

fn check_code_lines(file: &SourceFile, findings: &mut Vec<String>) {
    let is_pure = PURE.iter().any(|folder| file.path.starts_with(folder));
    let may_sleep = MAY_SLEEP.contains(&file.path.as_str());
    let first_test_line = file.first_test_line();
    let lines: Vec<&str> = file.text.lines().collect();
    let has_reason = |number: usize| number > 0 && lines[number - 1].contains(SLEEP_REASON);
    for (number, line) in file.code.lines().enumerate() {
        let mut find = |what: &str| findings.push(format!("{}:{}: {what}", file.path, number + 1));
        if is_pure {
            for word in IMPURE_WORDS.iter().filter(|word| line.contains(**word)) {
                find(&format!("{word} in a pure crate"));
            }
            if line.contains("std::time") && !line.contains("std::time::Duration") {
                find("std::time in a pure crate: time is an argument");
            }
        }
        if has_word(line, "unsafe") && !file.path.starts_with("crates/sys/") {
            find("unsafe outside crates/sys");
        }
        if line.contains("#[ignore]") {
            find("#[ignore] without a reason");
        }
        if number >= first_test_line && !may_sleep && has_word(line, "sleep") && !has_reason(number) {
            find("a test that sleeps and gives no reason in a line `// Sleeps because …` above");
        }
    }
}

fn check_machine_paths(file: &SourceFile, findings: &mut Vec<String>) {
    for (number, line) in file.text.lines().enumerate() {
        for path in MACHINE_PATHS.iter().filter(|path| line.contains(**path)) {
            findings.push(format!("{}:{}: {path} is a place of one machine", file.path, number + 1));
        }
    }
}

/// Whether `word` stands in `line` as a whole identifier.
fn has_word(line: &str, word: &str) -> bool {
    let is_part = |char: char| char.is_alphanumeric() || char == '_';
    line.match_indices(word)
        .any(|(at, _)| !line[..at].ends_with(is_part) && !line[at + word.len()..].starts_with(is_part))
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::tidy::tree::SourceFile;

    fn findings(path: &str, text: &str) -> usize {
        check(&SourceFile::new(path, text)).len()
    }

    #[test]
    fn the_clock_and_the_file_system_are_kept_out_of_pure_crates_only() {
        assert_eq!(findings("crates/core/src/a.rs", "use std::time::Instant;\n"), 1);
        assert_eq!(findings("crates/core/src/a.rs", "use std::time::Duration;\n"), 0);
        assert_eq!(findings("crates/config/src/a.rs", "let x = std::fs::read(y);\n"), 1);
        assert_eq!(findings("crates/host/src/a.rs", "let x = std::fs::read(y);\n"), 0);
        assert_eq!(findings("crates/core/src/a.rs", "// never std::fs here\n"), 0);
    }

    #[test]
    fn unsafe_lives_in_sys_alone() {
        assert_eq!(findings("crates/sys/src/a.rs", "unsafe { x() }\n"), 0);
        assert_eq!(findings("crates/host/src/a.rs", "unsafe { x() }\n"), 1);
        assert_eq!(findings("crates/host/src/a.rs", "#![forbid(unsafe_code)]\n"), 0);
    }

    #[test]
    fn tests_do_not_sleep_and_say_why_they_are_ignored() {
        assert_eq!(findings("crates/host/src/a.rs", "fn f() { thread::sleep(x); }\n"), 0);
        assert_eq!(findings("crates/host/src/a.rs", "#[cfg(test)]\nmod t { fn f() { sleep(x); } }\n"), 1);
        assert_eq!(findings("crates/host/tests/a.rs", "fn f() { sleep(x); }\n"), 1);
        assert_eq!(findings("crates/host/tests/a.rs", "// Sleeps because it must\nsleep(x);\n"), 0);
        assert_eq!(findings("crates/host/tests/a.rs", "#[ignore]\nfn f() {}\n"), 1);
        assert_eq!(
            findings("crates/host/tests/a.rs", "#[ignore = \"needs a second machine\"]\nfn f() {}\n"),
            0
        );
    }

    #[test]
    fn files_have_names_and_a_size() {
        assert_eq!(findings("crates/host/src/path_utils.rs", ""), 1);
        assert_eq!(findings("crates/host/src/a.rs", &"\n".repeat(501)), 1);
        assert_eq!(findings("crates/host/tests/a.rs", &"\n".repeat(501)), 0);
        assert_eq!(findings("README.md", &format!("see {}x\n", concat!("/wo", "rk/"))), 1);
    }
}
