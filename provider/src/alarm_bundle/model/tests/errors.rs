//! Every mistake a plan refuses: where it is, the sentence to search for, and what to type next.

use tf_provider::AttributePath;

use super::*;
use crate::alarm_bundle::state::{Composite, Defaults, ExtraMetric, Suppressor};

fn metric(statistic: &str) -> ExtraMetric {
    ExtraMetric {
        namespace: text("AWS/SQS"),
        metric_name: text("NumberOfMessagesSent"),
        statistic: text(statistic),
        ..ExtraMetric::default()
    }
}

fn math(expression: &str, metrics: Map<ExtraMetric>) -> ExtraAlarm {
    ExtraAlarm {
        namespace: Value::Null,
        metric_name: Value::Null,
        dimensions: Value::Null,
        statistic: Value::Null,
        metrics,
        expression: text(expression),
        ..ratio()
    }
}

fn on(namespace: &str, metric_name: &str, statistic: &str, dimensions: &[(&str, &str)]) -> ExtraAlarm {
    ExtraAlarm {
        namespace: text(namespace),
        metric_name: text(metric_name),
        statistic: text(statistic),
        dimensions: texts(dimensions),
        ..ratio()
    }
}

fn errors_override(fields: Override) -> Bundle {
    with_override(with_lambda(lambda()), "lambda/upload/errors", fields)
}

fn six_topics() -> Set {
    set(&["arn:1", "arn:2", "arn:3", "arn:4", "arn:5", "arn:6"])
}

fn composite_of(severity: &str) -> Composite {
    Composite {
        severity: text(severity),
        ..Composite::default()
    }
}

fn path(root: &'static str) -> AttributePath {
    AttributePath::new(root)
}

#[test]
fn every_mistake_is_refused_with_its_place_and_a_way_out() {
    for (case, bundle, path, summary, detail) in cases() {
        let (_, diagnostics) = plan(&bundle, &in_region("eu-central-1"));
        assert_eq!(diagnostics.errors.len(), 1, "{case}: {:?}", diagnostics.errors);
        let error = &diagnostics.errors[0];
        assert_eq!(error.attribute, path, "{case}");
        assert_eq!(error.summary, summary, "{case}");
        assert_eq!(error.detail, detail, "{case}");
        assert!(
            VALIDATED_LATER.contains(&case) != validated(&bundle),
            "{case}: at validation, when no region is known"
        );
    }
}

/// What only the plan can see: validation does not know the provider's region.
const VALIDATED_LATER: [&str; 3] = [
    "cloudfront elsewhere",
    "cloudfront elsewhere by the resource's region",
    "cloudfront metric in an extra alarm elsewhere",
];

fn validated(bundle: &Bundle) -> bool {
    let (_, diagnostics) = plan(bundle, &nowhere());
    !diagnostics.errors.is_empty()
}

#[test]
fn names_over_255_characters_are_counted_and_the_longest_is_shown() {
    let name = "n".repeat(240);
    let (_, diagnostics) = plan(
        &Bundle {
            name: text(&name),
            ..with_lambda(lambda())
        },
        &in_region("eu-central-1"),
    );
    let [error] = diagnostics.errors.as_slice() else {
        panic!("one error: {:?}", diagnostics.errors)
    };
    assert_eq!(
        (error.attribute.to_string().as_str(), error.summary.as_ref()),
        ("name", "Alarm name is too long.")
    );
    let detail = format!(
        "2 alarm names are longer than the 255 characters CloudWatch takes; the longest has 273: \
         \"{name}/lambda/upload/throttles/critical\". Shorten the bundle's name by 18 characters, or the names of the targets."
    );
    assert_eq!(error.detail, detail);
}

#[test]
fn a_mistake_that_many_alarms_share_is_reported_once() {
    let fields = Override {
        period: number("90"),
        evaluation_periods: number("100000"),
        ..Override::default()
    };
    let (_, diagnostics) = plan(&with_override(everything(), "*/*/*", fields), &in_region("us-east-1"));
    let found: Vec<String> = diagnostics
        .errors
        .iter()
        .map(|error| error.attribute.to_string())
        .collect();
    assert_eq!(
        found,
        [
            "overrides[\"*/*/*\"].period",
            "overrides[\"*/*/*\"].evaluation_periods",
            "overrides[\"*/*/*\"].evaluation_periods",
        ],
        "the period, the number, and the window they make",
    );
}

#[test]
fn a_warning_that_fires_after_its_critical_sibling_is_pointed_out() {
    let late = Override {
        warning: Value::Value(threshold("8")),
        ..Override::default()
    };
    let bundle = with_override(
        Bundle {
            api_gateway: map([("main", api())]),
            ..bundle()
        },
        "api_gateway/main/error_rate_4xx",
        late,
    );
    let (_, diagnostics) = plan(&bundle, &in_region("eu-central-1"));
    assert_eq!(diagnostics.errors, []);
    let [warning] = diagnostics.warnings.as_slice() else {
        panic!("one warning: {:?}", diagnostics.warnings)
    };
    assert_eq!(warning.attribute, path("api_gateway").key("main"));
    assert_eq!(warning.summary, "Warning fires after critical.");
    assert_eq!(
        warning.detail,
        "The warning beside api_gateway/main/error_rate_4xx/critical has threshold 8, the critical alarm 5: whoever gets the warning hears of it \
         last. Swap the two thresholds in overrides, or switch one off with enabled = false."
    );
}

