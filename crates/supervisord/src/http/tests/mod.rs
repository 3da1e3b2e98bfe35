//! The servers as clients see them: real sockets, a made-up engine.

mod attacks;
mod binding;
mod client;
mod events;
mod extensions;
mod limits;
mod pages;
mod patience;
mod requests;
mod rpc;
mod safety;
mod stage;
mod streams;
