//! The alarm operations as the Rust SDK sees them.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::time::{Duration, UNIX_EPOCH};

use aws_sdk_cloudwatch::config::retry::RetryConfig;
use aws_sdk_cloudwatch::primitives::DateTime;
use aws_sdk_cloudwatch::types::{
    ActionConfiguration, AlarmPromQlCriteria, AlarmTagsPropagation, AlarmType, ComparisonOperator, Dimension,
    EvaluationCriteria, EvaluationWindow, Metric, MetricAlarm, MetricDataQuery, MetricStat, SlidingWindow,
    StandardUnit, StateValue, Tag, WallClockWindow, WarmUpConfiguration,
};
use cloudwatch_emulator::{Clock, Emulator, ManualClock, Options};
use support::{ACCOUNT, REGION, TOPIC, client, client_of, errors_alarm, refusal};

fn dimension(name: &str, value: &str) -> Dimension {
    Dimension::builder().name(name).value(value).build()
}

fn tag(key: &str, value: &str) -> Tag {
    Tag::builder().key(key).value(value).build()
}

async fn described(client: &aws_sdk_cloudwatch::Client, name: &str) -> MetricAlarm {
    let answer = client.describe_alarms().alarm_names(name).send().await.unwrap();
    assert_eq!(answer.metric_alarms().len(), 1, "{name}");
    answer.metric_alarms()[0].clone()
}

#[tokio::test]
async fn every_member_of_a_metric_alarm_comes_back() {
    let clock = ManualClock::new(UNIX_EPOCH + Duration::from_millis(1_790_000_000_123));
    let emulator = Emulator::start(Options {
        clock: Clock::Manual(clock),
        ..Options::default()
    })
    .await
    .unwrap();
    let client = client(&emulator);
    let topic = |name: &str| format!("arn:aws:sns:{REGION}:{ACCOUNT}:{name}");
    let propagation = AlarmTagsPropagation::builder()
        .enabled(true)
        .included_tag_keys("team")
        .build();
    let action_configuration = ActionConfiguration::builder()
        .alarm_tags_propagation(propagation)
        .build();
    client
        .put_metric_alarm()
        .alarm_name("edu/api/ä latency")
        .alarm_description("line one\nline <two> & \"three\"")
        .actions_enabled(false)
        .ok_actions(topic("ok"))
        .alarm_actions(topic("one"))
        .alarm_actions(topic("two"))
        .insufficient_data_actions(topic("none"))
        .namespace("AWS/ApiGateway")
        .metric_name("Latency")
        .extended_statistic("p99.9")
        .dimensions(dimension("ApiName", "edu"))
        .dimensions(dimension("Stage", "v1"))
        .period(300)
        .unit(StandardUnit::Milliseconds)
        .evaluation_periods(5)
        .datapoints_to_alarm(3)
        .threshold(0.1)
        .comparison_operator(ComparisonOperator::LessThanOrEqualToThreshold)
        .treat_missing_data("notBreaching")
        .evaluate_low_sample_count_percentile("ignore")
        .evaluation_window(EvaluationWindow::WallClockWindow(
            WallClockWindow::builder().timezone("+02:00").build(),
        ))
        .action_configuration(action_configuration.clone())
        .send()
        .await
        .unwrap();
    let alarm = described(&client, "edu/api/ä latency").await;
    let now = DateTime::from_millis(1_790_000_000_123);
    let expected = MetricAlarm::builder()
        .alarm_name("edu/api/ä latency")
        .alarm_arn("arn:aws:cloudwatch:eu-west-1:111122223333:alarm:edu/api/ä latency")
        .alarm_description("line one\nline <two> & \"three\"")
        .alarm_configuration_updated_timestamp(now)
        .actions_enabled(false)
        .ok_actions(topic("ok"))
        .alarm_actions(topic("one"))
        .alarm_actions(topic("two"))
        .insufficient_data_actions(topic("none"))
        .state_value(StateValue::InsufficientData)
        .state_reason("Unchecked: Initial alarm creation")
        .state_updated_timestamp(now)
        .state_transitioned_timestamp(now)
        .namespace("AWS/ApiGateway")
        .metric_name("Latency")
        .extended_statistic("p99.9")
        .dimensions(dimension("ApiName", "edu"))
        .dimensions(dimension("Stage", "v1"))
        .period(300)
        .unit(StandardUnit::Milliseconds)
        .evaluation_periods(5)
        .datapoints_to_alarm(3)
        .threshold(0.1)
        .comparison_operator(ComparisonOperator::LessThanOrEqualToThreshold)
        .treat_missing_data("notBreaching")
        .evaluate_low_sample_count_percentile("ignore")
        .evaluation_window(EvaluationWindow::WallClockWindow(
            WallClockWindow::builder().timezone("+02:00").build(),
        ))
        .action_configuration(action_configuration)
        .build();
    assert_eq!(alarm, expected);
}

