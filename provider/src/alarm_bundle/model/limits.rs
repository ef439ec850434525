//! Checks of single values against CloudWatch's rules. Null and unknown pass: the one is checked where it matters, the other
//! at apply.

use alarm_catalog::{COMPARISON_OPERATORS, Statistic};
use provider_kit::Num;
use tf_provider::value::Value;
use tf_provider::{AttributePath, Diagnostics};

use super::action;
use crate::alarm_bundle::diagnostics;
use crate::alarm_bundle::state::{Elements, Map, Number, Set, Text};

/// Most actions of one state. Source: API_PutMetricAlarm.
pub(crate) const MAX_ACTIONS: usize = 5;

/// Longest description. Source: API_PutMetricAlarm, `AlarmDescription`.
pub(crate) const MAX_DESCRIPTION: usize = 1024;

/// Longest window of an alarm whose period is an hour or more, and of one below, in seconds.
/// Source: API_PutMetricAlarm, `EvaluationPeriods`.
const WINDOW_LIMITS: (i64, i64) = (604_800, 86_400);

const HOUR: i64 = 3600;

/// Comparisons with an anomaly detection band. Source: API_PutMetricAlarm, `ComparisonOperator`.
const BAND_OPERATORS: [&str; 3] = [
    "GreaterThanUpperThreshold",
    "LessThanLowerOrGreaterThanUpperThreshold",
    "LessThanLowerThreshold",
];

/// Most dimensions of a metric, longest name and value of one, longest metric name and namespace.
/// Source: API_Dimension, API_PutMetricAlarm.
const MAX_DIMENSIONS: usize = 30;
const MAX_DIMENSION_NAME: usize = 255;
const MAX_DIMENSION_VALUE: usize = 1024;
const MAX_METRIC_NAME: usize = 255;

/// A whole number between two bounds.
pub(crate) fn whole_number(
    diagnostics: &mut Diagnostics,
    path: &AttributePath,
    value: &Number,
    least: i64,
    largest: i64,
) {
    if let Value::Value(number) = value
        && !number
            .to_i64()
            .is_some_and(|number| (least..=largest).contains(&number))
    {
        diagnostics::number_out_of_range(diagnostics, path.clone(), number, least, largest);
    }
}

/// A number that CloudWatch can hold: it keeps doubles.
pub(crate) fn double(diagnostics: &mut Diagnostics, path: &AttributePath, value: &Number) {
    if let Value::Value(number) = value
        && !number.to_f64().is_finite()
    {
        diagnostics::number_too_large(diagnostics, path.clone());
    }
}

/// A number that is not negative.
pub(crate) fn not_negative(diagnostics: &mut Diagnostics, path: &AttributePath, value: &Number) {
    if let Value::Value(number) = value
        && *number < Num::from(0)
    {
        diagnostics::threshold_negative(diagnostics, path.clone(), number);
    }
}

/// A period CloudWatch takes. Only metrics stored at high resolution can have one below a minute.
pub(crate) fn period(diagnostics: &mut Diagnostics, path: &AttributePath, value: &Number, minute_metric: Option<&str>) {
    let Value::Value(number) = value else { return };
    match (number.to_i64(), minute_metric) {
        (Some(10 | 20 | 30), None) => {}
        (Some(10 | 20 | 30), Some(metric)) => {
            diagnostics::period_below_resolution(diagnostics, path.clone(), number, metric);
        }
        (Some(seconds), _) if seconds >= 60 && seconds % 60 == 0 && seconds <= WINDOW_LIMITS.0 => {}
        _ => diagnostics::period_refused(diagnostics, path.clone(), number),
    }
}

/// The evaluation window, and the datapoints inside it. The path is that of the attribute that made it so.
pub(crate) fn window(
    diagnostics: &mut Diagnostics,
    path: &AttributePath,
    key: &str,
    period: &Number,
    evaluation_periods: &Number,
) {
    let (Value::Value(period), Value::Value(periods)) = (period, evaluation_periods) else {
        return;
    };
    let (Some(period), Some(periods)) = (period.to_i64(), periods.to_i64()) else {
        return;
    };
    let largest = if period >= HOUR {
        WINDOW_LIMITS.0
    } else {
        WINDOW_LIMITS.1
    };
    if period.saturating_mul(periods) > largest {
        diagnostics::window_too_long(diagnostics, path.clone(), key, period, periods, largest);
    }
}

/// No more datapoints to alarm than there are periods; fewer than one period is a mistake of its own.
pub(crate) fn datapoints(
    diagnostics: &mut Diagnostics,
    path: &AttributePath,
    key: &str,
    datapoints: &Number,
    evaluation_periods: &Number,
) {
    if let (Value::Value(datapoints), Value::Value(periods)) = (datapoints, evaluation_periods)
        && datapoints > periods
        && *periods >= Num::from(1)
    {
        diagnostics::too_many_datapoints(diagnostics, path.clone(), key, datapoints, periods);
    }
}

