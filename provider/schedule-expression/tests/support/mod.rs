//! Short forms for tests.
#![allow(
    clippy::unwrap_used,
    dead_code,
    reason = "a test fails by panicking; not every test uses everything"
)]

use jiff::Timestamp;
use schedule_expression::{Expression, Schedule, Zone};

pub(crate) fn schedule(expression: &str, zone: &str) -> Schedule {
    let parsed: Expression = expression
        .parse()
        .unwrap_or_else(|error| panic!("{expression}: {error}"));
    Schedule::new(parsed, Zone::parse(zone).unwrap())
}

pub(crate) fn instant(text: &str) -> Timestamp {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// The next `n` runs, as local times of the zone with their offsets from UTC in hours and minutes.
pub(crate) fn runs(expression: &str, zone: &str, from: &str, n: usize) -> Vec<String> {
    let schedule = schedule(expression, zone);
    let zoned = |run: Timestamp| run.in_tz(zone).unwrap().strftime("%a %Y-%m-%dT%H:%M %:z").to_string();
    schedule.runs(instant(from)).take(n).map(zoned).collect()
}
