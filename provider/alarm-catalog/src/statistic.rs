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
const TRIMMED: [&str; 5] = ["tm", "tc", "ts", "wm", "pr"];

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
        let lower = text.to_ascii_lowercase();
        let trimmed = TRIMMED.iter().find_map(|name| lower.strip_prefix(name));
        if lower == "iqm" || trimmed.is_some_and(|rest| is_percentage(rest) || is_range(rest)) {
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

/// `(10%:90%)`, `(:100)`, `(0.5:)`.
fn is_range(text: &str) -> bool {
    let Some((low, high)) = text
        .strip_prefix('(')
        .and_then(|rest| rest.strip_suffix(')'))
        .and_then(|rest| rest.split_once(':'))
    else {
        return false;
    };
    let bound = |text: &str| text.is_empty() || is_plain_number(text.strip_suffix('%').unwrap_or(text));
    bound(low) && bound(high) && !(low.is_empty() && high.is_empty())
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
