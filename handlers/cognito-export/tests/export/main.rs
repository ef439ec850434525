//! The function against Cognito, S3, KMS and STS of a local cloud that enforces IAM.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod exports;
mod faults;
mod permissions;
mod privacy;
mod process;
mod readme;
mod resuming;
mod world;
