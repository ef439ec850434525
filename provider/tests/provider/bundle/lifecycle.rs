//! A bundle's life without trouble: create, refresh, change, repair, import, destroy (C1-C9, G1).

use aws_sdk_cloudwatch::types::{ComparisonOperator, EvaluationWindow, MetricAlarm, WallClockWindow};
use serde_json::{Value, json};
use tfplugin6_harness::{Action, UNKNOWN};

use crate::bundle::world::{
    ACCOUNT, PAGE, REGION, TYPE, WARN, World, changes, describe, full_bundle, small_bundle, spawn, with,
};

#[tokio::test]
async fn a_bundle_of_every_kind_of_target_is_created_and_settled() {
    let config = full_bundle();
    let (world, state) = World::with_bundle(&config).await;

    let alarms = state.value["alarms"].as_object().unwrap();
    assert!(alarms.len() >= 40, "{} alarms", alarms.len());
    assert_eq!(
        world.names().await.len(),
        alarms.len() + 1,
        "the alarms and the composite"
    );
    let errors = &alarms["lambda/upload/errors/critical"];
    assert_eq!(
        errors["arn"],
        format!("arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:edu/lambda/upload/errors/critical")
    );
    assert_eq!(state.value["id"], "us-east-1/edu");
    assert_eq!(state.value["tags_all"], json!({ "team": "platform" }));

    world.emulator.clear_calls();
    world.assert_settled(&state, &config, "after create").await;
    let writes: Vec<_> = world
        .operations()
        .into_iter()
        .filter(|call| call.starts_with("Put") || call.starts_with("Delete"))
        .collect();
    assert!(writes.is_empty(), "{writes:?}");

    let destroyed = world.provider.destroy(TYPE, &state).await.unwrap().ok().unwrap();
    assert!(destroyed.state.is_none());
    assert!(world.names().await.is_empty());
}

/// The small bundle without actions, which belong to one region.
fn bundle_of_any_region() -> Value {
    let silent = json!({ "warning": { "alarm_actions": [] }, "critical": { "alarm_actions": [] } });
    with(&small_bundle(), "severities", silent)
}

/// Changes one alarm by hand: reads it, edits it, puts it back, as the console does.
async fn put_by_hand(world: &World, name: &str, edit: impl Fn(MetricAlarm) -> MetricAlarm) {
    let console = world.console();
    let (alarms, _) = describe(&console).await;
    let alarm = edit(
        alarms
            .into_iter()
            .find(|alarm| alarm.alarm_name() == Some(name))
            .unwrap(),
    );
    console
        .put_metric_alarm()
        .set_alarm_name(alarm.alarm_name)
        .set_alarm_description(alarm.alarm_description)
        .set_actions_enabled(alarm.actions_enabled)
        .set_alarm_actions(alarm.alarm_actions)
        .set_ok_actions(alarm.ok_actions)
        .set_insufficient_data_actions(alarm.insufficient_data_actions)
        .set_namespace(alarm.namespace)
        .set_metric_name(alarm.metric_name)
        .set_dimensions(alarm.dimensions)
        .set_statistic(alarm.statistic)
        .set_extended_statistic(alarm.extended_statistic)
        .set_period(alarm.period)
        .set_unit(alarm.unit)
        .set_metrics(alarm.metrics.filter(|metrics| !metrics.is_empty()))
        .set_evaluation_periods(alarm.evaluation_periods)
        .set_datapoints_to_alarm(alarm.datapoints_to_alarm)
        .set_comparison_operator(alarm.comparison_operator)
        .set_threshold(alarm.threshold)
        .set_treat_missing_data(alarm.treat_missing_data)
        .set_evaluate_low_sample_count_percentile(alarm.evaluate_low_sample_count_percentile)
        .set_evaluation_window(alarm.evaluation_window)
        .send()
        .await
        .unwrap();
}

