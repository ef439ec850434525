//! Whose alarms are: two blocks, two states and two runs that want the same names (G1).

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU32, Ordering};

use cloudwatch_emulator::{Gate, StaleReads};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};
use tfplugin6_harness::{Action, Outcome, State};

use crate::bundle::world::{ACCOUNT, REGION, TYPE, World, full_bundle, small_bundle, with};

const ERRORS: &str = "edu/lambda/upload/errors/critical";
const DURATION: &str = "edu/lambda/upload/duration/warning";

/// Every Terraform command configures its provider: a new run remembers nothing of the one before.
async fn new_run(world: &World) {
    let config = json!({ "alarm_writes_per_second": 0 });
    world.provider.configure(config).await.unwrap().ok().unwrap();
}

fn adopting(config: &Value) -> Value {
    with(config, "adopt_existing", json!(true))
}

async fn destroy(world: &World, state: &State) -> Outcome {
    world.provider.destroy(TYPE, state).await.unwrap()
}

/// The names in a state, the composite's included.
fn names(state: &State) -> BTreeSet<String> {
    let alarms = state.value["alarms"].as_object().unwrap().values();
    let composite = &state.value["composite_alarm"];
    alarms
        .chain([composite])
        .filter_map(|alarm| alarm["name"].as_str().map(str::to_owned))
        .collect()
}

/// The descriptions as CloudWatch stores them, by name. Not by DescribeAlarms, whose answers some tests script.
fn stored_descriptions(world: &World) -> Vec<(String, String)> {
    let alarms = world.emulator.alarms(ACCOUNT, REGION).into_iter();
    alarms
        .map(|alarm| (alarm.name, alarm.description.unwrap_or_default()))
        .collect()
}

/// The tokens in the markers of the alarms there are.
fn tokens(world: &World) -> BTreeSet<String> {
    let described = stored_descriptions(world);
    let token = |text: &str| text.lines().last()?.strip_prefix("lectern:edu:").map(str::to_owned);
    described.iter().filter_map(|(_, text)| token(text)).collect()
}

fn only_warning(outcome: &Outcome) -> (String, String) {
    assert!(!outcome.diagnostics.has_errors(), "{}", outcome.diagnostics);
    let warnings: Vec<_> = outcome.diagnostics.warnings().collect();
    assert_eq!(warnings.len(), 1, "{}", outcome.diagnostics);
    (warnings[0].summary.clone(), warnings[0].detail.clone())
}

fn assert_refused(outcome: &Outcome, case: &str) {
    let error = outcome.diagnostics.only_error().unwrap();
    assert_eq!(
        (error.path.as_str(), error.summary.as_str()),
        ("name", "Alarms of these names exist already."),
        "{case}"
    );
    for expected in [
        "  - edu/",
        "`moved` block",
        "`import` block with the id \"us-east-1/edu\"",
        "`adopt_existing = true`",
        "interrupted",
    ] {
        assert!(error.detail.contains(expected), "{case}: {expected}: {}", error.detail);
    }
    assert!(outcome.state.is_none(), "{case}");
}

#[tokio::test]
async fn every_alarm_carries_the_token_of_its_resource_and_no_attribute_shows_it() {
    let (world, state) = World::with_bundle(&full_bundle()).await;
    let described = stored_descriptions(&world);
    assert_eq!(described.len(), names(&state).len());
    let tokens = tokens(&world);
    assert_eq!(tokens.len(), 1, "one resource, one token: {tokens:?}");
    for (name, text) in described {
        assert!(
            text.lines().last().unwrap().starts_with("lectern:edu:"),
            "{name}: {text}"
        );
    }
    assert!(!state.value.to_string().contains("lectern:"));
    world.assert_settled(&state, &full_bundle(), "created").await;
}

