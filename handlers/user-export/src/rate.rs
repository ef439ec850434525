//! Calls at the quota's rate.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// A token bucket: a number of calls a second, and as many at once after a pause of a second.
#[derive(Debug)]
pub struct Rate {
    /// Seconds from one call to the next; zero: no limit.
    interval: Duration,
    /// When the bucket has its next token.
    next: Mutex<Option<Instant>>,
}

/// Tokens that gather while nothing is called, as a time.
const BURST: Duration = Duration::from_secs(1);

impl Rate {
    /// This number of calls a second; none: no limit.
    #[must_use]
    pub fn per_second(calls: Option<f64>) -> Self {
        Self {
            interval: calls.map_or(Duration::ZERO, |calls| Duration::from_secs_f64(1.0 / calls)),
            next: Mutex::new(None),
        }
    }

    /// Waits for a token.
    pub async fn token(&self) {
        if self.interval.is_zero() {
            return;
        }
        let at = {
            let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
            let now = Instant::now();
            // A bucket begins empty: another invocation may have used the last second.
            let earliest = now.checked_sub(BURST).unwrap_or(now);
            let at = next.unwrap_or(now).max(earliest);
            *next = Some(at + self.interval);
            at
        };
        tokio::time::sleep_until(at).await;
    }
}

/// A bucket for each category of Cognito's quotas that is used. Cognito counts them per account and region, and those of users who sign
/// in besides.
#[derive(Debug)]
pub struct Rates {
    pub(crate) user_list: Rate,
    pub(crate) user_read: Rate,
    pub(crate) user_resource_read: Rate,
    pub(crate) user_creation: Rate,
    pub(crate) user_update: Rate,
    pub(crate) account_recovery: Rate,
    pub(crate) pool_resource_read: Rate,
    pub(crate) pool_resource_update: Rate,
}

/// The default quotas in requests a second. Source: Cognito Developer Guide, "Quotas in Amazon Cognito", category operations. Of the
/// last two "any individual operation has a constraint" of 5 for a single pool.
const USER_LIST: f64 = 30.0;
const USER_READ: f64 = 120.0;
const USER_RESOURCE_READ: f64 = 50.0;
const USER_CREATION: f64 = 50.0;
const USER_UPDATE: f64 = 25.0;
const ACCOUNT_RECOVERY: f64 = 30.0;
const POOL_RESOURCE: f64 = 5.0;

impl Rates {
    /// Half of the default quotas: the rest is for users who sign in, and for other functions.
    #[must_use]
    pub fn half() -> Self {
        Self::all(|quota| Rate::per_second(Some(quota / 2.0)))
    }

    /// As fast as Cognito answers: for tests.
    #[must_use]
    pub fn unlimited() -> Self {
        Self::all(|_| Rate::per_second(None))
    }

    fn all(rate: impl Fn(f64) -> Rate) -> Self {
        Self {
            user_list: rate(USER_LIST),
            user_read: rate(USER_READ),
            user_resource_read: rate(USER_RESOURCE_READ),
            user_creation: rate(USER_CREATION),
            user_update: rate(USER_UPDATE),
            account_recovery: rate(ACCOUNT_RECOVERY),
            pool_resource_read: rate(POOL_RESOURCE),
            pool_resource_update: rate(POOL_RESOURCE),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn no_second_has_more_calls_than_the_rate_and_what_gathered() {
        let rate = Rate::per_second(Some(10.0));
        let begun = Instant::now();
        for _ in 0..31 {
            rate.token().await;
        }
        assert_eq!(begun.elapsed().as_millis(), 3_000);
        // A pause of an hour gathers no more than a second of one.
        tokio::time::sleep(Duration::from_secs(3_600)).await;
        let begun = Instant::now();
        for _ in 0..21 {
            rate.token().await;
        }
        assert_eq!(begun.elapsed().as_millis(), 1_000);
    }

    #[tokio::test(start_paused = true)]
    async fn without_a_limit_nobody_waits() {
        let begun = Instant::now();
        for _ in 0..1_000 {
            Rates::unlimited().user_list.token().await;
        }
        assert_eq!(begun.elapsed(), Duration::ZERO);
    }
}
