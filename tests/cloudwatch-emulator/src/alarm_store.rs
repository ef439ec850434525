//! The alarms of every account and region.

use std::collections::{BTreeMap, BTreeSet};

use alarm_evaluator::{Rule, StateValue};

use crate::model::{AlarmState, Scope, StoredAlarm};
use crate::timestamp::Timestamp;

/// Alarms of one account and region by name.
pub type Alarms = BTreeMap<String, StoredAlarm>;

/// All alarms. The operations and the evaluation change it under one lock, so each sees a consistent whole.
#[derive(Debug, Clone, Default)]
pub struct AlarmStore {
    scopes: BTreeMap<Scope, Alarms>,
}

/// A change of an alarm's state, for its event and its actions.
#[derive(Debug, Clone)]
pub struct Transition {
    /// Where.
    pub scope: Scope,
    /// The alarm after the change.
    pub alarm: StoredAlarm,
    /// The state before it; `None` where nothing changed, and only actions that were held back are let go.
    pub old_state: Option<AlarmState>,
}

impl AlarmStore {
    /// Account and region pairs that have, or had, alarms.
    pub fn scopes(&self) -> impl Iterator<Item = &Scope> {
        self.scopes.keys()
    }

    /// Alarms of one account and region.
    pub fn alarms(&self, scope: &Scope) -> impl Iterator<Item = &StoredAlarm> {
        self.scopes.get(scope).into_iter().flat_map(Alarms::values)
    }

    /// One alarm.
    #[must_use]
    pub fn get(&self, scope: &Scope, name: &str) -> Option<&StoredAlarm> {
        self.scopes.get(scope)?.get(name)
    }

    /// One alarm, to change. Its name must stay.
    pub fn get_mut(&mut self, scope: &Scope, name: &str) -> Option<&mut StoredAlarm> {
        self.scopes.get_mut(scope)?.get_mut(name)
    }

    /// Adds or replaces an alarm.
    pub fn put(&mut self, scope: &Scope, alarm: StoredAlarm) {
        let alarms = self.scopes.entry(scope.clone()).or_default();
        alarms.insert(alarm.name.clone(), alarm);
    }

    /// Removes an alarm without a look at its parents.
    pub fn remove(&mut self, scope: &Scope, name: &str) -> Option<StoredAlarm> {
        self.scopes.get_mut(scope)?.remove(name)
    }

    /// Names of the composite alarms whose rule names `child`, sorted.
    #[must_use]
    pub fn parents_of(&self, scope: &Scope, child: &str) -> Vec<&str> {
        self.alarms(scope)
            .filter(|alarm| children_of(alarm).contains(child))
            .map(|alarm| alarm.name.as_str())
            .collect()
    }

    /// Sets an alarm's state. `Some` if the value is another one than before; `None` also for an unknown alarm.
    pub fn set_state(
        &mut self,
        scope: &Scope,
        name: &str,
        value: StateValue,
        reason: String,
        reason_data: Option<String>,
        now: Timestamp,
    ) -> Option<Transition> {
        let alarm = self.get_mut(scope, name)?;
        let changed = alarm.state.value != value;
        let state = AlarmState {
            value,
            reason,
            reason_data,
            updated: now,
            transitioned: if changed { now } else { alarm.state.transitioned },
        };
        let old_state = std::mem::replace(&mut alarm.state, state);
        changed.then(|| Transition {
            scope: scope.clone(),
            alarm: alarm.clone(),
            old_state: Some(old_state),
        })
    }
}

/// Names in a composite alarm's rule; none for a metric alarm, or for a rule that was broken by hand.
#[must_use]
pub fn children_of(alarm: &StoredAlarm) -> BTreeSet<String> {
    let rule = alarm
        .composite()
        .and_then(|composite| Rule::parse(&composite.alarm_rule).ok());
    rule.iter().flat_map(Rule::children).map(str::to_owned).collect()
}
