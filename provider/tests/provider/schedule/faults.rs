//! Throttling, refusals, lost answers and a role that is not known yet.

use std::time::Duration;

use aws_front::{Effect, GateHandle, Rule};
use serde_json::json;
use tfplugin6_harness::{Outcome, State};

use crate::schedule::world::{TYPE, World, spawn, with};

const NOT_ASSUMABLE: &str = "The execution role you provide must allow AWS EventBridge Scheduler to assume the role.";

#[tokio::test]
async fn throttling_and_server_errors_of_every_call_are_waited_out() {
    let world = World::start().await;
    let (config, paused) = (world.config(), with(&world.config(), "enabled", json!(false)));
    for operation in ["CreateSchedule", "GetSchedule", "UpdateSchedule", "DeleteSchedule"] {
        world.front.script(Rule::on(operation).effect(Effect::throttle()));
        world
            .front
            .script(Rule::on(operation).effect(Effect::refusal(500, "InternalServerException", "Oops")));
    }
    let state = world.create(&config).await;
    let state = world.refresh(&state).await.unwrap();
    let state = world.update(&state, &paused).await;
    assert_eq!(state.value["enabled"], false);
    world.destroy(&state).await;
    // Three attempts at each call, and a look before the update and the delete.
    assert_eq!(
        world.front.operations().len(),
        4 * 3 + 2,
        "{:?}",
        world.front.operations()
    );
}

#[tokio::test]
async fn a_denied_call_names_its_action_and_loses_nothing() {
    let world = World::start().await;
    let (config, paused) = (world.config(), with(&world.config(), "enabled", json!(false)));
    let denied = |operation| {
        world
            .front
            .script(Rule::on(operation).always().effect(Effect::denied()))
    };
    let told = |diagnostics: &tfplugin6_harness::Diagnostics, action: &str| {
        let error = diagnostics.only_error().unwrap();
        assert_eq!(error.summary, "AWS denied access.");
        assert!(
            error.detail.contains(action) && error.detail.contains(&world.id()),
            "{action}: {}",
            error.detail
        );
    };

    denied("CreateSchedule");
    let outcome = world.apply(None, &config).await;
    told(&outcome.diagnostics, "scheduler:CreateSchedule");
    assert!(outcome.state.is_none() && world.there().await.is_none());
    world.front.clear();
    let state = world.create(&config).await;

    denied("GetSchedule");
    let outcome = world.provider.read(TYPE, &state).await.unwrap();
    told(&outcome.diagnostics, "scheduler:GetSchedule");
    world.front.clear();

    denied("UpdateSchedule");
    let outcome = world.apply(Some(&state), &paused).await;
    told(&outcome.diagnostics, "scheduler:UpdateSchedule");
    assert_eq!(outcome.value(), &state.value, "the truth");
    world.front.clear();

    denied("DeleteSchedule");
    let outcome = world.provider.destroy(TYPE, &state).await.unwrap();
    told(&outcome.diagnostics, "scheduler:DeleteSchedule");
    assert_eq!(outcome.value(), &state.value);
    world.front.clear();

    let state = world.update(&state, &paused).await;
    world.assert_settled(&state, &paused, "at last").await;
    world.destroy(&state).await;
}

#[tokio::test]
async fn a_lost_answer_makes_neither_an_error_nor_a_second_schedule() {
    let world = World::start().await;
    let (config, paused) = (world.config(), with(&world.config(), "enabled", json!(false)));
    for operation in ["CreateSchedule", "UpdateSchedule", "DeleteSchedule"] {
        world.front.script(Rule::on(operation).effect(Effect::LoseAnswer));
    }
    let state = world.create(&config).await;
    assert_eq!(world.count().await, 1);
    let state = world.update(&state, &paused).await;
    world.assert_settled(&state, &paused, "paused").await;
    world
        .front
        .script(Rule::on("DeleteSchedule").effect(Effect::LoseAnswer));
    world.destroy(&state).await;
}

#[tokio::test]
async fn a_write_that_was_refused_and_carried_out_all_the_same_is_a_success() {
    let world = World::start().await;
    let config = world.config();
    // The answer is lost, and the attempt after it is refused for another reason.
    world
        .front
        .script(Rule::on("CreateSchedule").effect(Effect::LoseAnswer));
    world.front.script(Rule::on("CreateSchedule").effect(Effect::denied()));
    let state = world.create(&config).await;
    world
        .front
        .script(Rule::on("UpdateSchedule").effect(Effect::LoseAnswer));
    world.front.script(Rule::on("UpdateSchedule").effect(Effect::denied()));
    let state = world.update(&state, &with(&config, "enabled", json!(false))).await;
    world.destroy(&state).await;
}

