//! Documents into a collection, each exactly once: an insert that may have been done is never repeated blindly. Existing documents
//! are looked up by `_id` and compared byte for byte.

use std::collections::{HashMap, HashSet};

use dump_format::ContentHash;
use dump_format::line::{Encoded, Encoder};
use dump_format::names::Namespace;
use mongodb::bson::Document;
use serde::{Deserialize, Serialize};

use super::error::{DUPLICATE_KEY, UNKNOWN_FIELD, number};
use super::raw::{RawValue, field, has_empty_timestamp, may_have_empty_timestamp};
use super::{Deployment, Raw, TargetError, Trouble, majority};
use crate::answer::RefusedDocument;
use crate::source::Batch;

/// Longest `_id` that is repeated, in bytes.
const LONGEST_ID: usize = 120;

/// What to do with a document whose `_id` is there with other content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OnDifferent {
    /// Leave it and count it.
    Keep,
    /// Put the dump's in its place.
    Replace,
    /// It is the dump's too, which has several with that `_id`: leave it, and name the other one as refused.
    LeaveOut,
}

/// How to insert.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct How {
    /// Some of it may be there already, so that is looked for first.
    pub(crate) is_known: bool,
    /// What to do with documents that exist with other content.
    pub(crate) on_different: OnDifferent,
    /// `_id` identifies existing documents. Where it does not (measurements), nothing is ever repeated.
    pub(crate) has_ids: bool,
}

/// Documents of the dump that are not in the target because the server refused them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct LeftOut {
    pub(crate) number: u64,
    pub(crate) content_hash: ContentHash,
    /// The first of them.
    pub(crate) listed: Vec<RefusedDocument>,
}

impl LeftOut {
    fn push(&mut self, document: &[u8], code: i32, message: String) {
        self.number += 1;
        self.content_hash.add(document);
        let id = id_of(document);
        self.listed.push(RefusedDocument { id, code, message });
    }

    /// Adds others; at most `most` are listed.
    pub(crate) fn add(&mut self, other: Self, most: usize) {
        self.number += other.number;
        self.content_hash.merge(&other.content_hash);
        let room = most.saturating_sub(self.listed.len());
        self.listed.extend(other.listed.into_iter().take(room));
    }
}

/// What became of a batch.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Inserted {
    pub(crate) inserted: u64,
    /// Were there as they should be.
    pub(crate) present: u64,
    pub(crate) replaced: u64,
    /// Have other content, or are kept out by an index that is not that of `_id`.
    pub(crate) different: u64,
    pub(crate) refused: LeftOut,
}

impl Inserted {
    /// Adds those of another batch; at most `most` refused documents are listed.
    pub(crate) fn add(&mut self, other: Self, most: usize) {
        self.inserted += other.inserted;
        self.present += other.present;
        self.replaced += other.replaced;
        self.different += other.different;
        self.refused.add(other.refused, most);
    }
}

/// What a server said of an insert.
struct Outcome {
    /// Their `_id` was there.
    doubled: Vec<usize>,
    /// Refused for another reason: its code and message.
    refused: Vec<(usize, i32, String)>,
    /// Kept out by another unique index.
    kept_out: usize,
}

/// What a collection has of a batch.
struct There {
    /// Byte for byte.
    same: HashSet<usize>,
    /// With the same `_id` and other content.
    other: HashSet<usize>,
}

