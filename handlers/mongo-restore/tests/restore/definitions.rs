//! Options, validators and indexes: compared, and built from whatever an old server kept.

use mongo_emulator::{Fault, FaultKind};
use mongodb::bson::{Bson, DateTime, Document, doc};
use serde_json::{Value, json};

use crate::dump::{Dump, Made, bytes};
use crate::world::World;

fn dump() -> Dump {
    let users = Made::numbered("shop.users", 5)
        .options(&doc! {"validator": {"name": {"$exists": true}}, "validationLevel": "strict"});
    Dump::of(vec![
        Made::numbered("shop.orders", 20)
            .index(&doc! {"v": 2, "key": {"name": 1}, "name": "name"})
            .index(&doc! {"v": 2, "key": {"at": 1}, "name": "old", "expireAfterSeconds": 3_600})
            .index(&doc! {"v": 2, "key": {"b": 1}, "name": "b", "sparse": true}),
        users,
        Made::view(
            "shop.view",
            &doc! {"viewOn": "orders", "pipeline": [{"$match": {"a": 1}}]},
        ),
    ])
}

fn index(world: &World, collection: &str, index: &Document) {
    world.mongo.add_index("shop", collection, bytes(index));
}

/// What differs, as the answer lists it.
async fn definitions(world: &World, event: &Value) -> Value {
    match world.handle(event).await {
        Ok(answer) => serde_json::to_value(&answer.definitions).unwrap(),
        Err(failed) => serde_json::to_value(&failed.answer.unwrap().definitions).unwrap(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn verify_and_dry_run_compare_options_validators_and_indexes() {
    let world = World::start().await;
    world.store(&dump()).await;
    world.handle(&world.event("restore")).await.unwrap();
    world.handle(&world.event("verify")).await.unwrap();
    // The same in other words is no difference.
    world.mongo.drop_index("shop", "orders", "b");
    index(
        &world,
        "orders",
        &doc! {"v": 2, "key": {"b": 1.0}, "name": "b", "sparse": 1, "unique": false},
    );
    world.handle(&world.event("verify")).await.unwrap();

    world.mongo.drop_index("shop", "orders", "b");
    world.mongo.drop_index("shop", "orders", "name");
    index(&world, "orders", &doc! {"v": 2, "key": {"b": 1}, "name": "b"});
    index(&world, "orders", &doc! {"v": 2, "key": {"mine": 1}, "name": "mine"});
    world.mongo.set_options(
        "shop",
        "users",
        bytes(&doc! {"validator": {"name": {"$exists": false}}, "max": 5}),
    );
    world
        .mongo
        .set_options("shop", "view", bytes(&doc! {"viewOn": "orders", "pipeline": []}));
    world.mongo.clear_calls();
    let expected = json!([
        {"namespace": "shop.orders", "missing_indexes": ["name"], "other_indexes": ["b"], "further_indexes": ["mine"]},
        {"namespace": "shop.users", "options": ["validator", "max"]},
        {"namespace": "shop.view", "options": ["pipeline"]},
    ]);
    assert_eq!(definitions(&world, &world.event("dry_run")).await, expected);
    assert_eq!(definitions(&world, &world.event("verify")).await, expected);
    let (name, message) = world.refused(&world.event("verify")).await;
    assert_eq!(name, "ContentDiffers");
    let words = "all documents are there as they were dumped, but 3 namespaces are defined otherwise: shop.orders lacks the indexes name and \
                 has other indexes under the names b and has further indexes mine; shop.users has other options validator, max; shop.view \
                 has other options pipeline";
    assert_eq!(message, words);
    assert!(world.writes().is_empty(), "{:?}", world.writes());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deferred_index_is_missing_for_who_wants_it_built_and_for_nobody_else() {
    let world = World::start().await;
    world.store(&dump()).await;
    let mut event = world.event("restore");
    event["ttl"] = json!("defer");
    world.handle(&event).await.unwrap();
    event["mode"] = json!("verify");
    world.handle(&event).await.unwrap();
    let expected = json!([{"namespace": "shop.orders", "missing_indexes": ["old"]}]);
    assert_eq!(definitions(&world, &world.event("verify")).await, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_application_s_index_that_deletes_is_seen_before_anything_is_written() {
    let world = World::start().await;
    let old = bytes(&doc! {"_id": 1, "at": DateTime::from_millis(0)});
    let dump = Dump::of(vec![Made::collection("shop.sessions", vec![old])]);
    world.store(&dump).await;
    world.mongo.create("shop", "sessions", bytes(&doc! {}));
    index(
        &world,
        "sessions",
        &doc! {"v": 2, "key": {"at": 1}, "name": "theirs", "expireAfterSeconds": 60},
    );
    for ttl in ["defer", "build"] {
        let mut event = world.event("restore");
        event["ttl"] = json!(ttl);
        let (name, message) = world.refused(&event).await;
        assert_eq!(name, "TargetNotEmpty");
        assert!(
            message.contains("shop.sessions (it deletes documents by their age"),
            "{message}"
        );
        event["mode"] = json!("dry_run");
        let planned = world.handle(&event).await.unwrap();
        let conflicts = serde_json::to_value(&planned.conflicts).unwrap();
        assert_eq!(conflicts, json!([{"namespace": "shop.sessions", "reason": "expires"}]));
    }
    assert!(world.writes().is_empty(), "{:?}", world.writes());
    // Documents that are added to the existing ones would be deleted as well.
    world.mongo.insert_raw("shop", "sessions", bytes(&doc! {"_id": 2}));
    let mut event = world.event("restore");
    event["conflict"] = json!("merge");
    event["ttl"] = json!("defer");
    assert_eq!(world.refused(&event).await.0, "TargetNotEmpty");
    event["conflict"] = json!("drop");
    world.handle(&event).await.unwrap();
    world.assert_restored(&dump);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_index_in_the_way_of_another_of_its_name_is_a_conflict() {
    let world = World::start().await;
    world.store(&dump()).await;
    world.mongo.create("shop", "orders", bytes(&doc! {}));
    index(&world, "orders", &doc! {"v": 2, "key": {"c": 1}, "name": "b"});
    let (name, message) = world.refused(&world.event("restore")).await;
    assert_eq!(name, "TargetNotEmpty");
    assert!(
        message.contains("shop.orders (an index has the name of another"),
        "{message}"
    );
}

fn legacy() -> Dump {
    let made = Made::numbered("shop.orders", 20)
        .index(&doc! {"v": 1, "key": {"a": true}, "name": "key_true", "ns": "shop.orders", "safe": Bson::Null})
        .index(&doc! {"v": 2, "key": {"_fts": "text", "_ftsx": 1}, "name": "text", "weights": {"name": 1}, "sparse": true, "safe": true})
        .index(&doc! {"v": 2, "key": {"c": 1}, "name": "yes", "unique": "yes", "sparse": true})
        .index(&doc! {"v": 2, "key": {"at": 1}, "name": "nan", "expireAfterSeconds": f64::NAN})
        .index(&doc! {"v": 2, "key": {"d": 1}, "name": "plain"});
    // No two documents have the same unique key.
    Dump::of(vec![made])
}

fn built(world: &World) -> Vec<Document> {
    let indexes = world.mongo.indexes("shop", "orders");
    let indexes = indexes
        .iter()
        .map(|index| Document::from_reader(index.as_slice()).unwrap());
    indexes.collect()
}

fn index_calls(world: &World) -> usize {
    world
        .mongo
        .calls()
        .iter()
        .filter(|call| call.command == "createIndexes")
        .count()
}

#[tokio::test(flavor = "multi_thread")]
async fn indexes_that_an_old_server_kept_are_built_and_what_changed_is_reported() {
    let world = World::start().await;
    world.store(&legacy()).await;
    let answer = world.handle(&world.event("restore")).await.unwrap();
    let changed = serde_json::to_value(&answer.changed_indexes).unwrap();
    let expected = json!([
        {"namespace": "shop.orders", "name": "key_true", "changes": ["key.a became 1", "safe left out where the server refuses it"]},
        {"namespace": "shop.orders", "name": "text", "changes": ["sparse left out where the server refuses it", "safe left out where the server refuses it"]},
        {"namespace": "shop.orders", "name": "yes", "changes": ["unique became true"]},
        {"namespace": "shop.orders", "name": "nan", "changes": ["expireAfterSeconds became 2147483647, so that it deletes nothing"]},
    ]);
    assert_eq!(changed, expected);
    let expected = [
        doc! {"v": 2, "key": {"_id": 1}, "name": "_id_"},
        doc! {"v": 1, "key": {"a": 1}, "name": "key_true"},
        doc! {"v": 2, "key": {"_fts": "text", "_ftsx": 1}, "name": "text", "weights": {"name": 1}, "sparse": true},
        doc! {"v": 2, "key": {"c": 1}, "name": "yes", "unique": true, "sparse": true},
        doc! {"v": 2, "key": {"d": 1}, "name": "plain"},
        doc! {"v": 2, "key": {"at": 1}, "name": "nan", "expireAfterSeconds": i32::MAX},
    ];
    assert_eq!(built(&world), expected);
    assert_eq!(index_calls(&world), 2, "one for what deletes, and one for all others");
    world.handle(&world.event("verify")).await.unwrap();
    let planned = world.handle(&world.event("dry_run")).await.unwrap();
    assert_eq!(planned.changed_indexes.len(), 4, "said before, too");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_cannot_ignore_options_gets_none_that_it_does_not_know() {
    let world = World::start().await;
    world.store(&legacy()).await;
    // Before 4.2: "BSON field 'createIndexes.ignoreUnknownIndexOptions' is an unknown field."
    world.mongo.fault(Fault {
        command: "createIndexes".to_owned(),
        times: Some(1),
        kind: FaultKind::Refuse {
            code: 40_415,
            message: "BSON field 'createIndexes.ignoreUnknownIndexOptions' is an unknown field.".to_owned(),
            labels: Vec::new(),
        },
        ..Fault::default()
    });
    let answer = world.handle(&world.event("restore")).await.unwrap();
    assert_eq!(answer.changed_indexes.len(), 4);
    let text = doc! {"v": 2, "key": {"_fts": "text", "_ftsx": 1}, "name": "text", "weights": {"name": 1}};
    assert!(built(&world).contains(&text), "{:?}", built(&world));
    assert_eq!(built(&world).len(), 6);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_index_that_cannot_be_built_does_not_make_the_others_built_one_by_one() {
    for (bad, code) in [
        // Every document lacks it, so all have the same key.
        (doc! {"v": 2, "key": {"same": 1}, "name": "bad", "unique": true}, 11_000),
        (
            doc! {"v": 2, "key": {"same": "no_such_type", "other": "hashed"}, "name": "bad"},
            67,
        ),
    ] {
        let world = World::start().await;
        let mut made = Made::numbered("shop.orders", 20);
        for number in 0..16 {
            if number == 9 {
                made = made.index(&bad);
            }
            made = made.index(&doc! {"v": 2, "key": {format!("f{number}"): 1}, "name": format!("f{number}")});
        }
        world.store(&Dump::of(vec![made])).await;
        let failed = world.handle(&world.event("restore")).await.unwrap_err();
        assert_eq!(failed.failure.name, "RestoredWithProblems", "{failed}");
        let answer = failed.answer.unwrap();
        let failed: Vec<_> = answer
            .failed_indexes
            .iter()
            .map(|index| (index.name.as_str(), index.code))
            .collect();
        assert_eq!(failed, [("bad", code)]);
        assert_eq!(built(&world).len(), 17);
        // All, the one that it was about, and the others.
        assert_eq!(index_calls(&world), 3, "{bad}");
    }
}
