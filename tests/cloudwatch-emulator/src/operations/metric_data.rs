//! GetMetricData, GetMetricStatistics, ListMetrics: what was put, read back.

use std::collections::{BTreeMap, BTreeSet};

use alarm_evaluator::calendar::floor_to;
use alarm_evaluator::definition::check_queries;
use alarm_evaluator::math::evaluate_queries;
use alarm_evaluator::{History, MetricStat, Query, QuerySource, Statistic, Window};
use serde::{Deserialize, Serialize};

use crate::error::ApiError;
use crate::evaluation::query;
use crate::metric_store::metric_id;
use crate::model::{Dimension, MetricDataQuery};
use crate::protocol::{Input, Reply, reply};
use crate::timestamp::Timestamp;

/// Source: API_GetMetricData, "100,800 datapoints".
const MAX_DATAPOINTS: i64 = 100_800;
/// Metrics of one page of ListMetrics. Source: API_ListMetrics.
const LISTED: usize = 500;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct GetMetricData {
    #[serde(default)]
    metric_data_queries: Vec<MetricDataQuery>,
    start_time: Option<Timestamp>,
    end_time: Option<Timestamp>,
    scan_by: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct MetricData {
    metric_data_results: Vec<MetricDataResult>,
    messages: Vec<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct MetricDataResult {
    id: String,
    label: String,
    timestamps: Vec<Timestamp>,
    values: Vec<f64>,
    status_code: &'static str,
}

pub(super) fn get_metric_data(history: &History, input: &Input) -> Result<Reply, ApiError> {
    let request: GetMetricData = input.parse()?;
    let refused = |reason: &dyn std::fmt::Display| ApiError::validation(reason.to_string());
    let queries: Vec<Query> = request
        .metric_data_queries
        .iter()
        .map(|stored| query(stored).map_err(|reason| refused(&reason)))
        .collect::<Result<_, _>>()?;
    check_queries(&queries).map_err(|reason| refused(&reason))?;
    let (start, end) = (
        required(request.start_time, "startTime")?,
        required(request.end_time, "endTime")?,
    );
    let series = all_series(&queries, history, start, end)?;
    let ascending = request.scan_by.as_deref() == Some("TimestampAscending");
    let results = queries
        .iter()
        .zip(&request.metric_data_queries)
        .filter(|(query, _)| query.return_data);
    let results = results.map(|(query, stored)| {
        let (window, points) = &series[query.id.as_str()];
        let found = points
            .iter()
            .enumerate()
            .filter_map(|(index, point)| Some((timestamp(window.start_of(index)), (*point)?)));
        let mut found: Vec<(Timestamp, f64)> = found.collect();
        if !ascending {
            found.reverse();
        }
        let name = match &query.source {
            QuerySource::Metric(stat) => &stat.metric.metric_name,
            QuerySource::Expression(_) => &query.id,
        };
        MetricDataResult {
            id: query.id.clone(),
            label: stored.label.clone().unwrap_or_else(|| name.clone()),
            timestamps: found.iter().map(|(at, _)| *at).collect(),
            values: found.iter().map(|(_, value)| *value).collect(),
            status_code: "Complete",
        }
    });
    reply(&MetricData {
        metric_data_results: results.collect(),
        messages: Vec::new(),
    })
}

fn required(time: Option<Timestamp>, member: &str) -> Result<i64, ApiError> {
    let time = time.ok_or_else(|| ApiError::missing(member))?;
    Ok(i64::try_from(time.millis() / 1000).unwrap_or(i64::MAX))
}

fn timestamp(seconds: i64) -> Timestamp {
    Timestamp::from_millis(u64::try_from(seconds).unwrap_or_default() * 1000)
}

type Points = Vec<Option<f64>>;

/// Every query's series. Metrics of several periods are answered; an expression over several periods is not modelled.
fn all_series<'a>(
    queries: &'a [Query],
    history: &History,
    start: i64,
    end: i64,
) -> Result<BTreeMap<&'a str, (Window, Points)>, ApiError> {
    let stat_of = |query: &'a Query| match &query.source {
        QuerySource::Metric(stat) => Some((query.id.as_str(), stat)),
        QuerySource::Expression(_) => None,
    };
    let stats: Vec<(&str, &MetricStat)> = queries.iter().filter_map(stat_of).collect();
    let periods: BTreeSet<u32> = stats.iter().map(|(_, stat)| stat.period).collect();
    if stats.len() == queries.len() {
        let series = stats.into_iter().map(|(id, stat)| {
            let window = window(start, end, i64::from(stat.period))?;
            Ok((id, (window, history.series(stat, window))))
        });
        return series.collect();
    }
    let mut periods = periods.into_iter();
    let (Some(period), None) = (periods.next(), periods.next()) else {
        let message = "This emulator evaluates expressions over metrics of one period only.";
        return Err(ApiError::validation(message));
    };
    let window = window(start, end, i64::from(period))?;
    let series = evaluate_queries(queries, history, window);
    let series = series.map_err(|error| ApiError::validation(format!("Error in expression: {error}")))?;
    Ok(series.into_iter().map(|(id, points)| (id, (window, points))).collect())
}

