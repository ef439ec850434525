//! Preset `aws_recommended`: what AWS's "Recommended alarms" page says for the services this catalogue knows.
//!
//! AWS names no severities: refused requests and slowness are warnings here, failures are critical. Where AWS writes that
//! the threshold depends on the system, the alarm waits for an override that gives one ([`Threshold::FromOverride`]).
//! AWS has no recommendation for our own handlers' metrics.

use crate::alarm::{AlarmSpec, Periods, Signal, Threshold};
use crate::platform::{AT_LEAST, GREATER, LESS, query};
use crate::service::{Param, Preset, Service, Severity};

const PAGE: &str = "CloudWatch User Guide, Best_Practice_Recommended_Alarms_AWS_Services";
const PAGE_NO_THRESHOLD: &str =
    "CloudWatch User Guide, Best_Practice_Recommended_Alarms_AWS_Services; AWS: the threshold depends on the system";
const PAGE_ZERO: &str =
    "CloudWatch User Guide, Best_Practice_Recommended_Alarms_AWS_Services; AWS: the threshold depends, zero is typical";

const LAMBDA_ERRORS: AlarmSpec = AlarmSpec {
    preset: Preset::AwsRecommended,
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
    evaluation_periods: Periods::Fixed(3),
    comparison_operator: GREATER,
    threshold: Threshold::FromOverride,
    percent: false,
    treat_missing_data: None,
    source: PAGE_NO_THRESHOLD,
    operator_action: "Read the newest error in the function's log group; if it began with a deployment, move the alias back.",
};

const API_4XX: AlarmSpec = AlarmSpec {
    service: Service::ApiGateway,
    name: "error_rate_4xx",
    severity: Severity::Warning,
    title: "Too many requests are refused with a 4xx status.",
    signal: Signal::Math {
        queries: &[query("e", "4XXError", "Average")],
        expression: "e * 100",
    },
    evaluation_periods: Periods::Fixed(5),
    threshold: Threshold::Fixed(5),
    percent: true,
    source: PAGE,
    operator_action: "Look in the access log which status and path dominate.",
    ..LAMBDA_ERRORS
};

const S3_4XX: AlarmSpec = AlarmSpec {
    service: Service::S3,
    name: "error_rate_4xx",
    severity: Severity::Warning,
    title: "S3 refuses too many of the requests.",
    signal: Signal::Math {
        queries: &[query("e", "4xxErrors", "Average")],
        expression: "e * 100",
    },
    evaluation_periods: Periods::Fixed(15),
    threshold: Threshold::Fixed(5),
    percent: true,
    source: PAGE,
    operator_action: "Look in the access log or CloudTrail data events who is refused.",
    ..LAMBDA_ERRORS
};

const CLOUDFRONT_5XX: AlarmSpec = AlarmSpec {
    service: Service::CloudFront,
    name: "error_rate_5xx",
    title: "Viewers get too many 5xx answers.",
    signal: Signal::Metric {
        metric: "5xxErrorRate",
        statistic: "Average",
    },
    evaluation_periods: Periods::Fixed(5),
    percent: true,
    operator_action: "Check the origins: the API's 5xx alarm and S3's tell which one fails.",
    ..LAMBDA_ERRORS
};