impl Deployment {
    /// Inserts a batch into a collection.
    pub(crate) async fn insert(&self, namespace: &Namespace, batch: &Batch, how: How) -> Result<Inserted, TargetError> {
        let mut is_known = how.is_known;
        let mut done = Inserted::default();
        let mut left: Vec<usize> = (0..batch.len()).collect();
        // Measurements keep theirs in any case.
        let mut keeps_times = how.has_ids && batch.iter().any(may_have_empty_timestamp);
        let mut attempt = 1;
        let failed = |trouble| TargetError::new("insert", namespace.database(), namespace.collection(), trouble);
        loop {
            if is_known {
                let there = self.look(namespace, batch, &left).await?;
                done.present += there.same.len() as u64;
                left.retain(|at| !there.same.contains(at));
                // On another shard there may be room for it.
                if how.on_different != OnDifferent::LeaveOut {
                    left.retain(|at| !there.other.contains(at));
                    let other = there.other.into_iter();
                    self.settle(namespace, batch, other, how, &mut done).await?;
                }
            }
            if left.is_empty() {
                return Ok(done);
            }
            let outcome = match self.insert_once(namespace, batch, &left, keeps_times).await {
                Ok(outcome) => outcome,
                Err(Trouble::Refused {
                    code: UNKNOWN_FIELD, ..
                }) if keeps_times => {
                    keeps_times = false;
                    left.retain(|at| {
                        let document = batch.get(*at);
                        let is_kept_out = has_empty_timestamp(document);
                        if is_kept_out {
                            done.refused.push(document, UNKNOWN_FIELD, TIMES.to_owned());
                        }
                        !is_kept_out
                    });
                    continue;
                }
                // The answer quotes an `_id` that is not UTF-8: what it is about is looked for.
                Err(Trouble::Driver(_)) if how.has_ids && !is_known => {
                    is_known = true;
                    continue;
                }
                Err(trouble) => {
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
            let not_inserted = outcome.doubled.len() + outcome.kept_out + outcome.refused.len();
            done.inserted += left.len().saturating_sub(not_inserted) as u64;
            done.different += outcome.kept_out as u64;
            for (at, code, message) in outcome.refused {
                done.refused.push(batch.get(at), code, message);
            }
            let mut doubled = outcome.doubled;
            // Also of what was looked for before: another writer of the same dump may have come in between.
            if !doubled.is_empty() {
                let mut present = self.present(namespace, batch, &doubled).await?;
                if how.on_different == OnDifferent::LeaveOut {
                    present.retain(|at| !has_double(batch, *at));
                }
                done.present += present.len() as u64;
                doubled.retain(|at| !present.contains(at));
            }
            self.settle(namespace, batch, doubled.into_iter(), how, &mut done)
                .await?;
            return Ok(done);
        }
    }

    /// What becomes of documents whose `_id` is there with other content.
    async fn settle(
        &self,
        namespace: &Namespace,
        batch: &Batch,
        other: impl Iterator<Item = usize>,
        how: How,
        done: &mut Inserted,
    ) -> Result<(), TargetError> {
        for at in other {
            match how.on_different {
                OnDifferent::Keep => done.different += 1,
                OnDifferent::LeaveOut => {
                    let code = i32::try_from(DUPLICATE_KEY).unwrap_or_default();
                    done.refused.push(batch.get(at), code, TWIN.to_owned());
                }
                OnDifferent::Replace => match self.replace(namespace, batch.get(at)).await? {
                    None => done.replaced += 1,
                    Some((code, message)) => done.refused.push(batch.get(at), code, message),
                },
            }
        }
        Ok(())
    }

    /// Which of these documents are in the collection, byte for byte.
    pub(crate) async fn present(
        &self,
        namespace: &Namespace,
        batch: &Batch,
        of: &[usize],
    ) -> Result<HashSet<usize>, TargetError> {
        Ok(self.look(namespace, batch, of).await?.same)
    }

    async fn look(&self, namespace: &Namespace, batch: &Batch, of: &[usize]) -> Result<There, TargetError> {
        let mut ids = Vec::new();
        let mut wanted = HashMap::new();
        let mut by_id = HashMap::new();
        for (place, at) in of.iter().enumerate() {
            let document = batch.get(*at);
            wanted.entry(document).or_insert(*at);
            if let Some(RawValue { kind, bytes }) = field(document, "_id") {
                by_id.entry((kind, bytes)).or_insert(*at);
                ids.push(kind);
                ids.extend_from_slice(itoa::Buffer::new().format(place).as_bytes());
                ids.push(0);
                ids.extend_from_slice(bytes);
            }
        }
        let one_of = Raw::new().with_room(ids.len() + 16).array_of("$in", &ids).build();
        let filter = Raw::new().document("_id", &one_of).build();
        let (mut same, mut other) = (HashSet::new(), HashSet::new());
        // The primary's own state: what was written there a moment ago counts, whether or not others have it.
        let mut visit = |document: Option<&[u8]>| match document {
            Some(document) => match wanted.get(document) {
                Some(at) => {
                    same.insert(*at);
                }
                // One whose `_id` is equal in another type (1 and 1.0) is noticed when it is inserted.
                None => {
                    let id = field(document, "_id").map(|id| (id.kind, id.bytes));
                    other.extend(id.and_then(|id| by_id.get(&id)));
                }
            },
            None => (same.clear(), other.clear()).0,
        };
        self.each(namespace, &filter, None, self.limits.batch_documents, &mut visit)
            .await?;
        Ok(There { same, other })
    }

    async fn insert_once(
        &self,
        namespace: &Namespace,
        batch: &Batch,
        left: &[usize],
        keeps_times: bool,
    ) -> Result<Outcome, Trouble> {
        let command = Raw::new()
            .with_room(batch.bytes() + 512)
            .str("insert", namespace.collection())
            .bool("ordered", false);
        let command = writing(command, keeps_times);
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

    /// Puts a document in the place of the one with its `_id`; gives code and message of a refusal.
    async fn replace(&self, namespace: &Namespace, document: &[u8]) -> Result<Option<(i32, String)>, TargetError> {
        let id = field(document, "_id").unwrap_or(RawValue { kind: 0x0A, bytes: &[] });
        let filter = Raw::new().value("_id", id).build();
        let update = Raw::new()
            .document("q", &filter)
            .document("u", document)
            .bool("upsert", true);
        let update = update.build();
        let (database, collection) = (namespace.database(), namespace.collection());
        let timeout = self.limits.command_timeout;
        let mut keeps_times = may_have_empty_timestamp(document);
        loop {
            let command = Raw::new().str("update", namespace.collection()).bool("ordered", false);
            let command = writing(command, keeps_times).documents("updates", [update.as_slice()]);
            match self.command("update", database, collection, command, timeout).await {
                Ok(answer) => return Ok(first_error(&answer)),
                Err(error) if keeps_times && error.trouble.code() == Some(UNKNOWN_FIELD) => {
                    if has_empty_timestamp(document) {
                        return Ok(Some((UNKNOWN_FIELD, TIMES.to_owned())));
                    }
                    keeps_times = false;
                }
                Err(error) => return Err(error),
            }
        }
    }
}

/// Said of a document whose `_id` another one of the dump has.
const TWIN: &str = "the dump has another document with this _id, which is there: they were on different shards, and a collection that is not sharded, \
                    or one shard, holds one of each";

/// Whether the batch has the same document twice.
fn has_double(batch: &Batch, at: usize) -> bool {
    let document = batch.get(at);
    (0..batch.len()).any(|other| other != at && batch.get(other) == document)
}

/// Said of a document where the server does not know `bypassEmptyTsReplacement` (SERVER-88750).
const TIMES: &str = "this server would put its own time in the place of an empty Timestamp(0, 0); MongoDB from 8.0, 7.0.13, 6.0.17 and 5.0.29 can keep it";

/// What insert and update have alike. The flag goes only where it is needed: servers that do not know it refuse the command.
fn writing(command: Raw, keeps_times: bool) -> Raw {
    let command = command
        .bool("bypassDocumentValidation", true)
        .document("writeConcern", &majority());
    if keeps_times {
        command.bool("bypassEmptyTsReplacement", true)
    } else {
        command
    }
}

/// A document's `_id` as Extended JSON, cut where it is long.
fn id_of(document: &[u8]) -> String {
    let Some(id) = field(document, "_id") else {
        return "(none)".to_owned();
    };
    let mut line = Vec::new();
    let encoded = Encoder::new().encode(&Raw::new().value("_id", id).build(), &mut line);
    let line = String::from_utf8_lossy(&line);
    let line = line.trim_end();
    let mut text = match encoded {
        Encoded::Plain => line.strip_prefix(r#"{"_id":"#).and_then(|line| line.strip_suffix('}')),
        Encoded::Escaped { .. } => None,
    }
    .unwrap_or(line)
    .to_owned();
    if text.len() > LONGEST_ID {
        let end = (0..=LONGEST_ID).rev().find(|at| text.is_char_boundary(*at));
        text.truncate(end.unwrap_or_default());
        text.push_str("...");
    }
    text
}

fn code_and_message(error: &Document) -> (i32, String) {
    let code = number(error, "code").and_then(|code| i32::try_from(code).ok());
    let code = code.unwrap_or_default();
    let message = error.get_str("errmsg").unwrap_or_default();
    (code, Trouble::of_document(code, message).message())
}

fn first_error(answer: &Document) -> Option<(i32, String)> {
    let error = answer.get_array("writeErrors").ok()?.first()?.as_document()?;
    Some(code_and_message(error))
}

impl Outcome {
    fn read(answer: &Document, left: &[usize]) -> Result<Self, Trouble> {
        let mut outcome = Self {
            doubled: Vec::new(),
            refused: Vec::new(),
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
                let (code, message) = code_and_message(error);
                outcome.refused.push((*at, code, message));
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use mongodb::bson::doc;

    use super::*;

    #[test]
    fn an_id_is_written_as_extended_json_and_cut_where_it_is_long() {
        for (document, expected) in [
            (doc! {"_id": 1, "a": "hunter2"}, r#"{"$numberInt":"1"}"#.to_owned()),
            (doc! {"_id": "é"}, r#""é""#.to_owned()),
            (
                doc! {"_id": {"$x": 1}},
                r#"{"$bson":"FwAAAANfaWQADQAAABAkeAABAAAAAAA="}"#.to_owned(),
            ),
            (doc! {"a": 1}, "(none)".to_owned()),
            (doc! {"_id": "é".repeat(100)}, format!("\"{}...", "é".repeat(59))),
        ] {
            assert_eq!(id_of(&document.to_vec().unwrap()), expected, "{document}");
        }
    }
}
