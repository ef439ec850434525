//! Comparison with a target that was restored long ago.

use mongodb::bson::{DateTime, doc};

use crate::dump::{Dump, Made, bytes};
use crate::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn every_difference_is_reported_and_nothing_is_written() {
    let world = World::start().await;
    let dump = Dump::of(vec![
        Made::numbered("shop.altered", 50),
        Made::numbered("shop.fewer", 50),
        Made::numbered("shop.gone", 5),
        Made::numbered("shop.more", 50),
        Made::numbered("shop.same", 50),
        Made::view("shop.view", &doc! {"viewOn": "same", "pipeline": []}),
    ]);
    world.store(&dump).await;
    world.handle(&world.event("restore")).await.unwrap();
    world.handle(&world.event("verify")).await.unwrap();
    world
        .mongo
        .replace_raw("shop", "altered", &bytes(&doc! {"_id": 7, "name": "other"}));
    world.mongo.delete_raw("shop", "fewer", &bytes(&doc! {"_id": 7}));
    world.mongo.insert_raw("shop", "more", bytes(&doc! {"_id": 700}));
    world.mongo.drop_collection("shop", "gone");
    world.mongo.drop_collection("shop", "view");
    world.mongo.clear_calls();
    let failed = world.handle(&world.event("verify")).await.unwrap_err();
    assert_eq!(failed.failure.name, "ContentDiffers");
    let expected = "5 namespaces are not as they were dumped: shop.altered has 50 documents with other content; shop.fewer has 49 \
                    documents instead of 50; shop.gone does not exist (5 documents); shop.more has 51 documents instead of \
                    50; shop.view does not exist (0 documents)";
    assert_eq!(failed.failure.message, expected);
    assert_eq!(failed.answer.unwrap().differences.len(), 5);
    assert!(world.writes().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn measurements_may_have_their_fields_in_another_order_and_no_other_content() {
    let world = World::start().await;
    let options = doc! {"timeseries": {"timeField": "t"}};
    let at = |number: i64| DateTime::from_millis(number);
    let readings = (0..100).map(|number| bytes(&doc! {"t": at(number), "a": number, "b": {"x": 1, "y": 2}}));
    let dump = Dump::of(vec![Made::time_series("shop.readings", &options, readings.collect())]);
    world.store(&dump).await;
    world.mongo.create("shop", "readings", bytes(&options));
    for number in 0..100 {
        world.mongo.insert_raw(
            "shop",
            "readings",
            bytes(&doc! {"b": {"x": 1, "y": 2}, "t": at(number), "a": number}),
        );
    }
    world.handle(&world.event("verify")).await.unwrap();
    world.mongo.drop_collection("shop", "readings");
    world.mongo.create("shop", "readings", bytes(&options));
    for number in 0..100 {
        let a = number.max(1);
        world.mongo.insert_raw(
            "shop",
            "readings",
            bytes(&doc! {"b": {"x": 1, "y": 2}, "t": at(number), "a": a}),
        );
    }
    assert_eq!(world.refused(&world.event("verify")).await.0, "ContentDiffers");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cursor_that_is_lost_begins_anew_and_counts_nothing_twice() {
    let mut world = World::start().await;
    world.settings.limits.read_bytes = 400;
    let dump = Dump::of(vec![Made::numbered("shop.orders", 200)]);
    world.store(&dump).await;
    world.handle(&world.event("restore")).await.unwrap();
    world.mongo.fault(mongo_emulator::Fault {
        command: "getMore".to_owned(),
        namespace: "shop.orders".to_owned(),
        skip: 2,
        times: Some(2),
        kind: mongo_emulator::FaultKind::KillCursor,
        ..Default::default()
    });
    world.handle(&world.event("verify")).await.unwrap();
}
