//! Whose an object is: what a renamed block, a replacement before the destroy and a second state do to it.

use std::collections::BTreeSet;

use atlas_emulator::{Fault, FaultKind, Options, Pace};
use futures::future::join_all;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};
use tfplugin6_harness::{Action, Outcome, State};

use crate::atlas::world::{
    ENDPOINT, LINK, LIST, OTHER_VPCE, PROJECT, VPCE, World, api_key, configured, endpoint, link, with,
};

fn list(entries: Value) -> Value {
    json!({ "project_id": PROJECT, "entries": entries })
}

fn office() -> Value {
    list(json!({ "10.1.0.0/16": { "comment": "office" }, "10.2.0.7": {} }))
}

fn adopting(config: &Value) -> Value {
    with(config, "adopt_existing", json!(true))
}

impl World {
    /// What Terraform does at the start of a command: memory of an earlier one is gone.
    async fn new_run(&self) {
        let config = api_key(&self.emulator);
        self.provider.configure(config).await.unwrap().ok().unwrap();
    }

    /// One apply after `a` was renamed to `b` without a `moved` block: a create and a destroy, in this order.
    async fn rename(&self, kind: &str, a: &State, b: &Value) -> (Outcome, Outcome) {
        self.new_run().await;
        let made = self.apply(kind, None, b).await;
        (made, self.provider.destroy(kind, a).await.unwrap())
    }

    fn comments(&self) -> Vec<String> {
        let entries = self.snapshot().access_list.into_iter();
        let mut comments: Vec<_> = entries.map(|entry| entry.comment).collect();
        comments.sort();
        comments
    }

    fn blocks(&self) -> BTreeSet<String> {
        let entries = self.snapshot().access_list.into_iter();
        entries.map(|entry| entry.value).collect()
    }
}

fn summaries(outcome: &Outcome) -> Vec<&str> {
    outcome.diagnostics.0.iter().map(|it| it.summary.as_str()).collect()
}

#[tokio::test]
async fn an_entry_carries_a_marker_after_its_comment_and_the_attribute_shows_the_comment_as_typed() {
    let world = World::start().await;
    let state = world.create(LIST, &office()).await;
    let comments = world.comments();
    let token = comments[0].strip_prefix("lectern:").unwrap();
    assert_eq!(comments[1], format!("office lectern:{token}"));
    assert_eq!(token.len(), 10, "{token}");
    assert_eq!(state.value["entries"]["10.1.0.0/16"]["comment"], "office");
    world.assert_settled(LIST, &state, &office(), "marked").await;
    let without_marker = json!({ "cidrBlock": "10.1.0.0/16", "comment": "office" });
    world
        .emulator
        .project(PROJECT)
        .add_access_list_entry(&without_marker)
        .unwrap();
    world
        .assert_settled(LIST, &state, &office(), "a marker removed by hand")
        .await;
}

#[tokio::test]
async fn a_comment_that_leaves_no_room_for_the_marker_is_refused_at_plan_with_the_number_of_characters() {
    let world = World::start().await;
    let fits = list(json!({ "10.1.0.0/16": { "comment": "é".repeat(61) } }));
    let state = world.create(LIST, &fits).await;
    world.assert_settled(LIST, &state, &fits, "61 characters").await;
    let long = list(json!({ "10.1.0.0/16": { "comment": "é".repeat(62) } }));
    let plan = world.plan(LIST, Some(&state), &long).await;
    let error = plan.diagnostics.only_error().unwrap();
    assert_eq!(error.summary, "Comment is too long.");
    assert!(
        error.detail.contains("62") && error.detail.contains("to 61 characters"),
        "{}",
        error.detail
    );
}

