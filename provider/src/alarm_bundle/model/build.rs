//! One alarm of the catalogue: the catalogue's fields, stronger ones from overrides, weaker ones from defaults.

use alarm_catalog::{AlarmSpec, MetricSpec, Periods, Query, Signal, Threshold, find_metric};
use provider_kit::Num;
use tf_provider::value::Value;
use tf_provider::{AttributePath, Diagnostics};

use super::action;
use super::defaults::Inputs;
use super::describe;
use super::key;
use super::limits;
use super::overrides::{Settings, Sourced, value};
use super::severity::{self, Actions};
use super::target::Target;
use super::values::{as_double, or_default, text, whole};
use crate::alarm_bundle::diagnostics;
use crate::alarm_bundle::state::{Alarm, AlarmMetric, Map, Number, SeverityActions, Text};

/// One alarm, from everything that has a say in it.
pub(crate) struct Builder<'a> {
    /// The bundle.
    pub(crate) inputs: &'a Inputs<'a>,
    /// What the catalogue says.
    pub(crate) spec: &'static AlarmSpec,
    /// What it watches.
    pub(crate) target: &'a Target,
    /// The alarm's key.
    pub(crate) key: &'a str,
    /// What the overrides say.
    pub(crate) settings: &'a Settings,
}

impl Builder<'_> {
    /// The alarm; `severity` are the actions of its severity.
    pub(crate) fn build(&self, severity: &SeverityActions, diagnostics: &mut Diagnostics) -> Alarm {
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
        let threshold = as_double(&or_default(&value(settings.threshold.as_ref()), || self.threshold()));
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
            description: describe::description(&first, &runbook, key),
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
        // The catalogue's own windows are tested, and the parameters' ranges checked.
        if let Some(path) = of_periods.or(of_period) {
            limits::window(diagnostics, &path, self.key, period, &alarm.evaluation_periods);
        }
        if let Some(datapoints) = &settings.datapoints_to_alarm {
            let periods = &alarm.evaluation_periods;
            limits::datapoints(diagnostics, &datapoints.path, self.key, &datapoints.value, periods);
        }
        if let Some(Sourced {
            value: Value::Value(threshold),
            path,
        }) = &settings.threshold
        {
            if self.spec.percent && *threshold > Num::from(100) {
                diagnostics::threshold_above_hundred_percent(diagnostics, path.clone(), self.key, threshold);
            }
            self.check_time(alarm, threshold, path, diagnostics);
        }
        action::check_instance(diagnostics, self.key, alarm, |index| self.action_path(index));
        let described = settings.description.as_ref().or(settings.runbook_url.as_ref());
        let path = described.map_or_else(
            || AttributePath::new("defaults").attribute("runbook_url"),
            |it| it.path.clone(),
        );
        describe::check_length(
            diagnostics,
            &path,
            self.key,
            &alarm.description,
            &self.inputs.bundle.name,
        );
    }

    /// Points out a threshold that is far below the time limit of what it watches: most likely a percentage was meant.
    fn check_time(&self, alarm: &Alarm, threshold: &Num, path: &AttributePath, diagnostics: &mut Diagnostics) {
        let is_upper = alarm
            .comparison_operator
            .as_deref_option()
            .is_some_and(|operator| operator.starts_with("Greater"));
        let Some((param, factor)) = self.spec.time_limit().filter(|_| is_upper) else {
            return;
        };
        let Value::Value(limit) = self.target.number(param) else {
            return;
        };
        let whole = limit.to_f64() * f64::from(factor);
        if threshold.to_f64() < whole * LEAST_SHARE {
            let unit = self.spec.threshold_unit();
            let limit = (param.name(), &limit);
            diagnostics::threshold_far_below_limit(diagnostics, path.clone(), self.key, threshold, unit, limit, whole);
        }
    }

    /// Where a list of actions was set, by the position of its attribute.
    fn action_path(&self, index: usize) -> AttributePath {
        let settings = self.settings;
        let own = [
            &settings.alarm_actions,
            &settings.ok_actions,
            &settings.insufficient_data_actions,
        ];
        match own[index] {
            Some(setting) => setting.path.clone(),
            None => severity::action_path(self.spec.severity.name(), index),
        }
    }
}

/// The least share of a time limit that a threshold in the same quantity is believed to be meant as. Our choice: 60 where 60 % was meant is
/// 2 % of a timeout of 3 s and less of any longer one.
const LEAST_SHARE: f64 = 0.05;

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
