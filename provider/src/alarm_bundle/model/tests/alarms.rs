//! What the catalogue's alarms become for a target.

use super::*;
use crate::alarm_bundle::state::{AlarmMetric, Defaults};

/// C1-C8 end to end: the alarm CloudWatch is given, row by row.
#[test]
fn the_platform_preset_gives_cloudwatch_the_required_numbers() {
    #[rustfmt::skip]
    let rows = [
        // requirement, key, statistic or expression, operator, threshold, period, M, N, missing data
        ("C1", "mongodb/main/connections/critical", "Maximum", ">", "500", "60", "1", "1", "notBreaching"),
        ("C1", "mongodb/main/operations/critical", "Maximum", ">", "5000", "60", "1", "1", "notBreaching"),
        ("C1", "mongodb/main/probe_silent/critical", "FILL(n, 0)", "<", "1", "60", "5", "5", "breaching"),
        ("C2", "lambda/upload/errors/critical", "Sum", ">", "0", "60", "1", "1", "notBreaching"),
        ("C2", "lambda/upload/throttles/critical", "Sum", ">", "0", "60", "1", "1", "notBreaching"),
        ("C2", "lambda/upload/duration/warning", "p99", ">", "24000", "60", "5", "5", "notBreaching"),
        ("C2", "lambda/upload/duration/critical", "Maximum", ">", "28500", "60", "3", "3", "notBreaching"),
        ("C2", "lambda/upload/concurrency/warning", "Maximum", ">", "80", "60", "5", "5", "notBreaching"),
        ("C2", "lambda/upload/concurrency/critical", "Maximum", ">", "90", "60", "3", "3", "notBreaching"),
        ("C3", "s3/files/errors_4xx/warning", "Sum", ">", "100", "60", "1", "1", "notBreaching"),
        ("C3", "s3/files/errors_5xx/critical", "Sum", ">", "100", "60", "1", "1", "notBreaching"),
        ("C4", "cloudfront/site/error_rate_4xx/warning", "Average", ">", "2", "60", "5", "5", "notBreaching"),
        ("C4", "cloudfront/site/error_rate_4xx/critical", "Average", ">", "5", "60", "5", "5", "notBreaching"),
        ("C4", "cloudfront/site/error_rate_5xx/warning", "Average", ">", "1", "60", "5", "5", "notBreaching"),
        ("C4", "cloudfront/site/error_rate_5xx/critical", "Average", ">", "3", "60", "5", "5", "notBreaching"),
        ("C4", "cloudfront/site/error_rate_total/warning", "Average", ">", "1", "60", "5", "5", "notBreaching"),
        ("C4", "cloudfront/site/error_rate_total/critical", "Average", ">", "5", "60", "5", "5", "notBreaching"),
        ("C4", "cloudfront/site/origin_latency/warning", "p90", ">", "24000", "60", "5", "5", "notBreaching"),
        ("C5", "api_gateway/main/error_rate_4xx/warning", "IF(n >= 20, e * 100)", ">", "2", "60", "5", "5", "notBreaching"),
        ("C5", "api_gateway/main/error_rate_4xx/critical", "IF(n >= 20, e * 100)", ">", "5", "60", "5", "5", "notBreaching"),
        ("C5", "api_gateway/main/error_rate_5xx/warning", "IF(n >= 20, e * 100)", ">", "1", "60", "5", "5", "notBreaching"),
        ("C5", "api_gateway/main/error_rate_5xx/critical", "IF(n >= 20, e * 100)", ">", "3", "60", "5", "5", "notBreaching"),
        ("C5", "api_gateway/main/request_count/warning", "SampleCount", ">", "1200", "60", "1", "1", "notBreaching"),
        ("C5", "api_gateway/main/integration_latency/warning", "p90", ">=", "2000", "60", "5", "5", "notBreaching"),
        ("C6", "cognito/web/sign_in_failures/warning", "IF(n >= 20, 100 * (1 - s / n))", ">", "20", "300", "3", "3", "notBreaching"),
        ("C6", "cognito/web/sign_in_failures/critical", "IF(n >= 20, 100 * (1 - s / n))", ">", "50", "300", "3", "3", "notBreaching"),
        ("C6", "cognito/web/sign_up_failures/warning", "IF(n >= 20, 100 * (1 - s / n))", ">", "20", "300", "3", "3", "notBreaching"),
        ("C6", "cognito/web/sign_up_failures/critical", "IF(n >= 20, 100 * (1 - s / n))", ">", "50", "300", "3", "3", "notBreaching"),
        ("C6", "cognito/web/token_refresh_failures/warning", "IF(n >= 20, 100 * (1 - s / n))", ">", "5", "300", "3", "3", "notBreaching"),
        ("C6", "cognito/web/token_refresh_failures/critical", "IF(n >= 20, 100 * (1 - s / n))", ">", "20", "300", "3", "3", "notBreaching"),
        ("C6", "cognito/web/federation_failures/warning", "IF(n >= 20, 100 * (1 - s / n))", ">", "20", "300", "3", "3", "notBreaching"),
        ("C6", "cognito/web/throttles/warning", "FILL(i, 0) + FILL(u, 0) + FILL(r, 0) + FILL(f, 0)", ">", "0", "300", "5", "5", "notBreaching"),
        ("B7", "nlb/mongo_1024/unhealthy_hosts/critical", "Maximum", ">", "0", "60", "3", "3", "notBreaching"),
        ("B7", "nlb/mongo_1024/target_resets/warning", "Sum", ">", "100", "60", "5", "5", "notBreaching"),
        ("B7", "nlb/mongo_1024/port_allocation_errors/warning", "Sum", ">", "0", "60", "1", "1", "notBreaching"),
        ("C7", "flow_logs/vpc/public_addresses/critical", "Sum", ">", "0", "60", "1", "1", "notBreaching"),
        ("C8", "mongo_dump/six_hourly/failures/critical", "Sum", ">", "0", "3600", "1", "1", "notBreaching"),
        ("C8", "mongo_dump/six_hourly/snapshot/warning", "Minimum", "<", "1", "3600", "1", "1", "notBreaching"),
        ("C8", "mongo_dump/six_hourly/age/critical", "FILL(c, 0)", "<", "1", "3600", "7", "7", "breaching"),
        ("F3", "cognito_export/users/failures/warning", "Sum", ">", "0", "3600", "1", "1", "notBreaching"),
        ("F3", "cognito_export/users/age/critical", "FILL(c, 0)", "<", "1", "3600", "25", "25", "breaching"),
        ("A1", "upload_janitor/files/failures/warning", "Sum", ">", "0", "3600", "1", "1", "notBreaching"),
        ("A1", "upload_janitor/files/left/warning", "FILL(l, 1)", ">", "0", "3600", "24", "24", "breaching"),
        ("D2", "secret_rotation/app/failures/warning", "Sum", ">", "0", "300", "1", "1", "notBreaching"),
        ("D2", "secret_rotation/app/age/critical", "FILL(a, 10000)", ">", "35", "86400", "2", "2", "breaching"),
        ("F5", "origin_failover/writes/on_secondary/warning", "Maximum", ">", "0", "60", "1", "1", "notBreaching"),
        ("F5", "origin_failover/writes/refused/critical", "Sum", ">", "0", "60", "1", "1", "notBreaching"),
        ("F5", "origin_failover/writes/failures/critical", "Sum", ">", "0", "60", "3", "3", "notBreaching"),
        ("F5", "origin_failover/writes/not_ready/warning", "FILL(r, 0)", "<", "1", "60", "15", "15", "breaching"),
    ];
    let plan = planned(&everything());
    let found = alarms(&plan);
    for (requirement, key, compared, operator, threshold, period, datapoints, periods, missing) in rows {
        let case = format!("{requirement} {key}");
        let alarm = found.get(key).unwrap_or_else(|| panic!("{case} is not there"));
        let seconds = match &alarm.metrics {
            Value::Value(metrics) => {
                assert_eq!(alarm.expression, text(compared), "{case}");
                assert_eq!(
                    (&alarm.statistic, &alarm.period),
                    (&Value::Null, &Value::Null),
                    "{case}"
                );
                metrics
                    .values()
                    .map(|metric| metric.as_ref_option().unwrap().period.clone())
                    .collect::<BTreeSet<_>>()
            }
            _ => {
                assert_eq!(alarm.statistic, text(compared), "{case}");
                assert_eq!(alarm.expression, Value::Null, "{case}");
                BTreeSet::from([alarm.period.clone()])
            }
        };
        assert_eq!(seconds, BTreeSet::from([number(period)]), "{case}");
        let operator = match operator {
            ">" => "GreaterThanThreshold",
            ">=" => "GreaterThanOrEqualToThreshold",
            _ => "LessThanThreshold",
        };
        assert_eq!(alarm.comparison_operator, text(operator), "{case}");
        assert_eq!(alarm.threshold, number(threshold), "{case}");
        assert_eq!(alarm.datapoints_to_alarm, number(datapoints), "{case}");
        assert_eq!(alarm.evaluation_periods, number(periods), "{case}");
        assert_eq!(alarm.treat_missing_data, text(missing), "{case}");
        assert_eq!(alarm.name, text(&format!("edu-prod/{key}")), "{case}");
        assert_eq!(alarm.actions_enabled, Value::Value(true), "{case}");
        let severity = key.rsplit('/').next().unwrap();
        assert_eq!(alarm.severity, text(severity), "{case}");
        let (told, over) = if severity == "warning" {
            (WARN, set(&[]))
        } else {
            (PAGE, set(&[PAGE]))
        };
        assert_eq!(
            (&alarm.alarm_actions, &alarm.ok_actions),
            (&set(&[told]), &over),
            "{case}"
        );
        assert_eq!(alarm.insufficient_data_actions, set(&[]), "{case}");
        assert_eq!(alarm.arn, Value::Unknown, "{case}: the ARN holds the account");
    }
    assert_eq!(found.len(), rows.len(), "an alarm without a row here");
}

