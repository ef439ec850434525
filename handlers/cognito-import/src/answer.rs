//! What an invocation answers when it did not fail.

use job_kit::Holder;
use serde::Serialize;

use crate::report::Report;

/// What became of the event; `outcome` says which, in snake case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Answer {
    /// Every user of the export was looked at, and the report is written.
    Complete(Box<Report>),
    /// Somebody imports into this pool; this invocation did nothing.
    Busy {
        /// The invocation that does, and when its lease expires unless it is renewed.
        holder: Holder,
    },
    /// The function's time has run out; another invocation resumes where this one ended.
    HandedOver {
        /// How often it was handed over so far.
        hops: u32,
    },
}
