//! The story of one event.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use job_kit::{Checkpoint, JobError, Lease, Moment, Pace, Rhythm, Store, Terms};
use lambda_kit::emf::{Metrics, Unit};
use lambda_kit::{Failure, Invocation, guard};
use metric_names::cognito_export as metric;
use user_export::RunId;

use crate::answer::{Answer, Report};
use crate::commit;
use crate::error::ExportError;
use crate::event::Event;
use crate::export::CognitoExport;
use crate::run::{Ended, Run};
use crate::state::State;
use crate::{groups, users};

/// Exports the pool, or resumes where another invocation ended. Metrics are written before it returns: `Completed` and the metrics that
/// belong to it with a complete export, `Failed` with every failure.
///
/// # Errors
/// One of [`FAILURES`](crate::FAILURES). What is finished is kept, and the same event continues from there.
pub async fn handle(invocation: &Invocation, export: &CognitoExport) -> Result<Answer, Failure> {
    let result = match Event::parse(invocation.event.get()) {
        Ok(event) => {
            // What ends the work from outside, the deadline or a panic, is named and counted like any failure.
            let ended = guard(invocation.deadline, answer(&event, invocation, export)).await;
            ended.unwrap_or_else(|cut| Err(ExportError::Cut(cut)))
        }
        Err(error) => Err(ExportError::Event(error)),
    };
    let metrics = Metrics::new(metric::NAMESPACE).dimension(metric::USER_POOL, export.pool.id());
    match result {
        Ok(Told { answer, completed }) => {
            if let Some(report) = completed {
                (export.metrics)(&with_report(metrics, &report));
            }
            Ok(answer)
        }
        Err(error) => {
            (export.metrics)(&metrics.value(metric::FAILED, Unit::Count, 1.0));
            Err(error.failure())
        }
    }
}

#[allow(clippy::cast_precision_loss, reason = "a metric is a double")]
fn with_report(metrics: Metrics, report: &Report) -> Metrics {
    metrics
        .value(metric::COMPLETED, Unit::Count, 1.0)
        .value(metric::USERS, Unit::Count, report.counts.users as f64)
        .value(metric::GROUPS, Unit::Count, report.counts.groups as f64)
        .value(metric::MEMBERSHIPS, Unit::Count, report.counts.memberships as f64)
        .value(metric::BYTES, Unit::Bytes, report.bytes as f64)
        .value(metric::DURATION_SECONDS, Unit::Seconds, report.seconds as f64)
}

/// An answer, and the report of an export that became complete with it.
struct Told {
    answer: Answer,
    completed: Option<Report>,
}

enum Step {
    Told(Box<Told>),
    HandOver(u32),
}

async fn answer(event: &Event, invocation: &Invocation, export: &CognitoExport) -> Result<Told, ExportError> {
    let id = event.run();
    let session = format!("cognito-export-{id}");
    let store = Store::assuming(&export.aws, &export.role_arn, &session, export.place.clone()).await;
    let terms = Terms {
        owner: invocation.request_id.clone(),
        length: export.limits.lease,
        between: export.limits.lease_between,
        clock: export.clock.clone(),
    };
    let mut lease = match Lease::take(&store, &terms, export.location.lease(), id.as_str()).await {
        Ok(lease) => lease,
        Err(JobError::Held(holder)) => {
            let answer = Answer::Busy { run: id, holder };
            return Ok(Told {
                answer,
                completed: None,
            });
        }
        Err(error) => return Err(error.into()),
    };
    tracing::info!(run = %id, "begun");
    let was_left = lease.was_left();
    let pace = Pace::new(invocation.deadline, export.limits.handover);
    match lease.keep(Box::pin(whole(export, &store, &id, pace, was_left))).await {
        Ok(Step::Told(told)) => {
            lease.release().await;
            Ok(*told)
        }
        Ok(Step::HandOver(hops)) => {
            lease
                .hand_over(&export.aws, &invocation.function_arn, event.render())
                .await?;
            let answer = Answer::HandedOver { run: id, hops };
            Ok(Told {
                answer,
                completed: None,
            })
        }
        Err(error) => {
            if !matches!(error, ExportError::Job(JobError::LeaseLost)) {
                lease.release().await;
            }
            Err(error)
        }
    }
}

/// The whole export, or as much of it as there is time for.
async fn whole(
    export: &CognitoExport,
    store: &Store,
    id: &RunId,
    pace: Pace,
    was_left: bool,
) -> Result<Step, ExportError> {
    let key = commit::key(&export.location, id);
    if let Some(manifest) = commit::existing(store, &key, id).await? {
        let is_moved = commit::conclude(store, &export.location, &manifest).await?;
        let report = Report::of(&manifest, key);
        // An invocation that ended before its last step left that to this one, the metrics included.
        let completed = (is_moved || was_left).then(|| report.clone());
        return Ok(Step::Told(Box::new(Told {
            answer: Answer::AlreadyComplete(report),
            completed,
        })));
    }
    let (run, mut checkpoint) = open(export, store, id, pace).await?;
    let read = async |checkpoint: &mut Checkpoint<'_, State>| {
        for step in 0..3 {
            let ended = match step {
                0 => users::read(&run, checkpoint).await?,
                1 => groups::list(&run, checkpoint).await?,
                _ => groups::members(&run, checkpoint).await?,
            };
            if ended == Ended::OutOfTime {
                return Ok::<_, ExportError>(Ended::OutOfTime);
            }
        }
        Ok(Ended::Done)
    };
    if read(&mut checkpoint).await? == Ended::OutOfTime {
        let state = &mut checkpoint.state;
        state.handovers = state.handovers.next(state.done(), export.limits.hops)?;
        let hops = state.handovers.hops;
        checkpoint.save().await?;
        return Ok(Step::HandOver(hops));
    }
    let manifest = commit::write(&run, &checkpoint.state).await?;
    commit::conclude(store, &export.location, &manifest).await?;
    let report = Report::of(&manifest, key);
    Ok(Step::Told(Box::new(Told {
        answer: Answer::Complete(report.clone()),
        completed: Some(report),
    })))
}

/// The checkpoint and the data key, both new or those of an earlier invocation.
async fn open<'a>(
    export: &'a CognitoExport,
    store: &'a Store,
    id: &RunId,
    pace: Pace,
) -> Result<(Run<'a>, Checkpoint<'a, State>), ExportError> {
    let (pool, key_arn) = (export.pool.id(), export.keys.key_arn());
    let mut checkpoint = Checkpoint::open(
        store,
        export.location.of_run(id.as_str(), "state.json"),
        Rhythm::default(),
        |state: &State| state.check(id, pool, key_arn),
        || State::new(id, pool, key_arn, Moment::of((export.clock)())),
    )
    .await?;
    let is_new = checkpoint.state.data_key.is_empty();
    let key = if is_new {
        let described = export.pool.describe().await?;
        checkpoint.state.pool = described.facts;
        checkpoint.state.estimated_users = described.estimated_users;
        let made = export.keys.make(id.as_str()).await?;
        checkpoint.state.data_key = STANDARD.encode(&made.wrapped);
        // Before anything is encrypted with it.
        checkpoint.save().await?;
        made.key
    } else {
        // What is no base64 unwraps to nothing.
        let wrapped = STANDARD.decode(&checkpoint.state.data_key).unwrap_or_default();
        export.keys.unwrap(id.as_str(), &wrapped).await?.key
    };
    let run = Run {
        export,
        store,
        id: id.clone(),
        key,
        pace,
    };
    Ok((run, checkpoint))
}
