//! Failures on demand.

use std::sync::Mutex;

use serde::{Deserialize, Serialize};

use crate::{lock, pattern};

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

#[derive(Debug, Default)]
pub(crate) struct Faults {
    faults: Mutex<Vec<Fault>>,
}

impl Faults {
    pub(crate) fn add(&self, fault: Fault) {
        lock(&self.faults).push(fault);
    }

    pub(crate) fn clear(&self) {
        lock(&self.faults).clear();
    }

    /// Counts a command against the faults that match it.
    pub(crate) fn strike(&self, command: &str, namespace: &str) -> Option<FaultKind> {
        let mut faults = lock(&self.faults);
        faults.retain(|fault| fault.times != Some(0));
        let fault = faults.iter_mut().find_map(|fault| {
            if !pattern::matches(&fault.command, &fault.namespace, command, namespace) {
                return None;
            }
            if fault.skip > 0 {
                fault.skip -= 1;
                return None;
            }
            let fails = fault.probability >= 1.0 || roll(&mut fault.seed) < fault.probability;
            fails.then_some(fault)
        })?;
        fault.times = fault.times.map(|times| times - 1);
        Some(fault.kind.clone())
    }
}

/// A number from 0 to 1, and the next state of the dice: the first after a seed.
fn roll(seed: &mut u64) -> f64 {
    let mut dice = fastrand::Rng::with_seed(*seed);
    *seed = dice.u64(..);
    dice.f64()
}
