//! What CloudWatch refuses, and that nothing is stored then.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use aws_sdk_cloudwatch::Client;
use aws_sdk_cloudwatch::operation::put_metric_alarm::builders::PutMetricAlarmFluentBuilder as Put;
use aws_sdk_cloudwatch::types::{
    ComparisonOperator, Dimension, Metric, MetricDataQuery, MetricStat, StandardUnit, Statistic, Tag,
};
use cloudwatch_emulator::{Emulator, Options};
use support::{ACCOUNT, REGION, TOPIC, client, errors_alarm, refusal};

fn stat(id: &str, period: i32, returned: bool) -> MetricDataQuery {
    let metric = Metric::builder().namespace("Edu").metric_name("Failed").build();
    let stat = MetricStat::builder().metric(metric).period(period).stat("Sum").build();
    MetricDataQuery::builder()
        .id(id)
        .metric_stat(stat)
        .return_data(returned)
        .build()
}

fn expression(id: &str, expression: &str) -> MetricDataQuery {
    MetricDataQuery::builder()
        .id(id)
        .expression(expression)
        .return_data(true)
        .build()
}

fn tag(key: &str, value: &str) -> Tag {
    Tag::builder().key(key).value(value).build()
}

fn math(client: &Client, queries: impl IntoIterator<Item = MetricDataQuery>) -> Put {
    client
        .put_metric_alarm()
        .alarm_name("a")
        .set_metrics(Some(queries.into_iter().collect()))
        .evaluation_periods(1)
        .threshold(0.0)
        .comparison_operator(ComparisonOperator::GreaterThanThreshold)
}

