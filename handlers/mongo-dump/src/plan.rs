//! What a run dumps, written down before the first document is read: every later invocation of the run does the same.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use dump_format::key::{Object, RunId};
use dump_format::manifest::{Asked, Consistency, Described, Kind, NoSnapshot, Server, Skipped};
use dump_format::names::{KmsKeyArn, Namespace, Ordinal};
use dump_format::payload::{DumpSettings, ReadConcern};
use dump_format::{Sha256Hex, UtcSeconds};
use futures::{StreamExt as _, TryStreamExt as _};
use mongodb::bson::rawdoc;
use serde::{Deserialize, Serialize};

use crate::catalog::{self, Entry, Listing};
use crate::error::DumpError;
use crate::handler::Run;
use crate::source::{self, MongoError, Source, code};
use crate::split;
use crate::store::{Expect, UploadError, Written};

const VERSION: u32 = 1;

/// Collections that are described at a time.
const DESCRIBED_AT_ONCE: usize = 8;

/// Keys have five digits for a range.
const MOST_RANGES: usize = 100_000;

/// A raw BSON document, in base64 where it is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub(crate) struct Raw(pub(crate) Vec<u8>);

impl From<Raw> for String {
    fn from(raw: Raw) -> Self {
        STANDARD.encode(raw.0)
    }
}

impl TryFrom<String> for Raw {
    type Error = base64::DecodeError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        STANDARD.decode(text).map(Self)
    }
}

/// Who reads the ranges.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Mode {
    /// One function, one after the other.
    Whole,
    /// A state machine's functions, many at a time.
    Ranges,
}