#[tokio::test]
async fn each_field_changed_by_hand_is_planned_for_repair_and_repaired() {
    type Edit = fn(MetricAlarm) -> MetricAlarm;
    const ERRORS: &str = "edu/lambda/upload/errors/critical";
    const RATE: &str = "edu/api_gateway/main/error_rate_4xx/warning";
    let set = |edit: Edit| edit;
    let cases: Vec<(&str, &str, Edit)> = vec![
        (
            "threshold",
            ERRORS,
            set(|mut a| {
                a.threshold = Some(7.5);
                a
            }),
        ),
        (
            "description",
            ERRORS,
            set(|mut a| {
                a.alarm_description = Some("mine".into());
                a
            }),
        ),
        (
            "comparison_operator",
            ERRORS,
            set(|mut a| {
                a.comparison_operator = Some(ComparisonOperator::LessThanThreshold);
                a
            }),
        ),
        (
            "period",
            ERRORS,
            set(|mut a| {
                a.period = Some(120);
                a
            }),
        ),
        (
            "evaluation_periods",
            ERRORS,
            set(|mut a| {
                a.evaluation_periods = Some(3);
                a
            }),
        ),
        (
            "datapoints_to_alarm",
            RATE,
            set(|mut a| {
                a.datapoints_to_alarm = Some(2);
                a
            }),
        ),
        (
            "treat_missing_data",
            ERRORS,
            set(|mut a| {
                a.treat_missing_data = Some("breaching".into());
                a
            }),
        ),
        (
            "alarm_actions",
            ERRORS,
            set(|mut a| {
                a.alarm_actions = None;
                a
            }),
        ),
        (
            "ok_actions",
            ERRORS,
            set(|mut a| {
                a.ok_actions = None;
                a
            }),
        ),
        (
            "insufficient_data_actions",
            ERRORS,
            set(|mut a| {
                a.insufficient_data_actions = Some(vec![PAGE.into()]);
                a
            }),
        ),
        (
            "metric_name",
            ERRORS,
            set(|mut a| {
                a.metric_name = Some("Invocations".into());
                a
            }),
        ),
        (
            "dimensions",
            ERRORS,
            set(|mut a| {
                a.dimensions = None;
                a
            }),
        ),
        (
            "unit",
            ERRORS,
            set(|mut a| {
                a.unit = Some("Count".into());
                a
            }),
        ),
        (
            "evaluation_window",
            ERRORS,
            set(|mut a| {
                a.evaluation_window = Some(EvaluationWindow::WallClockWindow(WallClockWindow::builder().build()));
                a
            }),
        ),
        (
            "metrics",
            RATE,
            set(|mut a| {
                if let Some(stat) = a
                    .metrics
                    .as_mut()
                    .and_then(|m| m.iter_mut().find_map(|query| query.metric_stat.as_mut()))
                {
                    stat.period = Some(300);
                }
                a
            }),
        ),
        (
            "expression",
            RATE,
            set(|mut a| {
                if let Some(query) = a
                    .metrics
                    .as_mut()
                    .and_then(|m| m.iter_mut().find(|query| query.expression.is_some()))
                {
                    query.expression = Some("e * 100".into());
                }
                a
            }),
        ),
    ];
    let world = World::start().await;
    let mut config = small_bundle();
    config["api_gateway"] = json!({ "main": { "api_name": "edu", "stage": "v1" } });
    let mut state = world.create(&config).await;
    for (field, name, edit) in cases {
        put_by_hand(&world, name, edit).await;
        let key = name.strip_prefix("edu/").unwrap();
        let refreshed = world.refresh(&state).await.unwrap();
        let plan = world.plan(Some(&refreshed), &config).await.ok().unwrap();
        assert_eq!(plan.action, Action::Update, "{field}");
        let shown = changes(&refreshed.value, &plan.planned);
        let expected = format!("alarms.{key}.{field}");
        assert!(
            !shown.is_empty() && shown.iter().all(|change| change.starts_with(&expected)),
            "{field}: {shown:#?}"
        );

        world.emulator.clear_calls();
        state = world.provider.apply(&plan).await.unwrap().ok().unwrap().state.unwrap();
        assert_eq!(
            world.count("PutMetricAlarm"),
            1,
            "{field}: only the changed alarm is written"
        );
        world.assert_settled(&state, &config, field).await;
    }
}

#[tokio::test]
async fn actions_disabled_by_hand_are_planned_for_repair() {
    let config = small_bundle();
    let (world, state) = World::with_bundle(&config).await;
    world
        .console()
        .disable_alarm_actions()
        .alarm_names("edu/lambda/upload/errors/critical")
        .send()
        .await
        .unwrap();
    let refreshed = world.refresh(&state).await.unwrap();
    let plan = world.plan(Some(&refreshed), &config).await.ok().unwrap();
    assert_eq!(
        changes(&refreshed.value, &plan.planned),
        ["alarms.lambda/upload/errors/critical.actions_enabled: false -> true"]
    );
    let state = world.provider.apply(&plan).await.unwrap().ok().unwrap().state.unwrap();
    world.assert_settled(&state, &config, "repaired").await;
}