#[tokio::test]
async fn metric_alarms_are_refused_with_the_reason() {
    let emulator = Emulator::start(Options::default()).await.unwrap();
    let client = client(&emulator);
    let good = || errors_alarm(&client, "a");
    let topics = |count: usize| Some(vec![TOPIC.to_owned(); count]);
    let dimension = |name: &str| Dimension::builder().name(name).value("x").build();
    let cases: Vec<(&str, Put, &str)> = vec![
        ("no name", good().set_alarm_name(None), "Value null at 'alarmName'"),
        ("empty name", good().alarm_name(""), "at 'alarmName'"),
        ("long name", good().alarm_name("x".repeat(256)), "at 'alarmName'"),
        ("control character", good().alarm_name("a\nb"), "control characters"),
        (
            "long description",
            good().alarm_description("x".repeat(1025)),
            "at 'alarmDescription'",
        ),
        (
            "six alarm actions",
            good().set_alarm_actions(topics(6)),
            "at 'alarmActions'",
        ),
        ("six ok actions", good().set_ok_actions(topics(6)), "at 'oKActions'"),
        (
            "six no-data actions",
            good().set_insufficient_data_actions(topics(6)),
            "at 'insufficientDataActions'",
        ),
        ("no ARN", good().alarm_actions("page"), "Invalid arn syntax: page"),
        (
            "a short ARN",
            good().alarm_actions("arn:aws:sns"),
            "Invalid arn syntax: arn:aws:sns",
        ),
        (
            "a blank behind an ARN",
            good().alarm_actions(format!("{TOPIC} ")),
            "Invalid arn syntax: arn:aws:sns:eu-west-1:111122223333:page ",
        ),
        (
            "a topic of another region",
            good().ok_actions("arn:aws:sns:eu-central-1:111122223333:page"),
            "Invalid region eu-central-1 specified. Only eu-west-1 is supported.",
        ),
        (
            "a topic of another partition",
            good().insufficient_data_actions("arn:aws-us-gov:sns:us-gov-west-1:111122223333:page"),
            "Invalid partition aws-us-gov specified. Only aws is supported.",
        ),
        (
            "an EC2 action on a metric of no instance",
            good().alarm_actions("arn:aws:automate:eu-west-1:ec2:stop"),
            "Invalid use of EC2 'Stop' action.",
        ),
        (
            "an EC2 action by its workflow",
            good().ok_actions("arn:aws:swf:eu-west-1:111122223333:action/actions/AWS_EC2.InstanceId.Reboot/1.0"),
            "Invalid use of EC2 'Reboot' action.",
        ),
        (
            "an EC2 action on metric math",
            math(&client, [stat("e", 60, true)]).alarm_actions("arn:aws:automate:eu-west-1:ec2:stop"),
            "Invalid use of EC2 'Stop' action.",
        ),
        (
            "a tag of AWS",
            good().tags(tag("aws:team", "x")),
            "aws: prefixed tag key names are not allowed",
        ),
        ("a tag without key", good().tags(tag("", "x")), "at 'tags.1.member.key'"),
        (
            "a long tag key",
            good().tags(tag("ok", "x")).tags(tag(&"k".repeat(129), "x")),
            "at 'tags.2.member.key'",
        ),
        (
            "a long tag value",
            good().tags(tag("k", &"v".repeat(257))),
            "at 'tags.1.member.value'",
        ),
        (
            "51 tags",
            good().set_tags(Some((0..51).map(|n| tag(&format!("t{n}"), "v")).collect())),
            "at 'tags'",
        ),
        ("a namespace with a colon", good().namespace(":Edu"), "at 'namespace'"),
        (
            "a dimension without name",
            good().dimensions(dimension("")),
            "at 'dimensions.1.member.name'",
        ),
        (
            "a dimension with a long name",
            good().dimensions(dimension(&"d".repeat(256))),
            "at 'dimensions.1.member.name'",
        ),
        (
            "a dimension with a colon",
            good().dimensions(dimension(":d")),
            "start with a colon",
        ),
        (
            "a dimension that is not ASCII",
            good().dimensions(dimension("Größe")),
            "only ASCII",
        ),
        (
            "no metric",
            good().set_metric_name(None),
            "Exactly one of MetricName, Metrics",
        ),
        ("no namespace", good().set_namespace(None), "Value null at 'namespace'"),
        ("empty metric name", good().metric_name(""), "at 'metricName'"),
        (
            "dimension twice",
            good().dimensions(dimension("d")).dimensions(dimension("d")),
            "given twice",
        ),
        (
            "31 dimensions",
            good().set_dimensions(Some((0..31).map(|n| dimension(&format!("d{n}"))).collect())),
            "at 'dimensions'",
        ),
        (
            "no statistic",
            good().set_statistic(None),
            "Exactly one of Statistic and ExtendedStatistic",
        ),
        ("two statistics", good().extended_statistic("p90"), "mutually exclusive"),
        (
            "unknown statistic",
            good().statistic(Statistic::from("Median")),
            "at 'statistic'",
        ),
        (
            "unknown extended statistic",
            good().set_statistic(None).extended_statistic("p101"),
            "for parameter ExtendedStatistic",
        ),
        (
            "a trimmed mean beyond 100 %",
            good().set_statistic(None).extended_statistic("TM(150%:)"),
            "The value TM(150%:) for parameter ExtendedStatistic is not supported.",
        ),
        (
            "a name that no statistic has",
            good().set_statistic(None).extended_statistic("IQR"),
            "for parameter ExtendedStatistic",
        ),
        (
            "plain as extended",
            good().set_statistic(None).extended_statistic("Sum"),
            "for parameter ExtendedStatistic",
        ),
        ("unknown unit", good().unit(StandardUnit::from("Miles")), "at 'unit'"),
        (
            "no comparison",
            good().set_comparison_operator(None),
            "Value null at 'comparisonOperator'",
        ),
        (
            "unknown comparison",
            good().comparison_operator(ComparisonOperator::from("Equals")),
            "at 'comparisonOperator'",
        ),
        (
            "unknown treatment",
            good().treat_missing_data("zero"),
            "TreatMissingData",
        ),
        (
            "low samples without a percentile",
            good().evaluate_low_sample_count_percentile("ignore"),
            "only valid for alarms based on percentiles",
        ),
        (
            "no threshold",
            good().set_threshold(None),
            "Either Threshold or ThresholdMetricId",
        ),
        ("infinite threshold", good().threshold(f64::INFINITY), "finite"),
        ("two thresholds", good().threshold_metric_id("t"), "mutually exclusive"),
        (
            "a band for a number",
            good().comparison_operator(ComparisonOperator::LessThanLowerThreshold),
            "needs ThresholdMetricId",
        ),
        ("no period", good().set_period(None), "Value null at 'period'"),
        ("period 0", good().period(0), "multiple of 60"),
        ("period 45", good().period(45), "multiple of 60"),
        ("period 90", good().period(90), "multiple of 60"),
        (
            "no evaluation periods",
            good().set_evaluation_periods(None),
            "Value null at 'evaluationPeriods'",
        ),
        (
            "zero evaluation periods",
            good().evaluation_periods(0),
            "at 'evaluationPeriods'",
        ),
        ("more than a day of minutes", good().evaluation_periods(1441), "a day"),
        (
            "more than a week of hours",
            good().period(3600).evaluation_periods(169),
            "a week",
        ),
        (
            "zero datapoints",
            good().datapoints_to_alarm(0),
            "at 'datapointsToAlarm'",
        ),
        (
            "more datapoints than periods",
            good().datapoints_to_alarm(2),
            "DatapointsToAlarm",
        ),
        (
            "math beside a metric",
            good().metrics(stat("e", 60, true)),
            "cannot be specified together with MetricName",
        ),
        (
            "math beside a period",
            math(&client, [stat("e", 60, true)]).period(60),
            "together with Period",
        ),
        (
            "nothing returned",
            math(&client, [stat("e", 60, false)]),
            "Exactly one element",
        ),
        (
            "two returned",
            math(&client, [stat("e", 60, true), expression("x", "e*2")]),
            "Exactly one element",
        ),
        (
            "eleven metrics",
            math(&client, (0..11).map(|n| stat(&format!("e{n}"), 60, n == 0))),
            "at most 10 metrics and 10 expressions",
        ),
        (
            "21 elements",
            math(&client, (0..21).map(|n| stat(&format!("e{n}"), 60, n == 0))),
            "at 'metrics'",
        ),
        (
            "an expression that does not end",
            math(&client, [expression("x", "SUM(e + "), stat("e", 60, false)]),
            "Error in expression 'x' [expected a value",
        ),
        (
            "an unknown function",
            math(&client, [expression("x", "TOTALLY(e + "), stat("e", 60, false)]),
            "Error in expression 'x' [unknown function TOTALLY",
        ),
        (
            "an id that is not there",
            math(&client, [expression("x", "e / n"), stat("e", 60, false)]),
            "Error in expression 'x' [\"n\" is the id of no element]",
        ),
        (
            "a band compared with a number",
            math(
                &client,
                [expression("x", "ANOMALY_DETECTION_BAND(e, 2)"), stat("e", 60, false)],
            ),
            "ThresholdMetricId is required",
        ),
        (
            "search",
            math(
                &client,
                [
                    expression("x", "SUM(SEARCH('{AWS/Lambda} Errors', 'Sum', 60))"),
                    stat("e", 60, false),
                ],
            ),
            "SEARCH is not supported",
        ),
        (
            "an id twice",
            math(&client, [stat("e", 60, true), stat("e", 60, false)]),
            "used twice",
        ),
        ("a capital id", math(&client, [stat("E", 60, true)]), "is not valid"),
        (
            "a period of 45 in math",
            math(&client, [stat("e", 45, true)]),
            "multiple of 60",
        ),
        (
            "no period in math",
            math(&client, [expression("x", "1+1")]),
            "needs a period",
        ),
        (
            "neither metric nor expression",
            math(&client, [MetricDataQuery::builder().id("e").build()]),
            "exactly one of MetricStat and Expression",
        ),
        (
            "a week of math",
            math(&client, [stat("e", 3600, false), expression("x", "e")]).evaluation_periods(169),
            "a week",
        ),
    ];
    for (case, put, reason) in cases {
        let (code, message) = refusal(put.send().await, case);
        assert_eq!(code, "ValidationError", "{case}: {message}");
        assert!(message.contains(reason), "{case}: {message}");
        assert!(emulator.alarms(ACCOUNT, REGION).is_empty(), "{case}");
    }
}

