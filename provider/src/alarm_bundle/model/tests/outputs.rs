//! Coverage, dashboard, tags, ids, and the way back from names to keys.

use super::*;
use crate::alarm_bundle::model::key::{ParsedKey, parse_name};

#[test]
fn coverage_names_every_documented_metric_of_every_target() {
    let Value::Value(coverage) = planned(&everything()).coverage else {
        panic!("coverage is known")
    };
    let documented = alarm_catalog::metrics().filter(|metric| metric.graph.is_some()).count();
    assert_eq!(coverage.len(), documented, "one target of each kind");
    for (key, expected) in [
        ("lambda/upload/Invocations", "graph"),
        ("lambda/upload/Errors", "alarm: lambda/upload/errors/critical"),
        (
            "lambda/upload/Duration",
            "alarm: lambda/upload/duration/warning, lambda/upload/duration/critical",
        ),
        ("s3/files/GetRequests", "graph"),
        ("api_gateway/main/CacheHitCount", "graph"),
        (
            "mongodb/main/Connections",
            "alarm: mongodb/main/connections/critical, mongodb/main/probe_silent/critical",
        ),
        (
            "cognito/web/FederationThrottles",
            "alarm: cognito/web/throttles/warning",
        ),
    ] {
        assert_eq!(coverage[key], text(expected), "{key}");
    }
}

#[test]
fn coverage_says_what_is_off_and_what_is_needed() {
    let off = OverrideFields {
        enabled: Value::Value(false),
        ..OverrideFields::default()
    };
    let bundle = Bundle {
        severities: map([("critical", SeverityActions::default())]),
        overrides: map([(
            "lambda/upload/errors",
            Override {
                critical: Value::Value(off),
                ..Override::default()
            },
        )]),
        api_gateway: map([("main", api())]),
        cloudfront: map([("site", cloudfront())]),
        ..with_lambda(LambdaTarget {
            timeout_seconds: number("30"),
            ..lambda()
        })
    };
    let Value::Value(coverage) = planned(&bundle).coverage else {
        panic!("coverage is known")
    };
    for (key, expected) in [
        (
            "lambda/upload/Errors",
            "off: lambda/upload/errors/critical (enabled = false)",
        ),
        (
            "lambda/upload/Duration",
            "alarm: lambda/upload/duration/critical; off: lambda/upload/duration/warning (severities has no warning)",
        ),
        (
            "lambda/upload/ConcurrentExecutions",
            "off: lambda/upload/concurrency/warning (severities has no warning); needs reserved_concurrency",
        ),
        ("api_gateway/main/CacheHitCount", "needs cache_enabled"),
        ("cloudfront/site/OriginLatency", "needs additional_metrics"),
    ] {
        assert_eq!(coverage[key], text(expected), "{key}");
    }
}

/// A bundle that asks for its dashboard.
fn shown(bundle: Bundle) -> Bundle {
    Bundle {
        dashboard: Value::Value(true),
        ..bundle
    }
}

#[test]
fn a_dashboard_is_made_only_when_it_is_asked_for() {
    for (dashboard, expected) in [
        (Value::Null, Value::Null),
        (Value::Value(false), Value::Null),
        (Value::Unknown, Value::Unknown),
    ] {
        let bundle = Bundle {
            dashboard,
            ..everything()
        };
        assert_eq!(planned(&bundle).dashboard_body, expected, "{dashboard:?}");
        let open = Bundle {
            lambda: Value::Unknown,
            ..bundle
        };
        assert_eq!(
            planned(&open).dashboard_body,
            expected,
            "{dashboard:?}, of alarms that are unknown"
        );
    }
    assert!(planned(&shown(everything())).dashboard_body.is_value());
}

fn dashboard(bundle: Bundle) -> serde_json::Value {
    let Value::Value(body) = planned(&shown(bundle)).dashboard_body else {
        panic!("the dashboard is known")
    };
    serde_json::from_str(&body).unwrap()
}

fn widget<'a>(dashboard: &'a serde_json::Value, title: &str) -> &'a serde_json::Value {
    let widgets = dashboard["widgets"].as_array().unwrap();
    widgets
        .iter()
        .find(|widget| widget["properties"]["title"] == title)
        .unwrap_or_else(|| panic!("no widget {title}"))
}

/// C9: metrics, thresholds and graphed-only metrics from the same catalogue.
#[test]
fn the_dashboard_shows_metrics_with_their_thresholds() {
    let dashboard = dashboard(everything());
    let duration = &widget(&dashboard, "Duration")["properties"];
    assert_eq!(
        duration["metrics"],
        serde_json::json!([
            ["AWS/Lambda", "Duration", "FunctionName", "upload-api", "Resource", "upload-api:live", { "stat": "p99", "label": "p99" }],
            ["AWS/Lambda", "Duration", "FunctionName", "upload-api", "Resource", "upload-api:live", { "stat": "Maximum", "label": "Maximum" }],
        ]),
    );
    assert_eq!(
        duration["annotations"]["horizontal"],
        serde_json::json!([
            { "label": "warning", "value": 24000, "color": "#ff7f0e" },
            { "label": "critical", "value": 28500, "color": "#d62728" },
        ]),
    );
    assert_eq!(duration["region"], "us-east-1");
    let rate = &widget(&dashboard, "error_rate_4xx")["properties"];
    assert_eq!(rate["metrics"][0][0]["expression"], "IF(n >= 20, e * 100)", "C5");
    assert_eq!(
        rate["annotations"]["horizontal"].as_array().unwrap().len(),
        2,
        "one graph for both severities"
    );
    for title in [
        "Invocations",
        "AllRequests",
        "CacheHitCount",
        "SignInSuccesses",
        "OriginLatency",
        "CallCount",
    ] {
        widget(&dashboard, title);
    }
}

