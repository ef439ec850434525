//! Snapshots: exactly one state, whatever is written meanwhile.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures::TryStreamExt as _;
use mongo_emulator::{Corpus, MongoEmulator, Options, Topology};
use mongodb::bson::{Document, RawDocumentBuf, Timestamp, doc};
use mongodb::options::SessionOptions;
use mongodb::{Client, ClientSession, Collection};
use support::{bytes, client, code, impatient, raw, start};

async fn session(client: &Client) -> ClientSession {
    let options = SessionOptions::builder().snapshot(true).build();
    client.start_session().with_options(options).await.unwrap()
}

async fn session_at(client: &Client, time: Timestamp) -> ClientSession {
    let options = SessionOptions::builder().snapshot(true).snapshot_time(time).build();
    client.start_session().with_options(options).await.unwrap()
}

async fn read(
    collection: &Collection<RawDocumentBuf>,
    session: &mut ClientSession,
) -> mongodb::error::Result<Vec<Vec<u8>>> {
    let mut cursor = collection.find(doc! {}).batch_size(7).session(&mut *session).await?;
    let documents: Vec<RawDocumentBuf> = cursor.stream(session).try_collect().await?;
    Ok(documents.into_iter().map(RawDocumentBuf::into_bytes).collect())
}

#[tokio::test]
async fn a_snapshot_shows_one_state_while_others_write() {
    let emulator = start();
    // Money that is moved between two collections, one write after another: only states in between two moves add up.
    for account in 0..40 {
        emulator.insert_raw("bank", "accounts", bytes(&doc! { "_id": account, "moves": 0 }));
    }
    let client = client(&emulator).await;
    let (accounts, ledger) = (raw(&client, "bank", "accounts"), raw(&client, "bank", "ledger"));
    let stop = AtomicBool::new(false);
    let writer = async {
        let accounts = client.database("bank").collection::<Document>("accounts");
        let ledger = client.database("bank").collection::<Document>("ledger");
        let mut number = 0;
        while !stop.load(Ordering::Relaxed) {
            // First the ledger, then the account: in every state the ledger is ahead by none or one.
            ledger.insert_one(doc! { "_id": number }).await.unwrap();
            let account = number % 40;
            let filter = doc! { "_id": account };
            accounts
                .replace_one(filter, doc! { "_id": account, "moves": number / 40 + 1 })
                .await
                .unwrap();
            number += 1;
        }
        number
    };
    let reader = async {
        let moves = |documents: &[Vec<u8>]| -> i32 {
            let documents = documents
                .iter()
                .map(|bytes| Document::from_reader(bytes.as_slice()).unwrap());
            documents.map(|document| document.get_i32("moves").unwrap()).sum()
        };
        let mut first = BTreeMap::new();
        for _ in 0..25 {
            let mut session = session(&client).await;
            let seen = (
                read(&ledger, &mut session).await.unwrap(),
                read(&accounts, &mut session).await.unwrap(),
            );
            let ahead = i32::try_from(seen.0.len()).unwrap() - moves(&seen.1);
            assert!((0..=1).contains(&ahead), "{ahead}");
            let time = session.snapshot_time().unwrap();
            first.insert((time.time, time.increment), seen);
        }
        // Each again, by its time, from another client.
        let other = support::client(&emulator).await;
        for ((time, increment), seen) in first {
            let mut session = session_at(&other, Timestamp { time, increment }).await;
            let again = (
                read(&raw(&other, "bank", "ledger"), &mut session).await.unwrap(),
                read(&raw(&other, "bank", "accounts"), &mut session).await.unwrap(),
            );
            assert!(again == seen, "{time} {increment}");
        }
        stop.store(true, Ordering::Relaxed);
    };
    let (moved, ()) = futures::join!(writer, reader);
    assert!(moved > 0);
    let logged = emulator.calls();
    assert!(
        logged
            .iter()
            .any(|call| call.command == "find" && call.at_cluster_time.is_some())
    );
}

