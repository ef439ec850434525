//! How much one invocation does. What is left is for the next one.

use std::time::Duration;

/// Bounds of one invocation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// How long ago an upload was given up, or a removal began, before it counts as abandoned. Until then a client that repeats an old
    /// request gets the state of the file in the answer.
    pub grace: Duration,
    /// Records that are read at a time.
    pub page: u32,
    /// Pages that are read at most.
    pub pages: u32,
    /// Number of failed removals after which the invocation ends: with that many, the cause is not a single file.
    pub failures: usize,
    /// No removal begins with less time than this left. Ample for its four calls of S3, unless each is repeated.
    pub removal: Duration,
}

impl Default for Limits {
    /// Our choice: a removal takes some 0.1 s, so 2,000 of them fit into the module's 300 s.
    fn default() -> Self {
        Self {
            grace: Duration::from_secs(24 * 60 * 60),
            page: 100,
            pages: 20,
            failures: 5,
            removal: Duration::from_secs(10),
        }
    }
}