/// A comparison with a fixed threshold.
pub(crate) fn comparison_operator(diagnostics: &mut Diagnostics, path: &AttributePath, value: &Text) {
    match value {
        Value::Value(operator) if BAND_OPERATORS.contains(&operator.as_str()) => {
            diagnostics::operator_needs_a_band(diagnostics, path.clone(), operator, &COMPARISON_OPERATORS);
        }
        _ => one_of(diagnostics, path, value, &COMPARISON_OPERATORS),
    }
}

/// One of a list of words.
pub(crate) fn one_of(diagnostics: &mut Diagnostics, path: &AttributePath, value: &Text, allowed: &[&str]) {
    if let Value::Value(word) = value
        && !allowed.contains(&word.as_str())
    {
        diagnostics::word_unknown(diagnostics, path.clone(), word, allowed);
    }
}

/// A statistic CloudWatch has; whether the metric has it is another question.
pub(crate) fn statistic(diagnostics: &mut Diagnostics, path: &AttributePath, value: &Text) -> Option<Statistic> {
    let Value::Value(word) = value else { return None };
    let parsed = word.parse().ok();
    if parsed.is_none() {
        diagnostics::statistic_unknown(diagnostics, path.clone(), word);
    }
    parsed
}

/// At most five different actions, each an ARN that CloudWatch accepts in this region.
pub(crate) fn actions(diagnostics: &mut Diagnostics, path: &AttributePath, value: &Set, region: &Text) {
    if let Value::Value(actions) = value {
        let known = actions.iter().filter(|action| action.is_value()).count();
        if known > MAX_ACTIONS {
            diagnostics::too_many_actions(diagnostics, path.clone(), known);
        }
        for known in actions.iter().filter_map(Value::as_deref_option) {
            action::check(diagnostics, path, known, region);
        }
    }
}

/// The actions an alarm gets: null means none, a null element is left out.
pub(crate) fn effective_actions(value: &Set) -> Set {
    match value {
        Value::Value(actions) => Value::Value(actions.iter().filter(|action| !action.is_null()).cloned().collect()),
        Value::Null => Value::Value(Elements::default()),
        Value::Unknown => Value::Unknown,
    }
}

/// At most thirty dimensions, each with a name and a value that CloudWatch accepts. A null value is a dimension left out.
pub(crate) fn dimensions(diagnostics: &mut Diagnostics, path: &AttributePath, dimensions: &Map<String>) {
    let Value::Value(dimensions) = dimensions else { return };
    let count = dimensions.values().filter(|value| !value.is_null()).count();
    if count > MAX_DIMENSIONS {
        diagnostics::too_many_dimensions(diagnostics, path.clone(), count, MAX_DIMENSIONS);
    }
    for (name, value) in dimensions {
        let path = path.clone().key(name.clone());
        if !is_dimension_text(name, MAX_DIMENSION_NAME) || name.starts_with(':') {
            diagnostics::dimension_invalid(diagnostics, path, "name", name, MAX_DIMENSION_NAME);
        } else {
            dimension_value(diagnostics, path, value);
        }
    }
}

/// A dimension's value that CloudWatch accepts.
pub(crate) fn dimension_value(diagnostics: &mut Diagnostics, path: AttributePath, value: &Text) {
    if let Value::Value(value) = value
        && !is_dimension_text(value, MAX_DIMENSION_VALUE)
    {
        diagnostics::dimension_invalid(diagnostics, path, "value", value, MAX_DIMENSION_VALUE);
    }
}

fn is_dimension_text(text: &str, most: usize) -> bool {
    text.len() <= most
        && text.is_ascii()
        && !text.bytes().any(|byte| byte.is_ascii_control())
        && !text.trim().is_empty()
}

/// A metric's name or namespace that CloudWatch accepts; that it is there is another question.
pub(crate) fn metric_name(diagnostics: &mut Diagnostics, path: &AttributePath, value: &Text) {
    if let Value::Value(text) = value
        && (text.chars().count() > MAX_METRIC_NAME || text.starts_with(':'))
    {
        diagnostics::metric_name_invalid(diagnostics, path.clone(), text);
    }
}

/// A link whose only placeholder is `{key}`.
pub(crate) fn runbook_url(diagnostics: &mut Diagnostics, path: &AttributePath, value: &Text) {
    let Value::Value(url) = value else { return };
    let rest = url.replace("{key}", "");
    if !(url.starts_with("https://") || url.starts_with("http://")) {
        diagnostics::runbook_not_a_link(diagnostics, path.clone(), url);
    } else if rest.contains(['{', '}']) {
        diagnostics::runbook_placeholder_unknown(diagnostics, path.clone(), url);
    } else if url.contains(char::is_control) {
        diagnostics::runbook_not_a_link(diagnostics, path.clone(), url);
    }
}
