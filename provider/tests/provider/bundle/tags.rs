//! Tags of a bundle: written, read, drifting, denied, and half-written (G1).

use cloudwatch_emulator::{Fault, FaultKind, Gate, StaleReads};
use serde_json::{Value, json};
use tfplugin6_harness::State;

use crate::bundle::world::{ACCOUNT, PAGE, REGION, TYPE, World, changes, small_bundle, with};

const ALARMS: [&str; 4] = [
    "lambda/upload/duration/critical",
    "lambda/upload/duration/warning",
    "lambda/upload/errors/critical",
    "lambda/upload/throttles/critical",
];

fn fault(operation: &str, kind: FaultKind) -> Fault {
    Fault {
        operation: operation.to_owned(),
        kind,
        ..Fault::default()
    }
}

fn tagged(tags: Value) -> Value {
    with(&small_bundle(), "tags", tags)
}

/// The tags of every alarm of the state, as they are in CloudWatch: `key=value`, sorted.
async fn tags_there(world: &World, state: &State) -> Vec<Vec<String>> {
    let console = world.console();
    let mut all = Vec::new();
    for key in ALARMS {
        let arn = state.value["alarms"][key]["arn"].as_str().unwrap();
        let listed = console.list_tags_for_resource().resource_arn(arn).send().await.unwrap();
        let pairs = listed.tags().iter();
        let mut tags: Vec<_> = pairs
            .map(|tag| format!("{}={}", tag.key().unwrap(), tag.value().unwrap()))
            .collect();
        tags.sort();
        all.push(tags);
    }
    all
}

fn everywhere(tags: &[&str]) -> Vec<Vec<String>> {
    vec![tags.iter().map(|tag| (*tag).to_owned()).collect(); ALARMS.len()]
}

#[tokio::test]
async fn tags_are_written_to_new_and_old_alarms_and_drift_is_repaired() {
    let world = World::start().await;
    let state = world.create(&tagged(json!({ "team": "a", "stage": "test" }))).await;
    assert_eq!(tags_there(&world, &state).await, everywhere(&["stage=test", "team=a"]));

    let changed = tagged(json!({ "team": "b" }));
    let state = world.apply(Some(&state), &changed).await.ok().unwrap().state.unwrap();
    assert_eq!(tags_there(&world, &state).await, everywhere(&["team=b"]));

    let arn = state.value["alarms"][ALARMS[2]]["arn"].as_str().unwrap().to_owned();
    let untag = world.console().untag_resource().resource_arn(&arn).tag_keys("team");
    untag.send().await.unwrap();
    let refreshed = world.refresh(&state).await.unwrap();
    let plan = world.plan(Some(&refreshed), &changed).await.ok().unwrap();
    assert_eq!(
        changes(&refreshed.value, &plan.planned),
        ["tags_all.team: \"(differs between alarms)\" -> \"b\""]
    );
    let state = world.provider.apply(&plan).await.unwrap().ok().unwrap().state.unwrap();
    assert_eq!(tags_there(&world, &state).await, everywhere(&["team=b"]));
    world.assert_settled(&state, &changed, "repaired").await;
}

/// A change and a removal, killed when one alarm has it and the others do not.
#[tokio::test]
async fn a_provider_killed_between_two_alarms_tags_is_finished_by_the_next() {
    let config = tagged(json!({ "team": "a", "stage": "test" }));
    for (operation, changed) in [
        ("TagResource", tagged(json!({ "team": "b", "stage": "test" }))),
        ("UntagResource", tagged(json!({ "stage": "test" }))),
    ] {
        let mut world = World::start().await;
        let state = world.create(&config).await;
        let gate = world.emulator.gate(Gate {
            operation: operation.to_owned(),
            skip: 0,
            before: false,
        });
        let plan = world.plan(Some(&state), &changed).await.ok().unwrap();
        let mut applied = Box::pin(world.provider.apply(&plan));
        tokio::select! {
            _ = &mut applied => panic!("{operation}: the gate was passed"),
            () = gate.reached() => {}
        }
        world.provider.kill().unwrap();
        assert!(applied.await.is_err(), "{operation}");
        gate.open();

        world.restart_provider().await;
        let refreshed = world.refresh(&state).await.unwrap();
        assert_eq!(
            refreshed.value["tags_all"]["team"], "(differs between alarms)",
            "{operation}"
        );
        let state = world
            .apply(Some(&refreshed), &changed)
            .await
            .ok()
            .unwrap()
            .state
            .unwrap();
        let of_first = tags_there(&world, &state).await[0].clone();
        let of_first: Vec<_> = of_first.iter().map(String::as_str).collect();
        assert_eq!(tags_there(&world, &state).await, everywhere(&of_first), "{operation}");
        world.assert_settled(&state, &changed, operation).await;
    }
}

