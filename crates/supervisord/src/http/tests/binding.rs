//! Opening servers: what is in the way, and what is not.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};

use supervisor_config::servers::{ServerAddress, ServerSpec};
use supervisor_config::value::InetEndpoint;
use supervisor_core::effect::Level;
use supervisor_sys::Errno;
use supervisor_sys::host::effective_uid;

use super::stage::{port_of, spec_inet, spec_unix};
use crate::http::{BindError, BoundServer, bind};

fn scratch() -> (tempfile::TempDir, PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("socket");
    (directory, path)
}

fn spec(path: &Path, mode: u32, owner: (Option<u32>, Option<u32>)) -> ServerSpec {
    let address = ServerAddress::Unix { path: path.to_str().unwrap().to_owned(), chmod: mode, chown: owner };
    ServerSpec { address, ..spec_unix(path) }
}

fn bind_error(specs: &[ServerSpec]) -> BindError {
    bind(specs).unwrap_err().error
}

#[test]
fn a_socket_has_its_mode_whatever_the_umask_and_nothing_else_is_left() {
    let (directory, path) = scratch();
    for mode in [0o700, 0o777, 0o600, 0o666] {
        let servers = bind(&[spec(&path, mode, (None, None))]).unwrap();
        let found = fs::metadata(&path).unwrap();
        assert!(found.file_type().is_socket());
        assert_eq!(found.permissions().mode() & 0o7777, mode);
        assert!(UnixStream::connect(&path).is_ok());
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
        servers.iter().for_each(BoundServer::remove_socket_file);
        assert!(!path.exists());
    }
}

#[test]
fn a_socket_belongs_to_whom_the_configuration_says() {
    let (directory, path) = scratch();
    if effective_uid() == 0 {
        bind(&[spec(&path, 0o700, (Some(12345), Some(54321)))]).unwrap();
        let found = fs::metadata(&path).unwrap();
        assert_eq!((found.uid(), found.gid()), (12345, 54321));
        return;
    }
    let mut stderr = std::io::stderr();
    writeln!(stderr, "SKIPPED: only root can give files away; testing that others cannot").unwrap();
    let text = bind_error(&[spec(&path, 0o700, (Some(0), None))]).to_string();
    let start =
        format!("Not permitted to chown {} to uid/gid (0, -1); adjust \"sockchown\" value", path.display());
    assert!(text.starts_with(&start), "{text}");
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 0, "nothing is left behind");
}

#[test]
fn a_socket_that_nobody_listens_on_is_replaced() {
    let (_directory, path) = scratch();
    drop(UnixListener::bind(&path).unwrap());
    let _servers = bind(&[spec_unix(&path)]).unwrap();
    assert!(UnixStream::connect(&path).is_ok());
}

#[test]
fn a_socket_that_somebody_listens_on_is_left_alone() {
    let (directory, path) = scratch();
    let other = UnixListener::bind(&path).unwrap();
    let error = bind_error(&[spec_unix(&path)]);
    assert_eq!(error, BindError::InUse);
    assert_eq!(
        error.to_string(),
        "Another program is already listening on a port that one of our HTTP servers is configured to use.  Shut \
         this program down first before starting supervisord."
    );
    assert!(UnixStream::connect(&path).is_ok());
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
    drop(other);
}

#[test]
fn what_is_no_socket_is_never_removed() {
    let (directory, path) = scratch();
    let error = BindError::System(Errno::EEXIST);
    fs::write(&path, "precious").unwrap();
    assert_eq!(bind_error(&[spec_unix(&path)]), error);
    assert_eq!(fs::read_to_string(&path).unwrap(), "precious");
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    assert_eq!(bind_error(&[spec_unix(&path)]), error);
    fs::remove_dir(&path).unwrap();
    std::os::unix::fs::symlink(directory.path().join("nowhere"), &path).unwrap();
    assert_eq!(bind_error(&[spec_unix(&path)]), error);
    assert_eq!(error.to_string(), "Cannot open an HTTP server: socket.error reported errno.EEXIST (17)");
}

#[test]
fn a_link_to_a_stale_socket_is_replaced_and_its_target_stays() {
    let (directory, path) = scratch();
    let target = directory.path().join("target");
    drop(UnixListener::bind(&target).unwrap());
    std::os::unix::fs::symlink(&target, &path).unwrap();
    let _servers = bind(&[spec_unix(&path)]).unwrap();
    assert!(fs::symlink_metadata(&path).unwrap().file_type().is_socket());
    assert!(target.exists());
}

#[test]
fn a_path_may_be_as_long_as_the_system_allows() {
    let directory = tempfile::tempdir().unwrap();
    let room = 107 - directory.path().as_os_str().len() - 1;
    let longest = directory.path().join("x".repeat(room));
    let _servers = bind(&[spec_unix(&longest)]).unwrap();
    assert!(UnixStream::connect(&longest).is_ok());
    let error = bind_error(&[spec_unix(&directory.path().join("x".repeat(room + 1)))]);
    assert_eq!(error.to_string(), "Cannot open an HTTP server: socket.error reported AF_UNIX path too long");
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
}

#[test]
fn when_one_server_cannot_be_opened_none_is() {
    let (directory, path) = scratch();
    let missing = directory.path().join("no/socket");
    let error = bind_error(&[spec_unix(&path), spec_unix(&missing)]);
    assert_eq!(error.to_string(), "Cannot open an HTTP server: socket.error reported errno.ENOENT (2)");
    assert!(!path.exists());
}

#[test]
fn a_port_has_one_owner() {
    let servers = bind(&[spec_inet(0, None)]).unwrap();
    assert_eq!(bind_error(&[spec_inet(port_of(&servers[0]).port(), None)]), BindError::InUse);
}

#[test]
fn a_host_is_resolved_or_refused() {
    let spec = |host: &str| {
        let address = ServerAddress::Inet(InetEndpoint { host: host.to_owned(), port: 0 });
        ServerSpec { address, ..spec_inet(0, None) }
    };
    for (host, address) in [("", "0.0.0.0"), ("localhost", "127.0.0.1"), ("127.0.0.1", "127.0.0.1")] {
        let servers = bind(&[spec(host)]).unwrap();
        assert_eq!(port_of(&servers[0]).ip().to_string(), address);
    }
    let error = bind_error(&[spec("no such host")]);
    assert_eq!(error.to_string(), "Cannot open an HTTP server: socket.error reported -2");
    match bind(&[spec("[::1]")]) {
        Ok(servers) => assert_eq!(port_of(&servers[0]).ip().to_string(), "::1"),
        Err(refused) => assert!(matches!(refused.error, BindError::System(_)), "a machine without IPv6"),
    }
}

#[test]
fn each_server_announces_its_interfaces_and_whether_it_is_open() {
    let servers = bind(&[spec_inet(0, None), spec_inet(0, Some(("u", "p")))]).unwrap();
    let interfaces = [String::from("supervisor")];
    let interface = (Level::Info, String::from("RPC interface 'supervisor' initialized"));
    let open = "Server 'inet_http_server' running without any HTTP authentication checking";
    assert_eq!(
        servers[0].announcements(&interfaces),
        [interface.clone(), (Level::Critical, open.to_owned())]
    );
    assert_eq!(servers[1].announcements(&interfaces), [interface]);
}