#[tokio::test]
async fn metric_math_comes_back_and_a_put_without_a_member_clears_it() {
    let emulator = Emulator::start(Options::default()).await.unwrap();
    let client = client(&emulator);
    let stat = |metric: &str, stat: &str| {
        let metric = Metric::builder()
            .namespace("Edu")
            .metric_name(metric)
            .dimensions(dimension("Kind", "x"))
            .build();
        MetricStat::builder()
            .metric(metric)
            .period(120)
            .stat(stat)
            .unit(StandardUnit::Count)
            .build()
    };
    let queries = vec![
        MetricDataQuery::builder()
            .id("rate")
            .expression("100*e/n")
            .label("rate of errors")
            .return_data(true)
            .build(),
        MetricDataQuery::builder()
            .id("e")
            .metric_stat(stat("Failed", "Sum"))
            .return_data(false)
            .build(),
        MetricDataQuery::builder()
            .id("n")
            .metric_stat(stat("All", "p90"))
            .return_data(false)
            .build(),
    ];
    client
        .put_metric_alarm()
        .alarm_name("math")
        .set_metrics(Some(queries.clone()))
        .evaluation_periods(3)
        .threshold(5.0)
        .comparison_operator(ComparisonOperator::GreaterThanThreshold)
        .evaluation_window(EvaluationWindow::SlidingWindow(SlidingWindow::builder().build()))
        .alarm_description("first")
        .send()
        .await
        .unwrap();
    let alarm = described(&client, "math").await;
    assert_eq!(alarm.metrics(), queries);
    assert!(alarm.evaluation_window.as_ref().unwrap().is_sliding_window());
    assert_eq!(alarm.actions_enabled, Some(true), "the default");

    client
        .set_alarm_state()
        .alarm_name("math")
        .state_value(StateValue::Ok)
        .state_reason("by hand")
        .send()
        .await
        .unwrap();
    errors_alarm(&client, "math").send().await.unwrap();
    let alarm = described(&client, "math").await;
    assert_eq!(alarm.metric_name.as_deref(), Some("Errors"));
    assert!(alarm.metrics.is_none(), "{:?}", alarm.metrics);
    assert!(alarm.alarm_description.is_none() && alarm.evaluation_window.is_none());
    assert_eq!(alarm.state_value, Some(StateValue::Ok), "a put keeps the state");
    assert_eq!(alarm.state_reason.as_deref(), Some("by hand"));
}

#[tokio::test]
async fn the_newer_kinds_of_metric_alarm_come_back() {
    let emulator = Emulator::start(Options::default()).await.unwrap();
    let client = client(&emulator);
    let criteria = EvaluationCriteria::PromQlCriteria(
        AlarmPromQlCriteria::builder()
            .query("up == 0")
            .pending_period(60)
            .recovery_period(120)
            .build(),
    );
    let warm_up = WarmUpConfiguration::builder()
        .warm_up_period_duration_in_minutes(5)
        .only_start_evaluating_after_warm_up_period_ends(true)
        .build();
    let put = client
        .put_metric_alarm()
        .alarm_name("prom")
        .evaluation_criteria(criteria.clone());
    put.evaluation_interval(30)
        .warm_up_configuration(warm_up.clone())
        .send()
        .await
        .unwrap();
    let alarm = described(&client, "prom").await;
    assert_eq!(alarm.evaluation_criteria, Some(criteria));
    assert_eq!(alarm.evaluation_interval, Some(30));
    assert_eq!(alarm.warm_up_configuration, Some(warm_up));

    let metric = Metric::builder()
        .namespace("Edu")
        .metric_name("Load")
        .dimensions(dimension("Kind", "x"))
        .build();
    let stat = MetricStat::builder().metric(metric).period(60).stat("Average").build();
    let queries = vec![
        MetricDataQuery::builder()
            .id("m")
            .metric_stat(stat)
            .return_data(true)
            .build(),
        MetricDataQuery::builder()
            .id("band")
            .expression("ANOMALY_DETECTION_BAND(m, 2)")
            .return_data(true)
            .build(),
    ];
    client
        .put_metric_alarm()
        .alarm_name("band")
        .set_metrics(Some(queries.clone()))
        .threshold_metric_id("band")
        .comparison_operator(ComparisonOperator::GreaterThanUpperThreshold)
        .evaluation_periods(2)
        .send()
        .await
        .unwrap();
    let alarm = described(&client, "band").await;
    assert_eq!(
        (alarm.threshold_metric_id.as_deref(), alarm.threshold),
        (Some("band"), None)
    );
    assert_eq!(alarm.metrics(), queries);
}

