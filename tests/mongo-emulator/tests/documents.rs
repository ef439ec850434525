//! Documents as bytes, through the official driver.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use futures::TryStreamExt as _;
use mongo_emulator::{Corpus, Ids};
use mongodb::bson::{Bson, Document, RawDocumentBuf, doc, oid::ObjectId};
use support::{all, bytes, client, code, id, ids, raw, start};

/// Length, elements, end.
fn framed(elements: &[u8]) -> Vec<u8> {
    let length = i32::try_from(elements.len() + 5).unwrap();
    [&length.to_le_bytes(), elements, &[0]].concat()
}

#[tokio::test]
async fn any_bytes_come_back_as_they_were_put() {
    let emulator = start();
    let documents = [
        framed(b"\x10_id\0\x01\0\0\0\x10a\0\x01\0\0\0\x10a\0\x02\0\0\0"),
        framed(b"\x10_id\0\x02\0\0\0\x02s\0\x03\0\0\0\xff\xfe\0"),
        framed(b"\x10_id\0\x03\0\0\0\x01nan\0\x34\x12\0\0\0\0\xf8\xff"),
        framed(b"\x10_id\0\x04\0\0\0\x0a\xc3\x28\0"),
        framed(b"\x10_id\0\x05\0\0\0\x06u\0"),
    ];
    for document in &documents {
        emulator.insert_raw("db", "raw", document.clone());
    }
    let client = client(&emulator).await;
    let collection = raw(&client, "db", "raw");
    assert_eq!(all(&collection, doc! {}).await, documents);
    assert_eq!(emulator.documents("db", "raw"), documents);

    // And the other way: the driver inserts raw documents, the server keeps them.
    let copies = documents
        .iter()
        .map(|bytes| RawDocumentBuf::from_bytes(bytes.clone()).unwrap());
    raw(&client, "db", "copy").insert_many(copies).await.unwrap();
    assert_eq!(emulator.documents("db", "copy"), documents);
}

#[tokio::test]
async fn a_document_of_16_mib_passes_both_ways_and_one_byte_more_does_not() {
    let emulator = start();
    let client = client(&emulator).await;
    let collection = raw(&client, "db", "large");
    let with = |length: usize| {
        let text = "x".repeat(length - bytes(&doc! { "_id": 1, "text": "" }).len());
        RawDocumentBuf::try_from(&doc! { "_id": 1, "text": text }).unwrap()
    };
    let largest = with(16 * 1024 * 1024);
    collection.insert_one(&largest).await.unwrap();
    assert_eq!(all(&collection, doc! {}).await, [largest.into_bytes()]);
    // The driver would not send it: the command does.
    let command = doc! { "insert": "more", "documents": [Document::try_from(with(16 * 1024 * 1024 + 1)).unwrap()] };
    let answer = client.database("db").run_command(command).await.unwrap();
    assert_eq!(
        answer.get_array("writeErrors").unwrap()[0]
            .as_document()
            .unwrap()
            .get_i32("code")
            .unwrap(),
        10_334
    );
}

