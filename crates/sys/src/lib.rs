//! The only room with unsafe code: Linux behind small typed wrappers.
