//! What goes wrong while a bundle is applied, and the truth that is left behind each time (G1, "Must hold" of the design).

use std::time::Duration;

use cloudwatch_emulator::{Fault, FaultKind, Gate, StaleReads};
use serde_json::{Value, json};
use tfplugin6_harness::{Action, State};

use crate::bundle::world::{
    ACCOUNT, OTHER_ACCOUNT, REGION, TYPE, World, describe, full_bundle, small_bundle, spawn_unconfigured, with,
};

const ERRORS: &str = "edu/lambda/upload/errors/critical";

fn fault(operation: &str, kind: FaultKind) -> Fault {
    Fault {
        operation: operation.to_owned(),
        kind,
        ..Fault::default()
    }
}

fn keys(state: &State) -> Vec<String> {
    state.value["alarms"]
        .as_object()
        .map(|alarms| alarms.keys().cloned().collect())
        .unwrap_or_default()
}

/// The state lists what CloudWatch has: nothing more, nothing less.
async fn assert_true(world: &World, state: &State, case: &str) {
    let mut listed: Vec<_> = keys(state).into_iter().map(|key| format!("edu/{key}")).collect();
    listed.extend(state.value["composite_alarm"]["name"].as_str().map(str::to_owned));
    listed.sort();
    let there = world.names().await.into_iter();
    let there: Vec<_> = there.filter(|name| name.starts_with("edu/")).collect();
    assert_eq!(listed, there, "{case}: state and CloudWatch differ");
}

/// The next apply finishes what an earlier one began.
async fn assert_converges(world: &World, state: Option<&State>, config: &Value, case: &str) {
    let refreshed = match state {
        Some(state) => world.refresh(state).await,
        None => None,
    };
    let outcome = world
        .apply(refreshed.as_ref(), config)
        .await
        .ok()
        .unwrap_or_else(|error| panic!("{case}: {error:#}"));
    let state = outcome.state.unwrap();
    world.assert_settled(&state, config, case).await;
    assert_true(world, &state, case).await;
}

#[tokio::test]
async fn throttling_of_every_call_is_waited_out() {
    let world = World::start().await;
    world.emulator.fail(Fault {
        times: Some(3),
        ..fault("*", FaultKind::Throttle)
    });
    let config = small_bundle();
    let state = world.create(&config).await;
    for operation in ["DescribeAlarms", "PutMetricAlarm", "DeleteAlarms"] {
        world.emulator.fail(Fault {
            times: Some(2),
            ..fault(operation, FaultKind::Throttle)
        });
    }
    let changed = with(&config, "lambda.upload.timeout_seconds", json!(60));
    let state = world.apply(Some(&state), &changed).await.ok().unwrap().state.unwrap();
    world.assert_settled(&state, &changed, "throttled").await;
    world.emulator.fail(Fault {
        times: Some(2),
        ..fault("*", FaultKind::Throttle)
    });
    assert!(
        world
            .provider
            .destroy(TYPE, &state)
            .await
            .unwrap()
            .ok()
            .unwrap()
            .state
            .is_none()
    );
}

/// More throttles than the SDK's own budget over all calls would stand.
#[tokio::test]
async fn throttling_of_a_whole_bundle_is_waited_out() {
    let world = World::start().await;
    // twice as many alarms as are written at once
    let functions = (0..16).map(|number| format!("f{number:02}"));
    for name in functions.clone() {
        world.emulator.fail(Fault {
            alarm_name: Some(format!("edu/lambda/{name}/errors/")),
            times: Some(3),
            ..fault("PutMetricAlarm", FaultKind::Throttle)
        });
    }
    let targets: Value = functions
        .map(|name| (name.clone(), json!({ "function_name": name })))
        .collect();
    let config = json!({ "name": "edu", "severities": { "critical": {} }, "lambda": targets });
    let state = world.create(&config).await;
    assert_eq!(
        world.count("PutMetricAlarm"),
        32 + 3 * 16,
        "two alarms a function, and every throttle"
    );
    assert_true(&world, &state, "throttled").await;
}

