//! The format of a MongoDB dump as code without input or output: docs/dump-format.md is its promise in words.
//!
//! - [`payload`]: the event that starts a dump, from the schedule that writes it to the function that reads it.
//! - [`key`]: where a dump's objects are, and which run an event belongs to.
//! - [`mod@line`]: one document as one line of text, and back, byte for byte.
//! - [`manifest`]: what a dump consists of, how consistent it is, what it left out; [`manifest::Latest`] points to one.
//! - [`names`]: the values that payload, keys and manifest share, checked once when parsed.
//! - [`ContentHash`]: one number for all documents of a collection, whatever their order; [`Sha256Hex`]: of one object.
//! - [`UtcSeconds`]: a point in time to the second.

pub mod key;
pub mod line;
pub mod manifest;
pub mod names;
pub mod payload;

mod civil;
mod hash;
mod pairs;

pub use civil::UtcSeconds;
pub use hash::{ContentHash, Sha256Hex};
