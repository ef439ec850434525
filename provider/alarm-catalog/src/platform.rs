//! Preset `platform`: the alarms of requirements C1-C8, and of our own functions (docs/requirements.md). Low bounds are warnings, high bounds critical.

use metric_names::{cognito_export, flow_logs, mongo_dump, mongodb, origin_failover, secret_rotation, upload_janitor};

use crate::alarm::{AlarmSpec, Periods, Query, Signal, Threshold};
use crate::service::{Param, Preset, Service, Severity};

pub(crate) const GREATER: &str = "GreaterThanThreshold";
pub(crate) const AT_LEAST: &str = "GreaterThanOrEqualToThreshold";
pub(crate) const LESS: &str = "LessThanThreshold";

pub(crate) const fn query(id: &'static str, metric: &'static str, statistic: &'static str) -> Query {
    Query {
        id,
        metric,
        statistic,
        watched: true,
    }
}

const fn gate(id: &'static str, metric: &'static str, statistic: &'static str) -> Query {
    Query {
        id,
        metric,
        statistic,
        watched: false,
    }
}

const LAMBDA_ERRORS: AlarmSpec = AlarmSpec {
    preset: Preset::Platform,
    service: Service::Lambda,
    name: "errors",
    severity: Severity::Critical,
    title: "The function returned errors.",
    needs: None,
    signal: Signal::Metric {
        metric: "Errors",
        statistic: "Sum",
    },
    period_seconds: 60,
    evaluation_periods: Periods::Fixed(1),
    comparison_operator: GREATER,
    threshold: Threshold::Fixed(0),
    percent: false,
    treat_missing_data: None,
    source: "requirement C2",
    operator_action: "Read the newest error in the function's log group; if it began with a deployment, move the alias back.",
};

const LAMBDA_DURATION: AlarmSpec = AlarmSpec {
    name: "duration",
    severity: Severity::Warning,
    title: "The slowest calls come near the function's timeout.",
    needs: Some(Param::TimeoutSeconds),
    signal: Signal::Metric {
        metric: "Duration",
        statistic: "p99",
    },
    evaluation_periods: Periods::Fixed(5),
    threshold: Threshold::Share {
        of: Param::TimeoutSeconds,
        percent: 80,
        unit_factor: 1000,
    },
    source: "requirement C2 (Duration is tracked); 80 % is our choice because it leaves time to act before calls are cut off",
    operator_action: "Find what the calls wait for (MongoDB, S3, another service); raise memory or the timeout only if the work really grew.",
    ..LAMBDA_ERRORS
};

const LAMBDA_CONCURRENCY: AlarmSpec = AlarmSpec {
    name: "concurrency",
    severity: Severity::Warning,
    title: "The function uses most of its reserved concurrency.",
    needs: Some(Param::ReservedConcurrency),
    signal: Signal::Metric {
        metric: "ConcurrentExecutions",
        statistic: "Maximum",
    },
    evaluation_periods: Periods::Fixed(5),
    threshold: Threshold::Share {
        of: Param::ReservedConcurrency,
        percent: 80,
        unit_factor: 1,
    },
    source: "requirement C2 (ConcurrentExecutions is tracked); 80 % is our choice because throttling starts at 100 %",
    operator_action: "Check whether the traffic is wanted; if it is, raise the reservation, else block its source.",
    ..LAMBDA_ERRORS
};

const API_4XX: AlarmSpec = AlarmSpec {
    service: Service::ApiGateway,
    name: "error_rate_4xx",
    severity: Severity::Warning,
    title: "Too many requests are refused with a 4xx status.",
    signal: Signal::Math {
        queries: &[query("e", "4XXError", "Average"), gate("n", "Count", "SampleCount")],
        expression: "IF(n >= {min_requests}, e * 100)",
    },
    evaluation_periods: Periods::Fixed(5),
    threshold: Threshold::Fixed(2),
    percent: true,
    source: "requirement C5",
    operator_action: "Look in the access log which status and path dominate: 401 and 403 point at Cognito or the origin header, 429 at throttling, 400 at a client release.",
    ..LAMBDA_ERRORS
};

