//! Documents into a collection, each exactly once: an insert that may have been done is never repeated blindly. What is there
//! already is looked for by `_id` and compared byte for byte.

use std::collections::{HashMap, HashSet};

use dump_format::names::Namespace;
use mongodb::bson::Document;

use super::error::number;
use super::raw::{RawValue, field};
use super::{Deployment, Raw, TargetError, Trouble, majority};
use crate::source::Batch;

const DUPLICATE_KEY: i64 = 11_000;

/// What to do with a document whose `_id` is there with other content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OnDifferent {
    /// Leave it and count it.
    Keep,
    /// Put the dump's in its place.
    Replace,
}

/// How to insert.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct How {
    /// Some of it may be there already, so that is looked for first.
    pub(crate) is_known: bool,
    /// What to do with those that are there otherwise.
    pub(crate) on_different: OnDifferent,
    /// `_id` tells what is there. Where it does not (measurements), nothing is ever repeated.
    pub(crate) has_ids: bool,
}

/// What became of a batch.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Inserted {
    pub(crate) inserted: u64,
    /// Were there as they should be.
    pub(crate) present: u64,
    pub(crate) replaced: u64,
    /// Have other content, or are kept out by an index that is not that of `_id`.
    pub(crate) different: u64,
}

impl Inserted {
    pub(crate) fn add(&mut self, other: Self) {
        self.inserted += other.inserted;
        self.present += other.present;
        self.replaced += other.replaced;
        self.different += other.different;
    }
}

/// What a server said of an insert.
struct Outcome {
    /// Their `_id` was there.
    doubled: Vec<usize>,
    /// Refused for another reason: its code.
    refused: Option<i32>,
    /// Kept out by another unique index.
    kept_out: usize,
}

impl Deployment {
    /// Inserts a batch into a collection.
    pub(crate) async fn insert(&self, namespace: &Namespace, batch: &Batch, how: How) -> Result<Inserted, TargetError> {
        let mut is_known = how.is_known;
        let mut done = Inserted::default();
        let mut left: Vec<usize> = (0..batch.len()).collect();
        let mut attempt = 1;
        loop {
            if is_known {
                let present = self.present(namespace, batch, &left).await?;
                done.present += present.len() as u64;
                left.retain(|at| !present.contains(at));
            }
            if left.is_empty() {
                return Ok(done);
            }
            let outcome = match self.insert_once(namespace, batch, &left).await {
                Ok(outcome) => outcome,
                Err(trouble) => {
                    let failed =
                        |trouble| TargetError::new("insert", namespace.database(), namespace.collection(), trouble);
                    if !how.has_ids {
                        return Err(failed(trouble));
                    }
                    self.pause(attempt, "insert", trouble).await.map_err(failed)?;
                    attempt += 1;
                    // It may have been done, wholly or in part.
                    is_known = true;
                    continue;
                }
            };
            if let Some(code) = outcome.refused {
                let trouble = Trouble::Refused {
                    code,
                    name: "of a document".to_owned(),
                };
                return Err(TargetError::new(
                    "insert",
                    namespace.database(),
                    namespace.collection(),
                    trouble,
                ));
            }
            done.inserted += (left.len() - outcome.doubled.len() - outcome.kept_out) as u64;
            done.different += outcome.kept_out as u64;
            let mut doubled = outcome.doubled;
            // Also of what was looked for before: another writer of the same dump may have come in between.
            if !doubled.is_empty() {
                let present = self.present(namespace, batch, &doubled).await?;
                done.present += present.len() as u64;
                doubled.retain(|at| !present.contains(at));
            }
            match how.on_different {
                OnDifferent::Keep => done.different += doubled.len() as u64,
                OnDifferent::Replace => {
                    for at in doubled {
                        self.replace(namespace, batch.get(at)).await?;
                        done.replaced += 1;
                    }
                }
            }
            return Ok(done);
        }
    }

