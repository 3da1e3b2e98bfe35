//! The rules of accessibility, checked by axe-core.

use std::path::PathBuf;
use std::{env, fs};

use crate::tab::Tab;

/// Where the test command has put axe-core.
const AXE: &str = "AXE_CORE";

/// What breaks the rules of WCAG 2.2, levels A and AA, and axe-core's best practices.
///
/// # Panics
/// When axe-core is not there or fails.
#[must_use]
pub fn violations(tab: &Tab) -> Vec<String> {
    let path = env::var_os(AXE).map_or_else(default_path, PathBuf::from);
    let axe = fs::read_to_string(&path).unwrap_or_else(|error| {
        panic!("{}: {error}; `cargo xtask axe` fetches axe-core, or name its file with {AXE}", path.display())
    });
    let tags = "['wcag2a','wcag2aa','wcag21a','wcag21aa','wcag22aa','best-practice']";
    let run = format!(
        "{axe}; const done = arguments[arguments.length - 1];
         axe.run({{ runOnly: {tags} }}).then((result) => done(result.violations.map((violation) =>
             violation.id + ': ' + violation.nodes.map((node) => node.html.slice(0, 200) + ' '
             + (node.any[0] ? node.any[0].message : '')).join(' | '))),
             (error) => done(['failed: ' + error]));"
    );
    let found = tab.script_later(&run);
    let found = found.as_array().cloned().unwrap_or_default();
    found.iter().map(|violation| violation.as_str().unwrap_or_default().to_owned()).collect()
}

fn default_path() -> PathBuf {
    let test = env::current_exe().expect("a running test has a path");
    let target = test.ancestors().nth(3).expect("a test lies in target/PROFILE/deps");
    target.join("axe-core").join("axe.min.js")
}