#[tokio::test]
async fn a_vanished_alarm_is_planned_for_creation_and_a_vanished_bundle_too() {
    let config = small_bundle();
    let (world, state) = World::with_bundle(&config).await;
    world
        .console()
        .delete_alarms()
        .alarm_names("edu/lambda/upload/errors/critical")
        .send()
        .await
        .unwrap();
    let refreshed = world.refresh(&state).await.unwrap();
    let plan = world.plan(Some(&refreshed), &config).await.ok().unwrap();
    assert_eq!(plan.action, Action::Update);
    let state = world.provider.apply(&plan).await.unwrap().ok().unwrap().state.unwrap();
    world.assert_settled(&state, &config, "repaired").await;

    for name in world.names().await {
        world.console().delete_alarms().alarm_names(name).send().await.unwrap();
    }
    assert!(world.refresh(&state).await.is_none(), "gone is gone");
}

#[tokio::test]
async fn a_composite_rule_changed_by_hand_is_planned_for_repair() {
    let config = full_bundle();
    let (world, state) = World::with_bundle(&config).await;
    world
        .console()
        .put_composite_alarm()
        .alarm_name("edu/composite/critical")
        .alarm_rule("FALSE")
        .send()
        .await
        .unwrap();
    let refreshed = world.refresh(&state).await.unwrap();
    assert_eq!(refreshed.value["composite_alarm"]["rule"], "FALSE");
    let plan = world.plan(Some(&refreshed), &config).await.ok().unwrap();
    assert_eq!(plan.action, Action::Update);
    let state = world.provider.apply(&plan).await.unwrap().ok().unwrap().state.unwrap();
    world.assert_settled(&state, &config, "repaired").await;
}

#[tokio::test]
async fn a_smaller_bundle_changes_the_composite_before_its_children_go() {
    let config = full_bundle();
    let (world, state) = World::with_bundle(&config).await;
    world.emulator.clear_calls();
    let smaller = with(&config, "s3", Value::Null);
    let state = world.apply(Some(&state), &smaller).await.ok().unwrap().state.unwrap();
    let order: Vec<_> = world
        .operations()
        .into_iter()
        .filter(|call| call.starts_with("Put") || call.starts_with("Delete"))
        .collect();
    assert_eq!(order, ["PutCompositeAlarm", "DeleteAlarms"]);
    assert!(!world.names().await.iter().any(|name| name.contains("/s3/")));
    world.assert_settled(&state, &smaller, "smaller").await;

    let without = with(&smaller, "composite", Value::Null);
    let state = world.apply(Some(&state), &without).await.ok().unwrap().state.unwrap();
    assert_eq!(state.value["composite_alarm"], Value::Null);
    world.assert_settled(&state, &without, "without composite").await;
}

#[tokio::test]
async fn a_composite_of_another_severity_replaces_the_first() {
    let config = full_bundle();
    let (world, state) = World::with_bundle(&config).await;
    let other = with(&config, "composite.severity", json!("warning"));
    let state = world.apply(Some(&state), &other).await.ok().unwrap().state.unwrap();
    assert_eq!(state.value["composite_alarm"]["name"], "edu/composite/warning");
    let composites: Vec<_> = world
        .names()
        .await
        .into_iter()
        .filter(|name| name.contains("/composite/"))
        .collect();
    assert_eq!(composites, ["edu/composite/warning"]);
    world.assert_settled(&state, &other, "other severity").await;
}

