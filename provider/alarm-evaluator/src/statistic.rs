//! Raw samples of one period to one number.

use serde::{Deserialize, Serialize};

/// A statistic of an alarm or a metric query.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Statistic {
    /// Number of samples.
    SampleCount,
    /// Sum divided by number of samples.
    Average,
    /// Sum of the samples.
    Sum,
    /// Smallest sample.
    Minimum,
    /// Largest sample.
    Maximum,
    /// The percentile `pNN`, in percent: 0 to 100, at most ten decimal places (CloudWatch statistics definitions).
    Percentile(f64),
}

/// Why a text is no statistic this crate evaluates.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StatisticError {
    /// CloudWatch knows it, this crate does not evaluate it.
    #[error(
        "statistic \"{0}\" is a CloudWatch statistic that this provider does not support; supported are {EVALUATED}"
    )]
    Unsupported(String),
    /// CloudWatch does not know it.
    #[error("\"{0}\" is not a statistic; statistics are {EVALUATED}")]
    Unknown(String),
}

const EVALUATED: &str = "SampleCount, Average, Sum, Minimum, Maximum and p0 to p100";

impl Statistic {
    /// Parses `Sum`, `p99`, `p99.9` and so on.
    ///
    /// # Errors
    /// [`StatisticError::Unsupported`] for trimmed and winsorized means, trimmed counts and sums, interquartile mean and
    /// percentile rank (tm, wm, tc, ts, IQM, PR, TM(..), ...); [`StatisticError::Unknown`] for everything else.
    pub fn parse(text: &str) -> Result<Self, StatisticError> {
        match text {
            "SampleCount" => return Ok(Self::SampleCount),
            "Average" => return Ok(Self::Average),
            "Sum" => return Ok(Self::Sum),
            "Minimum" => return Ok(Self::Minimum),
            "Maximum" => return Ok(Self::Maximum),
            "IQM" => return Err(StatisticError::Unsupported(text.to_owned())),
            _ => {}
        }
        if let Some(percent) = text.strip_prefix('p').and_then(percent) {
            return Ok(Self::Percentile(percent));
        }
        let short = ["tm", "wm", "tc", "ts"]
            .iter()
            .any(|kind| text.strip_prefix(kind).and_then(percent).is_some());
        Err(if short || is_bounded(text) {
            StatisticError::Unsupported(text.to_owned())
        } else {
            StatisticError::Unknown(text.to_owned())
        })
    }

    /// How many samples an evaluation needs for this percentile to mean something; `None` for other statistics.
    /// Source: "Percentile-based alarms and low data samples": 10/(1-p) from the median up, 10/p below it.
    #[must_use]
    pub fn significant_sample_count(self) -> Option<f64> {
        match self {
            Self::Percentile(p) if p >= 50.0 => Some(1_000.0 / (100.0 - p)),
            Self::Percentile(p) => Some(1_000.0 / p),
            _ => None,
        }
    }
}

/// A percentage 0 to 100 as CloudWatch writes it: digits, an optional point, at most ten decimals.
fn percent(text: &str) -> Option<f64> {
    value(text).filter(|percent| (0.0..=100.0).contains(percent))
}

/// `TM(10%:90%)`, `WM(:90%)`, `TC(150:1000)`, `PR(:300)`: one or two bounds, each a percentage or a value of the metric; a percentile
/// rank has values only. Bounds of one kind that enclose nothing are refused.
fn is_bounded(text: &str) -> bool {
    let Some((kind, bounds)) = text.strip_suffix(')').and_then(|text| text.split_once('(')) else {
        return false;
    };
    let takes_percentages = match kind {
        "TM" | "WM" | "TC" | "TS" => true,
        "PR" => false,
        _ => return false,
    };
    let Some((low, high)) = bounds.split_once(':') else {
        return false;
    };
    // whether it is a percentage, and its number
    let bound = |text: &str| match text.strip_suffix('%') {
        Some(text) => percent(text).filter(|_| takes_percentages).map(|number| (true, number)),
        None => value(text).map(|number| (false, number)),
    };
    match (low.is_empty(), high.is_empty()) {
        (true, true) => false,
        (false, true) => bound(low).is_some(),
        (true, false) => bound(high).is_some(),
        (false, false) => matches!(
            (bound(low), bound(high)),
            (Some((low_is_percent, low)), Some((high_is_percent, high))) if low_is_percent != high_is_percent || low < high
        ),
    }
}

/// A value of a metric as a bound: digits, an optional point, at most ten decimals.
fn value(text: &str) -> Option<f64> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(decimals) || decimals.len() > 10 {
        return None;
    }
    text.parse().ok()
}

