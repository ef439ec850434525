//! Dumps restored into a MongoDB emulator from ministack's S3, through a proxy that can be told to fail.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod buckets;
mod conflicts;
mod definitions;
mod drill;
mod dump;
mod events;
mod faults;
mod function;
mod kill;
mod latest;
mod lease;
mod memory;
mod names;
mod night;
mod notes;
mod pages;
mod process;
mod refused;
mod round_trip;
mod secrets;
mod sharding;
mod verify;
mod versions;
mod world;
