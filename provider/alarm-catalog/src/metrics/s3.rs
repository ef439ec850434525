//! S3 request metrics, which a bucket has only with a metrics configuration, and replication metrics.
//! Source: S3 User Guide, metrics-dimensions.

use super::{EVERY_BASIC, SUM_ONLY, from_param};
use crate::metric::{MetricSpec, Unit};
use crate::service::{Param, Service};

const REQUESTS: MetricSpec = MetricSpec {
    service: Service::S3,
    namespace: "AWS/S3",
    name: "AllRequests",
    dimensions: &[
        from_param("BucketName", Param::Bucket),
        from_param("FilterId", Param::FilterId),
    ],
    dimension_sets: &[&["BucketName", "FilterId"]],
    basic_statistics: SUM_ONLY,
    extended_statistics: false,
    unit: Unit::Count,
    needs: None,
    graph: Some("Sum"),
    source: "S3 User Guide, metrics-dimensions",
};

/// 0 or 1 a request: the sum is the count, the average the rate.
const ERRORS: MetricSpec = MetricSpec {
    name: "4xxErrors",
    basic_statistics: EVERY_BASIC,
    unit: Unit::Fraction,
    ..REQUESTS
};

const BYTES: MetricSpec = MetricSpec {
    name: "BytesDownloaded",
    basic_statistics: EVERY_BASIC,
    extended_statistics: true,
    unit: Unit::Bytes,
    ..REQUESTS
};

const LATENCY: MetricSpec = MetricSpec {
    name: "FirstByteLatency",
    basic_statistics: EVERY_BASIC,
    extended_statistics: true,
    unit: Unit::Milliseconds,
    graph: Some("p90"),
    ..REQUESTS
};

/// Published per replication rule, not per target: for extra alarms only.
const REPLICATION: MetricSpec = MetricSpec {
    name: "ReplicationLatency",
    dimensions: &[],
    dimension_sets: &[&["SourceBucket", "DestinationBucket", "RuleId"]],
    basic_statistics: &["Maximum"],
    unit: Unit::Seconds,
    graph: None,
    ..REQUESTS
};

pub(super) const METRICS: &[MetricSpec] = &[
    REQUESTS,
    MetricSpec {
        name: "GetRequests",
        ..REQUESTS
    },
    MetricSpec {
        name: "PutRequests",
        ..REQUESTS
    },
    MetricSpec {
        name: "DeleteRequests",
        ..REQUESTS
    },
    MetricSpec {
        name: "HeadRequests",
        ..REQUESTS
    },
    MetricSpec {
        name: "PostRequests",
        ..REQUESTS
    },
    MetricSpec {
        name: "ListRequests",
        ..REQUESTS
    },
    ERRORS,
    MetricSpec {
        name: "5xxErrors",
        ..ERRORS
    },
    LATENCY,
    MetricSpec {
        name: "TotalRequestLatency",
        ..LATENCY
    },
    BYTES,
    MetricSpec {
        name: "BytesUploaded",
        ..BYTES
    },
    REPLICATION,
    MetricSpec {
        name: "BytesPendingReplication",
        unit: Unit::Bytes,
        ..REPLICATION
    },
    MetricSpec {
        name: "OperationsPendingReplication",
        unit: Unit::Count,
        ..REPLICATION
    },
    MetricSpec {
        name: "OperationsFailedReplication",
        unit: Unit::Count,
        basic_statistics: &["Sum"],
        ..REPLICATION
    },
];