const API_5XX: AlarmSpec = AlarmSpec {
    name: "error_rate_5xx",
    title: "Too many requests fail with a 5xx status.",
    signal: Signal::Math {
        queries: &[query("e", "5XXError", "Average"), gate("n", "Count", "SampleCount")],
        expression: "IF(n >= {min_requests}, e * 100)",
    },
    threshold: Threshold::Fixed(1),
    operator_action: "See which integration fails: the function's errors and duration alarms tell; 502 is a bad answer of the function, 504 a timeout.",
    ..API_4XX
};

const S3_4XX: AlarmSpec = AlarmSpec {
    service: Service::S3,
    name: "errors_4xx",
    severity: Severity::Warning,
    title: "S3 refuses many requests.",
    signal: Signal::Metric {
        metric: "4xxErrors",
        statistic: "Sum",
    },
    threshold: Threshold::Fixed(100),
    source: "requirement C3",
    operator_action: "Look in the access log or CloudTrail data events who is refused: 403 after a policy change, 404 after a wrong key.",
    ..LAMBDA_ERRORS
};

const CLOUDFRONT_4XX: AlarmSpec = AlarmSpec {
    service: Service::CloudFront,
    name: "error_rate_4xx",
    severity: Severity::Warning,
    title: "Viewers get too many 4xx answers.",
    signal: Signal::Metric {
        metric: "4xxErrorRate",
        statistic: "Average",
    },
    evaluation_periods: Periods::Fixed(5),
    threshold: Threshold::Fixed(2),
    percent: true,
    source: "requirement C4",
    operator_action: "Look in the distribution's log which path is refused: expired signed URLs, a WAF rule, or a missing file.",
    ..LAMBDA_ERRORS
};

const CLOUDFRONT_5XX: AlarmSpec = AlarmSpec {
    name: "error_rate_5xx",
    title: "Viewers get too many 5xx answers.",
    signal: Signal::Metric {
        metric: "5xxErrorRate",
        statistic: "Average",
    },
    threshold: Threshold::Fixed(1),
    operator_action: "Check the origins: the API's 5xx alarm and S3's tell which one fails; CloudFront fails reads over, writes need the switch.",
    ..CLOUDFRONT_4XX
};

const CLOUDFRONT_TOTAL: AlarmSpec = AlarmSpec {
    name: "error_rate_total",
    title: "Viewers get too many errors.",
    signal: Signal::Metric {
        metric: "TotalErrorRate",
        statistic: "Average",
    },
    threshold: Threshold::Fixed(1),
    operator_action: "See whether the 4xx or the 5xx alarm fires too, and follow that one.",
    ..CLOUDFRONT_4XX
};

/// Failures = SampleCount - Sum, because Cognito has no failure metric (C6).
macro_rules! cognito_failures {
    ($metric:literal) => {
        Signal::Math {
            queries: &[query("s", $metric, "Sum"), query("n", $metric, "SampleCount")],
            expression: "IF(n >= {min_requests}, 100 * (1 - s / n))",
        }
    };
}

const SIGN_IN: AlarmSpec = AlarmSpec {
    service: Service::Cognito,
    name: "sign_in_failures",
    severity: Severity::Warning,
    title: "Many sign-ins fail.",
    signal: cognito_failures!("SignInSuccesses"),
    period_seconds: 300,
    evaluation_periods: Periods::Fixed(3),
    threshold: Threshold::Fixed(20),
    percent: true,
    source: "requirement C6; the rate is our choice because people mistype passwords, and 300 s because Cognito reports in steps of five minutes",
    operator_action: "Tell an attack (many users, few addresses) from a broken client release or a failing Lambda trigger.",
    ..LAMBDA_ERRORS
};

