//! The evaluation of all alarms at one moment: metric alarms first, then composites until nothing changes.

mod definition;

use std::collections::BTreeMap;

use alarm_evaluator::calendar::floor_to;
use alarm_evaluator::rule::alarm_name;
use alarm_evaluator::{Evaluation, Rule, StateValue, Suppression, SuppressionPeriods, evaluate};
use serde_json::json;

pub(crate) use definition::query;

use crate::alarm_store::{AlarmStore, Transition};
use crate::model::{Scope, StoredAlarm};
use crate::timestamp::Timestamp;
use crate::{Shared, lock};

/// Suppression of the composites that have a suppressor, by place and name.
pub(crate) type Suppressions = BTreeMap<(Scope, String), Suppression>;

/// Evaluates everything once, now, and publishes what it sets off.
pub(crate) fn evaluate_all(shared: &Shared) {
    let now = Timestamp::from(shared.clock.now());
    let mut alarms = lock(&shared.alarms);
    let mut due = Vec::new();
    let scopes: Vec<Scope> = alarms.scopes().cloned().collect();
    for scope in &scopes {
        evaluate_metric_alarms(shared, &mut alarms, scope, now, &mut due);
        evaluate_composites(&mut alarms, &mut lock(&shared.suppressions), scope, now, &mut due);
    }
    drop(alarms);
    for transition in due {
        shared.publisher.publish(&transition);
    }
}

fn evaluate_metric_alarms(
    shared: &Shared,
    alarms: &mut AlarmStore,
    scope: &Scope,
    now: Timestamp,
    due: &mut Vec<Transition>,
) {
    let metrics = lock(&shared.metrics);
    let mut changes = Vec::new();
    for alarm in alarms.alarms(scope) {
        let Some(stored) = alarm.metric() else { continue };
        let definition = match definition::definition(stored) {
            Ok(definition) => definition,
            Err(reason) => {
                tracing::debug!(alarm = %alarm.name, %reason, "not evaluated");
                continue;
            }
        };
        let seconds = seconds(now);
        // a person at a demo does not wait for the end of the minute
        let seconds = if shared.count_running_period {
            let interval = definition.evaluation_interval();
            floor_to(seconds, interval) + interval
        } else {
            seconds
        };
        match evaluate(&definition, metrics.history(scope), seconds, alarm.state.value) {
            Ok(found) if found.state != alarm.state.value => {
                let data = reason_data(&found, definition.threshold, now);
                changes.push((alarm.name.clone(), found.state, found.reason, data));
            }
            Ok(_) => {}
            Err(error) => tracing::debug!(alarm = %alarm.name, %error, "not evaluated"),
        }
    }
    drop(metrics);
    for (name, state, reason, data) in changes {
        due.extend(alarms.set_state(scope, &name, state, reason, Some(data), now));
    }
}

fn reason_data(found: &Evaluation, threshold: f64, now: Timestamp) -> String {
    let time = |seconds: i64| Timestamp::from_millis(u64::try_from(seconds).unwrap_or_default() * 1000).rfc3339();
    let datapoints: Vec<_> = found
        .evaluated
        .iter()
        .map(|point| json!({ "timestamp": time(point.timestamp), "value": point.value }))
        .collect();
    json!({
        "version": "1.0",
        "queryDate": now.rfc3339(),
        "startDate": time(found.range.start),
        "period": found.range.period,
        "recentDatapoints": found.evaluated.iter().map(|point| point.value).collect::<Vec<_>>(),
        "threshold": threshold,
        "evaluatedDatapoints": datapoints,
    })
    .to_string()
}