#[tokio::test]
async fn every_member_of_a_composite_alarm_comes_back_and_names_its_relatives() {
    let emulator = Emulator::start(Options::default()).await.unwrap();
    let client = client(&emulator);
    for name in ["a", "b \"odd\"", "suppressor"] {
        errors_alarm(&client, name).send().await.unwrap();
    }
    let rule = r#"ALARM("a") AND NOT (OK("b \"odd\"") OR FALSE)"#;
    client
        .put_composite_alarm()
        .alarm_name("all")
        .alarm_rule(rule)
        .alarm_description("everything")
        .alarm_actions(TOPIC)
        .actions_suppressor("suppressor")
        .actions_suppressor_wait_period(60)
        .actions_suppressor_extension_period(90)
        .send()
        .await
        .unwrap();
    let default = client.describe_alarms().send().await.unwrap();
    assert!(default.composite_alarms().is_empty(), "only if asked for");
    assert_eq!(default.metric_alarms().len(), 3);
    let answer = client
        .describe_alarms()
        .alarm_types(AlarmType::CompositeAlarm)
        .send()
        .await
        .unwrap();
    assert!(answer.metric_alarms().is_empty());
    let alarm = &answer.composite_alarms()[0];
    assert_eq!(alarm.alarm_name.as_deref(), Some("all"));
    assert_eq!(
        alarm.alarm_arn.as_deref(),
        Some("arn:aws:cloudwatch:eu-west-1:111122223333:alarm:all")
    );
    assert_eq!(alarm.alarm_rule.as_deref(), Some(rule));
    assert_eq!(alarm.alarm_description.as_deref(), Some("everything"));
    assert_eq!(alarm.alarm_actions(), [TOPIC]);
    assert_eq!(alarm.actions_enabled, Some(true));
    assert_eq!(alarm.actions_suppressor.as_deref(), Some("suppressor"));
    assert_eq!(alarm.actions_suppressor_wait_period, Some(60));
    assert_eq!(alarm.actions_suppressor_extension_period, Some(90));
    assert_eq!(alarm.state_value, Some(StateValue::InsufficientData));

    let children = client
        .describe_alarms()
        .children_of_alarm_name("all")
        .send()
        .await
        .unwrap();
    let names: Vec<_> = children
        .metric_alarms()
        .iter()
        .filter_map(|alarm| alarm.alarm_name.as_deref())
        .collect();
    assert_eq!(names, ["a", "b \"odd\""]);
    assert!(
        children.metric_alarms()[0].metric_name.is_none(),
        "children are shown in short"
    );
    let parents = client
        .describe_alarms()
        .parents_of_alarm_name("a")
        .send()
        .await
        .unwrap();
    assert_eq!(parents.composite_alarms()[0].alarm_name.as_deref(), Some("all"));
    assert!(
        parents.composite_alarms()[0].alarm_rule.is_none(),
        "parents are shown in short"
    );
}

