//! Actions by severity, and the composite that may mute them.

use std::collections::BTreeMap;

use alarm_catalog::Severity;
use tf_provider::value::Value;
use tf_provider::{AttributePath, Diagnostics};

use super::key;
use super::limits;
use super::suggest;
use super::values::or_default;
use crate::alarm_bundle::diagnostics;
use crate::alarm_bundle::state::{Alarm, Bundle, Composite, ExtraAlarm, Flag, Map, Set, SeverityActions, Text};

/// The severities of a bundle.
#[derive(Debug, Clone, Default)]
pub(crate) struct Severities {
    known: BTreeMap<String, SeverityActions>,
    open: Vec<String>,
    all_open: bool,
}

/// Whether a severity is there.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Presence<'a> {
    /// It is, with these actions.
    There(&'a SeverityActions),
    /// It is not.
    Absent,
    /// Unknown.
    Open,
}

/// The three lists of an alarm.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Actions {
    /// On ALARM.
    pub(crate) alarm: Set,
    /// On OK.
    pub(crate) ok: Set,
    /// On INSUFFICIENT_DATA.
    pub(crate) insufficient_data: Set,
}

impl Severities {
    /// Reads and checks `severities`.
    pub(crate) fn read(bundle: &Bundle, region: &Text, diagnostics: &mut Diagnostics) -> Self {
        let path = AttributePath::new("severities");
        let mut severities = Self::default();
        let Value::Value(map) = &bundle.severities else {
            severities.all_open = bundle.severities.is_unknown();
            return severities;
        };
        for (name, actions) in map {
            let path = path.clone().key(name.clone());
            if !key::is_name(name) {
                diagnostics::name_invalid(diagnostics, path.clone(), "severity", name);
            }
            match actions {
                Value::Null => {}
                Value::Unknown => severities.open.push(name.clone()),
                Value::Value(actions) => {
                    for (attribute, list) in ACTION_ATTRIBUTES.into_iter().zip(actions.lists()) {
                        limits::actions(diagnostics, &path.clone().attribute(attribute), list, region);
                    }
                    severities.known.insert(name.clone(), actions.clone());
                }
            }
        }
        severities
    }

    /// Whether a severity is there.
    pub(crate) fn get(&self, name: &str) -> Presence<'_> {
        match self.known.get(name) {
            Some(actions) => Presence::There(actions),
            None if self.all_open || self.open.iter().any(|open| open == name) => Presence::Open,
            None => Presence::Absent,
        }
    }

    /// Refuses a misspelled severity: one of no extra alarm that looks like one of `expected`, of which there would be alarms and which
    /// is missing.
    pub(crate) fn check_spelling(
        &self,
        expected: &[Severity],
        extra_alarms: &Map<ExtraAlarm>,
        diagnostics: &mut Diagnostics,
    ) {
        let may_be_of_an_extra_alarm = |name: &str| match extra_alarms {
            Value::Null => false,
            Value::Unknown => true,
            Value::Value(extras) => extras.values().any(|extra| match extra {
                Value::Null => false,
                Value::Unknown => true,
                Value::Value(extra) => match &extra.severity {
                    Value::Null => false,
                    Value::Unknown => true,
                    Value::Value(severity) => severity == name,
                },
            }),
        };
        let missing: Vec<&str> = expected
            .iter()
            .map(|severity| severity.name())
            .filter(|word| self.get(word) == Presence::Absent)
            .collect();
        for name in self
            .known
            .keys()
            .chain(&self.open)
            .filter(|name| !may_be_of_an_extra_alarm(name))
        {
            if let Some(meant) = missing.iter().find(|word| suggest::is_slip_of(name, word)) {
                diagnostics::severity_misspelled(diagnostics, name, meant);
            }
        }
    }

    /// Points out every severity that has alarms none of which notifies anybody when it fires, unless an empty list says so on purpose.
    pub(crate) fn check_told(&self, alarms: &BTreeMap<String, Alarm>, diagnostics: &mut Diagnostics) {
        let is_empty = |list: &Set| matches!(list, Value::Value(actions) if actions.iter().next().is_none());
        let of_severity = |name: &str| {
            let name = name.to_owned();
            alarms
                .values()
                .filter(move |alarm| alarm.severity.as_deref_option() == Some(name.as_str()))
        };
        for (name, actions) in &self.known {
            let mut own = of_severity(name).peekable();
            if !actions.alarm_actions.is_null()
                || own.peek().is_none()
                || !own.all(|alarm| is_empty(&alarm.alarm_actions))
            {
                continue;
            }
            let given: Vec<&str> = ACTION_ATTRIBUTES
                .into_iter()
                .zip(actions.lists())
                .filter_map(|(attribute, list)| (!list.is_null()).then_some(attribute))
                .collect();
            let is_silent = |alarm: &Alarm| is_empty(&alarm.ok_actions) && is_empty(&alarm.insufficient_data_actions);
            if given.is_empty() && of_severity(name).all(is_silent) {
                diagnostics::severity_without_actions(diagnostics, name);
            } else {
                diagnostics::severity_without_alarm_actions(diagnostics, name, &given);
            }
        }
    }

    /// The names of the configured severities.
    pub(crate) fn names(&self) -> Vec<&str> {
        self.known.keys().map(String::as_str).collect()
    }

    /// The path to show for a severity whose presence is unknown.
    pub(crate) fn open_path(&self, name: &str) -> AttributePath {
        let path = AttributePath::new("severities");
        if self.all_open { path } else { path.key(name.to_owned()) }
    }
}

/// Where a severity's list of actions is set, by the position of its attribute.
pub(crate) fn action_path(severity: &str, index: usize) -> AttributePath {
    AttributePath::new("severities")
        .key(severity.to_owned())
        .attribute(ACTION_ATTRIBUTES[index])
}

/// The attributes that hold actions, in the order of [`Actions`].
pub(crate) const ACTION_ATTRIBUTES: [&str; 3] = ["alarm_actions", "ok_actions", "insufficient_data_actions"];

impl Actions {
    /// The severity's, each replaced by an alarm's own where it has one.
    pub(crate) fn new(severity: &SeverityActions, own: [&Set; 3]) -> Self {
        let of = |own: &Set, severity: &Set| limits::effective_actions(&or_default(own, || severity.clone()));
        Self {
            alarm: of(own[0], &severity.alarm_actions),
            ok: of(own[1], &severity.ok_actions),
            insufficient_data: of(own[2], &severity.insufficient_data_actions),
        }
    }
}

/// Whether alarms of a severity have their actions on, as far as `composite` decides it.
pub(crate) fn actions_enabled(composite: &Value<Composite>, severity: &str) -> Flag {
    let composite = match composite {
        Value::Null => return Value::Value(true),
        Value::Unknown => return Value::Unknown,
        Value::Value(composite) => composite,
    };
    if matches!(&composite.severity, Value::Value(other) if other != severity) {
        return Value::Value(true);
    }
    match &composite.mute_children {
        Value::Null | Value::Value(false) => Value::Value(true),
        Value::Value(true) if composite.severity.is_value() => Value::Value(false),
        Value::Value(true) | Value::Unknown => Value::Unknown,
    }
}
