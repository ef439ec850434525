//! The function against MongoDB, S3, STS and Secrets Manager of a local cloud, as API Gateway calls it.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod cdn;
mod contract;
mod faults;
mod fuzz;
mod hostile;
mod links;
mod listing;
mod process;
mod python;
mod world;
