//! The real machine behind the configuration's trait.
