//! Shard keys and zones: set where the target is a sharded cluster, said where it is not. And documents that only shards can hold.

use mongo_emulator::{Fault, FaultKind, Options, Topology, code};
use mongo_restore::answer::{Answer, Outcome};
use mongodb::bson::{Bson, Document, doc};
use serde_json::{Value, json};

use crate::dump::{Dump, Made, bytes};
use crate::world::{World, sorted};

async fn router() -> World {
    World::with(Options {
        topology: Topology::Sharded,
        ..Options::default()
    })
    .await
}

/// Orders by customer, in two zones; the index of the shard key has a name of its own.
fn orders() -> Made {
    let documents = (0..90).map(|id| bytes(&doc! {"_id": id, "customer": id % 7, "text": "x"}));
    let bound = |customer: i32| doc! {"customer": customer};
    Made::collection("shop.orders", documents.collect())
        .index(&doc! {"v": 2, "key": {"customer": 1, "_id": 1}, "name": "mine"})
        .index(&doc! {"v": 2, "key": {"customer": 1}, "name": "by customer"})
        .sharded(
            &doc! {"key": {"customer": 1.0}, "unique": false},
            &[
                ("EU", bound(1), bound(3)),
                ("US", bound(3), bound(5)),
                ("EU", bound(5), bound(6)),
            ],
        )
}

fn dump() -> Dump {
    Dump::of(vec![Made::numbered("shop.apples", 9), orders()])
}

/// Of `config`, what is said of a collection.
fn config(world: &World, collection: &str) -> Vec<Document> {
    let documents = world.mongo.documents("config", collection);
    documents
        .iter()
        .map(|document| Document::from_reader(document.as_slice()).unwrap())
        .collect()
}

fn key_of(world: &World, namespace: &str) -> Option<Bson> {
    let all = config(world, "collections").into_iter();
    let mut of = all.filter(|document| document.get_str("_id").unwrap() == namespace);
    of.next().map(|document| document.get("key").unwrap().clone())
}

fn refusing(command: &str, code: i32, times: Option<u32>) -> Fault {
    Fault {
        command: command.to_owned(),
        times,
        kind: FaultKind::Refuse {
            code,
            message: "no: { customer: \"hunter2\" }".to_owned(),
            labels: Vec::new(),
        },
        ..Fault::default()
    }
}

fn not_sharded(answer: &Answer) -> Value {
    serde_json::to_value(&answer.not_sharded).unwrap()
}