#[tokio::test]
async fn a_second_state_with_the_same_bundle_name_is_refused_and_changes_nothing() {
    let config = small_bundle();
    let (world, first) = World::with_bundle(&config).await;
    let other = with(&config, "lambda.upload.timeout_seconds", json!(60));
    for (case, second) in [("another definition", other), ("the same definition", config.clone())] {
        new_run(&world).await;
        world.emulator.clear_calls();
        assert_refused(&world.apply(None, &second).await, case);
        assert_eq!(world.count("PutMetricAlarm"), 0, "{case}");
    }
    world.assert_settled(&first, &config, "untouched").await;
}

#[tokio::test]
async fn a_renamed_block_that_is_created_first_is_refused_and_the_old_one_keeps_its_alarms() {
    let config = full_bundle();
    let (world, state) = World::with_bundle(&config).await;
    let before = world.names().await;

    new_run(&world).await;
    let created = world.apply(None, &config).await;
    assert_refused(&created, "renamed");
    let destroyed = destroy(&world, &state).await;
    let error = destroyed.diagnostics.only_error().unwrap();
    assert_eq!(error.summary, "Another resource of this run needs these alarms.");
    assert!(error.detail.contains("`moved` block"), "{}", error.detail);
    assert_eq!(
        destroyed.state.unwrap().value,
        state.value,
        "the `moved` block needs the state"
    );
    assert_eq!(world.names().await, before);

    // with the `moved` block Terraform has the same state under the new address
    new_run(&world).await;
    world.assert_settled(&state, &config, "moved").await;
}

#[tokio::test]
async fn a_renamed_block_whose_old_one_is_destroyed_first_is_made_again() {
    let config = full_bundle();
    let (world, state) = World::with_bundle(&config).await;
    new_run(&world).await;
    assert!(destroy(&world, &state).await.ok().unwrap().state.is_none());
    let state = world.create(&config).await;
    assert_eq!(world.names().await, names(&state));
    world.assert_settled(&state, &config, "made again").await;
}

/// A renamed block with `adopt_existing`, and a replacement with `create_before_destroy`.
#[tokio::test]
async fn what_another_resource_of_the_run_took_over_is_not_removed() {
    for (case, stale) in [("true reads", 0), ("reads that show the old token", 1)] {
        let world = World::start().await;
        let config = full_bundle();
        let old = world.create(&config).await;
        let before = world.names().await;
        let old_tokens = tokens(&world);

        new_run(&world).await;
        world.emulator.read_stale(StaleReads {
            operation: "DescribeAlarms".to_owned(),
            skip: 2,
            times: stale,
        });
        let new = world.create(&adopting(&config)).await;
        assert_ne!(tokens(&world), old_tokens, "{case}: taken over");
        let destroyed = destroy(&world, &old).await;
        let (summary, detail) = only_warning(&destroyed);
        assert_eq!(summary, "Alarms of another resource were not removed.", "{case}");
        assert!(detail.contains("edu/"), "{case}: {detail}");
        assert!(destroyed.state.is_none(), "{case}: it leaves the state");
        assert_eq!(world.names().await, before, "{case}");
        world.assert_settled(&new, &adopting(&config), case).await;
    }
}

#[tokio::test]
async fn a_state_whose_alarms_another_state_took_over_drops_them_and_removes_none() {
    let config = small_bundle();
    let (world, first) = World::with_bundle(&config).await;
    new_run(&world).await;
    let fewer = with(&config, "lambda.upload.timeout_seconds", Value::Null);
    let second = world.create(&adopting(&fewer)).await;

    new_run(&world).await;
    let read = world.provider.read(TYPE, &first).await.unwrap();
    let (summary, detail) = only_warning(&read);
    assert_eq!(summary, "Alarms were taken over by another resource.");
    assert!(detail.contains(ERRORS) && !detail.contains(DURATION), "{detail}");
    let refreshed = read.state.unwrap();
    assert_eq!(
        names(&refreshed).into_iter().collect::<Vec<_>>(),
        ["edu/lambda/upload/duration/critical", DURATION],
        "what nobody took stays"
    );

    // without the refresh the state still has them all
    new_run(&world).await;
    let destroyed = destroy(&world, &first).await;
    assert_eq!(
        only_warning(&destroyed).0,
        "Alarms of another resource were not removed."
    );
    assert_eq!(world.names().await, names(&second));
    world.assert_settled(&second, &adopting(&fewer), "the second").await;
}

