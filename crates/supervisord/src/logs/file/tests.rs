use std::fs;

use super::*;

fn log(directory: &Path, maxbytes: i64, backups: i64) -> (String, RotatingFile) {
    let path = directory.join("log").to_str().unwrap().to_owned();
    let file = RotatingFile::open(path.as_str(), Rotation { maxbytes, backups }).unwrap();
    (path, file)
}

#[test]
fn a_file_is_rotated_after_the_write_that_fills_it() {
    let directory = tempfile::tempdir().unwrap();
    let (path, mut file) = log(directory.path(), 100, 2);
    for number in 0..8 {
        file.append(&[b'0' + number; 61]);
    }
    assert_eq!(fs::read(&path).unwrap(), b"");
    let old = |number: u8| [vec![b'0' + number; 61], vec![b'1' + number; 61]].concat();
    assert_eq!(fs::read(format!("{path}.1")).unwrap(), old(6));
    assert_eq!(fs::read(format!("{path}.2")).unwrap(), old(4));
    assert!(!Path::new(&format!("{path}.3")).exists());
}

#[test]
fn without_backups_the_file_is_emptied() {
    let directory = tempfile::tempdir().unwrap();
    let (path, mut file) = log(directory.path(), 10, 0);
    file.append(b"0123456789");
    assert_eq!(fs::read(&path).unwrap(), b"");
    file.append(b"abc");
    assert_eq!(fs::read(&path).unwrap(), b"abc");
}

#[test]
fn a_vanished_directory_loses_no_byte_and_is_mentioned() {
    let directory = tempfile::tempdir().unwrap();
    let folder = directory.path().join("logs");
    fs::create_dir(&folder).unwrap();
    let (path, mut file) = log(&folder, 4, 1);
    fs::rename(&folder, directory.path().join("moved")).unwrap();
    file.append(b"12345");
    file.append(b"6");
    assert!(matches!(file.take_trouble(), Some(Trouble::NotRotated(_))));
    assert_eq!(fs::read(directory.path().join("moved/log")).unwrap(), b"123456");
    assert!(file.reopen().is_err());
    fs::create_dir(&folder).unwrap();
    file.reopen().unwrap();
    file.append(b"7");
    assert_eq!(fs::read(&path).unwrap(), b"7");
}

#[test]
fn a_full_pipe_keeps_what_it_has_no_room_for() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("fifo").to_str().unwrap().to_owned();
    assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
    let mut file = RotatingFile::open(path.as_str(), Rotation { maxbytes: 1, backups: 1 }).unwrap();
    let mut given = 0;
    while file.append(&[b'x'; 4096]) == Written::All {
        given += 4096;
    }
    given += 4096;
    file.append(b"end");
    let mut reader = fs::File::open(&path).unwrap();
    let mut seen = vec![0; given + 3];
    let mut count = 0;
    while count < seen.len() {
        count += std::io::Read::read(&mut reader, &mut seen[count..]).unwrap();
        file.flush();
    }
    assert!(seen.ends_with(b"xend"));
    assert!(!file.is_pending());
}

#[test]
fn a_private_file_stays_private_however_it_begins_anew() {
    use std::os::unix::fs::PermissionsExt;
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("log").to_str().unwrap().to_owned();
    let rotation = Rotation { maxbytes: 4, backups: 1 };
    let mut file = RotatingFile::open_with(path.as_str(), rotation, PRIVATE_LOG_MODE).unwrap();
    let mode = || fs::metadata(&path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(), 0o600);
    file.clear().unwrap();
    assert_eq!(mode(), 0o600, "cleared");
    file.append(b"12345");
    assert_eq!(mode(), 0o600, "rotated");
    fs::remove_file(&path).unwrap();
    file.reopen().unwrap();
    assert_eq!(mode(), 0o600, "reopened");
}

#[test]
fn clearing_removes_a_regular_file_only() {
    let directory = tempfile::tempdir().unwrap();
    let (path, mut file) = log(directory.path(), 0, 0);
    file.append(b"old");
    file.clear().unwrap();
    file.append(b"new");
    assert_eq!(fs::read(&path).unwrap(), b"new");
    let mut null = RotatingFile::open("/dev/null", Rotation::NEVER).unwrap();
    null.clear().unwrap();
    assert!(Path::new("/dev/null").exists());
}

#[test]
fn a_name_of_a_stream_is_never_moved_or_removed() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let path = format!("/proc/self/fd/{}", std::os::fd::AsRawFd::as_raw_fd(file.as_file()));
    let mut log = RotatingFile::open(path.as_str(), Rotation { maxbytes: 3, backups: 1 }).unwrap();
    log.append(b"12345");
    log.append(b"678");
    log.clear().unwrap();
    assert_eq!(log.take_trouble(), None);
    assert_eq!(fs::read(file.path()).unwrap(), b"12345678");
}

#[test]
fn a_file_that_was_removed_comes_back_when_its_directory_does() {
    let directory = tempfile::tempdir().unwrap();
    let folder = directory.path().join("logs");
    fs::create_dir(&folder).unwrap();
    let (path, mut file) = log(&folder, 8, 1);
    file.append(b"12345");
    fs::remove_dir_all(&folder).unwrap();
    for _ in 0..9 {
        file.append(b"6789");
    }
    assert!(matches!(file.take_trouble(), Some(Trouble::Failing(_))));
    file.append(b"more");
    assert_eq!(file.take_trouble(), None, "it is said once");
    fs::create_dir(&folder).unwrap();
    file.append(b"12345678");
    let told = format!("{path} was removed and is begun anew; at most 53 bytes were lost with it");
    assert_eq!(file.take_trouble(), Some(Trouble::Recovered(told)));
    file.append(b"here");
    assert_eq!(fs::read(&path).unwrap(), b"here");
}

#[test]
fn a_file_that_was_removed_comes_back_at_its_limit() {
    let directory = tempfile::tempdir().unwrap();
    let (path, mut file) = log(directory.path(), 4, 0);
    fs::remove_file(&path).unwrap();
    file.append(b"12345");
    file.append(b"6");
    assert_eq!(fs::read(&path).unwrap(), b"6");
}
