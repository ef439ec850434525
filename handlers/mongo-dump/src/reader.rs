//! The documents of one range in batches, through failures that pass.

use std::sync::OnceLock;

use dump_format::manifest::{ClusterTime, NoSnapshot, SkipReason};
use mongodb::bson::raw::cstr;
use mongodb::bson::{RawDocument, RawDocumentBuf, Timestamp, rawdoc};
use mongodb::raw_batch_cursor::{RawBatch, RawBatchCursor};

use crate::catalog;
use crate::limits::Limits;
use crate::plan::{Order, Planned, PlannedRange, Raw, no_snapshot, refuses_snapshot};
use crate::raw;
use crate::source::{MongoError, Source, code, documents, pause};
use crate::state::{Downgrade, Left};

/// Documents in a batch where their size is not known.
const BATCH_OF_UNKNOWN: u32 = 1_000;
const LARGEST_BATCH: u32 = 100_000;

const QUERY_PLAN_KILLED: i32 = 175;

/// A server of at least this version finds in a snapshot what was dropped after it; an older one finds nothing, which looks
/// like a collection without documents. Source: MongoDB 7.0 release notes, point-in-time catalog lookups.
const LOOKS_BACK: u32 = 7;

/// Documents that have not been given before.
pub(crate) struct Batch {
    raw: RawBatch,
    /// Documents at its beginning that have been.
    skip: usize,
}

impl Batch {
    pub(crate) fn documents(&self) -> Result<Vec<&[u8]>, MongoError> {
        let mut all = documents("getMore", &self.raw)?;
        all.drain(..self.skip);
        Ok(all)
    }
}

/// Why there are no more documents, apart from the end.
#[derive(Debug)]
pub(crate) enum Ended {
    /// The collection is left out.
    Left(Left),
    /// What was given so far is void: reading begins again.
    Restart,
    Failed(MongoError),
}

/// What is to be read, and from where on.
pub(crate) struct Position<'a> {
    pub(crate) planned: &'a Planned,
    pub(crate) range: &'a PlannedRange,
    /// The last document that is not wanted any more.
    pub(crate) after: Option<Raw>,
    /// `None`: majority.
    pub(crate) snapshot: Option<ClusterTime>,
    /// Of the server.
    pub(crate) version: &'a str,
}

pub(crate) struct Reader<'a> {
    source: &'a Source,
    limits: &'a Limits,
    position: Position<'a>,
    /// Set before the first document is given that is not of the snapshot.
    downgrade: &'a OnceLock<Downgrade>,
    cursor: Option<RawBatchCursor>,
    /// The cursor may begin with the last document given.
    is_resumed: bool,
    has_given: bool,
    failures: u32,
}

impl<'a> Reader<'a> {
    /// `failures`: attempts in a row that have failed before.
    pub(crate) fn new(
        source: &'a Source,
        limits: &'a Limits,
        position: Position<'a>,
        downgrade: &'a OnceLock<Downgrade>,
        failures: u32,
    ) -> Self {
        Self {
            source,
            limits,
            position,
            downgrade,
            cursor: None,
            is_resumed: false,
            has_given: false,
            failures,
        }
    }

    pub(crate) fn failures(&self) -> u32 {
        self.failures
    }

    /// The next documents, at least one; `None` at the end.
    pub(crate) async fn next(&mut self) -> Result<Option<Batch>, Ended> {
        loop {
            let error = match self.step().await {
                Ok(Some(batch)) => {
                    if let Some(batch) = self.take(batch).map_err(Ended::Failed)? {
                        return Ok(Some(batch));
                    }
                    continue;
                }
                Ok(None) => return self.end().await,
                Err(error) => error,
            };
            self.cursor = None;
            self.recover(error).await?;
        }
    }

    async fn step(&mut self) -> Result<Option<RawBatch>, MongoError> {
        if self.cursor.is_none() {
            let namespace = &self.position.planned.namespace;
            let opened = self
                .source
                .find(namespace.database(), self.command()?, self.batch_size());
            self.cursor = Some(opened.await?);
            self.is_resumed = self.position.after.is_some();
        }
        match &mut self.cursor {
            Some(cursor) => {
                let batch = self.source.batch("getMore", cursor).await?;
                // Read here, so that a batch that cannot be read is asked for again.
                batch.as_ref().map(|batch| documents("getMore", batch)).transpose()?;
                Ok(batch)
            }
            None => Ok(None),
        }
    }

    /// What of a batch is new.
    fn take(&mut self, raw: RawBatch) -> Result<Option<Batch>, MongoError> {
        let all = documents("getMore", &raw)?;
        let mut skip = 0;
        if self.is_resumed
            && let Some(after) = &self.position.after
        {
            skip = all
                .iter()
                .take_while(|document| raw::id_document(document) == after.0)
                .count();
            self.is_resumed = skip == all.len();
        }
        let Some(last) = all.get(skip..).and_then(<[_]>::last) else {
            return Ok(None);
        };
        if self.position.planned.order == Order::ById {
            self.position.after = Some(Raw(raw::id_document(last)));
        }
        self.has_given = true;
        self.failures = 0;
        Ok(Some(Batch { raw, skip }))
    }

