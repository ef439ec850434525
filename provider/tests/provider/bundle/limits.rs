//! What CloudWatch accepts at its limits, from the plan through the emulator and back: nothing is refused late, and nothing is planned twice.

use serde_json::{Value, json};

use crate::bundle::world::{PAGE, TYPE, World, small_bundle, spawn_unconfigured, with};

/// A bundle with one extra alarm.
fn with_extra(extra: Value) -> Value {
    with(&small_bundle(), "extra_alarms", json!({ "edge": extra }))
}

fn on_a_metric() -> Value {
    json!({
        "severity": "critical", "namespace": "Edu", "metric_name": "Failed", "statistic": "Sum",
        "comparison_operator": "GreaterThanThreshold", "threshold": 1,
    })
}

#[tokio::test]
async fn a_threshold_of_any_size_settles() {
    let world = World::start().await;
    for threshold in [
        json!("4000000000000000000000000000000000000000000000"),
        json!("10000000000000000000"),
        json!("18446744073709551616"),
        json!("100000000000000000000000"),
        json!(123_456_789.123),
        json!(0.1),
    ] {
        let config = with_extra(with(&on_a_metric(), "threshold", threshold.clone()));
        let state = world.create(&config).await;
        world.assert_settled(&state, &config, &threshold.to_string()).await;
        world.provider.destroy(TYPE, &state).await.unwrap().ok().unwrap();
    }
}

#[tokio::test]
async fn ten_metrics_and_their_expression_are_one_alarm() {
    let world = World::start().await;
    let metric = json!({ "namespace": "Edu", "metric_name": "Failed", "statistic": "Sum" });
    let metrics: serde_json::Map<_, _> = (0..10).map(|index| (format!("m{index}"), metric.clone())).collect();
    let config = with_extra(json!({
        "severity": "critical", "metrics": metrics, "expression": "SUM(METRICS())",
        "comparison_operator": "GreaterThanThreshold", "threshold": 1,
    }));
    let state = world.create(&config).await;
    world.assert_settled(&state, &config, "ten metrics").await;
}

#[tokio::test]
async fn every_kind_of_statistic_is_accepted_and_settles() {
    let world = World::start().await;
    for statistic in ["p99.9", "IQM", "tm90", "TM(10%:90%)", "TM(150:1000)", "PR(:300)"] {
        let config = with_extra(with(&on_a_metric(), "statistic", json!(statistic)));
        let state = world.create(&config).await;
        world.assert_settled(&state, &config, statistic).await;
        world.provider.destroy(TYPE, &state).await.unwrap().ok().unwrap();
    }
}

#[tokio::test]
async fn a_dashboard_is_in_the_state_only_when_it_is_asked_for() {
    let config = small_bundle();
    let (world, state) = World::with_bundle(&config).await;
    assert_eq!(state.value["dashboard_body"], Value::Null);
    let config = with(&config, "dashboard", json!(true));
    let state = world.apply(Some(&state), &config).await.ok().unwrap().state.unwrap();
    let body: Value = serde_json::from_str(state.value["dashboard_body"].as_str().unwrap()).unwrap();
    assert!(body["widgets"].as_array().unwrap().len() > 2, "{body}");
    world.assert_settled(&state, &config, "with a dashboard").await;
    let config = with(&config, "dashboard", Value::Null);
    let state = world.apply(Some(&state), &config).await.ok().unwrap().state.unwrap();
    assert_eq!(state.value["dashboard_body"], Value::Null, "and leaves it again");
    world.assert_settled(&state, &config, "without").await;
}

#[tokio::test]
async fn a_warning_about_the_configuration_is_shown_at_plan_and_once() {
    let world = World::start().await;
    let critical = json!({ "critical": { "ok_actions": [PAGE] } });
    let config = with(&small_bundle(), "severities", critical);
    let validated = world.provider.validate_resource(TYPE, config.clone()).await.unwrap();
    assert_eq!(validated.warnings().count(), 0, "{validated:?}");
    let plan = world.plan(None, &config).await.ok().unwrap();
    let shown: Vec<_> = plan
        .diagnostics
        .warnings()
        .map(|warning| warning.summary.clone())
        .collect();
    assert_eq!(shown, ["Severity has no alarm_actions."]);
    let applied = world.apply(None, &config).await.ok().unwrap();
    assert_eq!(applied.diagnostics.warnings().count(), 0, "{:?}", applied.diagnostics);
}

#[tokio::test]
async fn a_default_tag_that_aws_refuses_is_refused_with_the_provider_block() {
    let provider = spawn_unconfigured(None, "", &[]).await;
    for (case, tags, path) in [
        ("reserved", json!({ "aws:team": "x" }), "default_tags[\"aws:team\"]"),
        ("empty", json!({ "": "x" }), "default_tags[\"\"]"),
        ("long", json!({ "team": "v".repeat(257) }), "default_tags[\"team\"]"),
    ] {
        let refused = provider
            .validate_provider(json!({ "default_tags": tags }))
            .await
            .unwrap();
        let found: Vec<_> = refused
            .errors()
            .map(|error| (error.path.clone(), error.summary.clone()))
            .collect();
        assert_eq!(found, [(path.to_owned(), "Tag is invalid.".to_owned())], "{case}");
    }
}
