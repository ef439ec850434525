//! Metrics as log lines in CloudWatch's embedded metric format: nothing to call, nothing to fail, nothing to wait for.
//! Source: CloudWatch user guide, "Specification: Embedded metric format".

use std::io::Write as _;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Map, Value, json};

/// CloudWatch's name of a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// A number of things.
    Count,
    /// Seconds.
    Seconds,
    /// Milliseconds.
    Milliseconds,
    /// Bytes.
    Bytes,
    /// Parts of a hundred.
    Percent,
    /// A number of things in a second.
    CountPerSecond,
}

impl Unit {
    fn name(self) -> &'static str {
        match self {
            Self::Count => "Count",
            Self::Seconds => "Seconds",
            Self::Milliseconds => "Milliseconds",
            Self::Bytes => "Bytes",
            Self::Percent => "Percent",
            Self::CountPerSecond => "Count/Second",
        }
    }
}

/// Where a handler's metrics go: [`Metrics::emit`], but in a test.
pub type MetricSink = Arc<dyn Fn(&Metrics) + Send + Sync>;

/// Metrics of one namespace with one set of dimensions, measured at one time.
#[derive(Debug, Clone)]
pub struct Metrics {
    namespace: &'static str,
    dimensions: Vec<(&'static str, String)>,
    values: Vec<(&'static str, Unit, f64)>,
}

impl Metrics {
    /// Without dimensions and values.
    #[must_use]
    pub fn new(namespace: &'static str) -> Self {
        Self {
            namespace,
            dimensions: Vec::new(),
            values: Vec::new(),
        }
    }

    /// Adds a dimension, whose value must not be empty or personal.
    #[must_use]
    pub fn dimension(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.dimensions.push((name, value.into()));
        self
    }

    /// Adds a value.
    #[must_use]
    pub fn value(mut self, name: &'static str, unit: Unit, value: f64) -> Self {
        self.values.push((name, unit, value));
        self
    }

    /// The line, without its end.
    #[must_use]
    pub fn render(&self, at: SystemTime) -> String {
        let milliseconds = at.duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
        let names: Vec<_> = self.dimensions.iter().map(|(name, _)| *name).collect();
        let definitions: Vec<_> = self
            .values
            .iter()
            .map(|(name, unit, _)| json!({"Name": name, "Unit": unit.name()}))
            .collect();
        let mut line = Map::new();
        line.insert(
            "_aws".into(),
            json!({
                "Timestamp": u64::try_from(milliseconds).unwrap_or(u64::MAX),
                "CloudWatchMetrics": [{"Namespace": self.namespace, "Dimensions": [names], "Metrics": definitions}],
            }),
        );
        for (name, value) in &self.dimensions {
            line.insert((*name).into(), value.as_str().into());
        }
        for (name, _, value) in &self.values {
            line.insert((*name).into(), json!(value));
        }
        Value::Object(line).to_string()
    }

    /// The value of a metric, if it has one.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<f64> {
        self.values
            .iter()
            .find(|(known, _, _)| *known == name)
            .map(|(_, _, value)| *value)
    }

    /// Writes the line to standard output, where Lambda's log takes it from.
    pub fn emit(&self) {
        let line = self.render(SystemTime::now());
        // A log that cannot be written to must not fail the work that is being reported.
        writeln!(std::io::stdout().lock(), "{line}").ok();
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_line_names_namespace_dimensions_units_and_values() {
        let metrics = Metrics::new("Lectern/MongoDump")
            .dimension("Schedule", "Six")
            .value("Completed", Unit::Count, 1.0)
            .value("DurationSeconds", Unit::Seconds, 2.5);
        let line: Value = serde_json::from_str(&metrics.render(UNIX_EPOCH + Duration::from_millis(1_500))).unwrap();
        let expected = json!({
            "_aws": {
                "Timestamp": 1500,
                "CloudWatchMetrics": [{
                    "Namespace": "Lectern/MongoDump",
                    "Dimensions": [["Schedule"]],
                    "Metrics": [{"Name": "Completed", "Unit": "Count"}, {"Name": "DurationSeconds", "Unit": "Seconds"}]
                }]
            },
            "Schedule": "Six",
            "Completed": 1.0,
            "DurationSeconds": 2.5
        });
        assert_eq!(line, expected);
    }
}
