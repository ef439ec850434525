//! Sizes and times of an export.

use std::time::Duration;

/// How large, how long, how often.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of lines in a part, about: it ends with the page that reaches this. They are in memory, and for a moment compressed and
    /// encrypted besides.
    pub part_bytes: usize,
    /// Pages of a part at most. Each part is a checkpoint: what is read again after a kill is less than this.
    pub part_pages: u32,
    /// Less than this before the deadline the function writes what it has and hands over.
    pub handover: Duration,
    /// Handovers of one export.
    pub hops: u32,
    /// A lease that is not renewed ends after this.
    pub lease: Duration,
    /// How long the lease holds for the next invocation after a handover.
    pub lease_between: Duration,
}

impl Default for Limits {
    /// Our choice. 100 pages are 6,000 users, which take 7 s at half of Cognito's quota for lists.
    fn default() -> Self {
        Self {
            part_bytes: 4 << 20,
            part_pages: 100,
            handover: Duration::from_secs(30),
            hops: 100,
            lease: Duration::from_secs(45),
            lease_between: Duration::from_secs(600),
        }
    }
}
