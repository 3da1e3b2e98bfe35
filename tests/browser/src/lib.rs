//! The web page in a real browser: Chromium, driven over WebDriver.
#![forbid(unsafe_code)]

pub mod accessibility;
pub mod browser;
mod driver;
pub mod harm;
pub mod house;
mod place;
pub mod tab;
mod wire;
