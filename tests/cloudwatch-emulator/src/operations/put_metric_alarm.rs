//! PutMetricAlarm and its refusals (API reference, PutMetricAlarm; User Guide, alarm limits).

use std::collections::BTreeSet;

use alarm_evaluator::TreatMissingData;
use alarm_evaluator::math::Expression;

use crate::error::ApiError;
use crate::model::{Definition, Dimension, MetricDataQuery, MetricDefinition, MetricStat};
use crate::operations::Context;
use crate::operations::put_alarm::{Common, too_long, too_many};
use crate::operations::statistic;
use crate::protocol::{Input, Reply};

/// Most metrics, and most expressions, of one alarm; so 20 elements together (API reference, MetricDataQuery).
const MAX_METRICS: usize = 10;
const MAX_QUERIES: usize = 20;
/// Most dimensions of a metric.
const MAX_DIMENSIONS: usize = 30;
/// Longest metric name, namespace, id, name of a dimension.
const MAX_METRIC_NAME: usize = 255;
/// Longest value of a dimension.
const MAX_DIMENSION_VALUE: usize = 1024;
/// Longest expression.
const MAX_EXPRESSION: usize = 2048;
const BAND: &str = "ANOMALY_DETECTION_BAND";
/// Longest stretch an alarm may look at, in seconds: a week, and a day for periods under an hour.
const MAX_WINDOW: i64 = 604_800;
const MAX_SHORT_WINDOW: i64 = 86_400;
const HOUR: i64 = 3_600;

const COMPARISONS: [&str; 7] = [
    "GreaterThanOrEqualToThreshold",
    "GreaterThanThreshold",
    "LessThanThreshold",
    "LessThanOrEqualToThreshold",
    "LessThanLowerOrGreaterThanUpperThreshold",
    "LessThanLowerThreshold",
    "GreaterThanUpperThreshold",
];
/// Of the comparisons those with an anomaly detection band, which `ThresholdMetricId` names.
const BAND_COMPARISONS: &[&str] = COMPARISONS.split_at(4).1;
const UNITS: [&str; 27] = [
    "Seconds",
    "Microseconds",
    "Milliseconds",
    "Bytes",
    "Kilobytes",
    "Megabytes",
    "Gigabytes",
    "Terabytes",
    "Bits",
    "Kilobits",
    "Megabits",
    "Gigabits",
    "Terabits",
    "Percent",
    "Count",
    "Bytes/Second",
    "Kilobytes/Second",
    "Megabytes/Second",
    "Gigabytes/Second",
    "Terabytes/Second",
    "Bits/Second",
    "Kilobits/Second",
    "Megabits/Second",
    "Gigabits/Second",
    "Terabits/Second",
    "Count/Second",
    "None",
];

pub(super) fn run(mut context: Context<'_>, input: &Input) -> Result<Reply, ApiError> {
    let common = Common::read(input, context.scope)?;
    let definition: MetricDefinition = input.parse()?;
    check(&definition)?;
    common.check_instance_actions(
        definition
            .metric_name
            .as_ref()
            .map(|_| definition.dimensions.as_slice()),
    )?;
    common.store(&mut context, Definition::Metric(Box::new(definition)))
}

fn check(definition: &MetricDefinition) -> Result<(), ApiError> {
    check_choices(definition)?;
    if definition.evaluation_criteria.is_some() {
        if definition.metric_name.is_some() || !definition.metrics.is_empty() {
            return Err(ApiError::validation(
                "EvaluationCriteria cannot be specified together with MetricName or Metrics",
            ));
        }
        return Ok(());
    }
    check_threshold(definition)?;
    let period = if definition.metrics.is_empty() {
        check_single_metric(definition)?
    } else {
        check_math(definition)?
    };
    check_window(definition, period)
}