#[tokio::test]
async fn errors_of_the_service_and_reset_connections_are_tried_again() {
    for kind in [
        FaultKind::InternalError,
        FaultKind::ConnectionReset,
        FaultKind::AcceptThenReset,
    ] {
        let world = World::start().await;
        world.emulator.fail(Fault {
            times: Some(1),
            ..fault("PutMetricAlarm", kind)
        });
        world.emulator.fail(Fault {
            times: Some(1),
            ..fault("DescribeAlarms", kind)
        });
        let config = small_bundle();
        let state = world.create(&config).await;
        world.assert_settled(&state, &config, &format!("{kind:?}")).await;
    }
}

#[tokio::test]
async fn one_alarm_refused_in_the_middle_leaves_a_true_state_and_the_next_apply_converges() {
    let world = World::start().await;
    let config = full_bundle();
    let refused = "edu/s3/files/errors_4xx/warning";
    world.emulator.fail(Fault {
        alarm_name: Some(refused.to_owned()),
        ..fault("PutMetricAlarm", FaultKind::ValidationError)
    });
    let outcome = world.apply(None, &config).await;
    let errors: Vec<_> = outcome.diagnostics.errors().collect();
    assert_eq!(errors[0].path, "alarms[\"s3/files/errors_4xx/warning\"]");
    assert_eq!(errors[0].summary, "AWS refused the call.");
    assert!(errors[0].detail.contains(refused), "{}", errors[0].detail);
    assert!(
        errors
            .iter()
            .any(|error| error.summary == "The composite alarm was not written."),
        "{errors:?}"
    );
    let state = outcome.state.unwrap();
    assert!(state.tainted);
    assert!(!keys(&state).contains(&"s3/files/errors_4xx/warning".to_owned()));
    assert!(keys(&state).len() >= 39, "all others were written");
    assert_true(&world, &state, "refused").await;

    world.emulator.clear_faults();
    assert_converges(&world, Some(&state), &config, "after a refused create").await;
}

#[tokio::test]
async fn one_alarm_refused_in_an_update_is_in_no_state_and_the_next_apply_converges() {
    let config = small_bundle();
    let (world, state) = World::with_bundle(&config).await;
    let mut changed = config.clone();
    changed["lambda"]["download"] = json!({ "function_name": "edu-download" });
    world.emulator.fail(Fault {
        alarm_name: Some("edu/lambda/download/errors".to_owned()),
        ..fault("PutMetricAlarm", FaultKind::ValidationError)
    });
    let outcome = world.apply(Some(&state), &changed).await;
    assert!(outcome.diagnostics.has_errors());
    let state = outcome.state.unwrap();
    assert!(!state.tainted, "a failed update does not replace the bundle");
    assert_true(&world, &state, "refused").await;
    world.emulator.clear_faults();
    assert_converges(&world, Some(&state), &changed, "after a refused update").await;
}

#[tokio::test]
async fn access_denied_stops_after_the_first_and_names_the_action_to_allow() {
    let world = World::start().await;
    world.emulator.fail(fault("PutMetricAlarm", FaultKind::AccessDenied));
    let outcome = world.apply(None, &full_bundle()).await;
    let first = outcome.diagnostics.errors().next().unwrap().clone();
    assert_eq!(first.summary, "AWS denied access.");
    assert!(first.detail.contains("`cloudwatch:PutMetricAlarm`"), "{}", first.detail);
    assert!(
        world.count("PutMetricAlarm") < 20,
        "{} calls after the first refusal",
        world.count("PutMetricAlarm")
    );
    assert!(outcome.state.is_none(), "nothing was created");
}

#[tokio::test]
async fn a_provider_killed_after_any_write_of_a_create_is_finished_by_the_next_that_adopts() {
    // a killed provider returns no token: what it made is to be adopted once
    let config = with(&full_bundle(), "adopt_existing", json!(true));
    let writes = {
        let world = World::start().await;
        world.create(&config).await;
        world.count("PutMetricAlarm") + world.count("PutCompositeAlarm")
    };
    // the first, some in the middle, the last alarm, and the composite
    let points = [
        ("PutMetricAlarm", 0),
        ("PutMetricAlarm", 7),
        ("PutMetricAlarm", u32::try_from(writes).unwrap() - 2),
        ("PutCompositeAlarm", 0),
    ];
    for (operation, skip) in points {
        let case = format!("killed after {operation} {skip}");
        let mut world = World::start().await;
        let gate = world.emulator.gate(Gate {
            operation: operation.to_owned(),
            skip,
            before: false,
        });
        let plan = world.plan(None, &config).await.ok().unwrap();
        let mut applied = Box::pin(world.provider.apply(&plan));
        tokio::select! {
            _ = &mut applied => panic!("{case}: the gate was passed"),
            () = gate.reached() => {}
        }
        world.provider.kill().unwrap();
        assert!(applied.await.is_err(), "{case}: a killed provider answers nothing");
        gate.open();

        world.restart_provider().await;
        // Terraform has no state of it
        assert_converges(&world, None, &config, &case).await;
    }
}

