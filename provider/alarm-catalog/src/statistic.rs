//! CloudWatch statistics by the names users type.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// A statistic of a metric over a period.
///
/// Source: CloudWatch User Guide, Statistics-definitions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Statistic {
    /// `SampleCount`, `Average`, `Sum`, `Minimum` or `Maximum`.
    Basic(&'static str),
    /// A percentile, `p0` to `p100`.
    Percentile(String),
    /// Another extended statistic: `tm99`, `TC(0.5:10)`, `IQM` and the like.
    Extended(String),
}

/// A text that is no statistic.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{0:?} is not a statistic")]
pub struct UnknownStatistic(pub String);

const BASIC: [&str; 5] = ["SampleCount", "Average", "Sum", "Minimum", "Maximum"];
/// Statistics with one percentage (`tm99`), and with bounds (`TM(10%:90%)`).
const TRIMMED: [(&str, &str); 4] = [("tm", "TM"), ("tc", "TC"), ("ts", "TS"), ("wm", "WM")];
const PERCENTILE_RANK: &str = "PR";

impl Statistic {
    /// Whether CloudWatch takes it as `ExtendedStatistic` rather than as `Statistic`.
    #[must_use]
    pub const fn is_extended(&self) -> bool {
        !matches!(self, Self::Basic(_))
    }
}

impl FromStr for Statistic {
    type Err = UnknownStatistic;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Some(basic) = BASIC.into_iter().find(|basic| *basic == text) {
            return Ok(Self::Basic(basic));
        }
        if text.strip_prefix('p').is_some_and(is_percentage) {
            return Ok(Self::Percentile(text.to_owned()));
        }
        let is_trimmed = TRIMMED.iter().any(|(single, bounded)| {
            text.strip_prefix(single).is_some_and(is_percentage)
                || text
                    .strip_prefix(bounded)
                    .is_some_and(|range| is_range(range, Bound::parse))
        });
        let is_rank = || {
            text.strip_prefix(PERCENTILE_RANK)
                .is_some_and(|range| is_range(range, Bound::value))
        };
        if text == "IQM" || is_trimmed || is_rank() {
            return Ok(Self::Extended(text.to_owned()));
        }
        Err(UnknownStatistic(text.to_owned()))
    }
}

impl fmt::Display for Statistic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Basic(name) => f.write_str(name),
            Self::Percentile(name) | Self::Extended(name) => f.write_str(name),
        }
    }
}

/// `0` to `100` with at most ten decimals, digits and one dot only.
fn is_percentage(text: &str) -> bool {
    is_plain_number(text) && text.parse::<f64>().is_ok_and(|number| (0.0..=100.0).contains(&number))
}

/// One end of a range.
enum Bound {
    /// In percent, 0 to 100.
    Percentage(f64),
    /// In the metric's own unit.
    Value(f64),
}

impl Bound {
    fn parse(text: &str) -> Option<Self> {
        match text.strip_suffix('%') {
            Some(percentage) => is_percentage(percentage)
                .then(|| percentage.parse().ok())
                .flatten()
                .map(Self::Percentage),
            None => Self::value(text),
        }
    }

    fn value(text: &str) -> Option<Self> {
        is_plain_number(text)
            .then(|| text.parse().ok())
            .flatten()
            .map(Self::Value)
    }
}

/// `(10%:90%)`, `(:100)`, `(0.5:)`: at least one bound, and two of one kind in rising order.
fn is_range(text: &str, bound: fn(&str) -> Option<Bound>) -> bool {
    let Some((low, high)) = text
        .strip_prefix('(')
        .and_then(|rest| rest.strip_suffix(')'))
        .and_then(|rest| rest.split_once(':'))
    else {
        return false;
    };
    match (low.is_empty(), high.is_empty()) {
        (true, true) => false,
        (true, false) => bound(high).is_some(),
        (false, true) => bound(low).is_some(),
        (false, false) => match (bound(low), bound(high)) {
            (Some(Bound::Percentage(low)), Some(Bound::Percentage(high)))
            | (Some(Bound::Value(low)), Some(Bound::Value(high))) => low < high,
            (Some(_), Some(_)) => true,
            _ => false,
        },
    }
}

fn is_plain_number(text: &str) -> bool {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits(whole) && digits(decimals) && decimals.len() <= 10
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statistics_are_recognised_as_cloudwatch_writes_them() {
        for (text, extended) in [
            ("Sum", Some(false)),
            ("SampleCount", Some(false)),
            ("p90", Some(true)),
            ("p99.9", Some(true)),
            ("p100", Some(true)),
            ("tm99", Some(true)),
            ("TM(10%:90%)", Some(true)),
            ("PR(:300)", Some(true)),
            ("IQM", Some(true)),
            ("TM(150:1000)", Some(true)),
            ("WM(:90%)", Some(true)),
            ("TS(80%:)", Some(true)),
            ("TM(150%:)", None),
            ("TM(90%:10%)", None),
            ("tm(10%:90%)", None),
            ("TM99", None),
            ("PR(10%:20%)", None),
            ("pr99", None),
            ("iqm", None),
            ("IQR", None),
            ("sum", None),
            ("p101", None),
            ("p", None),
            ("p-1", None),
            ("p1e1", None),
            ("TM()", None),
            ("TM(:)", None),
            ("Median", None),
        ] {
            let parsed = text.parse::<Statistic>().ok();
            assert_eq!(parsed.as_ref().map(Statistic::is_extended), extended, "{text}");
            if let Some(parsed) = parsed {
                assert_eq!(parsed.to_string(), text, "{text} is written as it was read");
            }
        }
    }
}
