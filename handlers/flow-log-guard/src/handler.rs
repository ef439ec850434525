//! The story of one event.

use lambda_kit::Failure;
use lambda_kit::emf::{Metrics, Unit};
use metric_names::flow_logs as names;

use crate::answer::Answer;
use crate::deliveries::{DeliveryKey, Progress};
use crate::envelope::{Delivery, Envelope};
use crate::error::GuardError;
use crate::format::Action;
use crate::guard::FlowLogGuard;
use crate::notice::notices;
use crate::publishing::publish;
use crate::ranges::Ranges;
use crate::scan::Scan;

/// Reads all lines of an event, counts them, and publishes what there is to report.
///
/// # Errors
/// A [`Failure`] with a name of [`FAILURES`](crate::FAILURES). The same event may come again: this process knows what it has counted or
/// published of it, and readers of the findings recognize it by its ids.
pub async fn handle(guard: &FlowLogGuard, event: &str) -> Result<Answer, Failure> {
    Ok(story(guard, event).await?)
}

async fn story(guard: &FlowLogGuard, event: &str) -> Result<Answer, GuardError> {
    let envelope = Envelope::open(event).map_err(GuardError::Event)?;
    let delivery = envelope.read().map_err(GuardError::Event)?;
    if delivery.is_control() {
        return Ok(Answer::Present);
    }
    let key = DeliveryKey::of(&delivery);
    let progress = guard.deliveries.progress(key);
    if progress == Progress::Done {
        tracing::info!(log_stream = %delivery.log_stream, "the same lines were delivered before");
        return Ok(Answer::Repeated);
    }

    let scan = scan(guard, &delivery).await?;
    // Before the notices: whatever becomes of them, the alarm is raised.
    if progress == Progress::New {
        (guard.metrics)(&metrics(&delivery, &scan));
        guard.deliveries.keep(key, Progress::Counted);
    }
    for (log_event, reason) in &scan.unreadable {
        tracing::warn!(log_stream = %delivery.log_stream, log_event, %reason, "a line is not one of the declared format");
    }

    let notices = notices(&delivery, &scan, &guard.settings);
    publish(&notices, guard.topic.as_ref(), guard.bus.as_ref()).await?;
    guard.deliveries.keep(key, Progress::Done);
    Ok(Answer::Scanned {
        records: scan.counts.records,
        no_data: scan.counts.no_data,
        skipped: scan.counts.skipped,
        unreadable: scan.counts.unreadable,
        accepted: scan.flows_of(Action::Accept),
        rejected: scan.flows_of(Action::Reject),
        notices: notices.len(),
    })
}

/// Without the addresses of S3 and DynamoDB only a delivery with nothing to report can be judged.
async fn scan(guard: &FlowLogGuard, delivery: &Delivery<'_>) -> Result<Scan, GuardError> {
    let services = guard.prefix_lists.ranges((guard.clock)()).await;
    let none = Ranges::default();
    let scan = Scan::of(delivery, &guard.settings.rules, services.as_ref().unwrap_or(&none));
    match services {
        Err(error) if !scan.flows.is_empty() => Err(GuardError::PrefixLists(error)),
        _ => Ok(scan),
    }
}

fn metrics(delivery: &Delivery<'_>, scan: &Scan) -> Metrics {
    // A delivery has some ten thousand lines at most, which a double holds exactly.
    let flows = |action| scan.flows_of(action) as f64;
    Metrics::new(names::NAMESPACE)
        .dimension(names::FLOW_LOG_GROUP, delivery.log_group.as_ref())
        .value(names::PUBLIC_ADDRESS_FLOWS, Unit::Count, flows(Action::Accept))
        .value(names::REJECTED_PUBLIC_ADDRESS_FLOWS, Unit::Count, flows(Action::Reject))
        .value(names::RECORDS, Unit::Count, scan.counts.records as f64)
        .value(names::UNREADABLE_RECORDS, Unit::Count, scan.counts.unreadable as f64)
        .value(names::SKIPPED_RECORDS, Unit::Count, scan.counts.skipped as f64)
}
