//! A schedule belongs to one resource of one state. What a remaining state names is never removed.

use std::cell::RefCell;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};
use tfplugin6_harness::{Action, Diagnostic, Outcome, State};

use crate::schedule::world::{TYPE, World, with};

const EXISTS: &str = "A schedule of this name exists.";
const ANOTHER: &str = "The schedule belongs to another resource.";
const KEPT: &str = "The schedule was not deleted.";

impl World {
    async fn destroy_outcome(&self, state: &State) -> Outcome {
        self.provider.destroy(TYPE, state).await.unwrap()
    }
}

fn only_warning(outcome: &Outcome) -> &Diagnostic {
    let mut warnings = outcome.diagnostics.warnings();
    let first = warnings.next().expect("no warning");
    assert_eq!(warnings.next(), None);
    first
}

fn assert_refused(outcome: &Outcome, world: &World) {
    assert!(outcome.state.is_none());
    let error = outcome.diagnostics.only_error().unwrap();
    assert_eq!((error.path.as_str(), error.summary.as_str()), ("name", EXISTS));
    for part in [
        "`moved`",
        "`import`",
        &world.id(),
        "arn:aws:scheduler:",
        "Nothing was changed",
    ] {
        assert!(error.detail.contains(part), "{part} is not in: {}", error.detail);
    }
}

#[tokio::test]
async fn the_mark_is_in_schedulers_description_and_not_in_the_attribute() {
    let world = World::start().await;
    for (typed, first_line) in [
        (Value::Null, None),
        (json!("nightly"), Some("nightly")),
        (json!(""), None),
    ] {
        let config = with(&world.config(), "description", typed.clone());
        let state = world.create(&config).await;
        assert_eq!(state.value["description"], typed);
        let there = world.there().await.unwrap();
        let lines: Vec<&str> = there.description().unwrap().lines().collect();
        assert!(lines.last().unwrap().starts_with("lectern:"), "{lines:?}");
        assert_eq!((lines.len() > 1).then(|| lines[0]), first_line);
        world.assert_settled(&state, &config, "marked").await;
        world.destroy(&state).await;
    }
    let longest = with(&world.config(), "description", json!("x".repeat(493)));
    let state = world.create(&longest).await;
    world.assert_settled(&state, &longest, "longest").await;
    world.destroy(&state).await;
}

#[tokio::test]
async fn an_equal_schedule_of_another_state_is_refused_and_left_alone() {
    let (world, config, first) = World::with_schedule().await;
    let before = world.there().await.unwrap();
    world.next_run().await;
    assert_refused(&world.apply(None, &config).await, &world);
    let other = with(&config, "enabled", json!(false));
    assert_refused(&world.apply(None, &other).await, &world);
    let after = world.there().await.unwrap();
    assert_eq!(after.last_modification_date(), before.last_modification_date());
    world.next_run().await;
    world.assert_settled(&first, &config, "the first state's").await;
    world.destroy(&first).await;
}

#[tokio::test]
async fn a_schedule_made_by_hand_is_refused_until_it_is_imported() {
    let (world, config, made) = World::with_schedule().await;
    world.by_hand(|edit, _| edit.set_description(None)).await;
    world.next_run().await;
    assert_refused(&world.apply(None, &config).await, &world);
    world.next_run().await;
    let imported = world.provider.import(TYPE, &world.id()).await.unwrap().ok().unwrap();
    let paused = with(&config, "enabled", json!(false));
    let state = world.update(&imported.state.unwrap(), &paused).await;
    assert!(
        world
            .there()
            .await
            .unwrap()
            .description()
            .unwrap()
            .starts_with("lectern:")
    );
    // The state that had it before no longer does.
    let lost = world.provider.read(TYPE, &made).await.unwrap().ok().unwrap();
    assert!(lost.state.is_none());
    assert_eq!(only_warning(&lost).summary, ANOTHER);
    world.destroy(&state).await;
}

