//! The pause before another attempt.

use std::time::Duration;

/// Pauses that double from `first` up to `most`, each with jitter: half of it to all of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    /// Before the second attempt.
    pub first: Duration,
    /// The longest.
    pub most: Duration,
}

impl Backoff {
    /// The pause after this number of failed attempts, from 1.
    #[must_use]
    pub fn pause(&self, failed: u32) -> Duration {
        let full = self
            .first
            .saturating_mul(2_u32.saturating_pow(failed.saturating_sub(1)));
        full.min(self.most).mul_f64(0.5 + fastrand::f64() / 2.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_the_longest_and_differ() {
        let backoff = Backoff {
            first: Duration::from_millis(100),
            most: Duration::from_secs(5),
        };
        for (failed, full) in [(0, 100), (1, 100), (2, 200), (6, 3_200), (7, 5_000), (u32::MAX, 5_000)] {
            let full = Duration::from_millis(full);
            let pauses: Vec<_> = (0..100).map(|_| backoff.pause(failed)).collect();
            assert!(pauses.iter().all(|pause| (full / 2..=full).contains(pause)), "{failed}");
            assert!(pauses.iter().any(|pause| *pause != pauses[0]), "{failed}");
        }
    }
}
