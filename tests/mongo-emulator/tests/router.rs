//! A router over shards: what it mixes and what it merges.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use mongo_emulator::{Corpus, Ids, MongoEmulator, Options, Topology};
use mongodb::bson::{Document, RawDocumentBuf, doc};
use support::{client, raw};

fn router(shards: u32) -> MongoEmulator {
    MongoEmulator::start(Options {
        topology: Topology::Sharded,
        shards,
        ..Options::default()
    })
    .unwrap()
}

/// Positions in the order of `_id`, batch by batch.
async fn batches(emulator: &MongoEmulator, sort: Option<Document>, batch: u32) -> Vec<Vec<i64>> {
    let client = client(emulator).await;
    let collection = raw(&client, "school", "students");
    let find = collection
        .find(doc! {})
        .hint(mongodb::options::Hint::Keys(doc! { "_id": 1 }));
    let mut cursor = match sort {
        Some(sort) => find.sort(sort).batch_size(batch).await.unwrap(),
        None => find.batch_size(batch).await.unwrap(),
    };
    let mut ids = Vec::new();
    while cursor.advance().await.unwrap() {
        ids.push(cursor.current().get_i64("_id").unwrap());
    }
    ids.chunks(batch as usize).map(<[i64]>::to_vec).collect()
}

fn students(emulator: &MongoEmulator, documents: u64) {
    let corpus = Corpus {
        documents,
        ids: Ids::Int64,
        document_bytes: 200,
        ..Corpus::default()
    };
    emulator.generate("school", "students", corpus);
}

#[tokio::test]
async fn without_a_sort_each_batch_is_of_one_shard_and_nothing_is_missing() {
    for shards in [2, 3] {
        let emulator = router(shards);
        students(&emulator, 60);
        let batches = batches(&emulator, None, 5).await;
        let mut all = batches.concat();
        assert!(!all.is_sorted(), "{shards} shards: {all:?}");
        assert!(batches[0].is_sorted() && batches[1].is_sorted());
        // On from the end of the first batch nobody would get what the second has before it.
        assert!(batches[1][0] < batches[0][4], "{batches:?}");
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), 60, "{shards}");
    }
}

#[tokio::test]
async fn with_a_sort_shards_are_merged() {
    for shards in [2, 3] {
        let emulator = router(shards);
        students(&emulator, 60);
        let up = batches(&emulator, Some(doc! { "_id": 1 }), 7).await.concat();
        assert!(up.is_sorted());
        assert_eq!(up.len(), 60);
        let down = batches(&emulator, Some(doc! { "_id": -1 }), 7).await.concat();
        assert!(down.iter().rev().eq(&up));
    }
}

#[tokio::test]
async fn limit_and_skip_count_over_all_shards() {
    let emulator = router(3);
    students(&emulator, 60);
    let client = client(&emulator).await;
    let collection = raw(&client, "school", "students");
    for sort in [doc! {}, doc! { "_id": 1 }] {
        let find = collection.find(doc! {}).sort(sort).skip(4).limit(11).batch_size(3);
        let found: Vec<RawDocumentBuf> = futures::TryStreamExt::try_collect(find.await.unwrap()).await.unwrap();
        assert_eq!(found.len(), 11);
    }
    assert_eq!(collection.count_documents(doc! {}).await.unwrap(), 60);
}

#[tokio::test]
async fn documents_with_one_id_are_on_different_shards_and_come_in_no_order() {
    let emulator = router(2);
    for n in [1, 2] {
        emulator.insert_raw(
            "school",
            "students",
            mongodb::bson::rawdoc! { "_id": 7, "n": n }.into_bytes(),
        );
        emulator.insert_raw("school", "students", mongodb::bson::rawdoc! { "_id": n }.into_bytes());
    }
    let client = client(&emulator).await;
    let collection = raw(&client, "school", "students");
    let mut orders = std::collections::BTreeSet::new();
    for _ in 0..64 {
        let find = collection.find(doc! {}).sort(doc! { "_id": 1 }).await.unwrap();
        let found: Vec<RawDocumentBuf> = futures::TryStreamExt::try_collect(find).await.unwrap();
        assert_eq!(found.len(), 4);
        orders.insert(found[2].get_i32("n").unwrap());
    }
    assert_eq!(orders, [1, 2].into(), "who is first among equals is not to be known");
}

