//! Extra alarms: any metric or expression, in the users' own words.

use std::collections::BTreeMap;

use alarm_catalog::{MAX_METRICS_PER_ALARM, Statistic, TREAT_MISSING_DATA};
use tf_provider::value::Value;
use tf_provider::{AttributePath, Diagnostics};

use super::action;
use super::defaults::Inputs;
use super::describe;
use super::expression::{self, Kind};
use super::key;
use super::limits;
use super::series::{Series, effective_dimensions};
use super::severity::{self, ACTION_ATTRIBUTES, Actions, Presence};
use super::values::{as_double, or_default, text, whole};
use crate::alarm_bundle::diagnostics;
use crate::alarm_bundle::state::{Alarm, AlarmMetric, EXPRESSION_ID, ExtraAlarm, Map, Number, Set, SeverityActions};

const DEFAULT_PERIOD: u32 = 60;
const DEFAULT_EVALUATION_PERIODS: u32 = 1;
const LOW_SAMPLE_WORDS: [&str; 2] = ["evaluate", "ignore"];

/// Units CloudWatch knows. Source: API_PutMetricAlarm, `Unit`.
#[rustfmt::skip]
const UNITS: [&str; 27] = [
    "Seconds", "Microseconds", "Milliseconds", "Bytes", "Kilobytes", "Megabytes", "Gigabytes",
    "Terabytes", "Bits", "Kilobits", "Megabits", "Gigabits", "Terabits", "Percent",
    "Count", "Bytes/Second", "Kilobytes/Second", "Megabytes/Second", "Gigabytes/Second", "Terabytes/Second", "Bits/Second",
    "Kilobits/Second", "Megabits/Second", "Gigabits/Second", "Terabits/Second", "Count/Second", "None",
];

/// The extra alarms by key, and the inputs that leave it open which there are.
#[derive(Debug, Clone, Default)]
pub(crate) struct Extras {
    /// The alarms.
    pub(crate) alarms: BTreeMap<String, Alarm>,
    /// Unknown inputs that decide.
    pub(crate) open: Vec<AttributePath>,
}

/// Reads and checks `extra_alarms`.
pub(crate) fn read(inputs: &Inputs<'_>, diagnostics: &mut Diagnostics) -> Extras {
    let path = AttributePath::new("extra_alarms");
    let mut extras = Extras::default();
    let map = match &inputs.bundle.extra_alarms {
        Value::Null => return extras,
        Value::Unknown => {
            extras.open.push(path);
            return extras;
        }
        Value::Value(map) => map,
    };
    for (name, alarm) in map {
        let path = path.clone().key(name.clone());
        match alarm {
            Value::Null => {}
            Value::Unknown => extras.open.push(path),
            Value::Value(alarm) => {
                if !key::is_name(name) {
                    diagnostics::name_invalid(diagnostics, path.clone(), "extra alarm", name);
                }
                Reader {
                    inputs,
                    name,
                    alarm,
                    path,
                }
                .read(&mut extras, diagnostics);
            }
        }
    }
    extras
}

struct Reader<'a> {
    inputs: &'a Inputs<'a>,
    name: &'a str,
    alarm: &'a ExtraAlarm,
    path: AttributePath,
}

