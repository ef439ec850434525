//! What a restore says of itself: the function's answer and the command line's output.

use std::fmt;

use dump_format::ContentHash;
use dump_format::key::RunId;
use dump_format::manifest::{Kind, Skipped};
use serde::{Deserialize, Serialize};

use crate::event::Mode;
use crate::source::PassedOver;

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Nothing was written: this is what would be done.
    Planned,
    /// Everything is there, and was compared.
    Restored,
    /// All documents are there, and were compared; an index is missing.
    RestoredWithProblems,
    /// What could be restored is there, and was compared: something was refused by the target, or is lost in the dump.
    RestoredInPart,
    /// The target is as it was dumped.
    Verified,
    /// It is not.
    Different,
    /// Restored, compared and dropped.
    Drilled,
    /// The next invocation continues.
    HandedOver,
    /// A later invocation is at work already: nothing was done.
    Superseded,
}

/// What was done or found. Names and numbers only, nothing of any document.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Answer {
    /// Of this form.
    pub version: u32,
    /// What was asked for.
    pub mode: Mode,
    /// How it ended.
    pub outcome: Outcome,
    /// The dump that was used.
    pub used: RunId,
    /// As of when its documents are: seconds since 1970.
    pub consistent_at: i64,
    /// Newer dumps that could not be used.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub passed_over: Vec<PassedOver>,
    /// It went on where another run of the same command had ended.
    pub resumed: bool,
    /// Invocations before this one.
    pub hop: u32,
    /// What of the dump went where.
    pub namespaces: Vec<NamespaceAnswer>,
    /// Of all of them.
    pub documents: u64,
    /// Of those documents as BSON.
    pub bytes: u64,
    /// Documents that were not there before.
    pub inserted: u64,
    /// That were, byte for byte.
    pub present: u64,
    /// That took the place of others with the same `_id`.
    pub replaced: u64,
    /// What stands in the way of a restore with `conflict: refuse`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub conflicts: Vec<ConflictAnswer>,
    /// What the target refused, or the dump has lost.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub refused: Vec<RefusedNamespace>,
    /// What is not as it was dumped.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub differences: Vec<Difference>,
    /// Collections and views that exist and are defined differently from the dump.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub definitions: Vec<Definition>,
    /// Indexes that servers of today take in another spelling than they were listed in.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub changed_indexes: Vec<ChangedIndex>,
    /// Indexes that could not be built.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub failed_indexes: Vec<FailedIndex>,
    /// Collections of which a shard key or a zone of the dump is not in the target.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub not_sharded: Vec<NotSharded>,
    /// What deletes documents by age and was left out.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub deferred: Vec<Deferred>,
    /// What was asked for when the dump was made and is not in it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub not_in_dump: Vec<Skipped>,
    /// Since the first invocation began.
    pub seconds: f64,
    /// How old the dump's documents were when the first invocation began.
    pub rpo_seconds: i64,
}

/// One namespace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NamespaceAnswer {
    /// As dumped.
    pub from: String,
    /// As restored.
    pub to: String,
    /// What it is.
    pub kind: Kind,
    /// In the dump.
    pub documents: u64,
    /// Of those as BSON.
    pub bytes: u64,
    /// Documents whose `_id` another document of it has: they were on different shards.
    #[serde(skip_serializing_if = "is_zero")]
    pub twins: u64,
    /// Indexes that are built after the documents are there.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub indexes: Vec<String>,
}

/// Something in the target that is in the way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ConflictAnswer {
    /// Where.
    pub namespace: String,
    /// Why.
    pub reason: ConflictReason,
}

/// Why it is in the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ConflictReason {
    /// It has documents.
    NotEmpty,
    /// It is empty, but made with other options.
    OtherOptions,
    /// It is a view where the dump has a collection, or the other way round.
    OtherKind,
    /// It is there, and nothing can be added to it: a view or a time-series collection.
    Exists,
    /// An index or an option of it would delete restored documents by their age.
    Expires,
    /// It is empty, and an index of it has the name of another in the dump.
    OtherIndexes,
}

/// A namespace that was not restored, or not all of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RefusedNamespace {
    /// In the target.
    pub namespace: String,
    /// In the dump, as `exclude` has it.
    pub from: String,
    /// Why nothing more was done with it: a name of [`crate::NAMES`] and its text. None: only documents were refused.
    #[serde(flatten)]
    pub reason: Option<Reason>,
    /// Documents that the server refused.
    pub number: u64,
    /// The first of them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub documents: Vec<RefusedDocument>,
}