#[tokio::test]
async fn the_limits_themselves_are_accepted() {
    let emulator = Emulator::start(Options::default()).await.unwrap();
    let client = client(&emulator);
    let good = || errors_alarm(&client, "a");
    let five = Some(vec![TOPIC.to_owned(); 5]);
    let cases: Vec<(&str, Put)> = vec![
        ("255 characters", good().alarm_name("ä".repeat(255))),
        (
            "five actions",
            good()
                .set_alarm_actions(five.clone())
                .set_ok_actions(five.clone())
                .set_insufficient_data_actions(five),
        ),
        ("10 s", good().period(10).evaluation_periods(8640)),
        ("a day of minutes", good().evaluation_periods(1440)),
        ("a week of hours", good().period(3600).evaluation_periods(168)),
        ("a week in one period", good().period(604_800)),
        (
            "trimmed mean",
            good().set_statistic(None).extended_statistic("TM(10%:90%)"),
        ),
        (
            "ten metrics and an expression over them",
            math(
                &client,
                (0..10)
                    .map(|n| stat(&format!("e{n}"), 60, false))
                    .chain([expression("x", "SUM(METRICS())")]),
            ),
        ),
        (
            "a query of Metrics Insights",
            math(
                &client,
                [MetricDataQuery::builder()
                    .id("q")
                    .expression("SELECT SUM(Errors) FROM \"AWS/Lambda\"")
                    .period(60)
                    .build()],
            ),
        ),
        (
            "a function that is not evaluated",
            math(&client, [expression("x", "IF(HOUR(e) < 8, e)"), stat("e", 60, false)]),
        ),
        (
            "an action without a region",
            good().alarm_actions("arn:aws:ssm-incidents::111122223333:response-plan/page"),
        ),
        (
            "interquartile mean",
            good().set_statistic(None).extended_statistic("IQM"),
        ),
        (
            "longest tag",
            good()
                .tags(tag(&"k".repeat(128), &"v".repeat(256)))
                .tags(tag("empty", "")),
        ),
        (
            "search as part of a word",
            math(&client, [stat("research", 60, false), expression("x", "research*2")]),
        ),
        (
            "an EC2 action on a metric of an instance",
            good()
                .dimensions(
                    Dimension::builder()
                        .name("InstanceId")
                        .value("i-0123456789abcdef0")
                        .build(),
                )
                .alarm_actions("arn:aws:automate:eu-west-1:ec2:stop"),
        ),
    ];
    for (case, put) in cases {
        put.send().await.unwrap_or_else(|error| panic!("{case}: {error:?}"));
    }
}