/// Members with a fixed set of values.
fn check_choices(definition: &MetricDefinition) -> Result<(), ApiError> {
    let one_of = |member: &str, value: &Option<String>, valid: &[&str]| match value {
        Some(value) if !valid.contains(&value.as_str()) => Err(ApiError::constraint(
            member,
            &format!("'{value}'"),
            &format!("Member must satisfy enum value set: [{}]", valid.join(", ")),
        )),
        _ => Ok(()),
    };
    one_of("comparisonOperator", &definition.comparison_operator, &COMPARISONS)?;
    one_of("statistic", &definition.statistic, &statistic::PLAIN)?;
    one_of("unit", &definition.unit, &UNITS)?;
    if let Some(treatment) = &definition.treat_missing_data
        && TreatMissingData::parse(treatment).is_none()
    {
        return Err(ApiError::validation(format!(
            "Option {treatment} is not a valid value for TreatMissingData: breaching, notBreaching, ignore, missing"
        )));
    }
    if let Some(option) = &definition.evaluate_low_sample_count_percentile {
        if !matches!(option.as_str(), "evaluate" | "ignore") {
            return Err(ApiError::validation(format!(
                "Option {option} is not a valid value for EvaluateLowSampleCountPercentile: evaluate, ignore"
            )));
        }
        if definition.extended_statistic.is_none() && definition.metrics.is_empty() {
            return Err(ApiError::validation(
                "EvaluateLowSampleCountPercentile is only valid for alarms based on percentiles",
            ));
        }
    }
    Ok(())
}

fn check_threshold(definition: &MetricDefinition) -> Result<(), ApiError> {
    let comparison = definition.comparison_operator.as_deref();
    let comparison = comparison.ok_or_else(|| ApiError::missing("comparisonOperator"))?;
    let band = BAND_COMPARISONS.contains(&comparison);
    let problem = match (&definition.threshold, &definition.threshold_metric_id) {
        (Some(_), Some(_)) => "Threshold and ThresholdMetricId are mutually exclusive".to_owned(),
        (None, None) => "Either Threshold or ThresholdMetricId must be specified".to_owned(),
        (Some(threshold), None) if !threshold.is_finite() => "The threshold must be a finite number".to_owned(),
        (Some(_), None) if band => format!("ComparisonOperator {comparison} needs ThresholdMetricId"),
        (None, Some(_)) if !band => format!("ComparisonOperator {comparison} needs Threshold"),
        (None, Some(id)) if !definition.metrics.iter().any(|query| query.id == *id) => {
            format!("ThresholdMetricId {id} is not the id of one of the Metrics")
        }
        _ => return Ok(()),
    };
    Err(ApiError::validation(problem))
}

/// An alarm on one metric; returns its period.
fn check_single_metric(definition: &MetricDefinition) -> Result<i64, ApiError> {
    let name = definition.metric_name.as_deref().ok_or_else(|| {
        ApiError::validation("Exactly one of MetricName, Metrics and EvaluationCriteria must be specified")
    })?;
    let namespace = definition.namespace.as_deref();
    let namespace = namespace.ok_or_else(|| ApiError::missing("namespace"))?;
    check_metric(name, namespace, &definition.dimensions)?;
    match (&definition.statistic, &definition.extended_statistic) {
        (Some(_), Some(_)) => {
            return Err(ApiError::validation(
                "Statistic and ExtendedStatistic are mutually exclusive",
            ));
        }
        (None, None) => {
            return Err(ApiError::validation(
                "Exactly one of Statistic and ExtendedStatistic must be specified",
            ));
        }
        (None, Some(extended)) if !statistic::is_extended(extended) => {
            return Err(ApiError::validation(format!(
                "The value {extended} for parameter ExtendedStatistic is not supported."
            )));
        }
        _ => {}
    }
    let period = definition.period.ok_or_else(|| ApiError::missing("period"))?;
    check_period(period)?;
    Ok(period)
}