/// Why a namespace was not restored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// One of [`crate::NAMES`].
    pub name: String,
    /// In words.
    pub message: String,
}

/// A document that the server refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusedDocument {
    /// Its `_id` as Extended JSON, cut where it is long. Nothing else of it is repeated.
    pub id: String,
    /// The server's.
    pub code: i32,
    /// The server's, up to where it quotes the document.
    pub message: String,
}

/// A namespace that is not as it was dumped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// In the target.
    pub namespace: String,
    /// In the dump.
    pub expected_documents: u64,
    /// Of those in the dump, the ones whose `_id` another one has.
    #[serde(skip_serializing_if = "is_zero")]
    pub twins: u64,
    /// In the target; none: it is not there.
    pub found_documents: Option<u64>,
    /// In the dump.
    pub expected_hash: ContentHash,
    /// In the target.
    pub found_hash: Option<ContentHash>,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            namespace,
            expected_documents: expected,
            ..
        } = self;
        if self.twins > 0
            && let Some(found) = self.found_documents
        {
            return write!(
                f,
                "{namespace} has {found} documents instead of {expected}, {} of which have an _id that another one has: they were on \
                 different shards, and a collection that is not sharded holds one of each",
                self.twins
            );
        }
        match self.found_documents {
            None => write!(f, "{namespace} does not exist ({expected} documents)"),
            Some(found) if found == *expected => write!(f, "{namespace} has {found} documents with other content"),
            Some(found) => write!(f, "{namespace} has {found} documents instead of {expected}"),
        }
    }
}

/// In what a collection or view is defined otherwise than in the dump.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Definition {
    /// In the target.
    pub namespace: String,
    /// Names of the options that differ; `validator` is one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<String>,
    /// Names of indexes that the dump has and the target lacks.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub missing_indexes: Vec<String>,
    /// Names of indexes that are others in the target.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub other_indexes: Vec<String>,
    /// Names of indexes that the dump does not have.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub further_indexes: Vec<String>,
    /// It is not sharded by the shard key of the dump.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub other_shard_key: bool,
}

impl Definition {
    /// Whether there is no difference.
    #[must_use]
    pub fn is_none(&self) -> bool {
        let all = [
            &self.options,
            &self.missing_indexes,
            &self.other_indexes,
            &self.further_indexes,
        ];
        !self.other_shard_key && all.iter().all(|names| names.is_empty())
    }
}

impl fmt::Display for Definition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = [
            ("has other options", &self.options),
            ("lacks the indexes", &self.missing_indexes),
            ("has other indexes under the names", &self.other_indexes),
            ("has further indexes", &self.further_indexes),
        ];
        let what = what.iter().filter(|(_, names)| !names.is_empty());
        let mut what: Vec<_> = what
            .map(|(what, names)| format!("{what} {}", names.join(", ")))
            .collect();
        if self.other_shard_key {
            what.push("is not sharded by the dump's shard key".to_owned());
        }
        write!(f, "{} {}", self.namespace, what.join(" and "))
    }
}

/// A collection of which a shard key or zones of the dump are not in the target. Its documents are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NotSharded {
    /// In the target.
    pub namespace: String,
    /// The dump's shard key: `field: 1, other: hashed`.
    pub key: String,
    /// Why.
    #[serde(flatten)]
    pub why: Unsharded,
}

/// Why a collection is not sharded as it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unsharded {
    /// In a word.
    pub reason: UnshardedReason,
    /// In words.
    pub message: String,
    /// The dump's zones that have no range of it, or may have none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub zones: Vec<String>,
}

impl Unsharded {
    /// Whether the target refused what it can do.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        self.reason == UnshardedReason::Refused
    }
}

/// Why a collection is not sharded as it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnshardedReason {
    /// The target is no sharded cluster.
    TargetNotSharded,
    /// It is sharded, but no shard is in the zones.
    NoSuchZone,
    /// It had documents before, and stays as it is.
    Kept,
    /// The server refused the shard key or a zone's range.
    Refused,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// An index that is built in another spelling.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChangedIndex {
    /// Of what.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// What changes.
    pub changes: Vec<String>,
}

/// An index that could not be built.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FailedIndex {
    /// Of what.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// The server's; 11000: two documents have the same unique key.
    pub code: i32,
}

/// Something that deletes documents and was left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Deferred {
    /// Of what.
    pub namespace: String,
    /// The index's name; none: an option of the collection itself.
    pub index: Option<String>,
}
