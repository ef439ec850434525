//! Unknown values: keys stay known unless an unknown decides whether an alarm exists, and unknown is never an error.

use super::*;
use crate::alarm_bundle::state::Elements;
use crate::alarm_bundle::state::{Composite, Defaults};

/// Ids, names, ARNs and numbers that are not there yet leave every key, and everything else, in the plan.
#[test]
fn unknown_ids_names_arns_and_numbers_leave_the_keys_known() {
    let expected = keys(&everything());
    let unknown_ids = Bundle {
        name: Value::Unknown,
        lambda: map([(
            "upload",
            LambdaTarget {
                function_name: Value::Unknown,
                alias: Value::Unknown,
                timeout_seconds: number("30"),
                reserved_concurrency: number("100"),
            },
        )]),
        cloudfront: map([(
            "site",
            CloudFrontTarget {
                distribution_id: Value::Unknown,
                additional_metrics: Value::Value(true),
                origin_read_timeout_seconds: Value::Unknown,
            },
        )]),
        mongo_dump: map([(
            "six_hourly",
            MongoDumpTarget {
                schedule_name: Value::Unknown,
                max_age_hours: Value::Unknown,
            },
        )]),
        severities: map([
            (
                "warning",
                SeverityActions {
                    alarm_actions: Value::Unknown,
                    ..SeverityActions::default()
                },
            ),
            (
                "critical",
                SeverityActions {
                    alarm_actions: Value::Value(Elements::from(vec![Value::Unknown; 2])),
                    ..SeverityActions::default()
                },
            ),
        ]),
        defaults: Value::Unknown,
        dashboard: Value::Value(true),
        ..everything()
    };
    let plan = planned(&unknown_ids);
    let found = alarms(&plan);
    assert_eq!(found.keys().cloned().collect::<Vec<_>>(), expected);

    let errors = &found["lambda/upload/errors/critical"];
    assert_eq!(errors.name, Value::Unknown);
    assert_eq!(
        errors.dimensions,
        Value::Unknown,
        "an unknown alias decides whether there is a Resource"
    );
    assert_eq!(errors.threshold, number("0"), "what is known is in the plan");
    assert_eq!(errors.treat_missing_data, Value::Unknown);
    assert_eq!(
        errors.alarm_actions,
        Value::Value(Elements::from(vec![Value::Unknown; 2]))
    );
    let concurrency = &found["lambda/upload/concurrency/critical"];
    let function = BTreeMap::from([("FunctionName".to_owned(), Value::Unknown)]);
    assert_eq!(
        concurrency.dimensions,
        Value::Value(function),
        "the key of the dimension is known"
    );
    assert_eq!(
        found["cloudfront/site/origin_latency/warning"].threshold,
        Value::Unknown
    );
    let age = &found["mongo_dump/six_hourly/age/critical"];
    assert_eq!(
        (&age.evaluation_periods, &age.datapoints_to_alarm),
        (&Value::Unknown, &Value::Unknown)
    );
    assert_eq!(age.treat_missing_data, text("breaching"));
    assert_eq!(plan.id, Value::Unknown);
    assert_eq!(plan.dashboard_body, Value::Unknown);
    assert!(plan.coverage.is_value(), "coverage speaks of keys only");
}

#[test]
fn an_input_that_decides_whether_an_alarm_exists_is_listed() {
    let open = |enabled: Override| Override {
        enabled: Value::Unknown,
        ..enabled
    };
    let with = |change: fn(&mut Bundle)| {
        let mut bundle = everything();
        change(&mut bundle);
        bundle
    };
    for (bundle, expected) in [
        (with(|bundle| bundle.preset = Value::Unknown), "preset"),
        (with(|bundle| bundle.severities = Value::Unknown), "severities"),
        (
            with(|bundle| {
                bundle.severities = Value::Value(BTreeMap::from([("warning".to_owned(), Value::Unknown)]));
            }),
            "severities[\"warning\"]",
        ),
        (with(|bundle| bundle.lambda = Value::Unknown), "lambda"),
        (
            with(|bundle| bundle.s3 = Value::Value(BTreeMap::from([("files".to_owned(), Value::Unknown)]))),
            "s3[\"files\"]",
        ),
        (
            with_lambda(LambdaTarget {
                timeout_seconds: Value::Unknown,
                ..lambda()
            }),
            "lambda[\"upload\"].timeout_seconds",
        ),
        (
            with_lambda(LambdaTarget {
                reserved_concurrency: Value::Unknown,
                ..lambda()
            }),
            "lambda[\"upload\"].reserved_concurrency",
        ),
        (
            Bundle {
                api_gateway: map([(
                    "main",
                    ApiGatewayTarget {
                        expected_peak_rpm: Value::Unknown,
                        ..api()
                    },
                )]),
                ..bundle()
            },
            "api_gateway[\"main\"].expected_peak_rpm",
        ),
        (
            Bundle {
                cloudfront: map([(
                    "site",
                    CloudFrontTarget {
                        additional_metrics: Value::Unknown,
                        ..cloudfront()
                    },
                )]),
                ..bundle()
            },
            "cloudfront[\"site\"].additional_metrics",
        ),
        (with(|bundle| bundle.overrides = Value::Unknown), "overrides"),
        (
            with_override(with_lambda(lambda()), "lambda/upload/errors", open(Override::default())),
            "overrides[\"lambda/upload/errors\"].enabled",
        ),
        (
            with_override(
                with_lambda(lambda()),
                "lambda/*/*",
                Override {
                    critical: Value::Unknown,
                    ..Override::default()
                },
            ),
            "overrides[\"lambda/*/*\"].critical",
        ),
        (
            Bundle {
                preset: text("aws_recommended"),
                ..with_override(
                    with_lambda(lambda()),
                    "lambda/upload/errors",
                    Override {
                        threshold: Value::Unknown,
                        ..Override::default()
                    },
                )
            },
            "overrides[\"lambda/upload/errors\"].threshold",
        ),
        (with(|bundle| bundle.extra_alarms = Value::Unknown), "extra_alarms"),
        (
            with_extra(ExtraAlarm {
                severity: Value::Unknown,
                ..ratio()
            }),
            "extra_alarms[\"queue_age\"].severity",
        ),
    ] {
        assert_eq!(unknown_inputs(&bundle), [expected], "{expected}");
        let plan = planned(&Bundle {
            dashboard: Value::Value(true),
            ..bundle
        });
        assert_eq!(plan.coverage, Value::Unknown, "{expected}: coverage");
        assert_eq!(plan.dashboard_body, Value::Unknown, "{expected}: dashboard");
    }
}

