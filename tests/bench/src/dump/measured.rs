//! What is dumped, and what one dump costs.

use crate::processes::Cost;

pub(crate) const DATABASE: &str = "school";
pub(crate) const COLLECTION: &str = "students";

/// One dump.
#[derive(Clone, Copy)]
pub(crate) struct Measured {
    pub(crate) cost: Cost,
    /// Of this process meanwhile: the emulated MongoDB, and where it is in this process S3 too.
    pub(crate) server_cpu_seconds: f64,
    pub(crate) bytes: u64,
}
