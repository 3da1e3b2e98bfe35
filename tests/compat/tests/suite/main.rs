//! The scenarios, by area. All in one binary, which links once.

mod children;
mod command_line;
mod configuration;
mod ctl_config;
mod ctl_logs;
mod ctl_shell;
mod ctl_start_stop;
mod ctl_status;
mod daemonising;
mod differences;
mod differences_of_files;
mod errors;
mod events;
mod fcgi;
mod foreground;
mod harness;
mod http;
mod lifecycle;
mod logs;
mod main_log;
mod ordering;
mod pidproxy;
mod rpc;
mod signals;