#[tokio::test]
async fn composite_alarms_are_refused_with_the_reason() {
    let emulator = Emulator::start(Options::default()).await.unwrap();
    let client = client(&emulator);
    for number in 0..101 {
        errors_alarm(&client, &format!("m{number}")).send().await.unwrap();
    }
    let put = |name: &str, rule: &str| client.put_composite_alarm().alarm_name(name).alarm_rule(rule);
    put("inner", "ALARM(m0)").send().await.unwrap();
    put("outer", "ALARM(inner)").send().await.unwrap();
    let any_of = |count: usize| {
        (0..count)
            .map(|n| format!("ALARM(m{n})"))
            .collect::<Vec<_>>()
            .join(" OR ")
    };
    let long = format!("ALARM(m0){}", " ".repeat(10_240));
    for (case, request, reason) in [
        (
            "no rule",
            put("c", "").set_alarm_rule(None),
            "Value null at 'alarmRule'",
        ),
        ("empty rule", put("c", ""), "Error in AlarmRule"),
        ("broken rule", put("c", "ALARM(m0) AND"), "Error in AlarmRule"),
        ("long rule", put("c", &long), "less than or equal to 10240"),
        ("101 children", put("c", &any_of(101)), "101 alarms"),
        (
            "unknown children",
            put("c", "ALARM(x) OR ALARM(m1) OR OK(y)"),
            "do not exist: [x, y]",
        ),
        ("itself", put("c", "ALARM(c)"), "cycle"),
        ("a cycle", put("inner", "ALARM(m0) OR ALARM(outer)"), "cycle"),
        (
            "a metric alarm's name",
            put("m0", "ALARM(m1)"),
            "already exists as a metric alarm",
        ),
        (
            "suppressor without periods",
            put("c", "ALARM(m0)").actions_suppressor("m1"),
            "needs actionsSuppressorWaitPeriod",
        ),
        (
            "periods without suppressor",
            put("c", "ALARM(m0)").actions_suppressor_wait_period(60),
            "needs actionsSuppressor",
        ),
        (
            "unknown suppressor",
            put("c", "ALARM(m0)")
                .actions_suppressor("x")
                .actions_suppressor_wait_period(60)
                .actions_suppressor_extension_period(60),
            "not another alarm that exists",
        ),
        (
            "an EC2 action",
            put("c", "ALARM(m0)").alarm_actions("arn:aws:automate:eu-west-1:ec2:stop"),
            "Invalid use of EC2 'Stop' action.",
        ),
        (
            "a topic of another region",
            put("c", "ALARM(m0)").alarm_actions("arn:aws:sns:us-east-1:111122223333:page"),
            "Invalid region us-east-1 specified. Only eu-west-1 is supported.",
        ),
        (
            "six actions",
            put("c", "ALARM(m0)").set_alarm_actions(Some(vec![TOPIC.to_owned(); 6])),
            "at 'alarmActions'",
        ),
    ] {
        let (code, message) = refusal(request.send().await, case);
        assert_eq!(code, "ValidationError", "{case}: {message}");
        assert!(message.contains(reason), "{case}: {message}");
        assert!(emulator.alarm(ACCOUNT, REGION, "c").is_none(), "{case}");
    }
    let (_, message) = refusal(errors_alarm(&client, "inner").send().await, "metric over composite");
    assert!(message.contains("already exists as a composite alarm"), "{message}");
    put("c", &any_of(100)).send().await.unwrap();
    put("c", "FALSE").send().await.unwrap();
    put("c", "ALARM(arn:aws:cloudwatch:eu-west-1:111122223333:alarm:m0)")
        .send()
        .await
        .unwrap();
}

