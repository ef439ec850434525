//! Counts of what became of abandoned uploads, kept during the work, so that they are known whatever ends it.

use std::sync::{Mutex, PoisonError};

use lambda_kit::emf::{Metrics, Unit};
use metric_names::upload_janitor as metric;
use serde::Serialize;

/// What one invocation did.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Report {
    /// Uploads that were removed.
    pub removed: u64,
    /// Ids of the files whose removal failed. Each is tried again a day later, and one whose record cannot be read each time.
    pub failed: Vec<String>,
    /// Abandoned uploads that the invocation did not get to, counted up to 10,000; `null` where they could not be counted.
    pub left: Option<u64>,
}

/// A report while it is being made.
#[derive(Debug, Default)]
pub(crate) struct Tally(Mutex<Report>);

impl Tally {
    pub(crate) fn removed(&self) {
        self.change(|report| report.removed += 1);
    }

    pub(crate) fn failed(&self, id: &str) {
        self.change(|report| report.failed.push(id.to_owned()));
    }

    pub(crate) fn left(&self, count: u64) {
        self.change(|report| report.left = Some(count));
    }

    pub(crate) fn report(self) -> Report {
        self.0.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, change: impl FnOnce(&mut Report)) {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

impl Report {
    /// The metrics of an invocation that ended so; `has_failed` if it did not come to its end.
    #[allow(clippy::cast_precision_loss, reason = "a metric is a double")]
    pub(crate) fn metrics(&self, bucket: &str, has_failed: bool) -> Metrics {
        let failed = self.failed.len().max(usize::from(has_failed));
        let metrics = Metrics::new(metric::NAMESPACE)
            .dimension(metric::BUCKET, bucket)
            .value(metric::REMOVED, Unit::Count, self.removed as f64)
            .value(metric::FAILED, Unit::Count, failed as f64);
        match self.left {
            Some(left) => metrics.value(metric::LEFT, Unit::Count, left as f64),
            None => metrics,
        }
    }
}
