//! Which known word somebody may have meant.

/// The known word that is nearest to `word`, if one is near enough to be meant. Case does not count.
pub(crate) fn closest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = match word.chars().count() {
        0 => return None,
        1..=3 => 1,
        4..=7 => 2,
        _ => 3,
    };
    within(limit, word, known)
}

/// The known word that differs from `word` in one slip of a finger, if `word` is long enough for that to mean
/// something.
pub(crate) fn one_slip_away<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if word.chars().count() < 4 { None } else { within(1, word, known) }
}

fn within<'a>(limit: usize, word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word: Vec<char> = word.to_lowercase().chars().collect();
    let mut best: Option<(usize, &'a str)> = None;
    for candidate in known {
        if candidate.len().abs_diff(word.len()) > limit + 8 {
            continue;
        }
        let letters: Vec<char> = candidate.to_lowercase().chars().collect();
        let distance = distance(&word, &letters);
        let worth_it = distance <= limit && distance < letters.len().max(1);
        if worth_it && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// `did you mean …?` if a known word is near.
pub(crate) fn did_you_mean<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    closest(word, known).map(|meant| format!("did you mean `{meant}`?"))
}

/// How many letters must be inserted, left out, changed or swapped with their neighbour.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, letter) in a.iter().enumerate() {
        let mut row = Vec::with_capacity(b.len() + 1);
        row.push(i + 1);
        for (j, other) in b.iter().enumerate() {
            let change = last[j] + usize::from(letter != other);
            let mut least = change.min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *letter == b[j - 1] && a[i - 1] == *other {
                least = least.min(before[j - 1] + 1);
            }
            row.push(least);
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_word_is_found_if_it_is_near() {
        let known = ["autorestart", "autostart", "command", "user", "umask"];
        for (word, meant) in [
            ("autorestat", Some("autorestart")),
            ("auto_start", Some("autostart")),
            ("comand", Some("command")),
            ("ocmmand", Some("command")),
            ("USERS", Some("user")),
            ("x", None),
            ("", None),
            ("directory", None),
        ] {
            assert_eq!(closest(word, known), meant, "{word}");
        }
    }

    #[test]
    fn one_slip_is_less_than_what_is_near() {
        assert_eq!(closest("ENV_PORT", ["ENV_HOME"]), Some("ENV_HOME"));
        assert_eq!(one_slip_away("PORT", ["HOME", "PATH", "SORTS"]), None);
        assert_eq!(one_slip_away("POTR", ["HOME", "PORT"]), Some("PORT"));
        assert_eq!(one_slip_away("LOG", ["DOG"]), None);
    }

    #[test]
    fn a_swap_counts_once() {
        let letters = |text: &str| text.chars().collect::<Vec<char>>();
        assert_eq!(distance(&letters("ab"), &letters("ba")), 1);
        assert_eq!(distance(&letters("kitten"), &letters("sitting")), 3);
        assert_eq!(distance(&letters(""), &letters("abc")), 3);
    }
}
