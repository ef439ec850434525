//! One restore of a namespace at a time.

use std::time::Duration;

use mongo_emulator::Gate;
use mongo_restore::answer::Outcome;
use mongodb::bson::doc;
use serde_json::json;

use crate::dump::{Dump, Made, bytes};
use crate::world::World;

/// Looks for signs of life come every quarter of it. Long enough for a busy machine to renew it in time.
const LEASE: Duration = Duration::from_secs(12);

fn dump() -> Dump {
    Dump::of(vec![
        Made::numbered("blog.posts", 50),
        Made::numbered("shop.orders", 130),
    ])
}

async fn world() -> World {
    let mut world = World::start().await;
    world.settings.limits.lease = LEASE;
    world.store(&dump()).await;
    world
}

/// Lambda delivers an event at least once: the second copy drops nothing that the first one restored.
#[tokio::test(flavor = "multi_thread")]
async fn of_two_deliveries_at_once_one_works_and_the_other_does_nothing() {
    for mode in ["restore", "drill"] {
        let world = world().await;
        world
            .mongo
            .insert_raw("shop", "orders", bytes(&doc! {"_id": 1, "name": "theirs"}));
        let mut event = world.event(mode);
        if mode == "restore" {
            event["conflict"] = json!("drop");
        }
        let gate = world.mongo.gate(Gate {
            command: "insert".to_owned(),
            namespace: "*orders".to_owned(),
            skip: 2,
            ..Gate::default()
        });
        let (first, (name, message)) = tokio::join!(world.handle(&event), async {
            gate.reached().await;
            let before = world.writes().len();
            let second = world.refused(&event).await;
            assert_eq!(world.writes().len(), before, "{mode}: the second wrote");
            gate.open();
            second
        });
        assert_eq!(name, "LeaseHeld", "{mode}: {message}");
        let first = first.unwrap();
        if mode == "restore" {
            assert_eq!((first.outcome, first.inserted), (Outcome::Restored, 180));
            world.assert_restored(&dump());
        } else {
            assert_eq!((first.outcome, first.inserted), (Outcome::Drilled, 180));
            world.assert_nothing_of_its_own();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_command_for_the_same_namespaces_is_refused_and_one_for_others_is_not() {
    let world = world().await;
    let gate = world.mongo.gate(Gate {
        command: "insert".to_owned(),
        namespace: "shop.orders".to_owned(),
        ..Gate::default()
    });
    let mut shop = world.event("restore");
    shop["namespaces"] = json!({"include": ["shop.*"]});
    let (first, ()) = tokio::join!(world.handle(&shop), async {
        gate.reached().await;
        let mut all = world.event("restore");
        all["conflict"] = json!("drop");
        let (name, message) = world.refused(&all).await;
        assert_eq!(name, "LeaseHeld", "{message}");
        assert!(message.contains("shop.orders"), "{message}");
        let mut blog = world.event("restore");
        blog["namespaces"] = json!({"include": ["blog.*"]});
        world.handle(&blog).await.unwrap();
        gate.open();
    });
    assert_eq!(first.unwrap().outcome, Outcome::Restored);
    world.assert_restored(&dump());
}

/// A killed process's lease expires, and a process that waits for it continues.
#[tokio::test(flavor = "multi_thread")]
async fn a_lease_that_nobody_renews_is_waited_for() {
    let mut world = world().await;
    world.settings.limits.lease = Duration::from_secs(3);
    let gate = world.mongo.gate(Gate {
        command: "insert".to_owned(),
        namespace: "shop.orders".to_owned(),
        skip: 1,
        ..Gate::default()
    });
    let event = world.event("restore");
    tokio::select! {
        _ = world.handle(&event) => panic!("it is held"),
        () = gate.reached() => {}
    }
    gate.open();
    let answer = world.handle(&event).await.unwrap();
    assert!(answer.resumed);
    world.assert_restored(&dump());
}

/// A process that can no longer renew its lease must have stopped before another one may begin.
#[tokio::test(flavor = "multi_thread")]
async fn work_ends_when_its_lease_is_somebody_else_s() {
    let world = world().await;
    let gate = world.mongo.gate(Gate {
        command: "insert".to_owned(),
        namespace: "shop.orders".to_owned(),
        ..Gate::default()
    });
    let event = world.event("restore");
    let ((name, message), ()) = tokio::join!(world.refused(&event), async {
        gate.reached().await;
        world.change_leases("somebody else", |_| {});
    });
    gate.open();
    assert_eq!(name, "LeaseLost", "{message}");
}
