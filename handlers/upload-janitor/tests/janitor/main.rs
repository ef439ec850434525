//! The function against MongoDB, S3, STS and Secrets Manager of a local cloud that enforces IAM, beside the real upload-api.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod cleaning;
mod faults;
mod permissions;
mod process;
mod races;
mod readme;
mod world;
