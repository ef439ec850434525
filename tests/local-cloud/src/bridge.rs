//! Carries metrics from ministack to the CloudWatch emulator: what the launcher (`python/emulator.py`) reports, turned into
//! the data points that AWS would have written, sent by PutMetricData. Each report is sent once, in order, with the time of
//! the event on the clock of the alarms.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_cloudwatch::Client;
use aws_sdk_cloudwatch::error::{DisplayErrorContext, ProvideErrorMetadata as _};
use cloudwatch_emulator::RunningClock;
use serde::Deserialize;

use crate::datum::{Datum, Measured, Statistics};
use crate::emf;
use crate::sdk::sdk_config;

/// How a function's run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It answered.
    Succeeded,
    /// It returned an error, crashed or timed out.
    Failed,
    /// It did not run: no concurrency was left.
    Throttled,
}

/// One run, or refused run, of a function.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Invocation {
    /// AWS Region.
    pub region: String,
    /// The function's name.
    pub function_name: String,
    /// The alias or version it was called by.
    pub qualifier: Option<String>,
    /// The version that ran, `$LATEST` if none was published.
    pub version: String,
    /// How it ended.
    pub outcome: Outcome,
    /// When it started, seconds since 1970.
    pub timestamp: f64,
    /// How long it took; absent when it did not run.
    #[serde(default)]
    pub duration_ms: f64,
    /// Runs of this function in progress when it started, itself included; absent when it did not run.
    #[serde(default)]
    pub concurrent: f64,
}

/// One line of the launcher's output.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Report {
    /// The emulator listens on this port.
    Listening {
        /// On 127.0.0.1.
        port: u16,
    },
    /// A function ran or was throttled.
    Invocation(Invocation),
    /// A log line that may hold metrics.
    Log {
        /// AWS Region.
        region: String,
        /// The line.
        message: String,
    },
    /// A data point that somebody gave to ministack with PutMetricData.
    Metric {
        /// AWS Region.
        region: String,
        /// Namespace.
        namespace: String,
        /// Metric name.
        name: String,
        /// Dimensions by name.
        dimensions: BTreeMap<String, String>,
        /// Seconds since 1970.
        timestamp: f64,
        /// Unit, `None` if there is none.
        unit: String,
        /// Values; absent with `statistics`.
        values: Option<Vec<f64>>,
        /// How often each value was seen; absent: once.
        counts: Option<Vec<f64>>,
        /// A statistic set instead of values.
        statistics: Option<Statistics>,
    },
}

/// The data points that Lambda writes for one invocation.
///
/// Metrics, units and dimensions as in the Lambda developer guide, "Working with Lambda function metrics": a throttled
/// request counts as neither an invocation nor an error; `Resource` (`function:alias` or `function:version`) exists for
/// calls that name one, `ExecutedVersion` for those that name an alias; concurrency is kept per function and per account.
#[must_use]
pub fn lambda_metrics(invocation: &Invocation) -> Vec<Datum> {
    let function = ("FunctionName".to_owned(), invocation.function_name.clone());
    let mut by_resource = vec![vec![], vec![function.clone()]];
    if let Some(qualifier) = &invocation.qualifier {
        let resource = (
            "Resource".to_owned(),
            format!("{}:{qualifier}", invocation.function_name),
        );
        by_resource.push(vec![function.clone(), resource.clone()]);
        if *qualifier != invocation.version {
            by_resource.push(vec![
                function.clone(),
                resource,
                ("ExecutedVersion".to_owned(), invocation.version.clone()),
            ]);
        }
    }
    let datum = |name: &str, unit: &str, value: f64, dimensions: &[(String, String)]| Datum {
        namespace: "AWS/Lambda".into(),
        name: name.into(),
        dimensions: dimensions.to_vec(),
        timestamp: invocation.timestamp,
        unit: unit.into(),
        measured: Measured::Values(vec![(value, 1.0)]),
        high_resolution: false,
    };
    let mut data = Vec::new();
    for dimensions in &by_resource {
        if invocation.outcome == Outcome::Throttled {
            data.push(datum("Throttles", "Count", 1.0, dimensions));
            continue;
        }
        let failed = if invocation.outcome == Outcome::Failed {
            1.0
        } else {
            0.0
        };
        data.push(datum("Invocations", "Count", 1.0, dimensions));
        data.push(datum("Errors", "Count", failed, dimensions));
        data.push(datum("Throttles", "Count", 0.0, dimensions));
        data.push(datum("Duration", "Milliseconds", invocation.duration_ms, dimensions));
    }
    if invocation.outcome != Outcome::Throttled {
        data.push(datum("ConcurrentExecutions", "Count", invocation.concurrent, &[]));
        data.push(datum(
            "ConcurrentExecutions",
            "Count",
            invocation.concurrent,
            &[function],
        ));
    }
    data
}

