//! The scenarios, by area. All in one binary, which links once.

mod lifecycle;
