//! A model operating system around the real core.
