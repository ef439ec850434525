//! Which override wins, and what it changes.

use super::*;

fn evaluated(bundle: &Bundle, key: &str) -> (Number, Number) {
    let alarm = alarm(bundle, key);
    (alarm.datapoints_to_alarm, alarm.evaluation_periods)
}

#[test]
fn the_stronger_override_wins_field_by_field() {
    let common = |value: &str| Override {
        threshold: number(value),
        ..Override::default()
    };
    let own = |value: &str| Override {
        warning: Value::Value(threshold(value)),
        ..Override::default()
    };
    let key = "api_gateway/main/error_rate_4xx";
    for (case, overrides, expected) in [
        ("catalogue", vec![], "2"),
        (
            "more wildcards are weaker",
            vec![("*/*/*", common("10")), ("api_gateway/*/*", common("11"))],
            "11",
        ),
        (
            "order of typing does not matter",
            vec![("api_gateway/*/*", common("11")), ("*/*/*", common("10"))],
            "11",
        ),
        (
            "exact beats wildcards",
            vec![(key, common("12")), ("api_gateway/main/*", common("11"))],
            "12",
        ),
        (
            "severity beats common",
            vec![(
                key,
                Override {
                    threshold: number("9"),
                    ..own("13")
                },
            )],
            "13",
        ),
        (
            "exact common beats a wildcard's severity",
            vec![("api_gateway/main/*", own("14")), (key, common("12"))],
            "12",
        ),
        (
            "of two with one wildcard the one that names the target wins",
            vec![
                ("api_gateway/*/error_rate_4xx", common("15")),
                ("api_gateway/main/*", common("16")),
            ],
            "16",
        ),
        (
            "then the one that names the alarm",
            vec![("*/*/error_rate_4xx", common("15")), ("api_gateway/*/*", common("16"))],
            "15",
        ),
        (
            "null says nothing",
            vec![
                ("api_gateway/main/*", common("11")),
                (
                    key,
                    Override {
                        period: number("120"),
                        ..Override::default()
                    },
                ),
            ],
            "11",
        ),
    ] {
        let bundle = Bundle {
            api_gateway: map([("main", api())]),
            overrides: map(overrides),
            ..bundle()
        };
        assert_eq!(
            alarm(&bundle, &format!("{key}/warning")).threshold,
            number(expected),
            "{case}"
        );
    }
}

#[test]
fn a_wildcard_stands_for_a_whole_segment_of_any_target() {
    let bundle = Bundle {
        s3: map([("files", s3()), ("backups", s3())]),
        overrides: map([(
            "s3/files/*",
            Override {
                evaluation_periods: number("3"),
                ..Override::default()
            },
        )]),
        ..bundle()
    };
    for (key, expected) in [
        ("s3/files/errors_4xx/warning", "3"),
        ("s3/files/errors_5xx/critical", "3"),
        ("s3/backups/errors_4xx/warning", "1"),
    ] {
        assert_eq!(
            evaluated(&bundle, key),
            (number(expected), number(expected)),
            "{key}: M moves with N"
        );
    }
    let unused = with_override(
        with_lambda(lambda()),
        "s3/*/errors_4xx",
        Override {
            threshold: number("5"),
            ..Override::default()
        },
    );
    assert_eq!(keys(&unused).len(), 2, "a wildcard target need not be configured");
}

#[test]
fn an_override_sets_every_field_it_names() {
    let fields = Override {
        threshold: number("7"),
        period: number("300"),
        evaluation_periods: number("4"),
        datapoints_to_alarm: number("2"),
        treat_missing_data: text("missing"),
        comparison_operator: text("GreaterThanOrEqualToThreshold"),
        statistic: text("Average"),
        description: text("Somebody lost work."),
        runbook_url: text("https://wiki.example.com/lambda"),
        actions_enabled: Value::Value(false),
        alarm_actions: set(&[WARN]),
        ok_actions: set(&[]),
        ..Override::default()
    };
    let changed = alarm(
        &with_override(with_lambda(lambda()), "lambda/upload/errors", fields),
        "lambda/upload/errors/critical",
    );
    let expected = Alarm {
        name: text("edu-prod/lambda/upload/errors/critical"),
        arn: Value::Unknown,
        description: text("Somebody lost work.\nRunbook: https://wiki.example.com/lambda"),
        severity: text("critical"),
        namespace: text("AWS/Lambda"),
        metric_name: text("Errors"),
        dimensions: texts(&[("FunctionName", "upload-api")]),
        statistic: text("Average"),
        period: number("300"),
        evaluation_periods: number("4"),
        datapoints_to_alarm: number("2"),
        comparison_operator: text("GreaterThanOrEqualToThreshold"),
        threshold: number("7"),
        treat_missing_data: text("missing"),
        actions_enabled: Value::Value(false),
        alarm_actions: set(&[WARN]),
        ok_actions: set(&[]),
        insufficient_data_actions: set(&[]),
        ..Alarm::default()
    };
    assert_eq!(changed, expected);
}

#[test]
fn a_period_reaches_every_metric_of_an_expression_and_the_gate_its_number() {
    let fields = Override {
        period: number("300"),
        min_requests: number("100"),
        ..Override::default()
    };
    let bundle = with_override(everything(), "api_gateway/main/error_rate_5xx", fields);
    let rate = alarm(&bundle, "api_gateway/main/error_rate_5xx/critical");
    assert_eq!(rate.expression, text("IF(n >= 100, e * 100)"));
    let Value::Value(metrics) = rate.metrics else {
        panic!("metrics are known")
    };
    for (id, metric) in metrics {
        assert_eq!(metric.as_ref_option().unwrap().period, number("300"), "{id}");
    }
}

#[test]
fn a_disabled_alarm_is_not_created_and_its_sibling_is() {
    let off = OverrideFields {
        enabled: Value::Value(false),
        ..OverrideFields::default()
    };
    let fields = Override {
        warning: Value::Value(off),
        ..Override::default()
    };
    let bundle = with_override(
        with_lambda(LambdaTarget {
            timeout_seconds: number("30"),
            ..lambda()
        }),
        "lambda/upload/duration",
        fields,
    );
    assert_eq!(
        keys(&bundle),
        [
            "lambda/upload/duration/critical",
            "lambda/upload/errors/critical",
            "lambda/upload/throttles/critical"
        ],
    );
    let again = Override {
        enabled: Value::Value(true),
        ..Override::default()
    };
    let overrides = map([
        (
            "lambda/*/*",
            Override {
                enabled: Value::Value(false),
                ..Override::default()
            },
        ),
        ("lambda/upload/errors", again),
    ]);
    assert_eq!(keys(&Bundle { overrides, ..bundle }), ["lambda/upload/errors/critical"]);
}