#[test]
fn dimensions_are_those_the_metric_is_published_with() {
    let plan = planned(&everything());
    for (key, expected) in [
        (
            "lambda/upload/errors/critical",
            vec![("FunctionName", "upload-api"), ("Resource", "upload-api:live")],
        ),
        (
            "lambda/upload/concurrency/critical",
            vec![("FunctionName", "upload-api")],
        ),
        (
            "s3/files/errors_4xx/warning",
            vec![("BucketName", "files"), ("FilterId", "EntireBucket")],
        ),
        (
            "cloudfront/site/error_rate_4xx/warning",
            vec![("DistributionId", "E123"), ("Region", "Global")],
        ),
        (
            "api_gateway/main/request_count/warning",
            vec![("ApiName", "main"), ("Stage", "v1")],
        ),
        (
            "nlb/mongo_1024/unhealthy_hosts/critical",
            vec![("LoadBalancer", "net/mongo/1"), ("TargetGroup", "targetgroup/m/2")],
        ),
        (
            "nlb/mongo_1024/target_resets/warning",
            vec![("LoadBalancer", "net/mongo/1")],
        ),
        ("mongodb/main/connections/critical", vec![("Cluster", "main")]),
        (
            "flow_logs/vpc/public_addresses/critical",
            vec![("FlowLogGroup", "/vpc/flow")],
        ),
        (
            "mongo_dump/six_hourly/failures/critical",
            vec![("Schedule", "MongoDBDumpEvery6Hours")],
        ),
        (
            "cognito_export/users/failures/warning",
            vec![("UserPool", "eu-west-1_AbCdEf")],
        ),
        ("upload_janitor/files/failures/warning", vec![("Bucket", "edu-files")]),
        ("secret_rotation/app/failures/warning", vec![("Secret", "mongo-app")]),
        (
            "origin_failover/writes/refused/critical",
            vec![("WritePath", "E2QWRUHAPOMQZL")],
        ),
    ] {
        assert_eq!(alarms(&plan)[key].dimensions, texts(&expected), "{key}");
    }
    let whole_function = alarm(&with_lambda(lambda()), "lambda/upload/errors/critical");
    assert_eq!(
        whole_function.dimensions,
        texts(&[("FunctionName", "upload-api")]),
        "without an alias"
    );
}

