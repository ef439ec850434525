//! One range: read, written, remembered.

use std::sync::OnceLock;

use dump_format::key::{DataKey, Object};
use dump_format::manifest::{ClusterTime, Part};
use dump_format::names::{Ordinal, VersionId};
use futures::StreamExt as _;
use job_kit::upload::{Uploaded, Uploader};
use job_kit::{JobError, UploadError};
use tokio::sync::mpsc::{Sender, channel};

use crate::error::DumpError;
use crate::object::{self, Closed, Feed, Finished, Shape};
use crate::plan::{Order, Plan, Planned, PlannedRange};
use crate::reader::{Ended, Position, Reader};
use crate::run::Run;
use crate::source::Source;
use crate::state::{Checkpoint, Downgrade, Left, RangeState};

/// How an invocation's work on a range ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RangeEnd {
    Done,
    /// The invocation's time has run out; what is finished is in the state.
    OutOfTime,
}

/// How one attempt ended: from a cursor that was opened to its end.
enum Attempt {
    Done,
    OutOfTime,
    Left(Left),
    /// The whole range again.
    Restart,
    /// The object again.
    Again,
    Failed(DumpError),
}

/// What every attempt at a range works with.
struct Work<'a> {
    run: &'a Run<'a>,
    source: &'a Source,
    version: &'a str,
    is_sharded: bool,
    snapshot: Option<ClusterTime>,
    planned: &'a Planned,
    range: &'a PlannedRange,
}

/// Dumps what is left of a range.
pub(crate) async fn dump(
    run: &Run<'_>,
    source: &Source,
    plan: &Plan,
    (planned, range): (&Planned, &PlannedRange),
    checkpoint: &mut Checkpoint<'_>,
) -> Result<RangeEnd, DumpError> {
    if checkpoint
        .state
        .range(range.range, run.settings.now())
        .finished
        .is_some()
    {
        return Ok(RangeEnd::Done);
    }
    let work = Work {
        run,
        source,
        version: &plan.server.version,
        is_sharded: plan.is_sharded(),
        snapshot: plan.snapshot(),
        planned,
        range,
    };
    let mut failures = 0;
    let mut lost = 0;
    loop {
        let state = checkpoint.state.range(range.range, run.settings.now());
        if planned.order == Order::Natural {
            // Reading cannot resume after what an earlier attempt wrote.
            state.clear();
        }
        let before = state.parts.len();
        let attempt = Box::pin(work.attempt(checkpoint, &mut failures)).await;
        let now = run.settings.now();
        let state = checkpoint.state.range(range.range, run.settings.now());
        if state.parts.len() > before {
            lost = 0;
        }
        match attempt {
            Attempt::Done => state.finished = Some(now),
            Attempt::Left(left) => {
                state.left = Some(left);
                state.finished = Some(now);
            }
            Attempt::OutOfTime => return Ok(RangeEnd::OutOfTime),
            Attempt::Restart => continue,
            Attempt::Again => {
                lost += 1;
                if lost >= run.settings.limits.object_attempts {
                    let key = work.key(state.parts.len())?.0;
                    return Err(JobError::Damaged { key, attempts: lost }.into());
                }
                continue;
            }
            Attempt::Failed(error) => return Err(error),
        }
        checkpoint.finished(0).await?;
        return Ok(RangeEnd::Done);
    }
}