#[tokio::test]
async fn a_create_is_refused_by_equal_entries_of_another_state_which_stay_its_own() {
    let world = World::start().await;
    let one = world.create(LIST, &office()).await;
    world.new_run().await;
    world.emulator.clear_calls();
    let refused = world.apply(LIST, None, &office()).await;
    let error = refused.diagnostics.only_error().unwrap();
    assert_eq!(error.summary, "The project's access list has entries.");
    for told in [
        "10.1.0.0/16 (of the lectern_atlas_access_list",
        "moved",
        "import",
        "adopt_existing = true",
    ] {
        assert!(error.detail.contains(told), "{told}: {}", error.detail);
    }
    assert!(refused.state.is_none());
    assert_eq!(world.writes(), Vec::<String>::new());
    world.assert_settled(LIST, &one, &office(), "the first state").await;
}

#[tokio::test]
async fn a_renamed_block_does_not_remove_the_access_list() {
    let world = World::start().await;
    let a = world.create(LIST, &office()).await;
    let (made, left) = world.rename(LIST, &a, &office()).await;
    assert_eq!(made.diagnostics.only_error().unwrap().path, "entries");
    let error = left.diagnostics.only_error().unwrap();
    assert_eq!(error.summary, "Access list entries are wanted by another resource.");
    assert!(error.detail.contains("`moved` block"), "{}", error.detail);
    assert_eq!(left.state.unwrap(), a, "it stays in the state");
    assert_eq!(world.blocks().len(), 2);
    // The advice, followed: the state moves to the new address.
    world.new_run().await;
    world.assert_settled(LIST, &a, &office(), "moved").await;
}

#[tokio::test]
async fn a_renamed_block_that_adopts_takes_the_entries_over_and_the_old_one_leaves_them() {
    let world = World::start().await;
    let three = list(json!({ "10.1.0.0/16": {}, "10.2.0.7": {}, "10.3.0.0/16": {} }));
    let a = world.create(LIST, &three).await;
    let (made, left) = world.rename(LIST, &a, &adopting(&office())).await;
    let warning = &made.diagnostics.0[0];
    assert_eq!(
        warning.summary,
        "Access list entries were taken over from another resource."
    );
    assert!(!warning.detail.contains("10.3.0.0/16"), "{}", warning.detail);
    assert_eq!(summaries(&left), ["Access list entries of another resource stay."]);
    assert!(left.state.is_none());
    assert_eq!(
        world.blocks(),
        ["10.1.0.0/16", "10.2.0.7/32"].map(str::to_owned).into(),
        "what only the old block had goes with it"
    );
    let b = made.ok().unwrap().state.unwrap();
    world.assert_settled(LIST, &b, &adopting(&office()), "renamed").await;
}

#[tokio::test]
async fn an_update_does_not_write_over_an_entry_of_another_state() {
    let world = World::start().await;
    let config = list(json!({ "10.1.0.0/16": {} }));
    let one = world.create(LIST, &config).await;
    let two = adopting(&list(json!({ "10.2.0.0/16": {} })));
    let other = world.create(LIST, &two).await;
    let both = list(json!({ "10.1.0.0/16": {}, "10.2.0.0/16": {} }));
    let refused = world.apply(LIST, Some(&one), &both).await;
    let error = refused.diagnostics.only_error().unwrap();
    assert_eq!(error.summary, "Access list entries exist already.");
    assert!(
        error.detail.contains("10.2.0.0/16") && !error.detail.contains("10.1.0.0/16"),
        "{}",
        error.detail
    );
    assert_eq!(refused.state.unwrap(), one);
    world.assert_settled(LIST, &other, &two, "the other").await;
}

#[tokio::test]
async fn two_adopting_lists_of_one_project_leave_each_other_alone_and_say_so() {
    let world = World::start().await;
    let [first, second] = ["10.1.0.0/16", "10.2.0.0/16"].map(|block| adopting(&list(json!({ block: {} }))));
    let one = world.create(LIST, &first).await;
    let two = world.create(LIST, &second).await;
    let read = world.read(LIST, &one).await;
    assert_eq!(
        summaries(&read),
        ["Another resource manages entries of the same access list."]
    );
    assert_eq!(
        read.state.unwrap().value["entries"],
        one.value["entries"],
        "it is no drift"
    );
    world.assert_settled(LIST, &one, &first, "one").await;
    world.destroy(LIST, &two).await;
    assert_eq!(world.blocks(), ["10.1.0.0/16".to_owned()].into());
}

