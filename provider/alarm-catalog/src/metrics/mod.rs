//! The metrics, one file a service.

mod api_gateway;
mod cloudfront;
mod cognito;
mod handlers;
mod lambda;
mod nlb;
mod s3;

use crate::metric::{Dimension, DimensionValue, MetricSpec};
use crate::service::Param;

pub(crate) const ALL: [&[MetricSpec]; 7] = [
    lambda::METRICS,
    api_gateway::METRICS,
    s3::METRICS,
    cloudfront::METRICS,
    cognito::METRICS,
    nlb::METRICS,
    handlers::METRICS,
];

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
