//! The function against MongoDB, S3, STS and Secrets Manager of a local cloud that enforces IAM, as API Gateway calls it, and what
//! it hands out as clients use it.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod browser;
mod client;
mod contract;
mod faults;
mod forms;
mod fuzz;
mod hostile;
mod idempotency;
mod parts;
mod permissions;
mod races;
mod removal;
mod session;
mod world;
