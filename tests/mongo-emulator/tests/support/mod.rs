//! The official driver as the client.

#![allow(dead_code, reason = "every test file uses another part")]

use std::time::Duration;

use futures::TryStreamExt as _;
use mongo_emulator::{MongoEmulator, Options};
use mongodb::bson::{Document, RawDocumentBuf};
use mongodb::error::{Error, ErrorKind};
use mongodb::options::ClientOptions;
use mongodb::{Client, Collection};

/// Longer than anything here takes.
pub(crate) const A_WHILE: Duration = Duration::from_secs(20);

pub(crate) fn start() -> MongoEmulator {
    MongoEmulator::start(Options::default()).unwrap()
}

pub(crate) async fn options(uri: &str) -> ClientOptions {
    let mut options = ClientOptions::parse(uri).await.unwrap();
    options.server_selection_timeout = Some(A_WHILE);
    // The shortest there is: after a failure the driver waits for its monitor.
    options.heartbeat_freq = Some(Duration::from_millis(500));
    options
}

pub(crate) async fn client(emulator: &MongoEmulator) -> Client {
    Client::with_options(options(&emulator.uri()).await).unwrap()
}

/// A client that never tries again, so that every fault shows.
pub(crate) async fn impatient(emulator: &MongoEmulator) -> Client {
    let mut options = options(&emulator.uri()).await;
    options.retry_reads = Some(false);
    options.retry_writes = Some(false);
    Client::with_options(options).unwrap()
}

pub(crate) fn raw(client: &Client, database: &str, collection: &str) -> Collection<RawDocumentBuf> {
    client.database(database).collection(collection)
}

/// The bytes of every document, as `find` gives them.
pub(crate) async fn all(collection: &Collection<RawDocumentBuf>, filter: Document) -> Vec<Vec<u8>> {
    let found = collection.find(filter).await.unwrap();
    let documents: Vec<RawDocumentBuf> = found.try_collect().await.unwrap();
    documents.into_iter().map(RawDocumentBuf::into_bytes).collect()
}

/// `_id`s as integers.
pub(crate) async fn ids(collection: &Collection<RawDocumentBuf>, filter: Document) -> Vec<i32> {
    let documents = all(collection, filter).await;
    documents.iter().map(|bytes| id(bytes)).collect()
}

pub(crate) fn id(bytes: &[u8]) -> i32 {
    let document = RawDocumentBuf::from_bytes(bytes.to_vec()).unwrap();
    document.get_i32("_id").unwrap()
}

pub(crate) fn bytes(document: &Document) -> Vec<u8> {
    document.to_vec().unwrap()
}

/// The server's code of an error, of a write's error too.
pub(crate) fn code(error: &Error) -> Option<i32> {
    match error.kind.as_ref() {
        ErrorKind::Command(error) => Some(error.code),
        ErrorKind::Write(mongodb::error::WriteFailure::WriteError(error)) => Some(error.code),
        ErrorKind::Write(mongodb::error::WriteFailure::WriteConcernError(error)) => Some(error.code),
        _ => None,
    }
}
