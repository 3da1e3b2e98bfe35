//! The floor: what the kernel itself takes for the same work, by the smallest program that does it.
//!
//! This program plays it when it is called as `bench floor ROLE …`.

mod answer;
mod ask;
mod child;
mod copy;
mod feed;
mod keep;

use crate::Trouble;

/// Plays a role until it is done or killed.
pub(crate) fn run(words: &[String]) -> Result<(), Trouble> {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["keep", count, words @ ..] => keep::run(count.parse()?, words),
        ["copy", count, prefix, words @ ..] => copy::run(count.parse()?, prefix, words),
        ["answer", socket, body] => answer::run(socket, body),
        ["ask", socket] => ask::run(socket),
        ["feed", count, words @ ..] => feed::run(count.parse()?, words),
        _ => Err("there is no such role".into()),
    }
}
