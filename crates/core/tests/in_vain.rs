//! A child that exists but could not become its program.

use std::sync::Arc;

use supervisor_core::Supervisor;
use supervisor_core::command::{Command, Fault, Reply, RequestId, Target};
use supervisor_core::effect::Effect;
use supervisor_core::input::{ExitStatus, Input};
use supervisor_core::process::{Pid, ProcessId};
use supervisor_core::spec::{AutoRestart, GroupKind, GroupSpec, ProcessSpec};
use supervisor_core::time::Moment;

const ID: ProcessId = ProcessId(1);

/// What the core answers to a request when it hears this.
fn answers(supervisor: &mut Supervisor, input: Input) -> Vec<Reply> {
    let mut effects = Vec::new();
    supervisor.handle(Moment::default(), input, &mut effects);
    let reply = |effect| if let Effect::Reply(_, reply) = effect { Some(reply) } else { None };
    effects.into_iter().filter_map(reply).collect()
}

#[test]
fn who_waits_for_a_start_that_was_in_vain_is_told_of_its_end() {
    let (autorestart, new) = (AutoRestart::False, ProcessSpec::new("p", "p"));
    let spec = ProcessSpec { startsecs: 0, autostart: false, autorestart, ..new };
    let (name, kind, processes) = ("p".to_owned(), GroupKind::Programs, vec![Arc::new(spec)]);
    let group = GroupSpec { name, priority: 999, kind, processes };
    let supervisor = &mut Supervisor::new();
    answers(supervisor, Input::Configured(vec![group]));
    answers(supervisor, Input::Started);
    for (request, wait) in [(RequestId(1), true), (RequestId(2), false)] {
        let start = Command::Start { target: Target::Named("p".into()), wait };
        assert_eq!(answers(supervisor, Input::Request(request, start)), []);
        assert_eq!(answers(supervisor, Input::Checked(request, ID, Ok(()))), []);
        assert_eq!(answers(supervisor, Input::SpawnedInVain(ID, Pid(7))), [], "it has not started");
        let ends = Input::Exited(Pid(7), ExitStatus::Code(127));
        assert_eq!(answers(supervisor, ends), [Reply::Fault(Fault::SpawnError("p".into()))]);
    }
}
