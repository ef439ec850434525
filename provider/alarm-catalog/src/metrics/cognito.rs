//! Cognito user pools: a success is a sample of 1, a failure or a throttled request a sample of 0, so that
//! failures = SampleCount - Sum. Source: Cognito Developer Guide, metrics-for-cognito-user-pools.

use super::{constant, from_param};
use crate::metric::{Dimension, MetricSpec, Unit};
use crate::service::{Param, Service};

const POOL: Dimension = from_param("UserPool", Param::UserPoolId);
const CLIENT: Dimension = from_param("UserPoolClient", Param::ClientId);

const SUCCESSES: MetricSpec = MetricSpec {
    service: Service::Cognito,
    namespace: "AWS/Cognito",
    name: "SignInSuccesses",
    dimensions: &[POOL, CLIENT],
    dimension_sets: &[&["UserPool", "UserPoolClient"]],
    basic_statistics: &["Average", "SampleCount", "Sum"],
    extended_statistics: false,
    unit: Unit::Outcome,
    needs: None,
    graph: Some("Sum"),
    source: "Cognito Developer Guide, metrics-for-cognito-user-pools",
};

const THROTTLES: MetricSpec = MetricSpec {
    name: "SignInThrottles",
    basic_statistics: &["Sum", "SampleCount"],
    unit: Unit::Count,
    ..SUCCESSES
};

const FEDERATION: MetricSpec = MetricSpec {
    name: "FederationSuccesses",
    dimensions: &[POOL, CLIENT, from_param("IdentityProvider", Param::IdentityProvider)],
    dimension_sets: &[&["UserPool", "UserPoolClient", "IdentityProvider"]],
    needs: Some(Param::IdentityProvider),
    ..SUCCESSES
};

/// User-pool operations of the whole account in the region, category UserUpdate: Cognito reports none per pool.
const CALLS: MetricSpec = MetricSpec {
    namespace: "AWS/Usage",
    name: "CallCount",
    dimensions: &[
        constant("Service", "Cognito user pool"),
        constant("Type", "API"),
        constant("Resource", "UserUpdate"),
        constant("Class", "None"),
    ],
    dimension_sets: &[&["Service", "Type", "Resource", "Class"]],
    basic_statistics: &["Sum", "SampleCount"],
    unit: Unit::Count,
    source: "Cognito Developer Guide, dimensions-for-cognito-user-pools",
    ..SUCCESSES
};

pub(super) const METRICS: &[MetricSpec] = &[
    SUCCESSES,
    MetricSpec {
        name: "SignUpSuccesses",
        ..SUCCESSES
    },
    MetricSpec {
        name: "TokenRefreshSuccesses",
        ..SUCCESSES
    },
    FEDERATION,
    THROTTLES,
    MetricSpec {
        name: "SignUpThrottles",
        ..THROTTLES
    },
    MetricSpec {
        name: "TokenRefreshThrottles",
        ..THROTTLES
    },
    MetricSpec {
        name: "FederationThrottles",
        basic_statistics: THROTTLES.basic_statistics,
        unit: Unit::Count,
        ..FEDERATION
    },
    CALLS,
    MetricSpec {
        name: "ThrottleCount",
        ..CALLS
    },
];