const SIGN_UP: AlarmSpec = AlarmSpec {
    name: "sign_up_failures",
    title: "Many sign-ups fail.",
    signal: cognito_failures!("SignUpSuccesses"),
    operator_action: "Try a sign-up by hand: a failing trigger, a full SMS or e-mail quota and a password policy change are the usual causes.",
    ..SIGN_IN
};

const TOKEN_REFRESH: AlarmSpec = AlarmSpec {
    name: "token_refresh_failures",
    title: "Many token refreshes fail.",
    signal: cognito_failures!("TokenRefreshSuccesses"),
    threshold: Threshold::Fixed(5),
    source: "requirement C6; 5 % and 20 % are our choice because a refresh needs no human and hardly ever fails",
    operator_action: "Check whether tokens were revoked, the client's secret or token validity changed, or the pool is throttled.",
    ..SIGN_IN
};

const PROBE_CONNECTIONS: AlarmSpec = AlarmSpec {
    service: Service::MongoDb,
    name: "connections",
    title: "The cluster has too many open connections.",
    signal: Signal::Metric {
        metric: mongodb::CONNECTIONS,
        statistic: "Maximum",
    },
    threshold: Threshold::Fixed(500),
    source: "requirement C1",
    operator_action: "Compare with the functions' concurrency; clients must be built once per environment, and pool sizes kept small.",
    ..LAMBDA_ERRORS
};