    fn command(&self) -> Result<RawDocumentBuf, MongoError> {
        let Position { planned, range, .. } = &self.position;
        let mut command = rawdoc! {
            "find": planned.namespace.collection(),
            "batchSize": i32::try_from(self.batch_size()).unwrap_or(i32::MAX),
        };
        let raw = |raw: &Raw| {
            RawDocument::from_bytes(&raw.0)
                .map(ToOwned::to_owned)
                .map_err(|_| MongoError::Unreadable { command: "find" })
        };
        if planned.order == Order::ById {
            command.append(cstr!("hint"), rawdoc! { "_id": 1 });
            if let Some(from) = self.position.after.as_ref().or(range.from.as_ref()) {
                command.append(cstr!("min"), raw(from)?);
            }
            if let Some(to) = &range.to {
                command.append(cstr!("max"), raw(to)?);
            }
        }
        let concern = match self.position.snapshot {
            Some(ClusterTime { t, i }) => {
                rawdoc! { "level": "snapshot", "atClusterTime": Timestamp { time: t, increment: i } }
            }
            None => rawdoc! { "level": "majority" },
        };
        command.append(cstr!("readConcern"), concern);
        Ok(command)
    }

    fn batch_size(&self) -> u32 {
        match self.position.planned.document_bytes {
            Some(bytes) => {
                let fitting = self.limits.batch_bytes / bytes.max(1);
                u32::try_from(fitting).unwrap_or(LARGEST_BATCH).clamp(1, LARGEST_BATCH)
            }
            None => BATCH_OF_UNKNOWN,
        }
    }

    /// Nothing more came. That a collection was dropped or renamed looks the same, so it is asked.
    async fn end(&mut self) -> Result<Option<Batch>, Ended> {
        let looks_back = self.position.snapshot.is_some() && major(self.position.version) >= LOOKS_BACK;
        if !looks_back && !self.is_there().await? {
            return Err(vanished(None));
        }
        Ok(None)
    }

    async fn is_there(&mut self) -> Result<bool, Ended> {
        let planned = self.position.planned;
        let uuid = planned.uuid.as_ref().map(|uuid| uuid.0.as_slice());
        catalog::is_there(self.source, &planned.namespace, uuid)
            .await
            .map_err(Ended::Failed)
    }

    /// Makes another attempt possible, or says why there is none.
    async fn recover(&mut self, error: MongoError) -> Result<(), Ended> {
        let namespace = &self.position.planned.namespace;
        let is_restart = self.position.planned.order == Order::Natural && self.has_given;
        if let Some(code) = error.code() {
            if self.position.snapshot.is_some() && refuses_snapshot(code) {
                let reason = match no_snapshot(code) {
                    NoSnapshot::Unavailable if self.position.planned.order == Order::Natural => {
                        NoSnapshot::CollectionKind
                    }
                    reason => reason,
                };
                tracing::warn!(%namespace, code, "the snapshot is not to be had: reading on with majority");
                self.position.snapshot = None;
                // It is set once: whoever resumes an already degraded range starts without a snapshot.
                self.downgrade.get_or_init(|| Downgrade {
                    reason,
                    code: Some(code),
                });
                return if is_restart { Err(Ended::Restart) } else { Ok(()) };
            }
            if error.is_not_allowed() {
                return Err(left(SkipReason::NotAllowed, Some(code)));
            }
            if code == code::NAMESPACE_NOT_FOUND {
                return Err(vanished(Some(code)));
            }
            let may_look_back = self.position.snapshot.is_some() && major(self.position.version) >= LOOKS_BACK;
            if code == QUERY_PLAN_KILLED && !may_look_back && !self.is_there().await? {
                return Err(vanished(Some(code)));
            }
        }
        self.failures += 1;
        if !error.is_transient() || self.failures >= self.limits.read_attempts {
            return Err(match error {
                MongoError::Refused { code, .. } => {
                    tracing::error!(%namespace, %error, "the collection is left out");
                    left(SkipReason::Failed, Some(code))
                }
                error => Ended::Failed(error),
            });
        }
        tracing::warn!(%namespace, %error, failures = self.failures, "reading on after a pause");
        tokio::time::sleep(pause(self.limits, self.failures)).await;
        if matches!(error, MongoError::LoginRefused) {
            self.source.renew().await.map_err(Ended::Failed)?;
        }
        if is_restart { Err(Ended::Restart) } else { Ok(()) }
    }
}

fn left(reason: SkipReason, code: Option<i32>) -> Ended {
    Ended::Left(Left { reason, code })
}

fn vanished(code: Option<i32>) -> Ended {
    left(SkipReason::Vanished, code)
}

/// 0 for a version that is none.
fn major(version: &str) -> u32 {
    let first = version.split('.').next();
    first.and_then(|first| first.parse().ok()).unwrap_or_default()
}