#[tokio::test]
async fn a_role_that_scheduler_does_not_know_yet_is_waited_for() {
    let mut world = World::start().await;
    let unknown_role = || Effect::refusal(400, "ValidationException", NOT_ASSUMABLE);
    world.front.script(Rule::on("CreateSchedule").effect(unknown_role()));
    let state = world.create(&world.config()).await;
    assert_eq!(world.writes(), ["CreateSchedule", "CreateSchedule"]);

    world.front.clear();
    world
        .front
        .script(Rule::on("UpdateSchedule").always().effect(unknown_role()));
    let paused = with(&world.config(), "enabled", json!(false));
    let plan = world.plan(Some(&state), &paused).await.ok().unwrap();
    let stop = async {
        while world.writes().is_empty() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        world.provider.stop().await.unwrap();
    };
    let (outcome, ()) = tokio::join!(world.provider.apply(&plan), stop);
    let outcome = outcome.unwrap();
    assert_eq!(outcome.diagnostics.only_error().unwrap().summary, "Interrupted.");
    assert_eq!(outcome.value(), &state.value);
    world.front.clear();
    world.restart_provider().await;
    world.destroy(&state).await;
}

#[tokio::test]
async fn any_other_refusal_is_told_in_the_words_of_aws() {
    let world = World::start().await;
    let refused = || Effect::refusal(400, "ValidationException", "Provided something odd.");
    world.front.script(Rule::on("CreateSchedule").effect(refused()));
    let outcome = world.apply(None, &world.config()).await;
    let error = outcome.diagnostics.only_error().unwrap();
    assert_eq!(error.summary, "AWS refused the call.");
    assert!(
        error
            .detail
            .contains("CreateSchedule answered ValidationException: Provided something odd."),
        "{}",
        error.detail
    );
    assert!(world.there().await.is_none());
}

#[tokio::test]
async fn a_group_that_does_not_exist_is_told_at_its_attribute() {
    let world = World::start().await;
    let outcome = world
        .apply(None, &with(&world.config(), "group_name", json!("nowhere")))
        .await;
    let error = outcome.diagnostics.only_error().unwrap();
    assert_eq!(
        (error.path.as_str(), error.summary.as_str()),
        ("group_name", "Schedule group does not exist.")
    );
    assert!(error.detail.contains("\"nowhere\""), "{}", error.detail);
}

#[tokio::test]
async fn a_schedule_that_goes_between_plan_and_apply_is_told_and_made_by_the_next_apply() {
    let world = World::start().await;
    let state = world.create(&world.config()).await;
    let paused = with(&world.config(), "enabled", json!(false));
    let plan = world.plan(Some(&state), &paused).await.ok().unwrap();
    world
        .console()
        .delete_schedule()
        .name(&world.name)
        .send()
        .await
        .unwrap();
    let outcome = world.provider.apply(&plan).await.unwrap();
    assert_eq!(
        outcome.diagnostics.only_error().unwrap().summary,
        "The schedule no longer exists."
    );
    assert!(world.refresh(&outcome.state.unwrap()).await.is_none());
    let state = world.create(&paused).await;
    world.destroy(&state).await;
}

/// Longest that an interrupted call may take. Nothing but a hang comes near it.
const PROMPTLY: Duration = Duration::from_secs(60);

enum Run {
    Read(State),
    Apply(Option<State>, serde_json::Value),
    Destroy(State),
}

/// Runs something, and stops the provider once it waits for the answer to a call of `operation`.
async fn stopped_at(world: &World, operation: &str, effect: fn(GateHandle) -> Effect, run: Run) -> Outcome {
    let gate = GateHandle::default();
    world.front.script(Rule::on(operation).effect(effect(gate.clone())));
    let running = async {
        match run {
            Run::Read(state) => world.provider.read(TYPE, &state).await,
            Run::Apply(prior, config) => world.provider.plan_and_apply(TYPE, prior.as_ref(), config).await,
            Run::Destroy(state) => world.provider.destroy(TYPE, &state).await,
        }
    };
    let stop = async {
        gate.reached().await;
        world.provider.stop().await.unwrap();
    };
    let both = async { tokio::join!(running, stop).0 };
    let outcome = tokio::time::timeout(PROMPTLY, both).await.expect(operation).unwrap();
    gate.open();
    let error = outcome.diagnostics.only_error().unwrap();
    assert_eq!(error.summary, "Interrupted.", "{operation}: {}", error.detail);
    outcome
}

#[tokio::test]
async fn ctrl_c_ends_every_look_that_hangs_and_nothing_is_lost() {
    let mut world = World::start().await;
    let config = world.config();
    let paused = with(&config, "enabled", json!(false));
    let state = world.create(&config).await;
    for run in [
        Run::Read(state.clone()),
        Run::Apply(Some(state.clone()), paused.clone()),
        Run::Destroy(state.clone()),
    ] {
        let outcome = stopped_at(&world, "GetSchedule", Effect::HoldRequest, run).await;
        assert_eq!(outcome.value(), &state.value);
        world.restart_provider().await;
    }
    let target = world.function(512, 60).await;
    let looked_at = with(
        &with(&config, "verify_target", json!(true)),
        "target_arn",
        json!(target),
    );
    let run = Run::Apply(Some(state.clone()), looked_at);
    let outcome = stopped_at(&world, "GetFunctionConfiguration", Effect::HoldRequest, run).await;
    assert_eq!(outcome.value(), &state.value);
    world.restart_provider().await;
    world.assert_settled(&state, &config, "nothing was changed").await;
    world.destroy(&state).await;
}