/// The periods between two times, on multiples of the period.
fn window(start: i64, end: i64, period: i64) -> Result<Window, ApiError> {
    if start >= end || period <= 0 {
        let message = "The parameter StartTime must be less than the parameter EndTime, and Period positive.";
        return Err(ApiError::validation(message));
    }
    let start = floor_to(start, period);
    let periods = (end - start + period - 1) / period;
    if periods > MAX_DATAPOINTS {
        return Err(ApiError::validation(format!(
            "You have requested up to {periods} datapoints, which exceeds the limit of {MAX_DATAPOINTS}."
        )));
    }
    Ok(Window {
        start,
        period,
        periods: usize::try_from(periods).unwrap_or_default(),
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct GetMetricStatistics {
    namespace: Option<String>,
    metric_name: Option<String>,
    #[serde(default)]
    dimensions: Vec<Dimension>,
    start_time: Option<Timestamp>,
    end_time: Option<Timestamp>,
    period: Option<i64>,
    #[serde(default)]
    statistics: Vec<String>,
    #[serde(default)]
    extended_statistics: Vec<String>,
    unit: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct MetricStatistics {
    label: String,
    datapoints: Vec<StatisticDatapoint>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct StatisticDatapoint {
    timestamp: Timestamp,
    #[serde(flatten)]
    plain: BTreeMap<String, f64>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    extended_statistics: BTreeMap<String, f64>,
    unit: String,
}

pub(super) fn get_metric_statistics(history: &History, input: &Input) -> Result<Reply, ApiError> {
    let request: GetMetricStatistics = input.parse()?;
    let namespace = request.namespace.ok_or_else(|| ApiError::missing("namespace"))?;
    let name = request.metric_name.ok_or_else(|| ApiError::missing("metricName"))?;
    let period = request.period.ok_or_else(|| ApiError::missing("period"))?;
    let window = window(
        required(request.start_time, "startTime")?,
        required(request.end_time, "endTime")?,
        period,
    )?;
    if request.statistics.is_empty() && request.extended_statistics.is_empty() {
        return Err(ApiError::missing("statistics"));
    }
    let metric = metric_id(&namespace, &name, &request.dimensions);
    let series = |text: &String| {
        let statistic = Statistic::parse(text).map_err(|error| ApiError::invalid_parameter_value(error.to_string()))?;
        let period = u32::try_from(period).unwrap_or(u32::MAX);
        let stat = MetricStat {
            metric: metric.clone(),
            statistic,
            period,
            unit: request.unit.clone(),
        };
        Ok((text.clone(), history.series(&stat, window)))
    };
    let plain: Vec<(String, Points)> = request.statistics.iter().map(series).collect::<Result<_, _>>()?;
    let extended: Vec<(String, Points)> = request
        .extended_statistics
        .iter()
        .map(series)
        .collect::<Result<_, _>>()?;
    let at = |columns: &[(String, Points)], index: usize| -> BTreeMap<String, f64> {
        columns
            .iter()
            .filter_map(|(name, points)| Some((name.clone(), points[index]?)))
            .collect()
    };
    let datapoints = (0..window.periods).filter_map(|index| {
        let (plain, extended_statistics) = (at(&plain, index), at(&extended, index));
        let (from, to) = (window.start_of(index), window.start_of(index + 1));
        let sample = history.samples(&metric, request.unit.as_deref(), from, to).next()?;
        let unit = sample.unit.clone().unwrap_or_else(|| "None".to_owned());
        Some(StatisticDatapoint {
            timestamp: timestamp(from),
            plain,
            extended_statistics,
            unit,
        })
    });
    reply(&MetricStatistics {
        label: name,
        datapoints: datapoints.collect(),
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ListMetrics {
    namespace: Option<String>,
    metric_name: Option<String>,
    #[serde(default)]
    dimensions: Vec<Filter>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Filter {
    name: String,
    value: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Metrics {
    metrics: Vec<Listed>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Listed {
    namespace: String,
    metric_name: String,
    dimensions: Vec<Dimension>,
}

pub(super) fn list_metrics(history: &History, input: &Input) -> Result<Reply, ApiError> {
    let request: ListMetrics = input.parse()?;
    let start: usize = match &request.next_token {
        None => 0,
        Some(token) => token.parse().map_err(|_| ApiError::invalid_next_token())?,
    };
    let is_asked = |given: &Option<String>, has: &str| given.as_deref().is_none_or(|given| given == has);
    let wanted: Vec<_> = history
        .metrics()
        .filter(|metric| {
            is_asked(&request.namespace, &metric.namespace) && is_asked(&request.metric_name, &metric.metric_name)
        })
        .filter(|metric| {
            let fits = |filter: &Filter| {
                metric
                    .dimensions
                    .get(&filter.name)
                    .is_some_and(|has| is_asked(&filter.value, has))
            };
            request.dimensions.iter().all(fits)
        })
        .collect();
    let page = wanted.iter().skip(start).take(LISTED).map(|metric| Listed {
        namespace: metric.namespace.clone(),
        metric_name: metric.metric_name.clone(),
        dimensions: metric
            .dimensions
            .iter()
            .map(|(name, value)| Dimension {
                name: name.clone(),
                value: value.clone(),
            })
            .collect(),
    });
    let next = start + LISTED;
    reply(&Metrics {
        metrics: page.collect(),
        next_token: (next < wanted.len()).then(|| next.to_string()),
    })
}
