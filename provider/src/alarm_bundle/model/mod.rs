//! From a configuration to the alarms it means: pure, without AWS, and total. Whatever is unknown stays unknown leaf by leaf.
//!
//! | module | does |
//! |---|---|
//! | `target`, `severity`, `defaults`, `overrides` | read and check the configuration |
//! | `catalogue` with `build`, `extra` with `series` | make the alarms |
//! | `composite`, `coverage`, `dashboard`, `tags` | make what depends on them |
//! | `advice` | warns of what is valid and probably not meant |
//! | `action`, `key`, `describe`, `limits`, `expression`, `suggest`, `values` | small rules they share |

mod action;
mod advice;
mod build;
mod catalogue;
mod composite;
mod coverage;
mod dashboard;
mod defaults;
mod describe;
mod expression;
mod extra;
mod key;
mod limits;
mod overrides;
mod series;
mod severity;
mod suggest;
mod tags;
mod target;
#[cfg(test)]
mod tests;
mod values;

use std::collections::BTreeMap;

use alarm_catalog::{CLOUDFRONT_REGION, Preset, Service};
use tf_provider::value::Value;
use tf_provider::{AttributePath, Diagnostics};

pub(crate) use key::parse_name;

use crate::alarm_bundle::diagnostics;
use crate::alarm_bundle::state::{Alarm, Bundle, CompositeAlarm, Map, Text};
use crate::connection::region::is_region;
use crate::connection::region::region_is_malformed;
use catalogue::Outcome;
use defaults::{Defaults, Inputs};
use overrides::Overrides;
use severity::Severities;

/// What the provider knows besides the resource's own attributes.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Context {
    /// Region of the resource or of the provider; unknown while either is, null when nothing names one.
    pub(crate) region: Text,
    /// The provider's default tags.
    pub(crate) default_tags: Map<String>,
}

/// The alarms of a bundle.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum PlannedAlarms {
    /// By key. Fields may be unknown; `arn` always is.
    Known(BTreeMap<String, Alarm>),
    /// Which alarms there are depends on these inputs, which are unknown.
    Unknown(Vec<AttributePath>),
}

/// What a configuration means.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct BundlePlan {
    /// `<region>/<name>`.
    pub(crate) id: Text,
    /// Effective region.
    pub(crate) region: Text,
    /// The alarms.
    pub(crate) alarms: PlannedAlarms,
    /// The composite alarm, null when there is none.
    pub(crate) composite_alarm: Value<CompositeAlarm>,
    /// Dashboard JSON, null unless the bundle asks for it.
    pub(crate) dashboard_body: Text,
    /// What watches each metric.
    pub(crate) coverage: Map<String>,
    /// Tags of every alarm.
    pub(crate) tags_all: Map<String>,
}

impl BundlePlan {
    /// Writes the computed attributes.
    pub(crate) fn write_to(self, bundle: &mut Bundle) {
        bundle.id = self.id;
        bundle.region = self.region;
        bundle.alarms = match self.alarms {
            PlannedAlarms::Known(alarms) => Value::Value(
                alarms
                    .into_iter()
                    .map(|(key, alarm)| (key, Value::Value(alarm)))
                    .collect(),
            ),
            PlannedAlarms::Unknown(_) => Value::Unknown,
        };
        bundle.composite_alarm = self.composite_alarm;
        bundle.dashboard_body = self.dashboard_body;
        bundle.coverage = self.coverage;
        bundle.tags_all = self.tags_all;
    }
}

