//! What is dumped is what was there.

use dump_format::key::Object;
use dump_format::manifest::{Consistency, Kind, Outcome, SkipReason};
use mongo_dump::Answer;
use mongo_emulator::{Corpus, Ids};
use mongodb::bson::rawdoc;

use crate::world::{World, complete, shown};

fn odd(documents: u64) -> Corpus {
    Corpus {
        documents,
        odd_every: Some(3),
        ..Corpus::default()
    }
}

#[tokio::test]
async fn every_kind_of_document_comes_back_byte_for_byte_with_both_compressions() {
    for compression in ["zstd", "gzip"] {
        let mut world = World::start().await;
        world.fields.compression = compression.to_owned();
        world.mongo.generate("school", "students", odd(300));
        let mixed = Corpus {
            ids: Ids::Mixed,
            ..odd(90)
        };
        world.mongo.generate("school", "mixed/%\n", mixed);
        world.mongo.insert_raw(
            "other",
            "one",
            rawdoc! { "_id": { "a": 1, "b": [1.5, null] } }.into_bytes(),
        );
        world.mongo.create("other", "empty", rawdoc! {}.into_bytes());

        let report = complete(world.dump().await);
        assert_eq!(report.documents, 391, "{compression}");
        assert!(
            matches!(report.consistency, Consistency::Snapshot { .. }),
            "{compression}"
        );
        world.assert_equal_to_the_deployment().await;
        let manifest = world.manifest().await.unwrap();
        assert_eq!(manifest.outcome(), Outcome::Complete);
        assert_eq!(manifest.collections().len(), 4);
        let escaped: u64 = manifest.collections().iter().flat_map(|it| it.escaped.values()).sum();
        assert!(escaped > 50, "{escaped}");
        assert_eq!(world.latest().await.unwrap().run, world.run());
        assert_eq!(world.metric("Completed"), [1.0]);
        assert_eq!(world.metric("Documents"), [391.0]);
        assert_eq!(world.metric("Failed"), [0.0; 0]);
    }
}

#[tokio::test]
async fn definitions_and_indexes_are_kept_exactly() {
    let world = World::start().await;
    let options = rawdoc! { "validator": { "a": { "$exists": true } }, "validationLevel": "off" }.into_bytes();
    world.mongo.create("shop", "orders", options);
    let index =
        rawdoc! { "v": 2, "key": { "b": 1, "a": -1 }, "name": "b_1_a_-1", "expireAfterSeconds": 60 }.into_bytes();
    world.mongo.add_index("shop", "orders", index.clone());
    let view = rawdoc! { "viewOn": "orders", "pipeline": [{ "$match": { "a": 1 } }] }.into_bytes();
    world.mongo.create("shop", "ones", view);

    complete(world.dump().await);
    let meta = world.meta("shop", "orders").await;
    assert_eq!(meta.kind, Kind::Collection);
    assert!(meta.indexes.iter().any(|kept| kept.0 == index));
    assert_eq!(world.mongo.indexes("shop", "orders").len(), meta.indexes.len());
    let view = world.meta("shop", "ones").await;
    assert_eq!((view.kind, view.indexes.len()), (Kind::View, 0));
    let manifest = world.manifest().await.unwrap();
    let parts: Vec<_> = manifest.collections().iter().map(|it| it.parts().count()).collect();
    assert_eq!(parts, [0, 0]);
}

#[tokio::test]
async fn what_is_not_selected_is_named_and_is_no_gap() {
    let mut world = World::start().await;
    for collection in ["orders", "sessions", "system.js"] {
        world
            .mongo
            .insert_raw("shop", collection, rawdoc! { "_id": 1 }.into_bytes());
    }
    world.fields.exclude = vec!["*.sessions".to_owned()];
    assert_eq!(complete(world.dump().await).documents, 1);
    let manifest = world.manifest().await.unwrap();
    let skipped: Vec<_> = manifest
        .skipped()
        .iter()
        .map(|skipped| (skipped.namespace.to_string(), skipped.reason))
        .collect();
    let expected = [
        ("shop.sessions".to_owned(), SkipReason::Excluded),
        ("shop.system.js".to_owned(), SkipReason::System),
    ];
    assert_eq!(skipped, expected);
}

