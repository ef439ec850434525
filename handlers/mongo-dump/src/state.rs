//! How far a run, or one of its ranges, has come: what is finished is kept in S3, so that any other invocation can continue.

use std::collections::BTreeMap;

use dump_format::UtcSeconds;
use dump_format::key::RunId;
use dump_format::line::EscapeReason;
use dump_format::manifest::{NoSnapshot, Part, SkipReason, Twins};
use dump_format::names::Ordinal;
use job_kit::{JobError, Rhythm};
use serde::{Deserialize, Serialize};

use crate::plan::Raw;
use crate::run::Run;
use crate::tail::{Given, Tail};

const VERSION: u32 = 1;

/// Why a range is not read in the snapshot, with the server's code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Downgrade {
    pub(crate) reason: NoSnapshot,
    pub(crate) code: Option<i32>,
}

/// Why a range's collection is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Left {
    pub(crate) reason: SkipReason,
    pub(crate) code: Option<i32>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RangeState {
    pub(crate) started: UtcSeconds,
    /// Nothing of it is left to do.
    pub(crate) finished: Option<UtcSeconds>,
    /// It was, in part at least, read with read concern majority.
    pub(crate) downgrade: Option<Downgrade>,
    pub(crate) left: Option<Left>,
    pub(crate) parts: Vec<Part>,
    pub(crate) escaped: BTreeMap<EscapeReason, u64>,
    /// `{"_id": ...}` of the last document in the parts.
    pub(crate) last_id: Option<Raw>,
    /// The last documents in the parts, that one at the end.
    #[serde(default)]
    pub(crate) tail: Vec<Given>,
    #[serde(default)]
    pub(crate) twins: Option<Twins>,
}

impl RangeState {
    /// The documents after which reading resumes.
    pub(crate) fn tail(&self, is_sharded: bool) -> Tail {
        let last = match &self.last_id {
            Some(id) if self.tail.is_empty() => vec![Given {
                id: id.clone(),
                sha256: None,
            }],
            _ => self.tail.clone(),
        };
        Tail::new(is_sharded, last)
    }

    /// Nothing is read yet.
    pub(crate) fn clear(&mut self) {
        self.parts.clear();
        self.escaped.clear();
        self.last_id = None;
        self.tail.clear();
        self.twins = None;
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct State {
    version: u32,
    run: RunId,
    /// How often the run was handed over.
    pub(crate) hops: u32,
    /// What was done when it was handed over last.
    pub(crate) done_at_hop: Option<usize>,
    pub(crate) ranges: BTreeMap<Ordinal, RangeState>,
}

impl State {
    fn new(run: RunId) -> Self {
        Self {
            version: VERSION,
            run,
            hops: 0,
            done_at_hop: None,
            ranges: BTreeMap::new(),
        }
    }

    fn check(&self, run: RunId) -> Result<(), String> {
        if self.version == VERSION && self.run == run {
            return Ok(());
        }
        Err(format!("version {}, run {}", self.version, self.run))
    }

    /// A number that grows with everything that is finished.
    pub(crate) fn done(&self) -> usize {
        let of = |range: &RangeState| range.parts.len() + usize::from(range.finished.is_some());
        self.ranges.values().map(of).sum()
    }

    /// The state of a range, which begins now if it has none.
    pub(crate) fn range(&mut self, range: Ordinal, now: UtcSeconds) -> &mut RangeState {
        self.ranges.entry(range).or_insert_with(|| RangeState {
            started: now,
            finished: None,
            downgrade: None,
            left: None,
            parts: Vec::new(),
            escaped: BTreeMap::new(),
            last_id: None,
            tail: Vec::new(),
            twins: None,
        })
    }
}

/// The state in memory and where it is kept.
pub(crate) type Checkpoint<'a> = job_kit::Checkpoint<'a, State>;

/// The state of a run, or of one of its ranges.
pub(crate) async fn open<'a>(run: &'a Run<'_>, key: String) -> Result<Checkpoint<'a>, JobError> {
    let limits = &run.settings.limits;
    let rhythm = Rhythm {
        bytes: limits.checkpoint_bytes,
        every: limits.checkpoint_every,
    };
    let check = |state: &State| state.check(run.id);
    Checkpoint::open(&run.store, key, rhythm, check, || State::new(run.id)).await
}

/// Reads a state; `None` if nothing was saved yet.
pub(crate) async fn load(run: &Run<'_>, key: &str) -> Result<Option<State>, JobError> {
    let loaded = job_kit::load(&run.store, key, |state: &State| state.check(run.id)).await?;
    Ok(loaded.map(|(state, _)| state))
}
