use serde::{Deserialize, Serialize};

/// A point in the cluster's history, as its timestamps have it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClusterTime {
    /// Seconds since 1970.
    pub t: u32,
    /// Which operation within the second.
    pub i: u32,
}

/// As of when the documents are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "level", rename_all = "snake_case", deny_unknown_fields)]
pub enum Consistency {
    /// All of them as of one cluster time.
    Snapshot {
        /// That time.
        cluster_time: ClusterTime,
    },
    /// No point in time. Each range was read between the times that the manifest gives for it: what changed meanwhile is there as before or as after, and documents
    /// that belong together may not fit together, those of one range included.
    PerRange {
        /// Why there is no snapshot.
        reason: NoSnapshot,
        /// The server's error code where an error was the reason.
        code: Option<i32>,
    },
}

/// Why a dump is no snapshot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoSnapshot {
    /// `read_concern` was `majority`.
    NotAsked,
    /// The server has no snapshots: a standalone, or one that refuses the read concern.
    NotSupported,
    /// It took longer than the server keeps the history: part of the dump is as of the snapshot, the rest is not.
    TooOld,
    /// The server could not give that snapshot at that moment.
    Unavailable,
    /// A collection of a kind that snapshots do not cover.
    CollectionKind,
}