impl std::fmt::Display for Statistic {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::SampleCount => f.write_str("SampleCount"),
            Self::Average => f.write_str("Average"),
            Self::Sum => f.write_str("Sum"),
            Self::Minimum => f.write_str("Minimum"),
            Self::Maximum => f.write_str("Maximum"),
            Self::Percentile(percent) => write!(f, "p{percent}"),
        }
    }
}

impl TryFrom<String> for Statistic {
    type Error = StatisticError;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<Statistic> for String {
    fn from(statistic: Statistic) -> Self {
        statistic.to_string()
    }
}

/// What one PutMetricData datum says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum SampleValues {
    /// Values with the number of times each occurred; one value is `[(value, 1.0)]`.
    Values(Vec<(f64, f64)>),
    /// A statistic set.
    Set {
        /// Number of samples.
        sample_count: f64,
        /// Sum of the samples.
        sum: f64,
        /// Smallest sample.
        minimum: f64,
        /// Largest sample.
        maximum: f64,
    },
}

/// One raw sample of a metric.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sample {
    /// Seconds since 1970.
    pub timestamp: i64,
    /// The values.
    pub values: SampleValues,
    /// CloudWatch's unit name; `None` is CloudWatch's unit `None`.
    pub unit: Option<String>,
}

impl Sample {
    /// One value at one time, without a unit.
    #[must_use]
    pub fn value(timestamp: i64, value: f64) -> Self {
        Self {
            timestamp,
            values: SampleValues::Values(vec![(value, 1.0)]),
            unit: None,
        }
    }
}

/// Number of samples in `samples`.
pub fn sample_count<'a>(samples: impl IntoIterator<Item = &'a Sample>) -> f64 {
    samples
        .into_iter()
        .map(|sample| match &sample.values {
            SampleValues::Values(values) => values.iter().map(|(_, count)| count).sum(),
            SampleValues::Set { sample_count, .. } => *sample_count,
        })
        .sum()
}

/// The statistic of the samples of one period; `None` where there is no datapoint.
///
/// A percentile needs raw values: a statistic set gives one only if its sample count is 1 or its minimum equals its maximum
/// (PutMetricData). CloudWatch does not publish how it interpolates: the nearest rank is taken here.
pub fn aggregate<'a>(samples: impl IntoIterator<Item = &'a Sample>, statistic: Statistic) -> Option<f64> {
    let (mut count, mut sum, mut minimum, mut maximum) = (0.0, 0.0, f64::INFINITY, f64::NEG_INFINITY);
    let mut weighted: Vec<(f64, f64)> = Vec::new();
    let mut ranks_known = true;
    for sample in samples {
        match &sample.values {
            SampleValues::Values(values) => {
                for &(value, times) in values.iter().filter(|(_, times)| *times > 0.0) {
                    count += times;
                    sum += value * times;
                    minimum = value.min(minimum);
                    maximum = value.max(maximum);
                    weighted.push((value, times));
                }
            }
            &SampleValues::Set {
                sample_count,
                sum: set_sum,
                minimum: low,
                maximum: high,
            } if sample_count > 0.0 => {
                count += sample_count;
                sum += set_sum;
                minimum = low.min(minimum);
                maximum = high.max(maximum);
                // Equality is meant: the set was made of one repeated value.
                ranks_known &= sample_count == 1.0 || low == high;
                weighted.push((low, sample_count));
            }
            SampleValues::Set { .. } => {}
        }
    }
    if count == 0.0 {
        return None;
    }
    match statistic {
        Statistic::SampleCount => Some(count),
        Statistic::Average => Some(sum / count),
        Statistic::Sum => Some(sum),
        Statistic::Minimum => Some(minimum),
        Statistic::Maximum => Some(maximum),
        Statistic::Percentile(_) if !ranks_known => None,
        Statistic::Percentile(percent) => Some(nearest_rank(weighted, count, percent)),
    }
}

