//! What a plan warns of: where it is, and the sentence to search for.

use super::*;

/// The warnings of a configuration without errors, by path and summary.
fn warnings(bundle: &Bundle) -> Vec<(String, String)> {
    let said = |warning: tf_provider::Diagnostic| (warning.attribute.to_string(), warning.summary.into_owned());
    found(bundle).into_iter().map(said).collect()
}

fn found(bundle: &Bundle) -> Vec<tf_provider::Diagnostic> {
    let (_, diagnostics) = plan(bundle, &in_region("us-east-1"));
    assert_eq!(diagnostics.errors, []);
    diagnostics.warnings
}

/// The detail of the only warning.
fn detail(bundle: &Bundle) -> String {
    let found = found(bundle);
    let [warning] = found.as_slice() else {
        panic!("one warning: {found:?}")
    };
    warning.detail.clone().into_owned()
}

fn said(at: &str, summary: &str) -> Vec<(String, String)> {
    vec![(at.to_owned(), summary.to_owned())]
}

fn with_timeout(seconds: &str) -> Bundle {
    with_lambda(LambdaTarget {
        timeout_seconds: number(seconds),
        ..lambda()
    })
}

fn common(value: &str) -> Override {
    Override {
        threshold: number(value),
        ..Override::default()
    }
}

const DURATION: &str = "lambda/upload/duration";

#[test]
fn a_warning_that_fires_after_its_critical_sibling_is_pointed_out() {
    let late = Override {
        warning: Value::Value(threshold("8")),
        ..Override::default()
    };
    let api = Bundle {
        api_gateway: map([("main", api())]),
        ..bundle()
    };
    let bundle = with_override(api, "api_gateway/main/error_rate_4xx", late);
    assert_eq!(
        warnings(&bundle),
        said("api_gateway[\"main\"]", "Warning fires after critical.")
    );
    assert!(detail(&bundle).contains("has threshold 5"), "{}", detail(&bundle));
}

/// What is left of an object whose only attribute was misspelled: Terraform drops it silently.
#[test]
fn an_object_that_does_nothing_is_pointed_out() {
    let nothing = "Override changes nothing.";
    let empty = || Value::Value(OverrideFields::default());
    let both = Override {
        warning: empty(),
        critical: empty(),
        ..Override::default()
    };
    let an_override = with_override(with_lambda(lambda()), "lambda/upload/errors", Override::default());
    assert_eq!(
        warnings(&an_override),
        said("overrides[\"lambda/upload/errors\"]", nothing)
    );
    assert_eq!(
        warnings(&with_override(with_timeout("30"), DURATION, both)),
        [
            said("overrides[\"lambda/upload/duration\"].warning", nothing),
            said("overrides[\"lambda/upload/duration\"].critical", nothing),
        ]
        .concat()
    );
}

#[test]
fn a_severity_whose_alarms_notify_nobody_is_pointed_out() {
    let silent = || SeverityActions::default();
    let of_ok = || SeverityActions {
        ok_actions: set(&[PAGE]),
        ..silent()
    };
    let unknown_ok = SeverityActions {
        ok_actions: Value::Unknown,
        ..silent()
    };
    let own_ok = Override {
        ok_actions: set(&[PAGE]),
        ..Override::default()
    };
    let all_own_ok = with_override(with_severities(map([("critical", silent())])), "lambda/*/*", own_ok);
    let no_alarm_actions = "Severity has no alarm_actions.";
    for (case, bundle, summary) in [
        (
            "no actions at all",
            with_severities(map([("critical", silent())])),
            "Severity has no actions.",
        ),
        (
            "ok_actions alone",
            with_severities(map([("critical", of_ok())])),
            no_alarm_actions,
        ),
        (
            "unknown ok_actions alone",
            with_severities(map([("critical", unknown_ok)])),
            no_alarm_actions,
        ),
        ("ok_actions of each alarm alone", all_own_ok, no_alarm_actions),
    ] {
        assert_eq!(warnings(&bundle), said("severities[\"critical\"]", summary), "{case}");
    }
    let told = detail(&with_severities(map([("critical", of_ok())])));
    assert!(
        told.contains("ok_actions is set") && told.contains("`alarm_actions = []`"),
        "{told}"
    );
}

