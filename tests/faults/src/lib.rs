//! Faults: what can go wrong, done to a running daemon. Each file of the suite is a row of `docs/reliability.md`.
//!
//! A [`stage`](stage::stage) is a configuration of a few lines, in a directory of its own; opening it gives a
//! [`World`](supervisor_worlds::world::World), whose warden lets nothing outlive the test. Faults that are made from
//! outside of the daemon (limits, full file systems, refused system calls) are an [`injector`]: a command line that runs
//! it. What the daemon costs in a fault is [`observed`](observation).
//!
//! To see what another supervisor does in the same fault, name it with `SUPERVISORD_UNDER_TEST` and
//! `SUPERVISORCTL_UNDER_TEST`.

pub mod client;
pub mod injector;
pub mod observation;
pub mod stage;
pub mod system_calls;
