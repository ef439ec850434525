//! The two day fields with their signs.

use jiff::civil::{Date, Weekday};

use super::Field;
use super::numbers::{Numbers, number};
use crate::ParseError;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum DayOfMonth {
    In(Numbers),
    /// `L`
    Last,
    /// `LW`: the last weekday. Our choice because both signs are documented for the field and Quartz, whose grammar this is,
    /// reads them so.
    LastWeekday,
    /// `15W`: the weekday nearest to the 15th within the month; none in a month without that day (our choice, as for the bare
    /// number).
    NearestWeekday(i16),
}

impl DayOfMonth {
    pub(super) fn parse(text: &str) -> Result<Self, ParseError> {
        let upper = text.to_ascii_uppercase();
        match upper.as_str() {
            "L" => return Ok(Self::Last),
            "LW" | "WL" => return Ok(Self::LastWeekday),
            _ => {}
        }
        alone(Field::DayOfMonth, text, &['?', 'L', 'W'])?;
        if let Some(day) = upper.strip_suffix('W') {
            return number(Field::DayOfMonth, day).map(Self::NearestWeekday);
        }
        if upper.ends_with('L') || upper.starts_with("L-") {
            return Err(ParseError::CronSign {
                field: Field::DayOfMonth,
                seen: text.to_owned(),
                sign: 'L',
                hint: "Use L alone for the last day of the month, or LW for its last weekday.",
            });
        }
        Numbers::parse(Field::DayOfMonth, text).map(Self::In)
    }

    pub(super) fn has(&self, date: Date) -> bool {
        let day = i16::from(date.day());
        let last = date.days_in_month();
        match self {
            Self::In(days) => days.has(day),
            Self::Last => date.day() == last,
            Self::LastWeekday => Self::nearest_weekday(date, last) == Some(date),
            Self::NearestWeekday(wanted) => (1..=last)
                .find(|candidate| i16::from(*candidate) == *wanted)
                .is_some_and(|wanted| Self::nearest_weekday(date, wanted) == Some(date)),
        }
    }

    /// The weekday nearest to a day of the month of `date`, without leaving the month.
    fn nearest_weekday(date: Date, day: i8) -> Option<Date> {
        let wanted = Date::new(date.year(), date.month(), day).ok()?;
        let nearest = match wanted.weekday() {
            Weekday::Saturday if day == 1 => 3,
            Weekday::Saturday => day - 1,
            Weekday::Sunday if day == wanted.days_in_month() => day - 2,
            Weekday::Sunday => day + 1,
            _ => day,
        };
        Date::new(date.year(), date.month(), nearest).ok()
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum DayOfWeek {
    In(Numbers),
    /// `6L`: the last of this day in the month.
    Last(i16),
    /// `6#3`: the third of this day in the month; none in a month that has fewer.
    Nth(i16, i8),
}

impl DayOfWeek {
    pub(super) fn parse(text: &str) -> Result<Self, ParseError> {
        let field = Field::DayOfWeek;
        alone(field, text, &['?', '#'])?;
        if let Some((day, nth)) = text.split_once('#') {
            let day = number(field, day)?;
            let nth = Some(nth).filter(|nth| nth.len() == 1).and_then(|nth| nth.parse().ok());
            return match nth.filter(|nth| (1..=5).contains(nth)) {
                Some(nth) => Ok(Self::Nth(day, nth)),
                None => Err(ParseError::CronSign {
                    field,
                    seen: text.to_owned(),
                    sign: '#',
                    hint: "After # comes 1 to 5: 6#3 is the third Friday of the month.",
                }),
            };
        }
        let upper = text.to_ascii_uppercase();
        if upper == "L" {
            // The last day of the week is Saturday. Source: eb-cron-expressions.
            return Numbers::parse(field, "7").map(Self::In);
        }
        alone(field, text, &['L'])?;
        match upper.strip_suffix('L') {
            Some(day) => number(field, day).map(Self::Last),
            None => Numbers::parse(field, text).map(Self::In),
        }
    }

    pub(super) fn has(&self, date: Date) -> bool {
        let weekday = i16::from(date.weekday().to_sunday_one_offset());
        let day = date.day();
        match self {
            Self::In(days) => days.has(weekday),
            Self::Last(wanted) => weekday == *wanted && day + 7 > date.days_in_month(),
            Self::Nth(wanted, nth) => weekday == *wanted && (day - 1) / 7 + 1 == *nth,
        }
    }
}

/// Refuses signs that stand alone in a list or range. Source: eb-cron-expressions says so for `#`; for the others it is our
/// choice because no documentation gives a list of them a meaning.
fn alone(field: Field, text: &str, signs: &[char]) -> Result<(), ParseError> {
    let items: Vec<&str> = text.split(',').collect();
    if items.len() == 1 {
        return Ok(());
    }
    // A month or day name may have the letter of a sign in it: JUL, WED.
    let is_name = |item: &str| item.split('-').all(|end| field.named(end).is_some());
    for item in items.iter().filter(|item| !is_name(item)) {
        if let Some(sign) = signs.iter().find(|sign| item.to_ascii_uppercase().contains(**sign)) {
            let days = items.iter().copied().filter(|item| !item.contains('?'));
            let instead = match sign {
                '?' => days.collect::<Vec<_>>().join(","),
                _ => (*item).to_owned(),
            };
            let instead = if instead.is_empty() { "*".to_owned() } else { instead };
            // What is wrong with the item itself comes first.
            if field == Field::DayOfWeek {
                DayOfWeek::parse(&instead)?;
            } else {
                DayOfMonth::parse(&instead)?;
            }
            return Err(ParseError::CronNotAlone {
                field,
                seen: text.to_owned(),
                sign: *sign,
                instead,
            });
        }
    }
    Ok(())
}