#[tokio::test]
async fn ctrl_c_ends_the_setup_of_a_client_that_hangs() {
    let mut world = World::start().await;
    let account = json!({ "allowed_account_ids": ["000000000000"] });
    world.provider = spawn(&world.front.url(), account).await;
    let run = Run::Apply(None, world.config());
    let outcome = stopped_at(&world, "GetCallerIdentity", Effect::HoldRequest, run).await;
    assert!(outcome.state.is_none() && world.there().await.is_none());
}

#[tokio::test]
async fn ctrl_c_ends_the_attempts_at_a_throttled_call() {
    let world = World::start().await;
    let state = world.create(&world.config()).await;
    world
        .front
        .script(Rule::on("GetSchedule").times(2).effect(Effect::throttle()));
    // The third attempt hangs: the first two were not the end.
    let outcome = stopped_at(&world, "GetSchedule", Effect::HoldRequest, Run::Read(state.clone())).await;
    assert_eq!(outcome.value(), &state.value);
}

#[tokio::test]
async fn a_create_without_an_answer_stays_in_the_state_and_the_next_refresh_finds_it() {
    let mut world = World::start().await;
    let config = world.config();
    let run = Run::Apply(None, config.clone());
    let outcome = stopped_at(&world, "CreateSchedule", Effect::HoldAnswer, run).await;
    let error = outcome.diagnostics.only_error().unwrap();
    assert!(
        error.detail.contains("might exist") && error.detail.contains(&world.id()),
        "{}",
        error.detail
    );
    let state = outcome.state.unwrap();
    assert!(state.tainted);
    world.restart_provider().await;
    let found = world.refresh(&state).await.unwrap();
    assert!(found.value["arn"].as_str().unwrap().contains(&world.name));
    let replaced = world.update(&found, &config).await;
    world.assert_settled(&replaced, &config, "replaced").await;
    assert_eq!(world.count().await, 1);
    world.destroy(&replaced).await;
}

#[tokio::test]
async fn a_create_without_an_answer_that_is_not_there_is_dropped_by_the_next_refresh() {
    let mut world = World::start().await;
    let config = world.config();
    let run = Run::Apply(None, config.clone());
    let outcome = stopped_at(&world, "CreateSchedule", Effect::HoldAnswer, run).await;
    world
        .console()
        .delete_schedule()
        .name(&world.name)
        .send()
        .await
        .unwrap();
    world.restart_provider().await;
    assert!(world.refresh(&outcome.state.unwrap()).await.is_none());
    let state = world.create(&config).await;
    world.destroy(&state).await;
}

#[tokio::test]
async fn a_change_without_an_answer_keeps_the_state_and_the_next_refresh_shows_what_there_is() {
    let mut world = World::start().await;
    let config = world.config();
    let paused = with(&config, "enabled", json!(false));
    let state = world.create(&config).await;
    let run = Run::Apply(Some(state.clone()), paused.clone());
    let outcome = stopped_at(&world, "UpdateSchedule", Effect::HoldAnswer, run).await;
    assert_eq!(outcome.value(), &state.value);
    world.restart_provider().await;
    let state = world.refresh(&outcome.state.unwrap()).await.unwrap();
    world.assert_settled(&state, &paused, "it was carried out").await;
    let outcome = stopped_at(
        &world,
        "DeleteSchedule",
        Effect::HoldAnswer,
        Run::Destroy(state.clone()),
    )
    .await;
    assert_eq!(outcome.value(), &state.value);
    world.restart_provider().await;
    assert!(world.refresh(&state).await.is_none());
}

#[tokio::test]
async fn an_answer_that_is_not_from_aws_is_told_with_its_status_its_text_and_the_attempts() {
    let world = World::start().await;
    let state = world.create(&world.config()).await;
    world
        .front
        .script(Rule::on("GetSchedule").times(2).effect(Effect::throttle()));
    world.front.script(Rule::on("GetSchedule").effect(Effect::Answer {
        status: 403,
        body: "<html><title>Blocked by the proxy</title></html>".to_owned(),
    }));
    let outcome = world.provider.read(TYPE, &state).await.unwrap();
    let error = outcome.diagnostics.only_error().unwrap();
    assert_eq!(error.summary, "AWS's answer cannot be read.");
    for part in [
        "GetSchedule",
        "HTTP status 403",
        "Blocked by the proxy",
        "after 3 attempts",
    ] {
        assert!(error.detail.contains(part), "{part} is not in: {}", error.detail);
    }
    assert_eq!(outcome.value(), &state.value);
    world.destroy(&state).await;
}