#[tokio::test]
async fn reads_by_id_keep_to_their_type_and_min_and_max_do_not() {
    let emulator = start();
    let client = client(&emulator).await;
    let collection = client.database("db").collection::<Document>("mixed");
    let object_id = ObjectId::from_bytes([7; 12]);
    let mixed = [
        Bson::MinKey,
        Bson::Null,
        Bson::Int32(1),
        Bson::Double(1.5),
        Bson::Int64(2),
        Bson::String("a".into()),
        Bson::Document(doc! { "k": 1 }),
        Bson::ObjectId(object_id),
        Bson::Boolean(true),
        Bson::MaxKey,
    ];
    let shuffled: Vec<_> = [5, 2, 9, 0, 7, 4, 1, 8, 3, 6]
        .map(|index: usize| doc! { "_id": mixed[index].clone() })
        .into();
    collection.insert_many(shuffled).await.unwrap();
    let found = async |find: mongodb::action::Find<'_, Document>| -> Vec<Bson> {
        let documents: Vec<Document> = find.await.unwrap().try_collect().await.unwrap();
        documents
            .into_iter()
            .map(|document| document.get("_id").unwrap().clone())
            .collect()
    };
    assert_eq!(found(collection.find(doc! {}).sort(doc! { "_id": 1 })).await, mixed);
    let reversed: Vec<_> = mixed.iter().rev().cloned().collect();
    assert_eq!(
        found(collection.find(doc! {}).sort(doc! { "_id": -1 }).batch_size(3)).await,
        reversed
    );
    assert_eq!(found(collection.find(doc! { "_id": { "$gt": 1 } })).await, mixed[3..5]);
    let hint = mongodb::options::Hint::Keys(doc! { "_id": 1 });
    let from_one = collection.find(doc! {}).min(doc! { "_id": 1.0 }).hint(hint.clone());
    assert_eq!(found(from_one).await, mixed[2..]);
    let middle = collection
        .find(doc! {})
        .min(doc! { "_id": 1.5 })
        .max(doc! { "_id": object_id })
        .hint(hint.clone());
    assert_eq!(found(middle.batch_size(1)).await, mixed[3..7]);
    assert_eq!(
        found(collection.find(doc! {}).hint(hint).limit(2).skip(1)).await,
        mixed[1..3]
    );
    let without_hint = collection.find(doc! {}).min(doc! { "_id": 1 }).await.unwrap_err();
    assert_eq!(code(&without_hint), Some(51_173));
}

#[tokio::test]
async fn batches_are_as_large_as_asked_for_and_no_larger_than_16_mib() {
    let emulator = start();
    for number in 0..250 {
        emulator.insert_raw("db", "small", bytes(&doc! { "_id": number }));
    }
    for number in 0..5 {
        emulator.insert_raw(
            "db",
            "wide",
            bytes(&doc! { "_id": number, "text": "x".repeat(6 << 20) }),
        );
    }
    let client = client(&emulator).await;
    assert_eq!(
        ids(&raw(&client, "db", "small"), doc! {}).await,
        (0..250).collect::<Vec<_>>()
    );
    let documents = |emulator: &mongo_emulator::MongoEmulator| -> Vec<u64> {
        emulator.calls().iter().filter_map(|call| call.documents).collect()
    };
    assert_eq!(documents(&emulator), [101, 149]);
    emulator.clear_calls();
    assert_eq!(ids(&raw(&client, "db", "wide"), doc! {}).await, [0, 1, 2, 3, 4]);
    assert_eq!(documents(&emulator), [2, 2, 1]);
    assert_eq!(emulator.open_cursors(), 0);
}

