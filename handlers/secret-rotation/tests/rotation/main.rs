//! The function against Secrets Manager of a local cloud that enforces IAM, and a MongoDB that knows users.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod ages;
mod atlas;
mod faults;
mod kills;
mod permissions;
mod process;
mod races;
mod readme;
mod rotating;
mod world;