/// The alarms a configuration means, and every mistake in it. With errors among the diagnostics the plan is not to be used.
pub(crate) fn plan(bundle: &Bundle, context: &Context) -> (BundlePlan, Diagnostics) {
    let mut diagnostics = Diagnostics::default();
    check_name(bundle, &mut diagnostics);
    let targets = target::read(bundle, &mut diagnostics);
    check_region(bundle, context, &targets, &mut diagnostics);
    // of a malformed region one error is enough
    let region = context
        .region
        .as_deref_option()
        .is_some_and(|region| !is_region(region));
    let region = if region { &Value::Unknown } else { &context.region };
    let severities = Severities::read(bundle, region, &mut diagnostics);
    let defaults = Defaults::read(bundle, &mut diagnostics);
    let inputs = Inputs {
        bundle,
        defaults: &defaults,
        severities: &severities,
        region,
    };

    let mut open = targets.open.clone();
    let preset = preset(bundle, &mut diagnostics);
    let entries = match preset {
        Some(preset) => {
            let overrides = Overrides::read(bundle, preset, &targets, region, &mut diagnostics);
            open.extend(overrides.open.iter().cloned());
            let expected = targets.severities(preset);
            severities.check_spelling(&expected, &bundle.extra_alarms, &mut diagnostics);
            let entries = catalogue::entries(&inputs, preset, &targets, &overrides, &mut diagnostics);
            advice::check_overrides(&overrides, &entries, &mut diagnostics);
            entries
        }
        None => {
            open.push(AttributePath::new("preset"));
            Vec::new()
        }
    };
    catalogue::check_order(&entries, &mut diagnostics);
    let extras = extra::read(&inputs, &mut diagnostics);
    open.extend(extras.open.iter().cloned());
    for entry in &entries {
        if let Outcome::Open(path) = &entry.outcome
            && !open.contains(path)
        {
            open.push(path.clone());
        }
    }

    let mut alarms = extras.alarms.clone();
    for entry in &entries {
        if let Outcome::Exists(alarm) = &entry.outcome {
            alarms.insert(entry.key.clone(), (**alarm).clone());
        }
    }
    let is_known = open.is_empty();
    if let (true, true, false, Some(preset)) = (is_known, alarms.is_empty(), targets.known.is_empty(), preset) {
        advice::without_alarms(preset, &entries, &mut diagnostics);
    }
    if is_known {
        severities.check_told(&alarms, &mut diagnostics);
    }
    let composite_alarm = composite::plan(bundle, &severities, is_known.then_some(&alarms), &mut diagnostics);
    let composite_name = composite_alarm.as_ref_option().map(|composite| &composite.name);
    check_lengths(
        alarms.values().map(|alarm| &alarm.name).chain(composite_name),
        &mut diagnostics,
    );
    let plan = BundlePlan {
        id: id(&context.region, &bundle.name),
        region: context.region.clone(),
        composite_alarm,
        dashboard_body: match (is_known, &bundle.dashboard) {
            (true, wanted) => dashboard::body(
                wanted,
                &bundle.name,
                &context.region,
                &targets,
                &entries,
                &extras.alarms,
            ),
            (false, Value::Null | Value::Value(false)) => Value::Null,
            (false, _) => Value::Unknown,
        },
        coverage: if is_known {
            coverage::coverage(&targets, &entries)
        } else {
            Value::Unknown
        },
        tags_all: tags::tags_all(&context.default_tags, &bundle.tags, &mut diagnostics),
        alarms: if is_known {
            PlannedAlarms::Known(alarms)
        } else {
            PlannedAlarms::Unknown(open)
        },
    };
    (plan, diagnostics)
}

fn id(region: &Text, name: &Text) -> Text {
    match (region, name) {
        (Value::Value(region), Value::Value(name)) => Value::Value(format!("{region}/{name}")),
        _ => Value::Unknown,
    }
}

/// `None` while the preset is unknown, or is a word that is none.
fn preset(bundle: &Bundle, diagnostics: &mut Diagnostics) -> Option<Preset> {
    match &bundle.preset {
        Value::Null => Some(Preset::default()),
        Value::Unknown => None,
        Value::Value(word) => {
            let preset = word.parse().ok();
            if preset.is_none() {
                let words = Preset::ALL.map(Preset::name);
                diagnostics::word_unknown(diagnostics, AttributePath::new("preset"), word, &words);
            }
            preset
        }
    }
}

fn check_name(bundle: &Bundle, diagnostics: &mut Diagnostics) {
    if let Value::Value(name) = &bundle.name
        && !key::is_bundle_name(name)
    {
        diagnostics::bundle_name_invalid(diagnostics, name);
    }
}

fn check_region(bundle: &Bundle, context: &Context, targets: &target::Targets, diagnostics: &mut Diagnostics) {
    if let Value::Value(region) = &bundle.region
        && !is_region(region)
    {
        region_is_malformed(diagnostics, AttributePath::new("region"), region);
        return;
    }
    let Value::Value(region) = &context.region else { return };
    let distribution = targets
        .known
        .iter()
        .find(|target| target.service == Service::CloudFront);
    if let Some(target) = distribution.filter(|_| region != CLOUDFRONT_REGION) {
        let path = if bundle.region.is_value() {
            AttributePath::new("region")
        } else {
            target.path()
        };
        diagnostics::cloudfront_in_other_region(diagnostics, path, region);
    }
}

fn check_lengths<'a>(names: impl Iterator<Item = &'a Text>, diagnostics: &mut Diagnostics) {
    let long = key::too_long(names);
    if let Some(longest) = long.iter().max_by_key(|name| key::name_length(name)) {
        diagnostics::alarm_name_too_long(diagnostics, longest, key::name_length(longest), long.len());
    }
}