#[tokio::test]
async fn alarms_are_found_by_name_prefix_state_and_action() {
    let emulator = Emulator::start(Options::default()).await.unwrap();
    let client = client(&emulator);
    for name in ["edu/a", "edu/b", "other"] {
        errors_alarm(&client, name).send().await.unwrap();
    }
    errors_alarm(&client, "edu/c")
        .alarm_actions(TOPIC)
        .send()
        .await
        .unwrap();
    client
        .set_alarm_state()
        .alarm_name("edu/b")
        .state_value(StateValue::Alarm)
        .state_reason("x")
        .send()
        .await
        .unwrap();
    let all = || client.describe_alarms();
    for (case, request, expected) in [
        (
            "names, one unknown",
            all().alarm_names("other").alarm_names("edu/b").alarm_names("gone"),
            vec!["edu/b", "other"],
        ),
        (
            "prefix",
            all().alarm_name_prefix("edu/"),
            vec!["edu/a", "edu/b", "edu/c"],
        ),
        ("state", all().state_value(StateValue::Alarm), vec!["edu/b"]),
        (
            "prefix and state",
            all().alarm_name_prefix("o").state_value(StateValue::Alarm),
            vec![],
        ),
        ("action", all().action_prefix("arn:aws:sns"), vec!["edu/c"]),
        ("types", all().alarm_types(AlarmType::CompositeAlarm), vec![]),
    ] {
        let answer = request.send().await.unwrap();
        let names: Vec<_> = answer
            .metric_alarms()
            .iter()
            .filter_map(|alarm| alarm.alarm_name.as_deref())
            .collect();
        assert_eq!(names, expected, "{case}");
    }
}

#[tokio::test]
async fn pages_have_fifty_alarms_unless_told_otherwise_and_lose_none() {
    let emulator = Emulator::start(Options::default()).await.unwrap();
    let client = client(&emulator);
    for number in 0..120 {
        errors_alarm(&client, &format!("alarm-{number:03}"))
            .send()
            .await
            .unwrap();
    }
    client
        .put_composite_alarm()
        .alarm_name("alarm-all")
        .alarm_rule("ALARM(alarm-000)")
        .send()
        .await
        .unwrap();
    for (page_size, expected) in [
        (None, vec![50, 50, 21]),
        (Some(100), vec![100, 21]),
        (Some(40), vec![40, 40, 40, 1]),
    ] {
        let (mut sizes, mut names, mut token) = (Vec::new(), Vec::new(), None);
        loop {
            let page = client
                .describe_alarms()
                .alarm_types(AlarmType::MetricAlarm)
                .alarm_types(AlarmType::CompositeAlarm)
                .set_max_records(page_size)
                .set_next_token(token)
                .send()
                .await
                .unwrap();
            sizes.push(page.metric_alarms().len() + page.composite_alarms().len());
            names.extend(page.metric_alarms().iter().filter_map(|alarm| alarm.alarm_name.clone()));
            names.extend(
                page.composite_alarms()
                    .iter()
                    .filter_map(|alarm| alarm.alarm_name.clone()),
            );
            token = page.next_token().map(str::to_owned);
            if token.is_none() {
                break;
            }
        }
        names.sort();
        names.dedup();
        assert_eq!(sizes, expected, "{page_size:?}");
        assert_eq!(names.len(), 121, "{page_size:?}");
    }
    let answer = client.describe_alarms().next_token("?").send().await;
    assert!(answer.unwrap_err().into_service_error().is_invalid_next_token());
}

#[tokio::test]
async fn tags_are_taken_at_creation_only_and_changed_by_their_own_operations() {
    let emulator = Emulator::start(Options::default()).await.unwrap();
    let client = client(&emulator);
    let arn = format!("arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:a");
    errors_alarm(&client, "a")
        .tags(tag("team", "one"))
        .tags(tag("stage", "prod"))
        .send()
        .await
        .unwrap();
    errors_alarm(&client, "a")
        .tags(tag("team", "two"))
        .send()
        .await
        .unwrap();
    let tags = async || {
        let answer = client.list_tags_for_resource().resource_arn(&arn).send().await.unwrap();
        answer.tags.unwrap_or_default()
    };
    assert_eq!(
        tags().await,
        [tag("stage", "prod"), tag("team", "one")],
        "an update ignores tags"
    );
    client
        .tag_resource()
        .resource_arn(&arn)
        .tags(tag("team", "three"))
        .tags(tag("new", ""))
        .send()
        .await
        .unwrap();
    client
        .untag_resource()
        .resource_arn(&arn)
        .tag_keys("stage")
        .tag_keys("unknown")
        .send()
        .await
        .unwrap();
    assert_eq!(tags().await, [tag("new", ""), tag("team", "three")]);
    let reserved = client
        .tag_resource()
        .resource_arn(&arn)
        .tags(tag("aws:team", "x"))
        .send()
        .await;
    assert!(refusal(reserved, "tag").1.starts_with("aws: prefixed tag key names"));
    let reserved = client
        .untag_resource()
        .resource_arn(&arn)
        .tag_keys("aws:team")
        .send()
        .await;
    assert!(refusal(reserved, "untag").1.starts_with("aws: prefixed tag key names"));
    assert_eq!(tags().await, [tag("new", ""), tag("team", "three")]);

    let gone = client
        .list_tags_for_resource()
        .resource_arn(format!("{arn}-gone"))
        .send()
        .await;
    assert!(gone.unwrap_err().into_service_error().is_resource_not_found_exception());
    let elsewhere = client
        .tag_resource()
        .resource_arn(arn.replace(REGION, "us-east-1"))
        .tags(tag("k", "v"))
        .send()
        .await;
    assert!(
        elsewhere
            .unwrap_err()
            .into_service_error()
            .is_invalid_parameter_value_exception()
    );
}

