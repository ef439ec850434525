//! `rate(value unit)`.

use std::fmt;

use jiff::{SignedDuration, Timestamp};

use crate::ParseError;

/// The largest value. Our choice because the documentation says only "positive": a longer wait than 1,900 years of minutes is
/// a typing mistake.
const MAX: u32 = 999_999_999;

/// The unit of a rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// 60 s.
    Minutes,
    /// 3,600 s.
    Hours,
    /// 86,400 s, also where a clock change makes the day longer or shorter. Source: User Guide, schedule-types, daylight
    /// saving time.
    Days,
}

impl Unit {
    fn seconds(self) -> i64 {
        match self {
            Self::Minutes => 60,
            Self::Hours => 3_600,
            Self::Days => 86_400,
        }
    }
}

/// Again and again after a fixed time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rate {
    value: u32,
    unit: Unit,
    text: String,
}

impl Rate {
    /// `1 hour` and `1 hours` are both accepted, as by Scheduler; `5 hour` is not: our choice because EventBridge's rules
    /// refuse it, and it is more often `1 hour` or `5 hours` mistyped.
    pub(crate) fn parse(inside: &str) -> Result<Self, ParseError> {
        let words: Vec<&str> = inside.split_whitespace().collect();
        let [value, unit] = words[..] else {
            return Err(ParseError::RateShape {
                seen: inside.to_owned(),
            });
        };
        let number = Some(value)
            .filter(|value| value.bytes().all(|byte| byte.is_ascii_digit()))
            .and_then(|value| value.parse().ok())
            .filter(|number| (1..=MAX).contains(number));
        let number: u32 = number.ok_or_else(|| ParseError::RateValue {
            seen: value.to_owned(),
            max: MAX,
        })?;
        let (unit, singular) = match unit {
            "minute" => (Unit::Minutes, true),
            "minutes" => (Unit::Minutes, false),
            "hour" => (Unit::Hours, true),
            "hours" => (Unit::Hours, false),
            "day" => (Unit::Days, true),
            "days" => (Unit::Days, false),
            _ => {
                return Err(ParseError::RateUnit {
                    seen: unit.to_owned(),
                    hint: instead_of(unit, number),
                });
            }
        };
        if singular && number > 1 {
            return Err(ParseError::RateSingular {
                value: number,
                seen: words[1].to_owned(),
            });
        }
        Ok(Self {
            value: number,
            unit,
            text: inside.to_owned(),
        })
    }

    /// The time from one run to the next.
    #[must_use]
    pub fn interval(&self) -> SignedDuration {
        SignedDuration::from_secs(i64::from(self.value) * self.unit.seconds())
    }

    /// Runs from `from` on, counted from `first`.
    pub(crate) fn runs(&self, first: Timestamp, from: Timestamp) -> impl Iterator<Item = Timestamp> + use<> {
        let interval = self.interval();
        let gone = from.duration_since(first).as_secs().max(0) / interval.as_secs();
        let not_after = first
            .checked_add(SignedDuration::from_secs(gone * interval.as_secs()))
            .ok();
        let first = not_after.and_then(|run| {
            if run < from {
                run.checked_add(interval).ok()
            } else {
                Some(run)
            }
        });
        std::iter::successors(first, move |run| run.checked_add(interval).ok())
    }
}

/// What to type for a unit that there is not.
fn instead_of(unit: &str, value: u32) -> String {
    let lower = unit.to_ascii_lowercase();
    let plural = |word: &str| {
        if value == 1 {
            word.to_owned()
        } else {
            format!("{word}s")
        }
    };
    match lower.as_str() {
        "m" | "min" | "mins" | "minute" | "minutes" => format!("Use rate({value} {}).", plural("minute")),
        "h" | "hr" | "hrs" | "hour" | "hours" => format!("Use rate({value} {}).", plural("hour")),
        "d" | "day" | "days" => format!("Use rate({value} {}).", plural("day")),
        "week" | "weeks" | "w" if value <= MAX / 7 => format!("Use rate({} days).", value * 7),
        "s" | "sec" | "secs" | "second" | "seconds" => "The shortest rate is a minute: use rate(1 minute).".to_owned(),
        "month" | "months" => "Months differ in length: use cron(0 3 1 * ? *) for 03:00 on the 1st.".to_owned(),
        "year" | "years" => "Years differ in length: use cron(0 3 1 1 ? *) for 03:00 on 1 January.".to_owned(),
        _ => "Use, for example, rate(6 hours).".to_owned(),
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
