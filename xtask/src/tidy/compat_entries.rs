//! COMPAT.md and the source agree.
//!
//! In COMPAT.md an entry is a heading `### name` with at least one line `Test: path::of::test`. In the source
//! a line that is only there to be like the reference says `// Compat: name`, one that deliberately is not
//! says `// Differs: name`, and a scenario of the two-sided suite says `differs("name", …)`.

use std::collections::BTreeMap;

use crate::tidy::tree::SourceFile;

const DOCUMENT: &str = "COMPAT.md";

/// Marks without entry, entries without test, tests that do not exist.
pub(crate) fn check(files: &[SourceFile]) -> Vec<String> {
    let document = files.iter().find(|file| file.path == DOCUMENT);
    let entries = document.map(|file| entries(&file.text)).unwrap_or_default();
    let rust: Vec<_> =
        files.iter().filter(|file| file.is_rust() && !file.path.starts_with("xtask/src/tidy/")).collect();
    let mut findings = Vec::new();
    for file in &rust {
        for (line, name) in marks(&file.text) {
            if !entries.contains_key(name) {
                findings.push(format!("{}:{line}: {DOCUMENT} has no entry `### {name}`", file.path));
            }
        }
    }
    for (name, tests) in &entries {
        if tests.is_empty() {
            findings.push(format!(
                "{DOCUMENT}: the entry {name} names no test: add a line `Test: path::of::test`"
            ));
        }
        for test in tests {
            let function = format!("fn {}(", test.rsplit("::").next().unwrap_or(test));
            if !rust.iter().any(|file| file.text.contains(&function)) {
                findings.push(format!(
                    "{DOCUMENT}: the entry {name} names the test {test}, which does not exist"
                ));
            }
        }
    }
    findings
}

/// Names of entries with the tests each names.
fn entries(text: &str) -> BTreeMap<&str, Vec<&str>> {
    let mut entries: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut current = None;
    for line in text.lines() {
        if let Some(name) = line.strip_prefix("### ") {
            current = Some(bare(name));
            entries.entry(bare(name)).or_default();
        } else if line.starts_with('#') {
            current = None;
        } else if let (Some(name), Some(tests)) =
            (current, line.trim_start_matches(['-', ' ']).strip_prefix("Test:"))
        {
            let tests = tests.split(',').map(bare).filter(|test| !test.is_empty());
            entries.entry(name).or_default().extend(tests);
        }
    }
    entries
}

fn bare(name: &str) -> &str {
    name.trim().trim_matches('`').trim_end_matches("()")
}

/// Line numbers and names of the marks in a source file.
fn marks(text: &str) -> Vec<(usize, &str)> {
    let name_after = |line: &'_ str, mark: &str| line.find(mark).map(|at| at + mark.len());
    let mut found = Vec::new();
    for (index, line) in text.lines().enumerate() {
        for mark in ["// Compat: ", "// Differs: ", ".differs(\""] {
            let Some(from) = name_after(line, mark) else { continue };
            let name = line[from..].split([' ', '"', ',', '.', ';', ':', ')']).next().unwrap_or_default();
            if !name.is_empty() {
                found.push((index + 1, name));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::tidy::tree::SourceFile;

    fn findings(document: &str, source: &str) -> usize {
        check(&[SourceFile::new("COMPAT.md", document), SourceFile::new("crates/core/src/a.rs", source)])
            .len()
    }

    #[test]
    fn a_mark_needs_an_entry_an_entry_a_test_and_the_test_a_function() {
        let entry = "### sigpipe\nWhy.\nTest: core::process::pipes_break\n";
        assert_eq!(findings(entry, "// Compat: sigpipe, as Python leaves it\nfn pipes_break() {}\n"), 0);
        assert_eq!(findings(entry, "fn pipes_break() {} // Differs: other\n"), 1);
        assert_eq!(findings(entry, ""), 1);
        assert_eq!(findings("### sigpipe\nWhy.\n", ""), 1);
        assert_eq!(findings("### sigpipe\n- Test: `a::pipes_break`\n", "fn pipes_break() {}\n"), 0);
    }
}