#[tokio::test]
async fn an_imported_bundle_shows_no_remote_change_and_its_apply_writes_nothing() {
    let world = World::start().await;
    let config = full_bundle();
    world.create(&config).await;
    let imported = world
        .provider
        .import(TYPE, "us-east-1/edu")
        .await
        .unwrap()
        .ok()
        .unwrap()
        .state
        .unwrap();
    assert_eq!(
        imported.value["alarms"]["s3/files/errors_5xx/critical"]["threshold"],
        100
    );

    let plan = world.plan(Some(&imported), &config).await.ok().unwrap();
    assert_eq!(plan.action, Action::Update, "config-only attributes are recorded");
    let remote: Vec<_> = changes(&imported.value, &plan.planned)
        .into_iter()
        .filter(|change| {
            ["alarms.", "composite_alarm."]
                .iter()
                .any(|remote| change.starts_with(remote))
        })
        .collect();
    assert!(remote.is_empty(), "{remote:#?}");
    assert_eq!(
        imported.value["tags_all"],
        json!({}),
        "only the configuration says which are its own"
    );

    world.emulator.clear_calls();
    let state = world.provider.apply(&plan).await.unwrap().ok().unwrap().state.unwrap();
    let writes: Vec<_> = world
        .operations()
        .into_iter()
        .filter(|call| !["Describe", "List", "Get"].iter().any(|read| call.starts_with(read)))
        .collect();
    assert!(writes.is_empty(), "{writes:?}");
    world.assert_settled(&state, &config, "imported").await;
}

#[tokio::test]
async fn an_import_of_two_composites_names_both() {
    let world = World::start().await;
    world.create(&full_bundle()).await;
    let second = world.console().put_composite_alarm();
    let second = second.alarm_name("edu/composite/warning");
    second
        .alarm_rule("ALARM(\"edu/lambda/upload/errors/critical\")")
        .send()
        .await
        .unwrap();
    let outcome = world.provider.import(TYPE, "us-east-1/edu").await.unwrap();
    let error = outcome.diagnostics.only_error().unwrap();
    assert_eq!(error.summary, "The bundle has more than one composite alarm.");
    for name in ["edu/composite/critical", "edu/composite/warning"] {
        assert!(error.detail.contains(name), "{}", error.detail);
    }
}

#[tokio::test]
async fn an_import_of_nothing_and_a_malformed_id_say_what_to_type() {
    let world = World::start().await;
    for (id, summary, expected) in [
        ("edu", "Import id is malformed.", "eu-central-1/edu-prod"),
        (
            "us-east-1/edu/prod",
            "Import id is malformed.",
            "<region>/<bundle name>",
        ),
        ("eu-centrl-1/edu", "Import id is malformed.", "eu-central-1/edu"),
        ("edu/us-east-1", "Import id is malformed.", "us-east-1/edu"),
        (
            "us-east-1/edu",
            "The bundle does not exist.",
            "\"edu/<service>/<target>/<alarm>/<severity>\"",
        ),
    ] {
        let outcome = world.provider.import(TYPE, id).await.unwrap();
        let error = outcome.diagnostics.only_error().unwrap();
        assert_eq!(error.summary, summary, "{id}");
        assert!(error.detail.contains(expected), "{id}: {}", error.detail);
    }
}

#[tokio::test]
async fn unknown_values_leave_every_key_known() {
    let world = World::start().await;
    let mut config = small_bundle();
    config["lambda"]["upload"]["function_name"] = json!(UNKNOWN);
    config["lambda"]["upload"]["alias"] = json!(UNKNOWN);
    config["severities"]["critical"]["alarm_actions"] = json!([UNKNOWN]);
    let plan = world.plan(None, &config).await.ok().unwrap();
    let alarms = plan.planned["alarms"].as_object().unwrap();
    assert_eq!(
        alarms.keys().collect::<Vec<_>>(),
        [
            "lambda/upload/duration/critical",
            "lambda/upload/duration/warning",
            "lambda/upload/errors/critical",
            "lambda/upload/throttles/critical"
        ]
    );
    let mut known = config.clone();
    known["lambda"]["upload"]["function_name"] = json!("edu-upload");
    known["lambda"]["upload"]["alias"] = json!("live");
    known["severities"]["critical"]["alarm_actions"] = json!([PAGE]);
    let state = world
        .provider
        .apply_known(&plan, known.clone())
        .await
        .unwrap()
        .ok()
        .unwrap()
        .state
        .unwrap();
    world.assert_settled(&state, &known, "applied").await;
}

#[tokio::test]
async fn an_unknown_that_decides_existence_makes_all_alarms_unknown_until_apply() {
    let world = World::start().await;
    let config = with(&small_bundle(), "lambda.upload.timeout_seconds", json!(UNKNOWN));
    let plan = world.plan(None, &config).await.ok().unwrap();
    assert_eq!(plan.planned["alarms"], UNKNOWN);
    let known = small_bundle();
    let state = world
        .provider
        .apply_known(&plan, known.clone())
        .await
        .unwrap()
        .ok()
        .unwrap()
        .state
        .unwrap();
    assert_eq!(state.value["alarms"].as_object().unwrap().len(), 4);
    world.assert_settled(&state, &known, "applied").await;
}