fn position(world: &World, command: &str, namespace: &str) -> usize {
    let calls = world.mongo.calls();
    calls
        .iter()
        .position(|call| call.command == command && call.namespace == namespace)
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sharded_target_gets_shard_keys_before_documents_and_the_zones_that_it_has() {
    let world = router().await;
    world.mongo.add_zone("EU");
    let dump = dump();
    world.store(&dump).await;
    let answer = world.handle(&world.event("restore")).await.unwrap();
    assert_eq!(answer.outcome, Outcome::Restored);
    world.assert_restored(&dump);
    assert_eq!(
        key_of(&world, "shop.orders"),
        Some(Bson::Document(doc! {"customer": 1.0}))
    );
    assert_eq!(key_of(&world, "shop.apples"), None);
    let insert = position(&world, "insert", "shop.orders");
    assert!(position(&world, "shardCollection", "shop.orders") < insert);
    assert!(position(&world, "updateZoneKeyRange", "shop.orders") < insert);
    let tags = config(&world, "tags");
    let tags: Vec<_> = tags
        .iter()
        .map(|tag| (tag.get_str("tag").unwrap(), tag.get_document("min").unwrap().clone()))
        .collect();
    assert_eq!(tags, [("EU", doc! {"customer": 1}), ("EU", doc! {"customer": 5})]);
    let said = not_sharded(&answer);
    assert_eq!(
        (&said[0]["reason"], &said[0]["zones"], &said[0]["key"]),
        (&json!("no_such_zone"), &json!(["US"]), &json!("customer: 1"))
    );
    // No index beside the dump's own: the shard key's is not made twice under two names.
    assert_eq!(world.mongo.indexes("shop", "orders").len(), 3);
    world.handle(&world.event("verify")).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_target_that_is_not_sharded_is_said_to_be_in_every_mode() {
    let world = World::start().await;
    let dump = dump();
    world.store(&dump).await;
    for mode in ["dry_run", "restore", "verify", "drill"] {
        let answer = world.handle(&world.event(mode)).await.unwrap();
        let said = not_sharded(&answer);
        assert_eq!(said.as_array().unwrap().len(), 1, "{mode}: {said}");
        assert_eq!(
            (&said[0]["reason"], &said[0]["zones"]),
            (&json!("target_not_sharded"), &json!(["EU", "US"])),
            "{mode}"
        );
        assert!(said[0]["namespace"].as_str().unwrap().ends_with("shop.orders"));
    }
    world.assert_restored(&dump);
    let calls = world.mongo.calls();
    assert!(calls.iter().all(|call| call.command != "shardCollection"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shard_key_that_is_refused_keeps_no_document_out_and_the_same_command_tries_again() {
    let world = router().await;
    for zone in ["EU", "US"] {
        world.mongo.add_zone(zone);
    }
    let dump = dump();
    world.store(&dump).await;
    world.mongo.fault(refusing("shardCollection", code::UNAUTHORIZED, None));
    let event = world.event("restore");
    let failed = world.handle(&event).await.unwrap_err();
    assert_eq!(failed.failure.name, "RestoredInPart", "{failed}");
    for words in [
        "shop.orders (shard key customer: 1)",
        "shardCollection",
        "code 13",
        "clusterManager",
    ] {
        assert!(failed.failure.message.contains(words), "{words}: {failed}");
    }
    let answer = failed.answer.unwrap();
    assert_eq!((answer.outcome, answer.inserted), (Outcome::RestoredInPart, 99));
    assert!(answer.refused.is_empty() && answer.differences.is_empty(), "{answer:?}");
    assert_eq!(not_sharded(&answer)[0]["reason"], "refused");
    for made in &dump.made {
        let found = sorted(world.mongo.documents("shop", &made.collection));
        assert!(found == sorted(made.documents.clone()), "{}", made.collection);
    }
    // With the role, the same command does the rest: the index that a collection with documents needs is there.
    world.mongo.clear_faults();
    let answer = world.handle(&event).await.unwrap();
    assert_eq!((answer.outcome, answer.inserted), (Outcome::Restored, 9));
    assert_eq!((answer.present, answer.not_sharded.len()), (90, 0));
    assert!(key_of(&world, "shop.orders").is_some());
    assert_eq!(config(&world, "tags").len(), 3);
    world.assert_restored(&dump);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collection_with_another_shard_key_is_named_by_verify_and_by_restore() {
    let world = router().await;
    let dump = dump();
    world.store(&dump).await;
    world.mongo.create("shop", "orders", bytes(&doc! {}));
    world
        .mongo
        .shard_collection("shop", "orders", &bytes(&doc! {"other": 1}), &[]);
    let planned = world.handle(&world.event("dry_run")).await.unwrap();
    assert!(planned.definitions[0].other_shard_key, "{planned:?}");
    let (name, message) = world.refused(&world.event("restore")).await;
    assert_eq!(name, "RestoredInPart");
    assert!(
        message.contains("shop.orders (shard key customer: 1)") && message.contains("23 AlreadyInitialized"),
        "{message}"
    );
    assert!(!message.contains("hunter2"), "{message}");
    let (name, message) = world.refused(&world.event("verify")).await;
    assert_eq!(name, "ContentDiffers");
    assert!(
        message.contains("shop.orders is not sharded by the dump's shard key"),
        "{message}"
    );
    // Dropped, it is what it was.
    let mut event = world.event("restore");
    event["conflict"] = json!("drop");
    world.handle(&event).await.unwrap();
    assert_eq!(
        key_of(&world, "shop.orders"),
        Some(Bson::Document(doc! {"customer": 1.0}))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collection_that_documents_are_added_to_stays_sharded_as_it_is() {
    let world = router().await;
    let dump = dump();
    world.store(&dump).await;
    world.mongo.insert_raw("shop", "orders", bytes(&doc! {"_id": "theirs"}));
    let mut event = world.event("restore");
    event["conflict"] = json!("merge");
    let answer = world.handle(&event).await.unwrap();
    assert_eq!(not_sharded(&answer)[0]["reason"], "kept");
    assert_eq!(key_of(&world, "shop.orders"), None);
}

/// "You must run enableSharding before shardCollection": until MongoDB 6.0, and 20 where it was not.
#[tokio::test(flavor = "multi_thread")]
async fn an_old_cluster_s_database_is_made_ready_first() {
    let world = router().await;
    world.store(&dump()).await;
    world
        .mongo
        .fault(refusing("shardCollection", code::ILLEGAL_OPERATION, Some(1)));
    world.handle(&world.event("restore")).await.unwrap();
    assert!(key_of(&world, "shop.orders").is_some());
    let calls = world.mongo.calls();
    assert!(calls.iter().any(|call| call.command == "enableSharding"));
}

/// "If the collection has a default collation, you must include a collation document with { locale : "simple" }" (MongoDB manual).
#[tokio::test(flavor = "multi_thread")]
async fn a_collection_with_a_collation_is_sharded_without() {
    let world = router().await;
    let made = Made::numbered("shop.names", 5).options(&doc! {"collation": {"locale": "de"}});
    let made = made.sharded(&doc! {"key": {"name": "hashed"}, "unique": false}, &[]);
    world.store(&Dump::of(vec![made])).await;
    let answer = world.handle(&world.event("restore")).await.unwrap();
    assert!(answer.not_sharded.is_empty(), "{answer:?}");
    assert_eq!(
        key_of(&world, "shop.names"),
        Some(Bson::Document(doc! {"name": "hashed"}))
    );
}

fn twins() -> Dump {
    let mut documents: Vec<_> = (0..60).map(|id| bytes(&doc! {"_id": id, "shard": 1})).collect();
    // In another part, beside the other one, and the same to the byte.
    documents.insert(40, bytes(&doc! {"_id": 39, "shard": 2}));
    documents.insert(8, bytes(&doc! {"_id": 7, "shard": 2}));
    documents.insert(3, bytes(&doc! {"_id": 2, "shard": 1}));
    let ids = [2, 7, 39].map(|id| doc! {"_id": id});
    let made = Made::collection("shop.orders", documents).twins(&ids);
    Dump::of(vec![Made::numbered("shop.apples", 9), made])
}

#[tokio::test(flavor = "multi_thread")]
async fn documents_with_one_id_from_two_shards_are_named_where_one_has_no_room() {
    let world = World::start().await;
    world.store(&twins()).await;
    let planned = world.handle(&world.event("dry_run")).await.unwrap();
    assert_eq!(planned.namespaces[1].twins, 3);
    let event = world.event("restore");
    for attempt in 0..2 {
        let failed = world.handle(&event).await.unwrap_err();
        assert_eq!(failed.failure.name, "RestoredInPart", "{failed}");
        let words = [
            "shop.orders",
            "refused 3 documents",
            "different shards",
            r#"_id {"$numberInt":"39"}"#,
        ];
        for words in words {
            assert!(failed.failure.message.contains(words), "{words}: {failed}");
        }
        let answer = failed.answer.unwrap();
        let refused = &answer.refused[0];
        let mut ids: Vec<_> = refused.documents.iter().map(|document| document.id.as_str()).collect();
        ids.sort_unstable();
        let number = |id| format!(r#"{{"$numberInt":"{id}"}}"#);
        assert_eq!(ids, [number(2), number(39), number(7)], "attempt {attempt}");
        assert!(answer.differences.is_empty(), "the rest was compared: {answer:?}");
        assert_eq!(world.mongo.documents("shop", "orders").len(), 60);
    }
    let (name, message) = world.refused(&world.event("verify")).await;
    assert_eq!(name, "ContentDiffers");
    assert!(
        message.contains("60 documents instead of 63, 3 of which have an _id that another one has"),
        "{message}"
    );
}
