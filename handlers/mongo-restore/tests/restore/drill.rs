//! Practice: restored, compared, measured, dropped.

use std::time::Duration;

use mongo_emulator::{Fault, FaultKind, Gate};
use mongo_restore::answer::Outcome;
use mongodb::bson::doc;
use serde_json::json;

use crate::dump::{CONSISTENT_AT, Dump, Made, bytes};
use crate::process::start;
use crate::world::World;

fn dump() -> Dump {
    Dump::of(vec![
        Made::numbered("blog.posts", 100),
        Made::numbered("shop.orders", 60)
            .index(&doc! {"v": 2, "key": {"name": 1}, "name": "name"})
            .index(&doc! {"v": 2, "key": {"at": 1}, "name": "ttl", "expireAfterSeconds": 1}),
        Made::view("shop.view", &doc! {"viewOn": "orders", "pipeline": []}),
    ])
}

/// What was there before, and must be there after.
fn somebody_s(world: &World) {
    world
        .mongo
        .insert_raw("shop", "orders", bytes(&doc! {"_id": 1, "mine": true}));
    world
        .mongo
        .insert_raw("drill_00000000_shop", "orders", bytes(&doc! {"_id": 1, "mine": true}));
}

fn assert_only_somebody_s(world: &World) {
    let counts: Vec<_> = world.mongo.counts().into_iter().collect();
    assert_eq!(
        counts,
        [
            ("drill_00000000_shop.orders".to_owned(), 1),
            ("shop.orders".to_owned(), 1)
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_drill_restores_beside_what_is_there_and_leaves_nothing() {
    let world = World::start().await;
    world.store(&dump()).await;
    somebody_s(&world);
    let answer = world.handle(&world.event("drill")).await.unwrap();
    assert_eq!(answer.outcome, Outcome::Drilled);
    assert_eq!(answer.documents, 160);
    assert_eq!(answer.consistent_at, i64::from(CONSISTENT_AT));
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap()
        .as_secs();
    let age = i64::try_from(now).unwrap() - i64::from(CONSISTENT_AT);
    assert!((age - 30..=age).contains(&answer.rpo_seconds), "{answer:?}");
    let names: Vec<_> = answer.namespaces.iter().map(|namespace| namespace.to.clone()).collect();
    assert!(names.iter().all(|name| name.starts_with("drill_")), "{names:?}");
    assert_only_somebody_s(&world);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_drill_that_fails_cleans_up_too() {
    for fault in [
        Fault {
            command: "insert".to_owned(),
            namespace: "*.orders".to_owned(),
            kind: FaultKind::Refuse {
                code: 8000,
                message: String::new(),
                labels: Vec::new(),
            },
            ..Fault::default()
        },
        Fault {
            command: "createIndexes".to_owned(),
            kind: FaultKind::Refuse {
                code: 67,
                message: String::new(),
                labels: Vec::new(),
            },
            ..Fault::default()
        },
    ] {
        let world = World::start().await;
        world.store(&dump()).await;
        somebody_s(&world);
        world.mongo.fault(fault.clone());
        world.refused(&world.event("drill")).await;
        assert_only_somebody_s(&world);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn documents_that_are_not_the_dump_s_fail_a_drill_and_are_dropped() {
    let world = World::start().await;
    world.store(&dump()).await;
    somebody_s(&world);
    let gate = world.mongo.gate(Gate {
        command: "createIndexes".to_owned(),
        ..Gate::default()
    });
    let event = world.event("drill");
    let (failed, ()) = tokio::join!(world.refused(&event), async {
        gate.reached().await;
        let database = world
            .mongo
            .counts()
            .into_keys()
            .find(|name| name.ends_with("_shop.orders") && !name.contains("00000000"));
        let database = database.unwrap();
        world
            .mongo
            .delete_raw(database.split_once('.').unwrap().0, "orders", &bytes(&doc! {"_id": 5}));
        gate.open();
    });
    assert_eq!(failed.0, "ContentDiffers");
    assert_only_somebody_s(&world);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_drill_that_cannot_clean_up_says_so_and_the_next_one_does() {
    let mut world = World::start().await;
    world.settings.limits.attempts = 2;
    world.store(&dump()).await;
    somebody_s(&world);
    world.mongo.fault(Fault {
        command: "dropDatabase".to_owned(),
        times: Some(2),
        ..Fault::default()
    });
    let (name, message) = world.refused(&world.event("drill")).await;
    assert_eq!(name, "CleanupFailed");
    assert!(message.contains("begin with drill_"), "{message}");
    world.handle(&world.event("drill")).await.unwrap();
    assert_only_somebody_s(&world);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_killed_drill_left_goes_with_the_next_one_of_any_dump() {
    let world = World::start().await;
    world.store(&dump()).await;
    somebody_s(&world);
    let gate = world.mongo.gate(Gate {
        command: "insert".to_owned(),
        namespace: "*.orders".to_owned(),
        ..Gate::default()
    });
    let running = start(world.command("drill", &[]));
    tokio::time::timeout(Duration::from_secs(30), gate.reached())
        .await
        .unwrap();
    running.kill();
    gate.open();
    world.the_leases_end();
    assert!(world.mongo.counts().len() > 2);
    world.store(&dump().at("20260507T000000Z-bbbbbb")).await;
    let mut event = world.event("drill");
    event["namespaces"] = json!({"include": ["blog.*"]});
    world.handle(&event).await.unwrap();
    assert_only_somebody_s(&world);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_note_that_names_other_databases_drops_none_of_them() {
    let world = World::start().await;
    world.store(&dump()).await;
    somebody_s(&world);
    // As if somebody had written into the note.
    let gate = world.mongo.gate(Gate {
        command: "insert".to_owned(),
        namespace: "drill_*".to_owned(),
        ..Gate::default()
    });
    let running = start(world.command("drill", &[]));
    tokio::time::timeout(Duration::from_secs(30), gate.reached())
        .await
        .unwrap();
    running.kill();
    gate.open();
    world.the_leases_end();
    let notes = world.notes().pop().unwrap();
    let mut note = world.own_document(&notes, "restore").unwrap();
    let state = note
        .get_str("state")
        .unwrap()
        .replace("\"databases\":[", "\"databases\":[\"shop\",");
    note.insert("state", state);
    assert!(world.mongo.replace_raw("lectern_restore", &notes, &bytes(&note)));
    world.handle(&world.event("drill")).await.unwrap();
    assert_only_somebody_s(&world);
}

/// The longest names there can be: with the scratch database's they would be too long.
#[tokio::test(flavor = "multi_thread")]
async fn a_drill_of_the_longest_names_is_one_of_all_of_them() {
    let world = World::start().await;
    let long = format!("shop.{}", "x".repeat(250));
    let view = Made::view(
        &format!("shop.{}", "v".repeat(250)),
        &doc! {"viewOn": "x".repeat(250), "pipeline": []},
    );
    let other = format!("shop.{}y", "x".repeat(249));
    world
        .store(&Dump::of(vec![
            Made::numbered(&long, 10),
            Made::numbered(&other, 20),
            view,
        ]))
        .await;
    let answer = world.handle(&world.event("drill")).await.unwrap();
    assert_eq!(
        (answer.outcome, answer.inserted, answer.namespaces.len()),
        (Outcome::Drilled, 30, 3)
    );
    assert!(world.mongo.counts().is_empty());
}
