//! The documents of one range in batches, through failures that pass.

use std::sync::OnceLock;

use dump_format::manifest::{ClusterTime, NoSnapshot, SkipReason};
use mongodb::bson::raw::cstr;
use mongodb::bson::{RawDocument, RawDocumentBuf, Timestamp, rawdoc};
use mongodb::raw_batch_cursor::{RawBatch, RawBatchCursor};

use crate::batch::Batch;
use crate::catalog;
use crate::limits::Limits;
use crate::plan::{Order, Planned, PlannedRange, Raw};
use crate::probing::{no_snapshot, refuses_snapshot};
use crate::source::{MongoError, Source, code, documents};
use crate::state::{Downgrade, Left};
use crate::tail::{Resume, Sifted, Tail};

/// Documents in a batch where their size is not known.
const BATCH_OF_UNKNOWN: u32 = 1_000;
const LARGEST_BATCH: u32 = 100_000;

const QUERY_PLAN_KILLED: i32 = 175;

/// A server of at least this version finds in a snapshot what was dropped after it; an older one finds nothing, which looks
/// like a collection without documents. Source: MongoDB 7.0 release notes, point-in-time catalog lookups.
const LOOKS_BACK: u32 = 7;

/// Why there are no more documents, apart from the end.
#[derive(Debug)]
pub(crate) enum Ended {
    /// The collection is left out.
    Left(Left),
    /// What was given so far is void: reading begins again.
    Restart,
    /// The server no longer has the snapshot, and the event asks for nothing else.
    NoSnapshot(Downgrade),
    Failed(MongoError),
}

/// What is to be read, and from where on.
pub(crate) struct Position<'a> {
    pub(crate) planned: &'a Planned,
    pub(crate) range: &'a PlannedRange,
    /// The last documents that were given, which are not needed again.
    pub(crate) tail: Tail,
    /// `None`: majority.
    pub(crate) snapshot: Option<ClusterTime>,
    pub(crate) requires_snapshot: bool,
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
    /// The cursor may begin with documents that were given.
    resume: Option<Resume>,
    has_given: bool,
    failures: u32,
    /// The snapshot was refused once since the last document, which may pass.
    is_refused: bool,
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
            resume: None,
            has_given: false,
            failures,
            is_refused: false,
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
                Ok(None) => {
                    let held = self.resume.take().map(|mut resume| resume.end());
                    if let Some(held) = held.filter(|held| !held.is_empty()) {
                        // The end is asked for again.
                        self.cursor = None;
                        return Ok(Some(
                            self.given(Batch {
                                held,
                                raw: None,
                                without: Vec::new(),
                            })
                            .map_err(Ended::Failed)?,
                        ));
                    }
                    return self.end().await;
                }
                Err(error) => error,
            };
            self.cursor = None;
            self.recover(error).await?;
        }
    }

    async fn step(&mut self) -> Result<Option<RawBatch>, MongoError> {
        if self.cursor.is_none() {
            let namespace = self.position.planned.read();
            let opened = self
                .source
                .find(namespace.database(), self.command()?, self.batch_size());
            self.cursor = Some(opened.await?);
            self.resume = Some(self.position.tail.resume()).filter(|resume| !resume.is_over());
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

    /// What of an answer is new.
    fn take(&mut self, raw: RawBatch) -> Result<Option<Batch>, MongoError> {
        let all = documents("getMore", &raw)?;
        let count = all.len();
        let sifted = match &mut self.resume {
            Some(resume) => resume.sift(&all),
            None => Sifted::default(),
        };
        if self.resume.as_ref().is_some_and(Resume::is_over) {
            self.resume = None;
        }
        if count == sifted.without.len() && sifted.held.is_empty() {
            return Ok(None);
        }
        self.given(Batch {
            held: sifted.held,
            raw: Some(raw),
            without: sifted.without,
        })
        .map(Some)
    }

    /// This goes out.
    fn given(&mut self, batch: Batch) -> Result<Batch, MongoError> {
        if self.position.planned.order == Order::ById {
            self.position.tail.note(&batch.documents()?);
        }
        self.has_given = true;
        self.failures = 0;
        self.is_refused = false;
        Ok(batch)
    }

    fn command(&self) -> Result<RawDocumentBuf, MongoError> {
        let Position { planned, range, .. } = &self.position;
        let mut command = rawdoc! {
            "find": planned.read().collection(),
            "batchSize": i32::try_from(self.batch_size()).unwrap_or(i32::MAX),
        };
        let raw = |raw: &Raw| {
            RawDocument::from_bytes(&raw.0)
                .map(ToOwned::to_owned)
                .map_err(|_| MongoError::Unreadable { command: "find" })
        };
        if planned.order == Order::ById {
            command.append(cstr!("hint"), rawdoc! { "_id": 1 });
            // The documents already have the order of that index, except from a router, which merges its shards' documents by `_id` only with a sort.
            command.append(cstr!("sort"), rawdoc! { "_id": 1 });
            if let Some(from) = self.position.tail.last_id().or(range.from.as_ref()) {
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
        catalog::is_there(self.source, planned.read(), uuid)
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
                // A server that just started or stepped up has it a moment later.
                if reason == NoSnapshot::Unavailable && !self.is_refused {
                    self.is_refused = true;
                    tracing::warn!(%namespace, code, "the server does not have the snapshot: trying once more");
                    tokio::time::sleep(self.limits.backoff().pause(4)).await;
                    return if is_restart { Err(Ended::Restart) } else { Ok(()) };
                }
                let downgrade = Downgrade {
                    reason,
                    code: Some(code),
                };
                if self.position.requires_snapshot {
                    return Err(Ended::NoSnapshot(downgrade));
                }
                tracing::warn!(%namespace, code, "the server no longer has the snapshot: reading on with majority");
                self.position.snapshot = None;
                // It is set once: an invocation that resumes an already degraded range starts without a snapshot.
                self.downgrade.get_or_init(|| downgrade);
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
                    tracing::error!(%namespace, %error, "the collection is skipped");
                    left(SkipReason::Failed, Some(code))
                }
                error => Ended::Failed(error),
            });
        }
        tracing::warn!(%namespace, %error, failures = self.failures, "reading on after a pause");
        tokio::time::sleep(self.limits.backoff().pause(self.failures)).await;
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
