//! The composite alarm over all the alarms of one severity.

use std::collections::BTreeMap;

use tf_provider::value::Value;
use tf_provider::{AttributePath, Diagnostics};

use super::action;
use super::describe;
use super::key;
use super::limits;
use super::severity::{Actions, Presence, Severities, action_path};
use super::values::text;
use crate::alarm_bundle::diagnostics;
use crate::alarm_bundle::state::{Alarm, Bundle, Composite, CompositeAlarm, Suppressor, Text};

/// Most children of a composite. Source: CloudWatch User Guide, Create_Composite_Alarm.
pub(crate) const MAX_CHILDREN: usize = 100;

/// Longest rule. Source: API_PutCompositeAlarm, `AlarmRule`.
pub(crate) const MAX_RULE: usize = 10_240;

/// `composite` as planned; `alarms` is `None` while it is unknown which there are.
pub(crate) fn plan(
    bundle: &Bundle,
    severities: &Severities,
    alarms: Option<&BTreeMap<String, Alarm>>,
    diagnostics: &mut Diagnostics,
) -> Value<CompositeAlarm> {
    let composite = match &bundle.composite {
        Value::Null => return Value::Null,
        Value::Unknown => return Value::Unknown,
        Value::Value(composite) => composite,
    };
    let path = AttributePath::new("composite");
    let suppressor = check_suppressor(composite, &path, diagnostics);
    let severity = match &composite.severity {
        Value::Value(severity) => severity,
        Value::Null => {
            diagnostics::input_missing(diagnostics, path.attribute("severity"), "A key of `severities`.");
            return Value::Unknown;
        }
        Value::Unknown => return Value::Value(unknown_composite(suppressor)),
    };
    let actions = match severities.get(severity) {
        Presence::There(actions) => actions,
        Presence::Open => return Value::Value(unknown_composite(suppressor)),
        Presence::Absent => {
            let path = path.attribute("severity");
            diagnostics::severity_not_in_severities(diagnostics, path, severity, &severities.names());
            return Value::Unknown;
        }
    };
    let key = key::composite_key(severity);
    let actions = Actions::new(actions, [&Value::Null, &Value::Null, &Value::Null]);
    let lists = [&actions.alarm, &actions.ok, &actions.insufficient_data];
    action::refuse_instance(diagnostics, &key, lists, |index| action_path(severity, index));
    let first = text(format!(
        "At least one {severity} alarm of this bundle fires. What to do: see which one, and follow its description."
    ));
    Value::Value(CompositeAlarm {
        name: key::alarm_name(&bundle.name, &key),
        arn: Value::Unknown,
        description: describe::description(&first, &Value::Null, &key),
        rule: rule(severity, alarms, &path, diagnostics),
        actions_enabled: Value::Value(true),
        alarm_actions: actions.alarm,
        ok_actions: actions.ok,
        insufficient_data_actions: actions.insufficient_data,
        suppressor,
    })
}

fn unknown_composite(suppressor: Value<Suppressor>) -> CompositeAlarm {
    CompositeAlarm {
        name: Value::Unknown,
        arn: Value::Unknown,
        description: Value::Unknown,
        rule: Value::Unknown,
        actions_enabled: Value::Value(true),
        alarm_actions: Value::Unknown,
        ok_actions: Value::Unknown,
        insufficient_data_actions: Value::Unknown,
        suppressor,
    }
}

/// `ALARM("a") OR ALARM("b")`, in the order of the keys.
fn rule(
    severity: &str,
    alarms: Option<&BTreeMap<String, Alarm>>,
    path: &AttributePath,
    diagnostics: &mut Diagnostics,
) -> Text {
    let Some(alarms) = alarms else { return Value::Unknown };
    let children: Vec<&Alarm> = alarms
        .values()
        .filter(|alarm| alarm.severity.as_deref_option() == Some(severity))
        .collect();
    let path = path.clone().attribute("severity");
    if children.is_empty() {
        diagnostics::composite_without_children(diagnostics, path, severity);
        return Value::Unknown;
    }
    if children.len() > MAX_CHILDREN {
        diagnostics::composite_with_too_many_children(diagnostics, path.clone(), severity, children.len());
    }
    let names: Option<Vec<&str>> = children.iter().map(|child| child.name.as_deref_option()).collect();
    let Some(names) = names else { return Value::Unknown };
    let terms: Vec<String> = names.into_iter().map(|name| format!("ALARM(\"{name}\")")).collect();
    let rule = terms.join(" OR ");
    if rule.chars().count() > MAX_RULE {
        diagnostics::composite_rule_too_long(diagnostics, path, severity, rule.chars().count());
    }
    Value::Value(rule)
}

fn check_suppressor(composite: &Composite, path: &AttributePath, diagnostics: &mut Diagnostics) -> Value<Suppressor> {
    let path = path.clone().attribute("actions_suppressor");
    if let Value::Value(suppressor) = &composite.actions_suppressor {
        if suppressor.alarm.is_null() || suppressor.alarm.as_deref_option().is_some_and(str::is_empty) {
            let path = path.clone().attribute("alarm");
            diagnostics::input_missing(
                diagnostics,
                path,
                "Name or ARN of the alarm that suppresses the actions of the composite alarm.",
            );
        }
        for (attribute, seconds, what) in [
            (
                "wait_period_seconds",
                &suppressor.wait_period_seconds,
                "Maximum number of seconds to wait for the suppressor alarm.",
            ),
            (
                "extension_period_seconds",
                &suppressor.extension_period_seconds,
                "Number of seconds that the actions stay suppressed after the suppressor alarm leaves the ALARM state.",
            ),
        ] {
            let path = path.clone().attribute(attribute);
            if seconds.is_null() {
                diagnostics::input_missing(diagnostics, path.clone(), what);
            }
            limits::whole_number(diagnostics, &path, seconds, 0, i64::from(i32::MAX));
        }
    }
    composite.actions_suppressor.clone()
}
