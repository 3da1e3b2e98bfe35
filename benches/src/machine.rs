//! The machine that figures belong to.

use std::fs;
use std::process::Command;

/// A sentence about it.
pub(crate) fn description() -> String {
    let cpuinfo = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = value(&cpuinfo, "model name").unwrap_or_else(|| std::env::consts::ARCH.to_owned());
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let meminfo = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let kibibytes = value(&meminfo, "MemTotal").and_then(|text| text.split(' ').next()?.parse::<u64>().ok());
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    // The part after the number names a build of one machine.
    let kernel = kernel.trim().split('-').next().unwrap_or_default().to_owned();
    format!(
        "Measured with {cores} cores of {model}, {} GiB of memory, Linux {kernel}, {}, {}.",
        kibibytes.unwrap_or(0) >> 20,
        first_line("rustc", "--version").split(" (").next().unwrap_or_default(),
        first_line("python3", "--version"),
    )
}

fn value(text: &str, name: &str) -> Option<String> {
    let line = text.lines().find(|line| line.starts_with(name))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

fn first_line(program: &str, argument: &str) -> String {
    let output = Command::new(program).arg(argument).output().map(|output| output.stdout).unwrap_or_default();
    String::from_utf8_lossy(&output).lines().next().unwrap_or_default().to_owned()
}
