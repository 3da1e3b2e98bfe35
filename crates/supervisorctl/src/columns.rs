//! Words in columns, as Python's `cmd` prints them.

const BETWEEN: usize = 2;

/// The lines of a table of `words` that is at most `width` wide: as few lines as possible, filled from top to
/// bottom, every column padded to its widest word. If no table fits, each word is a line.
pub(crate) fn columns(words: &[&str], width: usize) -> Vec<String> {
    for rows in 1..words.len() {
        let widths = widths(words, rows);
        let total = widths.iter().sum::<usize>() + BETWEEN * (widths.len() - 1);
        if total <= width {
            return (0..rows).map(|row| line(words, row, rows, &widths)).collect();
        }
    }
    words.iter().map(|&word| word.to_owned()).collect()
}

fn widths(words: &[&str], rows: usize) -> Vec<usize> {
    let widest = |column: &[&str]| column.iter().map(|word| word.chars().count()).max().unwrap_or(0);
    words.chunks(rows).map(widest).collect()
}

fn line(words: &[&str], row: usize, rows: usize, widths: &[usize]) -> String {
    let cells = words.iter().skip(row).step_by(rows).zip(widths);
    let cells: Vec<String> = cells.map(|(word, &width)| format!("{word:width$}")).collect();
    cells.join(&" ".repeat(BETWEEN))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_filled_from_top_to_bottom_and_padded() {
        assert_eq!(columns(&["a", "bb", "ccc", "d"], 7), ["a   ccc", "bb  d  "]);
        assert_eq!(columns(&["a", "bb", "c", "d", "e"], 9), ["a   c  e", "bb  d"]);
    }

    #[test]
    fn words_that_fit_stand_in_one_line() {
        assert_eq!(columns(&["a", "b"], 79), ["a  b"]);
        assert_eq!(columns(&["a"], 79), ["a"]);
        assert!(columns(&[], 79).is_empty());
    }

    #[test]
    fn words_too_wide_stand_one_below_the_other() {
        assert_eq!(columns(&["aaaa", "bb"], 3), ["aaaa", "bb"]);
    }
}
