//! Metrics that arise on the local cloud are in the CloudWatch emulator, once each, with the dimensions that AWS writes.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use crate::support::{Function, eventually};
use aws_sdk_cloudwatch::Client;
use aws_sdk_cloudwatch::primitives::DateTime;
use aws_sdk_cloudwatch::types::{Dimension, Metric, MetricDataQuery, MetricDatum, MetricStat, StandardUnit};
use local_cloud::{LocalCloud, Options};
use serde_json::json;

/// A cloud with a client for its CloudWatch emulator.
struct Watched {
    runtime: tokio::runtime::Runtime,
    client: Client,
    cloud: Arc<LocalCloud>,
}

impl Watched {
    fn start() -> Self {
        let cloud = LocalCloud::shared(Options::default()).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        Self {
            runtime,
            client: Client::new(&cloud.cloudwatch_sdk_config()),
            cloud,
        }
    }

    /// A statistic of one metric over the last hour and the next minute; `None` where there are no data points.
    fn statistic(&self, metric: &str, dimensions: &[(&str, &str)], statistic: &str) -> Option<f64> {
        let (namespace, name) = metric.rsplit_once('/').unwrap();
        let dimensions = dimensions
            .iter()
            .map(|(name, value)| Dimension::builder().name(*name).value(*value).build());
        let metric = Metric::builder()
            .namespace(namespace)
            .metric_name(name)
            .set_dimensions(Some(dimensions.collect()));
        let of = MetricStat::builder()
            .metric(metric.build())
            .period(60)
            .stat(statistic)
            .build();
        let now = SystemTime::now();
        let request = self
            .client
            .get_metric_data()
            .metric_data_queries(MetricDataQuery::builder().id("m").metric_stat(of).build())
            .start_time(DateTime::from(now - Duration::from_secs(3600)))
            .end_time(DateTime::from(now + Duration::from_secs(60)));
        let answer = self.runtime.block_on(request.send()).unwrap();
        let values = answer.metric_data_results()[0].values().to_vec();
        if values.is_empty() {
            None
        } else {
            Some(values.iter().sum())
        }
    }

    fn expect(&self, metric: &str, dimensions: &[(&str, &str)], statistic: &str, value: f64) {
        let mut seen = None;
        let reached = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            eventually(metric, || {
                seen = self.statistic(metric, dimensions, statistic);
                seen.is_some_and(|seen| seen >= value)
            });
        }));
        assert_eq!(seen, Some(value), "{statistic} of {metric} {dimensions:?}");
        reached.unwrap();
    }
}

#[test]
fn a_run_that_fails_is_an_error_of_the_function_and_of_the_alias_it_was_called_by() {
    let watched = Watched::start();
    let function = Function::create(&watched.cloud, "failing");
    function.alias("live");
    assert_eq!(function.invoke("{}"), None);
    assert_eq!(
        function.invoke_by("live", r#"{"fail":true}"#).as_deref(),
        Some("Unhandled")
    );

    let by_function = [("FunctionName", "failing")];
    let by_alias = [("FunctionName", "failing"), ("Resource", "failing:live")];
    for (metric, dimensions, expected) in [
        ("Invocations", by_function.as_slice(), 2.0),
        ("Errors", &by_function, 1.0),
        ("Throttles", &by_function, 0.0),
        ("Invocations", &by_alias, 1.0),
        ("Errors", &by_alias, 1.0),
    ] {
        watched.expect(&format!("AWS/Lambda/{metric}"), dimensions, "Sum", expected);
    }
    watched.expect("AWS/Lambda/Duration", &by_function, "SampleCount", 2.0);
    watched.expect("AWS/Lambda/ConcurrentExecutions", &by_function, "SampleCount", 2.0);
}

#[test]
fn a_queued_run_that_fails_is_an_error_too() {
    let watched = Watched::start();
    let function = Function::create(&watched.cloud, "queued");
    function.invoke_later(r#"{"fail":true}"#);
    // Lambda tries a queued event three times.
    watched.expect("AWS/Lambda/Errors", &[("FunctionName", "queued")], "Sum", 3.0);
}

#[test]
fn a_line_of_embedded_metric_format_is_a_metric() {
    let watched = Watched::start();
    let function = Function::create(&watched.cloud, "printing");
    let now = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap()
        .as_millis();
    let line = json!({
        "_aws": {
            "Timestamp": u64::try_from(now).unwrap(),
            "CloudWatchMetrics": [{
                "Namespace": "Lectern/Test",
                "Dimensions": [["Course"], ["Course", "Kind"]],
                "Metrics": [{ "Name": "Lookups", "Unit": "Count" }],
            }],
        },
        "Course": "rust", "Kind": "text", "Lookups": [1, 2, 2],
    });
    function.invoke(&json!({ "print": line.to_string() }).to_string());
    watched.expect("Lectern/Test/Lookups", &[("Course", "rust")], "Sum", 5.0);
    watched.expect(
        "Lectern/Test/Lookups",
        &[("Course", "rust"), ("Kind", "text")],
        "SampleCount",
        3.0,
    );
}

#[test]
fn a_metric_put_to_the_clouds_main_address_is_in_the_emulator() {
    let watched = Watched::start();
    let datum = MetricDatum::builder()
        .metric_name("Connections")
        .dimensions(Dimension::builder().name("Cluster").value("main").build())
        .unit(StandardUnit::Count)
        .value(501.0)
        .build();
    let main = Client::new(&watched.cloud.sdk_config());
    let put = main
        .put_metric_data()
        .namespace("Lectern/MongoDB")
        .metric_data(datum)
        .send();
    watched.runtime.block_on(put).unwrap();
    watched.expect("Lectern/MongoDB/Connections", &[("Cluster", "main")], "Maximum", 501.0);
}

#[test]
fn a_run_that_another_service_causes_counts_for_its_alias() {
    let watched = Watched::start();
    let function = Function::create(&watched.cloud, "subscribed");
    function.alias("live");
    let sns = aws_sdk_sns::Client::new(&watched.cloud.sdk_config());
    watched.runtime.block_on(async {
        let topic = sns.create_topic().name("topic").send().await.unwrap();
        let topic = topic.topic_arn().unwrap();
        let alias = "arn:aws:lambda:us-east-1:000000000000:function:subscribed:live";
        sns.subscribe()
            .topic_arn(topic)
            .protocol("lambda")
            .endpoint(alias)
            .send()
            .await
            .unwrap();
        sns.publish().topic_arn(topic).message("hello").send().await.unwrap();
    });
    watched.expect(
        "AWS/Lambda/Invocations",
        &[("FunctionName", "subscribed"), ("Resource", "subscribed:live")],
        "Sum",
        1.0,
    );
}

#[test]
fn a_refused_run_is_a_throttle_and_nothing_else() {
    let watched = Watched::start();
    let function = Function::create(&watched.cloud, "refused");
    function.reserve_concurrency(0);
    function.expect_throttled();
    watched.expect("AWS/Lambda/Throttles", &[("FunctionName", "refused")], "Sum", 1.0);
    assert_eq!(
        watched.statistic("AWS/Lambda/Invocations", &[("FunctionName", "refused")], "Sum"),
        None
    );
}
