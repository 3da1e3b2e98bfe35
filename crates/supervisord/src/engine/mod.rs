//! The engine: one thread that waits for the kernel, feeds the core and obeys it.

pub mod handle;
