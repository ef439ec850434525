//! Failures, gates and the member's role, as a driver meets them.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::time::Duration;

use futures::TryStreamExt as _;
use mongo_emulator::{Fault, FaultKind, Gate, MongoEmulator, code as codes};
use mongodb::bson::{Document, RawDocumentBuf, doc};
use mongodb::error::{Error, ErrorKind};
use mongodb::options::{ReadPreference, SelectionCriteria};
use mongodb::{Client, Collection};
use support::{A_WHILE, bytes, client, code, impatient, raw, start};
use tokio::time::timeout;

fn refuse(code: i32) -> FaultKind {
    FaultKind::Refuse {
        code,
        message: String::new(),
        labels: vec![],
    }
}

fn once(command: &str, kind: FaultKind) -> Fault {
    Fault {
        command: command.into(),
        times: Some(1),
        kind,
        ..Fault::default()
    }
}

fn seeded(count: i32) -> MongoEmulator {
    let emulator = start();
    for number in 0..count {
        emulator.insert_raw("db", "c", bytes(&doc! { "_id": number }));
    }
    emulator
}

async fn read(collection: &Collection<RawDocumentBuf>) -> Result<usize, Error> {
    let cursor = collection.find(doc! {}).batch_size(10).await?;
    let documents: Vec<RawDocumentBuf> = cursor.try_collect().await?;
    Ok(documents.len())
}

fn outcomes(emulator: &MongoEmulator, command: &str) -> Vec<String> {
    let calls = emulator.calls().into_iter().filter(|call| call.command == command);
    calls.map(|call| call.outcome).collect()
}

#[tokio::test]
async fn refusals_have_the_codes_and_names_of_the_server_and_nothing_is_done() {
    for (wanted, name) in [
        (codes::UNAUTHORIZED, "Unauthorized"),
        (codes::MAX_TIME_MS_EXPIRED, "MaxTimeMSExpired"),
        (codes::EXCEEDED_TIME_LIMIT, "ExceededTimeLimit"),
        (codes::SNAPSHOT_TOO_OLD, "SnapshotTooOld"),
        (codes::SNAPSHOT_UNAVAILABLE, "SnapshotUnavailable"),
        (codes::NOT_WRITABLE_PRIMARY, "NotWritablePrimary"),
        (codes::PRIMARY_STEPPED_DOWN, "PrimarySteppedDown"),
        (codes::INTERRUPTED_AT_SHUTDOWN, "InterruptedAtShutdown"),
        (
            codes::INTERRUPTED_DUE_TO_REPL_STATE_CHANGE,
            "InterruptedDueToReplStateChange",
        ),
        (codes::ATLAS_ERROR, "AtlasError"),
        (12_345, "Location12345"),
    ] {
        let emulator = seeded(1);
        let client = impatient(&emulator).await;
        emulator.fault(once("find", refuse(wanted)));
        emulator.fault(once("insert", refuse(wanted)));
        let collection = raw(&client, "db", "c");
        let error = read(&collection).await.unwrap_err();
        assert_eq!(code(&error), Some(wanted));
        let ErrorKind::Command(command) = error.kind.as_ref() else {
            panic!("{error}")
        };
        assert_eq!(command.code_name, name);
        let document = RawDocumentBuf::try_from(&doc! { "_id": 7 }).unwrap();
        assert_eq!(
            code(&collection.insert_one(document).await.unwrap_err()),
            Some(wanted),
            "{name}"
        );
        assert_eq!(emulator.counts()["db.c"], 1, "{name}");
        assert_eq!(outcomes(&emulator, "find"), [name]);
    }
}

#[tokio::test]
async fn a_fault_strikes_the_command_namespace_and_turn_it_names() {
    let emulator = seeded(50);
    emulator.insert_raw("db", "other", bytes(&doc! { "_id": 1 }));
    let client = impatient(&emulator).await;
    emulator.fault(Fault {
        namespace: "db.other".into(),
        kind: refuse(codes::UNAUTHORIZED),
        ..Fault::default()
    });
    emulator.fault(Fault {
        skip: 2,
        ..once("getMore", FaultKind::KillCursor)
    });
    let collection = raw(&client, "db", "c");
    assert_eq!(
        code(&read(&collection).await.unwrap_err()),
        Some(codes::CURSOR_NOT_FOUND)
    );
    let batches: Vec<_> = emulator.calls().iter().filter_map(|call| call.documents).collect();
    assert_eq!(batches, [10, 10, 10], "two more batches, then the cursor is gone");
    assert_eq!(emulator.open_cursors(), 0);
    assert_eq!(read(&collection).await.unwrap(), 50);
    assert_eq!(
        code(&read(&raw(&client, "db", "other")).await.unwrap_err()),
        Some(codes::UNAUTHORIZED)
    );
    assert_eq!(
        client.database("db").list_collection_names().await.unwrap(),
        ["c", "other"]
    );
    emulator.clear_faults();
    assert_eq!(read(&raw(&client, "db", "other")).await.unwrap(), 1);
}

