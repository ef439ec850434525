//! A time in a lease.

use std::fmt;
use std::time::SystemTime;

use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use serde::{Deserialize, Serialize};

/// The last second of the year 9999: RFC 3339 has no later year.
const MAX: i64 = 253_402_300_799;

/// A second of UTC, from 1970 to 9999. Its text, in JSON too: `2026-05-06T18:00:00Z`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Moment(i64);

impl Moment {
    /// Before every other one.
    pub const START: Self = Self(0);

    /// The second that a time is in; the nearest one where a clock is outside of the years.
    #[must_use]
    pub fn of(time: SystemTime) -> Self {
        let since_1970 = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let seconds = i64::try_from(since_1970.as_secs()).unwrap_or(MAX);
        Self(seconds.min(MAX))
    }

    /// Seconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub fn unix(self) -> i64 {
        self.0
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = DateTime::from_secs(self.0).fmt(Format::DateTime);
        f.write_str(&text.map_err(|_| fmt::Error)?)
    }
}

impl From<Moment> for String {
    fn from(moment: Moment) -> Self {
        moment.to_string()
    }
}

impl TryFrom<String> for Moment {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let time = DateTime::from_str(&text, Format::DateTime).map_err(|_| "no time like 2026-05-06T18:00:00Z")?;
        let seconds = Some(time.secs()).filter(|seconds| (0..=MAX).contains(seconds));
        seconds.map(Self).ok_or("a time before 1970 or after 9999")
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_moment_is_read_as_it_is_written() {
        let time = SystemTime::UNIX_EPOCH + Duration::from_millis(1_778_090_400_999);
        for (moment, text) in [
            (Moment::START, "1970-01-01T00:00:00Z"),
            (Moment::of(time), "2026-05-06T18:00:00Z"),
            (Moment(951_782_400), "2000-02-29T00:00:00Z"),
            (Moment(MAX), "9999-12-31T23:59:59Z"),
        ] {
            assert_eq!(moment.to_string(), text);
            assert_eq!(Moment::try_from(text.to_owned()), Ok(moment));
        }
    }

    #[test]
    fn what_is_no_such_time_is_refused() {
        for text in [
            "",
            "now",
            "2026-05-06",
            "2026-13-06T18:00:00Z",
            "1969-12-31T23:59:59Z",
            "2026-05-06T18:00:00+02:00",
        ] {
            assert!(Moment::try_from(text.to_owned()).is_err(), "{text}");
        }
        let before = SystemTime::UNIX_EPOCH - Duration::from_secs(1);
        assert_eq!(Moment::of(before), Moment::START);
    }
}