/// The data points of one report, with their Region.
///
/// # Errors
/// [`emf::EmfError`] for a log line with `_aws` that is not in the embedded metric format.
pub fn data_points(report: Report) -> Result<(String, Vec<Datum>), emf::EmfError> {
    Ok(match report {
        Report::Listening { .. } => (String::new(), Vec::new()),
        Report::Invocation(invocation) => (invocation.region.clone(), lambda_metrics(&invocation)),
        Report::Log { region, message } => (region, emf::parse(&message)?),
        Report::Metric {
            region,
            namespace,
            name,
            dimensions,
            timestamp,
            unit,
            values,
            counts,
            statistics,
        } => {
            let measured = match statistics {
                Some(statistics) => Measured::Statistics(statistics),
                None => {
                    let values = values.unwrap_or_default();
                    let counts = counts.unwrap_or_else(|| vec![1.0; values.len()]);
                    Measured::Values(values.into_iter().zip(counts).collect())
                }
            };
            let dimensions = dimensions.into_iter().collect();
            (
                region,
                vec![Datum {
                    namespace,
                    name,
                    dimensions,
                    timestamp,
                    unit,
                    measured,
                    high_resolution: false,
                }],
            )
        }
    })
}

/// Sends data points to the CloudWatch emulator.
pub(crate) struct Forwarder {
    endpoint: String,
    /// The time of the alarms, in which everything here happens.
    clock: RunningClock,
    clients: HashMap<String, Client>,
}

impl Forwarder {
    pub(crate) fn new(endpoint: String, clock: RunningClock) -> Self {
        Self {
            endpoint,
            clock,
            clients: HashMap::new(),
        }
    }