pub(crate) const ALARMS: &[AlarmSpec] = &[
    LAMBDA_ERRORS,
    AlarmSpec {
        name: "throttles",
        title: "Calls of the function are throttled.",
        signal: Signal::Metric {
            metric: "Throttles",
            statistic: "Sum",
        },
        operator_action: "Compare ConcurrentExecutions with the reservation and the account's limit; raise the one that is reached.",
        ..LAMBDA_ERRORS
    },
    LAMBDA_DURATION,
    AlarmSpec {
        severity: Severity::Critical,
        title: "Calls of the function are about to be cut off by its timeout.",
        signal: Signal::Metric {
            metric: "Duration",
            statistic: "Maximum",
        },
        evaluation_periods: Periods::Fixed(3),
        threshold: Threshold::Share {
            of: Param::TimeoutSeconds,
            percent: 95,
            unit_factor: 1000,
        },
        source: "requirement C2 (Duration is tracked); 95 % is our choice because the next slower call is lost",
        ..LAMBDA_DURATION
    },
    LAMBDA_CONCURRENCY,
    AlarmSpec {
        severity: Severity::Critical,
        evaluation_periods: Periods::Fixed(3),
        threshold: Threshold::Share {
            of: Param::ReservedConcurrency,
            percent: 90,
            unit_factor: 1,
        },
        source: "requirement C2 (ConcurrentExecutions is tracked); 90 % is our choice because throttling starts at 100 %",
        ..LAMBDA_CONCURRENCY
    },
    API_4XX,
    AlarmSpec {
        severity: Severity::Critical,
        threshold: Threshold::Fixed(5),
        ..API_4XX
    },
    API_5XX,
    AlarmSpec {
        severity: Severity::Critical,
        threshold: Threshold::Fixed(3),
        ..API_5XX
    },
    AlarmSpec {
        name: "request_count",
        title: "Traffic is 20 % above the expected peak.",
        needs: Some(Param::ExpectedPeakRpm),
        signal: Signal::Metric {
            metric: "Count",
            statistic: "SampleCount",
        },
        evaluation_periods: Periods::Fixed(1),
        threshold: Threshold::Share {
            of: Param::ExpectedPeakRpm,
            percent: 120,
            unit_factor: 1,
        },
        percent: false,
        operator_action: "Decide whether the traffic is wanted: raise the expected peak and the limits, or add a WAF rule.",
        ..API_4XX
    },
    AlarmSpec {
        name: "integration_latency",
        title: "The functions behind the API answer slowly.",
        signal: Signal::Metric {
            metric: "IntegrationLatency",
            statistic: "p90",
        },
        comparison_operator: AT_LEAST,
        threshold: Threshold::Fixed(2000),
        percent: false,
        source: "requirement C5; 2000 ms is AWS's recommendation for HTTP and WebSocket APIs",
        operator_action: "Look at the functions' duration and at cold starts; then at MongoDB's operations.",
        ..API_4XX
    },
    S3_4XX,
    AlarmSpec {
        name: "errors_5xx",
        severity: Severity::Critical,
        title: "S3 fails many requests.",
        signal: Signal::Metric {
            metric: "5xxErrors",
            statistic: "Sum",
        },
        operator_action: "Check the AWS Health dashboard; 503 Slow Down means too many requests on one prefix: spread the keys.",
        ..S3_4XX
    },
    CLOUDFRONT_4XX,
    AlarmSpec {
        severity: Severity::Critical,
        threshold: Threshold::Fixed(5),
        ..CLOUDFRONT_4XX
    },
    CLOUDFRONT_5XX,
    AlarmSpec {
        severity: Severity::Critical,
        threshold: Threshold::Fixed(3),
        ..CLOUDFRONT_5XX
    },
    CLOUDFRONT_TOTAL,
    AlarmSpec {
        severity: Severity::Critical,
        threshold: Threshold::Fixed(5),
        ..CLOUDFRONT_TOTAL
    },
    AlarmSpec {
        name: "origin_latency",
        title: "The origin's answers come near CloudFront's timeout.",
        needs: Some(Param::AdditionalMetrics),
        signal: Signal::Metric {
            metric: "OriginLatency",
            statistic: "p90",
        },
        threshold: Threshold::Share {
            of: Param::OriginReadTimeoutSeconds,
            percent: 80,
            unit_factor: 1000,
        },
        percent: false,
        source: "requirement C4; p90 at 80 % of the origin's timeout is AWS's recommendation",
        operator_action: "See which origin is slow; beyond the timeout viewers get 504.",
        ..CLOUDFRONT_4XX
    },
    SIGN_IN,
    AlarmSpec {
        severity: Severity::Critical,
        threshold: Threshold::Fixed(50),
        ..SIGN_IN
    },
    SIGN_UP,
    AlarmSpec {
        severity: Severity::Critical,
        threshold: Threshold::Fixed(50),
        ..SIGN_UP
    },
    TOKEN_REFRESH,
    AlarmSpec {
        severity: Severity::Critical,
        threshold: Threshold::Fixed(20),
        ..TOKEN_REFRESH
    },
    AlarmSpec {
        name: "federation_failures",
        title: "Many federated sign-ins fail.",
        needs: Some(Param::IdentityProvider),
        signal: cognito_failures!("FederationSuccesses"),
        operator_action: "Check the identity provider's status, its certificate's end date and the client's secret.",
        ..SIGN_IN
    },
    AlarmSpec {
        name: "throttles",
        title: "Cognito throttles requests of this client.",
        signal: Signal::Either {
            param: Param::IdentityProvider,
            set: &Signal::Math {
                queries: &[
                    query("i", "SignInThrottles", "Sum"),
                    query("u", "SignUpThrottles", "Sum"),
                    query("r", "TokenRefreshThrottles", "Sum"),
                    query("f", "FederationThrottles", "Sum"),
                ],
                expression: "FILL(i, 0) + FILL(u, 0) + FILL(r, 0) + FILL(f, 0)",
            },
            unset: &Signal::Math {
                queries: &[
                    query("i", "SignInThrottles", "Sum"),
                    query("u", "SignUpThrottles", "Sum"),
                    query("r", "TokenRefreshThrottles", "Sum"),
                ],
                expression: "FILL(i, 0) + FILL(u, 0) + FILL(r, 0)",
            },
        },
        evaluation_periods: Periods::Fixed(5),
        threshold: Threshold::Fixed(0),
        percent: false,
        source: "requirement C6; 5 of 5 is AWS's recommendation for the throttle metrics",
        operator_action: "Ask for a higher quota of the category, or make clients keep their tokens until they expire.",
        ..SIGN_IN
    },
    AlarmSpec {
        service: Service::Nlb,
        name: "unhealthy_hosts",
        title: "Targets behind the load balancer are unhealthy.",
        signal: Signal::Metric {
            metric: "UnHealthyHostCount",
            statistic: "Maximum",
        },
        evaluation_periods: Periods::Fixed(3),
        source: "requirement B7; 3 of 3 is our choice because one missed health check heals by itself",
        operator_action: "Check the endpoint's network interface and the cluster's nodes in that availability zone.",
        ..LAMBDA_ERRORS
    },
    AlarmSpec {
        service: Service::Nlb,
        name: "target_resets",
        severity: Severity::Warning,
        title: "Targets reset many connections.",
        signal: Signal::Metric {
            metric: "TCP_Target_Reset_Count",
            statistic: "Sum",
        },
        evaluation_periods: Periods::Fixed(5),
        threshold: Threshold::Fixed(100),
        source: "requirement B7; 100 in each of five minutes is our choice because failovers cause short bursts",
        operator_action: "Look for a MongoDB failover or restart, and for idle connections held beyond 350 s.",
        ..LAMBDA_ERRORS
    },
    AlarmSpec {
        service: Service::Nlb,
        name: "port_allocation_errors",
        severity: Severity::Warning,
        title: "The load balancer runs out of ports towards its targets.",
        signal: Signal::Metric {
            metric: "PortAllocationErrorCount",
            statistic: "Sum",
        },
        source: "requirement B7; above zero is AWS's advice, because each one is a refused connection",
        operator_action: "Add targets (endpoints) or lower the number of connections the functions open.",
        ..LAMBDA_ERRORS
    },
    PROBE_CONNECTIONS,
    AlarmSpec {
        name: "operations",
        title: "The cluster serves too many operations a second.",
        signal: Signal::Metric {
            metric: mongodb::OPS_PER_SECOND,
            statistic: "Maximum",
        },
        threshold: Threshold::Fixed(5000),
        operator_action: "Find the busiest namespace in Atlas's profiler; add an index or raise the tier.",
        ..PROBE_CONNECTIONS
    },
    AlarmSpec {
        name: "probe_silent",
        title: "The mongo-probe handler does not measure the cluster.",
        signal: Signal::Math {
            queries: &[query("n", mongodb::CONNECTIONS, "SampleCount")],
            expression: "FILL(n, 0)",
        },
        evaluation_periods: Periods::Fixed(5),
        comparison_operator: LESS,
        threshold: Threshold::Fixed(1),
        treat_missing_data: Some("breaching"),
        source: "requirement C1; our choice because a silent probe hides every other alarm of the cluster",
        operator_action: "Read the probe's log: no route to the cluster, a wrong secret, a missing role clusterMonitor, or its schedule is off. If no probe has this cluster's name, deploy one: terraform/modules/mongo-probe.",
        ..PROBE_CONNECTIONS
    },
    AlarmSpec {
        service: Service::FlowLogs,
        name: "public_addresses",
        title: "Traffic from or to a public address was accepted in the private network.",
        signal: Signal::Metric {
            metric: flow_logs::PUBLIC_ADDRESS_FLOWS,
            statistic: "Sum",
        },
        source: "requirement C7",
        operator_action: "Treat it as an intrusion: find the interface and both addresses in the flow log, then the route or gateway that allowed it.",
        ..LAMBDA_ERRORS
    },
    AlarmSpec {
        service: Service::MongoDump,
        name: "failures",
        title: "A dump run failed.",
        signal: Signal::Metric {
            metric: mongo_dump::FAILED,
            statistic: "Sum",
        },
        period_seconds: 3600,
        source: "requirement C8",
        operator_action: "Read the run's log; the finished parts are kept, so invoke the schedule's payload once more.",
        ..LAMBDA_ERRORS
    },
    AlarmSpec {
        service: Service::MongoDump,
        name: "snapshot",
        severity: Severity::Warning,
        title: "A complete dump is not of one point in time.",
        signal: Signal::Metric {
            metric: mongo_dump::SNAPSHOT,
            statistic: "Minimum",
        },
        period_seconds: 3600,
        comparison_operator: LESS,
        threshold: Threshold::Fixed(1),
        source: "requirement C8; our choice because documents of such a dump may not fit together",
        operator_action: "Read the manifest's consistency: a dump that takes longer than the servers keep their history needs the state machine, more ranges at the same time, or a longer window.",
        ..LAMBDA_ERRORS
    },
    AlarmSpec {
        service: Service::MongoDump,
        name: "age",
        title: "No complete dump in time.",
        signal: Signal::Math {
            queries: &[query("c", mongo_dump::COMPLETED, "Sum")],
            expression: "FILL(c, 0)",
        },
        period_seconds: 3600,
        evaluation_periods: Periods::Param(Param::MaxAgeHours),
        comparison_operator: LESS,
        threshold: Threshold::Fixed(1),
        treat_missing_data: Some("breaching"),
        source: "requirement C8; FILL because CloudWatch looks back further than the evaluation periods, so that missing data alone fires hours late",
        operator_action: "Check that the schedule is enabled and its function starts; then make a dump by hand.",
        ..LAMBDA_ERRORS
    },
    AlarmSpec {
        service: Service::CognitoExport,
        name: "failures",
        severity: Severity::Warning,
        title: "An export of users failed.",
        signal: Signal::Metric {
            metric: cognito_export::FAILED,
            statistic: "Sum",
        },
        period_seconds: 3600,
        source: "requirement F3; our choice because Lambda repeats the event, and `age` fires if no attempt succeeds",
        operator_action: "Read the name of the failure in the function's log; the README of cognito-export says what to do about each.",
        ..LAMBDA_ERRORS
    },
    AlarmSpec {
        service: Service::CognitoExport,
        name: "age",
        title: "No complete export of users in time.",
        signal: Signal::Math {
            queries: &[query("c", cognito_export::COMPLETED, "Sum")],
            expression: "FILL(c, 0)",
        },
        period_seconds: 3600,
        evaluation_periods: Periods::Param(Param::MaxAgeHours),
        comparison_operator: LESS,
        threshold: Threshold::Fixed(1),
        treat_missing_data: Some("breaching"),
        source: "requirement F3; FILL as for dumps",
        operator_action: "Check that the schedule is enabled and its function starts; then make an export by hand.",
        ..LAMBDA_ERRORS
    },
    AlarmSpec {
        service: Service::UploadJanitor,
        name: "failures",
        severity: Severity::Warning,
        title: "Abandoned uploads could not be removed.",
        signal: Signal::Metric {
            metric: upload_janitor::FAILED,
            statistic: "Sum",
        },
        period_seconds: 3600,
        source: "requirement A1; our choice because what is not removed is paid for, and no lifecycle rule removes all of it",
        operator_action: "Read the function's log: it has the refused call of each file. Each is tried again a day later.",
        ..LAMBDA_ERRORS
    },
    AlarmSpec {
        service: Service::UploadJanitor,
        name: "left",
        severity: Severity::Warning,
        title: "The removal of abandoned uploads does not run or does not keep up.",
        signal: Signal::Math {
            queries: &[query("l", upload_janitor::LEFT, "Minimum")],
            expression: "FILL(l, 1)",
        },
        period_seconds: 3600,
        evaluation_periods: Periods::Fixed(24),
        threshold: Threshold::Fixed(0),
        treat_missing_data: Some("breaching"),
        source: "requirement A1; our choice because a day's backlog is no longer a busy hour; FILL because an hour without a datapoint is an hour without a run",
        operator_action: "Check that the schedule is enabled and its function starts; if it does, run it more often or give it more time.",
        ..LAMBDA_ERRORS
    },
    AlarmSpec {
        service: Service::SecretRotation,
        name: "failures",
        severity: Severity::Warning,
        title: "A step of the rotation failed.",
        signal: Signal::Metric {
            metric: secret_rotation::FAILURES,
            statistic: "Sum",
        },
        period_seconds: 300,
        source: "requirement D2; a warning because the value in use keeps working and Secrets Manager tries the rotation again",
        operator_action: "Look up the failure's name in the function's log and the handler's README.",
        ..LAMBDA_ERRORS
    },
    AlarmSpec {
        service: Service::SecretRotation,
        name: "age",
        title: "No rotation came to its end in time.",
        signal: Signal::Math {
            queries: &[query("a", secret_rotation::AGE_DAYS, "Maximum")],
            expression: "FILL(a, 10000)",
        },
        period_seconds: 86_400,
        evaluation_periods: Periods::Fixed(2),
        threshold: Threshold::Share {
            of: Param::MaxAgeDays,
            percent: 100,
            unit_factor: 1,
        },
        treat_missing_data: Some("breaching"),
        source: "requirement D2; FILL because CloudWatch looks back further than the evaluation periods; two days because the age is measured once a day, at any hour of it",
        operator_action: "Read the rotation's state with describe-secret, and the function's log; then rotate by hand.",
        ..LAMBDA_ERRORS
    },
    AlarmSpec {
        service: Service::OriginFailover,
        name: "on_secondary",
        severity: Severity::Warning,
        title: "The write path of the CDN points to region 2.",
        signal: Signal::Metric {
            metric: origin_failover::ON_SECONDARY,
            statistic: "Maximum",
        },
        source: "requirement F5; our choice because the state tells it also where the notice of the switch was lost",
        operator_action: "Find out why region 1 failed. Before going back, bring what was written to region 2 back to region 1.",
        ..LAMBDA_ERRORS
    },
    AlarmSpec {
        service: Service::OriginFailover,
        name: "refused",
        title: "The region that serves writes is in alarm, and the write path was not switched.",
        signal: Signal::Metric {
            metric: origin_failover::REFUSED,
            statistic: "Sum",
        },
        source: "requirement F5; our choice because only a person can help now",
        operator_action: "Read the reason in the function's log: both regions are in alarm, the other one's alarm has no data, or going back is manual. Repair a region, or set the override parameter.",
        ..LAMBDA_ERRORS
    },
    AlarmSpec {
        service: Service::OriginFailover,
        name: "failures",
        title: "The function that switches the write path fails.",
        signal: Signal::Metric {
            metric: origin_failover::FAILED,
            statistic: "Sum",
        },
        evaluation_periods: Periods::Fixed(3),
        source: "requirement F5; our choice: it runs each minute, and one run that fails is repeated by the next",
        operator_action: "Read the name of the failure in the function's log; the README of origin-failover says what to do about each.",
        ..LAMBDA_ERRORS
    },
    AlarmSpec {
        service: Service::OriginFailover,
        name: "not_ready",
        severity: Severity::Warning,
        title: "The write path would not be switched if its region failed now.",
        signal: Signal::Math {
            queries: &[query("r", origin_failover::READY, "Minimum")],
            expression: "FILL(r, 0)",
        },
        evaluation_periods: Periods::Fixed(15),
        comparison_operator: LESS,
        threshold: Threshold::Fixed(1),
        treat_missing_data: Some("breaching"),
        source: "requirement F5; our choice of a quarter of an hour because alarms come and go; FILL because a minute without a datapoint is a minute without a run",
        operator_action: "Look at the other region's alarm, at the override parameter, at the dry run setting, and whether the schedule and the function run.",
        ..LAMBDA_ERRORS
    },
];
