//! The metrics, one file a service.

mod api_gateway;
mod cloudfront;
mod cognito;
mod handlers;
mod lambda;
mod nlb;
mod s3;

use crate::metric::{Dimension, DimensionValue, MetricSpec};
use crate::service::{Param, Service};

const ALL: [&[MetricSpec]; 7] = [
    lambda::METRICS,
    api_gateway::METRICS,
    s3::METRICS,
    cloudfront::METRICS,
    cognito::METRICS,
    nlb::METRICS,
    handlers::METRICS,
];

/// Every metric, service by service.
pub fn metrics() -> impl Iterator<Item = &'static MetricSpec> {
    ALL.iter().copied().flatten()
}

/// The metric of this name that belongs to `service`.
#[must_use]
pub fn find_metric(service: Service, name: &str) -> Option<&'static MetricSpec> {
    metrics().find(|metric| metric.service == service && metric.name == name)
}

/// The metric of this name in a CloudWatch namespace.
#[must_use]
pub fn find_metric_by_namespace(namespace: &str, name: &str) -> Option<&'static MetricSpec> {
    metrics().find(|metric| metric.namespace == namespace && metric.name == name)
}

const EVERY_BASIC: &[&str] = &["SampleCount", "Average", "Sum", "Minimum", "Maximum"];
const COUNTED: &[&str] = &["Sum", "SampleCount", "Average", "Maximum"];
const SUM_ONLY: &[&str] = &["Sum"];
const GAUGE: &[&str] = &["Average", "Minimum", "Maximum", "SampleCount"];

const fn from_param(name: &'static str, param: Param) -> Dimension {
    Dimension {
        name,
        value: DimensionValue::Param(param),
    }
}

const fn constant(name: &'static str, value: &'static str) -> Dimension {
    Dimension {
        name,
        value: DimensionValue::Constant(value),
    }
}
