//! The story of one event.

use std::collections::BTreeMap;

use dump_format::key::{Object, RunId};
use dump_format::manifest::{Consistency, NoSnapshot};
use dump_format::names::{Ordinal, ScheduleArn};
use dump_format::payload::{Action, Event};
use futures::{StreamExt as _, TryStreamExt as _};
use job_kit::{JobError, Lease, Pace, Place, Shared, Store};
use lambda_kit::Failure;
use lambda_kit::emf::{Metrics, Unit};
use lambda_kit::guard;
use metric_names::mongo_dump as metric;

use crate::answer::{Answer, Report};
use crate::commit;
use crate::error::DumpError;
use crate::handover;
use crate::plan::Mode;
use crate::planning;
use crate::range::{self, RangeEnd};
use crate::run::Run;
use crate::settings::Settings;
use crate::state::{self, Checkpoint};

/// States of ranges that are read at a time.
const STATES_AT_ONCE: usize = 16;

/// Does what an event asks for. Metrics are written before it returns: `Completed` and what belongs to it with a complete dump,
/// `Failed` with every failure but that of work that somebody else holds.
///
/// # Errors
/// One of [`FAILURES`](crate::FAILURES), with all that is known in its message. What is finished is kept, and the same event
/// continues from there.
pub async fn handle(event: &str, settings: &Settings) -> Result<Answer, Failure> {
    let parsed = Event::parse(event);
    let schedule = match &parsed {
        Ok(event) => Some(event.trigger.schedule_arn.clone()),
        Err(_) => schedule_of(event),
    };
    let result = match parsed {
        Ok(event) => {
            // What ends the work from outside, the deadline or a panic, is named and counted like any failure.
            let ended = guard(settings.deadline, answer(event, settings)).await;
            ended.unwrap_or_else(|cut| Err(DumpError::Cut(cut)))
        }
        Err(error) => Err(DumpError::Event(error)),
    };
    let metrics = schedule.map(|arn| Metrics::new(metric::NAMESPACE).dimension(metric::SCHEDULE, arn.name()));
    match result {
        Ok(Told { answer, completed }) => {
            if let (Some(metrics), Some(report)) = (metrics, completed) {
                (settings.metrics)(&with_report(metrics, &report));
            }
            Ok(answer)
        }
        Err(error) => {
            if let (Some(metrics), true) = (metrics, error.is_a_failed_run()) {
                (settings.metrics)(&metrics.value(metric::FAILED, Unit::Count, 1.0));
            }
            Err(error.failure())
        }
    }
}

/// The schedule that an event names which is wrong in another place.
fn schedule_of(event: &str) -> Option<ScheduleArn> {
    let event: serde_json::Value = serde_json::from_str(event).ok()?;
    ScheduleArn::parse(event.get("schedule_arn")?.as_str()?).ok()
}

#[allow(clippy::cast_precision_loss, reason = "a metric is a double")]
fn with_report(metrics: Metrics, report: &Report) -> Metrics {
    let metrics = match report.consistency {
        Consistency::Snapshot { .. } => metrics.value(metric::SNAPSHOT, Unit::Count, 1.0),
        // Nobody misses what nobody asked for.
        Consistency::PerRange {
            reason: NoSnapshot::NotAsked,
            ..
        } => metrics,
        Consistency::PerRange { .. } => metrics.value(metric::SNAPSHOT, Unit::Count, 0.0),
    };
    metrics
        .value(metric::COMPLETED, Unit::Count, 1.0)
        .value(metric::DOCUMENTS, Unit::Count, report.documents as f64)
        .value(metric::BYTES, Unit::Bytes, report.bytes as f64)
        .value(metric::DURATION_SECONDS, Unit::Seconds, report.seconds as f64)
}

/// An answer, and the report of a dump that became complete with it.
struct Told {
    answer: Answer,
    completed: Option<Report>,
}

impl From<Answer> for Told {
    fn from(answer: Answer) -> Self {
        Self {
            answer,
            completed: None,
        }
    }
}

