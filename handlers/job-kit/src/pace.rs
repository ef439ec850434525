//! When an invocation has to stop, so that it can still finish what it began.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use lambda_kit::{Deadline, LAST_WORDS};

/// How much of an invocation's time is left for work.
#[derive(Debug)]
pub struct Pace {
    deadline: Deadline,
    kept: Duration,
    /// Milliseconds of the slowest step so far.
    slowest: AtomicU64,
}

impl Pace {
    /// Keeps this much of the time for the end, but at most a quarter of the whole, and never less than twice the slowest step or twice
    /// what the guard keeps for the last words.
    #[must_use]
    pub fn new(deadline: Deadline, wanted: Duration) -> Self {
        Self {
            deadline,
            kept: deadline.reserve(wanted).max(2 * deadline.reserve(LAST_WORDS)),
            slowest: AtomicU64::new(0),
        }
    }

    /// A step ended that began then.
    pub fn note(&self, began: Instant) {
        let took = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.slowest.fetch_max(took, Ordering::Relaxed);
    }

    fn margin(&self) -> Duration {
        let slowest = Duration::from_millis(self.slowest.load(Ordering::Relaxed));
        self.kept.max(slowest.saturating_mul(2))
    }

    /// Whether too little time is left for another step.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.deadline.remaining().is_some_and(|left| left <= self.margin())
    }

    /// Returns when too little time is left for another step; never without a deadline.
    pub async fn time_is_over(&self) {
        let margin = self.margin();
        match self.deadline.remaining() {
            // A sleep of nothing still waits for the timer's next tick, in which a step could begin.
            Some(left) if left <= margin => {}
            Some(left) => tokio::time::sleep(left - margin).await,
            None => std::future::pending().await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_slowest_step_decides_how_early_the_work_stops() {
        let pace = Pace::new(Deadline::after(Duration::from_secs(900)), Duration::from_secs(60));
        assert!(!pace.is_over());
        assert_eq!(pace.margin(), Duration::from_secs(60));
        let Some(began) = Instant::now().checked_sub(Duration::from_secs(500)) else {
            return;
        };
        pace.note(began);
        assert!(pace.margin() >= Duration::from_secs(1_000));
        assert!(pace.is_over());
    }

    #[test]
    fn a_function_with_little_time_keeps_half_of_it_at_most() {
        let pace = Pace::new(Deadline::after(Duration::from_secs(8)), Duration::from_secs(60));
        assert_eq!(pace.margin(), Duration::from_secs(4));
        assert!(!pace.is_over());
        assert!(!Pace::new(Deadline::NONE, Duration::MAX).is_over());
    }
}