#[tokio::test]
async fn generated_documents_are_the_same_every_time_and_mix_with_stored_ones() {
    for (case, kind) in [
        ("object ids", Ids::ObjectId),
        ("integers", Ids::Int64),
        ("mixed", Ids::Mixed),
    ] {
        let emulator = start();
        let corpus = Corpus {
            documents: 3000,
            ids: kind,
            odd_every: Some(50),
            ..Corpus::default()
        };
        emulator.generate("db", "made", corpus.clone());
        emulator.generate("db", "again", corpus);
        let client = client(&emulator).await;
        let collection = raw(&client, "db", "made");
        let made = all(&collection, doc! {}).await;
        assert_eq!(made.len(), 3000, "{case}");
        assert_eq!(made, all(&raw(&client, "db", "again"), doc! {}).await, "{case}");
        let average = made.iter().map(Vec::len).sum::<usize>() / made.len();
        assert!((900..1100).contains(&average), "{case}: {average}");

        // Two more, around all of them, one deleted, one replaced.
        emulator.insert_raw("db", "made", bytes(&doc! { "_id": Bson::MaxKey }));
        emulator.insert_raw("db", "made", bytes(&doc! { "_id": Bson::MinKey }));
        assert!(emulator.delete_raw("db", "made", &made[7]));
        let mut replaced = RawDocumentBuf::new();
        let id = RawDocumentBuf::from_bytes(made[8].clone()).unwrap();
        replaced.append(mongodb::bson::cstr!("_id"), id.get("_id").unwrap().unwrap());
        assert!(emulator.replace_raw("db", "made", replaced.as_bytes()));
        let found = collection.find(doc! {}).sort(doc! { "_id": 1 }).await.unwrap();
        let sorted: Vec<RawDocumentBuf> = found.try_collect().await.unwrap();
        let sorted: Vec<_> = sorted.into_iter().map(RawDocumentBuf::into_bytes).collect();
        let mut expected = made.clone();
        expected[8] = replaced.into_bytes();
        expected.remove(7);
        expected.insert(0, bytes(&doc! { "_id": Bson::MinKey }));
        expected.push(bytes(&doc! { "_id": Bson::MaxKey }));
        assert!(sorted == expected, "{case}");
        assert_eq!(emulator.counts()["db.made"], 3001, "{case}");

        let id = RawDocumentBuf::from_bytes(made[1500].clone()).unwrap();
        let id: Bson = id.get("_id").unwrap().unwrap().try_into().unwrap();
        assert_eq!(
            all(&collection, doc! { "_id": id.clone() }).await,
            [made[1500].clone()],
            "{case}"
        );
        let again = client
            .database("db")
            .collection::<Document>("made")
            .insert_one(doc! { "_id": id })
            .await;
        assert_eq!(code(&again.unwrap_err()), Some(11_000), "{case}");
    }
}

#[tokio::test]
async fn the_largest_generated_document_has_16_mib() {
    let emulator = start();
    emulator.generate(
        "db",
        "large",
        Corpus {
            documents: 1,
            document_bytes: 16 << 20,
            ..Corpus::default()
        },
    );
    let client = client(&emulator).await;
    let documents = all(&raw(&client, "db", "large"), doc! {}).await;
    assert_eq!(documents[0].len(), 16 << 20);
}

#[tokio::test]
async fn writes_report_what_they_did() {
    let emulator = start();
    let client = client(&emulator).await;
    let collection = client.database("db").collection::<Document>("writes");
    collection
        .insert_many([doc! { "_id": 1 }, doc! { "_id": 2 }])
        .await
        .unwrap();
    let batch = [
        doc! { "_id": 3 },
        doc! { "_id": 2.0 },
        doc! { "_id": 4 },
        doc! { "_id": 1 },
    ];
    let error = collection.insert_many(batch.clone()).ordered(false).await.unwrap_err();
    let mongodb::error::ErrorKind::InsertMany(error) = error.kind.as_ref() else {
        panic!("{error}")
    };
    let errors = error.write_errors.as_ref().unwrap();
    let failed: Vec<_> = errors.iter().map(|error| (error.index, error.code)).collect();
    assert_eq!(failed, [(1, 11_000), (3, 11_000)]);
    assert_eq!(emulator.counts()["db.writes"], 4);
    let error = collection
        .insert_many([doc! { "_id": 1 }, doc! { "_id": 9 }])
        .await
        .unwrap_err();
    assert!(
        matches!(error.kind.as_ref(), mongodb::error::ErrorKind::InsertMany(_)),
        "{error}"
    );
    assert_eq!(
        collection.count_documents(doc! {}).await.unwrap(),
        4,
        "an ordered batch ends at its first error"
    );

    let replaced = collection
        .replace_one(doc! { "_id": 3 }, doc! { "a": 1 })
        .await
        .unwrap();
    assert_eq!((replaced.matched_count, replaced.modified_count), (1, 1));
    let upserted = collection
        .replace_one(doc! { "_id": 7 }, doc! { "a": 2 })
        .upsert(true)
        .await
        .unwrap();
    assert_eq!(upserted.upserted_id, Some(Bson::Int32(7)));
    assert_eq!(
        collection.find_one(doc! { "_id": 3 }).await.unwrap(),
        Some(doc! { "_id": 3, "a": 1 })
    );
    assert_eq!(
        collection
            .delete_many(doc! { "_id": { "$gte": 3 } })
            .await
            .unwrap()
            .deleted_count,
        3
    );
    assert_eq!(collection.estimated_document_count().await.unwrap(), 2);
    let without = bytes(&doc! { "a": 1 });
    let answer = client
        .database("db")
        .run_command(doc! { "insert": "ids", "documents": [{ "a": 1 }] })
        .await
        .unwrap();
    assert_eq!(answer.get_i32("n").unwrap(), 1);
    let stored = Document::from_reader(emulator.documents("db", "ids")[0].as_slice()).unwrap();
    assert_eq!(
        stored.keys().collect::<Vec<_>>(),
        ["_id", "a"],
        "{without:?} gets an _id, in front"
    );
}

