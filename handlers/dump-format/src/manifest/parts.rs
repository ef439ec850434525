use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::civil::UtcSeconds;
use crate::hash::{ContentHash, Sha256Hex};
use crate::key::DataKey;
use crate::line::EscapeReason;
use crate::names::{Namespace, Ordinal, VersionId};
use crate::payload::ReadConcern;

use super::Exact;

/// What a namespace is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Documents and indexes.
    Collection,
    /// A definition alone: no parts.
    View,
    /// Measurements, or the buckets that the server keeps them in: [`Collection::buckets`] says which.
    TimeSeries,
}

/// One object of documents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// Below the run's folder.
    pub key: DataKey,
    /// Lines in it.
    pub documents: u64,
    /// Bytes of its documents as BSON.
    pub bytes_bson: u64,
    /// Bytes of its lines, each with its `\n`.
    pub bytes_lines: u64,
    /// Bytes of the object as it is stored.
    pub bytes: u64,
    /// Of the object as it is stored.
    pub sha256: Sha256Hex,
    /// Of its documents.
    pub content_hash: ContentHash,
    /// The version that this object has in the bucket it was written to. A write that arrives late makes another version of the key, never this one: readers ask
    /// for this version. None where the bucket keeps no versions, and in dumps of before this field. A copy in another bucket may have other version IDs: where
    /// the version does not exist, read the key, and `sha256` decides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version_id: Option<VersionId>,
}

/// The description of a collection or view, `meta/<database>/<collection>.json`, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Described {
    /// Bytes of the object.
    pub bytes: u64,
    /// Of the object.
    pub sha256: Sha256Hex,
    /// As that of a [`Part`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version_id: Option<VersionId>,
}

/// Documents whose `_id` another document of the same collection has: a sharded cluster keeps `_id`s apart within each shard alone, unless `_id` is the shard
/// key. All of them are in the dump; a collection that is not sharded can hold one of each.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Twins {
    /// Documents whose `_id` the document before them has.
    pub documents: u64,
    /// `{"_id": ...}` of the first of them, at most [`Twins::NAMED`].
    pub ids: Vec<Exact>,
}

impl Twins {
    /// Twins of one object that are named. Our choice: enough to find the cause, and a manifest stays small.
    pub const NAMED: usize = 100;

    /// Adds those of what comes behind.
    pub fn merge(&mut self, other: Self) {
        self.documents = self.documents.saturating_add(other.documents);
        let room = Self::NAMED.saturating_sub(self.ids.len());
        self.ids.extend(other.ids.into_iter().take(room));
    }
}

/// What was read by one cursor, or by several one after another: a stretch of `_id`s, or a whole collection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Range {
    /// Its place in the plan.
    pub range: Ordinal,
    /// How it was read in fact.
    pub read_concern: ReadConcern,
    /// When reading it began.
    pub started: UtcSeconds,
    /// When its last object was complete.
    pub finished: UtcSeconds,
    /// In the order of their numbers, which are 0, 1, 2 and so on. None for a range without documents.
    pub parts: Vec<Part>,
}

/// Sums over parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Totals {
    /// Documents.
    pub documents: u64,
    /// Bytes of the documents as BSON.
    pub bytes_bson: u64,
    /// Bytes of the lines.
    pub bytes_lines: u64,
    /// Bytes of the objects as they are stored.
    pub bytes: u64,
    /// Objects.
    pub parts: u64,
}

impl Totals {
    fn add(&mut self, part: &Part) {
        self.merge(&Self {
            documents: part.documents,
            bytes_bson: part.bytes_bson,
            bytes_lines: part.bytes_lines,
            bytes: part.bytes,
            parts: 1,
        });
    }

    pub(super) fn merge(&mut self, other: &Self) {
        // A sum past 2^64 bytes belongs to no dump; a manifest that claims one must not bring its reader down.
        for (sum, more) in [
            (&mut self.documents, other.documents),
            (&mut self.bytes_bson, other.bytes_bson),
            (&mut self.bytes_lines, other.bytes_lines),
            (&mut self.bytes, other.bytes),
            (&mut self.parts, other.parts),
        ] {
            *sum = sum.saturating_add(more);
        }
    }
}

/// One collection or view of a dump.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Collection {
    /// Which one.
    pub namespace: Namespace,
    /// What it is.
    pub kind: Kind,
    /// Over all its parts.
    pub totals: Totals,
    /// Of all its documents.
    pub content_hash: ContentHash,
    /// How many documents are escape lines, by reason: plain readers cannot read those. Reasons without any are left out.
    pub escaped: BTreeMap<EscapeReason, u64>,
    /// In the order of their numbers.
    pub ranges: Vec<Range>,
    /// Its description as it is stored; none in dumps of before this field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meta: Option<Described>,
    /// Of a time series: its documents are those of `system.buckets.<collection>`, which go back there, and not measurements.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub buckets: bool,
    /// None where every `_id` is there once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub twins: Option<Twins>,
}

impl Collection {
    /// A collection whose sums are those of its ranges' parts.
    pub fn new(namespace: Namespace, kind: Kind, escaped: BTreeMap<EscapeReason, u64>, ranges: Vec<Range>) -> Self {
        let mut collection = Self {
            namespace,
            kind,
            totals: Totals::default(),
            content_hash: ContentHash::default(),
            escaped,
            ranges,
            meta: None,
            buckets: false,
            twins: None,
        };
        (collection.totals, collection.content_hash) = collection.sums();
        collection
    }

    /// All its parts in order.
    pub fn parts(&self) -> impl Iterator<Item = &Part> {
        self.ranges.iter().flat_map(|range| &range.parts)
    }

    fn sums(&self) -> (Totals, ContentHash) {
        let mut totals = Totals::default();
        let mut hash = ContentHash::default();
        for part in self.parts() {
            totals.add(part);
            hash.merge(&part.content_hash);
        }
        (totals, hash)
    }

    /// What in it does not fit together, None when all does.
    pub(super) fn contradiction(&self) -> Option<&'static str> {
        if self.sums() != (self.totals, self.content_hash) {
            return Some("a collection's totals or content hash are not the sum of its parts");
        }
        if self.kind == Kind::View && !self.ranges.is_empty() {
            return Some("a view has ranges");
        }
        if self.buckets && self.kind != Kind::TimeSeries {
            return Some("buckets of what is no time series");
        }
        let named =
            |twins: &Twins| twins.ids.len() as u64 <= twins.documents && twins.documents < self.totals.documents;
        if !self.twins.as_ref().is_none_or(named) {
            return Some("a collection's count of documents with one _id cannot be right");
        }
        if !self.ranges.is_sorted_by(|a, b| a.range < b.range) {
            return Some("a collection's ranges are not in order");
        }
        let escaped = self
            .escaped
            .values()
            .try_fold(0_u64, |sum, &count| sum.checked_add(count));
        if self.escaped.values().any(|&count| count == 0) || escaped.is_none_or(|sum| sum > self.totals.documents) {
            return Some("a collection's count of escape lines cannot be right");
        }
        for range in &self.ranges {
            if range.finished < range.started {
                return Some("a range ended before it began");
            }
            for (part, number) in range.parts.iter().zip(0..) {
                let key = &part.key;
                if key.namespace != self.namespace || key.range != range.range || key.part.get() != number {
                    return Some("a part's key belongs to another collection, range or place");
                }
            }
        }
        None
    }
}