#[tokio::test]
async fn how_a_collection_is_spread_is_in_the_clusters_own_database() {
    let emulator = router(2);
    students(&emulator, 4);
    let key = mongodb::bson::rawdoc! { "school": 1, "_id": 1 }.into_bytes();
    let bound = |n: i32| mongodb::bson::rawdoc! { "school": n, "_id": 0 }.into_bytes();
    let (from, to) = (bound(1), bound(2));
    emulator.shard_collection("school", "students", &key, &[(&from, &to, "EU")]);
    let client = client(&emulator).await;
    let config = client.database("config");
    let found = config
        .collection::<Document>("collections")
        .find_one(doc! {})
        .await
        .unwrap()
        .unwrap();
    assert_eq!(found.get_str("_id").unwrap(), "school.students");
    assert_eq!(found.get_document("key").unwrap(), &doc! { "school": 1, "_id": 1 });
    let zone = config
        .collection::<Document>("tags")
        .find_one(doc! {})
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (zone.get_str("ns").unwrap(), zone.get_str("tag").unwrap()),
        ("school.students", "EU")
    );
}

async fn sharded(client: &mongodb::Client, command: Document) -> Result<Document, i32> {
    let answer = client.database("admin").run_command(command).await;
    answer.map_err(|error| match *error.kind {
        mongodb::error::ErrorKind::Command(refused) => refused.code,
        other => panic!("{other}"),
    })
}

#[tokio::test]
async fn a_collection_is_sharded_once_and_with_an_index_where_it_has_documents() {
    let emulator = router(2);
    let client = client(&emulator).await;
    let shard = |name: &str, key: Document| doc! { "shardCollection": format!("school.{name}"), "key": key };
    // An empty one gets its index.
    sharded(&client, shard("empty", doc! { "a": 1, "b": "hashed" }))
        .await
        .unwrap();
    let index = Document::from_reader(emulator.indexes("school", "empty")[1].as_slice()).unwrap();
    assert_eq!(index.get_str("name").unwrap(), "a_1_b_hashed");
    // Once more is no error, another key is.
    sharded(&client, shard("empty", doc! { "a": 1.0, "b": "hashed" }))
        .await
        .unwrap();
    assert_eq!(sharded(&client, shard("empty", doc! { "a": 1 })).await, Err(23));
    students(&emulator, 3);
    assert_eq!(sharded(&client, shard("students", doc! { "a": 1 })).await, Err(72));
    emulator.add_index(
        "school",
        "students",
        doc! { "v": 2, "key": { "a": 1, "z": 1 }, "name": "n" }
            .to_vec()
            .unwrap(),
    );
    sharded(&client, shard("students", doc! { "a": 1 })).await.unwrap();
    let collated = doc! { "collation": { "locale": "de" } }.to_vec().unwrap();
    emulator.create("school", "collated", collated);
    let mut command = shard("collated", doc! { "a": 1 });
    assert_eq!(sharded(&client, command.clone()).await, Err(2));
    command.insert("collation", doc! { "locale": "simple" });
    sharded(&client, command).await.unwrap();
    let mut command = shard("unique", doc! { "a": "hashed" });
    command.insert("unique", true);
    assert_eq!(sharded(&client, command).await, Err(72));
    // What is dropped is forgotten.
    emulator.add_zone("EU");
    let range = |min: Document, zone: &str| {
        doc! { "updateZoneKeyRange": "school.empty", "min": min, "max": { "a": 9 }, "zone": zone }
    };
    assert_eq!(sharded(&client, range(doc! { "a": 1 }, "US")).await, Err(177));
    assert_eq!(sharded(&client, range(doc! { "x": 1 }, "EU")).await, Err(61));
    sharded(&client, range(doc! { "a": 1 }, "EU")).await.unwrap();
    sharded(&client, range(doc! { "a": 1 }, "EU")).await.unwrap();
    assert_eq!(sharded(&client, range(doc! { "a": 5 }, "EU")).await, Err(178));
    raw(&client, "school", "empty").drop().await.unwrap();
    assert!(emulator.documents("config", "tags").is_empty());
    sharded(&client, shard("empty", doc! { "a": 1 })).await.unwrap();
    // Only a router knows it, and only in the database admin.
    let elsewhere = client
        .database("school")
        .run_command(shard("empty", doc! { "a": 1 }))
        .await;
    assert!(elsewhere.is_err());
    let set = MongoEmulator::start(Options::default()).unwrap();
    let client = support::client(&set).await;
    assert_eq!(sharded(&client, shard("empty", doc! { "a": 1 })).await, Err(59));
}
