use std::time::{Duration, SystemTime};

/// When a failed attempt is followed by another.
///
/// Waits are random between nothing and a ceiling that doubles from `base` up to `cap` ("full jitter"), so that the
/// parallel calls of one apply do not come back together. A `Retry-After` of the server comes first: never earlier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetryPolicy {
    /// Attempts in all; 1 means no retry.
    pub max_attempts: u32,
    /// Ceiling of the first wait.
    pub base: Duration,
    /// Ceiling of every wait.
    pub cap: Duration,
}

impl Default for RetryPolicy {
    /// 8 attempts, 1 second, 30 seconds. Our choice because the waits then add up to about 55 seconds on average and
    /// 110 at most, which spans the minute in which Atlas's rate limits refill and stays within the default call
    /// budget.
    fn default() -> Self {
        Self {
            max_attempts: 8,
            base: Duration::from_secs(1),
            cap: Duration::from_secs(30),
        }
    }
}

impl RetryPolicy {
    /// The wait after attempt number `attempt` (from 1).
    pub(crate) fn wait(&self, attempt: u32, retry_after: Option<Duration>) -> Duration {
        match retry_after {
            // A little later than asked, as many clients were told the same second.
            Some(asked) => asked.saturating_add(self.base.mul_f64(fastrand::f64())),
            None => self.ceiling(attempt).mul_f64(fastrand::f64()),
        }
    }

    fn ceiling(&self, attempt: u32) -> Duration {
        let doublings = attempt.saturating_sub(1).min(31);
        self.base.saturating_mul(1 << doublings).min(self.cap)
    }
}

/// Reads a `Retry-After` header: seconds or an HTTP date (RFC 9110, 10.2.3). A date in the past is zero, nonsense is
/// none.
pub(crate) fn parse_retry_after(value: &str, now: SystemTime) -> Option<Duration> {
    let value = value.trim();
    if let Ok(seconds) = value.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let date = httpdate::parse_http_date(value).ok()?;
    Some(date.duration_since(now).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(base_seconds: u64, cap_seconds: u64) -> RetryPolicy {
        RetryPolicy {
            max_attempts: 5,
            base: Duration::from_secs(base_seconds),
            cap: Duration::from_secs(cap_seconds),
        }
    }

    #[test]
    fn the_ceiling_doubles_up_to_the_cap() {
        let seconds: Vec<u64> = (1..=7)
            .map(|attempt| policy(1, 30).ceiling(attempt).as_secs())
            .collect();
        assert_eq!(seconds, [1, 2, 4, 8, 16, 30, 30]);
        assert_eq!(policy(1, 30).ceiling(u32::MAX).as_secs(), 30);
    }

    #[test]
    fn waits_are_spread_below_the_ceiling() {
        let waits: Vec<Duration> = (0..200).map(|_| policy(1, 30).wait(4, None)).collect();
        assert!(waits.iter().all(|wait| *wait <= Duration::from_secs(8)));
        assert!(waits.iter().any(|wait| *wait < Duration::from_secs(4)));
        assert!(waits.iter().any(|wait| *wait > Duration::from_secs(4)));
    }

    #[test]
    fn a_server_that_names_a_time_is_never_asked_earlier() {
        for _ in 0..200 {
            let wait = policy(1, 30).wait(1, Some(Duration::from_secs(55)));
            assert!(
                (Duration::from_secs(55)..=Duration::from_secs(56)).contains(&wait),
                "{wait:?}"
            );
        }
        policy(1, 30).wait(1, Some(Duration::MAX));
    }

    #[test]
    fn retry_after_is_read_in_both_forms() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777); // Sun, 06 Nov 1994 08:49:37 GMT
        for (case, header, expected) in [
            ("seconds", "55", Some(55)),
            ("blanks", " 7 ", Some(7)),
            ("a date ahead", "Sun, 06 Nov 1994 08:50:07 GMT", Some(30)),
            ("a date past", "Sun, 06 Nov 1994 08:49:07 GMT", Some(0)),
            ("a negative number", "-1", None),
            ("words", "soon", None),
            ("nothing", "", None),
        ] {
            assert_eq!(
                parse_retry_after(header, now),
                expected.map(Duration::from_secs),
                "{case}"
            );
        }
    }
}
