//! restore(dump(x)) == x, whatever x holds.

use dump_format::payload::Compression;
use mongo_emulator::{Corpus, Ids, MongoEmulator, Options};
use mongodb::bson::{Bson, DateTime, Decimal128, doc};
use serde_json::json;

use crate::dump::{Dump, Made, bytes};
use crate::world::{World, sorted};

/// Documents of every kind, odd ones among them, as no client could make them.
fn corpus(ids: Ids, documents: u64) -> Vec<Vec<u8>> {
    let source = MongoEmulator::start(Options::default()).unwrap();
    let corpus = Corpus {
        documents,
        ids,
        odd_every: Some(3),
        ..Corpus::default()
    };
    source.generate("a", "b", corpus);
    source.documents("a", "b")
}

fn everything() -> Dump {
    let of_every_type = doc! {
        "_id": {"a": 1, "b": [1, 2]}, "double": -0.0, "infinite": f64::INFINITY, "text": "é\u{0}\n", "empty": "", "list": [[], [{}], Bson::Null],
        "yes": true, "at": DateTime::from_millis(-62_135_596_800_001), "decimal": "-0E+6111".parse::<Decimal128>().unwrap(),
        "long": i64::MAX, "least": Bson::MinKey, "most": Bson::MaxKey, "": 1, "a.b": 1, "stamp": Bson::Timestamp(mongodb::bson::Timestamp { time: 7, increment: 1 }),
    };
    let ids = [
        doc! {"_id": Bson::Null},
        doc! {"_id": "1"},
        doc! {"_id": 1},
        doc! {"_id": 1.5},
        doc! {"_id": true},
        doc! {"_id": f64::NAN},
        doc! {"_id": Bson::MinKey},
        doc! {"_id": DateTime::from_millis(0)},
        of_every_type,
    ];
    let measurements =
        (0..90).map(|number| bytes(&doc! {"t": DateTime::from_millis(number * 1_000), "m": "a", "v": number}));
    let mut dump = Dump::of(vec![
        Made::collection("shop.mixed", corpus(Ids::Mixed, 130)),
        Made::collection("shop.ids", ids.iter().map(bytes).collect()),
        Made::collection("shop.none", Vec::new()),
        Made::numbered("shop.strict", 10).options(&doc! {"validator": {"other": {"$exists": true}}, "validationAction": "error"}),
        Made::numbered("shop.capped", 30).options(&doc! {"capped": true, "size": 1_048_576, "max": 30}),
        Made::numbered("shop.clustered", 20)
            .options(&doc! {"clusteredIndex": {"v": 2, "key": {"_id": 1}, "name": "mine", "unique": true}}),
        Made::numbered("shop.german", 3)
            .options(&doc! {"collation": {"locale": "de", "strength": 2}})
            .index(&doc! {"v": 2, "key": {"name": 1}, "name": "folded", "collation": {"locale": "de", "strength": 2}}),
        Made::numbered("shop.indexed", 100)
            .index(&doc! {"v": 2, "key": {"b": 1, "a": -1}, "name": "order", "unique": false})
            .index(&doc! {"v": 2, "key": {"name": 1}, "name": "unique", "unique": true})
            .index(&doc! {"v": 2, "key": {"name": "hashed"}, "name": "hashed"})
            .index(&doc! {"v": 2, "key": {"$**": 1}, "name": "wild", "wildcardProjection": {"a": 1}})
            .index(&doc! {"v": 2, "key": {"place": "2dsphere"}, "name": "place", "2dsphereIndexVersion": 3})
            .index(&doc! {"v": 2, "key": {"_fts": "text", "_ftsx": 1}, "name": "text", "weights": {"name": 1}, "default_language": "english", "language_override": "language", "textIndexVersion": 3})
            .index(&doc! {"v": 2, "key": {"part": 1}, "name": "partial", "partialFilterExpression": {"part": {"$gt": 5}}, "hidden": true})
            .index(&doc! {"v": 2, "key": {"at": 1}, "name": "ttl", "expireAfterSeconds": 3600}),
        Made::time_series("shop.readings", &doc! {"timeseries": {"timeField": "t", "metaField": "m", "granularity": "seconds"}, "expireAfterSeconds": 86_400_i64}, measurements.collect()),
        Made::view("shop.a_view", &doc! {"viewOn": "indexed", "pipeline": [{"$match": {"_id": {"$gt": 50}}}]}),
        Made::view("shop.on_view", &doc! {"viewOn": "a_view", "pipeline": []}),
        Made::view("shop.of_nothing", &doc! {"viewOn": "not_there", "pipeline": []}),
        Made::numbered("Case.x", 2),
        Made::numbered("shop.odd/name %\n*é", 5),
        Made::numbered("shop.Indexed", 5),
    ]);
    dump.made
        .sort_by_key(|made| (made.database.clone(), made.collection.clone()));
    dump
}

