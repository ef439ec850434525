//! A tiny course catalogue as a Lambda function: one that works, and one that can be made to fail.

mod catalogue;
mod metrics;

pub use catalogue::{Course, CourseError, Request, find};
pub use metrics::embedded_metrics;
