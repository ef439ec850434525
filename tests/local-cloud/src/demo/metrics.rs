//! Metrics that functions write to their logs, read from CloudWatch.

use std::time::{Duration, Instant, SystemTime};

use anyhow::{Result, bail};
use aws_sdk_cloudwatch::Client;
use aws_sdk_cloudwatch::primitives::DateTime;
use aws_sdk_cloudwatch::types::{Dimension, Statistic};

/// Until a metric that was written must be in CloudWatch.
const ARRIVED: Duration = Duration::from_secs(20);

/// Waits for a metric with this one dimension; the line shows its latest value.
pub(super) async fn line(client: &Client, namespace: &str, name: &str, dimension: (&str, &str)) -> Result<String> {
    let deadline = Instant::now() + ARRIVED;
    let (key, of) = dimension;
    loop {
        if let Some(value) = latest(client, namespace, name, dimension).await? {
            return Ok(format!("{namespace} {name} {{{key}: {of}}} = {value:.1}"));
        }
        if Instant::now() > deadline {
            bail!("{namespace} {name} was not in CloudWatch after {} s", ARRIVED.as_secs());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// The highest value of the last minute that has one.
async fn latest(client: &Client, namespace: &str, name: &str, (key, of): (&str, &str)) -> Result<Option<f64>> {
    let now = SystemTime::now();
    let found = client
        .get_metric_statistics()
        .namespace(namespace)
        .metric_name(name)
        .dimensions(Dimension::builder().name(key).value(of).build())
        .start_time(DateTime::from(now - Duration::from_secs(600)))
        .end_time(DateTime::from(now + Duration::from_secs(60)))
        .period(60)
        .statistics(Statistic::Maximum)
        .send()
        .await?;
    let points = found.datapoints().iter();
    let last = points.max_by_key(|point| point.timestamp().map(DateTime::secs));
    Ok(last.and_then(|point| point.maximum()))
}
