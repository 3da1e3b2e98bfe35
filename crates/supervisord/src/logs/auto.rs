//! `AUTO` log files: made-up names in `childlogdir`, and cleaning them up.

use std::io;
use std::path::Path;

use supervisor_sys::Errno;
use supervisor_sys::clock::{monotonic_nanoseconds, wall_nanoseconds};
use supervisor_sys::files::create_private;

const RANDOM_CHARACTERS: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789_";
const RANDOM_LENGTH: usize = 8;
/// So many names are tried before giving up.
const TRIES_MAX: u64 = 100;

/// Creates an empty log file `PROCESS-CHANNEL---IDENTIFIER-RANDOM.log`, mode 0600, and returns its path.
///
/// # Errors
/// What creating a file says: `EACCES`, `ENOENT`, `ENOSPC`.
pub fn create(directory: &str, process: &str, channel: &str, identifier: &str) -> Result<String, Errno> {
    let seed = monotonic_nanoseconds() ^ wall_nanoseconds().rotate_left(32) ^ u64::from(std::process::id());
    for attempt in 0..TRIES_MAX {
        let random = random_name(seed.wrapping_add(attempt));
        let path = format!("{directory}/{process}-{channel}---{identifier}-{random}.log");
        match create_private(Path::new(&path)) {
            Ok(_) => return Ok(path),
            Err(Errno::EEXIST) => {}
            Err(errno) => return Err(errno),
        }
    }
    Err(Errno::EEXIST)
}

/// Eight characters spread from a seed (the finaliser of splitmix64).
fn random_name(seed: u64) -> String {
    let mut bits = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^= bits >> 31;
    let base = RANDOM_CHARACTERS.len() as u64;
    (0..RANDOM_LENGTH)
        .map(|_| {
            let index = usize::try_from(bits % base).unwrap_or(0);
            bits /= base;
            char::from(RANDOM_CHARACTERS[index])
        })
        .collect()
}

/// Removes the AUTO logs that an earlier daemon of the same identifier left, rotated ones included. Returns the
/// names that could not be removed.
///
/// # Errors
/// What listing the directory says.
pub fn clean_up(directory: &str, identifier: &str) -> io::Result<Vec<String>> {
    let mut failed = Vec::new();
    for entry in std::fs::read_dir(directory)? {
        let entry = entry?;
        let name = entry.file_name();
        let Some(name) = name.to_str() else { continue };
        if is_auto_log(name, identifier) && std::fs::remove_file(entry.path()).is_err() {
            failed.push(entry.path().display().to_string());
        }
    }
    Ok(failed)
}

/// `X---IDENTIFIER-Y.log…`: X not empty, Y without blanks and not empty, anything after `.log`.
fn is_auto_log(name: &str, identifier: &str) -> bool {
    let separator = format!("---{identifier}-");
    name.match_indices(&separator).any(|(at, _)| {
        let rest = &name[at + separator.len()..];
        at > 0
            && rest
                .match_indices(".log")
                .any(|(dot, _)| dot > 0 && !rest[..dot].contains(char::is_whitespace))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_this_identifier_are_recognised() {
        assert!(is_auto_log("cat-stdout---supervisor-abc_1234.log", "supervisor"));
        assert!(is_auto_log("cat-stdout---supervisor-abc_1234.log.3", "supervisor"));
        assert!(!is_auto_log("cat-stdout---other-abc_1234.log", "supervisor"));
        assert!(!is_auto_log("---supervisor-abc.log", "supervisor"));
        assert!(!is_auto_log("cat---supervisor-.log", "supervisor"));
        assert!(!is_auto_log("cat---supervisor-a b.log", "supervisor"));
        assert!(!is_auto_log("catXXXsupervisor-abc.log", "..."));
    }

    #[test]
    fn created_files_are_private_new_and_cleaned_up() {
        let directory = tempfile::tempdir().unwrap();
        let folder = directory.path().to_str().unwrap();
        let one = create(folder, "p", "stdout", "id").unwrap();
        let two = create(folder, "p", "stdout", "id").unwrap();
        assert_ne!(one, two);
        std::fs::write(directory.path().join("mine.log"), "").unwrap();
        assert_eq!(clean_up(folder, "id").unwrap(), Vec::<String>::new());
        let left: Vec<_> =
            std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(left, ["mine.log"]);
    }
}
