//! The periods that time is cut into.

/// A stretch of time cut into periods: `start` and every `period` seconds after it, up to `periods` of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Start of the first period, seconds since 1970.
    pub start: i64,
    /// Length of a period in seconds.
    pub period: i64,
    /// Number of periods.
    pub periods: usize,
}

impl Window {
    /// The window of `periods` periods that ends at `end`.
    #[must_use]
    pub fn ending_at(end: i64, period: i64, periods: usize) -> Self {
        let length = i64::try_from(periods).unwrap_or(i64::MAX).saturating_mul(period);
        Self {
            start: end.saturating_sub(length),
            period,
            periods,
        }
    }

    /// Start of the period with this index.
    #[must_use]
    pub fn start_of(self, index: usize) -> i64 {
        self.start
            .saturating_add(i64::try_from(index).unwrap_or(i64::MAX).saturating_mul(self.period))
    }

    /// The first second after the window.
    #[must_use]
    pub fn end(self) -> i64 {
        self.start_of(self.periods)
    }
}
