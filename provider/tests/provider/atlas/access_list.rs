//! `lectern_atlas_access_list`: its whole life.

use atlas_emulator::{Fault, FaultKind};
use serde_json::{Value, json};
use tfplugin6_harness::{Action, UNKNOWN};

use crate::atlas::world::{LIST, PROJECT, World, spawn, with};

fn list(entries: Value) -> Value {
    json!({ "project_id": PROJECT, "entries": entries })
}

fn office() -> Value {
    list(json!({ "10.1.0.0/16": { "comment": "office" }, "10.2.0.7": {} }))
}

impl World {
    /// What Atlas has, as `10.1.0.0/16 office`: without the markers.
    fn there(&self) -> Vec<String> {
        let mut there: Vec<_> = self
            .snapshot()
            .access_list
            .iter()
            .map(|entry| {
                let comment = entry.comment.split("lectern:").next().unwrap_or_default();
                format!("{} {comment}", entry.value).trim_end().to_owned()
            })
            .collect();
        there.sort();
        there
    }

    fn by_hand(&self, entry: &Value) {
        self.emulator.project(PROJECT).add_access_list_entry(entry).unwrap();
    }
}

#[tokio::test]
async fn a_list_is_written_changed_and_removed() {
    let world = World::start().await;
    let state = world.create(LIST, &office()).await;
    assert_eq!(
        (&state.value["id"], &state.value["entries"]),
        (
            &json!(PROJECT),
            &json!({
                "10.1.0.0/16": { "comment": "office" }, "10.2.0.7": { "comment": null },
            })
        )
    );
    assert_eq!(world.there(), ["10.1.0.0/16 office", "10.2.0.7/32"]);
    world.assert_settled(LIST, &state, &office(), "new").await;

    let changed = list(json!({ "10.1.0.0/16": { "comment": "head office" }, "10.3.0.0/24": {} }));
    let state = world
        .apply(LIST, Some(&state), &changed)
        .await
        .ok()
        .unwrap()
        .state
        .unwrap();
    assert_eq!(world.there(), ["10.1.0.0/16 head office", "10.3.0.0/24"]);
    world.assert_settled(LIST, &state, &changed, "changed").await;

    let none = list(json!({ "10.1.0.0/16": {}, "10.3.0.0/24": {} }));
    let state = world
        .apply(LIST, Some(&state), &none)
        .await
        .ok()
        .unwrap()
        .state
        .unwrap();
    assert_eq!(
        world.there(),
        ["10.1.0.0/16", "10.3.0.0/24"],
        "a comment that is left out goes"
    );
    world.assert_settled(LIST, &state, &none, "without comment").await;
    world.destroy(LIST, &state).await;
    assert_eq!(world.there(), Vec::<String>::new());
}

#[tokio::test]
async fn another_spelling_of_an_entry_is_no_difference() {
    let world = World::start().await;
    let state = world.create(LIST, &office()).await;
    let spelled = list(json!({ "10.1.0.0/16": { "comment": "office" }, "10.2.0.7/32": { "comment": "" } }));
    world.assert_settled(LIST, &state, &spelled, "spelled otherwise").await;
}

#[tokio::test]
async fn a_create_that_meets_entries_fails_with_their_names_and_writes_nothing() {
    let world = World::start().await;
    world.by_hand(&json!({ "cidrBlock": "10.9.0.0/16", "comment": "old" }));
    world.by_hand(&json!({ "cidrBlock": "10.1.0.0/16", "comment": "office" }));
    world.emulator.clear_calls();
    let refused = world.apply(LIST, None, &office()).await;
    assert!(refused.state.is_none());
    let error = refused.diagnostics.only_error().unwrap();
    assert_eq!(
        (error.path.as_str(), error.summary.as_str()),
        ("entries", "The project's access list has entries.")
    );
    assert!(
        error.detail.contains("  - 10.9.0.0/16") && error.detail.contains("  - 10.1.0.0/16"),
        "an equal one is not ours either: {}",
        error.detail
    );
    assert_eq!(world.writes(), Vec::<String>::new());
}

#[tokio::test]
async fn adoption_deletes_nothing_that_no_plan_showed() {
    let world = World::start().await;
    world.by_hand(&json!({ "cidrBlock": "10.9.0.0/16", "comment": "old" }));
    let config = with(&office(), "adopt_existing", json!(true));
    let state = world.create(LIST, &config).await;
    assert_eq!(world.there().len(), 3, "create leaves it");
    let drifted = world.read(LIST, &state).await.state.unwrap();
    assert_eq!(
        drifted.value["entries"]["10.9.0.0/16"],
        json!({ "comment": "old" }),
        "the refresh shows it"
    );
    let plan = world.plan(LIST, Some(&drifted), &config).await.ok().unwrap();
    assert_eq!(
        (plan.action, &plan.planned["entries"]["10.9.0.0/16"]),
        (Action::Update, &Value::Null)
    );
    world.by_hand(&json!({ "ipAddress": "10.8.0.1" }));
    world.provider.apply(&plan).await.unwrap().ok().unwrap();
    assert_eq!(
        world.there(),
        ["10.1.0.0/16 office", "10.2.0.7/32", "10.8.0.1/32"],
        "what came after the plan stays"
    );
}

