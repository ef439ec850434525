//! Every command that arrived: never documents, and no proofs of who called.

use serde::Serialize;

use crate::clock::wall_ms;

/// One command. `hello` is none: monitors send it all the time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Call {
    /// `find` and so on.
    pub command: String,
    /// `database.collection`, or `database` for commands without a collection.
    pub namespace: String,
    /// Number of the connection it came by, from 1.
    pub connection: u64,
    /// The command's `batchSize`.
    pub batch_size: Option<i64>,
    /// Documents in the answer's batch, or in an `insert`.
    pub documents: Option<u64>,
    /// Bytes of the command, with all its documents.
    pub request_bytes: usize,
    /// Bytes of the answer.
    pub reply_bytes: usize,
    /// Seconds and increment of the time that a snapshot was read at.
    pub at_cluster_time: Option<(u32, u32)>,
    /// `mode` of its read preference.
    pub read_preference: Option<String>,
    /// `ok`, an error's name, `connection reset`, `never answered`, what was done and what then became of the answer
    /// (`ok, then connection reset`), or `in progress`.
    pub outcome: String,
    /// When it arrived, in milliseconds since 1970.
    pub at_ms: i64,
}

impl Call {
    /// As it arrives.
    pub(crate) fn arriving(command: &str, namespace: &str, connection: u64) -> Self {
        Self {
            command: command.to_owned(),
            namespace: namespace.to_owned(),
            connection,
            batch_size: None,
            documents: None,
            request_bytes: 0,
            reply_bytes: 0,
            at_cluster_time: None,
            read_preference: None,
            outcome: "in progress".to_owned(),
            at_ms: wall_ms(),
        }
    }
}
