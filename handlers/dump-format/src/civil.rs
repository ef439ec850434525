//! Times in payloads, keys and manifests.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::Offset;
use serde::{Deserialize, Serialize};

use crate::names::Invalid;

/// jiff's timestamps end at 9999-12-30T22:00:00Z, so that they have a date of jiff's years in every offset. A time that is earlier by
/// the largest offset is always in range, and its date in that offset is the date of the time itself in UTC. Adding a duration to
/// 1970-01-01 gives the same, and makes a function a quarter of a megabyte larger.
const SHIFT: Offset = Offset::MAX;

/// Seconds since 1970-01-01T00:00:00Z, within the years 1970 to 9999. Text form: `2026-05-06T18:00:00Z`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct UtcSeconds(i64);

impl UtcSeconds {
    /// The last second of the year 9999.
    pub const MAX: Self = Self(253_402_300_799);

    /// # Errors
    /// [`Invalid`] outside the years 1970 to 9999.
    pub fn from_unix(seconds: i64) -> Result<Self, Invalid> {
        if (0..=Self::MAX.0).contains(&seconds) {
            return Ok(Self(seconds));
        }
        Err(Invalid::new("a time", "its year must be 1970 to 9999"))
    }

    /// Seconds since 1970-01-01T00:00:00Z.
    pub fn unix(self) -> i64 {
        self.0
    }

    /// Reads `2026-05-06T18:00:00Z`; a fraction of a second is accepted and dropped, other offsets are not.
    ///
    /// # Errors
    /// [`Invalid`] for any other form, a day or hour that does not exist (so also a leap second), a year before 1970.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let invalid = || Invalid::new("a time", "write it in UTC, like 2026-05-06T18:00:00Z");
        let (start, rest) = text.split_at_checked(19).ok_or_else(invalid)?;
        let fraction = rest.strip_suffix('Z').ok_or_else(invalid)?;
        if let Some(digits) = fraction.strip_prefix('.') {
            if !(1..=9).contains(&digits.len()) || !digits.bytes().all(|c| c.is_ascii_digit()) {
                return Err(invalid());
            }
        } else if !fraction.is_empty() {
            return Err(invalid());
        }
        let time = read_date_time(start.as_bytes()).ok_or_else(invalid)?;
        let shifted = SHIFT.to_timestamp(time).map_err(|_| invalid())?;
        Self::from_unix(shifted.as_second() + i64::from(SHIFT.seconds()))
    }

    pub(crate) fn date(self) -> Date {
        self.date_time().date()
    }

    fn date_time(self) -> DateTime {
        let shifted = Timestamp::from_second(self.0 - i64::from(SHIFT.seconds()));
        // No second of these years is out of range.
        SHIFT.to_datetime(shifted.unwrap_or(Timestamp::MAX))
    }
}

impl fmt::Display for UtcSeconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = self.date_time();
        let (year, month, day) = (time.year(), time.month(), time.day());
        let (hour, minute, second) = (time.hour(), time.minute(), time.second());
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
    }
}

impl From<UtcSeconds> for String {
    fn from(time: UtcSeconds) -> Self {
        time.to_string()
    }
}

impl TryFrom<String> for UtcSeconds {
    type Error = Invalid;

    fn try_from(text: String) -> Result<Self, Invalid> {
        Self::parse(&text)
    }
}

/// Reads exactly `YYYY-MM-DDTHH:MM:SS`. None for another form and for a date or time that does not exist. jiff's own parser accepts
/// more forms, and makes a function a quarter of a megabyte larger.
fn read_date_time(text: &[u8]) -> Option<DateTime> {
    let text: &[u8; 19] = text.try_into().ok()?;
    let separators = [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':')];
    if separators.iter().any(|&(at, separator)| text[at] != separator) {
        return None;
    }
    let two_digits = |at: usize| -> Option<i8> {
        let digit = |c: u8| c.is_ascii_digit().then(|| c - b'0');
        i8::try_from(digit(text[at])? * 10 + digit(text[at + 1])?).ok()
    };
    let year = i16::from(two_digits(0)?) * 100 + i16::from(two_digits(2)?);
    let (month, day) = (two_digits(5)?, two_digits(8)?);
    let (hour, minute, second) = (two_digits(11)?, two_digits(14)?, two_digits(17)?);
    DateTime::new(year, month, day, hour, minute, second, 0).ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    #[test]
    fn known_times_are_read_and_written() {
        for (text, seconds) in [
            ("1970-01-01T00:00:00Z", 0),
            ("2000-02-29T23:59:59Z", 951_868_799),
            ("2024-05-06T00:00:00Z", 1_714_953_600),
            ("2100-03-01T00:00:00Z", 4_107_542_400),
            ("9999-12-31T23:59:59Z", 253_402_300_799),
        ] {
            assert_eq!(UtcSeconds::parse(text).unwrap().unix(), seconds, "{text}");
            assert_eq!(UtcSeconds::from_unix(seconds).unwrap().to_string(), text);
        }
    }

    #[test]
    fn every_day_of_four_centuries_comes_back() {
        let mut expected = (1970, 1, 1);
        for day in 0..146_097 {
            let (year, month, day_of_month) = expected;
            let date = format!("{year}-{month:02}-{day_of_month:02}");
            for (clock, second) in [("00:00:00", 0), ("23:59:59", 86_399)] {
                let (text, unix) = (format!("{date}T{clock}Z"), day * 86_400 + second);
                assert_eq!(UtcSeconds::from_unix(unix).unwrap().to_string(), text);
                assert_eq!(UtcSeconds::parse(&text).unwrap().unix(), unix, "{text}");
            }
            let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
            let last = match month {
                2 => 28 + i32::from(leap),
                4 | 6 | 9 | 11 => 30,
                _ => 31,
            };
            expected = match (month, day_of_month) {
                (12, 31) => (year + 1, 1, 1),
                (_, day) if day == last => (year, month + 1, 1),
                _ => (year, month, day_of_month + 1),
            };
        }
        assert_eq!(expected, (2370, 1, 1));
    }

    #[test]
    fn a_fraction_is_dropped_and_all_other_forms_are_refused() {
        let time = UtcSeconds::parse("2026-05-06T18:00:00.123Z").unwrap();
        assert_eq!(time.to_string(), "2026-05-06T18:00:00Z");
        for text in [
            "",
            "2026-05-06",
            "2026-05-06T18:00:00",
            "2026-05-06T18:00:00+00:00",
            "2026-05-06 18:00:00Z",
            "2026-05-06T18:00:00.Z",
            "2026-05-06T18:00:00.1234567890Z",
            "2026-02-29T18:00:00Z",
            "2026-13-01T18:00:00Z",
            "2026-00-01T18:00:00Z",
            "2026-01-00T18:00:00Z",
            "2026-05-06T24:00:00Z",
            "2026-05-06T23:59:60Z",
            "1969-12-31T23:59:59Z",
            "2026-05-06T18:00:0éZ",
            "+026-05-06T18:00:00Z",
        ] {
            assert!(UtcSeconds::parse(text).is_err(), "{text:?}");
        }
    }
}
