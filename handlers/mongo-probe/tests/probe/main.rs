//! mongo-probe against emulated clusters, as a library and as Lambda runs it.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod faults;
mod process;
mod rates;
mod readme;
mod replica_sets;
mod rights;
mod sharded;
mod world;