#[tokio::test]
async fn an_alarm_adopted_by_an_update_gets_the_bundles_tags() {
    let world = World::start().await;
    let mut config = tagged(json!({ "team": "a" }));
    let state = world
        .create(&with(&config, "lambda.upload.timeout_seconds", Value::Null))
        .await;
    let theirs = world.console().put_metric_alarm();
    let theirs = theirs
        .alarm_name("edu/lambda/upload/duration/warning")
        .namespace("AWS/Lambda");
    let theirs = theirs
        .metric_name("Duration")
        .statistic("Sum".into())
        .period(60)
        .evaluation_periods(1);
    let theirs = theirs.threshold(1.0).comparison_operator("GreaterThanThreshold".into());
    theirs.send().await.unwrap();

    config["adopt_existing"] = json!(true);
    let state = world.apply(Some(&state), &config).await.ok().unwrap().state.unwrap();
    assert_eq!(tags_there(&world, &state).await, everywhere(&["team=a"]));
    world.assert_settled(&state, &config, "adopted").await;
}

#[tokio::test]
async fn access_denied_on_tags_is_a_warning() {
    let config = with(&small_bundle(), "tags", json!({ "team": "a" }));
    let (world, state) = World::with_bundle(&config).await;
    for operation in ["GetResources", "ListTagsForResource", "TagResource"] {
        world.emulator.fail(fault(operation, FaultKind::AccessDenied));
    }
    let read = world.provider.read(TYPE, &state).await.unwrap();
    assert!(!read.diagnostics.has_errors(), "{}", read.diagnostics);
    let warning = read.diagnostics.warnings().next().unwrap();
    assert_eq!(
        (warning.path.as_str(), warning.summary.as_str()),
        ("tags", "Tags cannot be read or written.")
    );
    assert!(
        warning.detail.contains("`cloudwatch:ListTagsForResource`"),
        "{}",
        warning.detail
    );

    let changed = with(&config, "tags", json!({ "team": "b" }));
    let outcome = world.apply(Some(&state), &changed).await;
    assert!(!outcome.diagnostics.has_errors(), "{}", outcome.diagnostics);
    assert_eq!(outcome.diagnostics.warnings().count(), 1);
}

fn many(alarms: usize) -> Value {
    let function = |number: usize| {
        (
            format!("f{number:03}"),
            json!({ "function_name": format!("function-{number}") }),
        )
    };
    json!({
        "name": "many",
        "severities": { "critical": { "alarm_actions": [PAGE] } },
        "lambda": (0..alarms / 2).map(function).collect::<serde_json::Map<_, _>>(),
        "tags": { "team": "a" },
    })
}

#[tokio::test]
async fn a_thousand_tagged_alarms_are_refreshed_in_twenty_reads() {
    let config = many(1000);
    let (world, state) = World::with_bundle(&config).await;
    assert_eq!(state.value["alarms"].as_object().unwrap().len(), 1000);
    world.emulator.clear_calls();
    world.assert_settled(&state, &config, "a thousand").await;
    assert_eq!(
        (
            world.count("DescribeAlarms"),
            world.count("GetResources"),
            world.operations().len()
        ),
        (10, 10, 20)
    );
}

#[tokio::test]
async fn where_the_index_of_tags_is_denied_they_are_read_alarm_by_alarm_with_a_warning() {
    let config = many(40);
    let (world, state) = World::with_bundle(&config).await;
    world.emulator.fail(fault("GetResources", FaultKind::AccessDenied));
    world.emulator.clear_calls();
    let read = world.provider.read(TYPE, &state).await.unwrap();
    assert!(!read.diagnostics.has_errors(), "{}", read.diagnostics);
    let warnings: Vec<_> = read.diagnostics.warnings().collect();
    assert_eq!(warnings.len(), 1, "{}", read.diagnostics);
    assert_eq!(warnings[0].summary, "Tags are read alarm by alarm.");
    assert!(
        warnings[0].detail.contains("`tag:GetResources`"),
        "{}",
        warnings[0].detail
    );
    assert_eq!(world.count("ListTagsForResource"), 40);
    assert_eq!(read.state.unwrap().value, state.value);
}

