//! Metrics of our own handlers, which emit them once a minute or once a run.

use metric_names::{cognito_export, flow_logs, mongo_dump, mongodb, origin_failover, secret_rotation, upload_janitor};

use super::{COUNTED, EVERY_BASIC, GAUGE, from_param};
use crate::metric::{MetricSpec, Unit};
use crate::service::{Param, Service};

const CONNECTIONS: MetricSpec = MetricSpec {
    service: Service::MongoDb,
    namespace: mongodb::NAMESPACE,
    name: mongodb::CONNECTIONS,
    dimensions: &[from_param(mongodb::CLUSTER, Param::Cluster)],
    dimension_sets: &[&[mongodb::CLUSTER]],
    basic_statistics: GAUGE,
    extended_statistics: true,
    unit: Unit::Count,
    needs: None,
    graph: Some("Maximum"),
    source: "the mongo-probe handler, because Atlas exports nothing to CloudWatch",
};

const COMPLETED: MetricSpec = MetricSpec {
    service: Service::MongoDump,
    namespace: mongo_dump::NAMESPACE,
    name: mongo_dump::COMPLETED,
    dimensions: &[from_param(mongo_dump::SCHEDULE, Param::ScheduleName)],
    dimension_sets: &[&[mongo_dump::SCHEDULE]],
    basic_statistics: COUNTED,
    extended_statistics: false,
    unit: Unit::Count,
    needs: None,
    graph: Some("Sum"),
    source: "the mongo-dump handler",
};

const EXPORTED: MetricSpec = MetricSpec {
    service: Service::CognitoExport,
    namespace: cognito_export::NAMESPACE,
    name: cognito_export::COMPLETED,
    dimensions: &[from_param(cognito_export::USER_POOL, Param::UserPoolId)],
    dimension_sets: &[&[cognito_export::USER_POOL]],
    source: "the cognito-export handler",
    ..COMPLETED
};

const REMOVED: MetricSpec = MetricSpec {
    service: Service::UploadJanitor,
    namespace: upload_janitor::NAMESPACE,
    name: upload_janitor::REMOVED,
    dimensions: &[from_param(upload_janitor::BUCKET, Param::Bucket)],
    dimension_sets: &[&[upload_janitor::BUCKET]],
    source: "the upload-janitor handler",
    ..COMPLETED
};

const ROTATIONS: MetricSpec = MetricSpec {
    service: Service::SecretRotation,
    namespace: secret_rotation::NAMESPACE,
    name: secret_rotation::ROTATIONS,
    dimensions: &[from_param(secret_rotation::SECRET, Param::SecretName)],
    dimension_sets: &[&[secret_rotation::SECRET]],
    source: "the secret-rotation handler",
    ..COMPLETED
};

const SWITCHED: MetricSpec = MetricSpec {
    service: Service::OriginFailover,
    namespace: origin_failover::NAMESPACE,
    name: origin_failover::SWITCHED,
    dimensions: &[from_param(origin_failover::WRITE_PATH, Param::WritePath)],
    dimension_sets: &[&[origin_failover::WRITE_PATH]],
    source: "the origin-failover handler",
    ..COMPLETED
};

