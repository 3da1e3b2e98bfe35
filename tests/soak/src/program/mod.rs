//! The programs that are supervised: `soak child`, `soak stray`, `soak listen`.

pub mod child;
pub mod habit;
pub mod listener;
pub mod pen;