#[tokio::test]
async fn a_renamed_block_does_not_remove_the_schedule_and_a_moved_block_keeps_it() {
    let (world, config, old) = World::with_schedule().await;
    world.next_run().await;
    // One apply: the new block is created, the old one destroyed.
    assert_refused(&world.apply(None, &config).await, &world);
    let destroyed = world.destroy_outcome(&old).await;
    let error = destroyed.diagnostics.only_error().unwrap();
    assert_eq!(error.summary, KEPT);
    assert!(error.detail.contains("`moved`"), "{}", error.detail);
    assert_eq!(
        destroyed.state.as_ref(),
        Some(&old),
        "the advice works while it is in the state"
    );
    assert!(world.there().await.is_some());
    // The next apply, with the moved block: the same object under its new address.
    world.next_run().await;
    let refreshed = world.refresh(&old).await.unwrap();
    let plan = world.plan(Some(&refreshed), &config).await.ok().unwrap();
    assert_eq!(plan.action, Action::NoOp);
    world.destroy(&refreshed).await;
}

#[tokio::test]
async fn a_destroy_leaves_what_another_block_of_the_run_has_made() {
    let (world, config, old) = World::with_schedule().await;
    world
        .console()
        .delete_schedule()
        .name(&world.name)
        .send()
        .await
        .unwrap();
    world.next_run().await;
    let new = world.create(&config).await;
    let destroyed = world.destroy_outcome(&old).await.ok().unwrap();
    assert!(destroyed.state.is_none());
    assert_eq!(only_warning(&destroyed).summary, KEPT);
    world.next_run().await;
    world.assert_settled(&new, &config, "the new block's").await;
    world.destroy(&new).await;
}

#[tokio::test]
async fn what_another_state_made_since_is_dropped_at_refresh_kept_at_destroy_and_not_changed() {
    let (world, config, old) = World::with_schedule().await;
    world
        .console()
        .delete_schedule()
        .name(&world.name)
        .send()
        .await
        .unwrap();
    let new = world.create(&config).await;
    world.next_run().await;

    let read = world.provider.read(TYPE, &old).await.unwrap().ok().unwrap();
    assert!(read.state.is_none());
    let warning = only_warning(&read);
    assert_eq!(warning.summary, ANOTHER);
    assert!(
        warning.detail.contains(new.value["arn"].as_str().unwrap()),
        "{}",
        warning.detail
    );

    let changed = world.apply(Some(&old), &with(&config, "enabled", json!(false))).await;
    assert_eq!(changed.diagnostics.only_error().unwrap().summary, ANOTHER);
    assert_eq!(changed.value(), &old.value);

    let destroyed = world.destroy_outcome(&old).await.ok().unwrap();
    assert!(destroyed.state.is_none());
    assert_eq!(only_warning(&destroyed).summary, KEPT);
    world.assert_settled(&new, &config, "the new state's").await;
    world.destroy(&new).await;
}

#[tokio::test]
async fn a_schedule_of_version_0_1_0_is_its_states_and_gets_its_mark_with_the_next_change() {
    let world = World::start().await;
    let config = with(&world.config(), "description", json!("nightly"));
    let made = world.create(&config).await;
    world.by_hand(|edit, _| edit.description("nightly")).await;
    let old = State {
        private: Vec::new(),
        ..made
    };
    world.next_run().await;
    world
        .assert_settled(&old, &config, "no change for the mark alone")
        .await;
    let paused = with(&config, "enabled", json!(false));
    let state = world.update(&world.refresh(&old).await.unwrap(), &paused).await;
    let there = world.there().await.unwrap();
    assert!(there.description().unwrap().starts_with("nightly\nlectern:"));
    world.next_run().await;
    world.assert_settled(&state, &paused, "marked").await;
    world.destroy(&state).await;

    // One that was never changed goes too.
    let made = world.create(&config).await;
    world.by_hand(|edit, _| edit.description("nightly")).await;
    let old = State {
        private: Vec::new(),
        ..made
    };
    world.next_run().await;
    world.destroy(&old).await;
}