/// Composites of composites settle level by level; a rule can be no deeper than there are composites.
fn evaluate_composites(
    alarms: &mut AlarmStore,
    suppressions: &mut Suppressions,
    scope: &Scope,
    now: Timestamp,
    due: &mut Vec<Transition>,
) {
    let names: Vec<String> = alarms
        .alarms(scope)
        .filter(|alarm| alarm.composite().is_some())
        .map(|alarm| alarm.name.clone())
        .collect();
    suppressions.retain(|(place, name), _| place != scope || names.contains(name));
    for _ in 0..=names.len() {
        let mut changed = false;
        for name in &names {
            let before = alarms.get(scope, name).map(|alarm| alarm.state.value);
            if let Some(state) = state_by_rule(alarms, scope, name)
                && Some(state) != before
            {
                changed = true;
                let reason = format!(
                    "{scope_name} evaluated its rule to {}",
                    state.as_str(),
                    scope_name = name
                );
                let transition = alarms.set_state(scope, name, state, reason, None, now);
                let suppressed = alarms.get(scope, name).is_some_and(|alarm| periods(alarm).is_some());
                // with a suppressor, `hold_back` says which actions are due
                due.extend(transition.filter(|_| !suppressed));
            }
        }
        if !changed {
            break;
        }
    }
    for name in &names {
        hold_back(alarms, suppressions, scope, name, now, due);
    }
}

fn state_by_rule(alarms: &AlarmStore, scope: &Scope, name: &str) -> Option<StateValue> {
    let rule = Rule::parse(&alarms.get(scope, name)?.composite()?.alarm_rule).ok()?;
    let holds = rule.holds(|child| alarms.get(scope, child).map(|alarm| alarm.state.value));
    holds
        .ok()
        .map(|holds| if holds { StateValue::Alarm } else { StateValue::Ok })
}

fn periods(alarm: &StoredAlarm) -> Option<SuppressionPeriods> {
    let composite = alarm.composite()?;
    composite.actions_suppressor.as_ref()?;
    Some(SuppressionPeriods {
        wait_seconds: composite.actions_suppressor_wait_period.unwrap_or_default(),
        extension_seconds: composite.actions_suppressor_extension_period.unwrap_or_default(),
    })
}

/// Moves a composite's suppression to `now`, shows it on the alarm, and releases the actions that are due.
fn hold_back(
    alarms: &mut AlarmStore,
    suppressions: &mut Suppressions,
    scope: &Scope,
    name: &str,
    now: Timestamp,
    due: &mut Vec<Transition>,
) {
    let Some(alarm) = alarms.get(scope, name) else { return };
    let Some(periods) = periods(alarm) else {
        suppressions.remove(&(scope.clone(), name.to_owned()));
        return;
    };
    let suppressor = alarm
        .composite()
        .and_then(|composite| composite.actions_suppressor.as_deref())
        .map(alarm_name);
    let in_alarm = suppressor
        .and_then(|suppressor| alarms.get(scope, suppressor))
        .is_some_and(|suppressor| suppressor.state.value == StateValue::Alarm);
    let state = alarm.state.value;
    let suppression = suppressions
        .entry((scope.clone(), name.to_owned()))
        .or_insert_with(|| Suppression::new(StateValue::InsufficientData, in_alarm));
    let released = suppression.observe(periods, seconds(now), state, in_alarm);
    let by = suppression.suppressed_by();
    let Some(alarm) = alarms.get_mut(scope, name) else {
        return;
    };
    if let crate::model::Definition::Composite(composite) = &mut alarm.definition {
        composite.actions_suppressed_by = by.map(|by| by.as_str().to_owned());
        composite.actions_suppressed_reason = by.map(|by| format!("Actions are held back by {}", by.as_str()));
    }
    for state in released {
        let mut shown = alarm.clone();
        shown.state.value = state;
        if let crate::model::Definition::Composite(composite) = &mut shown.definition {
            composite.actions_suppressed_by = None;
        }
        due.push(Transition {
            scope: scope.clone(),
            alarm: shown,
            old_state: None,
        });
    }
}

fn seconds(time: Timestamp) -> i64 {
    i64::try_from(time.millis() / 1000).unwrap_or(i64::MAX)
}