#[tokio::test]
async fn a_provider_killed_in_an_update_is_finished_by_the_next() {
    let config = full_bundle();
    let mut changed = with(&config, "s3", Value::Null);
    changed["lambda"]["download"] = json!({ "function_name": "edu-download", "timeout_seconds": 10 });
    changed["defaults"] = json!({ "runbook_url": "https://other.example.com/{key}" });
    for (operation, skip) in [("PutMetricAlarm", 3), ("PutCompositeAlarm", 0), ("DeleteAlarms", 0)] {
        let case = format!("killed after {operation} {skip}");
        let mut world = World::start().await;
        let state = world.create(&config).await;
        let gate = world.emulator.gate(Gate {
            operation: operation.to_owned(),
            skip,
            before: false,
        });
        let plan = world.plan(Some(&state), &changed).await.ok().unwrap();
        let mut applied = Box::pin(world.provider.apply(&plan));
        tokio::select! {
            _ = &mut applied => panic!("{case}: the gate was passed"),
            () = gate.reached() => {}
        }
        world.provider.kill().unwrap();
        assert!(applied.await.is_err(), "{case}");
        gate.open();
        world.restart_provider().await;
        // Terraform still has the state of before
        assert_converges(&world, Some(&state), &changed, &case).await;
    }
}

#[tokio::test]
async fn a_stop_in_the_middle_returns_within_seconds_and_lists_what_exists() {
    let mut world = World::start().await;
    let config = full_bundle();
    let gate = world.emulator.gate(Gate {
        operation: "PutMetricAlarm".to_owned(),
        skip: 10,
        before: true,
    });
    let plan = world.plan(None, &config).await.ok().unwrap();
    let mut applied = Box::pin(world.provider.apply(&plan));
    tokio::select! {
        _ = &mut applied => panic!("the gate was passed"),
        () = gate.reached() => {}
    }
    world.provider.interrupt().unwrap();
    world.provider.stop().await.unwrap();
    let outcome = tokio::time::timeout(Duration::from_secs(10), applied)
        .await
        .expect("it returns")
        .unwrap();
    gate.open();
    let error = outcome.diagnostics.only_error().unwrap();
    assert_eq!(error.summary, "Interrupted.");
    let state = outcome.state.unwrap();
    assert!(
        keys(&state).len() >= 10 && keys(&state).len() < 30,
        "{} alarms",
        keys(&state).len()
    );
    assert!(error.detail.contains("tainted"), "{}", error.detail);
    assert_true(&world, &state, "stopped").await;

    world.restart_provider().await;
    assert_converges(&world, Some(&state), &config, "after a stop").await;
}

#[tokio::test]
async fn a_timeout_is_an_error_that_names_the_attribute_and_keeps_the_state() {
    let world = World::start().await;
    let mut config = small_bundle();
    config["timeouts"] = json!({ "create": "1s" });
    let gate = world.emulator.gate(Gate {
        operation: "PutMetricAlarm".to_owned(),
        skip: 2,
        before: true,
    });
    let outcome = world.apply(None, &config).await;
    gate.open();
    let error = outcome.diagnostics.only_error().unwrap();
    assert_eq!(
        (error.path.as_str(), error.summary.as_str()),
        ("timeouts", "The operation took too long.")
    );
    let state = outcome.state.unwrap();
    assert!(!keys(&state).is_empty());
    let longer = with(&config, "timeouts.create", json!("5m"));
    assert_converges(&world, Some(&state), &longer, "after a timeout").await;
}

