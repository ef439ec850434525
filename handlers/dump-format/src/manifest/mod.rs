//! `manifest.json`, written last: a dump exists once it is there, and it says everything about the dump that is not a
//! document. Beside it `latest.json` ([`Latest`]) and the descriptions of collections ([`Meta`]).

mod consistency;
mod exact;
mod latest;
mod meta;
mod parts;
mod read;

use serde::{Deserialize, Serialize};

use crate::civil::UtcSeconds;
use crate::key::{Object, RunId};
use crate::names::{ClusterName, KmsKeyArn, Namespace, ScheduleArn};
use crate::payload::{Compression, ReadConcern};

pub use consistency::{ClusterTime, Consistency, NoSnapshot};
pub use exact::Exact;
pub use latest::Latest;
pub use meta::{Meta, Sharding};
pub use parts::{Collection, Described, Kind, Part, Range, Totals, Twins};
pub use read::ManifestError;

/// The version this code writes and the only one it reads, of manifest, pointer and descriptions alike.
pub const VERSION: u32 = 1;

/// The verdict in one word. It follows from the rest of the manifest; a manifest that says another is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Every namespace that was asked for is in the dump.
    Complete,
    /// At least one that was asked for is not: `skipped` says which and why.
    Incomplete,
    /// Nothing was there to dump, or everything was excluded.
    Empty,
}

/// Why a namespace is not in a dump.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SkipReason {
    /// Not matched by `include`, or matched by `exclude`.
    Excluded,
    /// The server's own: databases admin, local and config, collections whose names begin with `system.`.
    System,
    /// The user may not read it. `*` as the database: the user may not list all databases, so that others than those dumped may be there.
    NotAllowed,
    /// The server's own, like [`SkipReason::System`], and `include` names it: it was asked for, and this tool never dumps it.
    SystemNamed,
    /// `include` names it, and nothing of that name is there: misspelled, dropped before, or in a database that the server hides
    /// from a user without rights on it.
    Absent,
    /// Dropped or renamed while the dump ran.
    Vanished,
    /// Created while the dump ran: not there at the time the dump is of.
    Created,
    /// A view whose source is gone, or that fails when it is read.
    Broken,
    /// Reading it failed to the end; the code says how.
    Failed,
    /// `config.collections`: the user may not read it, so that the dump does not say how collections were spread over shards.
    ShardKeys,
}

impl SkipReason {
    /// Whether somebody who restores the dump will miss it.
    pub fn is_missed(self) -> bool {
        self.is_a_gap() || self == Self::ShardKeys
    }

    /// Whether the namespace was asked for, so that the dump is incomplete without it.
    pub fn is_a_gap(self) -> bool {
        !matches!(self, Self::Excluded | Self::System | Self::Created | Self::ShardKeys)
    }
}

/// A namespace that is not in a dump.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Skipped {
    /// Which one.
    pub namespace: Namespace,
    /// Why.
    pub reason: SkipReason,
    /// The server's error code where an error was the reason.
    pub code: Option<i32>,
}

/// What the dump was asked to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// Patterns as in the payload.
    pub include: Vec<String>,
    /// Patterns as in the payload.
    pub exclude: Vec<String>,
    /// How data objects are compressed.
    pub compression: Compression,
    /// How collections were to be read.
    pub read_concern: ReadConcern,
}

/// What was dumped from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Server {
    /// Like `7.0.14`.
    pub version: String,
    /// `replica_set`, `sharded` or `standalone`.
    pub topology: Topology,
}

/// How a deployment is put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Topology {
    /// One server.
    Standalone,
    /// A replica set.
    ReplicaSet,
    /// A sharded cluster.
    Sharded,
}

/// All of a manifest that is known before its collections are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// Name and version of what wrote the dump, like `mongo-dump 0.1.0`.
    pub tool: String,
    /// The run.
    pub run: RunId,
    /// The schedule it is a run of.
    pub schedule_arn: ScheduleArn,
    /// The cluster.
    pub cluster: ClusterName,
    /// When the run began, not when it was scheduled.
    pub started: UtcSeconds,
    /// When its last object was complete.
    pub finished: UtcSeconds,
    /// What it was asked to be.
    pub asked: Asked,
    /// What it was read from.
    pub server: Server,
    /// As of when the documents are.
    pub consistency: Consistency,
    /// The key its objects are encrypted with.
    pub kms_key_arn: KmsKeyArn,
}

/// The whole manifest. Made by [`Manifest::new`] or read by [`Manifest::parse`], so its sums and verdict always hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    version: u32,
    outcome: Outcome,
    tool: String,
    run: RunId,
    schedule_arn: ScheduleArn,
    cluster: ClusterName,
    started: UtcSeconds,
    finished: UtcSeconds,
    asked: Asked,
    server: Server,
    consistency: Consistency,
    kms_key_arn: KmsKeyArn,
    totals: Totals,
    collections: Vec<Collection>,
    skipped: Vec<Skipped>,
}

