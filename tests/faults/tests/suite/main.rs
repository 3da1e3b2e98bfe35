//! One file per row of `docs/reliability.md`, named by its number.

mod f01_orphans;
mod f02_second_start;
mod f03_full_disk;
mod f04_full_disk_at_the_start;
mod f05_no_descriptors;
mod f06_idle_clients;
mod f07_large_body;
mod f08_no_processes;
mod f09_no_memory;
mod f10_clock;
mod f13_stopped_child;
mod f14_stopped_daemon;
mod f15_background;
mod f16_output_of_descendants;
mod f17_large_pipe;
mod f18_closed_output;
mod f19_removed_log;