#[tokio::test]
async fn an_update_does_not_overwrite_what_belongs_to_another_resource() {
    let world = World::start().await;
    let upload = small_bundle();
    let mut download = small_bundle();
    download["lambda"] = json!({ "download": { "function_name": "edu-download" } });
    let first = world.create(&upload).await;
    new_run(&world).await;
    let second = world.create(&download).await;

    new_run(&world).await;
    let mut both = upload.clone();
    both["lambda"]["download"] = download["lambda"]["download"].clone();
    world.emulator.clear_calls();
    let outcome = world.apply(Some(&first), &both).await;
    let error = outcome.diagnostics.only_error().unwrap();
    assert_eq!(error.summary, "Alarms of these names exist already.");
    assert!(
        error.detail.contains("edu/lambda/download/errors/critical"),
        "{}",
        error.detail
    );
    assert_eq!(world.count("PutMetricAlarm"), 0);
    assert_eq!(names(&outcome.state.unwrap()), names(&first));

    new_run(&world).await;
    let taken = world
        .apply(Some(&first), &adopting(&both))
        .await
        .ok()
        .unwrap()
        .state
        .unwrap();
    world
        .assert_settled(&taken, &adopting(&both), "adopted by an update")
        .await;
    let destroyed = destroy(&world, &second).await;
    assert_eq!(
        only_warning(&destroyed).0,
        "Alarms of another resource were not removed."
    );
    assert_eq!(world.names().await, names(&taken));
}

/// An alarm moves from one bundle to another of the same name in one apply, and the taker comes first.
#[tokio::test]
async fn an_update_that_no_longer_wants_an_alarm_keeps_it_where_another_was_refused() {
    let config = small_bundle();
    let (world, state) = World::with_bundle(&config).await;
    let smaller = with(&config, "lambda.upload.timeout_seconds", Value::Null);
    new_run(&world).await;
    assert_refused(&world.apply(None, &config).await, "the taker");
    let updated = world.apply(Some(&state), &smaller).await;
    let error = updated.diagnostics.only_error().unwrap();
    assert_eq!(error.summary, "Another resource of this run needs these alarms.");
    assert!(error.detail.contains(DURATION), "{}", error.detail);
    assert_eq!(names(&updated.state.unwrap()), names(&state), "they stay in the state");
    assert_eq!(world.names().await, names(&state));
}

#[tokio::test]
async fn an_update_leaves_an_alarm_that_another_resource_took_over() {
    let config = small_bundle();
    let (world, state) = World::with_bundle(&config).await;
    let smaller = with(&config, "lambda.upload.timeout_seconds", Value::Null);
    let plan = world.plan(Some(&state), &smaller).await.ok().unwrap();
    new_run(&world).await;
    let only_extra = json!({
        "name": "edu", "adopt_existing": true, "severities": config["severities"],
        "lambda": { "upload": { "function_name": "edu-upload", "timeout_seconds": 10 } },
        "overrides": { "lambda/upload/errors": { "enabled": false }, "lambda/upload/throttles": { "enabled": false } },
    });
    let taker = world.create(&only_extra).await;
    new_run(&world).await;
    let updated = world.provider.apply(&plan).await.unwrap();
    assert_eq!(only_warning(&updated).0, "Alarms of another resource were not removed.");
    assert!(!names(&updated.state.unwrap()).contains(DURATION));
    world.assert_settled(&taker, &only_extra, "the taker").await;
}

