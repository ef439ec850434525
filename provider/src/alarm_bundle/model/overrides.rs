//! Overrides: which apply to an alarm, in which order, and the mistakes in them.

use std::collections::BTreeSet;

use alarm_catalog::{AlarmSpec, Preset, Service, Severity, Signal, TREAT_MISSING_DATA, alarms};
use provider_kit::Num;
use tf_provider::value::Value;
use tf_provider::{AttributePath, Diagnostics};

use super::limits;
use super::severity::ACTION_ATTRIBUTES;
use super::suggest;
use super::target::{Target, Targets};
use crate::alarm_bundle::diagnostics;
use crate::alarm_bundle::state::{Bundle, Elements, Override, OverrideFields, Set, Text};

const WILDCARD: &str = "*";
const LONGEST_WINDOW_PERIODS: i64 = 604_800 / 10;
const MOST_REQUESTS: i64 = 1_000_000_000;

/// A value and the attribute it was typed in.
#[derive(Debug, Clone)]
pub(crate) struct Sourced<T> {
    /// The value; never null.
    pub(crate) value: Value<T>,
    /// The attribute.
    pub(crate) path: AttributePath,
}

macro_rules! settings {
    ($($field:ident: $type:ty),* $(,)?) => {
        /// What overrides say about one alarm: the strongest value of each field, with its attribute.
        #[derive(Debug, Clone, Default)]
        pub(crate) struct Settings {
            $(
                #[doc = concat!("`", stringify!($field), "`.")]
                pub(crate) $field: Option<Sourced<$type>>,
            )*
        }

        impl Settings {
            fn apply(&mut self, fields: &OverrideFields, path: &AttributePath) {
                $(
                    if !fields.$field.is_null() {
                        let path = path.clone().attribute(stringify!($field));
                        self.$field = Some(Sourced { value: fields.$field.clone(), path });
                    }
                )*
            }
        }
    };
}

settings! {
    enabled: bool,
    threshold: Num,
    period: Num,
    evaluation_periods: Num,
    datapoints_to_alarm: Num,
    treat_missing_data: String,
    comparison_operator: String,
    statistic: String,
    min_requests: Num,
    description: String,
    runbook_url: String,
    actions_enabled: bool,
    alarm_actions: Elements,
    ok_actions: Elements,
    insufficient_data_actions: Elements,
}

/// The value of a setting; null where no override has it.
pub(crate) fn value<T: Clone>(setting: Option<&Sourced<T>>) -> Value<T> {
    setting.map_or(Value::Null, |sourced| sourced.value.clone())
}

/// `<service>/<target>/<alarm>`, each a name or `*`.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Pattern {
    segments: [String; 3],
}

impl Pattern {
    fn parse(key: &str) -> Option<Self> {
        let segments: Vec<String> = key.split('/').map(str::to_owned).collect();
        Some(Self {
            segments: segments.try_into().ok()?,
        })
    }

    fn is_exact(&self) -> bool {
        !self.segments.iter().any(|segment| segment == WILDCARD)
    }

    fn matches(&self, service: Service, target: &str, alarm: &str) -> bool {
        let names = [service.name(), target, alarm];
        self.segments
            .iter()
            .zip(names)
            .all(|(segment, name)| segment == WILDCARD || segment == name)
    }

    /// Weakest first: fewer names, then without the target's, without the alarm's, without the service's.
    fn strength(&self) -> (usize, bool, bool, bool) {
        let [service, target, alarm] = self.segments.each_ref().map(|segment| segment != WILDCARD);
        (
            usize::from(service) + usize::from(target) + usize::from(alarm),
            target,
            alarm,
            service,
        )
    }

    /// Whether it can match an alarm of the preset: a target it names must be there, or may be.
    fn is_possible(&self, preset: Preset, targets: &Targets) -> bool {
        let target = &self.segments[1];
        alarms(preset).any(|spec| {
            let there = target == WILDCARD
                || targets.open_services.contains(&spec.service)
                || targets
                    .known
                    .iter()
                    .any(|known| known.service == spec.service && known.name == *target);
            there && self.matches(spec.service, target, spec.name)
        })
    }
}

