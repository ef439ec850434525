//! PutMetricData: values, value counts and statistic sets.

use alarm_evaluator::calendar::floor_to;
use alarm_evaluator::{MetricId, Sample, SampleValues};
use serde::Deserialize;

use crate::error::ApiError;
use crate::metric_store::metric_id;
use crate::model::Dimension;
use crate::protocol::Input;
use crate::timestamp::Timestamp;

/// Source of the limits: API_PutMetricData and API_MetricDatum.
const MAX_DATA: usize = 1000;
const MAX_VALUES: usize = 150;
const MAX_DIMENSIONS: usize = 30;
/// Values lie between -2^360 and 2^360.
const MAX_EXPONENT: i32 = 360;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Request {
    namespace: Option<String>,
    #[serde(default)]
    metric_data: Vec<Datum>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Datum {
    metric_name: Option<String>,
    #[serde(default)]
    dimensions: Vec<Dimension>,
    timestamp: Option<Timestamp>,
    value: Option<f64>,
    statistic_values: Option<StatisticSet>,
    #[serde(default)]
    values: Vec<f64>,
    #[serde(default)]
    counts: Vec<f64>,
    unit: Option<String>,
    storage_resolution: Option<i64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct StatisticSet {
    sample_count: f64,
    sum: f64,
    minimum: f64,
    maximum: f64,
}

/// The samples of a request; all of them, or a refusal.
pub(super) fn samples(input: &Input, now: Timestamp) -> Result<Vec<(MetricId, Sample)>, ApiError> {
    let request: Request = input.parse()?;
    let namespace = request.namespace.ok_or_else(|| ApiError::missing("namespace"))?;
    if request.metric_data.len() > MAX_DATA {
        return Err(ApiError::invalid_parameter_value(format!(
            "The collection MetricData must not have a size greater than {MAX_DATA}."
        )));
    }
    let data = request.metric_data.into_iter().enumerate();
    data.map(|(index, datum)| sample(&namespace, index + 1, datum, now))
        .collect()
}

fn sample(namespace: &str, number: usize, datum: Datum, now: Timestamp) -> Result<(MetricId, Sample), ApiError> {
    let path = format!("MetricData.member.{number}");
    let name = datum.metric_name.as_deref().filter(|name| !name.is_empty());
    let name = name.ok_or_else(|| ApiError::missing(&format!("{path}.MetricName")))?;
    if datum.dimensions.len() > MAX_DIMENSIONS {
        return Err(ApiError::invalid_parameter_value(format!(
            "The collection {path}.Dimensions must not have a size greater than {MAX_DIMENSIONS}."
        )));
    }
    let resolution = match datum.storage_resolution {
        None => 60,
        Some(resolution @ (1 | 60)) => resolution,
        Some(other) => {
            let message = format!("The parameter {path}.StorageResolution must be 1 or 60, not {other}.");
            return Err(ApiError::invalid_parameter_value(message));
        }
    };
    let at = datum.timestamp.unwrap_or(now).millis() / 1000;
    let metric = metric_id(namespace, name, &datum.dimensions);
    let sample = Sample {
        timestamp: floor_to(i64::try_from(at).unwrap_or(i64::MAX), resolution),
        unit: datum.unit.clone(),
        values: values(datum, &path)?,
    };
    Ok((metric, sample))
}

fn values(datum: Datum, path: &str) -> Result<SampleValues, ApiError> {
    let refuse = |message: String| Err(ApiError::invalid_parameter_value(message));
    let read = match (datum.value, datum.statistic_values, datum.values) {
        (Some(value), None, values) if values.is_empty() => SampleValues::Values(vec![(value, 1.0)]),
        (None, Some(set), values) if values.is_empty() => SampleValues::Set {
            sample_count: set.sample_count,
            sum: set.sum,
            minimum: set.minimum,
            maximum: set.maximum,
        },
        (None, None, values) if !values.is_empty() => {
            let counts = if datum.counts.is_empty() {
                vec![1.0; values.len()]
            } else {
                datum.counts
            };
            if values.len() > MAX_VALUES || counts.len() != values.len() {
                return refuse(format!(
                    "{path}.Values takes at most {MAX_VALUES} values, and {path}.Counts as many counts."
                ));
            }
            SampleValues::Values(values.into_iter().zip(counts).collect())
        }
        _ => {
            return refuse(format!(
                "Exactly one of {path}.Value, .Values and .StatisticValues is required."
            ));
        }
    };
    let numbers: Vec<f64> = match &read {
        SampleValues::Values(values) => values.iter().flat_map(|(value, count)| [*value, *count]).collect(),
        SampleValues::Set {
            sample_count,
            sum,
            minimum,
            maximum,
        } => vec![*sample_count, *sum, *minimum, *maximum],
    };
    let is_refused = |number: &f64| number.is_nan() || number.abs() > 2_f64.powi(MAX_EXPONENT);
    match numbers.into_iter().find(is_refused) {
        Some(number) => refuse(format!("The value {number} for parameter {path}.Value is invalid.")),
        None => Ok(read),
    }
}