pub(super) const METRICS: &[MetricSpec] = &[
    CONNECTIONS,
    MetricSpec {
        name: mongodb::OPS_PER_SECOND,
        unit: Unit::PerSecond,
        ..CONNECTIONS
    },
    MetricSpec {
        name: mongodb::UP,
        graph: Some("Minimum"),
        ..CONNECTIONS
    },
    MetricSpec {
        name: mongodb::REPLICATION_LAG_SECONDS,
        unit: Unit::Seconds,
        ..CONNECTIONS
    },
    MetricSpec {
        name: mongodb::ROUND_TRIP_MILLISECONDS,
        unit: Unit::Milliseconds,
        ..CONNECTIONS
    },
    MetricSpec {
        name: mongodb::HAS_PRIMARY,
        graph: Some("Minimum"),
        ..CONNECTIONS
    },
    MetricSpec {
        name: mongodb::UNHEALTHY_MEMBERS,
        ..CONNECTIONS
    },
    MetricSpec {
        name: mongodb::UNREACHABLE_ROUTERS,
        ..CONNECTIONS
    },
    MetricSpec {
        name: mongodb::AVAILABLE_CONNECTIONS,
        graph: Some("Minimum"),
        ..CONNECTIONS
    },
    MetricSpec {
        name: mongodb::CACHE_USED_PERCENT,
        unit: Unit::Percent,
        ..CONNECTIONS
    },
    MetricSpec {
        name: mongodb::CACHE_DIRTY_PERCENT,
        unit: Unit::Percent,
        ..CONNECTIONS
    },
    MetricSpec {
        name: mongodb::DISK_USED_PERCENT,
        unit: Unit::Percent,
        ..CONNECTIONS
    },
    MetricSpec {
        service: Service::FlowLogs,
        namespace: flow_logs::NAMESPACE,
        name: flow_logs::PUBLIC_ADDRESS_FLOWS,
        dimensions: &[from_param(flow_logs::FLOW_LOG_GROUP, Param::FlowLogGroup)],
        dimension_sets: &[&[flow_logs::FLOW_LOG_GROUP]],
        source: "the flow-log-guard handler",
        ..COMPLETED
    },
    COMPLETED,
    MetricSpec {
        name: mongo_dump::FAILED,
        ..COMPLETED
    },
    MetricSpec {
        name: mongo_dump::SNAPSHOT,
        basic_statistics: GAUGE,
        graph: Some("Minimum"),
        ..COMPLETED
    },
    MetricSpec {
        name: mongo_dump::DOCUMENTS,
        ..COMPLETED
    },
    MetricSpec {
        name: mongo_dump::BYTES,
        unit: Unit::Bytes,
        ..COMPLETED
    },
    MetricSpec {
        name: mongo_dump::DURATION_SECONDS,
        basic_statistics: EVERY_BASIC,
        extended_statistics: true,
        unit: Unit::Seconds,
        graph: Some("Maximum"),
        ..COMPLETED
    },
    EXPORTED,
    MetricSpec {
        name: cognito_export::FAILED,
        ..EXPORTED
    },
    MetricSpec {
        name: cognito_export::USERS,
        ..EXPORTED
    },
    MetricSpec {
        name: cognito_export::GROUPS,
        ..EXPORTED
    },
    MetricSpec {
        name: cognito_export::MEMBERSHIPS,
        ..EXPORTED
    },
    MetricSpec {
        name: cognito_export::BYTES,
        unit: Unit::Bytes,
        ..EXPORTED
    },
    MetricSpec {
        name: cognito_export::DURATION_SECONDS,
        basic_statistics: EVERY_BASIC,
        extended_statistics: true,
        unit: Unit::Seconds,
        graph: Some("Maximum"),
        ..EXPORTED
    },
    REMOVED,
    MetricSpec {
        name: upload_janitor::FAILED,
        ..REMOVED
    },
    MetricSpec {
        name: upload_janitor::LEFT,
        basic_statistics: GAUGE,
        graph: Some("Maximum"),
        ..REMOVED
    },
    ROTATIONS,
    MetricSpec {
        name: secret_rotation::FAILURES,
        ..ROTATIONS
    },
    MetricSpec {
        name: secret_rotation::AGE_DAYS,
        basic_statistics: GAUGE,
        graph: Some("Maximum"),
        ..ROTATIONS
    },
    SWITCHED,
    MetricSpec {
        name: origin_failover::REFUSED,
        ..SWITCHED
    },
    MetricSpec {
        name: origin_failover::FAILED,
        ..SWITCHED
    },
    MetricSpec {
        name: origin_failover::ON_SECONDARY,
        basic_statistics: GAUGE,
        graph: Some("Maximum"),
        ..SWITCHED
    },
    MetricSpec {
        name: origin_failover::READY,
        basic_statistics: GAUGE,
        graph: Some("Minimum"),
        ..SWITCHED
    },
];
