//! `cron(minutes hours day-of-month month day-of-week year)`.

mod advice;
mod day;
mod field;
mod numbers;

use std::fmt;

use jiff::civil::{Date, Time};

use self::day::{DayOfMonth, DayOfWeek};
pub use self::field::Field;
use self::numbers::Numbers;
use crate::ParseError;

/// Local times of a calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cron {
    minutes: Numbers,
    hours: Numbers,
    day: Day,
    months: Numbers,
    years: Numbers,
    fields: [String; 6],
    text: String,
}

/// The one of the two day fields that is not `?`.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Day {
    OfMonth(DayOfMonth),
    OfWeek(DayOfWeek),
}

impl Cron {
    pub(crate) fn parse(inside: &str) -> Result<Self, ParseError> {
        let words: Vec<&str> = inside.split_whitespace().collect();
        let [minutes, hours, day_of_month, month, day_of_week, year] = words[..] else {
            return Err(ParseError::CronFieldCount {
                seen: inside.to_owned(),
                count: words.len(),
                hint: advice::six_fields(&words),
            });
        };
        if let Some(instead) = advice::without_seconds(&words) {
            return Err(ParseError::CronSeconds {
                seen: inside.to_owned(),
                instead,
            });
        }
        let minutes_set = Numbers::parse(Field::Minutes, minutes)?;
        let hours_set = Numbers::parse(Field::Hours, hours)?;
        // Every field by itself before the two day fields together, so that the advice about both is accepted.
        let of_month = is_said(day_of_month).then(|| DayOfMonth::parse(day_of_month));
        let of_month = of_month.transpose()?;
        let months = Numbers::parse(Field::Month, month)?;
        let of_week = is_said(day_of_week).then(|| DayOfWeek::parse(day_of_week));
        let of_week = of_week.transpose()?;
        let years = Numbers::parse(Field::Year, year)?;
        let with = |day_of_month: &str, day_of_week: &str| {
            format!("cron({minutes} {hours} {day_of_month} {month} {day_of_week} {year})")
        };
        let day = match (of_month, of_week) {
            (Some(day), None) => Day::OfMonth(day),
            (None, Some(day)) => Day::OfWeek(day),
            (None, None) => {
                return Err(ParseError::CronNoDay {
                    instead: with("*", "?"),
                });
            }
            (Some(_), Some(_)) => {
                let week = || format!("{}{}", with("?", day_of_week), advice::counted_from_sunday(day_of_week));
                return Err(ParseError::CronBothDays {
                    day_of_month: day_of_month.to_owned(),
                    day_of_week: day_of_week.to_owned(),
                    instead: match (day_of_month, day_of_week) {
                        (_, "*") => with(day_of_month, "?"),
                        ("*", _) => week(),
                        _ => format!("{} or {}", with(day_of_month, "?"), week()),
                    },
                });
            }
        };
        Ok(Self {
            minutes: minutes_set,
            hours: hours_set,
            day,
            months,
            years,
            fields: [minutes, hours, day_of_month, month, day_of_week, year].map(str::to_owned),
            text: inside.to_owned(),
        })
    }

    /// The matching dates from `first` on, in order.
    pub(crate) fn dates(&self, first: Date) -> impl Iterator<Item = Date> {
        let years = self.years.iter().filter(move |year| *year >= first.year());
        years
            .flat_map(|year| (1..=12).map(move |month| (year, month)))
            .filter(|(_, month)| self.months.has(i16::from(*month)))
            .flat_map(|(year, month)| self.dates_of_month(year, month))
            .filter(move |date| *date >= first)
    }

    fn dates_of_month(&self, year: i16, month: i8) -> Vec<Date> {
        let Ok(first) = Date::new(year, month, 1) else {
            return Vec::new();
        };
        let all = (1..=first.days_in_month()).filter_map(|day| Date::new(year, month, day).ok());
        all.filter(|date| match &self.day {
            Day::OfMonth(day) => day.has(*date),
            Day::OfWeek(day) => day.has(*date),
        })
        .collect()
    }

    /// The times of each matching date, in order.
    pub(crate) fn times(&self) -> impl Iterator<Item = Time> {
        (0..24)
            .filter(|hour| self.hours.has(i16::from(*hour)))
            .flat_map(|hour| (0..60).map(move |minute| (hour, minute)))
            .filter(|(_, minute)| self.minutes.has(i16::from(*minute)))
            .filter_map(|(hour, minute)| Time::new(hour, minute, 0, 0).ok())
    }

    /// The last year there is.
    pub(crate) fn last_year(&self) -> Option<i16> {
        self.years.iter().last()
    }

    pub(crate) fn months(&self) -> Vec<i8> {
        (1..=12).filter(|month| self.months.has(i16::from(*month))).collect()
    }

    /// The day field that is not `?`, and its text.
    pub(crate) fn day_field(&self) -> (Field, &str) {
        match self.day {
            Day::OfMonth(_) => (Field::DayOfMonth, &self.fields[2]),
            Day::OfWeek(_) => (Field::DayOfWeek, &self.fields[4]),
        }
    }

    /// The text of one field.
    pub(crate) fn field(&self, field: Field) -> &str {
        &self.fields[field.index()]
    }

    /// The expression with other text in one field.
    pub(crate) fn with(&self, field: Field, text: &str) -> String {
        let mut fields = self.fields.clone();
        text.clone_into(&mut fields[field.index()]);
        format!("cron({})", fields.join(" "))
    }
}

/// Whether a day field names days.
fn is_said(day: &str) -> bool {
    day != "?"
}

impl fmt::Display for Cron {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
