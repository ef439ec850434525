//! How long the slowest part took.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// How long the slowest part took so far, by which an invocation knows when to end.
#[derive(Debug, Default)]
pub(crate) struct Slowest(AtomicU64);

impl Slowest {
    pub(crate) fn note(&self, began: Instant) {
        let took = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.0.fetch_max(took, Ordering::Relaxed);
    }

    pub(crate) fn get(&self) -> Duration {
        Duration::from_millis(self.0.load(Ordering::Relaxed))
    }
}
