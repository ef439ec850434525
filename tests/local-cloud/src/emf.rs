//! The embedded metric format: metrics that a function writes into its log.
//! Source: CloudWatch user guide, "Specification: Embedded metric format".

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::datum::{Datum, Measured};

/// Why a log line that says `_aws` gives no metrics.
#[derive(Debug, thiserror::Error)]
pub enum EmfError {
    /// It is not JSON, or the metadata object lacks something required.
    #[error("not the embedded metric format")]
    Format(#[from] serde_json::Error),
    /// A dimension is declared and has no value beside it, or one that is not a string.
    #[error("dimension {0:?} has no string value")]
    Dimension(String),
    /// A metric's value is neither a number nor a list of 1 to 100 numbers.
    #[error("metric {0:?} has no value that is a number or a list of 1 to 100 numbers")]
    Value(String),
    /// More than 30 dimensions in one set.
    #[error("a set of {0} dimensions; 30 is the limit")]
    TooManyDimensions(usize),
    /// More than 100 metrics in one directive.
    #[error("{0} metrics in one directive; 100 is the limit")]
    TooManyMetrics(usize),
    /// Stored neither per second nor per minute.
    #[error("metric {0:?} has StorageResolution {1}; 1 and 60 exist")]
    Resolution(String, u32),
}

#[derive(Deserialize)]
struct Document {
    #[serde(rename = "_aws")]
    metadata: Metadata,
    #[serde(flatten)]
    members: Map<String, Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Metadata {
    /// Milliseconds since 1970.
    timestamp: f64,
    cloud_watch_metrics: Vec<Directive>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Directive {
    namespace: String,
    dimensions: Vec<Vec<String>>,
    metrics: Vec<Definition>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Definition {
    name: String,
    #[serde(default = "no_unit")]
    unit: String,
    #[serde(default = "per_minute")]
    storage_resolution: u32,
}

fn no_unit() -> String {
    "None".into()
}

fn per_minute() -> u32 {
    60
}

/// The metrics of one log line: for every directive each of its metrics under each of its dimension sets. A metric that is
/// declared and has no member in the line is left out, as CloudWatch leaves it out.
///
/// # Errors
/// [`EmfError`]; CloudWatch then takes nothing of the line either.
pub fn parse(line: &str) -> Result<Vec<Datum>, EmfError> {
    let Document { metadata, members } = serde_json::from_str(line)?;
    let mut data = Vec::new();
    for directive in &metadata.cloud_watch_metrics {
        if directive.metrics.len() > 100 {
            return Err(EmfError::TooManyMetrics(directive.metrics.len()));
        }
        for set in &directive.dimensions {
            let dimensions = dimensions(set, &members)?;
            for metric in &directive.metrics {
                let Some(value) = members.get(&metric.name) else {
                    continue;
                };
                data.push(Datum {
                    namespace: directive.namespace.clone(),
                    name: metric.name.clone(),
                    dimensions: dimensions.clone(),
                    timestamp: metadata.timestamp / 1000.0,
                    unit: metric.unit.clone(),
                    measured: Measured::Values(values(value).ok_or_else(|| EmfError::Value(metric.name.clone()))?),
                    high_resolution: match metric.storage_resolution {
                        1 => true,
                        60 => false,
                        other => return Err(EmfError::Resolution(metric.name.clone(), other)),
                    },
                });
            }
        }
    }
    Ok(data)
}

fn dimensions(set: &[String], members: &Map<String, Value>) -> Result<Vec<(String, String)>, EmfError> {
    if set.len() > 30 {
        return Err(EmfError::TooManyDimensions(set.len()));
    }
    set.iter()
        .map(|name| match members.get(name) {
            Some(Value::String(value)) => Ok((name.clone(), value.clone())),
            _ => Err(EmfError::Dimension(name.clone())),
        })
        .collect()
}

/// A number, or a list of 1 to 100 of them; equal ones are counted together.
fn values(value: &Value) -> Option<Vec<(f64, f64)>> {
    let numbers = match value {
        Value::Array(items) if (1..=100).contains(&items.len()) => items.as_slice(),
        Value::Number(_) => std::slice::from_ref(value),
        _ => return None,
    };
    let mut pairs: Vec<(f64, f64)> = Vec::new();
    for number in numbers {
        let number = number.as_f64()?;
        match pairs.iter_mut().find(|(seen, _)| seen.total_cmp(&number).is_eq()) {
            Some((_, count)) => *count += 1.0,
            None => pairs.push((number, 1.0)),
        }
    }
    Some(pairs)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use serde_json::json;

    use super::*;

    /// One directive with one dimension set and one metric, and the members given.
    fn line(directive: Value, members: Value) -> String {
        let mut line = members;
        line["_aws"] = json!({ "Timestamp": 1_700_000_000_123_u64, "CloudWatchMetrics": directive });
        line.to_string()
    }

    fn directive(dimensions: Value, metrics: Value) -> Value {
        json!([{ "Namespace": "Lectern/Test", "Dimensions": dimensions, "Metrics": metrics }])
    }

    fn datum(name: &str, dimensions: &[(&str, &str)], values: &[(f64, f64)]) -> Datum {
        Datum {
            namespace: "Lectern/Test".into(),
            name: name.into(),
            dimensions: dimensions
                .iter()
                .map(|(name, value)| ((*name).into(), (*value).into()))
                .collect(),
            timestamp: 1_700_000_000.123,
            unit: "None".into(),
            measured: Measured::Values(values.to_vec()),
            high_resolution: false,
        }
    }

    #[test]
    fn lines_give_the_metrics_they_declare() {
        let count = datum("N", &[("F", "fn")], &[(2.0, 1.0)]);
        for (case, line, expected) in [
            (
                "one metric",
                line(
                    directive(json!([["F"]]), json!([{ "Name": "N" }])),
                    json!({ "F": "fn", "N": 2 }),
                ),
                vec![count.clone()],
            ),
            (
                "unit and resolution",
                line(
                    directive(
                        json!([["F"]]),
                        json!([{ "Name": "N", "Unit": "Milliseconds", "StorageResolution": 1 }]),
                    ),
                    json!({ "F": "fn", "N": 2 }),
                ),
                vec![Datum {
                    unit: "Milliseconds".into(),
                    high_resolution: true,
                    ..count.clone()
                }],
            ),
            (
                "every dimension set",
                line(
                    directive(json!([["F"], ["F", "V"], []]), json!([{ "Name": "N" }])),
                    json!({ "F": "fn", "V": "1", "N": 2 }),
                ),
                vec![
                    count.clone(),
                    datum("N", &[("F", "fn"), ("V", "1")], &[(2.0, 1.0)]),
                    datum("N", &[], &[(2.0, 1.0)]),
                ],
            ),
            (
                "array of values, equal ones counted",
                line(
                    directive(json!([["F"]]), json!([{ "Name": "N" }])),
                    json!({ "F": "fn", "N": [2, 3.5, 2] }),
                ),
                vec![datum("N", &[("F", "fn")], &[(2.0, 2.0), (3.5, 1.0)])],
            ),
            (
                "declared and not given",
                line(
                    directive(json!([["F"]]), json!([{ "Name": "Absent" }, { "Name": "N" }])),
                    json!({ "F": "fn", "N": 2 }),
                ),
                vec![count.clone()],
            ),
            (
                "two directives",
                line(
                    json!([
                        { "Namespace": "Lectern/Test", "Dimensions": [["F"]], "Metrics": [{ "Name": "N" }] },
                        { "Namespace": "Other", "Dimensions": [["F"]], "Metrics": [{ "Name": "N" }] },
                    ]),
                    json!({ "F": "fn", "N": 2 }),
                ),
                vec![
                    count.clone(),
                    Datum {
                        namespace: "Other".into(),
                        ..count.clone()
                    },
                ],
            ),
            (
                "no dimension set",
                line(directive(json!([]), json!([{ "Name": "N" }])), json!({ "N": 2 })),
                vec![],
            ),
            ("no directive", line(json!([]), json!({ "N": 2 })), vec![]),
        ] {
            assert_eq!(parse(&line).unwrap(), expected, "{case}");
        }
    }

    #[test]
    fn a_line_with_a_mistake_gives_nothing_and_the_reason() {
        let one = || directive(json!([["F"]]), json!([{ "Name": "N" }]));
        let names = |n: usize| (0..n).map(|i| format!("d{i}")).collect::<Vec<_>>();
        for (case, line, expected) in [
            (
                "no JSON",
                r#"START "_aws""#.to_owned(),
                "not the embedded metric format",
            ),
            (
                "no metadata",
                json!({ "N": 1 }).to_string(),
                "not the embedded metric format",
            ),
            (
                "no timestamp",
                json!({ "_aws": { "CloudWatchMetrics": [] } }).to_string(),
                "not the embedded metric format",
            ),
            (
                "dimension absent",
                line(one(), json!({ "N": 2 })),
                r#"dimension "F" has no string value"#,
            ),
            (
                "dimension a number",
                line(one(), json!({ "F": 1, "N": 2 })),
                r#"dimension "F" has no string value"#,
            ),
            (
                "value a string",
                line(one(), json!({ "F": "fn", "N": "2" })),
                r#"metric "N" has no value that is"#,
            ),
            (
                "value an empty list",
                line(one(), json!({ "F": "fn", "N": [] })),
                r#"metric "N" has no value that is"#,
            ),
            (
                "value a long list",
                line(one(), json!({ "F": "fn", "N": vec![1; 101] })),
                r#"metric "N" has no value that is"#,
            ),
            (
                "31 dimensions",
                line(directive(json!([names(31)]), json!([])), json!({})),
                "a set of 31 dimensions",
            ),
            (
                "101 metrics",
                line(
                    directive(
                        json!([]),
                        names(101).iter().map(|name| json!({ "Name": name })).collect(),
                    ),
                    json!({}),
                ),
                "101 metrics in one directive",
            ),
            (
                "odd resolution",
                line(
                    directive(json!([[]]), json!([{ "Name": "N", "StorageResolution": 5 }])),
                    json!({ "N": 2 }),
                ),
                r#"metric "N" has StorageResolution 5"#,
            ),
        ] {
            let error = parse(&line).unwrap_err().to_string();
            assert!(error.starts_with(expected), "{case}: {error}");
        }
    }
}