#[tokio::test]
async fn a_result_that_cannot_be_read_back_is_a_warning_and_the_state_lists_what_was_written() {
    let config = small_bundle();
    let (world, state) = World::with_bundle(&config).await;
    let mut changed = with(&config, "lambda.upload.timeout_seconds", json!(60));
    changed["lambda"]["download"] = json!({ "function_name": "edu-download" });
    world.emulator.fail(Fault {
        skip: 1,
        ..fault("DescribeAlarms", FaultKind::AccessDenied)
    });
    let outcome = world.apply(Some(&state), &changed).await;
    assert!(!outcome.diagnostics.has_errors(), "{}", outcome.diagnostics);
    let warning = outcome.diagnostics.warnings().next().unwrap();
    assert_eq!(warning.summary, "The result could not be read back.");
    assert!(
        warning.detail.contains("`cloudwatch:DescribeAlarms`"),
        "{}",
        warning.detail
    );
    let after = outcome.state.unwrap();
    let arn = |state: &State| state.value["alarms"]["lambda/upload/duration/critical"]["arn"].clone();
    assert_eq!(arn(&after), arn(&state), "an ARN stays the same over an update");
    world.emulator.clear_faults();
    assert_true(&world, &after, "not read back").await;
    world.assert_settled(&after, &changed, "not read back").await;
}

/// DescribeAlarms does not have to show at once what was written.
#[tokio::test]
async fn stale_answers_after_the_writes_are_looked_at_again() {
    let config = full_bundle();
    let smaller = with(&config, "lambda", Value::Null);
    let world = World::start().await;
    let stale = |skip| StaleReads {
        operation: "DescribeAlarms".to_owned(),
        skip,
        times: 2,
    };
    world.emulator.read_stale(stale(1));
    let state = world.create(&config).await;
    assert!(state.value["composite_alarm"]["arn"].is_string());
    assert_true(&world, &state, "created").await;

    // the first look, the one right before the removal, then stale ones
    world.emulator.read_stale(stale(2));
    let state = world.apply(Some(&state), &smaller).await.ok().unwrap().state.unwrap();
    assert_true(&world, &state, "smaller").await;

    world.emulator.read_stale(stale(1));
    let destroyed = world.provider.destroy(TYPE, &state).await.unwrap().ok().unwrap();
    assert!(destroyed.state.is_none());
    assert!(world.names().await.is_empty());
}

/// An alarm that a stale answer hides is still removed.
#[tokio::test]
async fn a_destroy_right_after_a_create_sees_what_the_state_names() {
    let world = World::start().await;
    world.emulator.read_stale(StaleReads {
        operation: "DescribeAlarms".to_owned(),
        skip: 2,
        times: 1,
    });
    let state = world.create(&small_bundle()).await;
    let destroyed = world.provider.destroy(TYPE, &state).await.unwrap().ok().unwrap();
    assert!(destroyed.state.is_none());
    assert!(world.names().await.is_empty());
}

/// A failure may come with a stale answer: what CloudWatch confirmed is in the state all the same.
#[tokio::test]
async fn what_was_confirmed_is_in_the_state_of_a_failed_create_whatever_the_read_shows() {
    let world = World::start().await;
    world.emulator.fail(Fault {
        alarm_name: Some(ERRORS.to_owned()),
        ..fault("PutMetricAlarm", FaultKind::ValidationError)
    });
    world.emulator.read_stale(StaleReads {
        operation: "DescribeAlarms".to_owned(),
        skip: 1,
        times: 10,
    });
    let outcome = world.apply(None, &small_bundle()).await;
    let state = outcome.state.unwrap();
    assert_eq!(keys(&state).len(), 3);
    let there: Vec<_> = world
        .emulator
        .alarms(ACCOUNT, REGION)
        .into_iter()
        .map(|alarm| alarm.name)
        .collect();
    let listed: Vec<_> = keys(&state).into_iter().map(|key| format!("edu/{key}")).collect();
    assert_eq!(listed, there);
}

