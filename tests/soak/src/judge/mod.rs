//! Whether everything is as it must be.

pub mod events;
pub mod facts;
pub mod followed;
pub mod household;
pub mod logs;