/// An alarm on metric math; returns the longest period in it.
fn check_math(definition: &MetricDefinition) -> Result<i64, ApiError> {
    let single = [
        ("MetricName", definition.metric_name.is_some()),
        ("Namespace", definition.namespace.is_some()),
        ("Dimensions", !definition.dimensions.is_empty()),
        ("Period", definition.period.is_some()),
        ("Unit", definition.unit.is_some()),
        ("Statistic", definition.statistic.is_some()),
        ("ExtendedStatistic", definition.extended_statistic.is_some()),
    ];
    if let Some((member, _)) = single.iter().find(|(_, given)| *given) {
        return Err(ApiError::validation(format!(
            "Metrics cannot be specified together with {member}"
        )));
    }
    let queries = &definition.metrics;
    if queries.len() > MAX_QUERIES {
        return Err(too_many("metrics", MAX_QUERIES));
    }
    let stats = queries.iter().filter(|query| query.metric_stat.is_some()).count();
    if stats > MAX_METRICS || queries.len() - stats > MAX_METRICS {
        return Err(ApiError::validation(format!(
            "Invalid metrics list: an alarm takes at most {MAX_METRICS} metrics and {MAX_METRICS} expressions"
        )));
    }
    let mut ids = BTreeSet::new();
    let mut longest = None;
    for query in queries {
        longest = longest.max(check_query(query)?);
        if !ids.insert(query.id.as_str()) {
            return Err(ApiError::validation(format!(
                "The id {} is used twice in Metrics",
                query.id
            )));
        }
    }
    for query in queries {
        check_references(query, &ids)?;
    }
    if let (None, Some(query)) = (
        &definition.threshold_metric_id,
        queries.iter().find(|query| uses_band(query)),
    ) {
        return Err(ApiError::validation(format!(
            "ThresholdMetricId is required where the expression {} uses {BAND}",
            query.id
        )));
    }
    // The band of an anomaly detection alarm is returned besides the watched metric.
    let watched = queries
        .iter()
        .filter(|query| definition.threshold_metric_id.as_ref() != Some(&query.id));
    if watched.filter(|query| query.return_data).count() != 1 {
        return Err(ApiError::validation(
            "Exactly one element of the metrics list should return data.",
        ));
    }
    longest.ok_or_else(|| ApiError::validation("At least one element of the metrics list needs a period."))
}

/// One entry of `Metrics`; returns its period.
fn check_query(query: &MetricDataQuery) -> Result<Option<i64>, ApiError> {
    let starts_lower = query.id.starts_with(|character: char| character.is_ascii_lowercase());
    let is_word = query
        .id
        .chars()
        .all(|character| character.is_ascii_alphanumeric() || character == '_');
    if !starts_lower || !is_word || query.id.len() > MAX_METRIC_NAME {
        return Err(ApiError::validation(format!(
            "Invalid metrics list: the id {:?} is not valid",
            query.id
        )));
    }
    match (&query.metric_stat, &query.expression) {
        (Some(stat), None) => check_stat(stat).map(Some),
        (None, Some(expression)) => {
            if expression.is_empty() || expression.chars().count() > MAX_EXPRESSION {
                return Err(ApiError::validation("An expression must have 1 to 2048 characters"));
            }
            if calls_search(expression) {
                return Err(ApiError::validation("SEARCH is not supported in alarms"));
            }
            if !is_insights_query(expression) {
                Expression::read(expression).map_err(|error| in_expression(&query.id, &error.to_string()))?;
            }
            query.period.map_or(Ok(()), check_period)?;
            Ok(query.period)
        }
        _ => Err(ApiError::validation(format!(
            "Invalid metrics list: {} must have exactly one of MetricStat and Expression",
            query.id
        ))),
    }
}

fn in_expression(id: &str, problem: &str) -> ApiError {
    ApiError::validation(format!("Error in expression '{id}' [{problem}]"))
}

/// A query of Metrics Insights (`SELECT ...`), which has a grammar of its own and names its metrics itself.
fn is_insights_query(expression: &str) -> bool {
    let first = expression.split_whitespace().next();
    first.is_some_and(|word| word.eq_ignore_ascii_case("SELECT"))
}

/// The metric math of an entry.
fn math_of(query: &MetricDataQuery) -> Option<Expression> {
    let expression = query.expression.as_deref().filter(|text| !is_insights_query(text));
    expression.and_then(|text| Expression::read(text).ok())
}

fn check_references(query: &MetricDataQuery, ids: &BTreeSet<&str>) -> Result<(), ApiError> {
    let expression = math_of(query);
    let mut used = expression.iter().flat_map(Expression::references);
    match used.find(|id| !ids.contains(id)) {
        Some(id) => Err(in_expression(&query.id, &format!("\"{id}\" is the id of no element"))),
        None => Ok(()),
    }
}

fn uses_band(query: &MetricDataQuery) -> bool {
    math_of(query).is_some_and(|expression| expression.calls_unevaluated(BAND))
}

/// Does an expression call SEARCH, whose result is no single series?
fn calls_search(expression: &str) -> bool {
    let mut words = expression.split(|character: char| !character.is_ascii_alphanumeric() && character != '_');
    words.any(|word| word.eq_ignore_ascii_case("SEARCH"))
}