async fn answer(event: Event, settings: &Settings) -> Result<Told, DumpError> {
    let id = RunId::of(&event.trigger);
    let place = Place {
        bucket: event.settings.bucket.to_string(),
        owner: None,
        kms_key: Some(event.settings.kms_key_arn.to_string()),
    };
    let (role, session) = (event.settings.role_arn.to_string(), format!("mongo-dump-{id}"));
    let run = Run {
        settings,
        id,
        location: event.settings.location(),
        store: Box::pin(Store::assuming(&settings.aws, &role, &session, place)).await,
        terms: settings.terms(),
        pace: Pace::new(settings.deadline, settings.limits.handover),
        event,
    };
    tracing::info!(run = %id, action = run.event.action.as_str(), "begun");
    match run.event.action {
        // On the heap: each is a large state machine, and the stack of a thread may be small.
        Action::Dump => Box::pin(dump(&run)).await,
        Action::Plan => Box::pin(plan(&run)).await,
        Action::Range(range) => Box::pin(one_range(&run, range)).await,
        Action::Commit => Box::pin(commit(&run)).await,
    }
}

/// The lease, or the answer that somebody has it.
async fn take<'a>(run: &'a Run<'_>) -> Result<Result<Lease<'a>, Answer>, DumpError> {
    match Lease::take(&run.store, &run.terms, run.lease_key(), &run.id.to_string()).await {
        Ok(lease) => Ok(Ok(lease)),
        Err(JobError::Held(holder)) => Ok(Err(Answer::Busy { run: run.id, holder })),
        Err(error) => Err(error.into()),
    }
}

/// Gives the lease back, unless it is lost already.
async fn done<T>(lease: Lease<'_>, result: Result<T, DumpError>) -> Result<T, DumpError> {
    if !matches!(result, Err(DumpError::Job(JobError::LeaseLost))) {
        lease.release().await;
    }
    result
}

/// The answer where the run has its manifest already.
async fn finished_before(run: &Run<'_>, was_left: bool) -> Result<Option<Told>, DumpError> {
    let Some((manifest, bytes)) = commit::existing(run).await? else {
        return Ok(None);
    };
    let (report, is_moved) = commit::conclude(run, &manifest, &bytes).await?;
    // An invocation that ended before its last step left that to this one, the metrics included.
    let completed = (is_moved || was_left).then(|| report.clone());
    Ok(Some(Told {
        answer: Answer::AlreadyComplete(report),
        completed,
    }))
}

enum Step {
    Told(Told),
    HandOver(u32),
}

async fn dump(run: &Run<'_>) -> Result<Told, DumpError> {
    let mut lease = match take(run).await? {
        Ok(lease) => lease,
        Err(busy) => return Ok(busy.into()),
    };
    let was_left = lease.was_left();
    match lease.keep(Box::pin(whole(run, was_left))).await {
        Ok(Step::Told(told)) => done(lease, Ok(told)).await,
        Ok(Step::HandOver(hops)) => {
            let settings = run.settings;
            let next = lease.hand_over(&settings.aws, &settings.function_arn, run.event.render());
            next.await?;
            Ok(Answer::HandedOver { run: run.id, hops }.into())
        }
        Err(error) => done(lease, Err(error)).await,
    }
}

/// The whole dump, or as much of it as there is time for.
async fn whole(run: &Run<'_>, was_left: bool) -> Result<Step, DumpError> {
    if let Some(told) = finished_before(run, was_left).await? {
        return Ok(Step::Told(told));
    }
    let source = run.source().await?;
    let plan = Box::pin(planning::load_or_make(run, &source, Mode::Whole)).await?;
    let mut checkpoint = state::open(run, run.key(Object::State)).await?;
    for (planned, range) in plan.ranges() {
        match range::dump(run, &source, &plan, (planned, range), &mut checkpoint).await {
            Ok(RangeEnd::Done) => {}
            Ok(RangeEnd::OutOfTime) => {
                let hops = handover::count(run, &mut checkpoint, planned.namespace.to_string()).await?;
                return Ok(Step::HandOver(hops));
            }
            Err(error) => return Err(keep_what_is_done(&mut checkpoint, error).await),
        }
    }
    checkpoint.flush().await?;
    let (manifest, bytes) = Box::pin(commit::write(run, &source, &plan, &checkpoint.state.ranges)).await?;
    let (report, _) = commit::conclude(run, &manifest, &bytes).await?;
    Ok(Step::Told(completed(report)))
}

fn completed(report: Report) -> Told {
    Told {
        answer: Answer::Complete(report.clone()),
        completed: Some(report),
    }
}

/// Saves what was finished before an error; the error is what counts.
async fn keep_what_is_done(checkpoint: &mut Checkpoint<'_>, error: DumpError) -> DumpError {
    if !matches!(error, DumpError::Job(JobError::LeaseLost))
        && let Err(unsaved) = checkpoint.flush().await
    {
        tracing::warn!(error = %unsaved, "the last progress is not saved and will be read again");
    }
    error
}

