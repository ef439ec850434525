//! The catalogue's alarms for a bundle's targets.

use std::collections::BTreeMap;

use alarm_catalog::coverage::Absence;
use alarm_catalog::{
    AlarmSpec, DEFAULT_MIN_REQUESTS, DEFAULT_TREAT_MISSING_DATA, MetricSpec, Periods, Preset, Query, Signal, Threshold,
    alarms, find_metric,
};
use provider_kit::Num;
use tf_provider::value::Value;
use tf_provider::{AttributePath, Diagnostics};

use super::describe;
use super::key;
use super::limits;
use super::overrides::{Overrides, Settings, Sourced, value};
use super::severity::{self, Actions, Presence, Severities};
use super::target::{Target, Targets};
use super::values::{or_default, text, whole};
use crate::alarm_bundle::diagnostics;
use crate::alarm_bundle::state::{Alarm, AlarmMetric, Bundle, Map, Number, SeverityActions, Text};

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

/// Values of `defaults`, filled in.
#[derive(Debug, Clone)]
pub(crate) struct Defaults {
    /// Treatment of missing data.
    pub(crate) treat_missing_data: Text,
    /// Gate of the rates.
    pub(crate) min_requests: Number,
    /// Link, or null.
    pub(crate) runbook_url: Text,
}

impl Defaults {
    /// Reads and checks `defaults`.
    pub(crate) fn read(bundle: &Bundle, diagnostics: &mut Diagnostics) -> Self {
        let path = AttributePath::new("defaults");
        let treat = || text(DEFAULT_TREAT_MISSING_DATA);
        let requests = || whole(DEFAULT_MIN_REQUESTS);
        let defaults = match &bundle.defaults {
            Value::Unknown => {
                return Self {
                    treat_missing_data: Value::Unknown,
                    min_requests: Value::Unknown,
                    runbook_url: Value::Unknown,
                };
            }
            Value::Null => {
                return Self {
                    treat_missing_data: treat(),
                    min_requests: requests(),
                    runbook_url: Value::Null,
                };
            }
            Value::Value(defaults) => defaults,
        };
        let at = |attribute: &'static str| path.clone().attribute(attribute);
        let words = &alarm_catalog::TREAT_MISSING_DATA;
        limits::one_of(
            diagnostics,
            &at("treat_missing_data"),
            &defaults.treat_missing_data,
            words,
        );
        limits::whole_number(
            diagnostics,
            &at("min_requests"),
            &defaults.min_requests,
            0,
            1_000_000_000,
        );
        limits::runbook_url(diagnostics, &at("runbook_url"), &defaults.runbook_url);
        Self {
            treat_missing_data: or_default(&defaults.treat_missing_data, treat),
            min_requests: or_default(&defaults.min_requests, requests),
            runbook_url: defaults.runbook_url.clone(),
        }
    }
}

/// What the alarms are made from.
pub(crate) struct Inputs<'a> {
    /// The configuration.
    pub(crate) bundle: &'a Bundle,
    /// `defaults`.
    pub(crate) defaults: &'a Defaults,
    /// `severities`.
    pub(crate) severities: &'a Severities,
}

/// Every alarm of the preset for every target that is there.
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
    if let (
        Some(Sourced {
            value: Value::Value(false),
            ..
        }),
        None,
    ) = (&settings.enabled, &open_override)
    {
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
    let open = |unknown: bool, path: &AttributePath| {
        if unknown {
            Err(Outcome::Open(path.clone()))
        } else {
            Ok(())
        }
    };
    if let Some(enabled) = &settings.enabled {
        open(enabled.value.is_unknown(), &enabled.path)?;
    }
    if let (true, Some(threshold)) = (from_override, &settings.threshold) {
        open(threshold.value.is_unknown(), &threshold.path)?;
    }
    if let Some(param) = spec.needs {
        open(target.is_set(param).is_none(), &target.param_path(param))?;
    }
    Ok(actions)
}

