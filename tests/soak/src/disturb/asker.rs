//! Clients that only want to know.

use supervisor_oracle::random::Random;
use supervisor_rpc::value::Value;

use crate::pace::pause_between;
use crate::stage::Stage;

/// Asks until the soak is over.
pub fn ask_on_and_on(stage: &Stage, mut random: Random) {
    while !stage.gate.is_over() {
        let pass = stage.gate.pass();
        match random.index(6) {
            0 | 1 => ask(stage, "supervisor.getAllProcessInfo", &[]),
            2 => ask(stage, "supervisor.getState", &[]),
            3 => ask(stage, "supervisor.getAllConfigInfo", &[]),
            4 => ask(stage, "supervisor.readLog", &[Value::Int(-2000), Value::Int(0)]),
            _ => ask_for_a_log(stage, &mut random),
        }
        drop(pass);
        pause_between(&mut random, 20, 400);
    }
}

fn ask(stage: &Stage, method: &str, params: &[Value]) {
    stage.ask(method, params);
}

fn ask_for_a_log(stage: &Stage, random: &mut Random) {
    let program = &stage.plan.programs[random.index(stage.plan.programs.len())];
    let method = random.pick(&[
        "supervisor.tailProcessStdoutLog",
        "supervisor.tailProcessStderrLog",
        "supervisor.readProcessStdoutLog",
        "supervisor.readProcessStderrLog",
    ]);
    let (offset, length) = random.pick(&[(0, 2000), (-1000, 0), (500, 100_000), (0, 1 << 30)]);
    stage.ask(method, &[program.full_name.as_str().into(), Value::Int(offset), Value::Int(length)]);
}