#[tokio::test]
async fn a_killed_create_is_finished_once_its_alarms_are_adopted() {
    let mut world = World::start().await;
    let config = full_bundle();
    let gate = world.emulator.gate(Gate {
        operation: "PutMetricAlarm".to_owned(),
        skip: 7,
        before: false,
    });
    let plan = world.plan(None, &config).await.ok().unwrap();
    let mut applied = Box::pin(world.provider.apply(&plan));
    tokio::select! {
        _ = &mut applied => panic!("the gate was passed"),
        () = gate.reached() => {}
    }
    world.provider.kill().unwrap();
    assert!(applied.await.is_err());
    gate.open();

    world.restart_provider().await;
    let refused = world.apply(None, &config).await;
    let error = refused.diagnostics.only_error().unwrap();
    assert!(error.detail.contains("interrupted create"), "{}", error.detail);
    let state = world.create(&adopting(&config)).await;
    assert_eq!(tokens(&world).len(), 1);
    // `adopt_existing` may go again
    let state = world.apply(Some(&state), &config).await.ok().unwrap().state.unwrap();
    world.assert_settled(&state, &config, "finished").await;
    assert!(destroy(&world, &state).await.ok().unwrap().state.is_none());
    assert!(world.names().await.is_empty());
}

/// Done in CloudWatch, and nobody heard of it.
#[tokio::test]
async fn a_put_whose_answer_is_lost_is_in_the_state_by_its_token() {
    let world = World::start().await;
    let config = small_bundle();
    let gate = world.emulator.gate(Gate {
        operation: "PutMetricAlarm".to_owned(),
        skip: 0,
        before: false,
    });
    let plan = world.plan(None, &config).await.ok().unwrap();
    let mut applied = Box::pin(world.provider.apply(&plan));
    tokio::select! {
        _ = &mut applied => panic!("the gate was passed"),
        () = gate.reached() => {}
    }
    world.provider.stop().await.unwrap();
    let outcome = applied.await.unwrap();
    gate.open();
    assert_eq!(outcome.diagnostics.only_error().unwrap().summary, "Interrupted.");
    assert_eq!(names(&outcome.state.unwrap()), world.names().await);
}

#[tokio::test]
async fn an_imported_bundle_goes_on_with_the_token_of_its_alarms() {
    let config = small_bundle();
    let (world, first) = World::with_bundle(&config).await;
    let before = tokens(&world);
    new_run(&world).await;
    let imported = world
        .provider
        .import(TYPE, "us-east-1/edu")
        .await
        .unwrap()
        .ok()
        .unwrap();
    let imported = imported.state.unwrap();
    assert_eq!(imported.value["owner_token"], first.value["owner_token"]);
    let changed = with(&config, "lambda.upload.timeout_seconds", json!(60));
    let state = world
        .apply(Some(&imported), &changed)
        .await
        .ok()
        .unwrap()
        .state
        .unwrap();
    assert_eq!(tokens(&world), before);
    assert!(destroy(&world, &state).await.ok().unwrap().state.is_none());
    assert!(world.names().await.is_empty());
}

#[tokio::test]
async fn alarms_of_several_resources_are_not_imported_as_one_bundle() {
    let world = World::start().await;
    world.create(&small_bundle()).await;
    new_run(&world).await;
    let mut other = small_bundle();
    other["lambda"] = json!({ "download": { "function_name": "edu-download" } });
    world.create(&other).await;
    let outcome = world.provider.import(TYPE, "us-east-1/edu").await.unwrap();
    let error = outcome.diagnostics.only_error().unwrap();
    assert_eq!(error.summary, "The alarms belong to several resources.");
    assert!(error.detail.contains("`adopt_existing = true`"), "{}", error.detail);
}

/// A bundle as version 0.1.0 left it: its marker without a token, and in the state.
async fn made_by_0_1_0(world: &World, config: &Value) -> Value {
    let state = world.create(config).await;
    for name in names(&state) {
        world.emulator.edit_alarm(ACCOUNT, REGION, &name, |alarm| {
            let stored = alarm.description.take().unwrap();
            let (text, _) = stored.rsplit_once('\n').unwrap();
            alarm.description = Some(format!("{text}\nlectern:edu"));
        });
    }
    let mut value = state.value;
    let described = |alarm: &mut Value| {
        let text = alarm["description"].as_str().unwrap();
        alarm["description"] = json!(format!("{text}\nlectern:edu"));
    };
    value["alarms"]
        .as_object_mut()
        .unwrap()
        .values_mut()
        .for_each(described);
    if !value["composite_alarm"].is_null() {
        described(&mut value["composite_alarm"]);
    }
    value
}

