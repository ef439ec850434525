//! UTC dates of seconds since 1970, for state reasons and for wall-clock windows.

/// Seconds in a minute, an hour, a day and a week.
pub const MINUTE: i64 = 60;
/// Seconds in an hour.
pub const HOUR: i64 = 3_600;
/// Seconds in a day.
pub const DAY: i64 = 86_400;
/// Seconds in a week.
pub const WEEK: i64 = 604_800;

/// A UTC date and time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Utc {
    /// Year, proleptic Gregorian.
    pub year: i64,
    /// Month, 1 to 12.
    pub month: i64,
    /// Day of the month, 1 to 31.
    pub day: i64,
    /// Hour, 0 to 23.
    pub hour: i64,
    /// Minute, 0 to 59.
    pub minute: i64,
    /// Second, 0 to 59.
    pub second: i64,
}

impl Utc {
    /// The date of `epoch_seconds`.
    #[must_use]
    pub fn from_epoch(epoch_seconds: i64) -> Self {
        let (days, rest) = (epoch_seconds.div_euclid(DAY), epoch_seconds.rem_euclid(DAY));
        // Days since 0000-03-01 in 400-year eras, so that the leap day is the last day of a year.
        let shifted = days + 719_468;
        let (era, day_of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
        let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let march_month = (5 * day_of_year + 2) / 153;
        let month = if march_month < 10 {
            march_month + 3
        } else {
            march_month - 9
        };
        Self {
            year: era * 400 + year_of_era + i64::from(month <= 2),
            month,
            day: day_of_year - (153 * march_month + 2) / 5 + 1,
            hour: rest / HOUR,
            minute: rest % HOUR / MINUTE,
            second: rest % MINUTE,
        }
    }

    /// Seconds since 1970 of this date.
    #[must_use]
    pub fn epoch(self) -> i64 {
        let year = self.year - i64::from(self.month <= 2);
        let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
        let march_month = (self.month + 9) % 12;
        let day_of_year = (153 * march_month + 2) / 5 + self.day - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        (era * 146_097 + day_of_era - 719_468) * DAY + self.hour * HOUR + self.minute * MINUTE + self.second
    }
}

/// `time` rounded down to a multiple of `step` counted from 1970, both in seconds.
#[must_use]
pub fn floor_to(time: i64, step: i64) -> i64 {
    time.div_euclid(step) * step
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_dates_convert_both_ways() {
        for (epoch, date) in [
            (0, (1970, 1, 1, 0, 0, 0)),
            (951_782_400, (2000, 2, 29, 0, 0, 0)),
            (1_667_906_700, (2022, 11, 8, 11, 25, 0)),
            (-1, (1969, 12, 31, 23, 59, 59)),
            (4_107_542_399, (2100, 2, 28, 23, 59, 59)),
        ] {
            let utc = Utc::from_epoch(epoch);
            assert_eq!(
                (utc.year, utc.month, utc.day, utc.hour, utc.minute, utc.second),
                date,
                "{epoch}"
            );
            assert_eq!(utc.epoch(), epoch, "{epoch}");
        }
    }
}