#[tokio::test]
async fn entries_added_removed_and_changed_by_hand_are_drift_and_go_at_the_next_apply() {
    let world = World::start().await;
    let state = world.create(LIST, &office()).await;
    world.by_hand(&json!({ "ipAddress": "10.9.9.9", "comment": "me" }));
    world.by_hand(&json!({ "cidrBlock": "10.1.0.0/16", "comment": "changed" }));
    world.emulator.project(PROJECT).remove_access_list_entry("10.2.0.7");
    let drifted = world.read(LIST, &state).await.state.unwrap();
    assert_eq!(
        drifted.value["entries"],
        json!({ "10.1.0.0/16": { "comment": "changed" }, "10.9.9.9": { "comment": "me" } })
    );
    let repaired = world
        .apply(LIST, Some(&drifted), &office())
        .await
        .ok()
        .unwrap()
        .state
        .unwrap();
    assert_eq!(world.there(), ["10.1.0.0/16 office", "10.2.0.7/32"]);
    world.assert_settled(LIST, &repaired, &office(), "repaired").await;
}

#[tokio::test]
async fn temporary_entries_are_left_alone_unless_they_are_to_count() {
    let world = World::start().await;
    let soon = (chrono_like_tomorrow(), json!("10.9.9.9"));
    world.by_hand(&json!({ "ipAddress": soon.1, "comment": "on call", "deleteAfterDate": soon.0 }));
    let state = world.create(LIST, &office()).await;
    world.assert_settled(LIST, &state, &office(), "a temporary entry").await;
    let counting = with(&office(), "ignore_temporary", json!(false));
    let state = world
        .apply(LIST, Some(&state), &counting)
        .await
        .ok()
        .unwrap()
        .state
        .unwrap();
    let drifted = world.read(LIST, &state).await.state.unwrap();
    assert_eq!(drifted.value["entries"]["10.9.9.9"]["comment"], "on call");
    world.destroy(LIST, &state).await;
    assert_eq!(
        world.there(),
        ["10.9.9.9/32 on call"],
        "destroy removes what is in the state only"
    );
}

/// A date that the emulator accepts: within a week.
fn chrono_like_tomorrow() -> String {
    let tomorrow = std::time::SystemTime::now() + std::time::Duration::from_secs(24 * 3600);
    humantime::format_rfc3339_seconds(tomorrow).to_string()
}

#[tokio::test]
async fn bad_entries_are_refused_at_plan_by_name() {
    let provider = spawn(&[]).await;
    provider.configure(json!({})).await.unwrap().ok().unwrap();
    let long = "x".repeat(81);
    let cases = [
        (
            json!({ "0.0.0.0/0": {} }),
            "entries[\"0.0.0.0/0\"]",
            "Access list entry allows the internet.",
        ),
        (
            json!({ "::/0": {} }),
            "entries[\"::/0\"]",
            "Access list entry allows the internet.",
        ),
        (
            json!({ "52.0.0.0/8": {} }),
            "entries[\"52.0.0.0/8\"]",
            "Access list entry is public.",
        ),
        (
            json!({ "10.1.2.3/16": {} }),
            "entries[\"10.1.2.3/16\"]",
            "Access list entry is malformed.",
        ),
        (
            json!({ "10.0.0.1": {}, "10.0.0.1/32": {} }),
            "entries[\"10.0.0.1/32\"]",
            "Access list entries are the same.",
        ),
        (
            json!({ "10.0.0.1": { "comment": long } }),
            "entries[\"10.0.0.1\"].comment",
            "Comment is too long.",
        ),
    ];
    for (entries, path, summary) in cases {
        let plan = provider.plan(LIST, None, list(entries.clone())).await.unwrap();
        let error = plan.diagnostics.only_error().unwrap();
        assert_eq!((error.place(), error.summary.as_str()), (path, summary), "{entries}");
    }
    for entries in [
        json!(UNKNOWN),
        json!({ "10.0.0.1": { "comment": UNKNOWN } }),
        json!({ "10.0.0.1": UNKNOWN }),
        json!({}),
    ] {
        provider.plan(LIST, None, list(entries)).await.unwrap().ok().unwrap();
    }
}

#[tokio::test]
async fn a_public_entry_is_written_where_that_was_asked_for() {
    let world = World::start().await;
    let config = with(&list(json!({ "203.0.113.7": {} })), "allow_public", json!(true));
    let state = world.create(LIST, &config).await;
    world.assert_settled(LIST, &state, &config, "public").await;
}

