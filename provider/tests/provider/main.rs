//! Every resource through a real provider process, in one program: most of its time a test waits, and the tests of one program wait side by
//! side.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod atlas;
mod bundle;
mod identity;
mod mongo_dumps;
mod plan_wins;
mod schedule;