#[tokio::test]
async fn an_object_ends_after_the_document_that_fills_it_and_large_ones_are_uploaded_in_parts() {
    let mut world = World::start().await;
    world.limits.part_bytes = 64 << 10;
    world.limits.object_bytes = 300 << 10;
    world.mongo.generate(
        "school",
        "students",
        Corpus {
            documents: 4_000,
            ..Corpus::default()
        },
    );
    let report = complete(world.dump().await);
    assert!(report.parts >= 3, "{report:?}");
    assert!(world.front.calls_of("UploadPart") >= 10);
    assert_eq!(world.front.calls_of("CompleteMultipartUpload") as u64, report.parts);
    assert_eq!(world.front.calls_of("AbortMultipartUpload"), 0);
    world.assert_equal_to_the_deployment().await;
}

#[tokio::test]
async fn capped_collections_and_time_series_are_read_in_their_own_order() {
    let world = World::start().await;
    world.mongo.create(
        "logs",
        "ring",
        rawdoc! { "capped": true, "size": 1_000_000 }.into_bytes(),
    );
    for id in [5, 3, 9, 1] {
        world
            .mongo
            .insert_raw("logs", "ring", rawdoc! { "_id": id }.into_bytes());
    }
    world.mongo.create(
        "logs",
        "heat",
        rawdoc! { "timeseries": { "timeField": "at" } }.into_bytes(),
    );
    world
        .mongo
        .insert_raw("logs", "plain", rawdoc! { "_id": 1 }.into_bytes());

    let report = complete(world.dump().await);
    let Consistency::PerRange { reason, code } = report.consistency else {
        panic!("{report:?}");
    };
    assert_eq!(reason, dump_format::manifest::NoSnapshot::CollectionKind);
    assert_eq!(code, Some(246));
    let restored = world.restored().await;
    assert_eq!(restored["logs.ring"], world.mongo.documents("logs", "ring"));
    assert_eq!(world.meta("logs", "heat").await.kind, Kind::TimeSeries);
}

#[tokio::test]
async fn every_write_is_encrypted_with_the_events_key() {
    let world = World::start().await;
    world.mongo.generate("school", "students", Corpus::default());
    complete(world.dump().await);
    for key in world.objects().await.keys() {
        let head = world
            .s3
            .head_object()
            .bucket(&world.bucket)
            .key(key)
            .send()
            .await
            .unwrap();
        assert_eq!(head.ssekms_key_id(), Some(world.fields.kms_key_arn.as_str()), "{key}");
    }
    let used: std::collections::BTreeSet<_> = world.front.operations().into_iter().collect();
    let expected = ["AssumeRole", "GetObject", "GetSecretValue", "PutObject"];
    assert_eq!(used.iter().map(String::as_str).collect::<Vec<_>>(), expected);
}

#[tokio::test]
async fn an_empty_deployment_is_a_failure_that_says_so() {
    let world = World::start().await;
    assert_eq!(crate::world::name(world.dump().await), "DumpEmpty");
    assert_eq!(world.manifest().await.unwrap().outcome(), Outcome::Empty);
    assert!(world.latest().await.is_none());
    assert_eq!(world.metric("Failed"), [1.0]);
    // And again: a doubled event is no success either.
    assert_eq!(crate::world::name(world.dump().await), "DumpEmpty");
}

#[tokio::test]
async fn the_answer_says_what_the_manifest_says() {
    let world = World::start().await;
    world.mongo.generate("school", "students", Corpus::default());
    let answer = world.dump().await.unwrap();
    let Answer::Complete(report) = &answer else {
        panic!("{answer:?}");
    };
    let json = shown(&answer);
    assert_eq!(json["outcome"], "complete");
    assert_eq!(json["documents"], 1000);
    assert_eq!(report.manifest, world.key(Object::Manifest));
    assert_eq!(json["consistency"]["level"], "snapshot");
}