#[tokio::test]
async fn aggregations_that_split_and_count_do_so() {
    let emulator = start();
    emulator.generate(
        "db",
        "made",
        Corpus {
            documents: 1000,
            ids: Ids::Mixed,
            ..Corpus::default()
        },
    );
    let client = client(&emulator).await;
    let collection = client.database("db").collection::<Document>("made");
    let run = async |stages: Vec<Document>| -> Vec<Document> {
        collection.aggregate(stages).await.unwrap().try_collect().await.unwrap()
    };
    let sampled = run(vec![
        doc! { "$sample": { "size": 50 } },
        doc! { "$project": { "_id": 1 } },
        doc! { "$sort": { "_id": 1 } },
    ])
    .await;
    assert_eq!(sampled.len(), 50);
    assert!(sampled.iter().all(|document| document.len() == 1));
    let buckets = run(vec![doc! { "$bucketAuto": { "groupBy": "$_id", "buckets": 4 } }]).await;
    let counts: Vec<_> = buckets.iter().map(|bucket| bucket.get_i32("count").unwrap()).collect();
    assert_eq!(counts, [250; 4]);
    for pair in buckets.windows(2) {
        let end = |bucket: &Document, end: &str| bucket.get_document("_id").unwrap().get(end).unwrap().clone();
        assert_eq!(end(&pair[0], "max"), end(&pair[1], "min"));
    }
    assert_eq!(
        run(vec![
            doc! { "$match": { "_id": { "$gte": 0 } } },
            doc! { "$count": "n" }
        ])
        .await,
        [doc! { "n": 333 }]
    );
    let stats = run(vec![doc! { "$collStats": { "storageStats": {}, "count": {} } }]).await;
    assert_eq!(stats[0].get_i64("count").unwrap(), 1000);
    assert_eq!(
        stats[0].get_document("storageStats").unwrap().get_i64("count").unwrap(),
        1000
    );
    let grouped = collection.count_documents(doc! { "_id": { "$lt": 10 } }).await.unwrap();
    assert_eq!(grouped, 10);
    let error = collection.aggregate([doc! { "$lookup": {} }]).await.unwrap_err();
    assert!(error.to_string().contains("not emulated"), "{error}");
    let error = collection.find(doc! { "a.b": 1 }).await.unwrap_err();
    assert!(error.to_string().contains("not emulated"), "{error}");
    assert_eq!(id(&bytes(&doc! { "_id": 5 })), 5);
}

#[tokio::test]
async fn a_capped_collection_forgets_its_oldest() {
    let emulator = start();
    let client = client(&emulator).await;
    client
        .database("db")
        .create_collection("log")
        .capped(true)
        .size(1 << 20)
        .max(3)
        .await
        .unwrap();
    let collection = raw(&client, "db", "log");
    for number in [5, 1, 4, 2, 3] {
        let document = RawDocumentBuf::try_from(&doc! { "_id": number }).unwrap();
        collection.insert_one(document).await.unwrap();
    }
    assert_eq!(ids(&collection, doc! {}).await, [4, 2, 3]);
}

