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
    assert_eq!(failed.0, "RestoredInPart");
    assert!(
        failed
            .1
            .contains("DocumentsDiffer: in shop.orders there are 1 documents"),
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

/// The server quotes such an `_id` in its answers, which are no texts then.
#[tokio::test(flavor = "multi_thread")]
async fn documents_whose_id_is_not_utf8_are_merged_as_others_are() {
    let with_id = |id: &[u8], value: i32| {
        let elements = [
            b"\x02_id\0".as_slice(),
            &i32::try_from(id.len() + 1).unwrap().to_le_bytes(),
            id,
            b"\0\x10v\0",
            &value.to_le_bytes(),
            b"\0",
        ]
        .concat();
        [
            i32::try_from(elements.len() + 4).unwrap().to_le_bytes().as_slice(),
            &elements,
        ]
        .concat()
    };
    let documents = vec![
        with_id(b"a\xff", 1),
        with_id(b"b\xfe", 2),
        with_id(b"c\xc3", 3),
        bytes(&doc! {"_id": 1.0, "v": 4}),
    ];
    let dump = Dump::of(vec![Made::collection("shop.raw", documents.clone())]);
    for conflict in ["merge", "refuse"] {
        let world = World::start().await;
        world.store(&dump).await;
        let mut event = world.event("restore");
        event["conflict"] = json!(conflict);
        if conflict == "merge" {
            world.mongo.insert_raw("shop", "raw", documents[0].clone());
            world.mongo.insert_raw("shop", "raw", with_id(b"b\xfe", 9));
            let answer = world.handle(&event).await.unwrap();
            assert_eq!((answer.inserted, answer.present, answer.replaced), (2, 1, 1));
        } else {
            // Written, and the answer lost: then they are there.
            world.mongo.fault(mongo_emulator::Fault {
                command: "insert".to_owned(),
                namespace: "shop.raw".to_owned(),
                times: Some(1),
                kind: mongo_emulator::FaultKind::InsertThenReset { documents: 3 },
                ..mongo_emulator::Fault::default()
            });
            let answer = world.handle(&event).await.unwrap();
            assert_eq!(answer.inserted + answer.present, 4);
        }
        world.assert_restored(&dump);
    }
    // One that somebody puts there meanwhile is answered with its _id.
    let world = World::start().await;
    world.store(&dump).await;
    let gate = world.mongo.gate(mongo_emulator::Gate {
        command: "create".to_owned(),
        ..Default::default()
    });
    let event = world.event("restore");
    let ((name, message), ()) = tokio::join!(world.refused(&event), async {
        gate.reached().await;
        world.mongo.insert_raw("shop", "raw", with_id(b"b\xfe", 9));
        gate.open();
    });
    assert_eq!(name, "DocumentsDiffer", "{message}");
    assert_eq!(world.mongo.documents("shop", "raw").len(), 4);
}
