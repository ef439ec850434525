//! The handler against a MongoDB emulator and ministack's S3, one module for what it is about.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod aws_faults;
mod completeness;
mod function;
mod law;
mod mongo_faults;
mod process;
mod readme;
mod round_trip;
mod runs;
mod sharded;
mod world;
