//! The daemon: the thin shell that feeds the core with what happens and obeys what it decides.
#![forbid(unsafe_code)]

pub mod boot;
pub mod engine;
pub mod http;
pub mod local_time;
pub mod logs;
pub mod pidproxy;
mod strays;
pub mod view;

/// Set aside when the daemon starts. Other programs of this package end where there is no memory, as ever.
#[global_allocator]
static MEMORY: supervisor_sys::reserve::PatientAllocator = supervisor_sys::reserve::PatientAllocator::new();