impl Manifest {
    /// Puts collections and skips in order and adds up.
    ///
    /// # Errors
    /// [`ManifestError::Contradiction`] when parts do not belong together or a namespace is there twice.
    pub fn new(
        header: Header,
        mut collections: Vec<Collection>,
        mut skipped: Vec<Skipped>,
    ) -> Result<Self, ManifestError> {
        collections.sort_by(|a, b| a.namespace.cmp(&b.namespace));
        skipped.sort_by(|a, b| a.namespace.cmp(&b.namespace));
        let mut manifest = Self {
            version: VERSION,
            outcome: Outcome::Empty,
            tool: header.tool,
            run: header.run,
            schedule_arn: header.schedule_arn,
            cluster: header.cluster,
            started: header.started,
            finished: header.finished,
            asked: header.asked,
            server: header.server,
            consistency: header.consistency,
            kms_key_arn: header.kms_key_arn,
            totals: Totals::default(),
            collections,
            skipped,
        };
        (manifest.outcome, manifest.totals) = manifest.sums();
        manifest.checked()
    }

    /// # Errors
    /// [`ManifestError`] for an unknown version, any other form, and numbers or keys that contradict each other.
    pub fn parse(json: &[u8]) -> Result<Self, ManifestError> {
        read::versioned::<Self>(json, VERSION)?.checked()
    }

    /// The object's bytes, indented for people: equal manifests give equal ones.
    pub fn render(&self) -> Vec<u8> {
        render(self)
    }

    /// The verdict in one word.
    pub fn outcome(&self) -> Outcome {
        self.outcome
    }

    /// Everything before the collections.
    pub fn header(&self) -> Header {
        Header {
            tool: self.tool.clone(),
            run: self.run,
            schedule_arn: self.schedule_arn.clone(),
            cluster: self.cluster.clone(),
            started: self.started,
            finished: self.finished,
            asked: self.asked.clone(),
            server: self.server.clone(),
            consistency: self.consistency,
            kms_key_arn: self.kms_key_arn.clone(),
        }
    }

    /// The run.
    pub fn run(&self) -> RunId {
        self.run
    }

    /// As of when the documents are.
    pub fn consistency(&self) -> Consistency {
        self.consistency
    }

    /// Over all collections.
    pub fn totals(&self) -> Totals {
        self.totals
    }

    /// In the order of their namespaces.
    pub fn collections(&self) -> &[Collection] {
        &self.collections
    }

    /// What is not in the dump, in the order of the namespaces.
    pub fn skipped(&self) -> &[Skipped] {
        &self.skipped
    }

    /// All objects of documents.
    pub fn parts(&self) -> impl Iterator<Item = &Part> {
        self.collections.iter().flat_map(Collection::parts)
    }

    /// Which of the dump's other objects are not there, by their keys below the run's folder. `size` tells the bytes of the
    /// object with such a key, `None` where there is none; a part of another size than the manifest's is not there either. In a
    /// replica a manifest may arrive before its parts: such a dump is not complete yet.
    pub fn missing(&self, size: impl Fn(&str) -> Option<u64>) -> Vec<String> {
        let parts = self
            .parts()
            .map(|part| (Object::Data(part.key.clone()), Some(part.bytes)));
        let descriptions = self.collections.iter();
        let descriptions = descriptions.map(|collection| {
            let bytes = collection.meta.as_ref().map(|meta| meta.bytes);
            (Object::Meta(collection.namespace.clone()), bytes)
        });
        parts
            .chain(descriptions)
            .filter_map(|(object, bytes)| {
                let key = object.render();
                let there = size(&key).is_some_and(|seen| bytes.is_none_or(|bytes| seen == bytes));
                (!there).then_some(key)
            })
            .collect()
    }

    fn sums(&self) -> (Outcome, Totals) {
        let mut totals = Totals::default();
        for collection in &self.collections {
            totals.merge(&collection.totals);
        }
        let outcome = if self.skipped.iter().any(|skipped| skipped.reason.is_a_gap()) {
            Outcome::Incomplete
        } else if self.collections.is_empty() {
            Outcome::Empty
        } else {
            Outcome::Complete
        };
        (outcome, totals)
    }

    fn checked(self) -> Result<Self, ManifestError> {
        match self.contradiction() {
            Some(contradiction) => Err(ManifestError::Contradiction(contradiction)),
            None => Ok(self),
        }
    }

    fn contradiction(&self) -> Option<&'static str> {
        if self.sums() != (self.outcome, self.totals) {
            return Some("its outcome or totals do not follow from its collections");
        }
        if self.finished < self.started {
            return Some("it ended before it began");
        }
        if !self.collections.is_sorted_by(|a, b| a.namespace < b.namespace)
            || !self.skipped.is_sorted_by(|a, b| a.namespace < b.namespace)
        {
            return Some("its namespaces are not in order, or one is there twice");
        }
        let dumped = |skipped: &Skipped| {
            let found = self
                .collections
                .binary_search_by(|it| it.namespace.cmp(&skipped.namespace));
            found.is_ok()
        };
        if self.skipped.iter().any(dumped) {
            return Some("a namespace is both dumped and skipped");
        }
        let snapshot = matches!(self.consistency, Consistency::Snapshot { .. });
        let other_read = |range: &Range| range.read_concern != ReadConcern::Snapshot;
        if snapshot && self.collections.iter().flat_map(|it| &it.ranges).any(other_read) {
            return Some("it claims one snapshot and has ranges that were read otherwise");
        }
        let other_compression = |part: &Part| part.key.compression != self.asked.compression;
        if self.parts().any(other_compression) {
            return Some("a part is not compressed as asked");
        }
        self.collections.iter().find_map(Collection::contradiction)
    }
}

/// Indented JSON with a line end. Nothing written here can fail to be JSON: all maps have words as keys.
fn render(object: &impl Serialize) -> Vec<u8> {
    let mut json = serde_json::to_vec_pretty(object).unwrap_or_default();
    json.push(b'\n');
    json
}
