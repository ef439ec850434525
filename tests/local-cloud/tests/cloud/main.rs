//! The local cloud as its users see it.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod alarms;
mod atlas;
mod background;
mod bridge;
mod distributions;
mod lifetime;
mod mongo;
mod replication;
mod rotation;
mod s3;
mod schedule;
mod second_attempts;
mod secret_replicas;
mod service_metrics;
mod support;