fn tells(name: &str) -> SeverityActions {
    SeverityActions {
        alarm_actions: set(&[name]),
        ..SeverityActions::default()
    }
}

fn warnings(bundle: &Bundle) -> Vec<(String, String)> {
    let (_, diagnostics) = plan(bundle, &in_region("eu-central-1"));
    assert_eq!(diagnostics.errors, []);
    let said = |warning: tf_provider::Diagnostic| (warning.attribute.to_string(), warning.summary.into_owned());
    diagnostics.warnings.into_iter().map(said).collect()
}

/// What is left of an object whose only attribute was misspelled: Terraform drops it without a word.
#[test]
fn an_object_that_does_nothing_is_pointed_out() {
    let nothing = ("overrides[\"lambda/upload/errors\"]", "Override changes nothing.");
    let own = OverrideFields::default;
    for (case, bundle, expected) in [
        ("an override", errors_override(Override::default()), vec![nothing]),
        (
            "its warning and its critical",
            with_override(
                with_lambda(LambdaTarget {
                    timeout_seconds: number("30"),
                    ..lambda()
                }),
                "lambda/upload/duration",
                Override {
                    warning: Value::Value(own()),
                    critical: Value::Value(own()),
                    ..Override::default()
                },
            ),
            vec![
                ("overrides[\"lambda/upload/duration\"].warning", nothing.1),
                ("overrides[\"lambda/upload/duration\"].critical", nothing.1),
            ],
        ),
        (
            "a severity",
            with_severities(map([
                ("warning", tells(WARN)),
                ("critical", SeverityActions::default()),
            ])),
            vec![("severities[\"critical\"]", "Severity tells nobody.")],
        ),
    ] {
        let expected: Vec<_> = expected
            .into_iter()
            .map(|(at, said)| (at.to_owned(), said.to_owned()))
            .collect();
        assert_eq!(warnings(&bundle), expected, "{case}");
    }
}

#[test]
fn an_object_that_may_do_something_or_says_that_it_does_nothing_is_not_pointed_out() {
    let silent = SeverityActions {
        alarm_actions: set(&[]),
        ..SeverityActions::default()
    };
    let unknown = SeverityActions {
        ok_actions: Value::Unknown,
        ..SeverityActions::default()
    };
    for (case, bundle) in [
        (
            "an unknown threshold",
            errors_override(Override {
                threshold: Value::Unknown,
                ..Override::default()
            }),
        ),
        ("no actions on purpose", with_severities(map([("critical", silent)]))),
        ("unknown actions", with_severities(map([("critical", unknown)]))),
        (
            "a severity without alarms",
            with_severities(map([("critical", tells(PAGE)), ("pager", SeverityActions::default())])),
        ),
        (
            "alarms with actions of their own",
            Bundle {
                severities: map([("critical", tells(PAGE)), ("pager", SeverityActions::default())]),
                ..with_extra(ExtraAlarm {
                    severity: text("pager"),
                    alarm_actions: set(&[PAGE]),
                    ..ratio()
                })
            },
        ),
    ] {
        assert_eq!(warnings(&bundle), [], "{case}");
    }
}

fn with_severities(severities: Map<SeverityActions>) -> Bundle {
    Bundle {
        severities,
        ..with_lambda(lambda())
    }
}

#[test]
fn a_severity_that_is_like_a_missing_one_is_left_alone_where_it_may_be_meant() {
    let extra_of = |severity: Text| map([("queue_age", ExtraAlarm { severity, ..ratio() })]);
    let slip = || with_severities(map([("warning", tells(WARN)), ("critcal", tells(PAGE))]));
    for (case, bundle) in [
        (
            "an extra alarm's own",
            Bundle {
                extra_alarms: extra_of(text("critcal")),
                ..slip()
            },
        ),
        (
            "perhaps an extra alarm's own",
            Bundle {
                extra_alarms: extra_of(Value::Unknown),
                ..slip()
            },
        ),
        (
            "perhaps of an extra alarm",
            Bundle {
                extra_alarms: Value::Unknown,
                ..slip()
            },
        ),
        (
            "a preset without alarms",
            Bundle {
                preset: text("none"),
                ..slip()
            },
        ),
        (
            "no target of which there would be alarms",
            Bundle {
                lambda: Value::Null,
                ..slip()
            },
        ),
        (
            "beside the one it is like",
            with_severities(map([("critical", tells(PAGE)), ("critical2", tells(PAGE))])),
        ),
        (
            "another word",
            with_severities(map([("critical", tells(PAGE)), ("paging", tells(PAGE))])),
        ),
    ] {
        let (_, diagnostics) = plan(&bundle, &in_region("eu-central-1"));
        assert_eq!(diagnostics.errors, [], "{case}");
    }
}