fn nearest_rank(mut weighted: Vec<(f64, f64)>, count: f64, percent: f64) -> f64 {
    weighted.sort_by(|(a, _), (b, _)| a.total_cmp(b));
    // A hair below the exact rank, so that p99 of 100 samples is the 99th and not, by rounding, the 100th.
    let rank = (percent / 100.0 * count - 1e-9).max(0.0);
    let mut below = 0.0;
    let mut last = f64::NAN;
    for (value, times) in weighted {
        below += times;
        last = value;
        if below >= rank && below > 0.0 {
            break;
        }
    }
    last
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;
    use proptest::prelude::*;

    #[test]
    fn statistics_parse_and_print() {
        for text in [
            "SampleCount",
            "Average",
            "Sum",
            "Minimum",
            "Maximum",
            "p99",
            "p99.9",
            "p0",
            "p100",
            "p50",
        ] {
            assert_eq!(Statistic::parse(text).unwrap().to_string(), text, "{text}");
        }
        for text in [
            "tm90",
            "wm99.5",
            "tc10",
            "ts80",
            "IQM",
            "PR(:300)",
            "TM(10%:90%)",
            "WM(5%:95%)",
            "TC(:95%)",
            "TS(80%:)",
            "TM(150:1000)",
            "PR(100:2000)",
        ] {
            assert_eq!(
                Statistic::parse(text),
                Err(StatisticError::Unsupported(text.to_owned())),
                "{text}"
            );
        }
        for text in [
            "",
            "p",
            "p101",
            "p-1",
            "p99.",
            "p1e1",
            "p+5",
            "sum",
            "Median",
            "tmx",
            "p9.12345678901",
            "P90",
            "TM99",
            "iqm",
            "IQR",
            "TM()",
            "TM(:)",
            "TM(10%)",
            "TM(150%:)",
            "TM(90%:10%)",
            "TM(a:b)",
            "TM(10%:90%",
            "tm(10%:90%)",
            "PR(10%:20%)",
            "PR(300:300)",
            "pr90",
            "XX(1:2)",
        ] {
            assert_eq!(
                Statistic::parse(text),
                Err(StatisticError::Unknown(text.to_owned())),
                "{text}"
            );
        }
    }

    #[test]
    fn values_counts_and_sets_aggregate_together() {
        let samples = [
            Sample {
                timestamp: 0,
                values: SampleValues::Values(vec![(1.0, 2.0), (4.0, 1.0)]),
                unit: None,
            },
            Sample {
                timestamp: 1,
                values: SampleValues::Set {
                    sample_count: 3.0,
                    sum: 30.0,
                    minimum: 5.0,
                    maximum: 20.0,
                },
                unit: None,
            },
        ];
        for (statistic, expected) in [
            (Statistic::SampleCount, Some(6.0)),
            (Statistic::Sum, Some(36.0)),
            (Statistic::Average, Some(6.0)),
            (Statistic::Minimum, Some(1.0)),
            (Statistic::Maximum, Some(20.0)),
            (Statistic::Percentile(50.0), None),
        ] {
            assert_eq!(aggregate(&samples, statistic), expected, "{statistic}");
        }
    }

    #[test]
    fn percentiles_take_the_nearest_rank_of_weighted_values() {
        let hundred = Sample {
            timestamp: 0,
            values: SampleValues::Values((1..=100).map(|value| (f64::from(value), 1.0)).collect()),
            unit: None,
        };
        let flat_set = Sample {
            timestamp: 0,
            values: SampleValues::Set {
                sample_count: 9.0,
                sum: 63.0,
                minimum: 7.0,
                maximum: 7.0,
            },
            unit: None,
        };
        for (name, samples, percent, expected) in [
            ("p99 of 1..100", vec![&hundred], 99.0, 99.0),
            ("p50 of 1..100", vec![&hundred], 50.0, 50.0),
            ("p100 is the maximum", vec![&hundred], 100.0, 100.0),
            ("p0 is the minimum", vec![&hundred], 0.0, 1.0),
            (
                "a set of one repeated value has percentiles",
                vec![&flat_set],
                90.0,
                7.0,
            ),
        ] {
            assert_eq!(
                aggregate(samples, Statistic::Percentile(percent)),
                Some(expected),
                "{name}"
            );
        }
    }

    #[test]
    fn nothing_aggregates_to_no_datapoint() {
        for statistic in [Statistic::SampleCount, Statistic::Sum, Statistic::Percentile(99.0)] {
            assert_eq!(aggregate(&[], statistic), None, "{statistic}");
        }
    }

    #[test]
    fn significance_follows_the_published_formula() {
        for (percent, samples) in [(99.0, 1_000.0), (90.0, 100.0), (50.0, 20.0), (10.0, 100.0)] {
            assert_eq!(
                Statistic::Percentile(percent).significant_sample_count(),
                Some(samples),
                "p{percent}"
            );
        }
        assert_eq!(Statistic::Sum.significant_sample_count(), None);
    }

    proptest! {
        #[test]
        fn every_percentile_lies_between_minimum_and_maximum(
            values in prop::collection::vec((-1e6..1e6f64, 1.0..9.0f64), 1..20), percent in 0.0..=100.0f64,
        ) {
            let sample = Sample { timestamp: 0, values: SampleValues::Values(values), unit: None };
            let of = |statistic| aggregate([&sample], statistic).unwrap();
            let percentile = of(Statistic::Percentile(percent));
            prop_assert!(of(Statistic::Minimum) <= percentile && percentile <= of(Statistic::Maximum));
        }
    }
}
