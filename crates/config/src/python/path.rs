//! Paths as Python's `posixpath` takes them apart and puts them together: as text, without looking at the
//! disk.

/// `os.path.join(base, path)`: an absolute `path` wins.
#[must_use]
pub fn join(base: &str, path: &str) -> String {
    if path.starts_with('/') || base.is_empty() {
        path.to_owned()
    } else if base.ends_with('/') {
        format!("{base}{path}")
    } else {
        format!("{base}/{path}")
    }
}

/// `os.path.dirname(path)`: all before the last slash; empty for a bare name.
#[must_use]
pub fn directory(path: &str) -> &str {
    split(path).0
}

/// `os.path.basename(path)`: all after the last slash.
#[must_use]
pub fn file_name(path: &str) -> &str {
    split(path).1
}

/// `os.path.split(path)`.
#[must_use]
pub fn split(path: &str) -> (&str, &str) {
    let cut = path.rfind('/').map_or(0, |slash| slash + 1);
    let (head, tail) = path.split_at(cut);
    let trimmed = head.trim_end_matches('/');
    (if trimmed.is_empty() { head } else { trimmed }, tail)
}

/// `os.path.normpath(path)`: without empty parts, `.` and `name/..`.
#[must_use]
pub fn normalize(path: &str) -> String {
    let root = match path {
        _ if path.starts_with("//") && !path.starts_with("///") => "//",
        _ if path.starts_with('/') => "/",
        _ => "",
    };
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            ".." if !root.is_empty() && parts.is_empty() => {}
            _ => parts.push(part),
        }
    }
    let normal = format!("{root}{}", parts.join("/"));
    if normal.is_empty() { ".".to_owned() } else { normal }
}

/// `os.path.abspath(path)`, seen from `current_dir`.
#[must_use]
pub fn absolute(current_dir: &str, path: &str) -> String {
    normalize(&join(current_dir, path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_split_at_its_last_slash() {
        assert_eq!(split("/a/b"), ("/a", "b"));
        assert_eq!(split("/a"), ("/", "a"));
        assert_eq!(split("a"), ("", "a"));
        assert_eq!(split("a//b"), ("a", "b"));
        assert_eq!(split("//a"), ("//", "a"));
        assert_eq!(split("a/"), ("a", ""));
    }

    #[test]
    fn normalizing_is_python_s() {
        for (path, normal) in [
            ("/a/./b/../c", "/a/c"),
            ("a/..", "."),
            ("../x", "../x"),
            ("/../x", "/x"),
            ("//x", "//x"),
            ("///x", "/x"),
            ("", "."),
        ] {
            assert_eq!(normalize(path), normal, "{path}");
        }
    }

    #[test]
    fn an_absolute_path_replaces_the_base() {
        assert_eq!(join("/a", "b"), "/a/b");
        assert_eq!(join("/a/", "/b"), "/b");
        assert_eq!(join("", "b"), "b");
    }
}