fn stamp(time: u32) -> Bson {
    Bson::Timestamp(mongodb::bson::Timestamp { time, increment: time })
}

#[tokio::test]
async fn an_empty_timestamp_at_the_top_becomes_the_time_unless_the_command_says_otherwise() {
    let emulator = start();
    let client = client(&emulator).await;
    let database = client.database("db");
    let document = |id: Bson| doc! {"_id": id, "at": stamp(0), "inner": {"at": stamp(0)}, "then": stamp(7)};
    let insert = doc! {"insert": "c", "documents": [document(1.into()), document(stamp(0))]};
    database.run_command(insert.clone()).await.unwrap();
    let mut kept = insert;
    kept.insert("documents", vec![document(2.into())]);
    kept.insert("bypassEmptyTsReplacement", true);
    database.run_command(kept).await.unwrap();
    let update = |bypass: bool| doc! {"update": "c", "updates": [{"q": {"_id": 2}, "u": document(2.into())}], "bypassEmptyTsReplacement": bypass};
    let collection = database.collection::<Document>("c");
    let found = async |id: Bson| collection.find_one(doc! {"_id": id}).await.unwrap().unwrap();
    for id in [1.into(), stamp(0)] {
        let found = found(id).await;
        assert_ne!(found.get("at"), Some(&stamp(0)), "{found}");
        assert_eq!(found.get_document("inner").unwrap().get("at"), Some(&stamp(0)));
        assert_eq!(found.get("then"), Some(&stamp(7)));
    }
    assert_eq!(found(2.into()).await, document(2.into()));
    database.run_command(update(true)).await.unwrap();
    assert_eq!(found(2.into()).await, document(2.into()));
    database.run_command(update(false)).await.unwrap();
    assert_ne!(found(2.into()).await, document(2.into()));

    // Measurements keep theirs.
    let options = doc! {"timeseries": {"timeField": "t"}};
    emulator.create("db", "series", bytes(&options));
    let reading = doc! {"t": mongodb::bson::DateTime::from_millis(0), "at": stamp(0)};
    let insert = doc! {"insert": "series", "documents": [reading.clone()]};
    database.run_command(insert).await.unwrap();
    assert_eq!(emulator.documents("db", "series"), [bytes(&reading)]);
}

#[tokio::test]
async fn a_server_that_does_not_know_the_flag_refuses_the_command() {
    let emulator = mongo_emulator::MongoEmulator::start(mongo_emulator::Options {
        knows_empty_timestamps: false,
        ..Default::default()
    })
    .unwrap();
    let client = client(&emulator).await;
    let insert = doc! {"insert": "c", "documents": [{"_id": 1}], "bypassEmptyTsReplacement": true};
    let refused = client.database("db").run_command(insert).await.unwrap_err();
    assert_eq!(code(&refused), Some(40_415));
    assert!(emulator.documents("db", "c").is_empty());
}

#[tokio::test]
async fn an_id_is_no_array_and_not_undefined() {
    let emulator = start();
    let client = client(&emulator).await;
    let insert =
        doc! {"insert": "c", "ordered": false, "documents": [{"_id": [1]}, {"_id": 1}, {"_id": Bson::Undefined}]};
    let answer = client.database("db").run_command(insert).await.unwrap();
    let errors = answer.get_array("writeErrors").unwrap();
    let codes: Vec<_> = errors
        .iter()
        .map(|error| error.as_document().unwrap().get_i32("code").unwrap())
        .collect();
    assert_eq!(
        (codes, ids(&raw(&client, "db", "c"), doc! {}).await),
        (vec![53, 53], vec![1])
    );
}