#[tokio::test]
async fn a_plan_of_a_new_bundle_needs_no_credentials_and_no_network() {
    let provider = spawn(None, "", json!({})).await;
    let plan = provider.plan(TYPE, None, full_bundle()).await.unwrap().ok().unwrap();
    assert_eq!(plan.action, Action::Create);
    assert_eq!(plan.planned["alarms"]["lambda/upload/errors/critical"]["arn"], UNKNOWN);
    assert_eq!(plan.planned["id"], "us-east-1/edu");
}

#[tokio::test]
async fn a_process_that_is_configured_again_forgets_the_first_configuration() {
    let world = World::start().await;
    for region in ["us-east-1", "eu-west-1"] {
        let config = json!({ "alarm_writes_per_second": 0, "region": region });
        world.provider.configure(config).await.unwrap().ok().unwrap();
        let plan = world.plan(None, &bundle_of_any_region()).await.ok().unwrap();
        assert_eq!(plan.planned["id"], format!("{region}/edu"));
    }
}

#[tokio::test]
async fn a_new_name_or_region_replaces_the_bundle() {
    let config = bundle_of_any_region();
    let (world, state) = World::with_bundle(&config).await;
    for (case, changed, path) in [
        ("name", with(&config, "name", json!("edu2")), "name"),
        ("region", with(&config, "region", json!("eu-central-1")), "region"),
    ] {
        let plan = world.plan(Some(&state), &changed).await.ok().unwrap();
        assert_eq!(
            (plan.action, plan.requires_replace),
            (Action::Replace, vec![path.to_owned()]),
            "{case}"
        );
    }
    let moved = with(&config, "region", json!("eu-central-1"));
    let state = world.apply(Some(&state), &moved).await.ok().unwrap().state.unwrap();
    assert!(world.names().await.is_empty(), "the old region is empty");
    assert_eq!(describe(&world.console_of(ACCOUNT, "eu-central-1")).await.0.len(), 4);
    world.assert_settled(&state, &moved, "moved").await;
}

/// The provider's region may come from a resource that is not applied yet.
#[tokio::test]
async fn an_unknown_region_of_the_provider_plans_no_replacement() {
    let config = small_bundle();
    let (world, state) = World::with_bundle(&config).await;
    let unknown = json!({ "alarm_writes_per_second": 0, "region": UNKNOWN });
    world.provider.configure(unknown).await.unwrap().ok().unwrap();
    let plan = world.plan(Some(&state), &config).await.ok().unwrap();
    assert_eq!(plan.action, Action::NoOp, "{:#?}", changes(&state.value, &plan.planned));
    let changed = with(&config, "lambda.upload.timeout_seconds", json!(60));
    let plan = world.plan(Some(&state), &changed).await.ok().unwrap();
    assert_eq!((plan.action, plan.requires_replace), (Action::Update, Vec::new()));
    assert_eq!(plan.planned["region"], REGION);

    let plan = world.plan(None, &config).await.ok().unwrap();
    assert_eq!(plan.planned["region"], UNKNOWN, "a new bundle waits for it");
}

/// With `ignore_changes` Terraform plans with the prior value and still sends the configuration as typed.
#[tokio::test]
async fn what_is_applied_is_the_plan_where_the_configuration_differs() {
    let config = with(
        &small_bundle(),
        "overrides",
        json!({ "lambda/upload/errors": { "threshold": 3 } }),
    );
    let (world, state) = World::with_bundle(&config).await;
    let changed = with(&config, "lambda.upload.timeout_seconds", json!(60));
    let plan = world.plan(Some(&state), &changed).await.ok().unwrap();
    let typed = with(
        &changed,
        "overrides",
        json!({ "lambda/upload/errors": { "threshold": 9 } }),
    );
    let after = crate::bundle::world::apply_with_config(&world.provider, &plan, &typed).await;
    assert_eq!(after.value, {
        let mut planned = plan.planned.clone();
        planned["tags_all"] = after.value["tags_all"].clone();
        planned
    });
    let threshold = |name: &str| {
        world
            .emulator
            .alarm(ACCOUNT, REGION, name)
            .unwrap()
            .metric()
            .unwrap()
            .threshold
    };
    assert_eq!(threshold("edu/lambda/upload/errors/critical"), Some(3.0), "ignored");
    assert_eq!(
        threshold("edu/lambda/upload/duration/critical"),
        Some(57_000.0),
        "planned"
    );
}