#[test]
fn a_federation_metric_carries_its_identity_provider() {
    let metrics = alarm(&everything(), "cognito/web/federation_failures/warning").metrics;
    let expected = |statistic: &str| AlarmMetric {
        namespace: text("AWS/Cognito"),
        metric_name: text("FederationSuccesses"),
        dimensions: texts(&[
            ("UserPool", "pool"),
            ("UserPoolClient", "client"),
            ("IdentityProvider", "Google"),
        ]),
        statistic: text(statistic),
        period: number("300"),
    };
    assert_eq!(metrics, map([("s", expected("Sum")), ("n", expected("SampleCount"))]));
}

/// Inputs that are null leave out the alarms that need them, and a false flag is no flag.
#[test]
fn an_alarm_exists_only_with_the_input_it_needs() {
    let bare = Bundle {
        lambda: map([(
            "upload",
            LambdaTarget {
                reserved_concurrency: number("-1"),
                ..lambda()
            },
        )]),
        api_gateway: map([("main", api())]),
        cloudfront: map([(
            "site",
            CloudFrontTarget {
                additional_metrics: Value::Value(false),
                ..cloudfront()
            },
        )]),
        cognito: map([(
            "web",
            CognitoTarget {
                user_pool_id: text("pool"),
                client_id: text("client"),
                identity_provider: Value::Null,
            },
        )]),
        ..bundle()
    };
    let keys = keys(&bare);
    for (key, there) in [
        ("lambda/upload/errors/critical", true),
        ("lambda/upload/duration/warning", false),
        ("lambda/upload/concurrency/critical", false),
        ("api_gateway/main/error_rate_4xx/warning", true),
        ("api_gateway/main/request_count/warning", false),
        ("cloudfront/site/error_rate_4xx/warning", true),
        ("cloudfront/site/origin_latency/warning", false),
        ("cognito/web/sign_in_failures/warning", true),
        ("cognito/web/federation_failures/warning", false),
    ] {
        assert_eq!(keys.iter().any(|found| found == key), there, "{key}");
    }
    let throttles = alarm(&bare, "cognito/web/throttles/warning");
    assert_eq!(
        throttles.expression,
        text("FILL(i, 0) + FILL(u, 0) + FILL(r, 0)"),
        "three without federation"
    );
}