#[test]
fn an_object_that_may_do_something_or_says_that_it_does_nothing_is_not_pointed_out() {
    let silent = SeverityActions {
        alarm_actions: set(&[]),
        ok_actions: set(&[PAGE]),
        ..SeverityActions::default()
    };
    let unknown = SeverityActions {
        alarm_actions: Value::Unknown,
        ..SeverityActions::default()
    };
    let own = ExtraAlarm {
        severity: text("pager"),
        alarm_actions: set(&[PAGE]),
        ..ratio()
    };
    let pager = || map([("critical", tells(PAGE)), ("pager", SeverityActions::default())]);
    for (case, bundle) in [
        (
            "an unknown threshold",
            with_override(
                with_lambda(lambda()),
                "lambda/upload/errors",
                Override {
                    threshold: Value::Unknown,
                    ..Override::default()
                },
            ),
        ),
        ("no actions on purpose", with_severities(map([("critical", silent)]))),
        ("unknown actions", with_severities(map([("critical", unknown)]))),
        ("a severity without alarms", with_severities(pager())),
        (
            "alarms with actions of their own",
            Bundle {
                severities: pager(),
                ..with_extra(own)
            },
        ),
    ] {
        assert_eq!(warnings(&bundle), [], "{case}");
    }
}

#[test]
fn a_threshold_in_milliseconds_that_looks_like_a_percentage_is_pointed_out() {
    let summary = "Threshold is below 5 percent of the timeout.";
    let of_warning = Override {
        warning: Value::Value(threshold("60")),
        ..Override::default()
    };
    let bundle = with_override(with_timeout("30"), DURATION, of_warning);
    assert_eq!(
        warnings(&bundle),
        said("overrides[\"lambda/upload/duration\"].warning.threshold", summary)
    );
    let told = detail(&bundle);
    for fact in [
        "milliseconds",
        "0.2 %",
        "`timeout_seconds` (30 s)",
        "set `threshold = 18000`",
    ] {
        assert!(told.contains(fact), "{fact}: {told}");
    }
    let of_both = with_override(with_timeout("30"), DURATION, common("60"));
    assert_eq!(
        warnings(&of_both),
        said("overrides[\"lambda/upload/duration\"].threshold", summary),
        "once for both"
    );
    let origin = |seconds: Number| Bundle {
        cloudfront: map([(
            "site",
            CloudFrontTarget {
                additional_metrics: Value::Value(true),
                origin_read_timeout_seconds: seconds,
                ..cloudfront()
            },
        )]),
        ..super::bundle()
    };
    let of_site = with_override(origin(Value::Null), "cloudfront/site/origin_latency", common("80"));
    assert_eq!(
        warnings(&of_site),
        said("overrides[\"cloudfront/site/origin_latency\"].threshold", summary)
    );
    let recommended = Bundle {
        preset: text("aws_recommended"),
        ..with_override(with_timeout("30"), DURATION, common("60"))
    };
    assert_eq!(
        warnings(&recommended),
        said("overrides[\"lambda/upload/duration\"].threshold", summary)
    );
}

#[test]
fn a_threshold_that_may_be_meant_is_not_pointed_out() {
    let below = |threshold: &str, operator: &str| Override {
        comparison_operator: text(operator),
        ..common(threshold)
    };
    for (case, bundle) in [
        (
            "five percent",
            with_override(with_timeout("30"), DURATION, common("1500")),
        ),
        (
            "a lower bound",
            with_override(with_timeout("30"), DURATION, below("60", "LessThanThreshold")),
        ),
        (
            "a count",
            with_override(with_timeout("30"), "lambda/upload/errors", common("60")),
        ),
        (
            "no timeout to compare with",
            Bundle {
                preset: text("aws_recommended"),
                ..with_override(with_lambda(lambda()), DURATION, common("60"))
            },
        ),
    ] {
        assert_eq!(warnings(&bundle), [], "{case}");
    }
}

