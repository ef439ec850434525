//! API Gateway REST APIs. Source: API Gateway Developer Guide, api-gateway-metrics-and-dimensions.

use super::{EVERY_BASIC, from_param};
use crate::metric::{MetricSpec, Unit};
use crate::service::{Param, Service};

const COUNT: MetricSpec = MetricSpec {
    service: Service::ApiGateway,
    namespace: "AWS/ApiGateway",
    name: "Count",
    dimensions: &[from_param("ApiName", Param::ApiName), from_param("Stage", Param::Stage)],
    dimension_sets: &[
        &["ApiName"],
        &["ApiName", "Stage"],
        &["ApiName", "Stage", "Resource", "Method"],
    ],
    basic_statistics: &["SampleCount", "Sum"],
    extended_statistics: false,
    unit: Unit::Count,
    needs: None,
    graph: Some("SampleCount"),
    source: "API Gateway Developer Guide, api-gateway-metrics-and-dimensions",
};

/// The average is the share of requests, the sum their number.
const ERROR: MetricSpec = MetricSpec {
    name: "4XXError",
    basic_statistics: &["Average", "Sum", "SampleCount"],
    unit: Unit::Fraction,
    graph: Some("Sum"),
    ..COUNT
};

const LATENCY: MetricSpec = MetricSpec {
    name: "Latency",
    basic_statistics: EVERY_BASIC,
    extended_statistics: true,
    unit: Unit::Milliseconds,
    graph: Some("p90"),
    ..COUNT
};

const CACHE: MetricSpec = MetricSpec {
    name: "CacheHitCount",
    basic_statistics: &["Sum", "Average", "SampleCount"],
    needs: Some(Param::CacheEnabled),
    graph: Some("Sum"),
    ..COUNT
};

pub(super) const METRICS: &[MetricSpec] = &[
    COUNT,
    ERROR,
    MetricSpec {
        name: "5XXError",
        ..ERROR
    },
    LATENCY,
    MetricSpec {
        name: "IntegrationLatency",
        ..LATENCY
    },
    CACHE,
    MetricSpec {
        name: "CacheMissCount",
        ..CACHE
    },
];
