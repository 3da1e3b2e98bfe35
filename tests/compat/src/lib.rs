//! One suite, two subjects: the reference and ours.