#[tokio::test]
async fn an_import_shows_every_lasting_entry_and_changes_nothing() {
    let world = World::start().await;
    world.by_hand(&json!({ "cidrBlock": "10.1.0.0/16", "comment": "office" }));
    world.by_hand(&json!({ "ipAddress": "10.2.0.7" }));
    world.by_hand(&json!({ "ipAddress": "10.9.9.9", "deleteAfterDate": chrono_like_tomorrow() }));
    let imported = world
        .provider
        .import(LIST, PROJECT)
        .await
        .unwrap()
        .ok()
        .unwrap()
        .state
        .unwrap();
    assert_eq!(
        imported.value["entries"],
        json!({ "10.1.0.0/16": { "comment": "office" }, "10.2.0.7": { "comment": null } })
    );
    world.assert_settled(LIST, &imported, &office(), "imported").await;
    let refused = world.provider.import(LIST, "mine").await.unwrap();
    assert_eq!(
        refused.diagnostics.only_error().unwrap().summary,
        "Import id is malformed."
    );
}

#[tokio::test]
async fn a_failure_half_way_leaves_a_state_that_tells_the_truth_and_the_next_apply_finishes() {
    let world = World::start().await;
    let state = world.create(LIST, &office()).await;
    world.emulator.fault(Fault {
        method: "DELETE".to_owned(),
        kind: FaultKind::RoleTooLow,
        ..Fault::default()
    });
    let moved = list(json!({ "10.1.0.0/16": { "comment": "office" }, "10.3.0.0/24": {} }));
    let failed = world.apply(LIST, Some(&state), &moved).await;
    let error = failed.diagnostics.only_error().unwrap();
    assert_eq!(error.summary, "Atlas denied access.");
    assert!(error.detail.contains("Network Access Manager"), "{}", error.detail);
    let left = failed.state.unwrap();
    let keys: Vec<_> = left.value["entries"].as_object().unwrap().keys().cloned().collect();
    assert_eq!(keys, ["10.1.0.0/16", "10.2.0.7", "10.3.0.0/24"]);
    world.emulator.clear_faults();
    let finished = world
        .apply(LIST, Some(&left), &moved)
        .await
        .ok()
        .unwrap()
        .state
        .unwrap();
    assert_eq!(world.there(), ["10.1.0.0/16 office", "10.3.0.0/24"]);
    world.assert_settled(LIST, &finished, &moved, "finished").await;
}

#[tokio::test]
async fn two_stacks_writing_at_once_do_not_lose_each_other_s_entries() {
    let world = World::start().await;
    world
        .emulator
        .change_profile(|profile| profile.refuse_overlapping_access_list_posts = true);
    let other = world.another_provider().await;
    let adopting = |entries: Value| with(&list(entries), "adopt_existing", json!(true));
    let (one, two) = tokio::join!(
        world
            .provider
            .plan_and_apply(LIST, None, adopting(json!({ "10.1.0.0/16": {} }))),
        other.plan_and_apply(LIST, None, adopting(json!({ "10.2.0.0/16": {} })))
    );
    one.unwrap().ok().unwrap();
    two.unwrap().ok().unwrap();
    assert_eq!(world.there(), ["10.1.0.0/16", "10.2.0.0/16"]);
}

/// A tainted list is removed as its state has it, so a failed create may list only what it added.
#[tokio::test]
async fn a_create_that_fails_or_is_interrupted_never_costs_an_entry_that_was_there() {
    for (case, kind, is_error) in [
        ("refused", FaultKind::RoleTooLow, true),
        ("never answered", FaultKind::AcceptThenHang, false),
    ] {
        let world = World::start().await;
        world.by_hand(&json!({ "cidrBlock": "10.1.0.0/16", "comment": "office" }));
        world.emulator.fault(Fault {
            method: "POST".to_owned(),
            kind,
            ..Fault::default()
        });
        let config = with(&office(), "adopt_existing", json!(true));
        let (outcome, ()) = tokio::join!(world.apply(LIST, None, &config), async {
            while !world
                .emulator
                .calls()
                .iter()
                .any(|call| call.authenticated && call.method == "POST")
            {
                tokio::time::sleep(std::time::Duration::from_millis(5)).await;
            }
            if !is_error {
                world.provider.stop().await.unwrap();
            }
        });
        assert_eq!(
            outcome.diagnostics.has_errors(),
            is_error,
            "{case}: {}",
            outcome.diagnostics
        );
        assert!(!outcome.state.as_ref().is_some_and(|state| state.tainted), "{case}");
        world.emulator.clear_faults();
        let world = World {
            provider: world.another_provider().await,
            emulator: world.emulator,
        };
        let refreshed = match &outcome.state {
            Some(state) => world.read(LIST, state).await.state,
            None => None,
        };
        world.emulator.clear_calls();
        let state = world
            .apply(LIST, refreshed.as_ref(), &config)
            .await
            .ok()
            .unwrap()
            .state
            .unwrap();
        assert!(
            world.writes().iter().all(|call| call.starts_with("POST")),
            "{case}: {:?}",
            world.writes()
        );
        assert_eq!(world.there(), ["10.1.0.0/16 office", "10.2.0.7/32"], "{case}");
        world.assert_settled(LIST, &state, &config, case).await;
    }
}