/// One override: which alarms it changes, and how.
#[derive(Debug, Clone)]
pub(crate) struct Typed {
    pattern: Pattern,
    /// What it sets.
    pub(crate) fields: Override,
    /// Where it was set.
    pub(crate) path: AttributePath,
}

impl Typed {
    /// Whether it changes an alarm of a target.
    pub(crate) fn matches(&self, spec: &AlarmSpec, target: &Target) -> bool {
        self.pattern.matches(spec.service, &target.name, spec.name)
    }
}

/// The overrides of a bundle, weakest first.
#[derive(Debug, Clone, Default)]
pub(crate) struct Overrides {
    entries: Vec<Typed>,
    /// Overrides of which it is unknown what they say.
    pub(crate) open: Vec<AttributePath>,
}

impl Overrides {
    /// Reads `overrides` and checks what can be checked without the alarms.
    pub(crate) fn read(
        bundle: &Bundle,
        preset: Preset,
        targets: &Targets,
        region: &Text,
        diagnostics: &mut Diagnostics,
    ) -> Self {
        let path = AttributePath::new("overrides");
        let mut overrides = Self::default();
        let map = match &bundle.overrides {
            Value::Null => return overrides,
            Value::Unknown => {
                overrides.open.push(path);
                return overrides;
            }
            Value::Value(map) => map,
        };
        for (key, fields) in map {
            let path = path.clone().key(key.clone());
            let pattern = match Pattern::parse(key) {
                Some(pattern) if pattern.is_possible(preset, targets) => pattern,
                parsed => {
                    let is_of = |other: &Preset| {
                        parsed
                            .as_ref()
                            .is_some_and(|pattern| pattern.is_possible(*other, targets))
                    };
                    let other = Preset::ALL.into_iter().find(is_of);
                    let candidates = candidates(preset, targets);
                    let near = suggest::nearest(key, candidates.iter().map(String::as_str));
                    diagnostics::override_unknown(diagnostics, path, key, preset, other, &near);
                    continue;
                }
            };
            match fields {
                Value::Null => {}
                Value::Unknown => overrides.open.push(path),
                Value::Value(fields) => {
                    check(&pattern, fields, &path, preset, region, diagnostics);
                    overrides.entries.push(Typed {
                        pattern,
                        fields: fields.clone(),
                        path,
                    });
                }
            }
        }
        overrides.entries.sort_by_key(|typed| typed.pattern.strength());
        overrides
    }

    /// The overrides, weakest first.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Typed> {
        self.entries.iter()
    }

    /// What the overrides say about one alarm.
    pub(crate) fn settings(&self, spec: &AlarmSpec, target: &Target) -> Settings {
        let mut settings = Settings::default();
        for typed in self.entries.iter().filter(|typed| typed.matches(spec, target)) {
            let Typed { fields, path, .. } = typed;
            settings.apply(&fields.common(), path);
            let own = match spec.severity {
                Severity::Warning => &fields.warning,
                Severity::Critical => &fields.critical,
            };
            if let Value::Value(own) = own {
                settings.apply(own, &path.clone().attribute(spec.severity.name()));
            }
        }
        settings
    }

    /// The attribute that makes it unknown what the overrides say about an alarm, if one does.
    pub(crate) fn open_severity(&self, spec: &AlarmSpec, target: &Target) -> Option<AttributePath> {
        self.entries.iter().find_map(|typed| {
            let Typed { fields, path, .. } = typed;
            let own = match spec.severity {
                Severity::Warning => &fields.warning,
                Severity::Critical => &fields.critical,
            };
            (own.is_unknown() && typed.matches(spec, target)).then(|| path.clone().attribute(spec.severity.name()))
        })
    }
}

/// Every key that an override could have, for suggestions.
fn candidates(preset: Preset, targets: &Targets) -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    for target in &targets.known {
        keys.insert(format!("{}/{}/*", target.service, target.name));
        for spec in alarms(preset).filter(|spec| spec.service == target.service) {
            keys.insert(format!("{}/{}/{}", target.service, target.name, spec.name));
            keys.insert(format!("{}/*/{}", target.service, spec.name));
        }
    }
    keys
}

