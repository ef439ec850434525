//! The model's behaviour, from configuration to plan.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod advice;
mod alarms;
mod composite;
mod errors;
mod outputs;
mod overrides;
mod unknown;

use std::collections::{BTreeMap, BTreeSet};

use provider_kit::Num;
use tf_provider::value::Value;

use super::{BundlePlan, Context, PlannedAlarms, plan};
use crate::alarm_bundle::state::{
    Alarm, ApiGatewayTarget, Bundle, CloudFrontTarget, CognitoExportTarget, CognitoTarget, ExtraAlarm, FlowLogsTarget,
    LambdaTarget, Map, MongoDbTarget, MongoDumpTarget, NlbTarget, Number, OriginFailoverTarget, Override,
    OverrideFields, S3Target, SecretRotationTarget, Set, SeverityActions, Text, UploadJanitorTarget,
};

const WARN: &str = "arn:aws:sns:us-east-1:123456789012:warn";
const PAGE: &str = "arn:aws:sns:us-east-1:123456789012:page";

fn text(value: &str) -> Text {
    Value::Value(value.to_owned())
}

fn number(value: &str) -> Number {
    Value::Value(value.parse::<Num>().unwrap())
}

fn set(values: &[&str]) -> Set {
    Value::Value(values.iter().map(|value| text(value)).collect())
}

