//! The function against MongoDB, KMS and Secrets Manager of a local cloud, as API Gateway calls it.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod concurrency;
mod contract;
mod encryption;
mod faults;
mod fuzz;
mod hostile;
mod log;
mod privacy;
mod routes;
mod wire;
mod world;
