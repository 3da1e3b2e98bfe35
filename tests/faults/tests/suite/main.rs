//! One file per row of `docs/reliability.md`, named by its number.

mod f02_second_start;
