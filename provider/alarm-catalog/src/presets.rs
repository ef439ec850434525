//! The alarms of each preset.

use crate::alarm::AlarmSpec;
use crate::service::Preset;
use crate::{aws_recommended, platform};

/// Every unit a threshold has, each with the names of the alarms whose thresholds are in it, in the order of the documentation.
#[must_use]
pub fn alarms_by_threshold_unit() -> Vec<(&'static str, Vec<&'static str>)> {
    let mut units: Vec<(&'static str, Vec<&'static str>)> = Vec::new();
    for spec in Preset::ALL.into_iter().flat_map(alarms) {
        let unit = spec.threshold_unit();
        if !units.iter().any(|(known, _)| *known == unit) {
            units.push((unit, Vec::new()));
        }
        if let Some((_, names)) = units.iter_mut().find(|(known, _)| *known == unit)
            && !names.contains(&spec.name)
        {
            names.push(spec.name);
        }
    }
    units
}

/// The alarms of a preset, service by service.
pub fn alarms(preset: Preset) -> impl Iterator<Item = &'static AlarmSpec> {
    let all: &[AlarmSpec] = match preset {
        Preset::Platform => platform::ALARMS,
        Preset::AwsRecommended => aws_recommended::ALARMS,
        Preset::None => &[],
    };
    all.iter()
}