fn map<T>(entries: impl IntoIterator<Item = (&'static str, T)>) -> Map<T> {
    let known = |(key, value): (&str, T)| (key.to_owned(), Value::Value(value));
    Value::Value(entries.into_iter().map(known).collect())
}

fn texts(entries: &[(&str, &str)]) -> Map<String> {
    Value::Value(
        entries
            .iter()
            .map(|(key, value)| ((*key).to_owned(), text(value)))
            .collect(),
    )
}

/// Two severities, no target.
fn bundle() -> Bundle {
    Bundle {
        name: text("edu-prod"),
        severities: map([
            (
                "warning",
                SeverityActions {
                    alarm_actions: set(&[WARN]),
                    ..SeverityActions::default()
                },
            ),
            (
                "critical",
                SeverityActions {
                    alarm_actions: set(&[PAGE]),
                    ok_actions: set(&[PAGE]),
                    ..SeverityActions::default()
                },
            ),
        ]),
        ..Bundle::default()
    }
}

fn lambda() -> LambdaTarget {
    LambdaTarget {
        function_name: text("upload-api"),
        ..LambdaTarget::default()
    }
}

fn with_lambda(lambda: LambdaTarget) -> Bundle {
    Bundle {
        lambda: map([("upload", lambda)]),
        ..bundle()
    }
}

fn api() -> ApiGatewayTarget {
    ApiGatewayTarget {
        api_name: text("main"),
        stage: text("v1"),
        ..ApiGatewayTarget::default()
    }
}

fn s3() -> S3Target {
    S3Target {
        bucket: text("files"),
        filter_id: text("EntireBucket"),
    }
}

fn cloudfront() -> CloudFrontTarget {
    CloudFrontTarget {
        distribution_id: text("E123"),
        ..CloudFrontTarget::default()
    }
}

/// Every kind of target with every parameter set.
fn everything() -> Bundle {
    Bundle {
        lambda: map([(
            "upload",
            LambdaTarget {
                alias: text("live"),
                timeout_seconds: number("30"),
                reserved_concurrency: number("100"),
                ..lambda()
            },
        )]),
        api_gateway: map([(
            "main",
            ApiGatewayTarget {
                cache_enabled: Value::Value(true),
                expected_peak_rpm: number("1000"),
                ..api()
            },
        )]),
        s3: map([("files", s3())]),
        cloudfront: map([(
            "site",
            CloudFrontTarget {
                additional_metrics: Value::Value(true),
                ..cloudfront()
            },
        )]),
        cognito: map([(
            "web",
            CognitoTarget {
                user_pool_id: text("pool"),
                client_id: text("client"),
                identity_provider: text("Google"),
            },
        )]),
        nlb: map([(
            "mongo_1024",
            NlbTarget {
                load_balancer: text("net/mongo/1"),
                target_group: text("targetgroup/m/2"),
            },
        )]),
        mongodb: map([("main", MongoDbTarget { cluster: text("main") })]),
        flow_logs: map([(
            "vpc",
            FlowLogsTarget {
                flow_log_group: text("/vpc/flow"),
            },
        )]),
        mongo_dump: map([(
            "six_hourly",
            MongoDumpTarget {
                schedule_name: text("MongoDBDumpEvery6Hours"),
                max_age_hours: number("7"),
            },
        )]),
        cognito_export: map([(
            "users",
            CognitoExportTarget {
                user_pool_id: text("eu-west-1_AbCdEf"),
                max_age_hours: number("25"),
            },
        )]),
        upload_janitor: map([(
            "files",
            UploadJanitorTarget {
                bucket: text("edu-files"),
            },
        )]),
        secret_rotation: map([(
            "app",
            SecretRotationTarget {
                secret_name: text("mongo-app"),
                max_age_days: number("35"),
            },
        )]),
        origin_failover: map([(
            "writes",
            OriginFailoverTarget {
                write_path: text("E2QWRUHAPOMQZL"),
            },
        )]),
        ..bundle()
    }
}

fn ratio() -> ExtraAlarm {
    ExtraAlarm {
        severity: text("warning"),
        namespace: text("AWS/SQS"),
        metric_name: text("ApproximateAgeOfOldestMessage"),
        dimensions: texts(&[("QueueName", "jobs")]),
        statistic: text("Maximum"),
        comparison_operator: text("GreaterThanThreshold"),
        threshold: number("300"),
        ..ExtraAlarm::default()
    }
}

fn with_extra(extra: ExtraAlarm) -> Bundle {
    Bundle {
        extra_alarms: map([("queue_age", extra)]),
        ..bundle()
    }
}

fn with_override(bundle: Bundle, key: &'static str, fields: Override) -> Bundle {
    Bundle {
        overrides: map([(key, fields)]),
        ..bundle
    }
}

fn tells(name: &str) -> SeverityActions {
    SeverityActions {
        alarm_actions: set(&[name]),
        ..SeverityActions::default()
    }
}

fn with_severities(severities: Map<SeverityActions>) -> Bundle {
    Bundle {
        severities,
        ..with_lambda(lambda())
    }
}

fn threshold(value: &str) -> OverrideFields {
    OverrideFields {
        threshold: number(value),
        ..OverrideFields::default()
    }
}

fn in_region(region: &str) -> Context {
    Context {
        region: text(region),
        default_tags: Value::Null,
    }
}

/// Where nothing of the provider is known, as at validation.
fn nowhere() -> Context {
    Context {
        region: Value::Unknown,
        default_tags: Value::Null,
    }
}

/// The plan of a configuration without mistakes.
fn planned(bundle: &Bundle) -> BundlePlan {
    let (plan, diagnostics) = plan(bundle, &in_region("us-east-1"));
    assert_eq!(diagnostics.errors, [], "errors");
    plan
}

fn alarms(plan: &BundlePlan) -> &BTreeMap<String, Alarm> {
    match &plan.alarms {
        PlannedAlarms::Known(alarms) => alarms,
        PlannedAlarms::Unknown(inputs) => panic!("the alarms depend on unknown inputs: {inputs:?}"),
    }
}

fn alarm(bundle: &Bundle, key: &str) -> Alarm {
    let plan = planned(bundle);
    let found = alarms(&plan);
    found
        .get(key)
        .unwrap_or_else(|| panic!("no {key} in {:?}", found.keys()))
        .clone()
}

fn keys(bundle: &Bundle) -> Vec<String> {
    alarms(&planned(bundle)).keys().cloned().collect()
}

fn unknown_inputs(bundle: &Bundle) -> Vec<String> {
    match planned(bundle).alarms {
        PlannedAlarms::Known(alarms) => panic!("the alarms are known: {:?}", alarms.keys()),
        PlannedAlarms::Unknown(inputs) => inputs.iter().map(ToString::to_string).collect(),
    }
}