#[tokio::test]
async fn two_adopting_lists_of_one_entry_are_told_that_they_fight() {
    let world = World::start().await;
    let config = adopting(&list(json!({ "10.1.0.0/16": {} })));
    let one = world.create(LIST, &config).await;
    let taken = world.apply(LIST, None, &config).await.ok().unwrap();
    assert_eq!(
        summaries(&taken),
        ["Access list entries were taken over from another resource."]
    );
    let read = world.read(LIST, &one).await;
    assert_eq!(
        summaries(&read),
        ["Access list entries were taken over by another resource."]
    );
    let lost = read.state.unwrap();
    assert_eq!(lost.value["entries"], json!({}));
    assert_eq!(world.plan(LIST, Some(&lost), &config).await.action, Action::Update);
    // The marker protects it: without the memory of a run, and with a state that was not refreshed.
    world.new_run().await;
    let destroyed = world.destroy(LIST, &one).await;
    assert_eq!(summaries(&destroyed), ["Access list entries of another resource stay."]);
    assert_eq!(world.blocks().len(), 1);
}

#[tokio::test]
async fn a_state_without_tokens_owns_its_entries_and_marks_them_when_it_writes() {
    let world = World::start().await;
    let project = world.emulator.project(PROJECT);
    project
        .add_access_list_entry(&json!({ "cidrBlock": "10.1.0.0/16", "comment": "office" }))
        .unwrap();
    project
        .add_access_list_entry(&json!({ "ipAddress": "10.2.0.7" }))
        .unwrap();
    let stored = json!({
        "id": PROJECT, "project_id": PROJECT,
        "entries": { "10.1.0.0/16": { "comment": "office" }, "10.2.0.7": { "comment": null } },
    });
    let old = world
        .provider
        .upgrade(LIST, 0, &stored)
        .await
        .unwrap()
        .ok()
        .unwrap()
        .state
        .unwrap();
    world.assert_settled(LIST, &old, &office(), "of 0.1.0").await;
    assert_eq!(
        world.comments(),
        ["", "office"],
        "no change is planned for the marker alone"
    );
    let more = list(json!({ "10.1.0.0/16": { "comment": "office" }, "10.2.0.7": {}, "10.3.0.0/16": {} }));
    let state = world.apply(LIST, Some(&old), &more).await.ok().unwrap().state.unwrap();
    assert!(
        world.comments().iter().all(|comment| comment.contains("lectern:")),
        "{:?}",
        world.comments()
    );
    world.assert_settled(LIST, &state, &more, "marked").await;
    world.destroy(LIST, &state).await;
    assert_eq!(world.blocks(), BTreeSet::new());
}

#[tokio::test]
async fn an_import_goes_on_owning_the_entries_and_refuses_a_list_of_several_owners() {
    let world = World::start().await;
    let lost = world.create(LIST, &office()).await;
    let before = world.comments();
    let imported = world
        .provider
        .import(LIST, PROJECT)
        .await
        .unwrap()
        .ok()
        .unwrap()
        .state
        .unwrap();
    assert_eq!(imported.value["entries"], lost.value["entries"]);
    assert_eq!(
        imported.value["owner_token"], lost.value["owner_token"],
        "the token of the entries"
    );
    world.destroy(LIST, &imported).await;
    assert_eq!((world.blocks(), before.len()), (BTreeSet::new(), 2));

    for block in ["10.1.0.0/16", "10.2.0.0/16"] {
        world.create(LIST, &adopting(&list(json!({ block: {} })))).await;
    }
    let refused = world.provider.import(LIST, PROJECT).await.unwrap();
    let error = refused.diagnostics.only_error().unwrap();
    assert_eq!(error.summary, "The access list belongs to several resources.");
    assert!(error.detail.contains("adopt_existing = true"), "{}", error.detail);
}

