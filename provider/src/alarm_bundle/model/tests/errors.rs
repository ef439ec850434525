//! Every mistake a plan refuses: where it is, the sentence to search for, and one fact of the detail. The rest of a text may change.

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

/// An extra alarm with an expression over `a`.
fn over_a(expression: &str) -> Bundle {
    with_extra(math(expression, map([("a", metric("Sum"))])))
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

fn with_dimensions(dimensions: Map<String>) -> Bundle {
    with_extra(ExtraAlarm { dimensions, ..ratio() })
}

fn errors_override(fields: Override) -> Bundle {
    with_override(with_lambda(lambda()), "lambda/upload/errors", fields)
}

fn with_api(key: &'static str, fields: Override) -> Bundle {
    let api = Bundle {
        api_gateway: map([("main", api())]),
        ..bundle()
    };
    with_override(api, key, fields)
}

fn topics(count: usize) -> Set {
    let topic = |number| text(&format!("arn:aws:sns:us-east-1:123456789012:t{number}"));
    Value::Value((0..count).map(topic).collect())
}

/// The actions of `critical`, which has alarms.
fn with_action(action: &str) -> Bundle {
    let critical = SeverityActions {
        alarm_actions: set(&[action]),
        ..SeverityActions::default()
    };
    Bundle {
        severities: map([("critical", critical)]),
        ..with_lambda(lambda())
    }
}

fn with_defaults(defaults: Defaults) -> Bundle {
    Bundle {
        defaults: Value::Value(defaults),
        ..bundle()
    }
}

fn with_dump_age(hours: &str) -> Bundle {
    let dump = MongoDumpTarget {
        schedule_name: text("d"),
        max_age_hours: number(hours),
    };
    Bundle {
        mongo_dump: map([("d", dump)]),
        ..bundle()
    }
}

fn with_composite(bundle: Bundle, severity: &str) -> Bundle {
    let composite = Composite {
        severity: text(severity),
        ..Composite::default()
    };
    Bundle {
        composite: Value::Value(composite),
        ..bundle
    }
}

fn many(functions: usize) -> Map<LambdaTarget> {
    let lambda = (0..functions).map(|index| (format!("f{index}"), Value::Value(lambda())));
    Value::Value(lambda.collect())
}

fn with_tags(tags: &[(&str, &str)]) -> Bundle {
    Bundle {
        tags: texts(tags),
        ..bundle()
    }
}

/// Actions that any region may have: none.
fn silent(bundle: Bundle) -> Bundle {
    let none = || SeverityActions {
        alarm_actions: set(&[]),
        ..SeverityActions::default()
    };
    Bundle {
        severities: map([("warning", none()), ("critical", none())]),
        ..bundle
    }
}

#[test]
fn every_mistake_is_refused_with_its_place_and_a_way_out() {
    for Case {
        name,
        bundle,
        region,
        path,
        summary,
        fact,
    } in cases()
    {
        let (_, diagnostics) = plan(&bundle, &in_region(region));
        assert_eq!(diagnostics.errors.len(), 1, "{name}: {:?}", diagnostics.errors);
        let error = &diagnostics.errors[0];
        assert_eq!(
            (error.attribute.to_string(), error.summary.as_ref()),
            (path, summary),
            "{name}"
        );
        assert!(error.detail.contains(fact), "{name}: {}", error.detail);
        let has_advice = [
            "Set",
            "set ",
            "Add ",
            "Remove ",
            "Rename ",
            "Shorten ",
            "Split ",
            "Correct ",
            "Use ",
            "Move ",
            "Did you mean",
            "remove the attribute",
        ];
        assert!(
            has_advice.iter().any(|verb| error.detail.contains(verb)),
            "{name}: {}",
            error.detail
        );
        let (_, validated) = plan(&bundle, &nowhere());
        assert_ne!(
            VALIDATED_LATER.contains(&summary),
            !validated.errors.is_empty(),
            "{name}: at validation, when no region is known"
        );
    }
}

/// What only the plan can see: validation does not know the provider's region.
const VALIDATED_LATER: [&str; 3] = [
    "CloudFront alarms must be in us-east-1.",
    "Action is in another region.",
    "Action is in another partition.",
];

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
fn an_ec2_action_is_refused_where_it_was_set() {
    let stop = || set(&["arn:aws:automate:us-east-1:ec2:stop"]);
    let by_workflow = set(&["arn:aws:swf:us-east-1:123456789012:action/actions/AWS_EC2.InstanceId.Reboot/1.0"]);
    let everybody = Bundle {
        severities: map([(
            "critical",
            SeverityActions {
                ok_actions: by_workflow,
                ..SeverityActions::default()
            },
        )]),
        ..with_composite(with_lambda(lambda()), "critical")
    };
    let own = ExtraAlarm {
        alarm_actions: stop(),
        ..ratio()
    };
    let of_an_expression = ExtraAlarm {
        alarm_actions: stop(),
        ..math("a", map([("a", metric("Sum"))]))
    };
    let of_an_override = Override {
        insufficient_data_actions: stop(),
        ..Override::default()
    };
    for (case, bundle, path) in [
        ("a severity's", everybody, "severities[\"critical\"].ok_actions"),
        (
            "an extra alarm's",
            with_extra(own),
            "extra_alarms[\"queue_age\"].alarm_actions",
        ),
        (
            "an expression's",
            with_extra(of_an_expression),
            "extra_alarms[\"queue_age\"].alarm_actions",
        ),
        (
            "an override's",
            errors_override(of_an_override),
            "overrides[\"lambda/upload/errors\"].insufficient_data_actions",
        ),
    ] {
        let (_, diagnostics) = plan(&bundle, &in_region("us-east-1"));
        let found: Vec<_> = diagnostics
            .errors
            .iter()
            .map(|error| (error.attribute.to_string(), error.summary.as_ref()))
            .collect();
        assert_eq!(
            found,
            [(path.to_owned(), "EC2 action needs a metric of an instance.")],
            "{case}"
        );
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
        let (_, diagnostics) = plan(&bundle, &in_region("us-east-1"));
        assert_eq!(diagnostics.errors, [], "{case}");
    }
}

#[test]
fn limits_themselves_are_taken() {
    let ten = || map(["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"].map(|id| (id, metric("Sum"))));
    let periods = |period: &str, periods: &str| {
        errors_override(Override {
            period: number(period),
            evaluation_periods: number(periods),
            ..Override::default()
        })
    };
    let dimensions = |count: usize| Value::Value((0..count).map(|index| (format!("d{index}"), text("v"))).collect());
    let beside_null = BTreeMap::from([("a".to_owned(), text("v")), ("b".to_owned(), Value::Null)]);
    let instance = ExtraAlarm {
        alarm_actions: set(&["arn:aws:automate:us-east-1:ec2:recover"]),
        period: number("300"),
        ..on(
            "AWS/EC2",
            "StatusCheckFailed_System",
            "Maximum",
            &[("InstanceId", "i-0123456789abcdef0")],
        )
    };
    for (case, bundle) in [
        (
            "five actions",
            errors_override(Override {
                alarm_actions: topics(5),
                ..Override::default()
            }),
        ),
        (
            "an action without a region",
            with_action("arn:aws:ssm-incidents::123456789012:response-plan/page"),
        ),
        (
            "a function as action",
            with_action("arn:aws:lambda:us-east-1:123456789012:function:page:live"),
        ),
        ("an EC2 action on an instance", with_extra(instance)),
        ("a day of minutes", periods("60", "1440")),
        ("a week of hours", periods("3600", "168")),
        ("ten metrics", with_extra(math("SUM(METRICS())", ten()))),
        ("a function that is not evaluated", over_a("IF(HOUR(a) < 8, STDDEV(a))")),
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
        ("thirty dimensions", with_dimensions(dimensions(30))),
        (
            "a null dimension is left out",
            with_dimensions(Value::Value(beside_null)),
        ),
        (
            "a metric we do not know",
            with_extra(on("Custom", "Anything", "p99.9", &[])),
        ),
        ("interquartile mean", with_extra(on("Custom", "Anything", "IQM", &[]))),
        (
            "a trimmed mean",
            with_extra(on("Custom", "Anything", "TM(150:1000)", &[])),
        ),
        (
            "a large threshold",
            with_extra(ExtraAlarm {
                threshold: number("4e45"),
                ..ratio()
            }),
        ),
        (
            "longest tag",
            with_tags(&[(&"k".repeat(128), &"v".repeat(256)), ("empty", "")]),
        ),
        (
            "longest name beside a composite",
            Bundle {
                name: text(&"n".repeat(221)),
                ..with_composite(with_lambda(lambda()), "critical")
            },
        ),
    ] {
        let (_, diagnostics) = plan(&bundle, &in_region("us-east-1"));
        assert_eq!(diagnostics.errors, [], "{case}");
    }
}

/// Two parsers judge the form of a statistic: one at plan, the other in the emulator. Both have to reject the same forms.
#[test]
fn the_plan_and_the_evaluator_know_the_same_statistics() {
    use alarm_catalog::Statistic as Planned;
    use alarm_evaluator::{Statistic as Evaluated, StatisticError};
    for word in [
        "Sum",
        "SampleCount",
        "sum",
        "Median",
        "p0",
        "p99.9",
        "p100",
        "p101",
        "P90",
        "p",
        "tm99",
        "TM99",
        "tc90",
        "ts90",
        "wm90",
        "pr90",
        "TM(10%:90%)",
        "TM(150%:)",
        "TM(90%:10%)",
        "TM(10%)",
        "TM(:)",
        "TM()",
        "TC(:95%)",
        "TS(80%:)",
        "WM(0.5:)",
        "TM(150:1000)",
        "PR(:300)",
        "PR(100:2000)",
        "PR(10%:20%)",
        "PR(300:300)",
        "IQM",
        "IQR",
        "iqm",
        "",
        "tm(10%:90%)",
        "XX(1:2)",
        "TM(10%:90%",
    ] {
        let planned = word.parse::<Planned>().is_ok();
        let evaluated = matches!(Evaluated::parse(word), Ok(_) | Err(StatisticError::Unsupported(_)));
        assert_eq!(planned, evaluated, "{word}");
    }
}

struct Case {
    name: &'static str,
    bundle: Bundle,
    region: &'static str,
    path: String,
    summary: &'static str,
    fact: &'static str,
}

fn case(
    name: &'static str,
    bundle: Bundle,
    path: impl Into<String>,
    summary: &'static str,
    fact: &'static str,
) -> Case {
    Case {
        name,
        bundle,
        region: "us-east-1",
        path: path.into(),
        summary,
        fact,
    }
}

/// The same, in another region than the ARNs of the tests.
fn elsewhere(case: Case) -> Case {
    Case {
        region: "eu-central-1",
        bundle: silent(case.bundle),
        ..case
    }
}

fn cases() -> Vec<Case> {
    [
        of_names_and_targets(),
        of_actions_and_tags(),
        of_overrides(),
        of_extra_alarms(),
        of_expressions(),
        of_composites(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The attribute of the only extra alarm.
fn extra(attribute: &str) -> String {
    format!("extra_alarms[\"queue_age\"].{attribute}")
}

/// The attribute of the only override.
fn changed(attribute: &str) -> String {
    format!("overrides[\"lambda/upload/errors\"].{attribute}")
}

#[rustfmt::skip]
fn of_names_and_targets() -> Vec<Case> {
    let named = |name: &str| Bundle { name: text(name), ..bundle() };
    let function = |function_name: Text| with_lambda(LambdaTarget { function_name, ..lambda() });
    let at = "lambda[\"upload\"].function_name";
    let site = || Bundle { cloudfront: map([("site", cloudfront())]), ..bundle() };
    let balancer = NlbTarget { load_balancer: text("mongo"), target_group: text("targetgroup/m/2") };
    let metric_of_site = on("AWS/CloudFront", "Requests", "Sum", &[("DistributionId", "E1"), ("Region", "Global")]);
    let missing = "Required input is missing.";
    let range = "Number is out of range.";
    vec![
        case("slash in name", named("edu/prod"), "name", "Bundle name is invalid.", "Got \"edu/prod\""),
        case("quote in name", named("edu\"prod"), "name", "Bundle name is invalid.", "Got \"edu\\\"prod\""),
        case("long name", Bundle { name: text(&"n".repeat(240)), ..with_lambda(lambda()) }, "name", "Alarm name is too long.", "the longest has 273"),
        case("long name of a composite", Bundle {
            extra_alarms: map([("a", ExtraAlarm { severity: text("critical"), ..ratio() })]),
            ..with_composite(named(&"n".repeat(237)), "critical")
        }, "name", "Alarm name is too long.", "/composite/critical"),
        case("target name", Bundle { lambda: map([("up load", lambda())]), ..bundle() }, "lambda[\"up load\"]", "Name is invalid.", "\"up load\" as target name"),
        case("severity name", Bundle { severities: map([("a/b", SeverityActions::default())]), ..bundle() }, "severities[\"a/b\"]", "Name is invalid.", "\"a/b\" as severity name"),
        case("extra alarm name", Bundle { extra_alarms: map([("a.b", ratio())]), ..bundle() }, "extra_alarms[\"a.b\"]", "Name is invalid.", "\"a.b\" as extra alarm name"),
        case("a slip in a severity", with_severities(map([("critcal", tells(PAGE)), ("warning", tells(WARN))])), "severities[\"critcal\"]", "Severity is misspelled.", "\"critical\""),
        case("preset", Bundle { preset: text("plattform"), ..bundle() }, "preset", "Value is not one of those allowed.", "platform, aws_recommended, none"),
        case("region by its city", Bundle { region: text("Frankfurt"), ..with_lambda(lambda()) }, "region", "Region is malformed.", "Frankfurt"),
        elsewhere(case("cloudfront elsewhere", site(), "cloudfront[\"site\"]", "CloudFront alarms must be in us-east-1.", "eu-central-1")),
        elsewhere(case("by the resource's region", Bundle { region: text("eu-central-1"), ..site() }, "region", "CloudFront alarms must be in us-east-1.", "eu-central-1")),
        elsewhere(case("in an extra alarm", with_extra(metric_of_site), extra("namespace"), "CloudFront alarms must be in us-east-1.", "eu-central-1")),
        case("required input null", function(Value::Null), at, missing, "Set `function_name`"),
        case("alias in the name", function(text("upload:live")), at, "Function name is invalid.", "\"upload:live\""),
        case("function by ARN", function(text("arn:aws:lambda:eu-central-1:1:function:f")), at, "Input is an ARN.", "Set `function_name`"),
        case("load balancer by name", Bundle { nlb: map([("m", balancer)]), ..bundle() }, "nlb[\"m\"].load_balancer", "Input is not the last part of an ARN.", "\"net/\""),
        case("cluster that is no dimension", Bundle { mongodb: map([("m", MongoDbTarget { cluster: text("Größe") })]), ..bundle() }, "mongodb[\"m\"].cluster", "Dimension is invalid.", "ASCII"),
        case("timeout", with_lambda(LambdaTarget { timeout_seconds: number("901"), ..lambda() }), "lambda[\"upload\"].timeout_seconds", range, "from 1 to 900"),
        case("max_age_hours above", with_dump_age("169"), "mongo_dump[\"d\"].max_age_hours", range, "from 1 to 168"),
        case("max_age_hours with a fraction", with_dump_age("6.5"), "mongo_dump[\"d\"].max_age_hours", range, "Got 6.5"),
        case("missing data word", with_defaults(Defaults { treat_missing_data: text("notbreaching"), ..Defaults::default() }), "defaults.treat_missing_data", "Value is not one of those allowed.", "notBreaching"),
        case("min_requests", with_defaults(Defaults { min_requests: number("-1"), ..Defaults::default() }), "defaults.min_requests", range, "Got -1"),
        case("runbook without scheme", with_defaults(Defaults { runbook_url: text("runbooks/{key}"), ..Defaults::default() }), "defaults.runbook_url", "Runbook is not a link.", "\"runbooks/{key}\""),
        case("runbook placeholder", with_defaults(Defaults { runbook_url: text("https://r.example.com/{alarm}"), ..Defaults::default() }), "defaults.runbook_url", "Runbook link has an unknown placeholder.", "{alarm}"),
    ]
}

#[rustfmt::skip]
fn of_actions_and_tags() -> Vec<Case> {
    let at = "severities[\"critical\"].alarm_actions";
    let six = |severity: SeverityActions| Bundle { severities: map([("warning", severity)]), ..bundle() };
    vec![
        case("six actions", six(SeverityActions { alarm_actions: topics(6), ..SeverityActions::default() }), "severities[\"warning\"].alarm_actions", "Too many actions for one state.", "Got 6"),
        case("six in an override", errors_override(Override { ok_actions: topics(6), ..Override::default() }), changed("ok_actions"), "Too many actions for one state.", "Got 6"),
        case("six of an extra alarm", with_extra(ExtraAlarm { insufficient_data_actions: topics(6), ..ratio() }), extra("insufficient_data_actions"), "Too many actions for one state.", "Got 6"),
        case("action by name", errors_override(Override { alarm_actions: set(&["page"]), ..Override::default() }), changed("alarm_actions"), "Action is not an ARN.", "Got \"page\""),
        case("half an ARN", with_action("arn:aws:sns"), at, "Action is not an ARN.", "Got \"arn:aws:sns\""),
        case("a blank behind an ARN", with_action(&format!("{PAGE} ")), at, "Action is not an ARN.", ":page \""),
        case("a topic of another region", with_action("arn:aws:sns:eu-central-1:123456789012:page"), at, "Action is in another region.", "us-east-1"),
        case("a topic of another partition", with_action("arn:aws-cn:sns:cn-north-1:123456789012:page"), at, "Action is in another partition.", "\"arn:aws:\""),
        case("in an override", errors_override(Override { ok_actions: set(&["arn:aws:sns:eu-west-1:123456789012:page"]), ..Override::default() }), changed("ok_actions"), "Action is in another region.", "eu-west-1"),
        case("of an extra alarm", with_extra(ExtraAlarm { alarm_actions: set(&["arn:aws:lambda:eu-west-1:123456789012:function:f"]), ..ratio() }), extra("alarm_actions"), "Action is in another region.", "eu-west-1"),
        case("51 tags", Bundle { tags: Value::Value((0..51).map(|index| (format!("t{index}"), text("v"))).collect()), ..bundle() }, "tags", "Too many tags.", "There are 51"),
        case("tag of AWS", with_tags(&[("AWS:team", "x")]), "tags[\"AWS:team\"]", "Tag is invalid.", "reserved"),
        case("tag without key", with_tags(&[("", "x")]), "tags[\"\"]", "Tag is invalid.", "empty"),
        case("long tag key", with_tags(&[(&"k".repeat(129), "x")]), format!("tags[\"{}\"]", "k".repeat(129)), "Tag is invalid.", "129 characters"),
        case("long tag value", with_tags(&[("k", &"v".repeat(257))]), "tags[\"k\"]", "Tag is invalid.", "257 characters"),
    ]
}

#[rustfmt::skip]
fn of_overrides() -> Vec<Case> {
    let typed = |key: &'static str| with_override(with_lambda(lambda()), key, Override::default());
    let at = |key: &str| format!("overrides[\"{key}\"]");
    let no_match = "Override matches no alarm.";
    let window = "Evaluation window is too long.";
    let range = "Number is out of range.";
    let rate = "api_gateway/main/error_rate_4xx";
    vec![
        case("mistyped", typed("lambda/upload/error"), at("lambda/upload/error"), no_match, "Did you mean \"lambda/upload/errors\""),
        case("with a severity", typed("lambda/upload/errors/critical"), at("lambda/upload/errors/critical"), no_match, "without the severity"),
        case("of nothing near", typed("something/quite/different"), at("something/quite/different"), no_match, "`alarms` attribute"),
        case("of another preset's alarm", with_api("api_gateway/main/low_request_count", Override::default()), at("api_gateway/main/low_request_count"), no_match, "Set `preset = \"aws_recommended\"`"),
        case("of a severity there is not", errors_override(Override { warning: Value::Value(threshold("3")), ..Override::default() }), changed("warning"), "Override is for a severity that the alarm does not have.", "has no warning"),
        case("gate of an ungated alarm", errors_override(Override { min_requests: number("5"), ..Override::default() }), changed("min_requests"), "Alarm has no low-traffic gate.", "errors"),
        case("negative threshold", errors_override(Override { threshold: number("-1"), ..Override::default() }), changed("threshold"), "Threshold is negative.", "Got -1"),
        case("threshold beyond a double", errors_override(Override { threshold: number("1e400"), ..Override::default() }), changed("threshold"), "Number is too large.", "1.79"),
        case("more than a hundred percent", with_api(rate, Override { critical: Value::Value(threshold("101")), ..Override::default() }), format!("{}.critical.threshold", at(rate)), "Threshold is above 100 percent.", "Got 101"),
        case("statistic the metric does not have", errors_override(Override { statistic: text("p99"), ..Override::default() }), changed("statistic"), "Metric does not have this statistic.", "Sum, SampleCount"),
        case("statistic of an expression", with_api(rate, Override { statistic: text("Sum"), ..Override::default() }), format!("{}.statistic", at(rate)), "Alarm on an expression has no statistic.", "error_rate_4xx"),
        case("statistic unknown", errors_override(Override { statistic: text("Median"), ..Override::default() }), changed("statistic"), "Statistic is unknown.", "Got \"Median\""),
        case("comparison operator", errors_override(Override { comparison_operator: text(">"), ..Override::default() }), changed("comparison_operator"), "Value is not one of those allowed.", "GreaterThanThreshold"),
        case("operator of a band", errors_override(Override { comparison_operator: text("GreaterThanUpperThreshold"), ..Override::default() }), changed("comparison_operator"), "Anomaly detection is not supported.", "GreaterThanThreshold"),
        case("period", errors_override(Override { period: number("90"), ..Override::default() }), changed("period"), "Period is refused by CloudWatch.", "Got 90 s"),
        case("period below the resolution", errors_override(Override { period: number("10"), ..Override::default() }), changed("period"), "Period is below the metric's resolution.", "Got 10 s"),
        case("window over a day", errors_override(Override { evaluation_periods: number("1441"), ..Override::default() }), changed("evaluation_periods"), window, "at most 1440"),
        case("window over a week", errors_override(Override { period: number("86400"), evaluation_periods: number("8"), ..Override::default() }), changed("evaluation_periods"), window, "at most 7"),
        case("more datapoints than periods", errors_override(Override { datapoints_to_alarm: number("2"), ..Override::default() }), changed("datapoints_to_alarm"), "More datapoints than periods.", "at most 1"),
        case("no periods", errors_override(Override { evaluation_periods: number("0"), datapoints_to_alarm: Value::Unknown, ..Override::default() }), changed("evaluation_periods"), range, "Got 0"),
        case("no periods, and datapoints of them", errors_override(Override { evaluation_periods: number("0"), datapoints_to_alarm: number("9"), ..Override::default() }), changed("evaluation_periods"), range, "Got 0"),
        case("description too long", errors_override(Override { description: text(&"d".repeat(1020)), ..Override::default() }), changed("description"), "Description is too long.", "lambda/upload/errors/critical"),
    ]
}

#[rustfmt::skip]
fn of_extra_alarms() -> Vec<Case> {
    let missing = "Required input is missing.";
    let unknown = "Statistic is unknown.";
    let dimension = "Dimension is invalid.";
    let with_statistic = |statistic: &str| with_extra(on("Custom", "Anything", statistic, &[]));
    let many: BTreeMap<_, _> = (0..31).map(|index| (format!("d{index}"), text("v"))).collect();
    vec![
        case("severity", with_extra(ExtraAlarm { severity: text("pager"), ..ratio() }), extra("severity"), "Severity is not in severities.", "critical, warning"),
        case("without threshold", with_extra(ExtraAlarm { threshold: Value::Null, ..ratio() }), extra("threshold"), missing, "Set `threshold`"),
        case("without statistic", with_extra(ExtraAlarm { statistic: Value::Null, ..ratio() }), extra("statistic"), missing, "Set `statistic`"),
        case("empty namespace", with_extra(ExtraAlarm { namespace: text(""), ..ratio() }), extra("namespace"), missing, "Set `namespace`"),
        case("namespace with a colon", with_extra(ExtraAlarm { namespace: text(":Edu"), ..ratio() }), extra("namespace"), "Metric or namespace is invalid.", "\":Edu\""),
        case("long metric name", with_extra(ExtraAlarm { metric_name: text(&"m".repeat(256)), ..ratio() }), extra("metric_name"), "Metric or namespace is invalid.", "255"),
        case("dimension without value", with_dimensions(texts(&[("QueueName", "")])), extra("dimensions[\"QueueName\"]"), dimension, "value \"\""),
        case("dimension without name", with_dimensions(texts(&[("", "jobs")])), extra("dimensions[\"\"]"), dimension, "name \"\""),
        case("blank dimension", with_dimensions(texts(&[("QueueName", " ")])), extra("dimensions[\"QueueName\"]"), dimension, "white space"),
        case("dimension with a colon", with_dimensions(texts(&[(":q", "jobs")])), extra("dimensions[\":q\"]"), dimension, "name \":q\""),
        case("long dimension", with_dimensions(texts(&[("q", &"v".repeat(1025))])), extra("dimensions[\"q\"]"), dimension, "1 to 1024"),
        case("31 dimensions", with_dimensions(Value::Value(many)), extra("dimensions"), "Too many dimensions.", "Got 31"),
        case("dimensions incomplete", with_extra(on("AWS/S3", "4xxErrors", "Sum", &[("BucketName", "files")])), extra("dimensions"), "Dimensions are incomplete.", "BucketName + FilterId"),
        case("the only statistic of a metric", with_extra(ExtraAlarm { period: number("300"), ..on("AWS/NetworkELB", "NewFlowCount", "Average", &[("LoadBalancer", "net/m/1")]) }), extra("statistic"), "Metric does not have this statistic.", "only Sum"),
        case("trimmed beyond 100 %", with_statistic("TM(150%:)"), extra("statistic"), unknown, "\"TM(150%:)\""),
        case("trimmed to nothing", with_statistic("TM(90%:10%)"), extra("statistic"), unknown, "\"TM(90%:10%)\""),
        case("a rank of percentages", with_statistic("PR(10%:20%)"), extra("statistic"), unknown, "\"PR(10%:20%)\""),
        case("no such mean", with_statistic("IQR"), extra("statistic"), unknown, "IQM"),
        case("period", with_extra(ExtraAlarm { period: number("45"), ..ratio() }), extra("period"), "Period is refused by CloudWatch.", "Got 45 s"),
        case("unit", with_extra(ExtraAlarm { unit: text("count"), ..ratio() }), extra("unit"), "Value is not one of those allowed.", "Count"),
        case("low samples of no percentile", with_extra(ExtraAlarm { evaluate_low_sample_count_percentile: text("ignore"), ..ratio() }), extra("evaluate_low_sample_count_percentile"), "Low sample treatment needs a percentile.", "\"Maximum\""),
        case("operator of a band", with_extra(ExtraAlarm { comparison_operator: text("LessThanLowerThreshold"), ..ratio() }), extra("comparison_operator"), "Anomaly detection is not supported.", "LessThanLowerThreshold"),
    ]
}

#[rustfmt::skip]
fn of_expressions() -> Vec<Case> {
    let missing = "Required input is missing.";
    let invalid = "Expression is invalid.";
    let sum = || map([("a", metric("Sum"))]);
    let eleven = map(["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k"].map(|id| (id, metric("Sum"))));
    let query = "SELECT SUM(Errors) FROM \"AWS/Lambda\"";
    vec![
        case("empty", over_a(""), extra("expression"), missing, "Set `expression`"),
        case("without metrics", with_extra(math("1", Value::Null)), extra("metrics"), missing, "Set `metrics`"),
        case("with no metrics", with_extra(math("1", map([]))), extra("metrics"), missing, "Set `metrics`"),
        case("metrics without expression", with_extra(ExtraAlarm { expression: Value::Null, ..math("", sum()) }), extra("expression"), missing, "Set `expression`"),
        case("both metric and metrics", with_extra(ExtraAlarm { namespace: text("AWS/SQS"), statistic: text("Sum"), ..math("a", sum()) }), "extra_alarms[\"queue_age\"]", "Alarm has both a metric and an expression.", "namespace, statistic"),
        case("more than ten metrics", with_extra(math("SUM(METRICS())", eleven)), extra("metrics"), "Too many metrics in one alarm.", "Got 11"),
        case("metric id", with_extra(math("1", map([("A", metric("Sum"))]))), extra("metrics[\"A\"]"), "Metric id is invalid.", "\"A\""),
        case("metric id that is the expression's", with_extra(math("expr", map([("expr", metric("Sum"))]))), extra("metrics[\"expr\"]"), "Metric id is invalid.", "reserved"),
        case("id that is not there", over_a("100 * a / n"), extra("expression"), "Expression uses an unknown id.", "n is not in"),
        case("search", over_a("SUM(SEARCH(\"{AWS/SQS}\", \"Sum\"))"), extra("expression"), "Expression cannot be alarmed on.", "SEARCH"),
        case("no end, no such function", over_a("TOTALLY(a + "), extra("expression"), invalid, "unknown function TOTALLY at position 1"),
        case("no end", over_a("SUM(a + "), extra("expression"), invalid, "position 9"),
        case("two values", over_a("a 1"), extra("expression"), invalid, "position 3"),
        case("too many characters", over_a(&format!("a{}", " + a".repeat(600))), extra("expression"), invalid, "2401 characters"),
        case("query", with_extra(math(query, Value::Null)), extra("expression"), "Metrics Insights queries are not supported.", "SELECT"),
        case("query beside metrics", over_a(query), extra("expression"), "Metrics Insights queries are not supported.", "aws_cloudwatch_metric_alarm"),
        case("band", over_a("ANOMALY_DETECTION_BAND(a, 2)"), extra("expression"), "Anomaly detection is not supported.", "threshold_metric_id"),
    ]
}

#[rustfmt::skip]
fn of_composites() -> Vec<Case> {
    let at = "composite.severity";
    let suppressor = Suppressor { alarm: text("maintenance"), wait_period_seconds: Value::Null, extension_period_seconds: number("60") };
    let suppressed = Composite { severity: text("critical"), actions_suppressor: Value::Value(suppressor), ..Composite::default() };
    vec![
        case("of another severity", with_composite(with_lambda(lambda()), "pager"), at, "Severity is not in severities.", "\"pager\""),
        case("without children", with_composite(with_lambda(lambda()), "warning"), at, "Composite has no children.", "\"warning\""),
        case("with too many children", with_composite(Bundle { lambda: many(51), ..bundle() }, "critical"), at, "Composite has too many children.", "102 alarms"),
        case("rule too long", with_composite(Bundle { name: text(&"n".repeat(180)), lambda: many(30), ..bundle() }, "critical"), at, "Composite rule is too long.", "13266 characters"),
        case("suppressor without its wait", Bundle { composite: Value::Value(suppressed), ..with_lambda(lambda()) }, "composite.actions_suppressor.wait_period_seconds", "Required input is missing.", "Set `wait_period_seconds`"),
    ]
}
