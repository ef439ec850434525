//! The story of one event.

use lambda_kit::{Deadline, Failure, chain, guard, schedule};

use crate::error::ProbeError;
use crate::measure::measure;
use crate::probe::MongoProbe;
use crate::reading::{self, Reading, Report};

/// Measures the cluster once and writes its metrics before it returns. Whatever goes wrong, and before Lambda ends the invocation, `Up` is
/// written as 0.
///
/// # Errors
/// One of [`FAILURES`](crate::FAILURES).
pub async fn handle(event: &str, deadline: Deadline, probe: &MongoProbe) -> Result<Report, Failure> {
    // Of an event that is for somebody else nothing follows for the cluster.
    schedule::check(event).map_err(|error| ProbeError::Event(error).failure())?;
    let measured = guard(deadline, patiently(probe)).await;
    match measured.unwrap_or_else(|cut| Err(ProbeError::Cut(cut))) {
        Ok(reading) => {
            reading
                .metrics(&probe.cluster)
                .iter()
                .for_each(|line| (probe.metrics)(line));
            Ok(reading.report())
        }
        Err(error) => {
            (probe.metrics)(&reading::down(&probe.cluster));
            Err(error.failure())
        }
    }
}

/// Measures, and once more with the address read anew where that may help.
async fn patiently(probe: &MongoProbe) -> Result<Reading, ProbeError> {
    match measure(probe).await {
        Err(error) if error.is_worth_another_attempt() => {
            tracing::warn!(cause = chain(&error), "the cluster is asked once more");
            probe.address.forget();
            measure(probe).await
        }
        result => result,
    }
}