#[tokio::test]
async fn a_renamed_block_does_not_delete_the_private_link() {
    let world = World::start().await;
    let a = world.link().await;
    let id = a.value["private_link_id"].as_str().unwrap();
    let (made, left) = world.rename(LINK, &a, &link()).await;
    let b = made.ok().unwrap();
    assert_eq!(
        (&b.value()["private_link_id"], &b.value()["adopted"]),
        (&json!(id), &json!(true))
    );
    let warning = &left.diagnostics.0[0];
    assert_eq!(
        warning.summary,
        "The private link was not deleted because another resource uses it."
    );
    for told in [id, "delete_adopted = true", "`moved` block"] {
        assert!(warning.detail.contains(told), "{told}: {}", warning.detail);
    }
    assert!(left.state.is_none());
    assert_eq!(world.services().len(), 1);
    // The way out that the warning names.
    world.new_run().await;
    let owned = with(&link(), "delete_adopted", json!(true));
    let b = world
        .apply(LINK, b.state.as_ref(), &owned)
        .await
        .ok()
        .unwrap()
        .state
        .unwrap();
    world.destroy(LINK, &b).await;
    assert_eq!(world.services(), []);
}

#[tokio::test]
async fn a_renamed_block_that_may_not_adopt_is_refused_and_the_old_one_keeps_the_link() {
    let world = World::start().await;
    let config = with(&link(), "adopt_existing", json!(false));
    let a = world.create(LINK, &config).await;
    let (made, left) = world.rename(LINK, &a, &config).await;
    assert!(made.diagnostics.only_error().unwrap().detail.contains("`moved` block"));
    let error = left.diagnostics.only_error().unwrap();
    assert_eq!(error.summary, "The private link is wanted by another resource.");
    assert_eq!(left.state.unwrap(), a);
    assert_eq!(world.services().len(), 1);
    world.new_run().await;
    world.destroy(LINK, &a).await;
    assert_eq!(world.services(), [], "another run remembers nothing");
}

#[tokio::test]
async fn a_second_block_for_the_same_link_is_told_at_its_create() {
    let world = World::start().await;
    world.link().await;
    let second = world.apply(LINK, None, &link()).await.ok().unwrap();
    assert_eq!(summaries(&second), ["Two resources manage the same private link."]);
    world.new_run().await;
    let third = world.apply(LINK, None, &link()).await.ok().unwrap();
    assert_eq!(
        summaries(&third),
        Vec::<&str>::new(),
        "what an earlier run made is not known"
    );
}

#[tokio::test]
async fn a_renamed_block_does_not_remove_the_endpoint() {
    let world = World::start().await;
    let config = endpoint(&world.link().await);
    let a = world.create(ENDPOINT, &config).await;
    let (made, left) = world.rename(ENDPOINT, &a, &config).await;
    let error = made.diagnostics.only_error().unwrap();
    assert_eq!(
        (error.path.as_str(), error.summary.as_str()),
        ("interface_endpoint_id", "The endpoint is registered already.")
    );
    for told in ["`moved` block", "`import` block", "create_before_destroy"] {
        assert!(error.detail.contains(told), "{told}: {}", error.detail);
    }
    let error = left.diagnostics.only_error().unwrap();
    assert_eq!(error.summary, "The endpoint is wanted by another resource.");
    assert_eq!(left.state.unwrap(), a);
    assert_eq!(world.services()[0].endpoints.len(), 1);
    world.new_run().await;
    world.assert_settled(ENDPOINT, &a, &config, "moved").await;
}

#[tokio::test]
async fn an_endpoint_whose_registration_lost_its_answer_is_ours() {
    for (case, kind) in [
        ("a reset", FaultKind::AcceptThenReset),
        ("a 500", FaultKind::AcceptThenInternalError),
    ] {
        let world = World::start().await;
        let config = endpoint(&world.link().await);
        world.emulator.fault(Fault {
            method: "POST".to_owned(),
            times: Some(1),
            kind,
            ..Fault::default()
        });
        let state = world.create(ENDPOINT, &config).await;
        world.assert_settled(ENDPOINT, &state, &config, case).await;
        world.destroy(ENDPOINT, &state).await;
        assert_eq!(world.services()[0].endpoints, [], "{case}");
    }
}

