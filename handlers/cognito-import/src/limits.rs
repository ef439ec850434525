//! Sizes and times of an import.

use std::time::Duration;

/// How many, how long, how often.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Users between two checkpoints. What is not finished of them is finished by the next invocation.
    pub batch: usize,
    /// Users that are worked on at a time. Cognito answers within some 50 ms, and takes half of its quota for updates, 12 a second.
    pub at_once: usize,
    /// Less than this before the deadline the function hands over.
    pub handover: Duration,
    /// Handovers of one import.
    pub hops: u32,
    /// A lease that is not renewed ends after this.
    pub lease: Duration,
    /// How long the lease holds for the next invocation after a handover.
    pub lease_between: Duration,
}

impl Default for Limits {
    /// Our choice.
    fn default() -> Self {
        Self {
            batch: 100,
            at_once: 4,
            handover: Duration::from_secs(60),
            hops: 200,
            lease: Duration::from_secs(45),
            lease_between: Duration::from_secs(600),
        }
    }
}