#[tokio::test]
async fn actions_are_enabled_and_disabled_by_name() {
    let emulator = Emulator::start(Options::default()).await.unwrap();
    let client = client(&emulator);
    errors_alarm(&client, "a").send().await.unwrap();
    errors_alarm(&client, "b").send().await.unwrap();
    client
        .disable_alarm_actions()
        .alarm_names("a")
        .alarm_names("unknown")
        .send()
        .await
        .unwrap();
    assert_eq!(described(&client, "a").await.actions_enabled, Some(false));
    assert_eq!(described(&client, "b").await.actions_enabled, Some(true));
    client.enable_alarm_actions().alarm_names("a").send().await.unwrap();
    assert_eq!(described(&client, "a").await.actions_enabled, Some(true));
}

#[tokio::test]
async fn a_state_set_by_hand_keeps_the_time_of_the_last_change() {
    let clock = ManualClock::new(UNIX_EPOCH + Duration::from_secs(1_000_000));
    let emulator = Emulator::start(Options {
        clock: Clock::Manual(clock.clone()),
        ..Options::default()
    })
    .await
    .unwrap();
    let client = client(&emulator);
    errors_alarm(&client, "a").send().await.unwrap();
    for (state, seconds, transitioned) in [(StateValue::Alarm, 10, 1_000_010), (StateValue::Alarm, 20, 1_000_010)] {
        clock.set(UNIX_EPOCH + Duration::from_secs(1_000_000 + seconds));
        let set = client
            .set_alarm_state()
            .alarm_name("a")
            .state_value(state)
            .state_reason("why");
        set.state_reason_data(r#"{"by":"hand"}"#).send().await.unwrap();
        let alarm = described(&client, "a").await;
        assert_eq!(alarm.state_value, Some(StateValue::Alarm));
        assert_eq!(alarm.state_reason_data.as_deref(), Some(r#"{"by":"hand"}"#));
        let updated = 1_000_000 + i64::try_from(seconds).unwrap();
        assert_eq!(alarm.state_updated_timestamp, Some(DateTime::from_secs(updated)));
        assert_eq!(
            alarm.state_transitioned_timestamp,
            Some(DateTime::from_secs(transitioned)),
            "at {seconds}"
        );
    }
    let unknown = client
        .set_alarm_state()
        .alarm_name("x")
        .state_value(StateValue::Ok)
        .state_reason("y")
        .send()
        .await;
    assert!(unknown.unwrap_err().into_service_error().is_resource_not_found());
    let set = client
        .set_alarm_state()
        .alarm_name("a")
        .state_value(StateValue::Ok)
        .state_reason("y");
    let no_json = set.state_reason_data("{").send().await;
    assert!(no_json.unwrap_err().into_service_error().is_invalid_format_fault());
}

#[tokio::test]
async fn a_child_of_a_composite_alarm_is_not_deleted_nor_anything_else_of_that_call() {
    let emulator = Emulator::start(Options::default()).await.unwrap();
    let client = client(&emulator);
    for name in ["a", "b", "c"] {
        errors_alarm(&client, name).send().await.unwrap();
    }
    for name in ["first", "second"] {
        client
            .put_composite_alarm()
            .alarm_name(name)
            .alarm_rule("ALARM(b) OR ALARM(c)")
            .send()
            .await
            .unwrap();
    }
    let count = async || {
        let types = client
            .describe_alarms()
            .alarm_types(AlarmType::MetricAlarm)
            .alarm_types(AlarmType::CompositeAlarm);
        let answer = types.send().await.unwrap();
        answer.metric_alarms().len() + answer.composite_alarms().len()
    };
    let refused = |code: &str, message: &str| (code.to_owned(), message.to_owned());

    let child = client.delete_alarms().alarm_names("a").alarm_names("b").send().await;
    let message = "Cannot delete b as there are composite alarm(s) depending on it: [first, second]";
    assert_eq!(refusal(child, "child"), refused("ValidationError", message));
    let two = client
        .delete_alarms()
        .alarm_names("first")
        .alarm_names("second")
        .send()
        .await;
    assert_eq!(
        refusal(two, "two").1,
        "Only one composite alarm can be deleted at a time."
    );
    assert_eq!(count().await, 5, "nothing is deleted");

    client
        .delete_alarms()
        .alarm_names("a")
        .alarm_names("first")
        .alarm_names("unknown")
        .send()
        .await
        .unwrap();
    client.delete_alarms().alarm_names("second").send().await.unwrap();
    client
        .delete_alarms()
        .alarm_names("b")
        .alarm_names("c")
        .send()
        .await
        .unwrap();
    assert_eq!(count().await, 0);
}

#[tokio::test]
async fn accounts_and_regions_are_worlds_of_their_own() {
    let options = Options {
        default_account: "999988887777".to_owned(),
        ..Options::default()
    };
    let emulator = Emulator::start(options).await.unwrap();
    let others = [
        ("444455556666", REGION),
        (ACCOUNT, "us-east-1"),
        ("AKIAIOSFODNN7EXAMPLE", REGION),
    ];
    errors_alarm(&client(&emulator), "a").send().await.unwrap();
    for (access_key, region) in others {
        let other = client_of(&emulator, access_key, region, RetryConfig::disabled());
        let answer = other.describe_alarms().send().await.unwrap();
        assert!(answer.metric_alarms().is_empty(), "{access_key} {region}");
        errors_alarm(&other, "b").send().await.unwrap();
    }
    for (account, region, name) in [
        (ACCOUNT, REGION, "a"),
        ("444455556666", REGION, "b"),
        (ACCOUNT, "us-east-1", "b"),
        ("999988887777", REGION, "b"),
    ] {
        let names: Vec<_> = emulator
            .alarms(account, region)
            .into_iter()
            .map(|alarm| alarm.arn)
            .collect();
        assert_eq!(names, [format!("arn:aws:cloudwatch:{region}:{account}:alarm:{name}")]);
    }
}

#[tokio::test]
async fn the_caller_is_the_access_key_if_it_is_an_account() {
    let emulator = Emulator::start(Options::default()).await.unwrap();
    for (access_key, account) in [(ACCOUNT, ACCOUNT), ("AKIAIOSFODNN7EXAMPLE", "000000000000")] {
        let config = aws_sdk_sts::Config::builder()
            .behavior_version(aws_sdk_sts::config::BehaviorVersion::latest())
            .region(aws_sdk_sts::config::Region::new(REGION))
            .credentials_provider(aws_sdk_sts::config::Credentials::new(
                access_key, "secret", None, None, "test",
            ))
            .endpoint_url(emulator.endpoint_url())
            .build();
        let identity = aws_sdk_sts::Client::from_conf(config)
            .get_caller_identity()
            .send()
            .await
            .unwrap();
        assert_eq!(identity.account(), Some(account));
        assert_eq!(identity.arn(), Some(format!("arn:aws:iam::{account}:root").as_str()));
    }
}

#[tokio::test]
async fn an_alarm_can_be_changed_and_deleted_past_the_api() {
    let emulator = Emulator::start(Options::default()).await.unwrap();
    let client = client(&emulator);
    errors_alarm(&client, "a").send().await.unwrap();
    assert!(emulator.edit_alarm(ACCOUNT, REGION, "a", |alarm| alarm.actions_enabled = false));
    assert_eq!(described(&client, "a").await.actions_enabled, Some(false));
    assert!(!emulator.edit_alarm(ACCOUNT, REGION, "x", |alarm| alarm.actions_enabled = false));
    assert!(emulator.alarm(ACCOUNT, REGION, "a").is_some());
    assert!(emulator.delete_alarm(ACCOUNT, REGION, "a"));
    assert!(!emulator.delete_alarm(ACCOUNT, REGION, "a"));
    assert!(emulator.alarms(ACCOUNT, REGION).is_empty());
}
