//! The last lines of a log that can only be asked for bytes.

/// How many bytes are asked for first.
const FIRST_BYTES: i64 = 4096;
/// More than this is not asked for: a log without lines has no last lines worth waiting for.
const MAX_BYTES: i64 = 1 << 28;

/// The last `count` lines of a log, each with its end. `read` has the last bytes of the log, as many as it is told.
///
/// # Errors
/// What `read` fails with.
pub(in crate::verb) fn last_lines<E>(
    count: usize,
    mut read: impl FnMut(i64) -> Result<String, E>,
) -> Result<String, E> {
    let mut bytes = FIRST_BYTES;
    let mut text = read(bytes)?;
    // The first line may have lost its beginning, so one more than wanted is needed.
    while text.lines().count() <= count && bytes < MAX_BYTES {
        bytes *= 8;
        let more = read(bytes)?;
        if more.len() <= text.len() {
            break;
        }
        text = more;
    }
    let lines: Vec<&str> = text.lines().collect();
    Ok(lines[lines.len().saturating_sub(count)..].iter().flat_map(|line| [line, "\n"]).collect())
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;

    fn last(count: usize, log: &str) -> String {
        let read = |bytes: i64| {
            let start = log.len().saturating_sub(usize::try_from(bytes).expect("a size"));
            Ok::<_, Infallible>(log[start..].to_owned())
        };
        let Ok(lines) = last_lines(count, read);
        lines
    }

    #[test]
    fn a_log_has_last_lines_however_long_they_are() {
        assert_eq!(last(2, "a\nb\nc\n"), "b\nc\n");
        assert_eq!(last(9, "a\nb"), "a\nb\n");
        assert_eq!(last(0, "a\n"), "");
        assert_eq!(last(3, ""), "");
        let long = format!("first\n{}\nlast\n", "x".repeat(100_000));
        assert_eq!(last(2, &long), long["first\n".len()..]);
        assert_eq!(last(3, &long), long);
    }
}