#[test]
fn thresholds_that_follow_a_parameter_are_short_decimals() {
    let target = |rpm: &str| Bundle {
        api_gateway: map([(
            "main",
            ApiGatewayTarget {
                expected_peak_rpm: number(rpm),
                ..api()
            },
        )]),
        ..bundle()
    };
    for (rpm, expected) in [("1000", "1200"), ("7", "8.4"), ("1", "1.2"), ("333", "399.6")] {
        let alarm = alarm(&target(rpm), "api_gateway/main/request_count/warning");
        assert_eq!(alarm.threshold, number(expected), "{rpm}");
    }
    let origin = |seconds: Number| Bundle {
        cloudfront: map([(
            "site",
            CloudFrontTarget {
                additional_metrics: Value::Value(true),
                origin_read_timeout_seconds: seconds,
                ..cloudfront()
            },
        )]),
        ..bundle()
    };
    for (seconds, expected) in [(Value::Null, "24000"), (number("60"), "48000")] {
        let alarm = alarm(&origin(seconds.clone()), "cloudfront/site/origin_latency/warning");
        assert_eq!(alarm.threshold, number(expected), "C4: {seconds:?}");
    }
}

#[test]
fn defaults_fill_what_the_catalogue_leaves_open_and_no_more() {
    let defaults = Defaults {
        treat_missing_data: text("missing"),
        min_requests: number("50"),
        runbook_url: text("https://runbooks.example.com/{key}"),
    };
    let bundle = Bundle {
        defaults: Value::Value(defaults),
        ..everything()
    };
    let errors = alarm(&bundle, "lambda/upload/errors/critical");
    assert_eq!(errors.treat_missing_data, text("missing"));
    assert_eq!(
        errors.description,
        text(
            "lambda/upload: The function returned errors. What to do: Read the newest error in the function's log group; if it began with a \
             deployment, move the alias back.\nRunbook: https://runbooks.example.com/lambda/upload/errors/critical"
        ),
    );
    let age = alarm(&bundle, "mongo_dump/six_hourly/age/critical");
    assert_eq!(age.treat_missing_data, text("breaching"), "the catalogue is stronger");
    let rate = alarm(&bundle, "api_gateway/main/error_rate_4xx/warning");
    assert_eq!(rate.expression, text("IF(n >= 50, e * 100)"));
}