/// The bundle's own composite alarm stays because somebody's rule names it.
#[tokio::test]
async fn a_composite_that_somebodys_composite_names_keeps_its_children_and_the_texts_say_whose_it_is() {
    let config = full_bundle();
    let (world, state) = World::with_bundle(&config).await;
    let console = world.console();
    let theirs = console.put_composite_alarm().alarm_name("theirs");
    theirs
        .alarm_rule("ALARM(\"edu/composite/critical\")")
        .send()
        .await
        .unwrap();

    let other = with(&config, "composite.severity", json!("warning"));
    let outcome = world.apply(Some(&state), &other).await;
    let errors: Vec<_> = outcome.diagnostics.errors().collect();
    assert_eq!(errors.len(), 2, "{}", outcome.diagnostics);
    assert!(errors[0].detail.contains("\"theirs\""), "{}", errors[0].detail);
    assert_eq!(errors[1].summary, "The composite alarm was not written.");
    assert!(
        errors[1].detail.contains("edu/composite/critical"),
        "{}",
        errors[1].detail
    );
    let state = outcome.state.unwrap();
    assert_true(&world, &state, "the old composite").await;

    let outcome = world.provider.destroy(TYPE, &state).await.unwrap();
    let summaries: Vec<_> = outcome
        .diagnostics
        .errors()
        .map(|error| error.summary.as_str())
        .collect();
    assert_eq!(
        summaries,
        [
            "An alarm is a child of a composite that is not this bundle's.",
            "Alarms are children of the bundle's composite alarm, which still exists.",
        ]
    );
    let left = outcome.state.unwrap();
    assert_true(&world, &left, "destroyed").await;
    console.delete_alarms().alarm_names("theirs").send().await.unwrap();
    assert!(
        world
            .provider
            .destroy(TYPE, &left)
            .await
            .unwrap()
            .ok()
            .unwrap()
            .state
            .is_none()
    );
    assert!(world.names().await.is_empty());
}

/// Somebody deletes what was just written, or writes what was just deleted.
#[tokio::test]
async fn alarms_that_do_not_stay_as_they_were_left_are_errors_and_the_state_is_true() {
    let mut world = World::start().await;
    let config = small_bundle();
    let mut changed = with(&config, "lambda.upload.timeout_seconds", json!(60));
    changed["lambda"]["download"] = json!({ "function_name": "edu-download" });
    let obsolete = "edu/lambda/upload/duration/warning";
    let smaller = with(&config, "lambda.upload.timeout_seconds", Value::Null);

    let state = world.create(&config).await;
    let gate = world.emulator.gate(Gate {
        operation: "DescribeAlarms".to_owned(),
        skip: 1,
        before: true,
    });
    let plan = world.plan(Some(&state), &changed).await.ok().unwrap();
    let (outcome, ()) = tokio::join!(world.provider.apply(&plan), async {
        gate.reached().await;
        world
            .console()
            .delete_alarms()
            .alarm_names(ERRORS)
            .send()
            .await
            .unwrap();
        gate.open();
    });
    let outcome = outcome.unwrap();
    let error = outcome.diagnostics.only_error().unwrap();
    assert_eq!(error.summary, "An alarm vanished while the bundle was applied.");
    assert!(error.detail.contains(ERRORS), "{}", error.detail);
    let listed = outcome.state.unwrap();
    assert!(
        keys(&listed).contains(&"lambda/upload/errors/critical".to_owned()),
        "it may be there"
    );
    let refreshed = world.refresh(&listed).await.unwrap();
    assert_true(&world, &refreshed, "vanished").await;

    world = World::start().await;
    let state = world.create(&config).await;
    let gate = world.emulator.gate(Gate {
        operation: "DescribeAlarms".to_owned(),
        skip: 2,
        before: true,
    });
    let plan = world.plan(Some(&state), &smaller).await.ok().unwrap();
    let (outcome, ()) = tokio::join!(world.provider.apply(&plan), async {
        gate.reached().await;
        somebodys_alarm(&world, obsolete).await;
        gate.open();
    });
    let outcome = outcome.unwrap();
    let error = outcome.diagnostics.only_error().unwrap();
    assert_eq!(error.summary, "Alarms still exist after they were deleted.");
    assert!(error.detail.contains(obsolete), "{}", error.detail);
    let state = outcome.state.unwrap();
    assert_true(&world, &state, "still there").await;
    assert_converges(&world, Some(&state), &smaller, "after one that was still there").await;
}