#[test]
fn an_override_of_alarms_that_lack_an_input_is_pointed_out() {
    let summary = "Override has no effect.";
    let of_warning = || Override {
        warning: Value::Value(threshold("2000")),
        ..Override::default()
    };
    let whole = "overrides[\"lambda/upload/duration\"]";
    for (case, bundle) in [
        (
            "both severities",
            with_override(with_lambda(lambda()), DURATION, common("2000")),
        ),
        (
            "one severity",
            with_override(with_lambda(lambda()), DURATION, of_warning()),
        ),
        (
            "one severity of which there is none besides",
            Bundle {
                severities: map([("critical", tells(PAGE))]),
                ..with_override(with_lambda(lambda()), DURATION, of_warning())
            },
        ),
    ] {
        assert_eq!(warnings(&bundle), said(whole, summary), "{case}");
        let told = detail(&bundle);
        assert!(
            told.contains("Set `lambda[\"upload\"].timeout_seconds`"),
            "{case}: {told}"
        );
    }
    let every = with_override(with_lambda(lambda()), "lambda/*/duration", common("2000"));
    assert_eq!(warnings(&every), said("overrides[\"lambda/*/duration\"]", summary));
    let longer = Override {
        evaluation_periods: number("2"),
        ..Override::default()
    };
    let recommended = Bundle {
        preset: text("aws_recommended"),
        s3: map([("files", s3())]),
        ..with_override(with_lambda(lambda()), "lambda/upload/errors", longer)
    };
    assert_eq!(
        warnings(&recommended),
        said("overrides[\"lambda/upload/errors\"]", summary)
    );
    assert!(detail(&recommended).contains("threshold in overrides[\"lambda/upload/errors\"]"));
}

#[test]
fn an_override_with_an_effect_is_not_pointed_out() {
    let off = Override {
        enabled: Value::Value(false),
        ..Override::default()
    };
    let unknown = with_lambda(LambdaTarget {
        timeout_seconds: Value::Unknown,
        ..lambda()
    });
    for (case, bundle) in [
        (
            "the input is set",
            with_override(with_timeout("30"), DURATION, common("2000")),
        ),
        ("the input is unknown", with_override(unknown, DURATION, common("2000"))),
        (
            "some of its alarms exist",
            with_override(with_lambda(lambda()), "lambda/upload/*", common("2")),
        ),
        (
            "no target at all",
            with_override(with_lambda(lambda()), "s3/*/errors_4xx", common("2")),
        ),
        ("switched off", with_override(with_timeout("30"), DURATION, off)),
    ] {
        assert_eq!(warnings(&bundle), [], "{case}");
    }
}

#[test]
fn a_bundle_without_alarms_says_what_is_missing() {
    let summary = "The bundle has no alarm.";
    let off = Override {
        enabled: Value::Value(false),
        ..Override::default()
    };
    for (case, bundle, fact, wrong) in [
        (
            "a severity",
            with_severities(map([("pager", tells(PAGE))])),
            "add critical and warning to `severities`",
            "threshold",
        ),
        (
            "a threshold",
            Bundle {
                preset: text("aws_recommended"),
                ..with_lambda(lambda())
            },
            "set `threshold` in overrides, for example in overrides[\"lambda/upload/errors\"]",
            "`severities`",
        ),
        (
            "a preset",
            Bundle {
                preset: text("none"),
                ..with_lambda(lambda())
            },
            "set another `preset`",
            "`severities`",
        ),
        (
            "nothing but the switch",
            with_override(with_lambda(lambda()), "*/*/*", off),
            "remove `enabled = false`",
            "`severities`",
        ),
    ] {
        let bundle = &bundle;
        assert_eq!(warnings(bundle), said("severities", summary), "{case}");
        let told = detail(bundle);
        assert!(told.contains(fact) && !told.contains(wrong), "{case}: {told}");
    }
}

#[test]
fn a_cluster_is_nothing_to_warn_of_and_its_silence_says_what_to_do() {
    let cluster = Bundle {
        mongodb: map([("main", MongoDbTarget { cluster: text("main") })]),
        ..bundle()
    };
    assert_eq!(warnings(&cluster), []);
    let Value::Value(silent) = alarm(&cluster, "mongodb/main/probe_silent/critical").description else {
        panic!("no description")
    };
    assert!(silent.contains("terraform/modules/mongo-probe"), "{silent}");
}
