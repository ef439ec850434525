//! The story of one event.

use job_kit::{JobError, Lease, Moment, Pace, Store, Terms, commit};
use lambda_kit::emf::{Metrics, Unit};
use lambda_kit::{Failure, Invocation, guard};
use metric_names::cognito_import as metric;
use user_export::{Location, Manifest, NOT_CARRIED, VERSION};

use crate::answer::Answer;
use crate::error::ImportError;
use crate::event::Event;
use crate::import::CognitoImport;
use crate::memberships::Memberships;
use crate::report::Report;
use crate::run::{Ended, Run};
use crate::state::State;
use crate::{groups, open, users};

/// Imports an export, or resumes where another invocation ended. Metrics are written before it returns: `Completed` and the metrics that
/// belong to it with an import that ran to its end, `Failed` with every failure.
///
/// # Errors
/// One of [`FAILURES`](crate::FAILURES). What is finished is kept, and the same event continues from there.
pub async fn handle(invocation: &Invocation, import: &CognitoImport) -> Result<Answer, Failure> {
    let parsed = Event::parse(invocation.event.get());
    let pool = parsed.as_ref().map_or("unknown", |event| event.user_pool_id.as_str());
    let metrics = Metrics::new(metric::NAMESPACE).dimension(metric::USER_POOL, pool);
    let result = match parsed {
        Ok(event) => {
            // What ends the work from outside, the deadline or a panic, is named and counted like any failure.
            let ended = guard(invocation.deadline, answer(&event, invocation, import)).await;
            ended.unwrap_or_else(|cut| Err(ImportError::Cut(cut)))
        }
        Err(error) => Err(ImportError::Event(error)),
    };
    match result {
        Ok(answer) => {
            if let Answer::Complete(report) = &answer
                && !report.dry_run
            {
                (import.metrics)(&with_report(metrics, report));
            }
            Ok(answer)
        }
        Err(error) => {
            (import.metrics)(&metrics.value(metric::FAILED, Unit::Count, 1.0));
            Err(error.failure())
        }
    }
}

#[allow(clippy::cast_precision_loss, reason = "a metric is a double")]
fn with_report(metrics: Metrics, report: &Report) -> Metrics {
    let unresolved = report.counts.differs + report.counts.refused;
    let seconds = report.finished.unix() - report.started.unix();
    metrics
        .value(metric::COMPLETED, Unit::Count, 1.0)
        .value(metric::CREATED, Unit::Count, report.counts.created as f64)
        .value(metric::UNRESOLVED, Unit::Count, unresolved as f64)
        .value(metric::DURATION_SECONDS, Unit::Seconds, seconds as f64)
}

enum Step {
    Complete(Box<Report>),
    HandOver(u32),
}

async fn answer(event: &Event, invocation: &Invocation, import: &CognitoImport) -> Result<Answer, ImportError> {
    let store = Store::assuming(&import.aws, &import.role_arn, "cognito-import", import.place.clone()).await;
    let manifest = open::manifest(import, &store, event).await?;
    let export = manifest.run.clone();
    let location = Location::imports(&import.prefix, &event.user_pool_id);
    let terms = Terms {
        owner: invocation.request_id.clone(),
        length: import.limits.lease,
        between: import.limits.lease_between,
        clock: import.clock.clone(),
    };
    let kind = if event.dry_run { "dry run" } else { "import" };
    let mut lease = match Lease::take(&store, &terms, location.lease(), &format!("{kind} of {export}")).await {
        Ok(lease) => lease,
        Err(JobError::Held(holder)) => return Ok(Answer::Busy { holder }),
        Err(error) => return Err(error.into()),
    };
    tracing::info!(%export, dry_run = event.dry_run, "begun");
    let pace = Pace::new(invocation.deadline, import.limits.handover);
    match lease.keep(Box::pin(whole(import, &store, event, manifest, pace))).await {
        Ok(Step::Complete(report)) => {
            lease.release().await;
            Ok(Answer::Complete(report))
        }
        Ok(Step::HandOver(hops)) => {
            let next = event.render(&export);
            lease.hand_over(&import.aws, &invocation.function_arn, next).await?;
            Ok(Answer::HandedOver { hops })
        }
        Err(error) => {
            if !matches!(error, ImportError::Job(JobError::LeaseLost)) {
                lease.release().await;
            }
            Err(error)
        }
    }
}

/// The whole import, or as much of it as there is time for.
async fn whole(
    import: &CognitoImport,
    store: &Store,
    event: &Event,
    manifest: Manifest,
    pace: Pace,
) -> Result<Step, ImportError> {
    let (run, mut checkpoint) = open::run(import, store, event, manifest, pace).await?;
    let memberships = Memberships::load(&run).await?;
    let mut ended = groups::make(&run, &memberships, &mut checkpoint).await?;
    if ended == Ended::Done {
        ended = Box::pin(users::make(&run, &memberships, &mut checkpoint)).await?;
    }
    if ended == Ended::OutOfTime {
        let state = &mut checkpoint.state;
        state.handovers = state.handovers.next(state.done(), import.limits.hops)?;
        let hops = state.handovers.hops;
        checkpoint.save().await?;
        return Ok(Step::HandOver(hops));
    }
    let state = &mut checkpoint.state;
    state.tally.memberships_orphaned = memberships.count().saturating_sub(state.tally.memberships_matched);
    let report = report(&run, event, state);
    // Strings, numbers and lists under fixed names: nothing that JSON cannot represent. An invocation that ended between this and the next
    // line is repeated and writes the report again, with another time: the later attempt counts.
    let bytes = serde_json::to_vec_pretty(&report).unwrap_or_default();
    match commit::once(store, &report.report, &bytes).await {
        Ok(_) | Err(JobError::Occupied { .. }) => {}
        Err(error) => return Err(error.into()),
    }
    checkpoint.state.finished = true;
    checkpoint.save().await?;
    Ok(Step::Complete(Box::new(report)))
}

fn report(run: &Run<'_>, event: &Event, state: &State) -> Report {
    Report {
        version: VERSION,
        export: run.manifest.run.clone(),
        source_user_pool_id: event.source_user_pool_id.clone(),
        user_pool_id: event.user_pool_id.clone(),
        dry_run: run.dry_run,
        report: run.location.of_run(&run.id, "report.json"),
        started: state.started,
        finished: Moment::of((run.import.clock)()),
        counts: state.tally.clone(),
        not_carried: NOT_CARRIED.map(str::to_owned).into(),
        data_key_run: run.id.clone(),
        data_key: state.data_key.clone(),
        results: state.results.clone(),
    }
}