async fn somebodys_alarm(world: &World, name: &str) {
    world
        .console()
        .put_metric_alarm()
        .alarm_name(name)
        .namespace("AWS/Lambda")
        .metric_name("Errors")
        .statistic("Sum".into())
        .period(60)
        .evaluation_periods(1)
        .threshold(1.0)
        .comparison_operator("GreaterThanThreshold".into())
        .send()
        .await
        .unwrap();
}

#[tokio::test]
async fn somebody_elses_alarm_of_the_same_name_is_an_error_unless_adopted() {
    let world = World::start().await;
    somebodys_alarm(&world, ERRORS).await;
    let config = small_bundle();
    world.emulator.clear_calls();
    let outcome = world.apply(None, &config).await;
    let error = outcome.diagnostics.only_error().unwrap();
    assert_eq!(
        (error.path.as_str(), error.summary.as_str()),
        ("name", "Alarms of these names exist already.")
    );
    assert!(
        error.detail.contains(ERRORS) && error.detail.contains("adopt_existing = true"),
        "{}",
        error.detail
    );
    assert!(outcome.state.is_none());
    assert_eq!(world.count("PutMetricAlarm"), 0, "nothing was written");

    let mut adopting = config.clone();
    adopting["adopt_existing"] = json!(true);
    let state = world.create(&adopting).await;
    world.assert_settled(&state, &adopting, "adopted").await;
}

#[tokio::test]
async fn a_child_of_somebody_elses_composite_stays_and_the_rest_is_deleted() {
    let config = full_bundle();
    let (world, state) = World::with_bundle(&config).await;
    let console = world.console();
    let theirs = console
        .put_composite_alarm()
        .alarm_name("theirs")
        .alarm_rule(format!("ALARM(\"{ERRORS}\")"));
    theirs.send().await.unwrap();

    let outcome = world.provider.destroy(TYPE, &state).await.unwrap();
    let error = outcome.diagnostics.only_error().unwrap();
    assert_eq!(
        error.summary,
        "An alarm is a child of a composite that is not this bundle's."
    );
    assert!(
        error.detail.contains(ERRORS) && error.detail.contains("\"theirs\""),
        "{}",
        error.detail
    );
    let left = outcome.state.unwrap();
    assert_eq!(keys(&left), ["lambda/upload/errors/critical"]);
    assert_eq!(left.value["composite_alarm"], Value::Null);

    console.delete_alarms().alarm_names("theirs").send().await.unwrap();
    assert!(
        world
            .provider
            .destroy(TYPE, &left)
            .await
            .unwrap()
            .ok()
            .unwrap()
            .state
            .is_none()
    );
    assert!(world.names().await.is_empty());
}

#[tokio::test]
async fn credentials_of_another_account_read_change_and_destroy_nothing() {
    let config = small_bundle();
    let (world, state) = World::with_bundle(&config).await;
    let elsewhere = world
        .another_provider(OTHER_ACCOUNT, json!({ "alarm_writes_per_second": 0 }))
        .await;

    let read = elsewhere.read(TYPE, &state).await.unwrap();
    let error = read.diagnostics.only_error().unwrap();
    assert_eq!(error.summary, "The bundle is in another AWS account.");
    assert!(
        error.detail.contains(ACCOUNT) && error.detail.contains(OTHER_ACCOUNT),
        "{}",
        error.detail
    );
    assert_eq!(read.state.unwrap().value, state.value, "the state is kept");

    let changed = with(&config, "lambda.upload.timeout_seconds", json!(60));
    let applied = elsewhere.plan_and_apply(TYPE, Some(&state), changed).await.unwrap();
    assert_eq!(
        applied.diagnostics.only_error().unwrap().summary,
        "The bundle is in another AWS account."
    );
    let destroyed = elsewhere.destroy(TYPE, &state).await.unwrap();
    assert_eq!(
        destroyed.diagnostics.only_error().unwrap().summary,
        "The bundle is in another AWS account."
    );
    assert!(destroyed.state.is_some());

    assert!(
        describe(&world.console_of(OTHER_ACCOUNT, REGION)).await.0.is_empty(),
        "nothing was made elsewhere"
    );
    world.assert_settled(&state, &config, "untouched").await;
}