async fn upgraded(world: &World, stored: &Value) -> State {
    new_run(world).await;
    let upgraded = world.provider.upgrade(TYPE, 0, stored).await.unwrap().ok().unwrap();
    upgraded.state.unwrap()
}

#[tokio::test]
async fn a_bundle_of_0_1_0_is_recognised_without_a_plan_and_gets_its_token_with_the_next_write() {
    let world = World::start().await;
    let config = full_bundle();
    let stored = made_by_0_1_0(&world, &config).await;
    let state = upgraded(&world, &stored).await;
    let plan = world.plan(Some(&state), &config).await.ok().unwrap();
    assert_eq!(plan.action, Action::NoOp, "without a refresh");
    world.assert_settled(&state, &config, "with a refresh").await;

    let changed = with(&config, "lambda.upload.timeout_seconds", json!(60));
    let state = world.apply(Some(&state), &changed).await.ok().unwrap().state.unwrap();
    let marked = stored_descriptions(&world);
    let with_token = marked
        .iter()
        .filter(|(_, text)| text.contains("\nlectern:edu:"))
        .count();
    assert_eq!(with_token, 2, "the two duration alarms were written");
    new_run(&world).await;
    world.assert_settled(&state, &changed, "half of it marked").await;
    let imported = world
        .provider
        .import(TYPE, "us-east-1/edu")
        .await
        .unwrap()
        .ok()
        .unwrap();
    assert_eq!(names(&imported.state.unwrap()), names(&state));
    assert!(destroy(&world, &state).await.ok().unwrap().state.is_none());
    assert!(world.names().await.is_empty());
}

#[tokio::test]
async fn a_bundle_of_0_1_0_is_destroyed_as_a_whole_and_is_not_taken_by_another_state() {
    let world = World::start().await;
    let config = full_bundle();
    let stored = made_by_0_1_0(&world, &config).await;
    let state = upgraded(&world, &stored).await;
    assert_refused(&world.apply(None, &config).await, "another state");
    new_run(&world).await;
    assert!(destroy(&world, &state).await.ok().unwrap().state.is_none());
    assert!(world.names().await.is_empty());
}

/// What somebody does in one command. Indexes are taken modulo the states there are.
#[derive(Clone, Debug)]
enum Step {
    /// A new block or a new state.
    Create {
        want: Want,
    },
    /// A block is renamed without `moved`: create and destroy at the same time.
    Rename {
        state: usize,
        want: Want,
        destroy_first: bool,
    },
    /// `create_before_destroy` and `-replace`.
    ReplaceBeforeDestroy {
        state: usize,
        want: Want,
    },
    Update {
        state: usize,
        want: Want,
    },
    Destroy {
        state: usize,
    },
}

#[derive(Clone, Debug)]
struct Want {
    functions: Vec<&'static str>,
    timeout_seconds: u32,
    composite: bool,
    adopt: bool,
}

impl Want {
    fn config(&self, name: &str) -> Value {
        let function = |target: &&str| {
            let fields = json!({ "function_name": target, "timeout_seconds": self.timeout_seconds });
            ((*target).to_owned(), fields)
        };
        json!({
            "name": name,
            "adopt_existing": self.adopt,
            "severities": { "critical": { "alarm_actions": [] } },
            "lambda": self.functions.iter().map(function).collect::<serde_json::Map<_, _>>(),
            "composite": self.composite.then(|| json!({ "severity": "critical" })),
        })
    }
}

fn any_want() -> impl Strategy<Value = Want> {
    let functions = prop::sample::subsequence(vec!["upload", "download", "profile"], 1..=3);
    (functions, 10..13_u32, any::<bool>(), any::<bool>()).prop_map(|(functions, timeout_seconds, composite, adopt)| {
        Want {
            functions,
            timeout_seconds,
            composite,
            adopt,
        }
    })
}