#[tokio::test]
async fn chance_is_the_same_for_the_same_seed() {
    let emulator = seeded(1);
    let client = impatient(&emulator).await;
    let collection = raw(&client, "db", "c");
    let run = async |seed: u64| {
        emulator.clear_faults();
        emulator.fault(Fault {
            command: "find".into(),
            probability: 0.5,
            seed,
            kind: refuse(50),
            ..Fault::default()
        });
        let mut failed = Vec::new();
        for _ in 0..32 {
            failed.push(read(&collection).await.is_err());
        }
        failed
    };
    let (first, second, third) = (run(1).await, run(1).await, run(2).await);
    assert_eq!(first, second);
    assert_ne!(first, third);
    assert!(first.contains(&true) && first.contains(&false));
}

#[tokio::test]
async fn connections_break_before_the_work_after_it_and_within_the_answer() {
    for (case, kind, is_done, outcome) in [
        ("before", FaultKind::ConnectionReset, 0, "connection reset"),
        ("after", FaultKind::AcceptThenReset, 1, "ok, then connection reset"),
        ("within", FaultKind::ResetMidReply, 1, "ok, then connection reset"),
    ] {
        let emulator = start();
        let client = impatient(&emulator).await;
        let collection = raw(&client, "db", "c");
        emulator.fault(once("insert", kind.clone()));
        let document = RawDocumentBuf::try_from(&doc! { "_id": 1 }).unwrap();
        let error = collection.insert_one(document).await.unwrap_err();
        assert!(matches!(error.kind.as_ref(), ErrorKind::Io(_)), "{case}: {error}");
        assert_eq!(
            emulator.counts().get("db.c").copied().unwrap_or_default(),
            is_done,
            "{case}"
        );
        assert_eq!(outcomes(&emulator, "insert"), [outcome], "{case}");
        emulator.fault(once("find", kind));
        assert!(
            matches!(read(&collection).await.unwrap_err().kind.as_ref(), ErrorKind::Io(_)),
            "{case}"
        );
    }
}

#[tokio::test]
async fn a_write_that_is_tried_again_is_done_once() {
    for (case, kind) in [
        ("before", FaultKind::ConnectionReset),
        ("after", FaultKind::AcceptThenReset),
        ("half way", FaultKind::InsertThenReset { documents: 2 }),
        ("refused", refuse(codes::NOT_WRITABLE_PRIMARY)),
        (
            "done and refused",
            FaultKind::AcceptThenRefuse {
                code: codes::INTERRUPTED_DUE_TO_REPL_STATE_CHANGE,
            },
        ),
        (
            "not replicated yet",
            FaultKind::WriteConcern {
                code: codes::PRIMARY_STEPPED_DOWN,
            },
        ),
    ] {
        let emulator = start();
        let client = client(&emulator).await;
        let collection = client.database("db").collection::<Document>("c");
        emulator.fault(once("insert", kind));
        let documents = (0..5).map(|number| doc! { "_id": number });
        let inserted = timeout(A_WHILE, collection.insert_many(documents))
            .await
            .unwrap()
            .unwrap();
        assert_eq!(inserted.inserted_ids.len(), 5, "{case}");
        assert_eq!(emulator.counts()["db.c"], 5, "{case}");
        assert_eq!(outcomes(&emulator, "insert").len(), 2, "{case}");
    }
}

#[tokio::test]
async fn a_write_concern_that_failed_is_reported_beside_the_work() {
    let emulator = start();
    let client = client(&emulator).await;
    emulator.fault(once(
        "insert",
        FaultKind::WriteConcern {
            code: codes::WRITE_CONCERN_FAILED,
        },
    ));
    let collection = client.database("db").collection::<Document>("c");
    let error = collection.insert_one(doc! { "_id": 1 }).await.unwrap_err();
    assert_eq!(code(&error), Some(codes::WRITE_CONCERN_FAILED));
    assert_eq!(emulator.counts()["db.c"], 1);
}

#[tokio::test]
async fn answers_are_late_slow_empty_or_never_come() {
    let emulator = seeded(25);
    let client = impatient(&emulator).await;
    let collection = raw(&client, "db", "c");
    emulator.fault(once("find", FaultKind::EmptyBatch));
    emulator.fault(once("getMore", FaultKind::EmptyBatch));
    assert_eq!(read(&collection).await.unwrap(), 25);
    emulator.fault(once("find", FaultKind::SlowReply { delay_ms: 1 }));
    emulator.fault(once("getMore", FaultKind::Delay { delay_ms: 1 }));
    assert_eq!(read(&collection).await.unwrap(), 25);
    for kind in [FaultKind::Hang, FaultKind::AcceptThenHang, FaultKind::StallMidReply] {
        emulator.fault(once("find", kind.clone()));
        let waited = timeout(Duration::from_millis(50), read(&collection)).await;
        assert!(waited.is_err(), "{kind:?}");
    }
    assert_eq!(read(&collection).await.unwrap(), 25);
}