/// What Terraform orders in one apply.
#[derive(Debug, Clone, Copy)]
enum Order {
    CreateFirst,
    DestroyFirst,
    AtOnce,
}

/// One command in one of two states, which name the same schedule.
#[derive(Debug, Clone, Copy)]
enum Step {
    Apply(usize),
    /// The block has another name than before, and no moved block.
    Rename(usize, Order),
    /// `-replace`, with or without create_before_destroy.
    Replace(usize, Order),
    Destroy(usize),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let order = prop_oneof![Just(Order::CreateFirst), Just(Order::DestroyFirst), Just(Order::AtOnce)];
    let step = prop_oneof![
        3 => (0usize..2).prop_map(Step::Apply),
        3 => (0usize..2, order.clone()).prop_map(|(state, order)| Step::Rename(state, order)),
        2 => (0usize..2, order).prop_map(|(state, order)| Step::Replace(state, order)),
        1 => (0usize..2).prop_map(Step::Destroy),
    ];
    prop::collection::vec(step, 1..8)
}

/// Runs a command as Terraform does: a new run, a refresh, and then what was planned.
async fn run(world: &World, states: &mut [Option<State>; 2], step: Step) {
    world.next_run().await;
    let which = match step {
        Step::Apply(which) | Step::Rename(which, _) | Step::Replace(which, _) | Step::Destroy(which) => which,
    };
    let config = with(&world.config(), "description", json!(format!("state {which}")));
    let prior = match states[which].take() {
        Some(state) => world.refresh(&state).await,
        None => None,
    };
    let create = async || world.apply(None, &config).await.state;
    let Some(prior) = prior else {
        if !matches!(step, Step::Destroy(_)) {
            states[which] = create().await;
        }
        return;
    };
    let destroy = async || world.destroy_outcome(&prior).await.state;
    let (created, left) = match step {
        Step::Apply(_) => (world.apply(Some(&prior), &config).await.state, None),
        Step::Destroy(_) => (None, destroy().await),
        Step::Rename(_, Order::AtOnce) => tokio::join!(create(), destroy()),
        Step::Rename(_, Order::CreateFirst) => {
            let created = create().await;
            (created, destroy().await)
        }
        Step::Rename(_, Order::DestroyFirst) => {
            let left = destroy().await;
            (create().await, left)
        }
        // Terraform does not continue if the first half has failed.
        Step::Replace(_, Order::CreateFirst | Order::AtOnce) => match create().await {
            Some(created) => (Some(created), destroy().await),
            None => (None, Some(prior.clone())),
        },
        Step::Replace(_, Order::DestroyFirst) => match destroy().await {
            Some(left) => (None, Some(left)),
            None => (create().await, None),
        },
    };
    assert!(created.is_none() || left.is_none(), "two blocks have one schedule");
    states[which] = created.or(left);
}

#[test]
fn no_sequence_of_commands_removes_a_schedule_that_a_state_still_names() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let world = RefCell::new(Some(runtime.block_on(World::start())));
    let mut runner = TestRunner::new(Config {
        cases: 24,
        failure_persistence: None,
        ..Config::default()
    });
    let result = runner.run(&steps(), |steps| {
        let mut this = world.take().unwrap();
        let outcome = runtime.block_on(follow(&mut this, &steps));
        world.replace(Some(this));
        outcome
    });
    result.unwrap_or_else(|failure| panic!("{failure}"));
}

async fn follow(world: &mut World, steps: &[Step]) -> Result<(), TestCaseError> {
    world.name = crate::schedule::world::unique("sequence");
    let mut states = [None, None];
    for step in steps {
        run(world, &mut states, *step).await;
        let there = world.there().await.is_some();
        let named = states.iter().filter(|state| state.is_some()).count();
        prop_assert!(there || named == 0, "{step:?} removed what a state names");
        prop_assert!(named < 2, "{step:?}: two states have one schedule");
    }
    for state in states.iter().flatten() {
        world.next_run().await;
        prop_assert!(world.refresh(state).await.is_some(), "a state lost its schedule");
    }
    Ok(())
}
