//! A composite alarm's actions held back by another alarm, as a state machine over time.
//!
//! Source: "Suppressing composite alarm actions" and its six examples. A change of the composite starts a wait period, in which
//! the suppressor may still go to ALARM; a suppressor that leaves ALARM starts an extension period, in which the composite may
//! still recover. When a period ends, actions are taken for the state the composite is in then. A later period discards an
//! earlier one.

use serde::{Deserialize, Serialize};

use crate::definition::StateValue;

/// The two periods of a composite alarm with a suppressor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SuppressionPeriods {
    /// Longest wait for the suppressor to go to ALARM, seconds.
    pub wait_seconds: i64,
    /// Longest wait after the suppressor left ALARM, seconds.
    pub extension_seconds: i64,
}

/// What holds the actions back (ActionsSuppressedBy).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum SuppressedBy {
    /// The composite has just changed.
    WaitPeriod,
    /// The suppressor has just left ALARM.
    ExtensionPeriod,
    /// The suppressor is in ALARM.
    Alarm,
}

impl SuppressedBy {
    /// CloudWatch's spelling.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::WaitPeriod => "WaitPeriod",
            Self::ExtensionPeriod => "ExtensionPeriod",
            Self::Alarm => "Alarm",
        }
    }
}

/// Actions that are held back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hold {
    Wait { until: i64 },
    Extension { until: i64 },
    Alarm,
}

/// Suppression of one composite alarm. Feed it every observation in time order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suppression {
    composite: StateValue,
    suppressor_in_alarm: bool,
    hold: Option<Hold>,
}

impl Suppression {
    /// Begins with a composite in this state, nothing held back.
    #[must_use]
    pub fn new(composite: StateValue, suppressor_in_alarm: bool) -> Self {
        Self {
            composite,
            suppressor_in_alarm,
            hold: None,
        }
    }

    /// What is seen at `now`. Returns the states whose actions are due, oldest first: none, one, or, if the observation is
    /// late and a wait period is zero, two.
    pub fn observe(
        &mut self,
        periods: SuppressionPeriods,
        now: i64,
        composite: StateValue,
        suppressor_in_alarm: bool,
    ) -> Vec<StateValue> {
        let mut due = Vec::new();
        self.expire(now, &mut due);
        let suppressor_was = std::mem::replace(&mut self.suppressor_in_alarm, suppressor_in_alarm);
        let changed = std::mem::replace(&mut self.composite, composite) != composite;
        self.hold = match (changed || self.hold.is_some(), suppressor_in_alarm) {
            (false, _) => None,
            (true, true) => Some(Hold::Alarm),
            (true, false) if changed => Some(Hold::Wait {
                until: now + periods.wait_seconds,
            }),
            (true, false) if suppressor_was => Some(Hold::Extension {
                until: now + periods.extension_seconds,
            }),
            (true, false) => self.hold,
        };
        self.expire(now, &mut due);
        due
    }

    /// What holds actions back, if any are.
    #[must_use]
    pub fn suppressed_by(&self) -> Option<SuppressedBy> {
        self.hold.map(|hold| match hold {
            Hold::Wait { .. } => SuppressedBy::WaitPeriod,
            Hold::Extension { .. } => SuppressedBy::ExtensionPeriod,
            Hold::Alarm => SuppressedBy::Alarm,
        })
    }

    fn expire(&mut self, now: i64, due: &mut Vec<StateValue>) {
        if let Some(Hold::Wait { until } | Hold::Extension { until }) = self.hold
            && until <= now
        {
            self.hold = None;
            due.push(self.composite);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const PERIODS: SuppressionPeriods = SuppressionPeriods {
        wait_seconds: 2,
        extension_seconds: 3,
    };

    /// Runs t0 to t9; `A` is ALARM and `.` is OK, one character a time unit. Returns when which actions are taken.
    fn run(composite: &str, suppressor: &str) -> Vec<(i64, &'static str)> {
        let mut suppression = Suppression::new(StateValue::Ok, false);
        let mut taken = Vec::new();
        for (now, (composite, suppressor)) in (0..).zip(composite.chars().zip(suppressor.chars())) {
            let state = if composite == 'A' {
                StateValue::Alarm
            } else {
                StateValue::Ok
            };
            let due = suppression.observe(PERIODS, now, state, suppressor == 'A');
            taken.extend(due.into_iter().map(|state| (now, state.as_str())));
        }
        taken
    }

    /// The guide's examples 1 to 6: WaitPeriod 2 time units, ExtensionPeriod 3.
    #[test]
    fn the_published_examples_hold() {
        for (example, composite, suppressor, taken) in [
            (
                "1: not suppressed after the wait period",
                "..AAAAAAAA",
                "..........",
                vec![(4, "ALARM")],
            ),
            (
                "2: suppressed by the alarm before the wait period ends",
                "..AAAAAAAA",
                "...AAAAAAA",
                vec![],
            ),
            (
                "3: a change within the wait period",
                "..A.......",
                "..........",
                vec![(5, "OK")],
            ),
            (
                "4: a change while the suppressor is in ALARM",
                "..AAAAAAAA",
                ".AAAAAAAAA",
                vec![],
            ),
            (
                "5: not suppressed after the extension period",
                "..AAAAAAAA",
                "...AAA....",
                vec![(9, "ALARM")],
            ),
            (
                "6: a change within the extension period",
                "..AAAAA...",
                "...AAA....",
                vec![(9, "OK")],
            ),
        ] {
            assert_eq!(run(composite, suppressor), taken, "example {example}");
        }
    }

    #[test]
    fn what_suppresses_is_told() {
        let mut suppression = Suppression::new(StateValue::Ok, false);
        for (now, composite, suppressor, expected) in [
            (0, StateValue::Ok, false, None),
            (1, StateValue::Alarm, false, Some(SuppressedBy::WaitPeriod)),
            (2, StateValue::Alarm, true, Some(SuppressedBy::Alarm)),
            (3, StateValue::Alarm, false, Some(SuppressedBy::ExtensionPeriod)),
            (6, StateValue::Alarm, false, None),
            (7, StateValue::Alarm, true, None),
        ] {
            let _due = suppression.observe(PERIODS, now, composite, suppressor);
            assert_eq!(suppression.suppressed_by(), expected, "at {now}");
        }
    }

    #[test]
    fn without_a_wait_period_actions_are_immediate() {
        let periods = SuppressionPeriods {
            wait_seconds: 0,
            extension_seconds: 0,
        };
        let mut suppression = Suppression::new(StateValue::Ok, false);
        assert_eq!(
            suppression.observe(periods, 5, StateValue::Alarm, false),
            [StateValue::Alarm]
        );
        assert_eq!(suppression.suppressed_by(), None);
    }

    proptest! {
        #[test]
        fn no_action_is_taken_while_the_suppressor_is_in_alarm(steps in prop::collection::vec((any::<bool>(), any::<bool>()), 1..40)) {
            let mut suppression = Suppression::new(StateValue::Ok, false);
            let mut was_in_alarm = false;
            for (now, (composite, suppressor)) in (0..).zip(steps) {
                let state = if composite { StateValue::Alarm } else { StateValue::Ok };
                let due = suppression.observe(PERIODS, now, state, suppressor);
                // A period that ends exactly when the suppressor goes to ALARM has ended.
                prop_assert!(due.is_empty() || !(suppressor && was_in_alarm), "at {}", now);
                was_in_alarm = suppressor;
            }
        }
    }
}