fn any_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        any_want().prop_map(|want| Step::Create { want }),
        (any::<usize>(), any_want(), any::<bool>()).prop_map(|(state, want, destroy_first)| Step::Rename {
            state,
            want,
            destroy_first
        }),
        (any::<usize>(), any_want()).prop_map(|(state, want)| Step::ReplaceBeforeDestroy { state, want }),
        (any::<usize>(), any_want()).prop_map(|(state, want)| Step::Update { state, want }),
        any::<usize>().prop_map(|state| Step::Destroy { state }),
    ]
}

/// Terraform's side: the resources that some state has.
struct Terraform<'a> {
    world: &'a World,
    name: String,
    states: Vec<State>,
}

impl Terraform<'_> {
    async fn create(&self, want: &Want) -> Outcome {
        self.world.apply(None, &want.config(&self.name)).await
    }

    /// Every command refreshes first.
    async fn refresh(&mut self) {
        new_run(self.world).await;
        let mut refreshed = Vec::new();
        for state in &self.states {
            refreshed.extend(self.world.refresh(state).await);
        }
        self.states = refreshed;
    }

    async fn run(&mut self, step: &Step) {
        self.refresh().await;
        let at = |state: usize| state.checked_rem(self.states.len());
        match step {
            Step::Create { want } => {
                let created = self.create(want).await.state;
                self.states.extend(created);
            }
            Step::Rename {
                state,
                want,
                destroy_first,
            } => {
                let Some(index) = at(*state) else { return };
                let old = self.states.remove(index);
                let (created, destroyed) = if *destroy_first {
                    let (destroyed, created) = tokio::join!(destroy(self.world, &old), self.create(want));
                    (created, destroyed)
                } else {
                    tokio::join!(self.create(want), destroy(self.world, &old))
                };
                self.states.extend(created.state.into_iter().chain(destroyed.state));
            }
            Step::ReplaceBeforeDestroy { state, want } => {
                let Some(index) = at(*state) else { return };
                let created = self.create(want).await;
                if !created.diagnostics.has_errors() {
                    let old = self.states.remove(index);
                    self.states.extend(destroy(self.world, &old).await.state);
                }
                self.states.extend(created.state);
            }
            Step::Update { state, want } => {
                let Some(index) = at(*state) else { return };
                let old = self.states.remove(index);
                let updated = self.world.apply(Some(&old), &want.config(&self.name)).await;
                self.states.extend(updated.state);
            }
            Step::Destroy { state } => {
                let Some(index) = at(*state) else { return };
                let old = self.states.remove(index);
                self.states.extend(destroy(self.world, &old).await.state);
            }
        }
    }
}

#[test]
fn no_sequence_of_commands_removes_an_alarm_that_a_remaining_state_names() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let world = runtime.block_on(World::start());
    let cases = AtomicU32::new(0);
    let mut runner = TestRunner::new(Config {
        cases: 40,
        failure_persistence: None,
        ..Config::default()
    });
    let steps = prop::collection::vec(any_step(), 2..7);
    let checked = runner.run(&steps, |steps| {
        let case = cases.fetch_add(1, Ordering::Relaxed);
        runtime.block_on(async {
            let mut terraform = Terraform {
                world: &world,
                name: format!("edu{case}"),
                states: Vec::new(),
            };
            for step in &steps {
                terraform.run(step).await;
                let there = world.names().await;
                for state in &terraform.states {
                    let lost: Vec<_> = names(state).difference(&there).cloned().collect();
                    prop_assert!(lost.is_empty(), "after {step:?}: {lost:?}");
                }
            }
            // and everything that is owned can still be removed by its owner, children after their composite
            for _ in 0..20 {
                if !terraform.states.is_empty() {
                    terraform.run(&Step::Destroy { state: 0 }).await;
                }
            }
            prop_assert!(terraform.states.is_empty(), "a destroy leaves something behind");
            let prefix = format!("{}/", terraform.name);
            let left: Vec<_> = world
                .names()
                .await
                .into_iter()
                .filter(|name| name.starts_with(&prefix))
                .collect();
            prop_assert!(left.is_empty(), "nobody owns {left:?}");
            Ok(())
        })
    });
    checked.unwrap_or_else(|failure| panic!("{failure}"));
}
