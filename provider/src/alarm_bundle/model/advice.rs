//! What a valid configuration probably does not mean: warnings that need the overrides and the alarms together.

use alarm_catalog::coverage::Absence;
use alarm_catalog::{Preset, Severity};
use tf_provider::value::Value;
use tf_provider::{AttributePath, Diagnostics};

use super::catalogue::{Entry, Outcome};
use super::overrides::Overrides;
use crate::alarm_bundle::diagnostics;
use crate::alarm_bundle::state::OverrideFields;

/// The input of the target without which an alarm does not exist, if it is not set.
fn missing_input(entry: &Entry<'_>) -> Option<String> {
    let param = entry
        .spec
        .needs
        .filter(|param| entry.target.is_set(*param) == Some(false))?;
    Some(format!("`{}`", entry.target.param_path(param)))
}

/// What an alarm waits for, as users set it; `None` where it exists, is switched off or has no severity.
fn needed(entry: &Entry<'_>) -> Option<String> {
    match &entry.outcome {
        Outcome::Absent(Absence::Needs(what)) => Some(missing_input(entry).unwrap_or_else(|| what.clone())),
        _ => None,
    }
}

fn is_absent(entry: &Entry<'_>) -> bool {
    matches!(
        &entry.outcome,
        Outcome::Absent(Absence::Needs(_) | Absence::NoSeverity(_))
    )
}

/// Points out an override, or its part for one severity, all of whose alarms are not created because an input is missing.
pub(crate) fn check_overrides(overrides: &Overrides, entries: &[Entry<'_>], diagnostics: &mut Diagnostics) {
    for typed in overrides.iter() {
        let own: Vec<&Entry<'_>> = entries
            .iter()
            .filter(|entry| typed.matches(entry.spec, entry.target))
            .collect();
        let mut warn = |own: &[&Entry<'_>], path: AttributePath| {
            let mut needs: Vec<String> = own.iter().filter_map(|entry| needed(entry)).collect();
            needs.dedup();
            let has_no_effect = !needs.is_empty() && own.iter().all(|entry| is_absent(entry));
            if has_no_effect {
                diagnostics::override_without_alarm(diagnostics, path, &needs);
            }
            has_no_effect
        };
        if warn(&own, typed.path.clone()) {
            continue;
        }
        for (severity, fields) in [
            (Severity::Warning, &typed.fields.warning),
            (Severity::Critical, &typed.fields.critical),
        ] {
            if matches!(fields, Value::Value(fields) if *fields != OverrideFields::default()) {
                let own: Vec<&Entry<'_>> = own
                    .iter()
                    .filter(|entry| entry.spec.severity == severity)
                    .copied()
                    .collect();
                warn(&own, typed.path.clone().attribute(severity.name()));
            }
        }
    }
}

/// Says what keeps a bundle with targets from having alarms.
pub(crate) fn without_alarms(preset: Preset, entries: &[Entry<'_>], diagnostics: &mut Diagnostics) {
    let mut missing = diagnostics::Missing::default();
    for entry in entries {
        match &entry.outcome {
            Outcome::Absent(Absence::NoSeverity(_)) => {
                let severity = entry.spec.severity.name();
                if !missing.severities.contains(&severity) {
                    missing.severities.push(severity);
                }
            }
            Outcome::Absent(Absence::Needs(_)) => match missing_input(entry) {
                Some(input) => {
                    if !missing.inputs.contains(&input) {
                        missing.inputs.push(input);
                    }
                }
                None => missing.thresholds.push(format!(
                    "{}/{}/{}",
                    entry.spec.service, entry.target.name, entry.spec.name
                )),
            },
            Outcome::Absent(Absence::Disabled) => missing.disabled = true,
            Outcome::Exists(_) | Outcome::Open(_) => {}
        }
    }
    diagnostics::bundle_without_alarms(diagnostics, preset, &missing);
}
