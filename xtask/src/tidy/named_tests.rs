//! Tables of promises name tests that exist.
//!
//! In a document a table whose last column is headed `test` promises something in each row. What stands in backticks in
//! that column and looks like a function is one, or a file of tests.

use crate::tidy::tree::SourceFile;

const DOCUMENTS: [&str; 2] = ["SECURITY.md", "docs/reliability.md"];

/// Rows without a test, and tests that do not exist.
pub(crate) fn check(files: &[SourceFile]) -> Vec<String> {
    let rust: Vec<_> = files.iter().filter(|file| file.is_rust()).collect();
    let exists = |name: &str| {
        let function = format!("fn {}(", name.rsplit("::").next().unwrap_or(name));
        let path = format!("/{name}.rs");
        let is_file = |file: &SourceFile| file.path.ends_with(&path) && file.text.contains("#[test]");
        rust.iter().any(|file| file.text.contains(&function) || is_file(file))
    };
    let mut findings = Vec::new();
    for document in files.iter().filter(|file| DOCUMENTS.contains(&file.path.as_str())) {
        for (line, cell) in promises(&document.text) {
            let quoted: Vec<&str> = cell.split('`').skip(1).step_by(2).collect();
            if quoted.is_empty() {
                findings.push(format!("{}:{line}: the row names no test", document.path));
            }
            for name in quoted.into_iter().filter(|name| is_function(name) && !exists(name)) {
                findings.push(format!("{}:{line}: there is no test {name}", document.path));
            }
        }
    }
    findings
}

/// Line numbers and last cells of rows that promise something.
fn promises(text: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut is_promising = false;
    for (index, line) in text.lines().enumerate() {
        let Some(row) = line.strip_prefix('|') else {
            is_promising = false;
            continue;
        };
        let cell = row.trim_end().trim_end_matches('|').rsplit('|').next().unwrap_or_default().trim();
        if cell == "test" {
            is_promising = true;
        } else if is_promising && !cell.starts_with("---") {
            found.push((index + 1, cell));
        }
    }
    found
}

fn is_function(name: &str) -> bool {
    name.contains('_') && name.chars().all(|c| matches!(c, 'a'..='z' | '0'..='9' | '_' | ':'))
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::tidy::tree::SourceFile;

    #[test]
    fn a_row_names_a_test_and_the_test_is_there() {
        let findings = |row: &str| {
            let document =
                format!("| threat | test |\n|---|---|\n| x | {row} |\n\n| threat | who |\n| x | y |\n");
            let source = SourceFile::new("src/a_b.rs", "#[test]\nfn it_works() {}");
            check(&[SourceFile::new("SECURITY.md", &document), source]).len()
        };
        assert_eq!(findings("`a::it_works`, in `a.rs`"), 0);
        assert_eq!(findings("`a_b`"), 0);
        assert_eq!(findings("`it_fails`"), 1);
        assert_eq!(findings("none"), 1);
    }
}
