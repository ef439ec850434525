//! The proleptic Gregorian calendar in UTC, for times in payloads, keys and manifests and for dates in documents.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::names::Invalid;

const DAY: i64 = 86_400;

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
        let seconds = read_date_time(start.as_bytes()).ok_or_else(invalid)?;
        Self::from_unix(seconds)
    }

    /// Year, month 1-12 and day 1-31.
    pub(crate) fn date(self) -> (i64, u32, u32) {
        civil_from_days(self.0.div_euclid(DAY))
    }
}

impl fmt::Display for UtcSeconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.date();
        let (hour, minute, second) = clock(self.0.rem_euclid(DAY));
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

/// Hour, minute and second of a second of the day.
pub(crate) fn clock(second_of_day: i64) -> (i64, i64, i64) {
    (second_of_day / 3_600, second_of_day / 60 % 60, second_of_day % 60)
}

/// Reads exactly `YYYY-MM-DDTHH:MM:SS`. None for another form and for a date or time that does not exist.
pub(crate) fn read_date_time(text: &[u8]) -> Option<i64> {
    let text: &[u8; 19] = text.try_into().ok()?;
    let separators = [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':')];
    if separators.iter().any(|&(at, separator)| text[at] != separator) {
        return None;
    }
    let number = |from: usize, to: usize| -> Option<i64> {
        text[from..to].iter().try_fold(0, |value, &c| {
            c.is_ascii_digit().then(|| value * 10 + i64::from(c - b'0'))
        })
    };
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
    if hour > 23 || minute > 59 || second > 59 || !(1..=12).contains(&month) {
        return None;
    }
    let days = days_from_civil(year, month, day);
    let (year_back, month_back, day_back) = civil_from_days(days);
    if (year_back, i64::from(month_back), i64::from(day_back)) != (year, month, day) {
        return None;
    }
    Some(days * DAY + hour * 3_600 + minute * 60 + second)
}

// Years are counted from March, so that the leap day is a year's last and months have the lengths of one line:
// day of year = (153 * month + 2) / 5. 400 years have 146,097 days; 719,468 days lie between 0000-03-01 and 1970-01-01.

fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month > 2 { year } else { year - 1 };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "month is 1-12, day 1-31"
)]
pub(crate) fn civil_from_days(days: i64) -> (i64, u32, u32) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 {
        from_march + 3
    } else {
        from_march - 9
    };
    let year = era * 400 + year_of_era + i64::from(month <= 2);
    (year, month as u32, day as u32)
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
        let mut expected = (1800, 1, 1);
        for days in days_from_civil(1800, 1, 1)..days_from_civil(2200, 1, 1) {
            let (year, month, day) = civil_from_days(days);
            assert_eq!((year, month, day), expected);
            assert_eq!(days_from_civil(year, month.into(), day.into()), days);
            let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
            let last = match month {
                2 => 28 + u32::from(leap),
                4 | 6 | 9 | 11 => 30,
                _ => 31,
            };
            expected = match (month, day) {
                (12, 31) => (year + 1, 1, 1),
                (_, day) if day == last => (year, month + 1, 1),
                _ => (year, month, day + 1),
            };
        }
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