#[tokio::test]
async fn an_endpoint_whose_registration_was_cut_by_a_stop_stays_in_the_state() {
    let world = World::start().await;
    let config = endpoint(&world.link().await);
    for kind in [FaultKind::AcceptThenHang, FaultKind::Hang] {
        world.emulator.clear_calls();
        world.emulator.fault(Fault {
            method: "POST".to_owned(),
            kind: kind.clone(),
            ..Fault::default()
        });
        let provider = configured(api_key(&world.emulator)).await;
        let (outcome, ()) = tokio::join!(provider.plan_and_apply(ENDPOINT, None, config.clone()), async {
            while !world
                .emulator
                .calls()
                .iter()
                .any(|call| call.authenticated && call.method == "POST")
            {
                tokio::time::sleep(std::time::Duration::from_millis(5)).await;
            }
            provider.stop().await.unwrap();
        });
        let outcome = outcome.unwrap().ok().unwrap();
        assert_eq!(summaries(&outcome), ["Interrupted."]);
        let state = outcome.state.unwrap();
        assert!(!state.tainted);
        world.emulator.clear_faults();
        let registered = world.services()[0].endpoints.len();
        let Some(refreshed) = world.read(ENDPOINT, &state).await.state else {
            assert_eq!(
                (kind, registered),
                (FaultKind::Hang, 0),
                "only what Atlas did not register is gone"
            );
            continue;
        };
        assert_eq!(registered, 1);
        let state = world
            .apply(ENDPOINT, Some(&refreshed), &config)
            .await
            .ok()
            .unwrap()
            .state
            .unwrap();
        world.assert_settled(ENDPOINT, &state, &config, "gone on").await;
        world.destroy(ENDPOINT, &state).await;
    }
}

/// A destroy and a create of one object at the same time, as Terraform runs them for a renamed block: whichever comes first, the object
/// of the one that remains exists.
#[tokio::test]
async fn a_renamed_block_keeps_its_object_whoever_comes_first() {
    for kind in [LIST, LINK, ENDPOINT] {
        let world = World::with(Options {
            pace: Pace::Looks(0),
            ..Options::default()
        })
        .await;
        let made = world.foreign_service();
        let config = match kind {
            LIST => office(),
            LINK => with(&link(), "region", json!("eu-central-1")),
            _ => json!({ "project_id": PROJECT, "private_link_id": made, "interface_endpoint_id": VPCE }),
        };
        let a = world.create(kind, &config).await;
        world.new_run().await;
        let (gone, made) = tokio::join!(world.provider.destroy(kind, &a), world.apply(kind, None, &config));
        let gone = gone.unwrap();
        for state in [gone.state, made.state].into_iter().flatten() {
            world.new_run().await;
            assert!(
                world.read(kind, &state).await.state.is_some(),
                "{kind}: {}",
                state.value
            );
            world.assert_settled(kind, &state, &config, kind).await;
        }
        let exists = !world.blocks().is_empty()
            || world
                .services()
                .iter()
                .any(|it| it.region == "EU_CENTRAL_1" || !it.endpoints.is_empty());
        assert!(exists, "{kind}");
    }
}

#[derive(Clone, Debug)]
enum Step {
    Create { stack: usize, choice: usize, adopt: bool },
    Change { stack: usize, choice: usize, adopt: bool },
    Rename { stack: usize, adopt: bool },
    ReplaceBeforeDestroy { stack: usize, adopt: bool },
    Destroy { stack: usize },
}

fn any_step() -> impl Strategy<Value = Step> {
    let (stack, choice, adopt) = (0..2_usize, 0..3_usize, any::<bool>());
    prop_oneof![
        3 => (stack.clone(), choice.clone(), adopt).prop_map(|(stack, choice, adopt)| Step::Create { stack, choice, adopt }),
        1 => (stack.clone(), choice, adopt).prop_map(|(stack, choice, adopt)| Step::Change { stack, choice, adopt }),
        2 => (stack.clone(), adopt).prop_map(|(stack, adopt)| Step::Rename { stack, adopt }),
        2 => (stack.clone(), adopt).prop_map(|(stack, adopt)| Step::ReplaceBeforeDestroy { stack, adopt }),
        2 => stack.prop_map(|stack| Step::Destroy { stack }),
    ]
}

