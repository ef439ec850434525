//! BSON as bytes. A reader that stops where a document is broken, a writer, and the order of values. Written for this crate
//! alone: with a client's own library on both ends, a mistake in it would be invisible.

mod builder;
mod number;
mod order;
mod raw;

pub(crate) use builder::{Builder, as_length};
pub(crate) use order::{Key, compare, rank};
pub(crate) use raw::{Document, Element, Value, kind};