#[test]
fn limits_themselves_are_taken() {
    let five = set(&["arn:1", "arn:2", "arn:3", "arn:4", "arn:5"]);
    let ten = map(["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"].map(|id| (id, metric("Sum"))));
    for (case, bundle) in [
        (
            "five actions",
            errors_override(Override {
                alarm_actions: five,
                ..Override::default()
            }),
        ),
        (
            "a day of minutes",
            errors_override(Override {
                evaluation_periods: number("1440"),
                ..Override::default()
            }),
        ),
        (
            "a week of hours",
            errors_override(Override {
                period: number("3600"),
                evaluation_periods: number("168"),
                ..Override::default()
            }),
        ),
        ("ten metrics", with_extra(math("SUM(METRICS())", ten))),
        (
            "high resolution",
            with_extra(ExtraAlarm {
                period: number("10"),
                ..ratio()
            }),
        ),
        (
            "a dimension more than we know",
            with_extra(on(
                "AWS/S3",
                "4xxErrors",
                "Sum",
                &[("BucketName", "b"), ("FilterId", "f"), ("New", "n")],
            )),
        ),
        (
            "a metric we do not know",
            with_extra(on("Custom", "Anything", "p99.9", &[])),
        ),
    ] {
        let (_, diagnostics) = plan(&bundle, &in_region("eu-central-1"));
        assert_eq!(diagnostics.errors, [], "{case}");
    }
}

