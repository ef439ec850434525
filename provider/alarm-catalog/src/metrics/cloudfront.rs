//! CloudFront: every metric has exactly one kind of valid statistic.
//! Source: CloudFront Developer Guide, programming-cloudwatch-metrics.

use super::{SUM_ONLY, constant, from_param};
use crate::metric::{MetricSpec, Unit};
use crate::service::{Param, Service};

const REQUESTS: MetricSpec = MetricSpec {
    service: Service::CloudFront,
    namespace: "AWS/CloudFront",
    name: "Requests",
    dimensions: &[
        from_param("DistributionId", Param::DistributionId),
        constant("Region", "Global"),
    ],
    dimension_sets: &[&["DistributionId", "Region"]],
    basic_statistics: SUM_ONLY,
    extended_statistics: false,
    unit: Unit::Count,
    needs: None,
    graph: Some("Sum"),
    source: "CloudFront Developer Guide, programming-cloudwatch-metrics",
};

const RATE: MetricSpec = MetricSpec {
    name: "TotalErrorRate",
    basic_statistics: &["Average"],
    unit: Unit::Percent,
    graph: Some("Average"),
    ..REQUESTS
};

const ADDITIONAL_RATE: MetricSpec = MetricSpec {
    name: "CacheHitRate",
    needs: Some(Param::AdditionalMetrics),
    ..RATE
};

pub(super) const METRICS: &[MetricSpec] = &[
    REQUESTS,
    MetricSpec {
        name: "BytesDownloaded",
        unit: Unit::Bytes,
        ..REQUESTS
    },
    MetricSpec {
        name: "BytesUploaded",
        unit: Unit::Bytes,
        ..REQUESTS
    },
    MetricSpec {
        name: "4xxErrorRate",
        ..RATE
    },
    MetricSpec {
        name: "5xxErrorRate",
        ..RATE
    },
    RATE,
    MetricSpec {
        name: "OriginLatency",
        basic_statistics: &[],
        extended_statistics: true,
        unit: Unit::Milliseconds,
        needs: Some(Param::AdditionalMetrics),
        graph: Some("p90"),
        ..REQUESTS
    },
    ADDITIONAL_RATE,
    MetricSpec {
        name: "401ErrorRate",
        ..ADDITIONAL_RATE
    },
    MetricSpec {
        name: "403ErrorRate",
        ..ADDITIONAL_RATE
    },
    MetricSpec {
        name: "404ErrorRate",
        ..ADDITIONAL_RATE
    },
    MetricSpec {
        name: "502ErrorRate",
        ..ADDITIONAL_RATE
    },
    MetricSpec {
        name: "503ErrorRate",
        ..ADDITIONAL_RATE
    },
    MetricSpec {
        name: "504ErrorRate",
        ..ADDITIONAL_RATE
    },
];
