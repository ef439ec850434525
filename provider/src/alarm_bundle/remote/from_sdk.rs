//! From the SDK's types to those of the bundle.

use aws_sdk_cloudwatch::types::{
    self, ComparisonOperator, Dimension, EvaluationWindow, Metric, MetricAlarm, MetricDataQuery, MetricStat,
    StandardUnit, Statistic,
};
use provider_kit::{Num, OwnerToken};
use tf_provider::value::Value;

use crate::alarm_bundle::marker;
use crate::alarm_bundle::objects::{Existing, Found};
use crate::alarm_bundle::state::{Alarm, AlarmMetric, CompositeAlarm, Map, Number, Set, Suppressor, Text};

fn known(value: Option<&str>) -> Text {
    value.map(str::to_owned).into()
}

fn stripped(description: Option<&str>, bundle: &str) -> Text {
    known(description.and_then(|stored| marker::strip(stored, bundle)))
}

fn owner(description: Option<&str>, bundle: &str) -> Option<OwnerToken> {
    marker::owner(description?, bundle)
}

fn number(value: Option<i32>) -> Number {
    value.map(|value| Num::from(i64::from(value))).into()
}

fn set(values: &[String]) -> Set {
    Value::Value(values.iter().cloned().map(Value::Value).collect())
}

fn dimension_map(dimensions: &[Dimension]) -> Map<String> {
    let pair = |dimension: &Dimension| {
        (
            dimension.name().unwrap_or_default().to_owned(),
            known(dimension.value()),
        )
    };
    Value::Value(dimensions.iter().map(pair).collect())
}

/// The alarm as a bundle of this name shows it, and whose it is.
pub(super) fn metric_alarm(alarm: &MetricAlarm, bundle: &str) -> Existing {
    Existing {
        owner: owner(alarm.alarm_description(), bundle),
        alarm: Found::Metric(Box::new(alarm_of(alarm, bundle))),
    }
}

fn alarm_of(alarm: &MetricAlarm, bundle: &str) -> Alarm {
    let single = alarm.metrics().is_empty();
    let expression = alarm.metrics().iter().find(|query| query.return_data() != Some(false));
    let metrics = alarm
        .metrics()
        .iter()
        .filter(|query| Some(*query) != expression)
        .map(from_query)
        .collect();
    let statistic = alarm.statistic().map(Statistic::as_str).or(alarm.extended_statistic());
    Alarm {
        name: known(alarm.alarm_name()),
        arn: known(alarm.alarm_arn()),
        description: stripped(alarm.alarm_description(), bundle),
        severity: known(alarm.alarm_name().and_then(|name| name.rsplit('/').next())),
        namespace: known(alarm.namespace()),
        metric_name: known(alarm.metric_name()),
        dimensions: if single {
            dimension_map(alarm.dimensions())
        } else {
            Value::Null
        },
        statistic: known(statistic),
        metrics: if single { Value::Null } else { Value::Value(metrics) },
        expression: known(expression.and_then(MetricDataQuery::expression)),
        period: if single { number(alarm.period()) } else { Value::Null },
        evaluation_periods: number(alarm.evaluation_periods()),
        // left out means all of them
        datapoints_to_alarm: number(alarm.datapoints_to_alarm().or(alarm.evaluation_periods())),
        comparison_operator: known(alarm.comparison_operator().map(ComparisonOperator::as_str)),
        threshold: alarm.threshold().and_then(Num::from_f64).into(),
        // left out means "missing"; source: API_PutMetricAlarm
        treat_missing_data: known(alarm.treat_missing_data().or(Some("missing"))),
        // left out means "evaluate"; source: API_PutMetricAlarm
        evaluate_low_sample_count_percentile: known(
            alarm
                .evaluate_low_sample_count_percentile()
                .filter(|word| *word != "evaluate"),
        ),
        unit: known(alarm.unit().map(StandardUnit::as_str)),
        evaluation_window: known(match alarm.evaluation_window() {
            None | Some(EvaluationWindow::SlidingWindow(_)) => None,
            Some(EvaluationWindow::WallClockWindow(_)) => Some("wall_clock"),
            Some(_) => Some("unknown"),
        }),
        actions_enabled: alarm.actions_enabled().into(),
        alarm_actions: set(alarm.alarm_actions()),
        ok_actions: set(alarm.ok_actions()),
        insufficient_data_actions: set(alarm.insufficient_data_actions()),
    }
}

/// A query of a metric-math alarm. What a bundle never makes - a query that is an expression itself, a unit, another
/// account - shows in the statistic, so that it is seen and repaired.
fn from_query(query: &MetricDataQuery) -> (String, Value<AlarmMetric>) {
    let stat = query.metric_stat();
    let metric = stat.and_then(MetricStat::metric);
    let mut statistic = stat
        .and_then(MetricStat::stat)
        .or(query.expression())
        .map(str::to_owned);
    let unit = stat
        .and_then(MetricStat::unit)
        .map(|unit| format!("in {}", unit.as_str()));
    let account = query.account_id().map(|account| format!("of account {account}"));
    for extra in unit.into_iter().chain(account) {
        statistic = Some(format!("{} {extra}", statistic.unwrap_or_default()));
    }
    let shown = AlarmMetric {
        namespace: known(metric.and_then(Metric::namespace)),
        metric_name: known(metric.and_then(Metric::metric_name)),
        dimensions: metric.map_or(Value::Null, |metric| dimension_map(metric.dimensions())),
        statistic: statistic.into(),
        period: number(stat.and_then(MetricStat::period)),
    };
    (query.id().unwrap_or_default().to_owned(), Value::Value(shown))
}

/// The same for a composite alarm.
pub(super) fn composite_alarm(alarm: &types::CompositeAlarm, bundle: &str) -> Existing {
    Existing {
        owner: owner(alarm.alarm_description(), bundle),
        alarm: Found::Composite(Box::new(composite_of(alarm, bundle))),
    }
}

fn composite_of(alarm: &types::CompositeAlarm, bundle: &str) -> CompositeAlarm {
    let suppressor = alarm
        .actions_suppressor()
        .filter(|name| !name.is_empty())
        .map(|name| Suppressor {
            alarm: known(Some(name)),
            wait_period_seconds: number(alarm.actions_suppressor_wait_period()),
            extension_period_seconds: number(alarm.actions_suppressor_extension_period()),
        });
    CompositeAlarm {
        name: known(alarm.alarm_name()),
        arn: known(alarm.alarm_arn()),
        description: stripped(alarm.alarm_description(), bundle),
        rule: known(alarm.alarm_rule()),
        actions_enabled: alarm.actions_enabled().into(),
        alarm_actions: set(alarm.alarm_actions()),
        ok_actions: set(alarm.ok_actions()),
        insufficient_data_actions: set(alarm.insufficient_data_actions()),
        suppressor: suppressor.into(),
    }
}
