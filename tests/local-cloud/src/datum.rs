//! One metric value on its way to CloudWatch.

use aws_sdk_cloudwatch::primitives::DateTime;
use aws_sdk_cloudwatch::types::{Dimension, MetricDatum, StandardUnit, StatisticSet};
use serde::Deserialize;

/// What was measured: values each with how often it was seen, or only their statistics.
#[derive(Debug, Clone, PartialEq)]
pub enum Measured {
    /// `(value, count)` pairs.
    Values(Vec<(f64, f64)>),
    /// A statistic set as somebody published it.
    Statistics(Statistics),
}

/// CloudWatch's StatisticSet.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Statistics {
    /// How many values.
    pub sample_count: f64,
    /// Their sum.
    pub sum: f64,
    /// The smallest.
    pub minimum: f64,
    /// The largest.
    pub maximum: f64,
}

/// One value, or a few of the same moment, of one metric.
#[derive(Debug, Clone, PartialEq)]
pub struct Datum {
    /// `AWS/Lambda`.
    pub namespace: String,
    /// `Errors`.
    pub name: String,
    /// `(name, value)` pairs; at most 30.
    pub dimensions: Vec<(String, String)>,
    /// Seconds since 1970.
    pub timestamp: f64,
    /// CloudWatch's unit, `None` if there is none.
    pub unit: String,
    /// The values.
    pub measured: Measured,
    /// Stored per second instead of per minute.
    pub high_resolution: bool,
}

impl Datum {
    /// As PutMetricData takes it: one entry per 150 values, its limit (CloudWatch API reference, MetricDatum).
    pub(crate) fn to_sdk(&self) -> Vec<MetricDatum> {
        let base = MetricDatum::builder()
            .metric_name(&self.name)
            .timestamp(DateTime::from_secs_f64(self.timestamp))
            .unit(StandardUnit::from(self.unit.as_str()))
            .storage_resolution(if self.high_resolution { 1 } else { 60 })
            .set_dimensions(Some(
                self.dimensions
                    .iter()
                    .map(|(name, value)| Dimension::builder().name(name).value(value).build())
                    .collect(),
            ));
        match &self.measured {
            Measured::Statistics(of) => vec![
                base.statistic_values(
                    StatisticSet::builder()
                        .sample_count(of.sample_count)
                        .sum(of.sum)
                        .minimum(of.minimum)
                        .maximum(of.maximum)
                        .build(),
                )
                .build(),
            ],
            Measured::Values(pairs) => pairs
                .chunks(150)
                .map(|pairs| {
                    let (values, counts) = pairs.iter().copied().unzip();
                    base.clone().set_values(Some(values)).set_counts(Some(counts)).build()
                })
                .collect(),
        }
    }
}
