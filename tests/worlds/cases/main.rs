//! One folder per world. See the crate's documentation for how a world is run and judged.

mod container;
mod ctl_plugin;
mod event_listeners;
mod examples;
mod fastcgi;
mod pidproxy;
mod plugins;
mod postgresql;
mod quickstart;
mod quiet;
mod rpc_extension;
mod superlance;
mod systemd;
mod thousand;
mod warden;
mod web_stack;
