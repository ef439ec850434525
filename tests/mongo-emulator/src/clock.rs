//! The cluster's time: every write has one of its own.

use std::time::{Duration, SystemTime};

/// Seconds since 1970 in the upper half, a counter within the second in the lower: a BSON timestamp.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Time(pub(crate) u64);

impl Time {
    /// After every write.
    pub(crate) const LATEST: Self = Self(u64::MAX);

    pub(crate) fn before(self, duration: Duration) -> Self {
        Self(self.0.saturating_sub(duration.as_secs() << 32))
    }
}

#[derive(Debug)]
pub(crate) struct Clock {
    last: Time,
}

impl Default for Clock {
    fn default() -> Self {
        Self { last: now() }
    }
}

impl Clock {
    /// A time after all that were given; the wall clock may stand still or go back.
    pub(crate) fn tick(&mut self) -> Time {
        self.last = now().max(Time(self.last.0 + 1));
        self.last
    }

    /// The time of the last write, moved on as an idle primary moves it.
    pub(crate) fn now(&mut self) -> Time {
        self.last = self.last.max(now());
        self.last
    }
}

fn now() -> Time {
    let seconds = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default()
        .as_secs();
    Time(seconds << 32 | 1)
}

/// Milliseconds since 1970.
pub(crate) fn wall_ms() -> i64 {
    let since_1970 = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since_1970.as_millis()).unwrap_or(i64::MAX)
}
