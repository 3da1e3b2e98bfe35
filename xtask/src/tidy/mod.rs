//! Reads the source for what the house rules forbid and no compiler sees.

mod compat_entries;
mod functions;
mod lexer;
mod named_tests;
mod rules;
mod tree;

use crate::{root, say};

/// Prints what is untidy.
///
/// # Errors
/// When anything is.
pub(crate) fn run() -> Result<(), String> {
    let findings = examine();
    for finding in &findings {
        say(finding);
    }
    if findings.is_empty() { Ok(()) } else { Err(format!("{} findings", findings.len())) }
}

fn examine() -> Vec<String> {
    let files = tree::read(&root());
    let mut findings = Vec::new();
    for file in &files {
        findings.extend(rules::check(file));
        findings.extend(functions::check(file));
    }
    findings.extend(compat_entries::check(&files));
    findings.extend(named_tests::check(&files));
    findings
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_source_is_tidy() {
        let findings = super::examine();
        assert!(findings.is_empty(), "{}", findings.join("\n"));
    }
}
