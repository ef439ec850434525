//! What an invocation answers when it did not fail.

use job_kit::Holder;
use serde::Serialize;
use user_export::{Counts, Manifest, RunId};

/// What became of the event; `outcome` says which, in snake case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Answer {
    /// The export is complete and `latest.json` names it or a newer one.
    Complete(Report),
    /// It was complete before: a doubled event.
    AlreadyComplete(Report),
    /// Somebody exports this pool; this invocation did nothing.
    Busy {
        /// The run that this event belongs to.
        run: RunId,
        /// The invocation that does, and when its lease expires unless it is renewed.
        holder: Holder,
    },
    /// The function's time has run out; another invocation resumes where this one ended.
    HandedOver {
        /// The run.
        run: RunId,
        /// How often it was handed over so far.
        hops: u32,
    },
}

/// The manifest in short.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Which export.
    pub run: RunId,
    /// Key of its manifest.
    pub manifest: String,
    /// How much it has.
    pub counts: Counts,
    /// Bytes stored.
    pub bytes: u64,
    /// Objects with lines.
    pub parts: u64,
    /// From its beginning to its end, over all invocations.
    pub seconds: u64,
}

impl Report {
    pub(crate) fn of(manifest: &Manifest, key: String) -> Self {
        let seconds = manifest.finished.unix() - manifest.started.unix();
        Self {
            run: manifest.run.clone(),
            manifest: key,
            counts: manifest.counts.clone(),
            bytes: manifest.parts.iter().map(|part| part.bytes).sum(),
            parts: manifest.parts.len() as u64,
            seconds: u64::try_from(seconds).unwrap_or_default(),
        }
    }
}
