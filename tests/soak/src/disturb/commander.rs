//! Clients that give orders.

use supervisor_oracle::random::Random;
use supervisor_rpc::value::Value;

use crate::pace::pause_between;
use crate::stage::Stage;

/// Signals that operators send.
const SIGNALS: &[&str] = &["TERM", "KILL", "USR1", "CONT", "WINCH", "INT", "10"];

/// Gives orders until the soak is over.
pub fn order_on_and_on(stage: &Stage, mut random: Random) {
    while !stage.gate.is_over() {
        let pass = stage.gate.pass();
        order(stage, &mut random);
        drop(pass);
        pause_between(&mut random, 10, 300);
    }
}

fn order(stage: &Stage, random: &mut Random) {
    let program = &stage.plan.programs[random.index(stage.plan.programs.len())];
    let name = || Value::from(program.full_name.as_str());
    let waits = Value::Bool(random.coin());
    let ask = |method: &str, params: &[Value]| stage.ask(method, params);
    match random.index(14) {
        0..=2 => drop(ask("supervisor.startProcess", &[name(), waits])),
        3 | 4 => drop(ask("supervisor.stopProcess", &[name(), waits])),
        5 | 6 => {
            ask("supervisor.stopProcess", &[name(), Value::Bool(true)]);
            ask("supervisor.startProcess", &[name(), waits]);
        }
        7 | 8 => drop(ask("supervisor.signalProcess", &[name(), random.pick(SIGNALS).into()])),
        9 => {
            let group = random.pick(&stage.plan.groups.iter().collect::<Vec<_>>()).as_str();
            if random.per_mille(300) {
                ask("supervisor.stopProcessGroup", &[group.into(), Value::Bool(true)]);
            }
            ask("supervisor.startProcessGroup", &[group.into(), waits]);
        }
        10 => drop(ask("supervisor.sendProcessStdin", &[name(), "hello\n".into()])),
        11 => {
            let data = random.draw().to_string();
            ask("supervisor.sendRemoteCommEvent", &["soak".into(), data.into()]);
        }
        12 => drop(ask("system.multicall", &[several(program.full_name.as_str())])),
        // What has given up gets another chance.
        _ if random.per_mille(100) => start_all(stage),
        _ => drop(ask("supervisor.getProcessInfo", &[name()])),
    }
}

fn start_all(stage: &Stage) {
    for group in &stage.plan.groups {
        stage.ask("supervisor.startProcessGroup", &[group.as_str().into(), Value::Bool(false)]);
    }
}

/// A stop, a start and a question in one call.
fn several(name: &str) -> Value {
    let call = |method: &str, params: Vec<Value>| {
        Value::Struct(vec![
            ("methodName".to_owned(), method.into()),
            ("params".to_owned(), Value::Array(params)),
        ])
    };
    Value::Array(vec![
        call("supervisor.stopProcess", vec![name.into(), Value::Bool(true)]),
        call("supervisor.startProcess", vec![name.into(), Value::Bool(false)]),
        call("supervisor.getProcessInfo", vec![name.into()]),
    ])
}
