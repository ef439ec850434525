//! An alarm run over a stretch of time: what it would have done, when and how often (G7).

use crate::definition::{AlarmDefinition, StateValue};
use crate::evaluate::evaluate;
use crate::history::History;
use crate::math::QueryError;

/// A change of state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transition {
    /// When it was evaluated, seconds since 1970.
    pub at: i64,
    /// State before.
    pub from: StateValue,
    /// State after.
    pub to: StateValue,
    /// CloudWatch's sentence about it.
    pub reason: String,
}

/// Evaluates the alarm at every boundary of its evaluation interval in `from <= t <= to` and returns what changed.
/// Each evaluation sees only samples before its own window's end, so later samples do not leak into the past.
///
/// # Errors
/// Metric math that cannot be evaluated.
pub fn backtest(
    definition: &AlarmDefinition,
    history: &History,
    from: i64,
    to: i64,
    initial: StateValue,
) -> Result<Vec<Transition>, QueryError> {
    let interval = definition.evaluation_interval();
    let first = from.div_euclid(interval) * interval + if from.rem_euclid(interval) == 0 { 0 } else { interval };
    let mut state = initial;
    let mut transitions = Vec::new();
    let mut now = first;
    while now <= to {
        let evaluation = evaluate(definition, history, now, state)?;
        if evaluation.state != state {
            transitions.push(Transition {
                at: now,
                from: state,
                to: evaluation.state,
                reason: evaluation.reason,
            });
            state = evaluation.state;
        }
        now += interval;
    }
    Ok(transitions)
}
