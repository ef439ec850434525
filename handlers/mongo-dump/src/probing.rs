//! What a server gives at one time: a list of collections and a snapshot that fit together.

use dump_format::manifest::{Consistency, NoSnapshot, SkipReason, Skipped};
use dump_format::names::Namespace;
use dump_format::payload::{DumpSettings, ReadConcern};
use mongodb::bson::raw::cstr;
use mongodb::bson::{RawDocument, rawdoc};

use crate::catalog::{self, Entry, Listing};
use crate::error::DumpError;
use crate::limits::Limits;
use crate::plan::Order;
use crate::source::{self, MongoError, Source, code};

/// Lists that are made until two in a row agree. Our choice: a rename or drop hits each of them only where they never end.
const LISTS: u32 = 6;

/// What is to be dumped, as of when.
pub(crate) struct Settled {
    pub(crate) consistency: Consistency,
    pub(crate) entries: Vec<Entry>,
    pub(crate) skipped: Vec<Skipped>,
}

/// Lists, takes the time, and lists again, until everything of the first list is in the second under the same name and with the same
/// UUID. A collection that was renamed in between would be under neither name: the list has the new one, and as of the time it had the old one. What was
/// created in between does no harm: read as of the time it is empty. All of it is asked of the primary, since a secondary may be behind.
pub(crate) async fn settle(source: &Source, settings: &DumpSettings, limits: &Limits) -> Result<Settled, DumpError> {
    let mut before = catalog::list(source, settings).await?;
    for lists in 2.. {
        let consistency = consistency(source, settings.read_concern, &before, limits).await?;
        let Listing {
            mut entries,
            mut skipped,
        } = catalog::list(source, settings).await?;
        let gone: Vec<_> = before
            .entries
            .iter()
            .filter(|was| !entries.iter().any(|it| it.is(was)))
            .collect();
        if gone.is_empty() || lists >= LISTS {
            for was in gone {
                // What has its name now is something else, which was not there at the time.
                entries.retain(|it| it.namespace != was.namespace);
                skipped.retain(|it| it.namespace != was.namespace);
                skipped.push(Skipped {
                    namespace: was.namespace.clone(),
                    reason: SkipReason::Vanished,
                    code: None,
                });
            }
            for entry in &mut entries {
                if let Some(buckets) = &entry.buckets
                    && !can_read_by_id(source, buckets).await?
                {
                    tracing::warn!(namespace = %entry.namespace, "the measurements are read, as the buckets cannot be");
                    entry.buckets = None;
                    entry.uuid = None;
                }
            }
            return Ok(Settled {
                consistency,
                entries,
                skipped,
            });
        }
        let first = gone.first().map(|was| was.namespace.to_string()).unwrap_or_default();
        tracing::warn!(
            namespace = first,
            count = gone.len(),
            "dropped or renamed while the dump was planned: it is planned again"
        );
        before = Listing { entries, skipped };
        tokio::time::sleep(limits.backoff().pause(lists)).await;
    }
    Err(DumpError::Bug("there is a last list"))
}

/// Whether the buckets of a time series can be read by `_id`, and on from one. Users and servers that cannot have the measurements.
async fn can_read_by_id(source: &Source, buckets: &Namespace) -> Result<bool, DumpError> {
    let mut command = rawdoc! {
        "find": buckets.collection(),
        "hint": { "_id": 1 },
        "sort": { "_id": 1 },
        "limit": 1,
        "projection": { "_id": 1 },
    };
    let first = match source.all("find", buckets.database(), command.clone()).await {
        Ok(found) => found,
        Err(MongoError::Refused { .. }) => return Ok(false),
        Err(error) => return Err(error.into()),
    };
    let Some(first) = first.first().and_then(|first| RawDocument::from_bytes(first).ok()) else {
        return Ok(true);
    };
    command.append(cstr!("min"), first.to_owned());
    match source.all("find", buckets.database(), command).await {
        Ok(_) => Ok(true),
        Err(MongoError::Refused { .. }) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// A snapshot's time, or why there is none. One collection that can be read in a snapshot is enough to learn it.
async fn consistency(
    source: &Source,
    asked: ReadConcern,
    listing: &Listing,
    limits: &Limits,
) -> Result<Consistency, DumpError> {
    let per_range = |reason, code| Ok(Consistency::PerRange { reason, code });
    if asked == ReadConcern::Majority {
        return per_range(NoSnapshot::NotAsked, None);
    }
    let candidates = listing.entries.iter().filter(|entry| entry.order() == Order::ById);
    for entry in candidates {
        let command = rawdoc! {
            "find": entry.read().collection(),
            "limit": 1,
            "singleBatch": true,
            "projection": { "_id": 1 },
            "readConcern": { "level": "snapshot" },
        };
        let mut time = source.first_time(entry.read().database(), command.clone()).await;
        if let Err(MongoError::Refused { code, .. }) = &time
            && may_pass(*code)
        {
            tokio::time::sleep(limits.backoff().pause(4)).await;
            time = source.first_time(entry.read().database(), command).await;
        }
        match time {
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

/// Whether the same question may be answered a moment later: a server that just started or stepped up has no snapshot yet, and the time that it chose
/// itself can be too old when it opens the cursor (SERVER-55391).
fn may_pass(code: i32) -> bool {
    matches!(code, code::SNAPSHOT_UNAVAILABLE | code::SNAPSHOT_TOO_OLD)
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
