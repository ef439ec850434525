//! What happens where the target has something already.

use mongodb::bson::{DateTime, doc};
use serde_json::json;

use crate::dump::{Dump, Made, bytes};
use crate::world::World;

fn dump() -> Dump {
    Dump::of(vec![
        Made::numbered("shop.orders", 100),
        Made::numbered("shop.users", 3).options(&doc! {"validationLevel": "off"}),
        Made::view("shop.view", &doc! {"viewOn": "orders", "pipeline": []}),
    ])
}

#[tokio::test(flavor = "multi_thread")]
async fn a_target_that_is_not_empty_is_refused_and_named() {
    let world = World::start().await;
    let dump = dump();
    world.store(&dump).await;
    world
        .mongo
        .insert_raw("shop", "orders", bytes(&doc! {"_id": 7, "mine": true}));
    world
        .mongo
        .create("shop", "users", bytes(&doc! {"capped": true, "size": 4096}));
    world
        .mongo
        .create("shop", "view", bytes(&doc! {"viewOn": "other", "pipeline": []}));
    world.mongo.insert_raw("shop", "unrelated", bytes(&doc! {"_id": 1}));
    let (name, message) = world.refused(&world.event("restore")).await;
    assert_eq!(name, "TargetNotEmpty");
    assert!(
        message.contains("has 3 of the namespaces already: shop.orders, shop.users, shop.view."),
        "{message}"
    );
    assert!(world.writes().is_empty(), "{:?}", world.writes());

    let planned = world.handle(&world.event("dry_run")).await.unwrap();
    let conflicts = serde_json::to_value(&planned.conflicts).unwrap();
    let expected = json!([
        {"namespace": "shop.orders", "reason": "not_empty"},
        {"namespace": "shop.users", "reason": "other_options"},
        {"namespace": "shop.view", "reason": "exists"},
    ]);
    assert_eq!(conflicts, expected);
    assert!(
        world.writes().is_empty(),
        "a dry run writes nothing: {:?}",
        world.writes()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn drop_drops_what_the_dump_has_and_nothing_else() {
    let world = World::start().await;
    let dump = dump();
    world.store(&dump).await;
    world
        .mongo
        .insert_raw("shop", "orders", bytes(&doc! {"_id": 7, "mine": true}));
    world.mongo.insert_raw("shop", "view", bytes(&doc! {"_id": 7}));
    world.mongo.insert_raw("shop", "unrelated", bytes(&doc! {"_id": 1}));
    let mut event = world.event("restore");
    event["conflict"] = json!("drop");
    world.handle(&event).await.unwrap();
    world.assert_restored(&dump);
    assert_eq!(world.mongo.documents("shop", "unrelated").len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn merge_adds_what_is_missing_and_replaces_what_differs() {
    let world = World::start().await;
    let dump = dump();
    world.store(&dump).await;
    let same = &dump.made[0].documents[5];
    world.mongo.insert_raw("shop", "orders", same.clone());
    world
        .mongo
        .insert_raw("shop", "orders", bytes(&doc! {"_id": 7, "mine": true}));
    world
        .mongo
        .insert_raw("shop", "orders", bytes(&doc! {"_id": 1000, "mine": true}));
    let mut event = world.event("restore");
    event["conflict"] = json!("merge");
    let answer = world.handle(&event).await.unwrap();
    assert_eq!((answer.inserted, answer.present, answer.replaced), (101, 1, 1));
    let found = world.mongo.documents("shop", "orders");
    assert_eq!(found.len(), 101);
    assert!(dump.made[0].documents.iter().all(|document| found.contains(document)));
    world.assert_nothing_of_its_own();
    // Once more changes nothing.
    let again = world.handle(&event).await.unwrap();
    assert_eq!((again.inserted, again.present, again.replaced), (0, 103, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn merge_cannot_add_to_what_has_no_ids_or_is_something_else() {
    let world = World::start().await;
    let options = doc! {"timeseries": {"timeField": "t"}};
    let reading = bytes(&doc! {"t": DateTime::from_millis(0)});
    let dump = Dump::of(vec![
        Made::numbered("shop.orders", 1),
        Made::time_series("shop.readings", &options, vec![reading.clone()]),
    ]);
    world.store(&dump).await;
    world.mongo.create("shop", "readings", bytes(&options));
    world.mongo.insert_raw("shop", "readings", reading);
    world
        .mongo
        .create("shop", "orders", bytes(&doc! {"viewOn": "a", "pipeline": []}));
    let mut event = world.event("restore");
    event["conflict"] = json!("merge");
    let (name, message) = world.refused(&event).await;
    assert_eq!(name, "TargetNotEmpty");
    assert!(message.contains("shop.orders, shop.readings"), "{message}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_that_somebody_adds_meanwhile_is_left_and_counted() {
    let world = World::start().await;
    let dump = dump();
    world.store(&dump).await;
    let gate = world.mongo.gate(mongo_emulator::Gate {
        command: "create".to_owned(),
        namespace: "shop.orders".to_owned(),
        ..Default::default()
    });
    let intruder = bytes(&doc! {"_id": 7, "secret": "hunter2"});
    let event = world.event("restore");
    let (failed, ()) = tokio::join!(world.refused(&event), async {
        gate.reached().await;
        world.mongo.insert_raw("shop", "orders", intruder.clone());
        gate.open();
    });
    assert_eq!(failed.0, "DocumentsDiffer");
    assert!(
        failed.1.contains("in shop.orders there are 1 documents"),
        "{}",
        failed.1
    );
    assert!(!failed.1.contains("hunter2"));
    assert!(world.mongo.documents("shop", "orders").contains(&intruder));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_collection_with_the_same_options_is_no_conflict() {
    let world = World::start().await;
    let dump = dump();
    world.store(&dump).await;
    world
        .mongo
        .create("shop", "users", bytes(&doc! {"validationLevel": "off"}));
    world
        .mongo
        .create("shop", "view", bytes(&doc! {"viewOn": "orders", "pipeline": []}));
    world.handle(&world.event("restore")).await.unwrap();
    world.assert_restored(&dump);
}
