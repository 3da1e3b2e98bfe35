//! How long clients may take. The clock of these tests runs only when nothing else can happen.

use std::future::pending;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::time::Duration;

use supervisor_config::interface::InterfaceKind;
use supervisor_core::effect::Level;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::UnixStream;
use tokio::sync::watch;
use tokio::task::LocalSet;
use tokio::time::Instant;

use super::client::{call, post};
use super::stage::interface;
use crate::engine::handle::{EngineHandle, Published};
use crate::http::REQUEST_TIME_MAX;
use crate::http::access::Peer;
use crate::http::activity::Activity;
use crate::http::connection;
use crate::http::server::{Context, Shared};
use crate::http::wire::Stream;

const HOUR: Duration = Duration::from_secs(3600);

/// Runs `client` at the other end of a served connection.
async fn connected<T>(client: impl AsyncFnOnce(UnixStream) -> T) -> T {
    let (sender, _requests) = channel();
    let context = Context {
        engine: EngineHandle::new(sender, Arc::new(|| {}), Arc::new(Published::default())),
        log: Arc::new(|_, _| {}),
        loglevel: Level::Info,
        interfaces: vec![interface("supervisor", InterfaceKind::Supervisor)],
        version: String::from("4.3.0"),
        configuration_on_disk: std::sync::Arc::new(|| Ok(Vec::new())),
    };
    let (_stop, stopping) = watch::channel(false);
    let shared = Shared::new(context, stopping, 1);
    let (ours, theirs) = UnixStream::pair().unwrap();
    let serving = async {
        let activity = Rc::new(Activity::new());
        connection::serve(Stream::Unix(ours), Peer::Unix, None, &activity, shared).await;
        pending::<()>().await;
    };
    let talking = client(theirs);
    LocalSet::new()
        .run_until(async {
            tokio::select! {
                () = serving => unreachable!(),
                outcome = talking => outcome,
            }
        })
        .await
}

async fn let_pass(time: Duration) {
    // Sleeps because time is the subject here; the clock is paused, so nobody really waits.
    tokio::time::sleep(time).await;
}

async fn ask(stream: &mut UnixStream) -> String {
    stream.write_all(b"GET /ok.html HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    let mut buffer = [0; 1024];
    let read = stream.read(&mut buffer).await.unwrap();
    String::from_utf8(buffer[..read].to_vec()).unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_client_that_says_nothing_may_stay() {
    connected(async |mut stream| {
        let_pass(HOUR).await;
        assert!(ask(&mut stream).await.starts_with("HTTP/1.1 200 OK"));
        let_pass(HOUR).await;
        assert!(ask(&mut stream).await.starts_with("HTTP/1.1 200 OK"));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_request_that_has_begun_must_arrive() {
    connected(async |mut stream| {
        assert!(ask(&mut stream).await.starts_with("HTTP/1.1 200 OK"));
        let_pass(HOUR).await;
        let begin = Instant::now();
        for byte in b"GET /ok" {
            stream.write_all(&[*byte]).await.unwrap();
            let_pass(Duration::from_secs(1)).await;
        }
        let mut rest = Vec::new();
        stream.read_to_end(&mut rest).await.unwrap();
        assert_eq!(rest, b"");
        assert_eq!(begin.elapsed().as_secs(), REQUEST_TIME_MAX.as_secs());
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_client_that_is_gone_does_not_wait_for_ever() {
    connected(async |mut stream| {
        let begin = Instant::now();
        let request = post(&call("supervisor.startProcess", &["a"]));
        stream.write_all(request.as_bytes()).await.unwrap();
        stream.shutdown().await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert_eq!(answer, "");
        assert_eq!(begin.elapsed().as_secs(), REQUEST_TIME_MAX.as_secs());
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_body_that_has_begun_must_arrive() {
    connected(async |mut stream| {
        let begin = Instant::now();
        stream.write_all(b"POST /RPC2 HTTP/1.1\r\nContent-Length: 9\r\n\r\n<foo").await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 408 Request Timeout"), "{answer}");
        assert!(begin.elapsed() >= REQUEST_TIME_MAX);
    })
    .await;
}
