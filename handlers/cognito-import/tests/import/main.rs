//! The function against Cognito, S3, KMS and STS of a local cloud that enforces IAM, with exports by the real cognito-export.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod faults;
mod imports;
mod permissions;
mod privacy;
mod process;
mod readme;
mod resuming;
mod world;