fn check(
    pattern: &Pattern,
    fields: &Override,
    path: &AttributePath,
    preset: Preset,
    region: &Text,
    diagnostics: &mut Diagnostics,
) {
    if *fields == Override::default() {
        diagnostics::override_sets_nothing(diagnostics, path.clone());
    }
    check_fields(&fields.common(), path, region, diagnostics);
    for (severity, own) in [
        (Severity::Warning, &fields.warning),
        (Severity::Critical, &fields.critical),
    ] {
        let Value::Value(own) = own else { continue };
        let path = path.clone().attribute(severity.name());
        if *own == OverrideFields::default() {
            diagnostics::override_sets_nothing(diagnostics, path.clone());
        }
        check_fields(own, &path, region, diagnostics);
        let alarm = &pattern.segments[2];
        if pattern.is_exact() && !specs(pattern, preset).any(|spec| spec.severity == severity) {
            diagnostics::override_of_missing_severity(diagnostics, path, alarm, severity);
        }
    }
    if pattern.is_exact() && !specs(pattern, preset).any(AlarmSpec::is_gated) {
        for (path, fields) in every_level(fields, path) {
            if fields.min_requests.is_value() {
                let path = path.attribute("min_requests");
                diagnostics::override_of_ungated_alarm(diagnostics, path, &pattern.segments[2]);
            }
        }
    }
    for (path, fields) in every_level(fields, path) {
        let expression = specs(pattern, preset).find(|spec| !matches!(spec.signal, Signal::Metric { .. }));
        if let (true, Some(spec)) = (fields.statistic.is_value(), expression) {
            diagnostics::statistic_of_expression(diagnostics, path.attribute("statistic"), spec.name);
        }
    }
}

fn specs<'a>(pattern: &'a Pattern, preset: Preset) -> impl Iterator<Item = &'static AlarmSpec> + use<'a> {
    alarms(preset).filter(|spec| pattern.matches(spec.service, &pattern.segments[1], spec.name))
}

fn every_level(fields: &Override, path: &AttributePath) -> Vec<(AttributePath, OverrideFields)> {
    let mut levels = vec![(path.clone(), fields.common())];
    for (name, own) in [("warning", &fields.warning), ("critical", &fields.critical)] {
        if let Value::Value(own) = own {
            levels.push((path.clone().attribute(name), own.clone()));
        }
    }
    levels
}

fn check_fields(fields: &OverrideFields, path: &AttributePath, region: &Text, diagnostics: &mut Diagnostics) {
    let at = |attribute: &'static str| path.clone().attribute(attribute);
    limits::double(diagnostics, &at("threshold"), &fields.threshold);
    limits::not_negative(diagnostics, &at("threshold"), &fields.threshold);
    limits::period(
        diagnostics,
        &at("period"),
        &fields.period,
        Some("every metric of the catalogue"),
    );
    for (attribute, number) in [
        ("evaluation_periods", &fields.evaluation_periods),
        ("datapoints_to_alarm", &fields.datapoints_to_alarm),
    ] {
        limits::whole_number(diagnostics, &at(attribute), number, 1, LONGEST_WINDOW_PERIODS);
    }
    limits::whole_number(diagnostics, &at("min_requests"), &fields.min_requests, 0, MOST_REQUESTS);
    limits::one_of(
        diagnostics,
        &at("treat_missing_data"),
        &fields.treat_missing_data,
        &TREAT_MISSING_DATA,
    );
    limits::comparison_operator(diagnostics, &at("comparison_operator"), &fields.comparison_operator);
    limits::statistic(diagnostics, &at("statistic"), &fields.statistic);
    limits::runbook_url(diagnostics, &at("runbook_url"), &fields.runbook_url);
    let lists: [&Set; 3] = [
        &fields.alarm_actions,
        &fields.ok_actions,
        &fields.insufficient_data_actions,
    ];
    for (attribute, list) in ACTION_ATTRIBUTES.into_iter().zip(lists) {
        limits::actions(diagnostics, &at(attribute), list, region);
    }
}
