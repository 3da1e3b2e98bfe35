//! How fast calls are read and answers are written: `cargo bench -p supervisor-rpc`.
//!
//! A program that `cargo test` runs, too, runs each measurement once and shows nothing.

use std::hint::black_box;
use std::io::{self, Write};
use std::time::{Duration, Instant};

use supervisor_core::state::ProcessState;
use supervisor_rpc::info::ProcessInfo;
use supervisor_rpc::value::Value;
use supervisor_rpc::{decode, encode};

const TIME: Duration = Duration::from_millis(400);

fn info(number: i32) -> Value {
    ProcessInfo {
        name: format!("worker_{number:04}"),
        group: "worker".to_owned(),
        start: 1_700_000_000,
        stop: 0,
        now: 1_700_000_100,
        state: ProcessState::Running,
        spawnerr: String::new(),
        exitstatus: 0,
        stdout_logfile: format!("/var/log/supervisor/worker_{number:04}-stdout.log"),
        stderr_logfile: String::new(),
        pid: number,
        description: format!("pid {number}, uptime 0:01:40"),
    }
    .to_value()
}

/// Repeats `work` for a while (or once) and says how often a second it was done, and how many megabytes a second that
/// is when it is done on so many bytes.
#[expect(clippy::cast_precision_loss)]
fn measure(label: &str, bytes: usize, is_bench: bool, mut work: impl FnMut()) {
    let begun = Instant::now();
    let mut times = 0_u32;
    while times == 0 || (is_bench && begun.elapsed() < TIME) {
        work();
        times += 1;
    }
    if is_bench {
        let rate = f64::from(times) / begun.elapsed().as_secs_f64();
        let _ = writeln!(io::stdout(), "{label:<40} {rate:>10.0}/s {:>7.0} MB/s", rate * bytes as f64 / 1e6);
    }
}

fn main() {
    let is_bench = std::env::args().any(|word| word == "--bench");
    let call = encode::call("supervisor.startProcess", &[Value::from("web:web_01"), Value::Bool(true)]);
    let answer = Ok(Value::Array((0..1_000).map(info).collect()));
    let xml = encode::response(&answer);
    measure("read a call", call.len(), is_bench, || drop(black_box(decode::call(call.as_bytes()))));
    measure("make 1000 process infos", xml.len(), is_bench, || {
        drop(black_box((0..1_000).map(info).collect::<Vec<_>>()));
    });
    measure("write an answer of 1000 process infos", xml.len(), is_bench, || {
        drop(black_box(encode::response(&answer)));
    });
    measure("read an answer of 1000 process infos", xml.len(), is_bench, || {
        drop(black_box(decode::response(xml.as_bytes())));
    });
}
