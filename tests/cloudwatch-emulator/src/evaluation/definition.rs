//! From what PutMetricAlarm stored to what the evaluator takes.

use alarm_evaluator::{
    AlarmDefinition, ComparisonOperator, EvaluationWindow, LowSampleCount, MathQueries, MetricStat, Query, Statistic,
    TreatMissingData, Watched,
};

use crate::metric_store::metric_id;
use crate::model::{self, MetricDefinition};

/// Why an alarm that CloudWatch takes stays as it is here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("this emulator does not evaluate the alarm: {0}")]
pub(crate) struct NotEvaluated(String);

fn not_evaluated(reason: impl ToString) -> NotEvaluated {
    NotEvaluated(reason.to_string())
}

pub(crate) fn definition(stored: &MetricDefinition) -> Result<AlarmDefinition, NotEvaluated> {
    let missing = |member: &str| not_evaluated(format!("it has no {member}"));
    let operator = stored
        .comparison_operator
        .as_deref()
        .ok_or_else(|| missing("ComparisonOperator"))?;
    let evaluation_periods = stored
        .evaluation_periods
        .and_then(whole)
        .ok_or_else(|| missing("EvaluationPeriods"))?;
    Ok(AlarmDefinition {
        watched: watched(stored)?,
        comparison_operator: ComparisonOperator::parse(operator)
            .ok_or_else(|| not_evaluated(format!("{operator} needs an anomaly band")))?,
        threshold: stored.threshold.ok_or_else(|| missing("Threshold"))?,
        evaluation_periods,
        datapoints_to_alarm: stored.datapoints_to_alarm.and_then(whole).unwrap_or(evaluation_periods),
        treat_missing_data: match stored.treat_missing_data.as_deref() {
            None => TreatMissingData::default(),
            Some(text) => {
                TreatMissingData::parse(text).ok_or_else(|| not_evaluated(format!("TreatMissingData {text}")))?
            }
        },
        low_sample_count: match stored.evaluate_low_sample_count_percentile.as_deref() {
            Some("ignore") => LowSampleCount::Ignore,
            _ => LowSampleCount::Evaluate,
        },
        evaluation_window: match &stored.evaluation_window {
            None | Some(model::EvaluationWindow::SlidingWindow {}) => EvaluationWindow::Sliding,
            Some(model::EvaluationWindow::WallClockWindow { timezone }) => match timezone.as_deref() {
                None | Some("UTC") => EvaluationWindow::WallClock { utc_offset_seconds: 0 },
                Some(zone) => return Err(not_evaluated(format!("its window is in time zone {zone}"))),
            },
        },
    })
}

fn watched(stored: &MetricDefinition) -> Result<Watched, NotEvaluated> {
    if stored.metrics.is_empty() {
        let (Some(namespace), Some(metric_name)) = (&stored.namespace, &stored.metric_name) else {
            return Err(not_evaluated("it watches neither a metric nor metric math"));
        };
        let statistic = stored
            .statistic
            .as_deref()
            .or(stored.extended_statistic.as_deref())
            .unwrap_or_default();
        return Ok(Watched::Metric(MetricStat {
            metric: metric_id(namespace, metric_name, &stored.dimensions),
            statistic: Statistic::parse(statistic).map_err(not_evaluated)?,
            period: stored
                .period
                .and_then(whole)
                .ok_or_else(|| not_evaluated("it has no Period"))?,
            unit: stored.unit.clone(),
        }));
    }
    let queries = stored.metrics.iter().map(query).collect::<Result<_, _>>()?;
    MathQueries::new(queries).map(Watched::Math).map_err(not_evaluated)
}

/// One entry of a `Metrics` list.
pub(crate) fn query(stored: &model::MetricDataQuery) -> Result<Query, NotEvaluated> {
    let mut query = match (&stored.metric_stat, &stored.expression) {
        (Some(stat), _) => Query::metric(&stored.id, metric_stat(stat)?),
        (None, Some(expression)) => Query::expression(&stored.id, expression).map_err(not_evaluated)?,
        (None, None) => return Err(not_evaluated(format!("query {} has no source", stored.id))),
    };
    query.return_data = stored.return_data;
    Ok(query)
}

fn metric_stat(stat: &model::MetricStat) -> Result<MetricStat, NotEvaluated> {
    let name = |name: &Option<String>| name.clone().unwrap_or_default();
    Ok(MetricStat {
        metric: metric_id(
            &name(&stat.metric.namespace),
            &name(&stat.metric.metric_name),
            &stat.metric.dimensions,
        ),
        statistic: Statistic::parse(&stat.stat).map_err(not_evaluated)?,
        period: whole(stat.period).ok_or_else(|| not_evaluated("a period of no length"))?,
        unit: stat.unit.clone(),
    })
}

fn whole(number: i64) -> Option<u32> {
    u32::try_from(number).ok().filter(|number| *number > 0)
}
