//! CloudWatch's quotas, kept on our side so that a large bundle does not starve the account's other callers.

use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::Instant;

/// A token bucket over all bundles of one provider process: a second's worth of calls at once, then evenly spread.
pub(crate) struct CallRate {
    interval: Option<Duration>,
    burst: Duration,
    /// When the bucket would be full again.
    full_at: Mutex<Instant>,
}

impl CallRate {
    /// `None` = no limit.
    pub(crate) fn per_second(rate: Option<f64>) -> Self {
        let interval = rate.map(|rate| Duration::from_secs_f64(1.0 / rate));
        let burst = Duration::from_secs(1).saturating_sub(interval.unwrap_or_default());
        Self {
            interval,
            burst,
            full_at: Mutex::new(Instant::now()),
        }
    }

    /// Waits for the next call's turn.
    pub(crate) async fn turn(&self) {
        let Some(interval) = self.interval else { return };
        let start = {
            let mut full_at = self.full_at.lock().await;
            let now = Instant::now();
            let start = (*full_at).max(now);
            *full_at = start + interval;
            start.checked_sub(self.burst).unwrap_or(now).max(now)
        };
        tokio::time::sleep_until(start).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_second_of_calls_goes_at_once_and_the_rest_at_the_quota() {
        let rate = CallRate::per_second(Some(3.0));
        let start = Instant::now();
        let mut turns = Vec::new();
        for _ in 0..12 {
            rate.turn().await;
            turns.push(start.elapsed().as_secs_f64());
        }
        assert!(turns[2] < 0.01, "the first three do not wait: {turns:?}");
        let per_second = 9.0 / (turns[11] - turns[2]);
        assert!((2.9..=3.1).contains(&per_second), "then three a second: {turns:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn no_limit_never_waits() {
        let rate = CallRate::per_second(None);
        let start = Instant::now();
        for _ in 0..1000 {
            rate.turn().await;
        }
        assert_eq!(start.elapsed(), Duration::ZERO);
    }
}