/// What the property needs to know of a resource.
struct Law {
    kind: &'static str,
    /// The configuration of a choice.
    config: fn(choice: usize, adopt: bool, service: &str) -> Value,
    /// The objects that a state names.
    named: fn(&State) -> BTreeSet<String>,
    /// The objects that exist.
    existing: fn(&World) -> BTreeSet<String>,
    /// Whether this state's destroy may take an object from another Terraform state, because Atlas has no place for a marker.
    may_take: fn(&State) -> bool,
}

/// One Terraform state with the blocks in it; a choice of configuration for each.
#[derive(Default)]
struct Stack {
    blocks: Vec<(State, usize)>,
}

/// Terraform's refresh, at the start of a command.
async fn refresh(world: &World, law: &Law, stacks: &mut [Stack; 2]) {
    for stack in stacks {
        let mut blocks = Vec::new();
        for (state, choice) in stack.blocks.drain(..) {
            blocks.extend(world.read(law.kind, &state).await.state.map(|state| (state, choice)));
        }
        stack.blocks = blocks;
    }
}

/// Does a step, and says whether what another state names may be gone with it.
async fn step(world: &World, law: &Law, stacks: &mut [Stack; 2], service: &str, step: &Step) -> bool {
    let (Step::Create { stack, .. }
    | Step::Change { stack, .. }
    | Step::Rename { stack, .. }
    | Step::ReplaceBeforeDestroy { stack, .. }
    | Step::Destroy { stack }) = step;
    let blocks = &mut stacks[*stack].blocks;
    let may_take = blocks.iter().any(|(state, _)| (law.may_take)(state));
    match (step, blocks.pop()) {
        (Step::Create { choice, adopt, .. }, None) => {
            let config = (law.config)(*choice, *adopt, service);
            let made = world.apply(law.kind, None, &config).await;
            blocks.extend(made.state.map(|state| (state, *choice)));
        }
        (Step::Change { choice, adopt, .. }, Some((state, _))) if law.kind == LIST && !state.tainted => {
            let config = (law.config)(*choice, *adopt, service);
            let changed = world.apply(law.kind, Some(&state), &config).await;
            blocks.extend(changed.state.map(|state| (state, *choice)));
        }
        (Step::Rename { adopt, .. }, Some((state, choice))) => {
            let config = (law.config)(choice, *adopt, service);
            let (made, gone) = tokio::join!(
                world.apply(law.kind, None, &config),
                world.provider.destroy(law.kind, &state)
            );
            blocks.extend(gone.unwrap().state.map(|state| (state, choice)));
            blocks.extend(made.state.map(|state| (state, choice)));
        }
        (Step::ReplaceBeforeDestroy { adopt, .. }, Some((state, choice))) => {
            let config = (law.config)(choice, *adopt, service);
            let made = world.apply(law.kind, None, &config).await;
            if made.diagnostics.has_errors() {
                blocks.push((state, choice));
            } else {
                let gone = world.provider.destroy(law.kind, &state).await.unwrap();
                blocks.extend(gone.state.map(|state| (state, choice)));
            }
            blocks.extend(made.state.map(|state| (state, choice)));
        }
        (Step::Destroy { .. }, Some(last)) => {
            for (state, choice) in blocks.drain(..).chain([last]).collect::<Vec<_>>() {
                let gone = world.provider.destroy(law.kind, &state).await.unwrap();
                blocks.extend(gone.state.map(|state| (state, choice)));
            }
        }
        (_, block) => blocks.extend(block),
    }
    may_take
}