impl Reader<'_> {
    fn at(&self, attribute: &'static str) -> AttributePath {
        self.path.clone().attribute(attribute)
    }

    fn read(&self, extras: &mut Extras, diagnostics: &mut Diagnostics) {
        let severity = match &self.alarm.severity {
            Value::Value(severity) => severity,
            Value::Null => {
                return diagnostics::input_missing(diagnostics, self.at("severity"), "A key of `severities`.");
            }
            Value::Unknown => return extras.open.push(self.at("severity")),
        };
        let severities = self.inputs.severities;
        let none = SeverityActions::default();
        let actions = match severities.get(severity) {
            Presence::There(actions) => actions,
            Presence::Open => {
                extras.open.push(severities.open_path(severity));
                &none
            }
            Presence::Absent => {
                let path = self.at("severity");
                diagnostics::severity_not_in_severities(diagnostics, path, severity, &severities.names());
                &none
            }
        };
        let key = key::extra_key(self.name, severity);
        let alarm = self.build(&key, severity, actions, diagnostics);
        extras.alarms.insert(key, alarm);
    }

    fn build(&self, key: &str, severity: &str, actions: &SeverityActions, diagnostics: &mut Diagnostics) -> Alarm {
        let Self { inputs, alarm, .. } = self;
        self.check_fields(diagnostics);
        let period = or_default(&alarm.period, || whole(DEFAULT_PERIOD));
        let evaluation_periods = or_default(&alarm.evaluation_periods, || whole(DEFAULT_EVALUATION_PERIODS));
        let datapoints = or_default(&alarm.datapoints_to_alarm, || evaluation_periods.clone());
        let own: [&Set; 3] = [
            &alarm.alarm_actions,
            &alarm.ok_actions,
            &alarm.insufficient_data_actions,
        ];
        let actions = Actions::new(actions, own);
        let first = or_default(&alarm.description, || {
            text(format!("extra/{}: extra alarm of this bundle.", self.name))
        });
        let runbook = or_default(&alarm.runbook_url, || inputs.defaults.runbook_url.clone());
        let mut planned = Alarm {
            name: key::alarm_name(&inputs.bundle.name, key),
            arn: Value::Unknown,
            description: describe::description(&first, &runbook, key),
            severity: text(severity),
            evaluation_periods,
            datapoints_to_alarm: datapoints,
            comparison_operator: alarm.comparison_operator.clone(),
            threshold: as_double(&alarm.threshold),
            treat_missing_data: or_default(&alarm.treat_missing_data, || inputs.defaults.treat_missing_data.clone()),
            // CloudWatch treats the word and its absence alike
            evaluate_low_sample_count_percentile: match &alarm.evaluate_low_sample_count_percentile {
                Value::Value(word) if word == "evaluate" => Value::Null,
                other => other.clone(),
            },
            unit: alarm.unit.clone(),
            actions_enabled: or_default(&alarm.actions_enabled, || {
                severity::actions_enabled(&inputs.bundle.composite, severity)
            }),
            alarm_actions: actions.alarm,
            ok_actions: actions.ok,
            insufficient_data_actions: actions.insufficient_data,
            ..Alarm::default()
        };
        self.set_signal(&period, &mut planned, diagnostics);
        let datapoints_path = if alarm.datapoints_to_alarm.is_null() {
            self.path.clone()
        } else {
            self.at("datapoints_to_alarm")
        };
        limits::datapoints(
            diagnostics,
            &datapoints_path,
            key,
            &planned.datapoints_to_alarm,
            &planned.evaluation_periods,
        );
        let bundle = &inputs.bundle.name;
        describe::check_length(diagnostics, &self.at("description"), key, &planned.description, bundle);
        let own_lists = own.map(|list| !list.is_null());
        action::check_instance(diagnostics, key, &planned, |index| {
            if own_lists[index] {
                self.at(ACTION_ATTRIBUTES[index])
            } else {
                severity::action_path(severity, index)
            }
        });
        self.check_window(key, &period, &planned, diagnostics);
        planned
    }

    fn check_fields(&self, diagnostics: &mut Diagnostics) {
        let alarm = self.alarm;
        for (attribute, missing, what) in [
            (
                "comparison_operator",
                alarm.comparison_operator.is_null(),
                "How the metric is compared with the threshold, for example GreaterThanThreshold.",
            ),
            (
                "threshold",
                alarm.threshold.is_null(),
                "The value to compare the metric with.",
            ),
        ] {
            if missing {
                diagnostics::input_missing(diagnostics, self.at(attribute), what);
            }
        }
        limits::double(diagnostics, &self.at("threshold"), &alarm.threshold);
        for (attribute, number) in [
            ("evaluation_periods", &alarm.evaluation_periods),
            ("datapoints_to_alarm", &alarm.datapoints_to_alarm),
        ] {
            limits::whole_number(diagnostics, &self.at(attribute), number, 1, 60_480);
        }
        limits::comparison_operator(diagnostics, &self.at("comparison_operator"), &alarm.comparison_operator);
        for (attribute, word, words) in [
            ("treat_missing_data", &alarm.treat_missing_data, &TREAT_MISSING_DATA[..]),
            (
                "evaluate_low_sample_count_percentile",
                &alarm.evaluate_low_sample_count_percentile,
                &LOW_SAMPLE_WORDS[..],
            ),
            ("unit", &alarm.unit, &UNITS[..]),
        ] {
            limits::one_of(diagnostics, &self.at(attribute), word, words);
        }
        limits::runbook_url(diagnostics, &self.at("runbook_url"), &alarm.runbook_url);
        let lists: [&Set; 3] = [
            &alarm.alarm_actions,
            &alarm.ok_actions,
            &alarm.insufficient_data_actions,
        ];
        for (attribute, list) in ACTION_ATTRIBUTES.into_iter().zip(lists) {
            limits::actions(diagnostics, &self.at(attribute), list, self.inputs.region);
        }
    }

    fn set_signal(&self, period: &Number, planned: &mut Alarm, diagnostics: &mut Diagnostics) {
        let alarm = self.alarm;
        if !alarm.metrics.is_value() && !alarm.expression.is_value() {
            if alarm.metrics.is_unknown() || alarm.expression.is_unknown() {
                return leave_signal_open(planned);
            }
            let series = Series {
                path: &self.path,
                namespace: &alarm.namespace,
                metric_name: &alarm.metric_name,
                dimensions: &alarm.dimensions,
                statistic: &alarm.statistic,
                period,
            };
            series.check(self.inputs.region, diagnostics);
            if let (Value::Value(_), Value::Value(statistic)) =
                (&alarm.evaluate_low_sample_count_percentile, &alarm.statistic)
                && !matches!(statistic.parse(), Ok(Statistic::Percentile(_)))
            {
                let path = self.at("evaluate_low_sample_count_percentile");
                diagnostics::low_sample_without_percentile(diagnostics, path, statistic);
            }
            planned.namespace = alarm.namespace.clone();
            planned.metric_name = alarm.metric_name.clone();
            planned.dimensions = effective_dimensions(&alarm.dimensions);
            planned.statistic = alarm.statistic.clone();
            planned.period = period.clone();
            return;
        }
        self.check_single_fields_are_absent(diagnostics);
        planned.expression = alarm.expression.clone();
        planned.metrics = self.metrics(period, diagnostics);
        self.check_expression(diagnostics);
    }

    fn check_single_fields_are_absent(&self, diagnostics: &mut Diagnostics) {
        let alarm = self.alarm;
        let given: Vec<&'static str> = [
            ("namespace", alarm.namespace.is_value()),
            ("metric_name", alarm.metric_name.is_value()),
            ("dimensions", alarm.dimensions.is_value()),
            ("statistic", alarm.statistic.is_value()),
            ("unit", alarm.unit.is_value()),
            (
                "evaluate_low_sample_count_percentile",
                alarm.evaluate_low_sample_count_percentile.is_value(),
            ),
        ]
        .into_iter()
        .filter_map(|(attribute, given)| given.then_some(attribute))
        .collect();
        if !given.is_empty() {
            diagnostics::metric_and_metrics(diagnostics, self.path.clone(), &given);
        }
        let is_query = alarm.expression.as_deref_option().is_some_and(expression::is_query);
        if !is_query && (alarm.metrics.is_null() || alarm.metrics.as_ref_option().is_some_and(BTreeMap::is_empty)) {
            diagnostics::input_missing(diagnostics, self.at("metrics"), "The metrics of the expression, by ID.");
        }
        if alarm.expression.is_null()
            || alarm
                .expression
                .as_deref_option()
                .is_some_and(|text| text.trim().is_empty())
        {
            diagnostics::input_missing(
                diagnostics,
                self.at("expression"),
                "A metric math expression over the IDs of metrics.",
            );
        }
    }

    fn metrics(&self, period: &Number, diagnostics: &mut Diagnostics) -> Map<AlarmMetric> {
        let metrics = match &self.alarm.metrics {
            Value::Value(metrics) => metrics,
            Value::Null => return Value::Null,
            Value::Unknown => return Value::Unknown,
        };
        if metrics.len() > MAX_METRICS_PER_ALARM {
            diagnostics::too_many_metrics(diagnostics, self.at("metrics"), metrics.len());
        }
        let mut planned = BTreeMap::new();
        for (id, metric) in metrics {
            let path = self.at("metrics").key(id.clone());
            if !expression::is_id(id) || id == EXPRESSION_ID {
                diagnostics::metric_id_invalid(diagnostics, path.clone(), id);
            }
            let metric = match metric {
                Value::Null => continue,
                Value::Unknown => {
                    planned.insert(id.clone(), Value::Unknown);
                    continue;
                }
                Value::Value(metric) => metric,
            };
            let period = or_default(&metric.period, || period.clone());
            let series = Series {
                path: &path,
                namespace: &metric.namespace,
                metric_name: &metric.metric_name,
                dimensions: &metric.dimensions,
                statistic: &metric.statistic,
                period: &period,
            };
            series.check(self.inputs.region, diagnostics);
            let metric = AlarmMetric {
                namespace: metric.namespace.clone(),
                metric_name: metric.metric_name.clone(),
                dimensions: effective_dimensions(&metric.dimensions),
                statistic: metric.statistic.clone(),
                period,
            };
            planned.insert(id.clone(), Value::Value(metric));
        }
        Value::Value(planned)
    }

    fn check_expression(&self, diagnostics: &mut Diagnostics) {
        let Value::Value(text) = &self.alarm.expression else {
            return;
        };
        if text.trim().is_empty() {
            return;
        }
        let path = self.at("expression");
        let ids = match expression::kind(text) {
            Kind::Math(ids) => ids,
            Kind::Query => return diagnostics::expression_is_a_query(diagnostics, path),
            Kind::Search => return diagnostics::expression_gives_many_series(diagnostics, path, "SEARCH"),
            Kind::Band => return diagnostics::expression_is_a_band(diagnostics, path),
            Kind::Invalid(problem) => {
                return diagnostics::expression_invalid(diagnostics, path, text, &problem.to_string());
            }
        };
        let Value::Value(metrics) = &self.alarm.metrics else {
            return;
        };
        if metrics.is_empty() {
            return;
        }
        let unknown: Vec<&str> = ids
            .iter()
            .map(String::as_str)
            .filter(|id| !metrics.contains_key(*id))
            .collect();
        if !unknown.is_empty() {
            let known: Vec<&str> = metrics.keys().map(String::as_str).collect();
            diagnostics::expression_id_unknown(diagnostics, self.at("expression"), &unknown, &known);
        }
    }

    fn check_window(&self, key: &str, period: &Number, planned: &Alarm, diagnostics: &mut Diagnostics) {
        let path = if self.alarm.evaluation_periods.is_null() {
            self.at("period")
        } else {
            self.at("evaluation_periods")
        };
        match &planned.metrics {
            Value::Value(metrics) => {
                for metric in metrics.values().filter_map(Value::as_ref_option) {
                    limits::window(diagnostics, &path, key, &metric.period, &planned.evaluation_periods);
                }
            }
            Value::Null => limits::window(diagnostics, &path, key, period, &planned.evaluation_periods),
            Value::Unknown => {}
        }
    }
}

/// Whether an alarm compares a metric or an expression is unknown while the one may still turn out null and the other not.
fn leave_signal_open(planned: &mut Alarm) {
    planned.namespace = Value::Unknown;
    planned.metric_name = Value::Unknown;
    planned.dimensions = Value::Unknown;
    planned.statistic = Value::Unknown;
    planned.period = Value::Unknown;
    planned.metrics = Value::Unknown;
    planned.expression = Value::Unknown;
}
