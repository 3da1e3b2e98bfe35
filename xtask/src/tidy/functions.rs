//! A function fits on a screen.

use crate::tidy::tree::SourceFile;

const LINES_MAX: usize = 70;

/// Functions that are longer than a screen.
pub(crate) fn check(file: &SourceFile) -> Vec<String> {
    let mut findings = Vec::new();
    let lines: Vec<&str> = file.code.lines().collect();
    for (first, line) in lines.iter().enumerate() {
        let Some(name) = function_name(line) else { continue };
        let length = length_from(&lines[first..]);
        if length > LINES_MAX {
            findings.push(format!(
                "{}:{}: {name} has {length} lines, at most {LINES_MAX}",
                file.path,
                first + 1
            ));
        }
    }
    findings
}

/// The name, if a function begins on this line.
fn function_name(line: &str) -> Option<&str> {
    let (before, after) = line.split_once("fn ")?;
    let is_keyword = before.is_empty() || before.ends_with(' ');
    let end = after.find(|char: char| !char.is_alphanumeric() && char != '_')?;
    (is_keyword && end > 0).then(|| &after[..end])
}

/// Lines up to the brace that closes the first one; 1 where no body follows.
fn length_from(lines: &[&str]) -> usize {
    let mut depth = 0_usize;
    for (count, line) in lines.iter().enumerate() {
        for char in line.chars() {
            match char {
                '{' => depth += 1,
                '}' if depth == 1 => return count + 1,
                '}' => depth = depth.saturating_sub(1),
                ';' if depth == 0 => return 1,
                _ => {}
            }
        }
    }
    lines.len()
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::tidy::tree::SourceFile;

    #[test]
    fn only_a_function_longer_than_a_screen_is_found() {
        let long = format!("fn long() {{\n{}}}\n", "    a();\n".repeat(69));
        let fits = format!("fn fits() {{\n{}}}\n", "    a();\n".repeat(68));
        assert_eq!(check(&SourceFile::new("a.rs", &format!("{fits}{long}"))).len(), 1);
        assert!(check(&SourceFile::new("a.rs", "trait T { fn f(&self); }\nfn g() {}\n")).is_empty());
    }
}