impl Work<'_> {
    /// Whole key and key in the manifest of the next object.
    fn key(&self, part: usize) -> Result<(String, DataKey), DumpError> {
        let part = u32::try_from(part).ok().and_then(|part| Ordinal::new(part).ok());
        let part = part.ok_or_else(|| DumpError::TooManyObjects(self.planned.namespace.to_string()))?;
        let key = DataKey {
            namespace: self.planned.namespace.clone(),
            range: self.range.range,
            part,
            compression: self.run.event.settings.compression,
        };
        Ok((self.run.key(Object::Data(key.clone())), key))
    }

    fn state<'c>(&self, checkpoint: &'c mut Checkpoint<'_>) -> &'c mut RangeState {
        checkpoint.state.range(self.range.range, self.run.settings.now())
    }

    async fn attempt(&self, checkpoint: &mut Checkpoint<'_>, failures: &mut u32) -> Attempt {
        let limits = &self.run.settings.limits;
        let state = self.state(checkpoint);
        let downgrade = OnceLock::new();
        if let Some(before) = state.downgrade {
            downgrade.get_or_init(|| before);
        }
        let position = Position {
            planned: self.planned,
            range: self.range,
            tail: state.tail(self.is_sharded),
            snapshot: self.snapshot.filter(|_| state.downgrade.is_none()),
            requires_snapshot: self.run.event.require_snapshot,
            version: self.version,
        };
        let mut reader = Reader::new(self.source, limits, position, &downgrade, *failures);
        let shape = Shape {
            compression: self.run.event.settings.compression,
            part_bytes: limits.part_bytes,
            object_bytes: limits.object_bytes,
            may_have_twins: self.is_sharded && self.planned.order == Order::ById,
        };
        let tail = state.tail(self.is_sharded);
        // One batch is on its way or waits while one is worked on; one part is filled beside those in flight.
        let (feed, fed) = channel(1);
        let (pieces, mut made) = channel(1);
        let (free, buffers) = std::sync::mpsc::channel();
        for _ in 0..=limits.parts_in_flight {
            // It has a receiver, which is below.
            free.send(Vec::new()).ok();
        }
        let thread = tokio::task::spawn_blocking(move || object::run(shape, tail, fed, pieces, buffers));

        let written = {
            let read = self.read(&mut reader, feed);
            let write = self.write(&mut made, free, checkpoint, &downgrade);
            tokio::pin!(read, write);
            let mut ended = None;
            loop {
                tokio::select! {
                    end = &mut read, if ended.is_none() => ended = Some(end),
                    written = &mut write => break match written {
                        Err(error) => Err(error),
                        // The thread ended, so nothing is waited for.
                        Ok(()) => Ok(match ended { Some(end) => end, None => read.await }),
                    },
                }
            }
        };
        *failures = reader.failures();
        // The thread ends by itself once its channels have: after a failure to write that is not waited for.
        drop(made);
        let ended = match written {
            Ok(ended) => ended,
            Err(UploadError::Again) => return Attempt::Again,
            Err(UploadError::Failed(error)) => return Attempt::Failed(error),
        };
        match (thread.await, &ended) {
            (Ok(Ok(Closed::Finished)), _) => {}
            (Ok(Ok(Closed::Abandoned)), Attempt::Left(_) | Attempt::Restart) => {}
            _ => return Attempt::Failed(DumpError::Bug("an object was not made to its end")),
        }
        let state = self.state(checkpoint);
        state.downgrade = downgrade.get().copied();
        ended
    }

    async fn read(&self, reader: &mut Reader<'_>, feed: Sender<Feed>) -> Attempt {
        let ended = loop {
            // No batch is asked for before there is room for it: one that waited here would be a third in memory.
            let Ok(room) = feed.reserve().await else {
                return Attempt::Failed(DumpError::Bug("nobody takes documents"));
            };
            let next = tokio::select! {
                biased;
                () = self.run.pace.time_is_over() => break Attempt::OutOfTime,
                next = reader.next() => next,
            };
            match next {
                Ok(Some(batch)) => room.send(Feed::Batch(batch)),
                Ok(None) => break Attempt::Done,
                Err(Ended::Left(left)) => return Attempt::Left(left),
                Err(Ended::Restart) => return Attempt::Restart,
                Err(Ended::NoSnapshot(downgrade)) => {
                    break Attempt::Failed(DumpError::NoSnapshot {
                        namespace: Some(self.planned.namespace.to_string()),
                        reason: downgrade.reason,
                        code: downgrade.code,
                    });
                }
                Err(Ended::Failed(error)) => break Attempt::Failed(error.into()),
            }
        };
        // The open object ends early where reading stops, so that it is a checkpoint.
        if feed.send(Feed::Finish).await.is_err() {
            return Attempt::Failed(DumpError::Bug("nobody takes the end"));
        }
        ended
    }

    async fn write(
        &self,
        made: &mut tokio::sync::mpsc::Receiver<object::Piece>,
        buffers: std::sync::mpsc::Sender<Vec<u8>>,
        checkpoint: &mut Checkpoint<'_>,
        downgrade: &OnceLock<Downgrade>,
    ) -> Result<(), UploadError<DumpError>> {
        let uploader = Uploader {
            store: &self.run.store,
            in_flight: self.run.settings.limits.parts_in_flight,
            pace: &self.run.pace,
            buffers: Some(buffers),
        };
        let mut made = futures::stream::poll_fn(|context| made.poll_recv(context)).map(Ok);
        loop {
            let parts = self.state(checkpoint).parts.len();
            let (whole, key) = self.key(parts).map_err(UploadError::Failed)?;
            let Some(uploaded) = uploader.object(&whole, &mut made).await? else {
                return Ok(());
            };
            let bytes = uploaded.finished.bytes;
            let state = self.state(checkpoint);
            // Before the object counts: what is in it may be of after the downgrade.
            state.downgrade = downgrade.get().copied();
            record(state, key, uploaded, self.planned.order);
            checkpoint.finished(bytes).await?;
        }
    }
}

fn record(state: &mut RangeState, key: DataKey, uploaded: Uploaded<Box<Finished>>, order: Order) {
    let Uploaded { finished, version_id } = uploaded;
    state.parts.push(Part {
        key,
        documents: finished.documents,
        bytes_bson: finished.bytes_bson,
        bytes_lines: finished.bytes_lines,
        bytes: finished.bytes,
        sha256: finished.sha256,
        content_hash: finished.content_hash,
        version_id: version_id.and_then(|version| VersionId::parse(&version).ok()),
    });
    for (reason, count) in finished.escaped {
        *state.escaped.entry(reason).or_default() += count;
    }
    if let Some(twins) = finished.twins {
        match &mut state.twins {
            Some(before) => before.merge(twins),
            None => state.twins = Some(twins),
        }
    }
    if order == Order::ById {
        state.last_id = finished.tail.last().map(|given| given.id.clone());
        state.tail = finished.tail;
    }
}