async fn plan(run: &Run<'_>) -> Result<Told, DumpError> {
    let mut lease = match take(run).await? {
        Ok(lease) => lease,
        // A plan that was killed, or a doubled event: the state machine has to wait, not to end as if there was nothing to do.
        Err(Answer::Busy { holder, .. }) if holder.run == run.id.to_string() => {
            return Err(JobError::Held(holder).into());
        }
        Err(busy) => return Ok(busy.into()),
    };
    let was_left = lease.was_left();
    let made = lease
        .keep(async {
            if let Some(told) = finished_before(run, was_left).await? {
                return Ok(Err(told));
            }
            let source = run.source().await?;
            Box::pin(planning::load_or_make(run, &source, Mode::Ranges))
                .await
                .map(Ok)
        })
        .await;
    match made {
        Ok(Ok(plan)) => {
            lease.pass_on().await?;
            let ranges = plan.ranges().map(|(_, range)| range.range.get()).collect();
            Ok(Answer::Planned { run: run.id, ranges }.into())
        }
        Ok(Err(told)) => done(lease, Ok(told)).await,
        Err(error) => done(lease, Err(error)).await,
    }
}

async fn one_range(run: &Run<'_>, number: Ordinal) -> Result<Told, DumpError> {
    if let Some(told) = finished_before(run, false).await? {
        return Ok(told);
    }
    let id = run.id.to_string();
    let shared = Shared {
        store: &run.store,
        terms: &run.terms,
        key: run.lease_key(),
        run: &id,
    };
    shared.extend().await?;
    let key = run.key(Object::RangeLease(number));
    let mut lease = Lease::take(&run.store, &run.terms, key, &id).await?;
    let result = lease.keep(shared.keep(Box::pin(in_range(run, number)))).await;
    done(lease, result).await
}

async fn in_range(run: &Run<'_>, number: Ordinal) -> Result<Told, DumpError> {
    let plan = planning::load(run, Mode::Ranges)
        .await?
        .ok_or(DumpError::NoPlan { run: run.id })?;
    let wanted = plan.ranges().find(|(_, range)| range.range == number);
    let (planned, range) = wanted.ok_or(DumpError::NoRange {
        run: run.id,
        range: number,
    })?;
    let mut checkpoint = state::open(run, run.key(Object::RangeState(number))).await?;
    let now = run.settings.now();
    if checkpoint.state.range(number, now).finished.is_none() {
        let source = run.source().await?;
        match range::dump(run, &source, &plan, (planned, range), &mut checkpoint).await {
            Ok(RangeEnd::Done) => checkpoint.flush().await?,
            Ok(RangeEnd::OutOfTime) => {
                handover::count(run, &mut checkpoint, planned.namespace.to_string()).await?;
                return Ok(Answer::RangeUnfinished {
                    run: run.id,
                    range: number,
                }
                .into());
            }
            Err(error) => return Err(keep_what_is_done(&mut checkpoint, error).await),
        }
    }
    let parts = &checkpoint.state.range(number, now).parts;
    Ok(Answer::RangeDone {
        run: run.id,
        range: number,
        documents: parts.iter().map(|part| part.documents).sum(),
        bytes: parts.iter().map(|part| part.bytes).sum(),
    }
    .into())
}

async fn commit(run: &Run<'_>) -> Result<Told, DumpError> {
    let mut lease = Lease::take(&run.store, &run.terms, run.lease_key(), &run.id.to_string()).await?;
    let was_left = lease.was_left();
    let result = lease
        .keep(async {
            if let Some(told) = finished_before(run, was_left).await? {
                return Ok(told);
            }
            let plan = planning::load(run, Mode::Ranges)
                .await?
                .ok_or(DumpError::NoPlan { run: run.id })?;
            let numbers: Vec<_> = plan.ranges().map(|(_, range)| range.range).collect();
            let states: BTreeMap<_, _> = futures::stream::iter(numbers)
                .map(|number| async move {
                    let saved = state::load(run, &run.key(Object::RangeState(number))).await?;
                    let range = saved.and_then(|mut state| state.ranges.remove(&number));
                    Ok::<_, DumpError>(range.map(|range| (number, range)))
                })
                .buffer_unordered(STATES_AT_ONCE)
                .try_filter_map(|found| async { Ok(found) })
                .try_collect()
                .await?;
            let source = run.source().await?;
            let (manifest, bytes) = Box::pin(commit::write(run, &source, &plan, &states)).await?;
            let (report, _) = commit::conclude(run, &manifest, &bytes).await?;
            Ok(completed(report))
        })
        .await;
    done(lease, result).await
}