#[test]
fn a_severity_left_out_or_null_has_no_alarms() {
    let only_critical = |warning: Value<SeverityActions>| Bundle {
        severities: Value::Value(BTreeMap::from([
            ("critical".to_owned(), Value::Value(SeverityActions::default())),
            ("warning".to_owned(), warning),
        ])),
        ..everything()
    };
    let null = keys(&only_critical(Value::Null));
    assert!(
        !null.is_empty() && null.iter().all(|key| key.ends_with("/critical")),
        "{null:?}"
    );
    let both = keys(&only_critical(Value::Value(SeverityActions::default())));
    assert!(both.len() > null.len());
}

#[test]
fn a_null_target_is_a_target_left_out() {
    let lambda = BTreeMap::from([
        ("upload".to_owned(), Value::Value(lambda())),
        ("old".to_owned(), Value::Null),
    ]);
    let bundle = Bundle {
        lambda: Value::Value(lambda),
        ..bundle()
    };
    assert_eq!(
        keys(&bundle),
        ["lambda/upload/errors/critical", "lambda/upload/throttles/critical"]
    );
}

#[test]
fn preset_none_leaves_only_extra_alarms() {
    let bundle = Bundle {
        preset: text("none"),
        extra_alarms: map([("queue_age", ratio())]),
        ..everything()
    };
    assert_eq!(keys(&bundle), ["extra/queue_age/warning"]);
}

#[test]
fn where_aws_names_no_threshold_an_override_brings_the_alarm_to_life() {
    let aws = |bundle: Bundle| Bundle {
        preset: text("aws_recommended"),
        ..bundle
    };
    assert_eq!(keys(&aws(with_lambda(lambda()))), [""; 0]);
    let fields = Override {
        threshold: number("3"),
        ..Override::default()
    };
    let bundle = aws(with_override(with_lambda(lambda()), "lambda/upload/errors", fields));
    assert_eq!(keys(&bundle), ["lambda/upload/errors/critical"]);
    let errors = alarm(&bundle, "lambda/upload/errors/critical");
    assert_eq!(
        (errors.threshold, errors.evaluation_periods),
        (number("3"), number("3"))
    );
    let s3 = aws(Bundle {
        s3: map([("files", s3())]),
        ..super::bundle()
    });
    let rate = alarm(&s3, "s3/files/error_rate_4xx/warning");
    assert_eq!(
        (rate.expression, rate.threshold),
        (text("e * 100"), number("5")),
        "AWS's 0.05 in percent"
    );
}

#[test]
fn an_extra_alarm_is_what_was_typed_with_cloudwatchs_shape() {
    let extra = alarm(&with_extra(ratio()), "extra/queue_age/warning");
    let expected = Alarm {
        name: text("edu-prod/extra/queue_age/warning"),
        arn: Value::Unknown,
        description: text("extra/queue_age: extra alarm of this bundle."),
        severity: text("warning"),
        namespace: text("AWS/SQS"),
        metric_name: text("ApproximateAgeOfOldestMessage"),
        dimensions: texts(&[("QueueName", "jobs")]),
        statistic: text("Maximum"),
        period: number("60"),
        evaluation_periods: number("1"),
        datapoints_to_alarm: number("1"),
        comparison_operator: text("GreaterThanThreshold"),
        threshold: number("300"),
        treat_missing_data: text("notBreaching"),
        actions_enabled: Value::Value(true),
        alarm_actions: set(&[WARN]),
        ok_actions: set(&[]),
        insufficient_data_actions: set(&[]),
        ..Alarm::default()
    };
    assert_eq!(extra, expected);
}