    /// Which of these documents are in the collection, byte for byte.
    pub(crate) async fn present(
        &self,
        namespace: &Namespace,
        batch: &Batch,
        of: &[usize],
    ) -> Result<HashSet<usize>, TargetError> {
        let mut ids = Vec::new();
        let mut wanted = HashMap::new();
        for (place, at) in of.iter().enumerate() {
            let document = batch.get(*at);
            wanted.entry(document).or_insert(*at);
            if let Some(RawValue { kind, bytes }) = field(document, "_id") {
                ids.push(kind);
                ids.extend_from_slice(itoa::Buffer::new().format(place).as_bytes());
                ids.push(0);
                ids.extend_from_slice(bytes);
            }
        }
        let one_of = Raw::new().with_room(ids.len() + 16).array_of("$in", &ids).build();
        let filter = Raw::new().document("_id", &one_of).build();
        let mut present = HashSet::new();
        // The primary's own state: what was written there a moment ago counts, whether or not others have it.
        let mut visit = |document: Option<&[u8]>| match document {
            Some(document) => present.extend(wanted.get(document)),
            None => present.clear(),
        };
        self.each(namespace, &filter, None, self.limits.batch_documents, &mut visit)
            .await?;
        Ok(present)
    }

    async fn insert_once(&self, namespace: &Namespace, batch: &Batch, left: &[usize]) -> Result<Outcome, Trouble> {
        let command = Raw::new()
            .with_room(batch.bytes() + 512)
            .str("insert", namespace.collection())
            .bool("ordered", false)
            .bool("bypassDocumentValidation", true)
            .document("writeConcern", &majority());
        let command = if left.len() == batch.len() {
            command.array_of("documents", batch.elements())
        } else {
            command.documents("documents", left.iter().map(|at| batch.get(*at)))
        };
        let command = command.command().ok_or(Trouble::TooLong)?;
        let answer = self
            .once(namespace.database(), command, self.limits.command_timeout)
            .await?;
        if let Some(trouble) = Trouble::of_write_concern(&answer) {
            return Err(trouble);
        }
        Outcome::read(&answer, left)
    }

    async fn replace(&self, namespace: &Namespace, document: &[u8]) -> Result<(), TargetError> {
        let id = field(document, "_id").unwrap_or(RawValue { kind: 0x0A, bytes: &[] });
        let filter = Raw::new().value("_id", id).build();
        let update = Raw::new()
            .document("q", &filter)
            .document("u", document)
            .bool("upsert", true);
        let update = update.build();
        let command = Raw::new()
            .str("update", namespace.collection())
            .bool("ordered", false)
            .bool("bypassDocumentValidation", true)
            .document("writeConcern", &majority())
            .documents("updates", [update.as_slice()]);
        let (database, collection) = (namespace.database(), namespace.collection());
        let timeout = self.limits.command_timeout;
        let answer = self.command("update", database, collection, command, timeout).await?;
        match first_error(&answer) {
            None => Ok(()),
            Some(code) => {
                let trouble = Trouble::Refused {
                    code,
                    name: "of a document".to_owned(),
                };
                Err(TargetError::new("update", database, collection, trouble))
            }
        }
    }
}

fn first_error(answer: &Document) -> Option<i32> {
    let error = answer.get_array("writeErrors").ok()?.first()?.as_document()?;
    number(error, "code")
        .and_then(|code| i32::try_from(code).ok())
        .or(Some(0))
}

impl Outcome {
    fn read(answer: &Document, left: &[usize]) -> Result<Self, Trouble> {
        let mut outcome = Self {
            doubled: Vec::new(),
            refused: None,
            kept_out: 0,
        };
        let errors = answer.get_array("writeErrors").map(Vec::as_slice).unwrap_or_default();
        for error in errors {
            let not_understood = Trouble::Driver("answer not understood");
            let error = error.as_document().ok_or(not_understood.clone())?;
            let at = number(error, "index").and_then(|at| usize::try_from(at).ok());
            let at = at.and_then(|at| left.get(at)).ok_or(not_understood)?;
            let code = number(error, "code").unwrap_or_default();
            if code != DUPLICATE_KEY {
                outcome.refused.get_or_insert(i32::try_from(code).unwrap_or_default());
                continue;
            }
            let key = error.get_document("keyPattern");
            if key.is_ok_and(|key| !key.contains_key("_id") || key.len() != 1) {
                outcome.kept_out += 1;
            } else {
                outcome.doubled.push(*at);
            }
        }
        Ok(outcome)
    }
}
