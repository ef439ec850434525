//! Raw samples by metric.

use std::collections::BTreeMap;

use crate::definition::{MetricId, MetricStat};
use crate::statistic::{Sample, aggregate, sample_count};
use crate::window::Window;

/// Raw samples by metric: everything PutMetricData ever said.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct History {
    samples: BTreeMap<MetricId, Vec<Sample>>,
}

impl History {
    /// Adds a sample; samples may come in any order.
    pub fn insert(&mut self, metric: MetricId, sample: Sample) {
        let samples = self.samples.entry(metric).or_default();
        let at = samples.partition_point(|other| other.timestamp <= sample.timestamp);
        samples.insert(at, sample);
    }

    /// Every metric that has samples.
    pub fn metrics(&self) -> impl Iterator<Item = &MetricId> {
        self.samples.keys()
    }

    /// Time of the newest sample of a metric.
    #[must_use]
    pub fn newest(&self, metric: &MetricId) -> Option<i64> {
        self.samples
            .get(metric)
            .and_then(|samples| samples.last())
            .map(|sample| sample.timestamp)
    }

    /// The samples with `from <= timestamp < to`, oldest first. With a unit only that unit's, as CloudWatch does.
    pub fn samples<'a>(
        &'a self,
        metric: &MetricId,
        unit: Option<&'a str>,
        from: i64,
        to: i64,
    ) -> impl Iterator<Item = &'a Sample> {
        let all = self.samples.get(metric).map_or(&[][..], Vec::as_slice);
        let first = all.partition_point(|sample| sample.timestamp < from);
        let last = all.partition_point(|sample| sample.timestamp < to).max(first);
        all[first..last]
            .iter()
            .filter(move |sample| unit.is_none_or(|unit| sample.unit.as_deref().unwrap_or("None") == unit))
    }

    /// One datapoint a period, `None` where the metric is silent.
    #[must_use]
    pub fn series(&self, stat: &MetricStat, window: Window) -> Vec<Option<f64>> {
        (0..window.periods)
            .map(|index| {
                let (from, to) = (window.start_of(index), window.start_of(index + 1));
                aggregate(
                    self.samples(&stat.metric, stat.unit.as_deref(), from, to),
                    stat.statistic,
                )
            })
            .collect()
    }

    /// How many samples a metric has in `from <= timestamp < to`.
    #[must_use]
    pub fn sample_count(&self, stat: &MetricStat, from: i64, to: i64) -> f64 {
        sample_count(self.samples(&stat.metric, stat.unit.as_deref(), from, to))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistic::Statistic;

    #[test]
    fn samples_fall_into_half_open_periods_whatever_their_order() {
        let metric = MetricId::new("N", "m", []);
        let mut history = History::default();
        for (timestamp, value) in [(119, 4.0), (0, 1.0), (60, 3.0), (59, 2.0), (120, 100.0), (-1, 100.0)] {
            history.insert(metric.clone(), Sample::value(timestamp, value));
        }
        let stat = MetricStat {
            metric,
            statistic: Statistic::Sum,
            period: 60,
            unit: None,
        };
        let window = Window {
            start: 0,
            period: 60,
            periods: 2,
        };
        assert_eq!(history.series(&stat, window), [Some(3.0), Some(7.0)]);
    }

    #[test]
    fn dimensions_and_units_keep_metrics_apart() {
        let mut history = History::default();
        let of = |function: &str| MetricId::new("N", "m", [("F", function)]);
        history.insert(
            of("a"),
            Sample {
                unit: Some("Count".into()),
                ..Sample::value(0, 1.0)
            },
        );
        history.insert(of("b"), Sample::value(0, 2.0));
        let window = Window {
            start: 0,
            period: 60,
            periods: 1,
        };
        for (name, metric, unit, expected) in [
            ("own dimension", of("a"), None, Some(1.0)),
            ("other dimension", of("b"), None, Some(2.0)),
            (
                "no dimension is another metric",
                MetricId::new("N", "m", []),
                None,
                None,
            ),
            ("same unit", of("a"), Some("Count"), Some(1.0)),
            ("other unit", of("a"), Some("Bytes"), None),
            (
                "unit None matches samples without a unit",
                of("b"),
                Some("None"),
                Some(2.0),
            ),
        ] {
            let stat = MetricStat {
                metric,
                statistic: Statistic::Sum,
                period: 60,
                unit: unit.map(str::to_owned),
            };
            assert_eq!(history.series(&stat, window), [expected], "{name}");
        }
    }
}
