//! The corners of Python that show through the reference's configuration: what its interpreter counts as a
//! blank, how it quotes a text in a message, which numbers it reads, how it takes paths apart.

pub mod path;
pub mod repr;

pub(crate) mod decode;
pub(crate) mod number;
pub(crate) mod space;
