//! What an invocation answers and measures.

use lambda_kit::emf::{Metrics, Unit};
use lambda_kit::rotation::Step;
use metric_names::secret_rotation as metric;
use serde::Serialize;

/// The answer.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Report {
    /// Of a step. Secrets Manager does not look at it.
    Step {
        /// Name of the secret.
        secret: String,
        /// Like `setSecret`.
        step: &'static str,
        /// Whether there was nothing left to do: an event that came again.
        was_done: bool,
    },
    /// Of the daily event.
    Ages {
        /// One for each secret.
        secrets: Vec<Age>,
    },
}

/// How old the password of a secret is.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Age {
    /// Name of the secret.
    pub secret: String,
    /// Days since the current version was made.
    pub days: f64,
}

/// 1 with a step that failed, else 0; the failed one of a step has a line of its own besides.
pub(crate) fn failures(secret: &str, step: Step, has_failed: bool) -> Vec<Metrics> {
    let count = f64::from(u8::from(has_failed));
    let line = Metrics::new(metric::NAMESPACE).dimension(metric::SECRET, secret);
    let line = line.value(metric::FAILURES, Unit::Count, count);
    let mut lines = vec![line];
    if has_failed {
        let line = Metrics::new(metric::NAMESPACE).dimension(metric::SECRET, secret);
        let line = line.dimension(metric::STEP, step.name());
        lines.push(line.value(metric::FAILURES, Unit::Count, count));
    }
    lines
}

/// A rotation that came to its end.
pub(crate) fn rotation(secret: &str) -> Metrics {
    let line = Metrics::new(metric::NAMESPACE).dimension(metric::SECRET, secret);
    line.value(metric::ROTATIONS, Unit::Count, 1.0)
}

impl Age {
    pub(crate) fn metrics(&self) -> Metrics {
        let line = Metrics::new(metric::NAMESPACE).dimension(metric::SECRET, self.secret.as_str());
        line.value(metric::AGE_DAYS, Unit::Count, self.days)
    }
}