const SIGN_IN: AlarmSpec = AlarmSpec {
    service: Service::Cognito,
    name: "sign_in_throttles",
    severity: Severity::Warning,
    title: "Cognito throttles sign-ins.",
    signal: Signal::Metric {
        metric: "SignInThrottles",
        statistic: "Sum",
    },
    evaluation_periods: Periods::Fixed(5),
    threshold: Threshold::Fixed(0),
    source: PAGE_ZERO,
    operator_action: "Ask for a higher quota of the category, or make clients keep their tokens until they expire.",
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
        evaluation_periods: Periods::Fixed(5),
        comparison_operator: AT_LEAST,
        operator_action: "Compare ConcurrentExecutions with the reservation and the account's limit; raise the one that is reached.",
        ..LAMBDA_ERRORS
    },
    AlarmSpec {
        name: "duration",
        severity: Severity::Warning,
        title: "The function is slow.",
        signal: Signal::Metric {
            metric: "Duration",
            statistic: "p90",
        },
        evaluation_periods: Periods::Fixed(15),
        operator_action: "Find what the calls wait for; raise memory or the timeout only if the work really grew.",
        ..LAMBDA_ERRORS
    },
    AlarmSpec {
        name: "concurrency",
        severity: Severity::Warning,
        title: "The function uses most of the concurrency there is.",
        signal: Signal::Metric {
            metric: "ConcurrentExecutions",
            statistic: "Maximum",
        },
        evaluation_periods: Periods::Fixed(10),
        comparison_operator: AT_LEAST,
        operator_action: "Check whether the traffic is wanted; if it is, raise the reservation or the account's limit.",
        ..LAMBDA_ERRORS
    },
    API_4XX,
    AlarmSpec {
        name: "error_rate_5xx",
        severity: Severity::Critical,
        title: "Too many requests fail with a 5xx status.",
        signal: Signal::Math {
            queries: &[query("e", "5XXError", "Average")],
            expression: "e * 100",
        },
        evaluation_periods: Periods::Fixed(3),
        operator_action: "See which integration fails: 502 is a bad answer of the function, 504 a timeout.",
        ..API_4XX
    },
    AlarmSpec {
        name: "latency",
        title: "The API answers slowly.",
        signal: Signal::Metric {
            metric: "Latency",
            statistic: "p90",
        },
        comparison_operator: AT_LEAST,
        threshold: Threshold::Fixed(2500),
        percent: false,
        operator_action: "Compare with IntegrationLatency: a large difference is API Gateway's own work, else the functions are slow.",
        ..API_4XX
    },
    AlarmSpec {
        name: "low_request_count",
        title: "Hardly any traffic reaches the API.",
        signal: Signal::Metric {
            metric: "Count",
            statistic: "SampleCount",
        },
        evaluation_periods: Periods::Fixed(10),
        comparison_operator: LESS,
        threshold: Threshold::FromOverride,
        percent: false,
        source: PAGE_NO_THRESHOLD,
        operator_action: "Check DNS, the distribution, the WAF's blocked requests and the clients' last release.",
        ..API_4XX
    },
    S3_4XX,
    AlarmSpec {
        name: "error_rate_5xx",
        severity: Severity::Critical,
        title: "S3 fails too many of the requests.",
        signal: Signal::Math {
            queries: &[query("e", "5xxErrors", "Average")],
            expression: "e * 100",
        },
        operator_action: "Check the AWS Health dashboard; 503 Slow Down means too many requests on one prefix.",
        ..S3_4XX
    },
    CLOUDFRONT_5XX,
    AlarmSpec {
        name: "origin_latency",
        severity: Severity::Warning,
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
        source: PAGE,
        operator_action: "See which origin is slow; beyond the timeout viewers get 504.",
        ..CLOUDFRONT_5XX
    },
    SIGN_IN,
    AlarmSpec {
        name: "sign_up_throttles",
        title: "Cognito throttles sign-ups.",
        signal: Signal::Metric {
            metric: "SignUpThrottles",
            statistic: "Sum",
        },
        ..SIGN_IN
    },
    AlarmSpec {
        name: "token_refresh_throttles",
        title: "Cognito throttles token refreshes.",
        signal: Signal::Metric {
            metric: "TokenRefreshThrottles",
            statistic: "Sum",
        },
        ..SIGN_IN
    },
    AlarmSpec {
        name: "federation_throttles",
        title: "Cognito throttles federated sign-ins.",
        needs: Some(Param::IdentityProvider),
        signal: Signal::Metric {
            metric: "FederationThrottles",
            statistic: "Sum",
        },
        ..SIGN_IN
    },
];
