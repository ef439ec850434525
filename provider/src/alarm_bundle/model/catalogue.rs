//! The catalogue's alarms for a bundle's targets.

use std::collections::BTreeMap;

use alarm_catalog::coverage::Absence;
use alarm_catalog::{AlarmSpec, Preset, Threshold, alarms};
use tf_provider::value::Value;
use tf_provider::{AttributePath, Diagnostics};

use super::build::Builder;
use super::defaults::Inputs;
use super::key;
use super::overrides::{Overrides, Settings, Sourced};
use super::severity::Presence;
use super::target::{Target, Targets};
use crate::alarm_bundle::diagnostics;
use crate::alarm_bundle::state::{Alarm, SeverityActions};

/// One alarm the preset has for a target.
#[derive(Debug, Clone)]
pub(crate) struct Entry<'a> {
    /// What the catalogue says.
    pub(crate) spec: &'static AlarmSpec,
    /// The target.
    pub(crate) target: &'a Target,
    /// Its key.
    pub(crate) key: String,
    /// The alarm, or why there is none.
    pub(crate) outcome: Outcome,
}

/// Whether an alarm exists.
#[derive(Debug, Clone)]
pub(crate) enum Outcome {
    /// It does.
    Exists(Box<Alarm>),
    /// It does not.
    Absent(Absence),
    /// This input decides, and is unknown.
    Open(AttributePath),
}

/// Every alarm of the preset for every configured target.
pub(crate) fn entries<'a>(
    inputs: &Inputs<'_>,
    preset: Preset,
    targets: &'a Targets,
    overrides: &Overrides,
    diagnostics: &mut Diagnostics,
) -> Vec<Entry<'a>> {
    let mut entries = Vec::new();
    for target in &targets.known {
        for spec in alarms(preset).filter(|spec| spec.service == target.service) {
            let key = key::catalogue_key(spec.service, &target.name, spec.name, spec.severity);
            let settings = overrides.settings(spec, target);
            let outcome = match existence(inputs, spec, target, overrides, &settings) {
                Ok(actions) => {
                    let alarm = Builder {
                        inputs,
                        spec,
                        target,
                        key: &key,
                        settings: &settings,
                    };
                    Outcome::Exists(Box::new(alarm.build(actions, diagnostics)))
                }
                Err(outcome) => outcome,
            };
            entries.push(Entry {
                spec,
                target,
                key,
                outcome,
            });
        }
    }
    entries
}

/// The targets in order, each with its entries.
pub(crate) fn by_target<'a, 'e>(
    targets: &'a Targets,
    entries: &'e [Entry<'a>],
) -> Vec<(&'a Target, Vec<&'e Entry<'a>>)> {
    let mut own: BTreeMap<_, Vec<&Entry<'a>>> = BTreeMap::new();
    for entry in entries {
        own.entry((entry.target.service, entry.target.name.as_str()))
            .or_default()
            .push(entry);
    }
    let of = |target: &'a Target| {
        (
            target,
            own.remove(&(target.service, target.name.as_str())).unwrap_or_default(),
        )
    };
    targets.known.iter().map(of).collect()
}

/// The severity's actions when the alarm exists. What is known to forbid it wins over what is unknown.
fn existence<'a>(
    inputs: &Inputs<'a>,
    spec: &'static AlarmSpec,
    target: &Target,
    overrides: &Overrides,
    settings: &Settings,
) -> Result<&'a SeverityActions, Outcome> {
    let severity = spec.severity.name();
    let actions = match inputs.severities.get(severity) {
        Presence::There(actions) => Ok(actions),
        Presence::Absent => return Err(Outcome::Absent(Absence::NoSeverity(severity.to_owned()))),
        Presence::Open => Err(Outcome::Open(inputs.severities.open_path(severity))),
    };
    let open_override = overrides.open_severity(spec, target);
    let disabled = matches!(
        &settings.enabled,
        Some(Sourced {
            value: Value::Value(false),
            ..
        })
    );
    if disabled && open_override.is_none() {
        return Err(Outcome::Absent(Absence::Disabled));
    }
    if let Some(param) = spec.needs
        && target.is_set(param) == Some(false)
    {
        return Err(Outcome::Absent(Absence::Needs(param.name().to_owned())));
    }
    let from_override = spec.threshold == Threshold::FromOverride;
    if from_override && settings.threshold.is_none() && open_override.is_none() {
        return Err(Outcome::Absent(Absence::Needs(format!(
            "a threshold in overrides[\"{}/{}/{}\"]",
            spec.service, target.name, spec.name
        ))));
    }
    let actions = actions?;
    if let Some(path) = open_override {
        return Err(Outcome::Open(path));
    }
    let enabled = settings.enabled.as_ref().filter(|setting| setting.value.is_unknown());
    let threshold = settings
        .threshold
        .as_ref()
        .filter(|setting| from_override && setting.value.is_unknown());
    let param = spec.needs.filter(|param| target.is_set(*param).is_none());
    let open = enabled
        .map(|setting| setting.path.clone())
        .or_else(|| threshold.map(|setting| setting.path.clone()))
        .or_else(|| param.map(|param| target.param_path(param)));
    open.map_or(Ok(actions), |path| Err(Outcome::Open(path)))
}

/// Warns where a warning can only fire after its critical sibling.
pub(crate) fn check_order(entries: &[Entry<'_>], diagnostics: &mut Diagnostics) {
    let mut warnings: BTreeMap<String, &Entry<'_>> = BTreeMap::new();
    for entry in entries {
        let Outcome::Exists(critical) = &entry.outcome else {
            continue;
        };
        let base = entry
            .key
            .rsplit_once('/')
            .map_or(entry.key.as_str(), |(base, _)| base)
            .to_owned();
        let Some(earlier) = warnings.insert(base, entry) else {
            continue;
        };
        let Outcome::Exists(warning) = &earlier.outcome else {
            continue;
        };
        let comparable = warning.statistic == critical.statistic
            && warning.comparison_operator == critical.comparison_operator
            && warning.evaluation_periods == critical.evaluation_periods;
        let (Value::Value(low), Value::Value(high), Value::Value(operator)) =
            (&warning.threshold, &critical.threshold, &warning.comparison_operator)
        else {
            continue;
        };
        let inverted = if operator.starts_with("Greater") {
            low > high
        } else {
            low < high
        };
        if comparable && inverted {
            diagnostics::warning_above_critical(diagnostics, entry.target.path(), &entry.key, low, high);
        }
    }
}
