//! The alarm catalogue as data: metrics, thresholds, sources and what an operator does.
//!
//! - [`Service`], [`Param`], [`Preset`], [`Severity`]: the words users type.
//! - [`metric`]: what is known of a metric: dimensions, valid statistics and condition; [`metrics()`] lists all.
//! - [`alarm`]: what is known of an alarm; [`alarms`] lists those of a preset.
//! - [`coverage`]: the words of the bundle's `coverage` map.
//! - [`alarms_markdown()`] writes docs/guides/alarms.md.

pub mod alarm;
mod aws_recommended;
pub mod coverage;
mod markdown;
pub mod metric;
mod metrics;
mod platform;
mod presets;
mod service;
mod statistic;

pub use alarm::{AlarmSpec, Periods, Query, Signal, Threshold};
pub use markdown::alarms_markdown;
pub use metric::{Dimension, DimensionValue, MetricSpec, Unit};
pub use metrics::{find_metric, find_metric_by_namespace, metrics};
pub use presets::{alarms, alarms_by_threshold_unit};
pub use service::{Param, ParamKind, Preset, Service, Severity, UnknownName};
pub use statistic::{Statistic, UnknownStatistic};

/// The treatment of missing data where neither the catalogue nor the user says one.
/// Our choice because an idle system is not a broken one.
pub const DEFAULT_TREAT_MISSING_DATA: &str = "notBreaching";

/// The number of requests in a period below which a rate is not evaluated, where the user says none.
/// Our choice because one failure among fewer than 20 requests is above every rate threshold of the catalogue.
pub const DEFAULT_MIN_REQUESTS: u32 = 20;

/// The region of every CloudFront metric.
/// Source: Amazon CloudFront Developer Guide, programming-cloudwatch-metrics.
pub const CLOUDFRONT_REGION: &str = "us-east-1";

/// Values CloudWatch takes for missing data. Source: API_PutMetricAlarm, `TreatMissingData`.
pub const TREAT_MISSING_DATA: [&str; 4] = ["breaching", "notBreaching", "ignore", "missing"];

/// Comparisons of a metric with a fixed threshold. The others compare with an anomaly detection band, which a bundle does not support.
/// Source: API_PutMetricAlarm, `ComparisonOperator`.
pub const COMPARISON_OPERATORS: [&str; 4] = [
    "GreaterThanOrEqualToThreshold",
    "GreaterThanThreshold",
    "LessThanOrEqualToThreshold",
    "LessThanThreshold",
];

/// Most metrics of one metric-math alarm, besides its expression. Source: API_MetricDataQuery (20 elements, 10 of them with `MetricStat`),
/// CloudWatch User Guide, alarm-limits ("hard").
pub const MAX_METRICS_PER_ALARM: usize = 10;
