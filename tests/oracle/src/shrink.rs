//! Makes a configuration smaller as long as it still shows what it is kept for.

use crate::case::{Case, MAIN_FILE};

/// The smallest case found by leaving out files, arguments and lines that still `is_wanted`.
///
/// # Errors
/// Those of `is_wanted`.
pub fn shrink<E>(case: &Case, mut is_wanted: impl FnMut(&Case) -> Result<bool, E>) -> Result<Case, E> {
    let mut smallest = case.clone();
    loop {
        let before = size(&smallest);
        for part in [leave_out_file, leave_out_arguments, leave_out_lines] {
            let base = smallest.clone();
            for candidate in candidates(&base, part) {
                if size(&candidate) < size(&base) && is_wanted(&candidate)? {
                    smallest = candidate;
                    break;
                }
            }
        }
        if size(&smallest) == before {
            return Ok(smallest);
        }
    }
}

/// Lines, arguments and files.
fn size(case: &Case) -> usize {
    let lines: usize = case.files.iter().map(|(_, content)| split(content).len()).sum();
    lines + case.arguments.len() + case.files.len()
}

type Parts = fn(&Case, usize) -> Option<Vec<Case>>;

/// Larger parts are tried before smaller ones.
fn candidates(case: &Case, part: Parts) -> impl Iterator<Item = Case> {
    (0..).map_while(move |step| part(case, step)).flatten()
}

fn leave_out_file(case: &Case, step: usize) -> Option<Vec<Case>> {
    (step == 0).then(|| {
        let without = |index: usize| {
            let mut smaller = case.clone();
            smaller.files.remove(index);
            smaller
        };
        let indices = (0..case.files.len()).filter(|&index| case.files[index].0 != MAIN_FILE);
        indices.map(without).collect()
    })
}

fn leave_out_arguments(case: &Case, step: usize) -> Option<Vec<Case>> {
    let length = 2_usize.checked_sub(step).filter(|&length| length > 0)?;
    let without = |start: usize| {
        let mut smaller = case.clone();
        smaller.arguments.drain(start..start + length);
        smaller
    };
    Some((0..(case.arguments.len() + 1).saturating_sub(length)).map(without).collect())
}

fn leave_out_lines(case: &Case, step: usize) -> Option<Vec<Case>> {
    let longest = case.files.iter().map(|(_, content)| split(content).len()).max()?;
    if step > 0 && longest >> step <= 1 {
        return None;
    }
    let length = (longest >> (step + 1)).max(1);
    let mut smaller = Vec::new();
    for (index, (_, content)) in case.files.iter().enumerate() {
        let lines = split(content);
        for start in (0..lines.len()).step_by(length) {
            let end = (start + length).min(lines.len());
            let mut candidate = case.clone();
            candidate.files[index].1 = [&lines[..start], &lines[end..]].concat().concat();
            smaller.push(candidate);
        }
    }
    Some(smaller)
}

/// Lines with their ends, whatever these are.
fn split(content: &[u8]) -> Vec<&[u8]> {
    content.split_inclusive(|byte| *byte == b'\n' || *byte == b'\r').collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_matter_is_left_out() {
        let case = Case::daemon("a\nb\nc\nd\ne\nf\ng\n").with_file("x.conf", "x\n");
        let has_both = |case: &Case| Ok::<_, ()>(case.contains("c") && case.contains("f"));
        let smallest = shrink(&case, has_both).unwrap();
        assert_eq!(smallest.main_text(), "c\nf\n");
        assert_eq!(smallest.files.len(), 1);
        assert!(smallest.arguments.is_empty());
    }
}