async fn comes_back(dump: Dump) {
    let world = World::start().await;
    world.store(&dump).await;
    let answer = world.handle(&world.event("restore")).await.unwrap();
    world.assert_restored(&dump);
    let documents: usize = dump.made.iter().map(|made| made.documents.len()).sum();
    assert_eq!(answer.documents, documents as u64);
    assert_eq!(
        (answer.inserted, answer.present, answer.replaced),
        (documents as u64, 0, 0)
    );
    for made in &dump.made {
        let (database, collection) = (&made.database, &made.collection);
        assert_eq!(
            world.mongo.options(database, collection).unwrap(),
            made.options,
            "{collection}"
        );
        if made.kind == dump_format::manifest::Kind::Collection && collection != "german" {
            let expected = match collection.as_str() {
                // The emulator's own word for the index that clusters.
                "clustered" => world.mongo.indexes(database, collection),
                _ => made.indexes.clone(),
            };
            assert_eq!(world.mongo.indexes(database, collection), expected, "{collection}");
        }
    }
    let views: Vec<_> = world
        .mongo
        .calls()
        .iter()
        .filter(|call| call.command == "create")
        .map(|call| call.namespace.clone())
        .collect();
    let first = views.iter().position(|name| name == "shop.a_view").unwrap();
    assert!(views[first..].len() == 3, "views come last: {views:?}");
    // It is there, so a look at it says so, twice.
    let verified = world.handle(&world.event("verify")).await.unwrap();
    assert_eq!(verified.used, dump.run);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_document_collection_and_index_comes_back() {
    comes_back(everything()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn so_does_a_dump_compressed_by_gzip() {
    let mut dump = everything();
    dump.compression = Compression::Gzip;
    comes_back(dump).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn documents_of_the_largest_size_come_back() {
    let world = World::start().await;
    let large = |id: i32| bytes(&doc! {"_id": id, "text": "x".repeat((16 << 20) - 40)});
    let documents = vec![large(1), bytes(&doc! {"_id": 2}), large(3)];
    let dump = Dump::of(vec![Made::collection("shop.large", documents)]);
    world.store(&dump).await;
    world.handle(&world.event("restore")).await.unwrap();
    world.assert_restored(&dump);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_deletes_documents_is_made_last_and_left_out_if_wanted() {
    let made = || {
        vec![
            Made::numbered("shop.orders", 50)
                .index(&doc! {"v": 2, "key": {"at": 1}, "name": "ttl", "expireAfterSeconds": 1})
                .index(&doc! {"v": 2, "key": {"name": 1}, "name": "name"}),
            Made::time_series(
                "shop.readings",
                &doc! {"timeseries": {"timeField": "t"}, "expireAfterSeconds": 5_i64},
                vec![bytes(&doc! {"t": DateTime::from_millis(0), "v": 1})],
            ),
        ]
    };
    let world = World::start().await;
    world.store(&Dump::of(made())).await;
    world.handle(&world.event("restore")).await.unwrap();
    let calls: Vec<_> = world
        .mongo
        .calls()
        .iter()
        .map(|call| format!("{} {}", call.command, call.namespace))
        .collect();
    let last_read = calls.iter().rposition(|call| call.starts_with("find shop.")).unwrap();
    let ttl = calls
        .iter()
        .rposition(|call| call == "createIndexes shop.orders")
        .unwrap();
    let modified = calls.iter().position(|call| call == "collMod shop.readings").unwrap();
    assert!(last_read < ttl && last_read < modified, "{calls:?}");

    let world = World::start().await;
    world.store(&Dump::of(made())).await;
    let mut event = world.event("restore");
    event["ttl"] = json!("defer");
    let answer = world.handle(&event).await.unwrap();
    let deferred = serde_json::to_value(&answer.deferred).unwrap();
    assert_eq!(
        deferred,
        json!([{"namespace": "shop.orders", "index": "ttl"}, {"namespace": "shop.readings", "index": null}])
    );
    assert_eq!(world.mongo.indexes("shop", "orders").len(), 2);
    let options = world.mongo.options("shop", "readings").unwrap();
    assert_eq!(options, bytes(&doc! {"timeseries": {"timeField": "t"}}));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_index_that_cannot_be_built_keeps_no_other_out_and_is_no_success() {
    let world = World::start().await;
    let twice = |id: i32| bytes(&doc! {"_id": id, "email": "secret@example.com"});
    let made = Made::collection("shop.users", vec![twice(1), twice(2)])
        .index(&doc! {"v": 2, "key": {"email": 1}, "name": "email", "unique": true})
        .index(&doc! {"v": 2, "key": {"a": 1}, "name": "other"});
    let dump = Dump::of(vec![made]);
    world.store(&dump).await;
    let failed = world.handle(&world.event("restore")).await.unwrap_err();
    assert_eq!(failed.failure.name, "RestoredWithProblems");
    assert!(
        failed
            .failure
            .message
            .contains("email of shop.users (server's code 11000)"),
        "{failed}"
    );
    let answer = failed.answer.unwrap();
    assert_eq!(answer.failed_indexes.len(), 1);
    assert!(!format!("{answer:?}{}", failed.failure.message).contains("secret@"));
    assert_eq!(world.mongo.indexes("shop", "users").len(), 2);
    world.assert_restored(&dump);
}

#[tokio::test(flavor = "multi_thread")]
async fn batches_are_never_larger_than_they_may_be() {
    let mut world = World::start().await;
    world.settings.limits.batch_documents = 7;
    let mut dump = Dump::of(vec![Made::numbered("shop.orders", 100)]);
    dump.documents_per_part = 60;
    world.store(&dump).await;
    world.handle(&world.event("restore")).await.unwrap();
    let inserts = world.mongo.calls();
    let inserts: Vec<_> = inserts.iter().filter(|call| call.command == "insert").collect();
    assert!(inserts.iter().all(|call| call.documents.unwrap() <= 7), "{inserts:?}");
    assert_eq!(sorted(world.mongo.documents("shop", "orders")).len(), 100);
}
