//! What an invocation answers when it did not fail.

use dump_format::key::RunId;
use dump_format::manifest::{Consistency, Manifest};
use dump_format::names::Ordinal;
use job_kit::Holder;
use serde::Serialize;

/// What became of the event; `outcome` says which, in snake case.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Answer {
    /// The dump is complete and `latest.json` points to it or to a newer one.
    Complete(Report),
    /// It was complete before: a doubled event.
    AlreadyComplete(Report),
    /// Somebody works on this cluster; this invocation dumped nothing.
    Busy {
        /// The run this event belongs to.
        run: RunId,
        /// The invocation that works, and when its lease expires unless it is renewed.
        holder: Holder,
    },
    /// The function's time has run out; another invocation resumes where this one ended.
    HandedOver {
        /// The run.
        run: RunId,
        /// How often it was handed over so far.
        hops: u32,
    },
    /// Action `plan`: the ranges, each to be answered by [`Answer::RangeDone`] before the commit.
    Planned {
        /// The run.
        run: RunId,
        /// Their places in the plan. An event with action `range` names one.
        ranges: Vec<u32>,
    },
    /// Action `range`: all of its objects are written.
    RangeDone {
        /// The run.
        run: RunId,
        /// Which.
        range: Ordinal,
        /// Documents in it.
        documents: u64,
        /// Bytes stored.
        bytes: u64,
    },
    /// Action `range`: the function's time has run out; the same event resumes where this one ended.
    RangeUnfinished {
        /// The run.
        run: RunId,
        /// Which.
        range: Ordinal,
    },
}

/// The manifest in short.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The run.
    pub run: RunId,
    /// Key of the manifest.
    pub manifest: String,
    /// Documents.
    pub documents: u64,
    /// Bytes of the documents as BSON.
    pub bytes_bson: u64,
    /// Bytes stored.
    pub bytes: u64,
    /// Objects of documents.
    pub parts: u64,
    /// As of when the documents are.
    pub consistency: Consistency,
    /// From its beginning to its end, over all invocations.
    pub seconds: u64,
}

impl Report {
    pub(crate) fn of(manifest: &Manifest, key: String) -> Self {
        let (totals, header) = (manifest.totals(), manifest.header());
        let seconds = header.finished.unix() - header.started.unix();
        Self {
            run: manifest.run(),
            manifest: key,
            documents: totals.documents,
            bytes_bson: totals.bytes_bson,
            bytes: totals.bytes,
            parts: totals.parts,
            consistency: manifest.consistency(),
            seconds: u64::try_from(seconds).unwrap_or_default(),
        }
    }
}
