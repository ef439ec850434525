//! How long an invocation may still take.

use std::time::{Duration, Instant, SystemTime};

/// When the work has to be over. Outside of Lambda there may be none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadline(Option<Limit>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Limit {
    at: Instant,
    whole: Duration,
}

impl Deadline {
    /// No limit: for a command line.
    pub const NONE: Self = Self(None);

    /// In so much time from now.
    #[must_use]
    pub fn after(time: Duration) -> Self {
        let limit = |at| Limit { at, whole: time };
        Self(Instant::now().checked_add(time).map(limit))
    }

    /// At a time of the clock; one in the past is now.
    #[must_use]
    pub fn at(time: SystemTime) -> Self {
        Self::after(time.duration_since(SystemTime::now()).unwrap_or_default())
    }

    /// The earlier of this one and so much time from now.
    #[must_use]
    pub fn at_most(self, time: Duration) -> Self {
        if self.remaining().is_some_and(|left| left <= time) {
            self
        } else {
            Self::after(time)
        }
    }

    /// Time left; `None` without a limit.
    #[must_use]
    pub fn remaining(self) -> Option<Duration> {
        self.0.map(|limit| limit.at.saturating_duration_since(Instant::now()))
    }

    /// How much of the time to keep for the end: what is wanted, but at most a quarter of the whole, so that a function with
    /// little time still uses most of it.
    #[must_use]
    pub fn reserve(self, wanted: Duration) -> Duration {
        self.0.map_or(wanted, |limit| wanted.min(limit.whole / 4))
    }

    /// Whether less than `time` is left.
    #[must_use]
    pub fn is_within(self, time: Duration) -> bool {
        self.remaining().is_some_and(|left| left < time)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_limit_no_time_is_too_long() {
        assert!(!Deadline::NONE.is_within(Duration::MAX));
        assert_eq!(Deadline::NONE.remaining(), None);
    }

    #[test]
    fn a_time_in_the_past_leaves_nothing() {
        let deadline = Deadline::at(SystemTime::now() - Duration::from_secs(5));
        assert_eq!(deadline.remaining(), Some(Duration::ZERO));
        assert!(deadline.is_within(Duration::from_millis(1)));
    }

    #[test]
    fn at_most_a_quarter_of_the_time_is_kept_for_the_end() {
        let minute = Duration::from_secs(60);
        assert_eq!(Deadline::after(Duration::from_secs(900)).reserve(minute), minute);
        assert_eq!(Deadline::after(minute).reserve(minute), Duration::from_secs(15));
        assert_eq!(Deadline::NONE.reserve(minute), minute);
    }

    #[test]
    fn the_earlier_of_two_deadlines_counts() {
        let minute = Duration::from_secs(60);
        let hour = Duration::from_secs(3600);
        assert!(Deadline::NONE.at_most(minute).is_within(hour));
        assert!(Deadline::after(hour).at_most(minute).is_within(minute));
        let deadline = Deadline::after(minute);
        assert_eq!(deadline.at_most(hour), deadline);
    }

    #[test]
    fn time_left_counts_down_from_what_was_given() {
        let deadline = Deadline::at(SystemTime::now() + Duration::from_secs(900));
        assert!(deadline.is_within(Duration::from_secs(901)));
        assert!(!deadline.is_within(Duration::from_secs(60)));
    }
}