/// How a collection is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Order {
    /// By the index on `_id`: reading can go on from any document.
    ById,
    /// As documents are stored: a time series has no such index, and a capped collection's order is part of it. Reading cannot
    /// go on, only begin again.
    Natural,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PlannedRange {
    pub(crate) range: Ordinal,
    /// `{"_id": ...}` of its first document, if it does not begin with the collection's first.
    pub(crate) from: Option<Raw>,
    /// `{"_id": ...}` of the first document behind it, if there is one.
    pub(crate) to: Option<Raw>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Planned {
    pub(crate) namespace: Namespace,
    pub(crate) kind: Kind,
    pub(crate) uuid: Option<Raw>,
    /// Its description, which is written; none in a plan of before this field.
    #[serde(default)]
    pub(crate) meta: Option<Described>,
    pub(crate) order: Order,
    /// Bytes of a document on average.
    pub(crate) document_bytes: Option<u64>,
    /// None for a view.
    pub(crate) ranges: Vec<PlannedRange>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Plan {
    version: u32,
    pub(crate) run: RunId,
    pub(crate) mode: Mode,
    pub(crate) started: UtcSeconds,
    pub(crate) asked: Asked,
    pub(crate) kms_key_arn: KmsKeyArn,
    pub(crate) server: Server,
    /// What is aimed at; ranges say what they got.
    pub(crate) consistency: Consistency,
    pub(crate) collections: Vec<Planned>,
    pub(crate) skipped: Vec<Skipped>,
}

pub(crate) fn asked(settings: &DumpSettings) -> Asked {
    let fields = settings.fields();
    Asked {
        include: fields.include,
        exclude: fields.exclude,
        compression: settings.compression,
        read_concern: settings.read_concern,
    }
}

impl Plan {
    /// Ranges with their collections, in order.
    pub(crate) fn ranges(&self) -> impl Iterator<Item = (&Planned, &PlannedRange)> {
        self.collections
            .iter()
            .flat_map(|collection| collection.ranges.iter().map(move |range| (collection, range)))
    }

    fn parse(key: &str, json: &[u8]) -> Result<Self, DumpError> {
        let foreign = |reason: String| DumpError::Foreign {
            key: key.to_owned(),
            reason,
        };
        let plan: Self = serde_json::from_slice(json)
            .map_err(|error| foreign(format!("line {}, column {}", error.line(), error.column())))?;
        if plan.version == VERSION {
            return Ok(plan);
        }
        Err(foreign(format!("version {}", plan.version)))
    }

    /// A plan is for one set of settings and one way to read.
    fn check(&self, settings: &DumpSettings, mode: Mode) -> Result<(), DumpError> {
        let now = asked(settings);
        let field = if self.mode != mode {
            "action"
        } else if self.asked.include != now.include {
            "include"
        } else if self.asked.exclude != now.exclude {
            "exclude"
        } else if self.asked.compression != now.compression {
            "compression"
        } else if self.asked.read_concern != now.read_concern {
            "read_concern"
        } else if self.kms_key_arn != settings.kms_key_arn {
            "kms_key_arn"
        } else {
            return Ok(());
        };
        Err(DumpError::OtherSettings { run: self.run, field })
    }
}

/// The run's plan, if it has one.
pub(crate) async fn load(run: &Run<'_>, mode: Mode) -> Result<Option<Plan>, DumpError> {
    let key = run.key(Object::Plan);
    let Some(stored) = run.store.get(&key).await? else {
        return Ok(None);
    };
    let plan = Plan::parse(&key, &stored.bytes)?;
    plan.check(&run.event.settings, mode)?;
    Ok(Some(plan))
}

/// The run's plan; it is made if it has none.
pub(crate) async fn load_or_make(run: &Run<'_>, source: &Source, mode: Mode) -> Result<Plan, DumpError> {
    if let Some(plan) = load(run, mode).await? {
        return Ok(plan);
    }
    let plan = make(run, source, mode).await?;
    let key = run.key(Object::Plan);
    // Strings, numbers and lists under fixed names: nothing that JSON cannot hold.
    let json = serde_json::to_vec(&plan).unwrap_or_default();
    match run.store.write(&key, &json, Expect::Nothing).await? {
        Written::Done(_) => Ok(plan),
        // Another invocation of the same run was faster.
        Written::Conflict => load(run, mode).await?.ok_or(DumpError::Unreadable { key }),
    }
}

async fn make(run: &Run<'_>, source: &Source, mode: Mode) -> Result<Plan, DumpError> {
    let settings = &run.event.settings;
    let started = run.settings.now();
    let server = source.server().await?;
    // The time first, then the list: what is created in between is on the list, and read as of the time it is empty. The other
    // way round it would be missing.
    let before = catalog::list(source, settings).await?;
    let consistency = consistency(source, settings.read_concern, &before).await?;
    let Listing { entries, mut skipped } = catalog::list(source, settings).await?;

    let described = futures::stream::iter(&entries).map(|entry| describe(run, source, entry));
    let described: Vec<_> = described.buffered(DESCRIBED_AT_ONCE).try_collect().await?;
    let mut sized = Vec::new();
    for (entry, described) in entries.iter().zip(described) {
        match described {
            Ok((meta, estimate)) => sized.push(Sized { entry, meta, estimate }),
            Err(left_out) => skipped.push(left_out),
        }
    }
    let mut plan = Plan {
        version: VERSION,
        run: run.id,
        mode,
        started,
        asked: asked(settings),
        kms_key_arn: settings.kms_key_arn.clone(),
        server,
        consistency,
        collections: Vec::new(),
        skipped,
    };
    let limit = match mode {
        Mode::Whole => MOST_RANGES,
        Mode::Ranges => MOST_RANGES.min(run.settings.limits.ranges),
    };
    let mut range_bytes = run.settings.limits.range_bytes;
    loop {
        plan.collections = ranges(source, &sized, mode, range_bytes).await?;
        let count = plan.ranges().count();
        if count <= limit {
            return Ok(plan);
        }
        // Every collection has one at least.
        if count <= sized.len() {
            return Err(DumpError::TooManyRanges { count, limit });
        }
        range_bytes = range_bytes.saturating_mul(2);
    }
}

/// Documents and their bytes.
type Estimate = Option<(u64, u64)>;

/// An entry with its description, which is written, and its size.
struct Sized<'a> {
    entry: &'a Entry,
    meta: Described,
    estimate: Estimate,
}

/// Writes the description and gives the size, or says why the collection is left out.
async fn describe(
    run: &Run<'_>,
    source: &Source,
    entry: &Entry,
) -> Result<Result<(Described, Estimate), Skipped>, DumpError> {
    let meta = match catalog::describe(source, entry).await? {
        Ok(meta) => meta,
        Err(skipped) => return Ok(Err(skipped)),
    };
    let key = run.key(Object::Meta(entry.namespace.clone()));
    let bytes = meta.render();
    let mut attempts = 0;
    let version_id = loop {
        attempts += 1;
        match run.store.put(&key, bytes.clone().into()).await {
            Ok(version_id) => break version_id,
            Err(UploadError::Again) if attempts < run.settings.limits.object_attempts => {}
            Err(UploadError::Again) => return Err(DumpError::Damaged { key, attempts }),
            Err(UploadError::Failed(error)) => return Err(error),
        }
    };
    let described = Described {
        bytes: bytes.len() as u64,
        sha256: Sha256Hex::of(&bytes),
        version_id,
    };
    let estimate = if entry.kind == Kind::Collection {
        catalog::estimate(source, &entry.namespace).await?
    } else {
        None
    };
    Ok(Ok((described, estimate)))
}

async fn ranges(source: &Source, sized: &[Sized<'_>], mode: Mode, range_bytes: u64) -> Result<Vec<Planned>, DumpError> {
    let mut collections = Vec::new();
    let mut next = 0;
    for Sized { entry, meta, estimate } in sized {
        let order = if entry.kind == Kind::Collection && !entry.is_capped {
            Order::ById
        } else {
            Order::Natural
        };
        let bytes = estimate.map_or(0, |(_, bytes)| bytes);
        let can_split = mode == Mode::Ranges && order == Order::ById && !entry.is_clustered;
        let boundaries = if can_split && bytes > range_bytes {
            split::boundaries(source, &entry.namespace, bytes.div_ceil(range_bytes)).await?
        } else {
            Vec::new()
        };
        let mut ranges = Vec::new();
        if entry.kind != Kind::View {
            let bounds = boundaries.into_iter().map(|id| Some(Raw(id)));
            let mut from = None;
            for to in bounds.chain([None]) {
                let range = u32::try_from(next).ok().and_then(|number| Ordinal::new(number).ok());
                let range = range.ok_or(DumpError::TooManyRanges {
                    count: next + 1,
                    limit: MOST_RANGES,
                })?;
                let next_from = to.clone();
                ranges.push(PlannedRange { range, from, to });
                from = next_from;
                next += 1;
            }
        }
        collections.push(Planned {
            namespace: entry.namespace.clone(),
            kind: entry.kind,
            uuid: entry.uuid.clone().map(Raw),
            meta: Some(meta.clone()),
            order,
            document_bytes: estimate.and_then(|(documents, bytes)| bytes.checked_div(documents)),
            ranges,
        });
    }
    Ok(collections)
}

/// A snapshot's time, or why there is none. One collection that can be read in a snapshot is enough to learn it.
async fn consistency(source: &Source, asked: ReadConcern, listing: &Listing) -> Result<Consistency, DumpError> {
    let per_range = |reason, code| Ok(Consistency::PerRange { reason, code });
    if asked == ReadConcern::Majority {
        return per_range(NoSnapshot::NotAsked, None);
    }
    let candidates = listing
        .entries
        .iter()
        .filter(|entry| entry.kind == Kind::Collection && !entry.is_capped);
    for entry in candidates {
        let command = rawdoc! {
            "find": entry.namespace.collection(),
            "limit": 1,
            "singleBatch": true,
            "projection": { "_id": 1 },
            "readConcern": { "level": "snapshot" },
        };
        match source.first_time(entry.namespace.database(), command).await {
            Ok(Some(cluster_time)) => return Ok(Consistency::Snapshot { cluster_time }),
            // The server took the read concern and did nothing about it.
            Ok(None) => return per_range(NoSnapshot::NotSupported, None),
            Err(error) if error.is_not_allowed() => {}
            Err(MongoError::Refused { code, .. }) => return per_range(no_snapshot(code), Some(code)),
            Err(error) => return Err(error.into()),
        }
    }
    per_range(NoSnapshot::CollectionKind, None)
}

/// What a refusal of a snapshot means.
pub(crate) fn no_snapshot(code: i32) -> NoSnapshot {
    match code {
        code::SNAPSHOT_TOO_OLD => NoSnapshot::TooOld,
        code::SNAPSHOT_UNAVAILABLE => NoSnapshot::Unavailable,
        _ => NoSnapshot::NotSupported,
    }
}

/// Codes that refuse a snapshot, not the read as such.
pub(crate) fn refuses_snapshot(code: i32) -> bool {
    matches!(
        code,
        source::code::SNAPSHOT_TOO_OLD
            | source::code::SNAPSHOT_UNAVAILABLE
            | source::code::NOT_A_REPLICA_SET
            | source::code::INVALID_OPTIONS
            | source::code::ILLEGAL_OPERATION
    )
}
