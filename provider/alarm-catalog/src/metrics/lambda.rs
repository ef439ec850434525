//! Lambda. Source: AWS Lambda Developer Guide, monitoring-metrics.

use super::{COUNTED, EVERY_BASIC, from_param};
use crate::metric::{Dimension, DimensionValue, MetricSpec, Unit};
use crate::service::{Param, Service};

const FUNCTION: Dimension = from_param("FunctionName", Param::FunctionName);

/// A count of the function, or of one alias of it.
const COUNT: MetricSpec = MetricSpec {
    service: Service::Lambda,
    namespace: "AWS/Lambda",
    name: "Invocations",
    dimensions: &[
        FUNCTION,
        Dimension {
            name: "Resource",
            value: DimensionValue::FunctionAlias,
        },
    ],
    dimension_sets: &[
        &[],
        &["FunctionName"],
        &["FunctionName", "Resource"],
        &["FunctionName", "Resource", "ExecutedVersion"],
    ],
    basic_statistics: COUNTED,
    extended_statistics: false,
    unit: Unit::Count,
    needs: None,
    graph: Some("Sum"),
    source: "Lambda Developer Guide, monitoring-metrics",
};

pub(super) const METRICS: &[MetricSpec] = &[
    COUNT,
    MetricSpec {
        name: "Errors",
        ..COUNT
    },
    MetricSpec {
        name: "Throttles",
        ..COUNT
    },
    MetricSpec {
        name: "Duration",
        basic_statistics: EVERY_BASIC,
        extended_statistics: true,
        unit: Unit::Milliseconds,
        graph: Some("p99"),
        ..COUNT
    },
    MetricSpec {
        name: "ConcurrentExecutions",
        // Reserved concurrency belongs to the function, so the function's own series is the one to watch.
        dimensions: &[FUNCTION],
        basic_statistics: EVERY_BASIC,
        graph: Some("Maximum"),
        ..COUNT
    },
];
