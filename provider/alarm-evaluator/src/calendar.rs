//! Lengths of time in seconds, and times rounded to them.

/// Seconds in a minute, an hour, a day and a week.
pub const MINUTE: i64 = 60;
/// Seconds in an hour.
pub const HOUR: i64 = 3_600;
/// Seconds in a day.
pub const DAY: i64 = 86_400;
/// Seconds in a week.
pub const WEEK: i64 = 604_800;

/// `time` rounded down to a multiple of `step` counted from 1970, both in seconds.
#[must_use]
pub fn floor_to(time: i64, step: i64) -> i64 {
    time.div_euclid(step) * step
}
