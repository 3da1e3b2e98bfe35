//! Worlds: whole configurations, run for real by a supervisor daemon and driven by its public faces alone.
//!
//! A [`Scene`](scene::Scene) is a private copy of a folder with a `supervisord.conf` in it; opening it gives a
//! [`World`](world::World), in which the daemon and all its programs run. Whatever becomes of the test, no
//! process outlives its world: a warden (`world-warden`) adopts every orphan and kills what is left.
//!
//! `SUPERVISORD_UNDER_TEST` and `SUPERVISORCTL_UNDER_TEST` name the programs to judge. Without them it is the
//! ones that the workspace built.

pub mod command;
pub mod demand;
pub mod fastcgi;
pub mod http;
pub mod patience;
pub mod processes;
pub mod rpc;
pub mod scene;
pub mod smtp;
pub mod status;
pub mod stream;
pub mod subject;
pub mod world;
