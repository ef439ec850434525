//! What an invocation answers when it did not fail.

use serde::Serialize;

/// What became of the event; `outcome` says which, in snake case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Answer {
    /// CloudWatch Logs asked whether the function is there.
    Present,
    /// All lines were read and counted, and what there is to report is published.
    Scanned {
        /// Records of traffic.
        records: u64,
        /// Lines that say that there was no traffic.
        no_data: u64,
        /// Lines that say that AWS left records out.
        skipped: u64,
        /// Lines that could not be read.
        unreadable: u64,
        /// Flows with a public address that were let pass.
        accepted: usize,
        /// Flows with a public address that were refused.
        rejected: usize,
        /// Notices that were published, to each place.
        notices: usize,
    },
    /// This process has counted and published the same lines before: CloudWatch Logs or Lambda delivered them twice.
    Repeated,
}
