//! What a job leaves behind, whatever happens to its invocations.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod checkpoint;
mod commit;
mod kills;
mod lease;
mod permissions;
mod store;
mod upload;
mod world;