fn check_stat(stat: &MetricStat) -> Result<i64, ApiError> {
    let name = stat.metric.metric_name.as_deref();
    let name = name.ok_or_else(|| ApiError::missing("metricStat.metric.metricName"))?;
    let namespace = stat.metric.namespace.as_deref();
    let namespace = namespace.ok_or_else(|| ApiError::missing("metricStat.metric.namespace"))?;
    check_metric(name, namespace, &stat.metric.dimensions)?;
    if !statistic::PLAIN.contains(&stat.stat.as_str()) && !statistic::is_extended(&stat.stat) {
        return Err(ApiError::validation(format!(
            "The value {} for parameter Stat is not supported.",
            stat.stat
        )));
    }
    if let Some(unit) = &stat.unit
        && !UNITS.contains(&unit.as_str())
    {
        return Err(ApiError::validation(format!(
            "The value {unit} for parameter Unit is not supported."
        )));
    }
    check_period(stat.period)?;
    Ok(stat.period)
}

fn check_metric(name: &str, namespace: &str, dimensions: &[Dimension]) -> Result<(), ApiError> {
    for (member, value) in [("metricName", name), ("namespace", namespace)] {
        if value.is_empty() {
            return Err(ApiError::constraint(
                member,
                "''",
                "Member must have length greater than or equal to 1",
            ));
        }
        if value.chars().count() > MAX_METRIC_NAME {
            return Err(too_long(member, value, MAX_METRIC_NAME));
        }
    }
    if namespace.starts_with(':') {
        let constraint = "Member must satisfy regular expression pattern: [^:].*";
        return Err(ApiError::constraint("namespace", &format!("'{namespace}'"), constraint));
    }
    if dimensions.len() > MAX_DIMENSIONS {
        return Err(too_many("dimensions", MAX_DIMENSIONS));
    }
    let mut names = BTreeSet::new();
    for (index, Dimension { name, value }) in dimensions.iter().enumerate() {
        for (member, text, most) in [("name", name, MAX_METRIC_NAME), ("value", value, MAX_DIMENSION_VALUE)] {
            let member = format!("dimensions.{}.member.{member}", index + 1);
            if text.is_empty() {
                let constraint = "Member must have length greater than or equal to 1";
                return Err(ApiError::constraint(&member, "''", constraint));
            }
            if text.chars().count() > most {
                return Err(too_long(&member, text, most));
            }
            if !text.is_ascii() || text.contains(|c: char| c.is_ascii_control()) || text.trim().is_empty() {
                return Err(ApiError::validation(format!(
                    "The value {text} at {member} must contain only ASCII characters, no control characters, and one that is not white space"
                )));
            }
        }
        if name.starts_with(':') {
            return Err(ApiError::validation(format!(
                "The dimension name {name} must not start with a colon"
            )));
        }
        if !names.insert(name) {
            return Err(ApiError::validation(format!("The dimension {name} is given twice")));
        }
    }
    Ok(())
}

fn check_period(period: i64) -> Result<(), ApiError> {
    if matches!(period, 10 | 20 | 30) || (period >= 60 && period % 60 == 0) {
        return Ok(());
    }
    Err(ApiError::validation(format!(
        "Period must be 10, 20, 30 or a multiple of 60, not {period}"
    )))
}

fn check_window(definition: &MetricDefinition, period: i64) -> Result<(), ApiError> {
    let periods = definition.evaluation_periods;
    let periods = periods.ok_or_else(|| ApiError::missing("evaluationPeriods"))?;
    at_least_one("evaluationPeriods", periods)?;
    if let Some(datapoints) = definition.datapoints_to_alarm {
        at_least_one("datapointsToAlarm", datapoints)?;
        if datapoints > periods {
            return Err(ApiError::validation(
                "DatapointsToAlarm must be less than or equal to EvaluationPeriods",
            ));
        }
    }
    let (most, name) = if period < HOUR {
        (MAX_SHORT_WINDOW, "a day")
    } else {
        (MAX_WINDOW, "a week")
    };
    if period.saturating_mul(periods) > most {
        return Err(ApiError::validation(format!(
            "Metrics cannot be checked across more than {name} (EvaluationPeriods * Period must be <= {most})"
        )));
    }
    Ok(())
}

fn at_least_one(member: &str, value: i64) -> Result<(), ApiError> {
    if value >= 1 {
        return Ok(());
    }
    let constraint = "Member must have value greater than or equal to 1";
    Err(ApiError::constraint(member, &value.to_string(), constraint))
}