    /// Sends the metrics in `reports`. A line that cannot be read or sent is reported on stderr and skipped: a function's bad metric
    /// must not end the metrics of the others.
    pub(crate) async fn forward(&mut self, reports: Vec<String>) {
        let ahead = self.clock.ahead().as_secs_f64();
        let mut batches: BTreeMap<(String, String), Vec<Datum>> = BTreeMap::new();
        for line in reports {
            let report = serde_json::from_str::<Report>(&line).map_err(anyhow::Error::from);
            let data = report.and_then(|report| Ok(data_points(report)?));
            match data {
                Ok((region, data)) => {
                    for mut datum in data {
                        datum.timestamp += ahead;
                        batches
                            .entry((region.clone(), datum.namespace.clone()))
                            .or_default()
                            .push(datum);
                    }
                }
                Err(error) => eprintln!("local cloud: no metrics from {line:.200}: {error:#}"),
            }
        }
        for ((region, namespace), data) in batches {
            let client = self
                .clients
                .entry(region)
                .or_insert_with_key(|region| Client::new(&sdk_config(&self.endpoint, region)));
            let data: Vec<_> = data.iter().flat_map(Datum::to_sdk).collect();
            // 1,000 is PutMetricData's limit (CloudWatch API reference).
            for data in data.chunks(1000) {
                let request = client
                    .put_metric_data()
                    .namespace(&namespace)
                    .set_metric_data(Some(data.to_vec()));
                if let Err(error) = request.send().await {
                    let context = DisplayErrorContext(&error).to_string();
                    let reason = error.message().unwrap_or(&context);
                    eprintln!(
                        "local cloud: {} data points of {namespace} were refused: {reason}",
                        data.len()
                    );
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    fn invocation(outcome: Outcome, qualifier: Option<&str>) -> Invocation {
        Invocation {
            region: "us-east-1".into(),
            function_name: "fn".into(),
            qualifier: qualifier.map(str::to_owned),
            version: if qualifier.is_some() {
                "3".into()
            } else {
                "$LATEST".into()
            },
            outcome,
            timestamp: 1_700_000_000.0,
            duration_ms: 12.5,
            concurrent: 2.0,
        }
    }

    /// `Errors[FunctionName=fn]=1`, sorted.
    fn shown(data: &[Datum]) -> Vec<String> {
        let mut lines: Vec<String> = data
            .iter()
            .map(|datum| {
                let dimensions: Vec<_> = datum
                    .dimensions
                    .iter()
                    .map(|(name, value)| format!("{name}={value}"))
                    .collect();
                let Measured::Values(values) = &datum.measured else {
                    return datum.name.clone();
                };
                format!("{}[{}]={}", datum.name, dimensions.join(","), values[0].0)
            })
            .collect();
        lines.sort();
        lines
    }

    #[test]
    fn an_unqualified_run_counts_for_the_function_and_the_account() {
        assert_eq!(
            shown(&lambda_metrics(&invocation(Outcome::Failed, None))),
            [
                "ConcurrentExecutions[FunctionName=fn]=2",
                "ConcurrentExecutions[]=2",
                "Duration[FunctionName=fn]=12.5",
                "Duration[]=12.5",
                "Errors[FunctionName=fn]=1",
                "Errors[]=1",
                "Invocations[FunctionName=fn]=1",
                "Invocations[]=1",
                "Throttles[FunctionName=fn]=0",
                "Throttles[]=0",
            ]
        );
    }

    #[test]
    fn a_run_by_alias_counts_for_the_alias_too() {
        let lines = shown(&lambda_metrics(&invocation(Outcome::Succeeded, Some("live"))));
        for expected in [
            "Errors[FunctionName=fn,Resource=fn:live,ExecutedVersion=3]=0",
            "Errors[FunctionName=fn,Resource=fn:live]=0",
            "Errors[FunctionName=fn]=0",
        ] {
            assert!(lines.iter().any(|line| line == expected), "{expected} in {lines:?}");
        }
        assert_eq!(
            lines
                .iter()
                .filter(|line| line.starts_with("ConcurrentExecutions"))
                .count(),
            2,
            "{lines:?}"
        );
    }

    #[test]
    fn a_run_by_version_has_no_executed_version() {
        let lines = shown(&lambda_metrics(&invocation(Outcome::Succeeded, Some("3"))));
        assert!(
            lines
                .iter()
                .any(|line| line == "Errors[FunctionName=fn,Resource=fn:3]=0"),
            "{lines:?}"
        );
        assert!(!lines.iter().any(|line| line.contains("ExecutedVersion")), "{lines:?}");
    }

    #[test]
    fn a_throttled_request_is_neither_an_invocation_nor_an_error() {
        assert_eq!(
            shown(&lambda_metrics(&invocation(Outcome::Throttled, None))),
            ["Throttles[FunctionName=fn]=1", "Throttles[]=1"]
        );
    }

    #[test]
    fn a_metric_given_to_ministack_keeps_values_counts_and_statistics() {
        let report = |rest: &str| {
            let line = format!(
                r#"{{"event":"metric","region":"eu-west-1","namespace":"N","name":"M","dimensions":{{"D":"v"}},"timestamp":5.5,"unit":"Count",{rest}}}"#
            );
            let (region, mut data) = data_points(serde_json::from_str(&line).unwrap()).unwrap();
            assert_eq!((region.as_str(), data.len()), ("eu-west-1", 1));
            data.remove(0).measured
        };
        assert_eq!(
            report(r#""values":[1,2],"counts":null,"statistics":null"#),
            Measured::Values(vec![(1.0, 1.0), (2.0, 1.0)])
        );
        assert_eq!(
            report(r#""values":[1,2],"counts":[3,4],"statistics":null"#),
            Measured::Values(vec![(1.0, 3.0), (2.0, 4.0)])
        );
        assert_eq!(
            report(r#""values":null,"counts":null,"statistics":{"SampleCount":2,"Sum":3,"Minimum":1,"Maximum":2}"#),
            Measured::Statistics(Statistics {
                sample_count: 2.0,
                sum: 3.0,
                minimum: 1.0,
                maximum: 2.0
            })
        );
    }
}