type Case = (&'static str, Bundle, AttributePath, &'static str, &'static str);

fn cases() -> Vec<Case> {
    let extra = |attribute: &'static str| path("extra_alarms").key("queue_age").attribute(attribute);
    let changed = |attribute: &'static str| path("overrides").key("lambda/upload/errors").attribute(attribute);
    vec![
        (
            "slash in name",
            Bundle {
                name: text("edu/prod"),
                ..bundle()
            },
            path("name"),
            "Bundle name is invalid.",
            "Got \"edu/prod\". Alarms are named <name>/<key>, read back from that name and quoted in composite rules, so the name takes no \"/\", quote, backslash, control character, nor space at either end. Type for example \"edu-prod\".",
        ),
        (
            "quote in name",
            Bundle {
                name: text("edu\"prod"),
                ..bundle()
            },
            path("name"),
            "Bundle name is invalid.",
            "Got \"edu\\\"prod\". Alarms are named <name>/<key>, read back from that name and quoted in composite rules, so the name takes no \"/\", quote, backslash, control character, nor space at either end. Type for example \"edu-prod\".",
        ),
        (
            "target name",
            Bundle {
                lambda: map([("up load", lambda())]),
                ..bundle()
            },
            path("lambda").key("up load"),
            "Name is invalid.",
            "Got \"up load\" as target name. It is a segment of alarm keys, so it takes 1-64 letters, digits, \"_\" and \"-\". Rename it, for example \"upload_api\".",
        ),
        (
            "a slip in a severity",
            Bundle {
                severities: map([("critcal", tells(PAGE)), ("warning", tells(WARN))]),
                ..with_lambda(lambda())
            },
            path("severities").key("critcal"),
            "Severity is misspelled.",
            "Got \"critcal\", a severity of no alarm, and without \"critical\" the catalogue's critical alarms would not be created. Type \"critical\", or remove this one.",
        ),
        (
            "severity name",
            Bundle {
                severities: map([("a/b", SeverityActions::default())]),
                ..bundle()
            },
            path("severities").key("a/b"),
            "Name is invalid.",
            "Got \"a/b\" as severity name. It is a segment of alarm keys, so it takes 1-64 letters, digits, \"_\" and \"-\". Rename it, for example \"upload_api\".",
        ),
        (
            "extra alarm name",
            Bundle {
                extra_alarms: map([("a.b", ratio())]),
                ..bundle()
            },
            path("extra_alarms").key("a.b"),
            "Name is invalid.",
            "Got \"a.b\" as extra alarm name. It is a segment of alarm keys, so it takes 1-64 letters, digits, \"_\" and \"-\". Rename it, for example \"upload_api\".",
        ),
        (
            "preset",
            Bundle {
                preset: text("plattform"),
                ..bundle()
            },
            path("preset"),
            "Word is not one of those allowed.",
            "Got \"plattform\", which is none of the words known here. Type one of: platform, aws_recommended, none.",
        ),
        (
            "cloudfront elsewhere",
            Bundle {
                cloudfront: map([("site", cloudfront())]),
                ..bundle()
            },
            path("cloudfront").key("site"),
            "CloudFront alarms must be in us-east-1.",
            "The bundle's region is eu-central-1, where CloudFront publishes no metrics: its alarms would stay silent for ever. Composites cannot cross regions either, so put the distributions into a bundle of their own with region = \"us-east-1\".",
        ),
        (
            "cloudfront elsewhere by the resource's region",
            Bundle {
                cloudfront: map([("site", cloudfront())]),
                region: text("eu-central-1"),
                ..bundle()
            },
            path("region"),
            "CloudFront alarms must be in us-east-1.",
            "The bundle's region is eu-central-1, where CloudFront publishes no metrics: its alarms would stay silent for ever. Composites cannot cross regions either, so put the distributions into a bundle of their own with region = \"us-east-1\".",
        ),
        (
            "cloudfront metric in an extra alarm elsewhere",
            with_extra(on(
                "AWS/CloudFront",
                "Requests",
                "Sum",
                &[("DistributionId", "E1"), ("Region", "Global")],
            )),
            extra("namespace"),
            "CloudFront alarms must be in us-east-1.",
            "The bundle's region is eu-central-1, where CloudFront publishes no metrics: its alarms would stay silent for ever. Composites cannot cross regions either, so put the distributions into a bundle of their own with region = \"us-east-1\".",
        ),
        (
            "required input null",
            with_lambda(LambdaTarget {
                function_name: Value::Null,
                ..lambda()
            }),
            path("lambda").key("upload").attribute("function_name"),
            "Required input is missing.",
            "Got nothing, and without it there can be no alarm. Type it: Name of the function, not its ARN.",
        ),
        (
            "function with its alias in the name",
            with_lambda(LambdaTarget {
                function_name: text("upload:live"),
                ..lambda()
            }),
            path("lambda").key("upload").attribute("function_name"),
            "Function name is invalid.",
            "Got \"upload:live\", but CloudWatch's dimension holds the bare name (letters, digits, \"-\" and \"_\"), so the alarm would stay silent for ever. Type aws_lambda_function.<name>.function_name, and an alias or version in `alias`.",
        ),
        (
            "threshold beyond a double",
            errors_override(Override {
                threshold: Value::Value("1e400".parse().unwrap()),
                ..Override::default()
            }),
            path("overrides").key("lambda/upload/errors").attribute("threshold"),
            "Number is too large.",
            "Got a number beyond 1.7976931348623157e308, the largest that CloudWatch can hold. Type a smaller one.",
        ),
        (
            "action by name",
            errors_override(Override {
                alarm_actions: set(&["page"]),
                ..Override::default()
            }),
            path("overrides").key("lambda/upload/errors").attribute("alarm_actions"),
            "Action is not an ARN.",
            "Got \"page\", which CloudWatch refuses. Type the ARN of what is to be told, for example aws_sns_topic.page.arn.",
        ),
        (
            "empty expression",
            with_extra(math("", map([("a", metric("Sum"))]))),
            extra("expression"),
            "Required input is missing.",
            "Got nothing, and without it there can be no alarm. Type it: Metric math over the ids of metrics.",
        ),
        (
            "no metrics for an expression",
            with_extra(math("1", map([]))),
            extra("metrics"),
            "Required input is missing.",
            "Got nothing, and without it there can be no alarm. Type it: The metrics of the expression, by id.",
        ),
        (
            "empty dimension",
            with_extra(on("AWS/SQS", "NumberOfMessagesSent", "Sum", &[("QueueName", "")])),
            extra("dimensions").key("QueueName"),
            "Required input is missing.",
            "Got nothing, and without it there can be no alarm. Type it: Value of the dimension, or null to leave the dimension out.",
        ),
        (
            "region by its city",
            Bundle {
                region: text("Frankfurt"),
                ..with_lambda(lambda())
            },
            path("region"),
            "Region is malformed.",
            "Got \"Frankfurt\", which AWS has no endpoint for. Set it as AWS writes it, for example \"eu-central-1\", or leave it out.",
        ),
        (
            "function by ARN",
            with_lambda(LambdaTarget {
                function_name: text("arn:aws:lambda:eu-central-1:1:function:f"),
                ..lambda()
            }),
            path("lambda").key("upload").attribute("function_name"),
            "Input is an ARN.",
            "Got \"arn:aws:lambda:eu-central-1:1:function:f\", but CloudWatch's dimension holds no ARN, so the alarm would stay silent for ever. Type it: Name of the function, not its ARN.",
        ),
        (
            "load balancer by name",
            Bundle {
                nlb: map([(
                    "m",
                    NlbTarget {
                        load_balancer: text("mongo"),
                        target_group: text("targetgroup/m/2"),
                    },
                )]),
                ..bundle()
            },
            path("nlb").key("m").attribute("load_balancer"),
            "Input is not the last part of an ARN.",
            "Got \"mongo\", but CloudWatch's dimension begins with \"net/\", so the alarm would stay silent for ever. Type the resource's arn_suffix, for example \"net/mongo/0123456789abcdef\".",
        ),
        (
            "timeout",
            with_lambda(LambdaTarget {
                timeout_seconds: number("901"),
                ..lambda()
            }),
            path("lambda").key("upload").attribute("timeout_seconds"),
            "Number is out of range.",
            "Got 901, and AWS takes whole numbers from 1 to 900 here. Type one of those.",
        ),
        (
            "max_age_hours above",
            Bundle {
                mongo_dump: map([(
                    "d",
                    MongoDumpTarget {
                        schedule_name: text("d"),
                        max_age_hours: number("169"),
                    },
                )]),
                ..bundle()
            },
            path("mongo_dump").key("d").attribute("max_age_hours"),
            "Number is out of range.",
            "Got 169, and AWS takes whole numbers from 1 to 168 here. Type one of those.",
        ),
        (
            "max_age_hours with a fraction",
            Bundle {
                mongo_dump: map([(
                    "d",
                    MongoDumpTarget {
                        schedule_name: text("d"),
                        max_age_hours: number("6.5"),
                    },
                )]),
                ..bundle()
            },
            path("mongo_dump").key("d").attribute("max_age_hours"),
            "Number is out of range.",
            "Got 6.5, and AWS takes whole numbers from 1 to 168 here. Type one of those.",
        ),
        (
            "more than five actions",
            Bundle {
                severities: map([(
                    "warning",
                    SeverityActions {
                        alarm_actions: six_topics(),
                        ..SeverityActions::default()
                    },
                )]),
                ..bundle()
            },
            path("severities").key("warning").attribute("alarm_actions"),
            "Too many actions for one state.",
            "Got 6; CloudWatch takes at most 5 a state. Send to one SNS topic and subscribe the others to it.",
        ),
        (
            "more than five actions in an override",
            errors_override(Override {
                ok_actions: six_topics(),
                ..Override::default()
            }),
            changed("ok_actions"),
            "Too many actions for one state.",
            "Got 6; CloudWatch takes at most 5 a state. Send to one SNS topic and subscribe the others to it.",
        ),
        (
            "more than five actions of an extra alarm",
            with_extra(ExtraAlarm {
                insufficient_data_actions: six_topics(),
                ..ratio()
            }),
            extra("insufficient_data_actions"),
            "Too many actions for one state.",
            "Got 6; CloudWatch takes at most 5 a state. Send to one SNS topic and subscribe the others to it.",
        ),
        (
            "missing data word",
            Bundle {
                defaults: Value::Value(Defaults {
                    treat_missing_data: text("notbreaching"),
                    ..Defaults::default()
                }),
                ..bundle()
            },
            path("defaults").attribute("treat_missing_data"),
            "Word is not one of those allowed.",
            "Got \"notbreaching\", which is none of the words known here. Type one of: breaching, notBreaching, ignore, missing.",
        ),
        (
            "min_requests",
            Bundle {
                defaults: Value::Value(Defaults {
                    min_requests: number("-1"),
                    ..Defaults::default()
                }),
                ..bundle()
            },
            path("defaults").attribute("min_requests"),
            "Number is out of range.",
            "Got -1, and AWS takes whole numbers from 0 to 1000000000 here. Type one of those.",
        ),
        (
            "runbook without scheme",
            Bundle {
                defaults: Value::Value(Defaults {
                    runbook_url: text("runbooks/{key}"),
                    ..Defaults::default()
                }),
                ..bundle()
            },
            path("defaults").attribute("runbook_url"),
            "Runbook is not a link.",
            "Got \"runbooks/{key}\", which nobody can open from an alarm. Type it with its scheme, for example \"https://runbooks.example.com/{key}\".",
        ),
        (
            "runbook placeholder",
            Bundle {
                defaults: Value::Value(Defaults {
                    runbook_url: text("https://r.example.com/{alarm}"),
                    ..Defaults::default()
                }),
                ..bundle()
            },
            path("defaults").attribute("runbook_url"),
            "Runbook link has an unknown placeholder.",
            "Got \"https://r.example.com/{alarm}\". Only {key} is replaced, by the alarm's key; anything else in braces would stay as it is. Type {key} or nothing.",
        ),
        (
            "override mistyped",
            with_override(with_lambda(lambda()), "lambda/upload/error", Override::default()),
            path("overrides").key("lambda/upload/error"),
            "Override matches no alarm.",
            "Got \"lambda/upload/error\", but preset \"platform\" has no such alarm for these targets, so the override would do nothing. A key is <service>/<target>/<alarm>, without the severity; \"*\" stands for one whole segment; an extra alarm is changed in extra_alarms. Did you mean \"lambda/upload/errors\" or \"lambda/upload/*\" or \"lambda/upload/duration\"?",
        ),
        (
            "override of another preset's alarm",
            with_override(
                Bundle {
                    api_gateway: map([("main", api())]),
                    ..bundle()
                },
                "api_gateway/main/low_request_count",
                Override::default(),
            ),
            path("overrides").key("api_gateway/main/low_request_count"),
            "Override matches no alarm.",
            "Got \"api_gateway/main/low_request_count\", but preset \"platform\" has no such alarm for these targets, so the override would do nothing. A key is <service>/<target>/<alarm>, without the severity; \"*\" stands for one whole segment; an extra alarm is changed in extra_alarms. Type preset = \"aws_recommended\", which has it, or remove the override.",
        ),
        (
            "no periods, and datapoints of them",
            errors_override(Override {
                evaluation_periods: number("0"),
                datapoints_to_alarm: number("9"),
                ..Override::default()
            }),
            changed("evaluation_periods"),
            "Number is out of range.",
            "Got 0, and AWS takes whole numbers from 1 to 60480 here. Type one of those.",
        ),
        (
            "override with a severity",
            with_override(
                with_lambda(lambda()),
                "lambda/upload/errors/critical",
                Override::default(),
            ),
            path("overrides").key("lambda/upload/errors/critical"),
            "Override matches no alarm.",
            "Got \"lambda/upload/errors/critical\", but preset \"platform\" has no such alarm for these targets, so the override would do nothing. A key is <service>/<target>/<alarm>, without the severity; \"*\" stands for one whole segment; an extra alarm is changed in extra_alarms. Did you mean \"lambda/upload/errors\" or \"lambda/upload/concurrency\" or \"lambda/upload/duration\"?",
        ),
        (
            "override of nothing near",
            with_override(with_lambda(lambda()), "something/quite/different", Override::default()),
            path("overrides").key("something/quite/different"),
            "Override matches no alarm.",
            "Got \"something/quite/different\", but preset \"platform\" has no such alarm for these targets, so the override would do nothing. A key is <service>/<target>/<alarm>, without the severity; \"*\" stands for one whole segment; an extra alarm is changed in extra_alarms. The keys are listed in docs/alarms.md and in the bundle's alarms output.",
        ),
        (
            "override of a severity there is not",
            errors_override(Override {
                warning: Value::Value(threshold("3")),
                ..Override::default()
            }),
            changed("warning"),
            "Override is of a severity the alarm does not have.",
            "The alarm errors has no warning in this preset, so the override would do nothing. Put the fields directly into the override, or define the alarm you want in extra_alarms.",
        ),
        (
            "gate of an ungated alarm",
            errors_override(Override {
                min_requests: number("5"),
                ..Override::default()
            }),
            changed("min_requests"),
            "Alarm has no low-traffic gate.",
            "The alarm errors looks at no number of requests, so min_requests would do nothing. Remove it.",
        ),
        (
            "negative threshold",
            errors_override(Override {
                threshold: number("-1"),
                ..Override::default()
            }),
            changed("threshold"),
            "Threshold is negative.",
            "Got -1, but no metric of the catalogue is ever below zero: the alarm would always fire, or never. Type 0 or more.",
        ),
        (
            "more than a hundred percent",
            with_override(
                Bundle {
                    api_gateway: map([("main", api())]),
                    ..bundle()
                },
                "api_gateway/main/error_rate_4xx",
                Override {
                    critical: Value::Value(threshold("101")),
                    ..Override::default()
                },
            ),
            path("overrides")
                .key("api_gateway/main/error_rate_4xx")
                .attribute("critical")
                .attribute("threshold"),
            "Threshold is above 100 percent.",
            "Got 101 for api_gateway/main/error_rate_4xx/critical, whose threshold is a percentage, so it could never be reached. Type a number from 0 to 100.",
        ),
        (
            "statistic the metric does not have",
            errors_override(Override {
                statistic: text("p99"),
                ..Override::default()
            }),
            changed("statistic"),
            "Metric does not have this statistic.",
            "Got \"p99\", but AWS/Lambda Errors has only Sum, SampleCount, Average, Maximum; with another one the alarm would compare a meaningless number. Type one of those. Source: Lambda Developer Guide, monitoring-metrics.",
        ),
        (
            "statistic of an expression",
            with_override(
                Bundle {
                    api_gateway: map([("main", api())]),
                    ..bundle()
                },
                "api_gateway/main/error_rate_4xx",
                Override {
                    statistic: text("Sum"),
                    ..Override::default()
                },
            ),
            path("overrides")
                .key("api_gateway/main/error_rate_4xx")
                .attribute("statistic"),
            "Alarm on an expression has no statistic.",
            "The alarm error_rate_4xx compares a metric-math expression, whose metrics have statistics of their own. Remove statistic here, or define the alarm you want in extra_alarms.",
        ),
        (
            "statistic unknown",
            errors_override(Override {
                statistic: text("Median"),
                ..Override::default()
            }),
            changed("statistic"),
            "Statistic is unknown.",
            "Got \"Median\", which CloudWatch does not compute. Type, in this spelling, SampleCount, Average, Sum, Minimum, Maximum, a percentile such as p99, or another extended statistic such as TM(10%:90%).",
        ),
        (
            "comparison operator",
            errors_override(Override {
                comparison_operator: text(">"),
                ..Override::default()
            }),
            changed("comparison_operator"),
            "Word is not one of those allowed.",
            "Got \">\", which is none of the words known here. Type one of: GreaterThanOrEqualToThreshold, GreaterThanThreshold, LessThanOrEqualToThreshold, LessThanThreshold.",
        ),
        (
            "period",
            errors_override(Override {
                period: number("90"),
                ..Override::default()
            }),
            changed("period"),
            "Period is refused by CloudWatch.",
            "Got 90 s. Type 10, 20 or 30 for a high-resolution metric, else a multiple of 60 up to 604800 (seven days).",
        ),
        (
            "period below the resolution",
            errors_override(Override {
                period: number("10"),
                ..Override::default()
            }),
            changed("period"),
            "Period is below the metric's resolution.",
            "Got 10 s, but every metric of the catalogue has one datapoint a minute: most periods would be empty. Type a multiple of 60.",
        ),
        (
            "window over a day",
            errors_override(Override {
                evaluation_periods: number("1441"),
                ..Override::default()
            }),
            changed("evaluation_periods"),
            "Evaluation window is too long.",
            "lambda/upload/errors/critical looks at 1441 periods of 60 s, together 86460 s; CloudWatch takes at most 86400 s for that period. Type at most 1440 for evaluation_periods, or a longer period (from 3600 s on, seven days are allowed).",
        ),
        (
            "window over a week",
            errors_override(Override {
                period: number("86400"),
                evaluation_periods: number("8"),
                ..Override::default()
            }),
            changed("evaluation_periods"),
            "Evaluation window is too long.",
            "lambda/upload/errors/critical looks at 8 periods of 86400 s, together 691200 s; CloudWatch takes at most 604800 s for that period. Type at most 7 for evaluation_periods, or a longer period (from 3600 s on, seven days are allowed).",
        ),
        (
            "more datapoints than periods",
            errors_override(Override {
                datapoints_to_alarm: number("2"),
                ..Override::default()
            }),
            changed("datapoints_to_alarm"),
            "More datapoints than periods.",
            "lambda/upload/errors/critical wants 2 breaching datapoints of 1 periods, which can never be. Type datapoints_to_alarm = 1 or less, or more evaluation_periods.",
        ),
        (
            "evaluation periods",
            errors_override(Override {
                evaluation_periods: number("0"),
                datapoints_to_alarm: Value::Unknown,
                ..Override::default()
            }),
            changed("evaluation_periods"),
            "Number is out of range.",
            "Got 0, and AWS takes whole numbers from 1 to 60480 here. Type one of those.",
        ),
        (
            "description too long",
            errors_override(Override {
                description: text(&"d".repeat(1020)),
                ..Override::default()
            }),
            changed("description"),
            "Description is too long.",
            "With its runbook and marker lines the description of lambda/upload/errors/critical has 1037 characters; CloudWatch takes 1024. Shorten it by 13.",
        ),
        (
            "severity of an extra alarm",
            with_extra(ExtraAlarm {
                severity: text("pager"),
                ..ratio()
            }),
            extra("severity"),
            "Severity is not in severities.",
            "Got \"pager\", but severities has critical, warning: nobody would be told. Type one of those, or add \"pager\" to severities.",
        ),
        (
            "extra alarm without threshold",
            with_extra(ExtraAlarm {
                threshold: Value::Null,
                ..ratio()
            }),
            extra("threshold"),
            "Required input is missing.",
            "Got nothing, and without it there can be no alarm. Type it: The number the metric is compared with.",
        ),
        (
            "extra alarm without statistic",
            with_extra(ExtraAlarm {
                statistic: Value::Null,
                ..ratio()
            }),
            extra("statistic"),
            "Required input is missing.",
            "Got nothing, and without it there can be no alarm. Type it: Statistic of the metric, for example Sum or p99.",
        ),
        (
            "dimensions incomplete",
            with_extra(on("AWS/S3", "4xxErrors", "Sum", &[("BucketName", "files")])),
            extra("dimensions"),
            "Dimensions are incomplete.",
            "Got BucketName, but AWS/S3 4xxErrors is published only with BucketName + FilterId; with fewer the alarm would stay silent for ever. Add what is missing.",
        ),
        (
            "the only statistic of a metric",
            with_extra(ExtraAlarm {
                period: number("300"),
                ..on(
                    "AWS/NetworkELB",
                    "NewFlowCount",
                    "Average",
                    &[("LoadBalancer", "net/m/1")],
                )
            }),
            extra("statistic"),
            "Metric does not have this statistic.",
            "Got \"Average\", but AWS/NetworkELB NewFlowCount has only Sum; with another one the alarm would compare a meaningless number. Type one of those. Source: Network Load Balancers, load-balancer-cloudwatch-metrics.",
        ),
        (
            "period of an extra alarm",
            with_extra(ExtraAlarm {
                period: number("45"),
                ..ratio()
            }),
            extra("period"),
            "Period is refused by CloudWatch.",
            "Got 45 s. Type 10, 20 or 30 for a high-resolution metric, else a multiple of 60 up to 604800 (seven days).",
        ),
        (
            "unit",
            with_extra(ExtraAlarm {
                unit: text("count"),
                ..ratio()
            }),
            extra("unit"),
            "Word is not one of those allowed.",
            "Got \"count\", which is none of the words known here. Type one of: Seconds, Microseconds, Milliseconds, Bytes, Kilobytes, Megabytes, Gigabytes, Terabytes, Bits, Kilobits, Megabits, Gigabits, Terabits, Percent, Count, Bytes/Second, Kilobytes/Second, Megabytes/Second, Gigabytes/Second, Terabytes/Second, Bits/Second, Kilobits/Second, Megabits/Second, Gigabits/Second, Terabits/Second, Count/Second, None.",
        ),
        (
            "low samples of no percentile",
            with_extra(ExtraAlarm {
                evaluate_low_sample_count_percentile: text("ignore"),
                ..ratio()
            }),
            extra("evaluate_low_sample_count_percentile"),
            "Low sample treatment needs a percentile.",
            "The statistic is \"Maximum\", for which CloudWatch takes no such field. Remove it, or type a percentile such as p99.",
        ),
        (
            "both metric and metrics",
            with_extra(ExtraAlarm {
                namespace: text("AWS/SQS"),
                statistic: text("Sum"),
                ..math("a", map([("a", metric("Sum"))]))
            }),
            path("extra_alarms").key("queue_age"),
            "Alarm has both a metric and an expression.",
            "Beside metrics and expression there is also namespace, statistic. An alarm compares one metric (namespace, metric_name, statistic) or one expression (metrics, expression). Remove one of the two.",
        ),
        (
            "expression without metrics",
            with_extra(math("1", Value::Null)),
            extra("metrics"),
            "Required input is missing.",
            "Got nothing, and without it there can be no alarm. Type it: The metrics of the expression, by id.",
        ),
        (
            "metrics without expression",
            with_extra(ExtraAlarm {
                expression: Value::Null,
                ..math("", map([("a", metric("Sum"))]))
            }),
            extra("expression"),
            "Required input is missing.",
            "Got nothing, and without it there can be no alarm. Type it: Metric math over the ids of metrics.",
        ),
        (
            "more than ten metrics",
            with_extra(math(
                "SUM(METRICS())",
                map(["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k"].map(|id| (id, metric("Sum")))),
            )),
            extra("metrics"),
            "Too many metrics in one alarm.",
            "Got 11; CloudWatch takes at most 10 in an alarm on an expression. Split it into several alarms.",
        ),
        (
            "metric id",
            with_extra(math("1", map([("A", metric("Sum"))]))),
            extra("metrics").key("A"),
            "Metric id is invalid.",
            "Got \"A\". CloudWatch takes ids that begin with a small letter and hold letters, digits and \"_\"; \"expr\" is the expression's own. Rename it, for example \"errors\".",
        ),
        (
            "metric id that is the expression's",
            with_extra(math("expr", map([("expr", metric("Sum"))]))),
            extra("metrics").key("expr"),
            "Metric id is invalid.",
            "Got \"expr\". CloudWatch takes ids that begin with a small letter and hold letters, digits and \"_\"; \"expr\" is the expression's own. Rename it, for example \"errors\".",
        ),
        (
            "id that is not there",
            with_extra(math("100 * e / n", map([("e", metric("Sum"))]))),
            extra("expression"),
            "Expression uses an unknown id.",
            "n is not in metrics, which has e. Add the metric, or correct the expression.",
        ),
        (
            "search",
            with_extra(math("SUM(SEARCH(\"{AWS/SQS}\", \"Sum\"))", map([("a", metric("Sum"))]))),
            extra("expression"),
            "Expression cannot be alarmed on.",
            "It uses SEARCH, which CloudWatch refuses in alarms because it may give any number of series. Name each metric in metrics.",
        ),
        (
            "composite of another severity",
            Bundle {
                composite: Value::Value(composite_of("pager")),
                ..with_lambda(lambda())
            },
            path("composite").attribute("severity"),
            "Severity is not in severities.",
            "Got \"pager\", but severities has critical, warning: nobody would be told. Type one of those, or add \"pager\" to severities.",
        ),
        (
            "composite without children",
            Bundle {
                composite: Value::Value(composite_of("warning")),
                ..with_lambda(lambda())
            },
            path("composite").attribute("severity"),
            "Composite has no children.",
            "No alarm of this bundle has severity \"warning\", so the composite could never fire. Type another severity, add a target, or remove composite.",
        ),
        (
            "composite with too many children",
            Bundle {
                composite: Value::Value(composite_of("critical")),
                lambda: Value::Value(
                    (0..51)
                        .map(|index| (format!("f{index}"), Value::Value(lambda())))
                        .collect(),
                ),
                ..bundle()
            },
            path("composite").attribute("severity"),
            "Composite has too many children.",
            "102 alarms of this bundle have severity \"critical\"; CloudWatch takes at most 100 in a composite. Split the targets over several bundles, or remove composite.",
        ),
        (
            "composite rule too long",
            Bundle {
                name: text(&"n".repeat(180)),
                composite: Value::Value(composite_of("critical")),
                lambda: Value::Value(
                    (0..30)
                        .map(|index| (format!("f{index}"), Value::Value(lambda())))
                        .collect(),
                ),
                ..bundle()
            },
            path("composite").attribute("severity"),
            "Composite rule is too long.",
            "The rule over the critical alarms has 13266 characters; CloudWatch takes 10240. Shorten the bundle's or the targets' names, or split the targets over several bundles.",
        ),
        (
            "suppressor without its wait",
            Bundle {
                composite: Value::Value(Composite {
                    actions_suppressor: Value::Value(Suppressor {
                        alarm: text("maintenance"),
                        wait_period_seconds: Value::Null,
                        extension_period_seconds: number("60"),
                    }),
                    ..composite_of("critical")
                }),
                ..with_lambda(lambda())
            },
            path("composite")
                .attribute("actions_suppressor")
                .attribute("wait_period_seconds"),
            "Required input is missing.",
            "Got nothing, and without it there can be no alarm. Type it: Seconds the composite waits for the suppressor.",
        ),
        (
            "too many tags",
            Bundle {
                tags: Value::Value((0..51).map(|index| (format!("t{index}"), text("v"))).collect()),
                ..bundle()
            },
            path("tags"),
            "Too many tags.",
            "Together with the provider's default_tags there are 51; an alarm takes 50. Remove some.",
        ),
        (
            "tag of AWS",
            Bundle {
                tags: texts(&[("aws:team", "x")]),
                ..bundle()
            },
            path("tags").key("aws:team"),
            "Tag is invalid.",
            "AWS refuses the tag \"aws:team\": keys have 1-128 characters and do not begin with \"aws:\", values have at most 256. Shorten or rename it.",
        ),
    ]
}
