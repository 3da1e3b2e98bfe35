//! A daemon of one side, started for a while in a directory of its own.

use std::env;
use std::fs;
use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use supervisor_rpc::value::Value;
use supervisor_rpc::{decode, encode};
use tempfile::TempDir;

/// How long a daemon may take for anything before something is wrong.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// A running daemon. It and its programs go with the value.
#[derive(Debug)]
pub struct Daemon {
    process: Child,
    directory: TempDir,
}

impl Daemon {
    /// Starts `supervisord` from that folder with these programs, and waits until it answers. Each program must
    /// end when its standard input does.
    ///
    /// # Errors
    /// When it cannot be started, or does not answer.
    pub fn start(folder: &Path, programs: &str) -> io::Result<Self> {
        let directory = tempfile::Builder::new().prefix("oracle-").tempdir()?;
        let configuration = format!(
            "[supervisord]\nlogfile=%(here)s/supervisord.log\npidfile=%(here)s/supervisord.pid\n\
             childlogdir=%(here)s\nminfds=8192\n\
             [unix_http_server]\nfile=%(here)s/s.sock\n\
             [rpcinterface:supervisor]\n\
             supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface\n\
             [supervisorctl]\nserverurl=unix://%(here)s/s.sock\n{programs}"
        );
        let path = directory.path().join("supervisord.conf");
        fs::write(&path, configuration)?;
        let errors = fs::File::create(directory.path().join("stderr"))?;
        let program = folder.join("supervisord");
        let process = Command::new(&program)
            .args(["-n", "-s", "-c"])
            .arg(path)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(errors)
            .spawn()
            .map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", program.display())))?;
        let mut daemon = Self { process, directory };
        let began = Instant::now();
        while daemon.call("supervisor.getState", &[], PATIENCE).is_err() {
            if daemon.process.try_wait()?.is_some() || began.elapsed() > PATIENCE {
                return Err(io::Error::other(format!(
                    "the daemon does not answer: {}",
                    daemon.read("stderr")
                )));
            }
            // Sleeps because nobody tells when the socket is there.
            thread::sleep(Duration::from_millis(20));
        }
        Ok(daemon)
    }

    /// Its process id.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.process.id()
    }

    /// The path of its configuration.
    #[must_use]
    pub fn configuration(&self) -> PathBuf {
        self.directory.path().join("supervisord.conf")
    }

    /// The text of a file in its directory, empty if there is none.
    #[must_use]
    pub fn read(&self, name: &str) -> String {
        String::from_utf8_lossy(&fs::read(self.directory.path().join(name)).unwrap_or_default()).into_owned()
    }

    /// A connection to its socket that waits no longer than `patience`.
    ///
    /// # Errors
    /// When nobody listens there.
    pub fn connect(&self, patience: Duration) -> io::Result<UnixStream> {
        let stream = UnixStream::connect(self.directory.path().join("s.sock"))?;
        stream.set_read_timeout(Some(patience))?;
        stream.set_write_timeout(Some(patience))?;
        Ok(stream)
    }

    /// Calls a method.
    ///
    /// # Errors
    /// When there is no answer in time, or it is a fault.
    pub fn call(&self, method: &str, params: &[Value], patience: Duration) -> io::Result<Value> {
        let answer = self.ask(method, params, patience)?;
        let start = answer.windows(4).position(|window| window == b"\r\n\r\n").map_or(0, |at| at + 4);
        decode::response(&answer[start..]).map_err(io::Error::other)?.map_err(io::Error::other)
    }

    /// Calls a method and gives back all that is answered, unread.
    ///
    /// # Errors
    /// When there is no answer in time.
    pub fn ask(&self, method: &str, params: &[Value], patience: Duration) -> io::Result<Vec<u8>> {
        let body = encode::call(method, params);
        let mut stream = self.connect(patience)?;
        let length = body.len();
        let head = format!(
            "POST /RPC2 HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n"
        );
        stream.write_all(format!("{head}{body}").as_bytes())?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        Ok(answer)
    }

    /// How it ended, if it did.
    ///
    /// # Errors
    /// When that cannot be found out.
    pub fn ended(&mut self) -> io::Result<Option<String>> {
        Ok(self.process.try_wait()?.map(|status| status.to_string()))
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The folder of our programs: that of this very program, or the one above a test's.
#[must_use]
pub fn our_folder() -> PathBuf {
    if let Some(program) = env::var_os("SUPERVISORD_UNDER_TEST").map(PathBuf::from)
        && let Some(folder) = program.parent()
    {
        return folder.to_path_buf();
    }
    let exe = env::current_exe().unwrap_or_default();
    let folder = exe.parent().unwrap_or(Path::new("."));
    let folder = if folder.ends_with("deps") { folder.parent().unwrap_or(folder) } else { folder };
    folder.to_path_buf()
}
