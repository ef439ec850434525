//! What is in a collection.

use std::time::Duration;

use dump_format::ContentHash;
use dump_format::names::Namespace;
use futures::StreamExt as _;
use mongodb::bson::{RawBsonRef, RawDocumentBuf};

use super::raw::fields;
use super::{Deployment, Raw, TargetError, Trouble};
use crate::progress::Progress;

/// The server's most for one batch of documents without a size of their own.
const MOST_IN_BATCH: u64 = 100_000;

/// How to read a collection to its end.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reading {
    /// Of a document on average, in bytes.
    pub(crate) document_bytes: u64,
    /// Also add up documents without regard to the order of their fields.
    pub(crate) any_order: bool,
}

/// What is in a collection.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) documents: u64,
    pub(crate) bytes: u64,
    pub(crate) content_hash: ContentHash,
    /// With the fields of each document in the order of their names.
    pub(crate) any_order: ContentHash,
}

impl Found {
    pub(crate) fn add(&mut self, document: &[u8], any_order: bool) {
        self.documents += 1;
        self.bytes += document.len() as u64;
        self.content_hash.add(document);
        if any_order {
            self.any_order.add(&sorted(document));
        }
    }
}

/// The document with the fields at its top in the order of their names. A server that stores measurements by column gives
/// them back in an order of its own.
fn sorted(document: &[u8]) -> Vec<u8> {
    let mut all: Vec<_> = fields(document).collect();
    all.sort_by_key(|(name, _)| *name);
    let all = all.into_iter();
    all.fold(Raw::new().with_room(document.len()), |raw, (name, value)| {
        raw.value(name, value)
    })
    .build()
}

impl Deployment {
    /// Reads all documents, as a majority has them.
    pub(crate) async fn read(
        &self,
        namespace: &Namespace,
        reading: Reading,
        progress: &Progress,
    ) -> Result<Found, TargetError> {
        let batch = (self.limits.read_bytes / reading.document_bytes.max(1)).clamp(1, MOST_IN_BATCH);
        let batch = usize::try_from(batch).unwrap_or(1);
        let mut found = Found::default();
        let mut visit = |document: Option<&[u8]>| match document {
            Some(document) => {
                found.add(document, reading.any_order);
                progress.compared(1, document.len() as u64);
            }
            None => found = Found::default(),
        };
        self.each(namespace, &Raw::new().build(), Some("majority"), batch, &mut visit)
            .await?;
        Ok(found)
    }

    /// Gives every document that matches to `visit`, and `None` before it begins anew because a cursor was lost.
    pub(super) async fn each(
        &self,
        namespace: &Namespace,
        filter: &[u8],
        read_concern: Option<&str>,
        batch: usize,
        visit: Visit<'_>,
    ) -> Result<(), TargetError> {
        let first = i32::try_from(batch).unwrap_or(i32::MAX);
        let command = || {
            let command = Raw::new()
                .with_room(filter.len() + 256)
                .str("find", namespace.collection())
                .document("filter", filter)
                .i32("batchSize", first);
            match read_concern {
                Some(level) => command.document("readConcern", &Raw::new().str("level", level).build()),
                None => command,
            }
        };
        let (database, collection) = (namespace.database(), namespace.collection());
        self.cursor("find", database, collection, command, batch, visit).await
    }

    /// Runs a command that gives a cursor, and the cursor to its end. `batch` is for later batches; 0: the server's choice.
    pub(super) async fn cursor(
        &self,
        operation: &'static str,
        database: &str,
        of: &str,
        command: impl Fn() -> Raw,
        batch: usize,
        visit: Visit<'_>,
    ) -> Result<(), TargetError> {
        let failed = |trouble| TargetError::new(operation, database, of, trouble);
        let mut attempt = 1;
        loop {
            let command = command().command().ok_or_else(|| failed(Trouble::TooLong))?;
            let Err(trouble) = self.cursor_once(database, command, batch, visit).await else {
                return Ok(());
            };
            self.pause(attempt, operation, trouble).await.map_err(failed)?;
            attempt += 1;
            visit(None);
        }
    }

    async fn cursor_once(
        &self,
        database: &str,
        command: RawDocumentBuf,
        batch: usize,
        visit: Visit<'_>,
    ) -> Result<(), Trouble> {
        let patience = self.limits.command_timeout;
        let database = self.client.database(database);
        let mut opening = database.run_raw_cursor_command(command);
        if batch > 0 {
            opening = opening.batch_size(u32::try_from(batch).unwrap_or(u32::MAX));
        }
        let mut cursor = within(patience, opening.batch())
            .await?
            .map_err(|error| Trouble::of(&error))?;
        while let Some(batch) = within(patience, cursor.next()).await? {
            let batch = batch.map_err(|error| Trouble::of(&error))?;
            let documents = batch.doc_slices().map_err(|error| Trouble::of(&error))?;
            for document in documents {
                match document {
                    Ok(RawBsonRef::Document(document)) => visit(Some(document.as_bytes())),
                    _ => return Err(Trouble::Driver("answer not understood")),
                }
            }
        }
        Ok(())
    }
}

/// What is done with each document; `None`: forget those so far.
pub(super) type Visit<'a> = &'a mut (dyn FnMut(Option<&[u8]>) + Send);

async fn within<T>(patience: Duration, future: impl Future<Output = T>) -> Result<T, Trouble> {
    tokio::time::timeout(patience, future)
        .await
        .map_err(|_| Trouble::TimedOut)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use mongodb::bson::doc;

    use super::*;

    #[test]
    fn the_order_of_fields_makes_no_difference_where_it_shall_not() {
        let mut one = Found::default();
        one.add(&doc! {"t": 1, "a": {"y": 1, "x": 2}, "b": 2}.to_vec().unwrap(), true);
        let mut other = Found::default();
        other.add(&doc! {"b": 2, "a": {"y": 1, "x": 2}, "t": 1}.to_vec().unwrap(), true);
        assert_ne!(one.content_hash, other.content_hash);
        assert_eq!(one.any_order, other.any_order);
        let mut within = Found::default();
        within.add(&doc! {"b": 2, "a": {"x": 2, "y": 1}, "t": 1}.to_vec().unwrap(), true);
        assert_ne!(
            one.any_order, within.any_order,
            "within a value the order is the value's own"
        );
    }
}
