//! How far a run, or one of its ranges, has come: what is finished is kept in S3, so that any other invocation can go on.

use std::collections::BTreeMap;
use std::time::Instant;

use dump_format::UtcSeconds;
use dump_format::key::RunId;
use dump_format::line::EscapeReason;
use dump_format::manifest::{NoSnapshot, Part, SkipReason, Twins};
use dump_format::names::Ordinal;
use serde::{Deserialize, Serialize};

use crate::error::DumpError;
use crate::plan::Raw;
use crate::run::Run;
use crate::store::{Expect, Written};
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
    /// The documents that reading goes on behind.
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
    /// A number that grows with everything that is finished.
    pub(crate) fn done(&self) -> usize {
        let of = |range: &RangeState| range.parts.len() + usize::from(range.finished.is_some());
        self.ranges.values().map(of).sum()
    }
}

/// Reads a state; `None` if nothing was saved yet.
pub(crate) async fn load(run: &Run<'_>, key: &str) -> Result<Option<(State, String)>, DumpError> {
    let Some(stored) = run.store.get(key).await? else {
        return Ok(None);
    };
    let foreign = |reason: String| DumpError::Foreign {
        key: key.to_owned(),
        reason,
    };
    let state: State = serde_json::from_slice(&stored.bytes)
        .map_err(|error| foreign(format!("line {}, column {}", error.line(), error.column())))?;
    if state.version != VERSION || state.run != run.id {
        return Err(foreign(format!("version {}, run {}", state.version, state.run)));
    }
    Ok(Some((state, stored.tag)))
}

/// The state in memory and where it is kept.
pub(crate) struct Checkpoint<'a> {
    run: &'a Run<'a>,
    key: String,
    pub(crate) state: State,
    /// ETag of what is kept; `None`: nothing is.
    tag: Option<String>,
    unsaved: Option<Unsaved>,
}

struct Unsaved {
    bytes: u64,
    since: Instant,
}

impl<'a> Checkpoint<'a> {
    pub(crate) async fn load(run: &'a Run<'a>, key: String) -> Result<Self, DumpError> {
        let (state, tag) = match load(run, &key).await? {
            Some((state, tag)) => (state, Some(tag)),
            None => {
                let state = State {
                    version: VERSION,
                    run: run.id,
                    hops: 0,
                    done_at_hop: None,
                    ranges: BTreeMap::new(),
                };
                (state, None)
            }
        };
        Ok(Self {
            run,
            key,
            state,
            tag,
            unsaved: None,
        })
    }

    /// The state of a range, which begins now if it has none.
    pub(crate) fn range(&mut self, range: Ordinal) -> &mut RangeState {
        let started = self.run.settings.now();
        self.state.ranges.entry(range).or_insert_with(|| RangeState {
            started,
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

    /// Something was finished that has so many stored bytes: saves if that is worth a write.
    pub(crate) async fn finished(&mut self, bytes: u64) -> Result<(), DumpError> {
        let limits = &self.run.settings.limits;
        let unsaved = self.unsaved.get_or_insert_with(|| Unsaved {
            bytes: 0,
            since: Instant::now(),
        });
        unsaved.bytes += bytes;
        if unsaved.bytes >= limits.checkpoint_bytes || unsaved.since.elapsed() >= limits.checkpoint_every {
            return self.save().await;
        }
        Ok(())
    }

    /// Saves what is not saved yet.
    pub(crate) async fn flush(&mut self) -> Result<(), DumpError> {
        if self.unsaved.is_some() {
            return self.save().await;
        }
        Ok(())
    }

    /// # Errors
    /// [`DumpError::LeaseLost`] when somebody else has written it.
    pub(crate) async fn save(&mut self) -> Result<(), DumpError> {
        // Strings, numbers and lists under fixed names: nothing that JSON cannot hold.
        let json = serde_json::to_vec(&self.state).unwrap_or_default();
        let expect = self.tag.as_deref().map_or(Expect::Nothing, Expect::Tag);
        match self.run.store.write(&self.key, &json, expect).await? {
            Written::Done(tag) => {
                self.tag = Some(tag);
                self.unsaved = None;
                Ok(())
            }
            Written::Conflict => Err(DumpError::LeaseLost),
        }
    }
}
