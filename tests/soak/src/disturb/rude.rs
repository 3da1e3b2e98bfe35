//! Clients that mean no good, or had an accident.

use std::io::{Read, Write};
use std::net::Shutdown;
use std::time::{Duration, Instant};

use supervisor_oracle::random::Random;
use supervisor_rpc::value::Value;

use crate::client::{get, request};
use crate::pace::{pause, pause_between};
use crate::stage::{Stage, add};

/// So many connections are left open at once.
const HELD_MAX: usize = 20;

/// Is rude until the soak is over.
pub fn be_rude_on_and_on(stage: &Stage, mut random: Random) {
    while !stage.gate.is_over() {
        let pass = stage.gate.pass();
        be_rude(stage, &mut random);
        drop(pass);
        pause_between(&mut random, 50, 600);
    }
}

/// Nothing that goes wrong here is anybody's fault but ours.
fn be_rude(stage: &Stage, random: &mut Random) {
    add(&stage.counts.rude, 1);
    let program = &stage.plan.programs[random.index(stage.plan.programs.len())];
    match random.index(5) {
        0 => {
            // Half a request.
            let whole = request("supervisor.getAllProcessInfo", &[]);
            let Ok(mut stream) = stage.client.connect() else { return };
            let _ = stream.write_all(&whole.as_bytes()[..random.index(whole.len())]);
        }
        1 => {
            // An order whose answer nobody waits for.
            let order =
                request("supervisor.startProcess", &[program.full_name.as_str().into(), Value::Bool(true)]);
            let Ok(mut stream) = stage.client.connect() else { return };
            let _ = stream.write_all(order.as_bytes());
            if random.coin() {
                let _ = stream.shutdown(Shutdown::Both);
            }
        }
        2 => hold_streams(stage, random),
        3 => {
            // A long answer of which a little is read.
            let Ok(mut stream) = stage.client.connect() else { return };
            let _ = stream.write_all(request("supervisor.getAllConfigInfo", &[]).as_bytes());
            let _ = stream.read(&mut [0; 100]);
        }
        _ => {
            // No HTTP at all.
            let Ok(mut stream) = stage.client.connect() else { return };
            let noise: Vec<u8> = (0..random.index(2000)).map(|_| random.draw().to_le_bytes()[0]).collect();
            let _ = stream.write_all(&noise);
        }
    }
}

/// Asks for streams and does not read them for a while.
fn hold_streams(stage: &Stage, random: &mut Random) {
    let mut held = Vec::new();
    for _ in 0..random.between(1, HELD_MAX) {
        let program = &stage.plan.programs[random.index(stage.plan.programs.len())];
        let path = match random.index(3) {
            0 => "/events".to_owned(),
            1 => "/mainlogtail".to_owned(),
            _ => format!("/logtail/{}", program.full_name),
        };
        let Ok(mut stream) = stage.client.connect() else { break };
        let _ = stream.write_all(get(&path).as_bytes());
        held.push(stream);
    }
    let end = Instant::now() + Duration::from_millis(random.between(100, 3000) as u64);
    while Instant::now() < end && !stage.gate.is_closing() {
        pause(Duration::from_millis(50));
    }
}
