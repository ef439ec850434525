//! The grammar all fields share: numbers, names, ranges, lists and steps.

use std::collections::BTreeSet;

use super::Field;
use crate::ParseError;

/// The values of a field that match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Numbers(BTreeSet<i16>);

impl Numbers {
    pub(super) fn parse(field: Field, text: &str) -> Result<Self, ParseError> {
        let mut values = BTreeSet::new();
        for item in text.split(',') {
            values.extend(values_of(field, item)?);
        }
        Ok(Self(values))
    }

    pub(super) fn has(&self, value: i16) -> bool {
        self.0.contains(&value)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = i16> {
        self.0.iter().copied()
    }
}

/// One number or name of the field.
pub(super) fn number(field: Field, text: &str) -> Result<i16, ParseError> {
    if let Some(value) = field.named(text) {
        return Ok(value);
    }
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(not_a_number(field, text));
    }
    let (min, max) = field.bounds();
    text.parse()
        .ok()
        .filter(|value| (min..=max).contains(value))
        .ok_or_else(|| ParseError::CronOutOfRange {
            field,
            seen: text.to_owned(),
        })
}

/// The error names the field that a sign belongs to.
fn not_a_number(field: Field, text: &str) -> ParseError {
    let hint = |sign| match sign {
        '?' => "Use * for every value; ? is for day-of-month and day-of-week only.",
        'W' => "It is for day-of-month: 15W is the weekday nearest to the 15th.",
        '#' => "It is for day-of-week: 6#3 is the third Friday of the month.",
        _ => "It is for day-of-month (the last day of the month) and day-of-week (6L is the last Friday).",
    };
    let upper = text.to_ascii_uppercase();
    let is_sign_of = |sign: char| match sign {
        '?' => upper == "?",
        '#' => upper.contains('#'),
        _ => {
            let rest = upper.trim_end_matches(sign);
            rest != upper && rest.bytes().all(|byte| byte.is_ascii_digit())
        }
    };
    match ['?', 'L', 'W', '#'].into_iter().find(|sign| is_sign_of(*sign)) {
        Some(sign) => ParseError::CronSign {
            field,
            seen: text.to_owned(),
            sign,
            hint: hint(sign),
        },
        None => ParseError::CronWord {
            field,
            seen: text.to_owned(),
        },
    }
}

fn values_of(field: Field, item: &str) -> Result<Vec<i16>, ParseError> {
    let (min, max) = field.bounds();
    let (base, step) = match item.split_once('/') {
        None => (item, None),
        Some(_) if !field.has_steps() => {
            return Err(ParseError::CronSign {
                field,
                seen: item.to_owned(),
                sign: '/',
                hint: "List the days, for example 2,4,6.",
            });
        }
        Some((base, step)) => {
            let largest = max - min;
            let number = Some(step)
                .filter(|step| step.bytes().all(|byte| byte.is_ascii_digit()))
                .and_then(|step| step.parse::<usize>().ok())
                .filter(|number| *number >= 1 && i16::try_from(*number).is_ok_and(|number| number <= largest))
                .ok_or_else(|| ParseError::CronStep {
                    field,
                    seen: item.to_owned(),
                    max: largest,
                })?;
            (base, Some(number))
        }
    };
    let (first, last) = if base == "*" {
        (min, max)
    } else if let Some((first, last)) = base.split_once('-') {
        let ends = (number(field, first)?, number(field, last)?);
        if ends.0 > ends.1 {
            return Err(ParseError::CronBackwardRange {
                field,
                seen: item.to_owned(),
                instead: forwards(field, (first, last), ends, step),
            });
        }
        ends
    } else {
        let value = number(field, base)?;
        // A step after a single number continues to the end of the field.
        (value, if step.is_some() { max } else { value })
    };
    Ok((first..=last).step_by(step.unwrap_or(1)).collect())
}

/// The values of a range that runs backwards: from its first to the end of the field and from the begin to its last. Years do
/// not come round, so theirs is turned.
fn forwards(field: Field, (first, last): (&str, &str), ends: (i16, i16), step: Option<usize>) -> String {
    let range = |from: &str, to: &str| {
        if from == to {
            from.to_owned()
        } else {
            format!("{from}-{to}")
        }
    };
    match step {
        None if field == Field::Year => range(last, first),
        Some(step) if field == Field::Year => format!("{}/{step}", range(last, first)),
        None => {
            let (begin, end) = field.ends(field.named(first).is_some());
            format!("{},{}", range(first, &end), range(&begin, last))
        }
        Some(step) => {
            let (min, max) = field.bounds();
            let values = (ends.0..=max).chain(min..=ends.1).step_by(step);
            values.map(|value| value.to_string()).collect::<Vec<_>>().join(",")
        }
    }
}