#[tokio::test]
async fn the_other_operations_refuse_too() {
    let emulator = Emulator::start(Options::default()).await.unwrap();
    let client = client(&emulator);
    let names = |count: usize| Some((0..count).map(|n| format!("a{n}")).collect::<Vec<_>>());
    let describe = || client.describe_alarms();
    for (case, request, reason) in [
        ("101 names", describe().set_alarm_names(names(101)), "at 'alarmNames'"),
        (
            "names and prefix",
            describe().alarm_names("a").alarm_name_prefix("a"),
            "cannot be specified together",
        ),
        (
            "children and prefix",
            describe().children_of_alarm_name("a").alarm_name_prefix("a"),
            "can only be specified with",
        ),
        (
            "children and parents",
            describe().children_of_alarm_name("a").parents_of_alarm_name("a"),
            "can only be specified with",
        ),
        (
            "children of nothing",
            describe().children_of_alarm_name("a"),
            "does not exist",
        ),
        ("no records", describe().max_records(0), "between 1 and 100"),
        ("101 records", describe().max_records(101), "between 1 and 100"),
        (
            "unknown state",
            describe().state_value("FINE".into()),
            "at 'stateValue'",
        ),
        (
            "unknown type",
            describe().alarm_types("Alarm".into()),
            "at 'alarmTypes'",
        ),
    ] {
        let (code, message) = refusal(request.send().await, case);
        assert_eq!(code, "ValidationError", "{case}: {message}");
        assert!(message.contains(reason), "{case}: {message}");
    }
    describe().set_alarm_names(names(100)).send().await.unwrap();
    let deleted = client.delete_alarms().set_alarm_names(names(101)).send().await;
    assert_eq!(refusal(deleted, "delete 101").0, "ValidationError");
    let disabled = client.disable_alarm_actions().set_alarm_names(names(101)).send().await;
    assert_eq!(refusal(disabled, "disable 101").0, "ValidationError");
    let unknown = client.list_dashboards().send().await;
    assert_eq!(refusal(unknown, "not emulated").0, "InvalidAction");
}