#[tokio::test]
async fn configured_attributes_are_stored_as_typed() {
    let config = small_bundle();
    let (_world, state) = World::with_bundle(&config).await;
    for (attribute, expected) in [
        ("preset", Value::Null),
        ("adopt_existing", Value::Null),
        ("defaults", Value::Null),
    ] {
        assert_eq!(state.value[attribute], expected, "{attribute}");
    }
    assert_eq!(state.value["region"], REGION, "the effective region is stored");
    assert_eq!(state.value["severities"]["warning"]["alarm_actions"], json!([WARN]));
}

#[tokio::test]
async fn a_thousand_alarms_are_refreshed_in_ten_reads() {
    let world = World::start().await;
    let targets: serde_json::Map<String, Value> = (0..500)
        .map(|number| {
            (
                format!("f{number:03}"),
                json!({ "function_name": format!("function-{number}") }),
            )
        })
        .collect();
    let config =
        json!({ "name": "many", "severities": { "critical": { "alarm_actions": [PAGE] } }, "lambda": targets });
    let state = world.create(&config).await;
    assert_eq!(state.value["alarms"].as_object().unwrap().len(), 1000);
    world.emulator.clear_calls();
    world.assert_settled(&state, &config, "a thousand").await;
    assert_eq!(world.operations(), vec!["DescribeAlarms"; 10]);
    let destroyed = world.provider.destroy(TYPE, &state).await.unwrap().ok().unwrap();
    assert!(destroyed.state.is_none());
    assert!(world.names().await.is_empty());
}

#[tokio::test]
async fn two_bundles_of_one_apply_share_the_write_quota() {
    let world = World::with(json!({ "alarm_writes_per_second": 20 })).await;
    let config = |name: &str| with(&full_bundle(), "name", json!(name));
    let start = std::time::Instant::now();
    let (one, two) = (config("one"), config("two"));
    let (one, two) = tokio::join!(world.create(&one), world.create(&two));
    let alarms = [one, two]
        .map(|state| state.value["alarms"].as_object().unwrap().len())
        .iter()
        .sum::<usize>();
    let puts = world.count("PutMetricAlarm") + world.count("PutCompositeAlarm");
    assert_eq!(puts, alarms + 2);
    // a burst of one second's worth, then twenty a second: a lower bound that no slow machine can break
    let at_least = (puts as f64 - 21.0) / 20.0;
    assert!(
        start.elapsed().as_secs_f64() >= at_least,
        "{puts} writes in {:?}",
        start.elapsed()
    );
}

/// 1/3 has more digits than a double, and Terraform stores them all.
#[tokio::test]
async fn a_threshold_with_more_digits_than_a_double_settles_also_from_a_stored_state() {
    let world = World::start().await;
    let third: Value = serde_json::from_str("\"0.333333333333333333333333333333333333333333333333333\"").unwrap();
    let config = with(
        &small_bundle(),
        "overrides",
        json!({ "lambda/upload/errors": { "threshold": third } }),
    );
    let state = world.create(&config).await;
    world.assert_settled(&state, &config, "a third").await;
    // as Terraform stores it: a number of JSON with all its digits
    let text = state.value.to_string();
    assert!(text.contains("\"0.3333"), "{text}");
    let text = text.replace(
        "\"0.333333333333333333333333333333333333333333333333333\"",
        "0.333333333333333333333333333333333333333333333333333",
    );
    for version in [0, 1] {
        let stored = world
            .provider
            .upgrade_text(TYPE, version, &text)
            .await
            .unwrap()
            .ok()
            .unwrap();
        let stored = stored.state.unwrap();
        world.assert_settled(&stored, &config, "a third, stored").await;
    }
}

#[tokio::test]
async fn a_bundle_whose_severities_the_catalogue_does_not_use_is_warned_about() {
    let world = World::start().await;
    let config = with(&small_bundle(), "severities", json!({ "pager": {} }));
    let plan = world.plan(None, &config).await.ok().unwrap();
    let warning = plan.diagnostics.warnings().next().unwrap();
    assert_eq!(
        (warning.path.as_str(), warning.summary.as_str()),
        ("severities", "The bundle has no alarm.")
    );
}