#[tokio::test]
async fn what_is_deleted_dropped_or_renamed_stays_in_the_snapshot() {
    let emulator = start();
    emulator.generate(
        "db",
        "made",
        Corpus {
            documents: 200,
            ..Corpus::default()
        },
    );
    for name in ["dropped", "renamed"] {
        emulator.insert_raw("db", name, bytes(&doc! { "_id": 1 }));
    }
    let client = client(&emulator).await;
    let mut session = session(&client).await;
    let made = read(&raw(&client, "db", "made"), &mut session).await.unwrap();
    assert_eq!(made.len(), 200);
    let database = client.database("db");
    database
        .collection::<Document>("made")
        .delete_many(doc! {})
        .await
        .unwrap();
    database.collection::<Document>("dropped").drop().await.unwrap();
    let rename = doc! { "renameCollection": "db.renamed", "to": "db.other" };
    client.database("admin").run_command(rename).await.unwrap();
    assert!(read(&raw(&client, "db", "made"), &mut session).await.unwrap() == made);
    for (name, in_snapshot, now) in [("dropped", 1, 0), ("renamed", 1, 0), ("other", 0, 1), ("made", 200, 0)] {
        let collection = raw(&client, "db", name);
        assert_eq!(
            read(&collection, &mut session).await.unwrap().len(),
            in_snapshot,
            "{name}"
        );
        assert_eq!(support::all(&collection, doc! {}).await.len(), now, "{name}");
    }
}

#[tokio::test]
async fn a_read_without_a_snapshot_sees_what_is_written_ahead_of_it() {
    let emulator = start();
    for number in [1, 2, 5] {
        emulator.insert_raw("db", "c", bytes(&doc! { "_id": number }));
    }
    let client = client(&emulator).await;
    let collection = raw(&client, "db", "c");
    let mut cursor = collection
        .find(doc! {})
        .sort(doc! { "_id": 1 })
        .batch_size(2)
        .await
        .unwrap();
    cursor.try_next().await.unwrap();
    emulator.insert_raw("db", "c", bytes(&doc! { "_id": 0 }));
    emulator.insert_raw("db", "c", bytes(&doc! { "_id": 3 }));
    let rest: Vec<RawDocumentBuf> = cursor.try_collect().await.unwrap();
    let rest: Vec<_> = rest.iter().map(|document| support::id(document.as_bytes())).collect();
    assert_eq!(rest, [2, 3, 5]);
}

#[tokio::test]
async fn snapshots_that_cannot_be_read_are_refused_as_the_server_does() {
    let emulator = start();
    emulator.insert_raw("db", "c", bytes(&doc! { "_id": 1 }));
    let client = impatient(&emulator).await;
    let collection = raw(&client, "db", "c");
    let mut old = session(&client).await;
    read(&collection, &mut old).await.unwrap();
    emulator.expire_snapshots();
    assert_eq!(code(&read(&collection, &mut old).await.unwrap_err()), Some(239));
    assert_eq!(read(&collection, &mut session(&client).await).await.unwrap().len(), 1);
    let mut ancient = session_at(
        &client,
        Timestamp {
            time: 1_000_000_000,
            increment: 1,
        },
    )
    .await;
    assert_eq!(code(&read(&collection, &mut ancient).await.unwrap_err()), Some(239));
    let mut future = session_at(
        &client,
        Timestamp {
            time: u32::MAX,
            increment: 1,
        },
    )
    .await;
    assert_eq!(code(&read(&collection, &mut future).await.unwrap_err()), Some(72));

    client
        .database("db")
        .create_collection("log")
        .capped(true)
        .size(4096)
        .await
        .unwrap();
    let capped = read(&raw(&client, "db", "log"), &mut session(&client).await).await;
    assert_eq!(code(&capped.unwrap_err()), Some(246));
    let count = doc! { "count": "c", "readConcern": { "level": "snapshot" } };
    assert_eq!(
        code(&client.database("db").run_command(count).await.unwrap_err()),
        Some(72)
    );
}

#[tokio::test]
async fn a_history_of_no_time_keeps_no_snapshot_that_is_a_second_old() {
    let emulator = MongoEmulator::start(Options {
        snapshot_history: Duration::ZERO,
        ..Options::default()
    })
    .unwrap();
    emulator.insert_raw("db", "c", bytes(&doc! { "_id": 1 }));
    let (time, _) = emulator.cluster_time();
    let client = impatient(&emulator).await;
    let mut session = session_at(
        &client,
        Timestamp {
            time: time - 1,
            increment: 1,
        },
    )
    .await;
    assert_eq!(
        code(&read(&raw(&client, "db", "c"), &mut session).await.unwrap_err()),
        Some(239)
    );
}

#[tokio::test]
async fn a_server_alone_has_no_snapshots() {
    let emulator = MongoEmulator::start(Options {
        topology: Topology::Standalone,
        ..Options::default()
    })
    .unwrap();
    let client = impatient(&emulator).await;
    let find = doc! { "find": "c", "readConcern": { "level": "snapshot" } };
    assert_eq!(
        code(&client.database("db").run_command(find).await.unwrap_err()),
        Some(123)
    );
}