#[tokio::test]
async fn a_gate_holds_one_command_before_or_after_its_work() {
    for (before, there) in [(true, 0), (false, 1)] {
        let emulator = start();
        let gate = emulator.gate(Gate {
            command: "insert".into(),
            skip: 1,
            before,
            ..Gate::default()
        });
        let client = client(&emulator).await;
        let collection = client.database("db").collection::<Document>("c");
        collection.insert_one(doc! { "_id": 1 }).await.unwrap();
        assert!(!gate.is_reached());
        let held = tokio::spawn({
            let collection = collection.clone();
            async move { collection.insert_one(doc! { "_id": 2 }).await }
        });
        timeout(A_WHILE, gate.reached()).await.unwrap();
        assert_eq!(emulator.counts()["db.c"], 1 + there, "before: {before}");
        assert!(!held.is_finished());
        collection.insert_one(doc! { "_id": 3 }).await.unwrap();
        gate.open();
        held.await.unwrap().unwrap();
        assert_eq!(emulator.counts()["db.c"], 3);
    }
}

#[tokio::test]
async fn cursors_end_with_their_collection_or_when_idle_for_too_long() {
    let emulator = seeded(30);
    let client = impatient(&emulator).await;
    let collection = raw(&client, "db", "c");
    let begun = async || {
        let mut cursor = collection.find(doc! {}).batch_size(10).await.unwrap();
        cursor.try_next().await.unwrap();
        cursor
    };
    let cursor = begun().await;
    emulator.expire_cursors();
    let ended: Result<Vec<_>, _> = cursor.try_collect().await;
    assert_eq!(code(&ended.unwrap_err()), Some(codes::CURSOR_NOT_FOUND));
    let cursor = begun().await;
    emulator.drop_collection("db", "c");
    let ended: Result<Vec<_>, _> = cursor.try_collect().await;
    assert_eq!(code(&ended.unwrap_err()), Some(codes::QUERY_PLAN_KILLED));
    emulator.generate("db", "c", mongo_emulator::Corpus::default());
    drop(begun().await);
    let killed = async {
        while emulator.open_cursors() > 0 {
            tokio::task::yield_now().await;
        }
    };
    timeout(A_WHILE, killed)
        .await
        .expect("a cursor that is dropped is killed");
}

#[tokio::test]
async fn a_member_that_steps_down_refuses_writes_and_reads_for_secondaries_only() {
    let emulator = seeded(1);
    let client = impatient(&emulator).await;
    let database = client.database("db");
    database
        .collection::<Document>("c")
        .insert_one(doc! { "_id": 100 })
        .await
        .unwrap();
    emulator.step_down();
    let secondary = SelectionCriteria::ReadPreference(ReadPreference::SecondaryPreferred { options: None });
    let find = || {
        database
            .run_command(doc! { "find": "c" })
            .selection_criteria(secondary.clone())
    };
    timeout(A_WHILE, find()).await.unwrap().unwrap();
    // A direct connection sends it anyway, and shows what the member says.
    let uri = format!(
        "mongodb://{}/?directConnection=true&retryWrites=false&retryReads=false",
        emulator.address()
    );
    let direct = Client::with_uri_str(uri).await.unwrap();
    let insert = direct
        .database("db")
        .run_command(doc! { "insert": "c", "documents": [{ "_id": 101 }] })
        .await;
    assert_eq!(code(&insert.unwrap_err()), Some(codes::NOT_WRITABLE_PRIMARY));
    // A write waits for a primary.
    let collection = database.collection::<Document>("c");
    let write = tokio::spawn(async move { collection.insert_one(doc! { "_id": 102 }).await });
    emulator.step_up();
    timeout(A_WHILE, write).await.unwrap().unwrap().unwrap();
    assert_eq!(emulator.counts()["db.c"], 3);
}

#[tokio::test]
async fn a_server_that_was_away_has_everything_when_it_comes_back() {
    let emulator = seeded(40);
    let client = client(&emulator).await;
    let collection = raw(&client, "db", "c");
    let mut cursor = collection.find(doc! {}).batch_size(10).await.unwrap();
    cursor.try_next().await.unwrap();
    emulator.go_away();
    let ended: Result<Vec<_>, _> = cursor.try_collect().await;
    assert!(ended.is_err(), "a getMore is not tried again");
    let reading = tokio::spawn({
        let collection = collection.clone();
        async move { read(&collection).await }
    });
    emulator.come_back();
    assert_eq!(timeout(A_WHILE, reading).await.unwrap().unwrap().unwrap(), 40);
}