#[test]
fn a_threshold_that_no_double_holds_exactly_is_still_a_number() {
    let seven = ApiGatewayTarget {
        expected_peak_rpm: number("7"),
        ..api()
    };
    let dashboard = dashboard(Bundle {
        api_gateway: map([("main", seven)]),
        ..bundle()
    });
    let count = &widget(&dashboard, "Count")["properties"];
    assert_eq!(count["annotations"]["horizontal"][0]["value"], serde_json::json!(8.4));
}

#[test]
fn widgets_never_overlap_and_fit_the_grid() {
    let dashboard = dashboard(everything());
    let mut taken = BTreeSet::new();
    for widget in dashboard["widgets"].as_array().unwrap() {
        let at = |field: &str| widget[field].as_u64().unwrap();
        for x in at("x")..at("x") + at("width") {
            assert!(x < 24, "{widget}");
            for y in at("y")..at("y") + at("height") {
                assert!(taken.insert((x, y)), "{widget} overlaps at {x}, {y}");
            }
        }
    }
}

#[test]
fn a_bundle_too_large_for_one_dashboard_gets_the_overview() {
    let lambda = (0..400).map(|index| (format!("f{index:04}"), Value::Value(lambda())));
    let dashboard = dashboard(Bundle {
        lambda: Value::Value(lambda.collect()),
        ..bundle()
    });
    let widgets = dashboard["widgets"].as_array().unwrap();
    assert!(widgets.len() <= 500, "{} widgets", widgets.len());
    let lines: usize = widgets
        .iter()
        .filter_map(|widget| widget["properties"]["metrics"].as_array())
        .map(Vec::len)
        .sum();
    assert_eq!(lines, 400 * 5, "a line a function and metric");
    assert_eq!(widgets[0]["properties"]["markdown"], "# edu-prod (overview)");
    assert_eq!(widgets[2]["properties"]["metrics"][0][4]["label"], "lambda/f0000");
}

#[test]
fn the_dashboard_is_the_same_every_time() {
    let body = || planned(&shown(everything())).dashboard_body;
    assert_eq!(body(), body());
}

#[test]
fn the_resources_tags_win_over_the_providers() {
    let context = Context {
        region: text("eu-central-1"),
        default_tags: texts(&[("team", "platform"), ("env", "dev")]),
    };
    for (case, tags, expected) in [
        ("none", Value::Null, texts(&[("team", "platform"), ("env", "dev")])),
        (
            "own",
            texts(&[("env", "prod")]),
            texts(&[("team", "platform"), ("env", "prod")]),
        ),
        ("unknown", Value::Unknown, Value::Unknown),
    ] {
        let (plan, _) = plan(&Bundle { tags, ..bundle() }, &context);
        assert_eq!(plan.tags_all, expected, "{case}");
    }
}

#[test]
fn the_id_is_region_and_name() {
    assert_eq!(planned(&bundle()).id, text("us-east-1/edu-prod"));
    let (plan, _) = plan(&bundle(), &nowhere());
    assert_eq!(plan.id, Value::Unknown);
}

#[test]
fn names_of_a_bundle_read_back_as_keys_and_others_do_not() {
    let alarm = |key, severity| Some(ParsedKey::Alarm { key, severity });
    for (name, expected) in [
        (
            "edu-prod/lambda/upload/errors/critical",
            alarm("lambda/upload/errors/critical", "critical"),
        ),
        ("edu-prod/extra/queue_age/info", alarm("extra/queue_age/info", "info")),
        (
            "edu-prod/composite/critical",
            Some(ParsedKey::Composite { severity: "critical" }),
        ),
        ("edu-prod/ec2/web/cpu/critical", None),
        ("edu-prod/lambda/upload/errors", None),
        ("edu-prod/lambda/up load/errors/critical", None),
        ("edu-prod2/lambda/upload/errors/critical", None),
        ("edu-prod", None),
    ] {
        assert_eq!(parse_name("edu-prod", name), expected, "{name}");
    }
    for key in keys(&everything()) {
        assert!(parse_name("edu-prod", &format!("edu-prod/{key}")).is_some(), "{key}");
    }
}

/// Every computed attribute is filled, so that no apply ends with an unknown besides the ARNs.
#[test]
fn a_known_configuration_leaves_only_the_arns_unknown() {
    let mut state = shown(everything());
    planned(&state.clone()).write_to(&mut state);
    assert_eq!(state.id, text("us-east-1/edu-prod"));
    for (key, alarm) in state.alarms.iter().flatten() {
        let mut alarm = alarm.as_ref_option().unwrap().clone();
        assert_eq!(std::mem::replace(&mut alarm.arn, Value::Null), Value::Unknown, "{key}");
        let json = serde_json::to_string(&alarm).unwrap();
        assert_eq!(
            serde_json::from_str::<Alarm>(&json).unwrap(),
            alarm,
            "{key} has no other unknown and reads back"
        );
    }
    assert_eq!(state.composite_alarm, Value::Null);
}
