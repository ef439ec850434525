//! The function against SNS, SQS, EventBridge and EC2 of a local cloud, and its lines against formats of all kinds.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod events;
mod faults;
mod law;
mod process;
mod readme;
mod world;
