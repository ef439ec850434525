//! The function against CloudFront, Route 53, Systems Manager, SNS and EventBridge of a local cloud that enforces IAM, and a CloudWatch
//! whose clock stands still.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod faults;
mod orders;
mod permissions;
mod process;
mod races;
mod readme;
mod records;
mod switching;
mod world;
