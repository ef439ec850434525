//! Samples of every account and region.

use std::collections::BTreeMap;

use alarm_evaluator::{History, MetricId, Sample};

use crate::model::{Dimension, Scope};

/// Everything PutMetricData said since the start.
#[derive(Debug, Default)]
pub struct MetricStore {
    scopes: BTreeMap<Scope, History>,
    empty: History,
}

impl MetricStore {
    /// The samples of one account and region.
    #[must_use]
    pub fn history(&self, scope: &Scope) -> &History {
        self.scopes.get(scope).unwrap_or(&self.empty)
    }

    /// Adds a sample.
    pub fn insert(&mut self, scope: &Scope, metric: MetricId, sample: Sample) {
        self.scopes.entry(scope.clone()).or_default().insert(metric, sample);
    }
}

/// The evaluator's name of a metric.
pub(crate) fn metric_id(namespace: &str, metric_name: &str, dimensions: &[Dimension]) -> MetricId {
    let pairs = dimensions
        .iter()
        .map(|dimension| (dimension.name.as_str(), dimension.value.as_str()));
    MetricId::new(namespace, metric_name, pairs)
}