struct Builder<'a> {
    inputs: &'a Inputs<'a>,
    spec: &'static AlarmSpec,
    target: &'a Target,
    key: &'a str,
    settings: &'a Settings,
}

impl Builder<'_> {
    fn build(&self, severity: &SeverityActions, diagnostics: &mut Diagnostics) -> Alarm {
        let Self {
            inputs,
            spec,
            settings,
            key,
            ..
        } = self;
        let period = or_default(&value(settings.period.as_ref()), || whole(spec.period_seconds));
        let evaluation_periods = or_default(&value(settings.evaluation_periods.as_ref()), || {
            match spec.evaluation_periods {
                Periods::Fixed(number) => whole(number),
                Periods::Param(param) => self.target.number(param),
            }
        });
        let datapoints = or_default(&value(settings.datapoints_to_alarm.as_ref()), || {
            evaluation_periods.clone()
        });
        let threshold = or_default(&value(settings.threshold.as_ref()), || self.threshold());
        let treat_missing_data = or_default(&value(settings.treat_missing_data.as_ref()), || {
            match spec.treat_missing_data {
                Some(word) => text(word),
                None => inputs.defaults.treat_missing_data.clone(),
            }
        });
        let own_actions = [
            &value(settings.alarm_actions.as_ref()),
            &value(settings.ok_actions.as_ref()),
            &value(settings.insufficient_data_actions.as_ref()),
        ];
        let actions = Actions::new(severity, own_actions);
        let muted = || severity::actions_enabled(&inputs.bundle.composite, spec.severity.name());
        let first = or_default(&value(settings.description.as_ref()), || {
            text(format!(
                "{}/{}: {} What to do: {}",
                spec.service, self.target.name, spec.title, spec.operator_action
            ))
        });
        let runbook = or_default(&value(settings.runbook_url.as_ref()), || {
            inputs.defaults.runbook_url.clone()
        });
        let mut alarm = Alarm {
            name: key::alarm_name(&inputs.bundle.name, key),
            arn: Value::Unknown,
            description: describe::description(&first, &runbook, key, &inputs.bundle.name),
            severity: text(spec.severity.name()),
            evaluation_periods,
            datapoints_to_alarm: datapoints,
            comparison_operator: or_default(&value(settings.comparison_operator.as_ref()), || {
                text(spec.comparison_operator)
            }),
            threshold,
            treat_missing_data,
            actions_enabled: or_default(&value(settings.actions_enabled.as_ref()), muted),
            alarm_actions: actions.alarm,
            ok_actions: actions.ok,
            insufficient_data_actions: actions.insufficient_data,
            ..Alarm::default()
        };
        self.set_signal(&spec.signal, &period, &mut alarm, diagnostics);
        self.check(&alarm, &period, diagnostics);
        alarm
    }

    fn set_signal(&self, signal: &'static Signal, period: &Number, alarm: &mut Alarm, diagnostics: &mut Diagnostics) {
        match signal {
            Signal::Metric { metric, statistic } => {
                let Some(metric) = find_metric(self.spec.service, metric) else {
                    return;
                };
                alarm.namespace = text(metric.namespace);
                alarm.metric_name = text(metric.name);
                alarm.dimensions = self.target.dimensions(metric);
                alarm.statistic = self.statistic(metric, statistic, diagnostics);
                alarm.period = period.clone();
            }
            Signal::Math { queries, expression } => {
                alarm.metrics = self.metrics(queries, period);
                alarm.expression = self.expression(expression);
            }
            Signal::Either { param, set, unset } => match self.target.is_set(*param) {
                Some(true) => self.set_signal(set, period, alarm, diagnostics),
                Some(false) => self.set_signal(unset, period, alarm, diagnostics),
                None => {
                    alarm.metrics = Value::Unknown;
                    alarm.expression = Value::Unknown;
                }
            },
        }
    }

    fn metrics(&self, queries: &[Query], period: &Number) -> Map<AlarmMetric> {
        let metric = |query: &Query| {
            let metric = find_metric(self.spec.service, query.metric)?;
            let alarm_metric = AlarmMetric {
                namespace: text(metric.namespace),
                metric_name: text(metric.name),
                dimensions: self.target.dimensions(metric),
                statistic: text(query.statistic),
                period: period.clone(),
            };
            Some((query.id.to_owned(), Value::Value(alarm_metric)))
        };
        Value::Value(queries.iter().filter_map(metric).collect())
    }

    fn expression(&self, template: &str) -> Text {
        if !self.spec.is_gated() {
            return text(template);
        }
        let gate = or_default(&value(self.settings.min_requests.as_ref()), || {
            self.inputs.defaults.min_requests.clone()
        });
        gate.map(|gate| template.replace("{min_requests}", &gate.to_string()))
    }

    fn statistic(&self, metric: &MetricSpec, default: &str, diagnostics: &mut Diagnostics) -> Text {
        let Some(setting) = &self.settings.statistic else {
            return text(default);
        };
        if let Value::Value(word) = &setting.value
            && let Ok(statistic) = word.parse()
            && !metric.has_statistic(&statistic)
        {
            diagnostics::statistic_of_other_metric(diagnostics, setting.path.clone(), word, metric);
        }
        setting.value.clone()
    }

    fn threshold(&self) -> Number {
        match self.spec.threshold {
            Threshold::Fixed(number) => whole(number),
            Threshold::Share {
                of,
                percent,
                unit_factor,
            } => self
                .target
                .number(of)
                .and_then(|number| share(&number, percent, unit_factor)),
            Threshold::FromOverride => Value::Null,
        }
    }

    fn check(&self, alarm: &Alarm, period: &Number, diagnostics: &mut Diagnostics) {
        let settings = self.settings;
        let of_periods = settings.evaluation_periods.as_ref().map(|setting| setting.path.clone());
        let of_period = settings.period.as_ref().map(|setting| setting.path.clone());
        let path = of_periods.clone().or(of_period).unwrap_or_else(|| self.target.path());
        limits::window(diagnostics, &path, self.key, period, &alarm.evaluation_periods);
        let of_datapoints = settings
            .datapoints_to_alarm
            .as_ref()
            .map(|setting| setting.path.clone());
        let path = of_datapoints.or(of_periods).unwrap_or_else(|| self.target.path());
        limits::datapoints(
            diagnostics,
            &path,
            self.key,
            &alarm.datapoints_to_alarm,
            &alarm.evaluation_periods,
        );
        if let (
            true,
            Some(Sourced {
                value: Value::Value(threshold),
                path,
            }),
        ) = (self.spec.percent, &settings.threshold)
            && *threshold > Num::from(100)
        {
            diagnostics::threshold_above_hundred_percent(diagnostics, path.clone(), self.key, threshold);
        }
        let described = settings.description.as_ref().or(settings.runbook_url.as_ref());
        let path = described.map_or_else(
            || AttributePath::new("defaults").attribute("runbook_url"),
            |it| it.path.clone(),
        );
        limits::description(diagnostics, &path, self.key, &alarm.description);
    }
}

/// `number * unit_factor * percent / 100`, exact where it is whole.
fn share(number: &Num, percent: u32, unit_factor: u32) -> Number {
    let factor = i64::from(percent) * i64::from(unit_factor);
    let exact = number
        .to_i64()
        .and_then(|number| number.checked_mul(factor))
        .filter(|product| product % 100 == 0);
    match exact {
        Some(product) => whole(product / 100),
        // Dividing last keeps decimals short: 7 * 120 / 100 is 8.4, 7 * 1.2 is not.
        None => {
            let product = number.to_f64() * f64::from(percent) * f64::from(unit_factor);
            Num::from_f64(product / 100.0).map_or(Value::Null, Value::Value)
        }
    }
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