#[test]
fn what_is_known_to_forbid_an_alarm_wins_over_an_unknown() {
    let unknown_timeout = || LambdaTarget {
        timeout_seconds: Value::Unknown,
        ..lambda()
    };
    let off = Override {
        enabled: Value::Value(false),
        ..Override::default()
    };
    let bundle = with_override(with_lambda(unknown_timeout()), "lambda/upload/duration", off);
    assert_eq!(
        keys(&bundle),
        ["lambda/upload/errors/critical", "lambda/upload/throttles/critical"],
        "switched off"
    );
    let none = Bundle {
        severities: map([("info", SeverityActions::default())]),
        ..with_lambda(unknown_timeout())
    };
    assert_eq!(keys(&none), [""; 0], "no severity");
}

#[test]
fn an_unknown_cache_flag_leaves_only_coverage_and_dashboard_unknown() {
    let bundle = Bundle {
        api_gateway: map([(
            "main",
            ApiGatewayTarget {
                cache_enabled: Value::Unknown,
                ..api()
            },
        )]),
        dashboard: Value::Value(true),
        ..bundle()
    };
    let plan = planned(&bundle);
    assert!(!alarms(&plan).is_empty());
    assert_eq!((plan.coverage, plan.dashboard_body), (Value::Unknown, Value::Unknown));
}

/// A configuration of which nothing is known yet is no mistake.
#[test]
fn unknown_is_never_an_error() {
    let mut all = everything();
    // every plan with a cluster has a warning
    all.mongodb = Value::Null;
    all.name = Value::Unknown;
    all.composite = Value::Value(Composite {
        severity: Value::Unknown,
        mute_children: Value::Unknown,
        actions_suppressor: Value::Unknown,
    });
    all.defaults = Value::Value(Defaults {
        treat_missing_data: Value::Unknown,
        min_requests: Value::Unknown,
        runbook_url: Value::Unknown,
    });
    all.lambda = map([(
        "upload",
        LambdaTarget {
            function_name: Value::Unknown,
            alias: Value::Unknown,
            timeout_seconds: Value::Unknown,
            reserved_concurrency: Value::Unknown,
        },
    )]);
    all.overrides = map([(
        "lambda/upload/errors",
        Override {
            threshold: Value::Unknown,
            period: Value::Unknown,
            evaluation_periods: Value::Unknown,
            datapoints_to_alarm: number("4"),
            statistic: Value::Unknown,
            comparison_operator: Value::Unknown,
            treat_missing_data: Value::Unknown,
            description: Value::Unknown,
            runbook_url: Value::Unknown,
            alarm_actions: Value::Unknown,
            ..Override::default()
        },
    )]);
    all.extra_alarms = map([(
        "queue_age",
        ExtraAlarm {
            severity: text("warning"),
            namespace: Value::Unknown,
            metric_name: Value::Unknown,
            dimensions: Value::Unknown,
            statistic: Value::Unknown,
            threshold: Value::Unknown,
            comparison_operator: Value::Unknown,
            ..ExtraAlarm::default()
        },
    )]);
    all.tags = Value::Unknown;
    for context in [nowhere(), in_region("us-east-1")] {
        let (plan, diagnostics) = plan(&all, &context);
        assert_eq!(
            (diagnostics.errors, diagnostics.warnings),
            (vec![], vec![]),
            "{context:?}"
        );
        assert_eq!(plan.tags_all, Value::Unknown);
        assert!(matches!(plan.alarms, PlannedAlarms::Unknown(_)));
    }
}

#[test]
fn an_extra_alarm_whose_kind_is_unknown_leaves_both_kinds_open() {
    for (case, extra) in [
        (
            "metrics",
            ExtraAlarm {
                metrics: Value::Unknown,
                ..ratio()
            },
        ),
        (
            "expression",
            ExtraAlarm {
                expression: Value::Unknown,
                ..ratio()
            },
        ),
    ] {
        let open = alarm(&with_extra(extra), "extra/queue_age/warning");
        assert_eq!(
            (open.namespace, open.expression),
            (Value::Unknown, Value::Unknown),
            "{case}"
        );
        assert_eq!(open.threshold, number("300"), "{case}");
    }
}
