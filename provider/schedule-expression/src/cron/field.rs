//! The six fields: bounds, names, and how to speak of them.

use std::fmt;

/// A field of `cron`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// 0 to 59.
    Minutes,
    /// 0 to 23.
    Hours,
    /// 1 to 31.
    DayOfMonth,
    /// 1 to 12, or JAN to DEC.
    Month,
    /// 1 to 7, or SUN to SAT.
    DayOfWeek,
    /// 1970 to 2199.
    Year,
}

/// Source: eb-cron-expressions, the table of fields.
const MONTHS: [&str; 12] = [
    "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
];
const DAYS: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

impl Field {
    pub(super) fn index(self) -> usize {
        match self {
            Self::Minutes => 0,
            Self::Hours => 1,
            Self::DayOfMonth => 2,
            Self::Month => 3,
            Self::DayOfWeek => 4,
            Self::Year => 5,
        }
    }

    /// Smallest and largest value. Source: eb-cron-expressions, the table of fields.
    pub(super) fn bounds(self) -> (i16, i16) {
        match self {
            Self::Minutes => (0, 59),
            Self::Hours => (0, 23),
            Self::DayOfMonth => (1, 31),
            Self::Month => (1, 12),
            Self::DayOfWeek => (1, 7),
            Self::Year => (1970, 2199),
        }
    }

    pub(super) fn names(self) -> &'static [&'static str] {
        match self {
            Self::Month => &MONTHS,
            Self::DayOfWeek => &DAYS,
            _ => &[],
        }
    }

    /// The number that a name of the field stands for, in any case.
    pub(super) fn named(self, word: &str) -> Option<i16> {
        let index = self.names().iter().position(|name| name.eq_ignore_ascii_case(word))?;
        i16::try_from(index).ok().map(|index| index + 1)
    }

    /// First and last value as typed, by name or by number.
    pub(super) fn ends(self, by_name: bool) -> (String, String) {
        match self.names() {
            [first, .., last] if by_name => ((*first).to_owned(), (*last).to_owned()),
            _ => (self.bounds().0.to_string(), self.bounds().1.to_string()),
        }
    }

    /// Whether a step after `/` is for this field. Source: eb-cron-expressions, the table of fields, where day-of-week has none.
    pub(super) fn has_steps(self) -> bool {
        self != Self::DayOfWeek
    }

    pub(crate) fn range(self) -> &'static str {
        match self {
            Self::Minutes => "0 to 59",
            Self::Hours => "0 to 23",
            Self::DayOfMonth => "1 to 31",
            Self::Month => "1 to 12 or JAN to DEC",
            Self::DayOfWeek => "1 to 7 or SUN to SAT (Sunday is 1)",
            Self::Year => "1970 to 2199",
        }
    }

    pub(crate) fn takes(self) -> &'static str {
        match self {
            Self::DayOfMonth => "a number, a range, a list, a step, L, LW, a number with W, or ?",
            Self::Month => "a number or name, a range, a list or a step",
            Self::DayOfWeek => "a number or name, a range, a list, L, a day with L or #, or ?",
            Self::Minutes | Self::Hours | Self::Year => "a number, a range, a list or a step",
        }
    }

    pub(crate) fn example(self) -> &'static str {
        match self {
            Self::Minutes => "0, 0,30 or 0/15",
            Self::Hours => "3, 8-18 or 0/6",
            Self::DayOfMonth => "1, 1-7, L or 15W",
            Self::Month => "1, JAN-MAR or *",
            Self::DayOfWeek => "2, MON-FRI, 6L or 6#3",
            Self::Year => "* or 2030-2035",
        }
    }

    pub(crate) fn stepped(self) -> &'static str {
        match self {
            Self::Minutes => "0/15",
            Self::Hours => "0/6",
            Self::DayOfMonth => "1/2",
            Self::Month => "1/3",
            Self::DayOfWeek => "2,4,6",
            Self::Year => "2030/2",
        }
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Minutes => "minutes",
            Self::Hours => "hours",
            Self::DayOfMonth => "day-of-month",
            Self::Month => "month",
            Self::DayOfWeek => "day-of-week",
            Self::Year => "year",
        })
    }
}