async fn live(law: &Law, steps: Vec<Step>) {
    let world = World::with(Options {
        pace: Pace::Looks(0),
        ..Options::default()
    })
    .await;
    let service = if law.kind == ENDPOINT {
        world.foreign_service()
    } else {
        String::new()
    };
    let mut stacks = <[Stack; 2]>::default();
    for (number, next) in steps.iter().enumerate() {
        world.new_run().await;
        refresh(&world, law, &mut stacks).await;
        let named =
            |stack: &Stack| -> BTreeSet<_> { stack.blocks.iter().flat_map(|(state, _)| (law.named)(state)).collect() };
        let before = stacks.each_ref().map(named);
        let may_take = step(&world, law, &mut stacks, &service, next).await;
        let existing = (law.existing)(&world);
        let (Step::Create { stack: acting, .. }
        | Step::Change { stack: acting, .. }
        | Step::Rename { stack: acting, .. }
        | Step::ReplaceBeforeDestroy { stack: acting, .. }
        | Step::Destroy { stack: acting }) = next;
        for (index, stack) in stacks.iter().enumerate() {
            // What a step just made must exist; what a state named before must exist if it still names it.
            let mut must: BTreeSet<_> = named(stack);
            if index != *acting {
                must = before[index].clone();
            }
            if index != *acting && may_take {
                continue;
            }
            let lost: Vec<_> = must.difference(&existing).collect();
            assert!(
                lost.is_empty(),
                "{}: step {number} of {steps:?} lost {lost:?} of state {index}",
                law.kind
            );
        }
    }
}

/// Sequences of steps for each resource: by chance, but the same each time.
const LIVES: usize = 12;
const STEPS: usize = 10;

async fn never_loses_what_a_state_names(law: Law) {
    let mut runner = TestRunner::deterministic();
    let steps = prop::collection::vec(any_step(), STEPS);
    let lives: Vec<_> = (0..LIVES)
        .map(|_| steps.new_tree(&mut runner).unwrap().current())
        .collect();
    join_all(lives.into_iter().map(|steps| live(&law, steps))).await;
}

fn texts<'a>(values: impl IntoIterator<Item = &'a str>) -> BTreeSet<String> {
    values.into_iter().map(str::to_owned).collect()
}

#[tokio::test]
async fn no_sequence_of_runs_removes_an_entry_that_a_remaining_state_names() {
    never_loses_what_a_state_names(Law {
        kind: LIST,
        config: |choice, adopt, _| {
            let entries = [
                json!({ "10.1.0.0/16": { "comment": "a" } }),
                json!({ "10.1.0.0/16": { "comment": "b" }, "10.2.0.0/16": {} }),
                json!({ "10.2.0.0/16": {}, "10.3.0.0/16": {} }),
            ];
            with(&list(entries[choice].clone()), "adopt_existing", json!(adopt))
        },
        named: |state| state.value["entries"].as_object().unwrap().keys().cloned().collect(),
        existing: World::blocks,
        may_take: |_| false,
    })
    .await;
}

#[tokio::test]
async fn no_sequence_of_runs_removes_an_endpoint_that_a_remaining_state_names() {
    never_loses_what_a_state_names(Law {
        kind: ENDPOINT,
        config: |choice, _, service| {
            let vpce = [VPCE, OTHER_VPCE][choice % 2];
            json!({ "project_id": PROJECT, "private_link_id": service, "interface_endpoint_id": vpce })
        },
        named: |state| texts(state.value["interface_endpoint_id"].as_str()),
        existing: |world| {
            let services = world.services();
            let endpoints = services.iter().flat_map(|service| &service.endpoints);
            endpoints.map(|it| it.interface_endpoint_id.clone()).collect()
        },
        may_take: |_| false,
    })
    .await;
}

/// Atlas has no place for a marker at a private link: within one state nothing is lost, and another state can lose the link only to
/// the state that created it.
#[tokio::test]
async fn no_sequence_of_runs_removes_a_private_link_that_the_same_state_names() {
    never_loses_what_a_state_names(Law {
        kind: LINK,
        config: |choice, adopt, _| {
            let region = ["eu-west-1", "eu-central-1", "us-east-1"][choice];
            with(&with(&link(), "region", json!(region)), "adopt_existing", json!(adopt))
        },
        named: |state| texts(state.value["private_link_id"].as_str()),
        existing: |world| world.services().into_iter().map(|service| service.id).collect(),
        may_take: |state| state.value["adopted"] == json!(false),
    })
    .await;
}