/// The index of tags follows changes after a while.
#[tokio::test]
async fn an_index_of_tags_that_is_behind_makes_no_drift_and_loses_no_change() {
    let world = World::start().await;
    let (a, b) = (tagged(json!({ "team": "a" })), tagged(json!({ "team": "b" })));
    let behind = |times| {
        world.emulator.read_stale(StaleReads {
            operation: "GetResources".to_owned(),
            skip: 0,
            times,
        });
    };
    behind(1);
    let state = world.create(&a).await;
    world.assert_settled(&state, &a, "new, and not in the index").await;

    behind(2);
    let state = world.apply(Some(&state), &b).await.ok().unwrap().state.unwrap();
    assert_eq!(tags_there(&world, &state).await, everywhere(&["team=b"]));
    // back again, while the index still shows what is wanted now
    let state = world.apply(Some(&state), &a).await.ok().unwrap().state.unwrap();
    assert_eq!(tags_there(&world, &state).await, everywhere(&["team=a"]));
}

#[tokio::test]
async fn an_import_takes_nobody_elses_tags_and_aws_own_are_never_removed() {
    const OF_AWS: &str = "aws:cloudformation:stack-name";
    let world = World::start().await;
    let config = tagged(json!({ "team": "a" }));
    let created = world.create(&tagged(json!({ "team": "a", "cost-center": "7" }))).await;
    for key in ALARMS {
        world
            .emulator
            .edit_alarm(ACCOUNT, REGION, &format!("edu/{key}"), |alarm| {
                alarm.tags.insert(OF_AWS.to_owned(), "theirs".to_owned());
            });
    }
    let imported = world
        .provider
        .import(TYPE, "us-east-1/edu")
        .await
        .unwrap()
        .ok()
        .unwrap();
    let imported = imported.state.unwrap();
    assert_eq!(imported.value["tags_all"], json!({}));
    let state = world.apply(Some(&imported), &config).await.ok().unwrap().state.unwrap();
    let theirs = ["aws:cloudformation:stack-name=theirs", "cost-center=7", "team=a"];
    assert_eq!(tags_there(&world, &state).await, everywhere(&theirs));
    world.assert_settled(&state, &config, "imported").await;

    // as an import of 0.1.0 left it
    let mut taken = created;
    taken.value["tags_all"] = json!({ "team": "a", OF_AWS: "theirs" });
    let refreshed = world.refresh(&taken).await.unwrap();
    assert_eq!(refreshed.value["tags_all"], json!({ "team": "a" }));
    let outcome = world.apply(Some(&taken), &config).await.ok().unwrap();
    assert_eq!(outcome.state.unwrap().value["tags_all"], json!({ "team": "a" }));
    assert_eq!(tags_there(&world, &state).await, everywhere(&theirs));
}

#[tokio::test]
async fn new_alarms_whose_tags_are_denied_are_made_without_them() {
    let world = World::start().await;
    world.emulator.fail(Fault {
        times: Some(1),
        ..fault("PutMetricAlarm", FaultKind::AccessDenied)
    });
    let outcome = world.apply(None, &tagged(json!({ "team": "a" }))).await;
    assert!(!outcome.diagnostics.has_errors(), "{}", outcome.diagnostics);
    let warnings: Vec<_> = outcome.diagnostics.warnings().collect();
    assert_eq!(warnings.len(), 1, "{}", outcome.diagnostics);
    assert_eq!(warnings[0].summary, "Tags cannot be read or written.");
    assert!(
        warnings[0].detail.contains("`cloudwatch:TagResource`"),
        "{}",
        warnings[0].detail
    );
    assert_eq!(world.names().await.len(), ALARMS.len());
}

#[tokio::test]
async fn tags_that_cannot_be_read_for_another_reason_are_an_error() {
    let world = World::start().await;
    let state = world.create(&tagged(json!({ "team": "a" }))).await;
    world.emulator.fail(fault("GetResources", FaultKind::AccessDenied));
    world
        .emulator
        .fail(fault("ListTagsForResource", FaultKind::ValidationError));
    let read = world.provider.read(TYPE, &state).await.unwrap();
    assert_eq!(read.diagnostics.only_error().unwrap().summary, "AWS refused the call.");
    assert_eq!(read.state.unwrap().value, state.value, "the state is kept");
}

#[tokio::test]
async fn untagged_bundles_read_no_tags() {
    let (world, state) = World::with_bundle(&small_bundle()).await;
    world.emulator.clear_calls();
    world.refresh(&state).await.unwrap();
    assert_eq!(world.operations(), ["DescribeAlarms"]);
}

#[tokio::test]
async fn default_tags_of_the_provider_are_weaker_than_the_bundles_own() {
    let world =
        World::with(json!({ "alarm_writes_per_second": 0, "default_tags": { "team": "default", "project": "edu" } }))
            .await;
    let config = with(&small_bundle(), "tags", json!({ "team": "own" }));
    let state = world.create(&config).await;
    assert_eq!(state.value["tags_all"], json!({ "team": "own", "project": "edu" }));
    assert_eq!(state.value["tags"], json!({ "team": "own" }), "stored as typed");
}