#[tokio::test]
async fn an_account_that_is_not_allowed_is_refused_before_any_other_call() {
    let world = World::start().await;
    let provider = world
        .another_provider(
            OTHER_ACCOUNT,
            json!({ "alarm_writes_per_second": 0, "allowed_account_ids": [ACCOUNT] }),
        )
        .await;
    world.emulator.clear_calls();
    let outcome = provider.plan_and_apply(TYPE, None, small_bundle()).await.unwrap();
    let error = outcome.diagnostics.only_error().unwrap();
    assert_eq!(
        error.summary,
        "AWS credentials belong to an account that is not allowed."
    );
    assert!(
        error.detail.contains(OTHER_ACCOUNT) && error.detail.contains(ACCOUNT),
        "{}",
        error.detail
    );
    assert!(outcome.state.is_none());
    assert_eq!(world.operations(), ["GetCallerIdentity"]);
}

#[tokio::test]
async fn missing_credentials_and_an_unreachable_endpoint_say_what_to_set() {
    let provider = spawn_unconfigured(None, "", &[]).await;
    provider.configure(json!({})).await.unwrap().ok().unwrap();
    let outcome = provider.plan_and_apply(TYPE, None, small_bundle()).await.unwrap();
    let error = outcome.diagnostics.only_error().unwrap();
    assert_eq!(error.summary, "AWS credentials are missing or refused.");
    assert!(error.detail.contains("AWS_PROFILE"), "{}", error.detail);

    // an address of this machine where nobody listens
    let credentials = [("AWS_ACCESS_KEY_ID", ACCOUNT), ("AWS_SECRET_ACCESS_KEY", "secret")];
    let provider = spawn_unconfigured(None, ACCOUNT, &credentials).await;
    provider.configure(json!({})).await.unwrap().ok().unwrap();
    let mut config = small_bundle();
    config["timeouts"] = json!({ "create": "5s" });
    let outcome = provider.plan_and_apply(TYPE, None, config).await.unwrap();
    assert_eq!(
        outcome.diagnostics.only_error().unwrap().summary,
        "The operation took too long.",
        "a refused connection is tried again until then"
    );
}

#[tokio::test]
async fn a_failed_create_is_replaced_as_a_whole() {
    let world = World::start().await;
    let config = small_bundle();
    world.emulator.fail(Fault {
        alarm_name: Some(ERRORS.to_owned()),
        ..fault("PutMetricAlarm", FaultKind::ValidationError)
    });
    let state = world.apply(None, &config).await.state.unwrap();
    world.emulator.clear_faults();
    let refreshed = world.refresh(&state).await.unwrap();
    let plan = world.plan(Some(&refreshed), &config).await.ok().unwrap();
    assert_eq!(
        plan.action,
        Action::Replace,
        "Terraform taints what a failed create returns"
    );
    let state = world.provider.apply(&plan).await.unwrap().ok().unwrap().state.unwrap();
    world.assert_settled(&state, &config, "replaced").await;
}

#[tokio::test]
async fn secrets_appear_in_no_trace_log_and_no_diagnostic() {
    let world = World::start().await;
    let secret = "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY";
    let provider = spawn_unconfigured(
        Some(&world.emulator),
        ACCOUNT,
        &[("AWS_SECRET_ACCESS_KEY", secret), ("TF_LOG", "TRACE")],
    )
    .await;
    provider
        .configure(json!({ "alarm_writes_per_second": 0 }))
        .await
        .unwrap()
        .ok()
        .unwrap();
    world.emulator.fail(Fault {
        times: Some(1),
        ..fault("PutMetricAlarm", FaultKind::AccessDenied)
    });
    let outcome = provider.plan_and_apply(TYPE, None, small_bundle()).await.unwrap();
    assert!(outcome.diagnostics.has_errors());
    let log = provider.stderr();
    assert!(!log.is_empty(), "TRACE logs something");
    for (place, text) in [("log", log), ("diagnostics", outcome.diagnostics.to_string())] {
        assert!(
            !text.contains(secret) && !text.contains("Signature="),
            "{place}: {text}"
        );
    }
}
