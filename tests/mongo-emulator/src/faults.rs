//! Failures on demand.

use emulator_kit::{Script, ScriptedFault};
use serde::{Deserialize, Serialize};

use crate::pattern;

/// A scripted failure. Of several that match a command the oldest decides.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Fault {
    /// Name of the command, such as `getMore`; `*`: all but those that drivers send by themselves (`hello`, `saslStart`,
    /// `saslContinue`, `ping`, `killCursors`, `endSessions`, `refreshSessions`), which can be named.
    #[serde(default = "anything")]
    pub command: String,
    /// `database.collection`, or `database` for commands without a collection; `*` stands for any text.
    #[serde(default = "anything")]
    pub namespace: String,
    /// Matching commands that pass before the first that can fail. With `getMore`: batches that a cursor still gives.
    #[serde(default)]
    pub skip: u32,
    /// Commands that fail; `None`: all of them, until the faults are cleared.
    #[serde(default)]
    pub times: Option<u32>,
    /// Chance of a matching command to fail, from 0 to 1.
    #[serde(default = "certain")]
    pub probability: f64,
    /// Where the dice start: the same commands fail every time.
    #[serde(default)]
    pub seed: u64,
    /// What happens.
    #[serde(flatten)]
    pub kind: FaultKind,
}

/// What happens to a command.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "fault", rename_all = "snake_case")]
pub enum FaultKind {
    /// An error; nothing was done.
    Refuse {
        /// One of [`crate::code`], or any other.
        code: i32,
        /// `errmsg`; empty: the code's name.
        #[serde(default)]
        message: String,
        /// `errorLabels`. `RetryableWriteError` comes by itself where the server gives it.
        #[serde(default)]
        labels: Vec<String>,
    },
    /// The work is done, then the answer is an error.
    AcceptThenRefuse {
        /// One of [`crate::code`], or any other.
        code: i32,
    },
    /// The work is done, then the answer has a `writeConcernError`.
    WriteConcern {
        /// One of [`crate::code`], such as `WRITE_CONCERN_FAILED`.
        code: i32,
    },
    /// The cursor that a `getMore` asks is gone: 43 `CursorNotFound`, and again when asked again.
    KillCursor,
    /// The answer to a `find`, `aggregate` or `getMore` has no documents; they come with the next.
    EmptyBatch,
    /// The connection is closed; nothing was done.
    ConnectionReset,
    /// The work is done, then the connection is closed.
    AcceptThenReset,
    /// The first documents of an `insert` are written, then the connection is closed.
    InsertThenReset {
        /// How many.
        documents: usize,
    },
    /// The work is done; the connection is closed after half of the answer.
    ResetMidReply,
    /// There is never an answer; nothing was done.
    Hang,
    /// The work is done, then there is never an answer.
    AcceptThenHang,
    /// The work is done; half of the answer comes, and never the rest.
    StallMidReply,
    /// The work is done late.
    Delay {
        /// How late, in milliseconds.
        delay_ms: u64,
    },
    /// The work is done; the answer comes in 16 parts.
    SlowReply {
        /// Pause before each part, in milliseconds.
        delay_ms: u64,
    },
}

impl Default for FaultKind {
    /// The connection is closed; nothing was done.
    fn default() -> Self {
        Self::ConnectionReset
    }
}

fn anything() -> String {
    "*".to_owned()
}

fn certain() -> f64 {
    1.0
}

impl Default for Fault {
    fn default() -> Self {
        Self {
            command: anything(),
            namespace: anything(),
            skip: 0,
            times: None,
            probability: certain(),
            seed: 0,
            kind: FaultKind::default(),
        }
    }
}

impl Script for Fault {
    /// Command and namespace.
    type Call<'a> = (&'a str, &'a str);

    fn is_for(&self, (command, namespace): &Self::Call<'_>) -> bool {
        pattern::matches(&self.command, &self.namespace, command, namespace)
    }

    fn skip(&mut self) -> &mut u32 {
        &mut self.skip
    }
}

impl ScriptedFault for Fault {
    type Effect = FaultKind;

    fn times(&mut self) -> &mut Option<u32> {
        &mut self.times
    }

    fn dice(&mut self) -> Option<(f64, &mut u64)> {
        Some((self.probability, &mut self.seed))
    }

    fn effect(&self) -> FaultKind {
        self.kind.clone()
    }
}
