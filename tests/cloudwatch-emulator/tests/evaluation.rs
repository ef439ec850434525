//! Datapoints in, states out: the evaluation behind the API (C2, C8, G7).

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_sdk_cloudwatch::Client;
use aws_sdk_cloudwatch::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_cloudwatch::primitives::DateTime;
use aws_sdk_cloudwatch::types::{
    AlarmType, Dimension, Metric, MetricDataQuery, MetricDatum, MetricStat, StandardUnit, StatisticSet,
};
use cloudwatch_emulator::{Clock, Emulator, ManualClock, Options};

const HOUR: Duration = Duration::from_secs(3600);

struct World {
    emulator: Emulator,
    clock: ManualClock,
    client: Client,
}

impl World {
    async fn start() -> Self {
        // 2026-11-24T06:00:00Z, a full hour
        let clock = ManualClock::new(UNIX_EPOCH + Duration::from_secs(1_795_500_000));
        let emulator = Emulator::start(Options {
            clock: Clock::Manual(clock.clone()),
            ..Options::default()
        })
        .await
        .unwrap();
        let config = aws_sdk_cloudwatch::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("eu-west-1"))
            .credentials_provider(Credentials::new("111122223333", "secret", None, None, "test"))
            .endpoint_url(emulator.endpoint_url())
            .build();
        Self {
            emulator,
            clock,
            client: Client::from_conf(config),
        }
    }

    fn now(&self) -> DateTime {
        DateTime::from(self.clock.now())
    }

    async fn put(&self, namespace: &str, datum: MetricDatum) {
        self.client
            .put_metric_data()
            .namespace(namespace)
            .metric_data(datum)
            .send()
            .await
            .unwrap();
    }

    fn pass(&self, time: Duration) {
        self.clock.advance(time);
        self.emulator.evaluate_now();
    }

    async fn state(&self, name: &str) -> String {
        let described = self
            .client
            .describe_alarms()
            .alarm_names(name)
            .alarm_types(AlarmType::MetricAlarm)
            .alarm_types(AlarmType::CompositeAlarm)
            .send()
            .await
            .unwrap();
        let metric = described.metric_alarms().first().and_then(|alarm| alarm.state_value());
        metric
            .or(described
                .composite_alarms()
                .first()
                .and_then(|alarm| alarm.state_value()))
            .unwrap()
            .as_str()
            .to_owned()
    }

    async fn errors_alarm(&self, name: &str) {
        self.client
            .put_metric_alarm()
            .alarm_name(name)
            .namespace("AWS/Lambda")
            .metric_name("Errors")
            .dimensions(dimension("FunctionName", "upload"))
            .statistic("Sum".into())
            .period(60)
            .evaluation_periods(1)
            .threshold(0.0)
            .comparison_operator("GreaterThanThreshold".into())
            .treat_missing_data("notBreaching")
            .send()
            .await
            .unwrap();
    }

    fn error(&self, function: &str) -> MetricDatum {
        MetricDatum::builder()
            .metric_name("Errors")
            .dimensions(dimension("FunctionName", function))
            .timestamp(self.now())
            .value(1.0)
            .build()
    }
}

fn dimension(name: &str, value: &str) -> Dimension {
    Dimension::builder().name(name).value(value).build()
}

#[tokio::test]
async fn an_error_of_the_watched_function_fires_and_silence_ends_it() {
    let world = World::start().await;
    world.errors_alarm("errors").await;
    assert_eq!(world.state("errors").await, "INSUFFICIENT_DATA");
    world.put("AWS/Lambda", world.error("download")).await;
    world.pass(Duration::from_secs(60));
    assert_eq!(
        world.state("errors").await,
        "OK",
        "another function's error is another metric"
    );

    world.put("AWS/Lambda", world.error("upload")).await;
    world.pass(Duration::from_secs(60));
    assert_eq!(world.state("errors").await, "ALARM");
    world.pass(Duration::from_secs(240));
    assert_eq!(world.state("errors").await, "OK");
}

#[tokio::test]
async fn one_completed_dump_and_then_silence_is_an_alarm_within_max_age_and_one_period() {
    const MAX_AGE_HOURS: u32 = 7;
    let world = World::start().await;
    let completed = Metric::builder()
        .namespace("Lectern/MongoDump")
        .metric_name("Completed")
        .dimensions(dimension("Schedule", "six_hourly"))
        .build();
    let stat = MetricStat::builder().metric(completed).period(3600).stat("Sum").build();
    world
        .client
        .put_metric_alarm()
        .alarm_name("age")
        .metrics(
            MetricDataQuery::builder()
                .id("c")
                .metric_stat(stat)
                .return_data(false)
                .build(),
        )
        .metrics(
            MetricDataQuery::builder()
                .id("expr")
                .expression("FILL(c, 0)")
                .return_data(true)
                .build(),
        )
        .evaluation_periods(i32::try_from(MAX_AGE_HOURS).unwrap())
        .datapoints_to_alarm(i32::try_from(MAX_AGE_HOURS).unwrap())
        .threshold(1.0)
        .comparison_operator("LessThanThreshold".into())
        .treat_missing_data("breaching")
        .send()
        .await
        .unwrap();
    world.clock.advance(Duration::from_secs(600));
    let datum = MetricDatum::builder()
        .metric_name("Completed")
        .dimensions(dimension("Schedule", "six_hourly"))
        .timestamp(world.now())
        .value(1.0)
        .build();
    world.put("Lectern/MongoDump", datum).await;
    let mut fired = None;
    for minute in 1..=(MAX_AGE_HOURS + 3) * 60 {
        world.pass(Duration::from_secs(60));
        let state = world.state("age").await;
        if minute > 60 && state == "ALARM" {
            fired = Some(Duration::from_secs(u64::from(minute) * 60));
            break;
        }
    }
    let fired = fired.expect("it fires");
    assert!(
        fired > (MAX_AGE_HOURS - 1) * HOUR,
        "not while the dump is young: {fired:?}"
    );
    assert!(
        fired <= (MAX_AGE_HOURS + 1) * HOUR,
        "and not later than max_age_hours and one period: {fired:?}"
    );
}

#[tokio::test]
async fn a_composite_follows_its_children_and_a_suppressor_holds_its_actions_back() {
    let world = World::start().await;
    world.errors_alarm("errors").await;
    world
        .client
        .put_metric_alarm()
        .alarm_name("deploying")
        .namespace("Edu")
        .metric_name("Deploying")
        .statistic("Sum".into())
        .period(60)
        .evaluation_periods(1)
        .threshold(0.0)
        .comparison_operator("GreaterThanThreshold".into())
        .treat_missing_data("notBreaching")
        .send()
        .await
        .unwrap();
    world
        .client
        .put_composite_alarm()
        .alarm_name("all")
        .alarm_rule("ALARM(\"errors\")")
        .actions_suppressor("deploying")
        .actions_suppressor_wait_period(60)
        .actions_suppressor_extension_period(60)
        .send()
        .await
        .unwrap();
    let deploying = MetricDatum::builder()
        .metric_name("Deploying")
        .timestamp(world.now())
        .value(1.0)
        .build();
    world.put("Edu", deploying).await;
    world.put("AWS/Lambda", world.error("upload")).await;
    world.pass(Duration::from_secs(60));
    assert_eq!(world.state("all").await, "ALARM");
    let described = world
        .client
        .describe_alarms()
        .alarm_names("all")
        .alarm_types(AlarmType::CompositeAlarm)
        .send()
        .await
        .unwrap();
    let by = described.composite_alarms()[0]
        .actions_suppressed_by()
        .unwrap()
        .as_str()
        .to_owned();
    assert_eq!(by, "Alarm");
}

#[tokio::test]
async fn what_was_put_in_every_form_is_read_back_also_when_it_arrived_compressed() {
    let world = World::start().await;
    let start = world.now();
    // SDKs compress requests above 10 KiB
    let many: Vec<f64> = (0..150).map(f64::from).collect();
    let mut request = world.client.put_metric_data().namespace("Edu");
    for number in 0..20 {
        request = request.metric_data(
            MetricDatum::builder()
                .metric_name("Latency")
                .dimensions(dimension("Number", &number.to_string()))
                .timestamp(start)
                .set_values(Some(many.clone()))
                .set_counts(Some(vec![2.0; 150]))
                .unit(StandardUnit::Milliseconds)
                .build(),
        );
    }
    let set = StatisticSet::builder()
        .sample_count(4.0)
        .sum(10.0)
        .minimum(1.0)
        .maximum(4.0)
        .build();
    let set = MetricDatum::builder()
        .metric_name("Set")
        .timestamp(start)
        .statistic_values(set)
        .build();
    request.metric_data(set).send().await.unwrap();

    let query = |id: &str, name: &str, stat: &str| {
        let metric = Metric::builder().namespace("Edu").metric_name(name);
        let metric = if name == "Latency" {
            metric.dimensions(dimension("Number", "7"))
        } else {
            metric
        };
        let stat = MetricStat::builder()
            .metric(metric.build())
            .period(60)
            .stat(stat)
            .build();
        MetricDataQuery::builder().id(id).metric_stat(stat).build()
    };
    let end = DateTime::from(world.clock.now() + Duration::from_secs(60));
    let read = world
        .client
        .get_metric_data()
        .metric_data_queries(query("sum", "Latency", "Sum"))
        .metric_data_queries(query("count", "Latency", "SampleCount"))
        .metric_data_queries(query("p90", "Latency", "p90"))
        .metric_data_queries(query("average", "Set", "Average"))
        .start_time(start)
        .end_time(end)
        .send()
        .await
        .unwrap();
    let values: Vec<_> = read
        .metric_data_results()
        .iter()
        .map(|result| (result.id().unwrap(), result.values()[0]))
        .collect();
    assert_eq!(values[..2], [("sum", 22_350.0), ("count", 300.0)]);
    assert!((133.0..=136.0).contains(&values[2].1), "{values:?}");
    assert_eq!(values[3], ("average", 2.5));

    let listed = world
        .client
        .list_metrics()
        .namespace("Edu")
        .metric_name("Latency")
        .send()
        .await
        .unwrap();
    assert_eq!(listed.metrics().len(), 20);
    let compressed = world
        .emulator
        .calls()
        .iter()
        .filter(|call| call.operation == "PutMetricData")
        .count();
    assert_eq!(compressed, 1);
}

#[tokio::test]
async fn the_running_minute_counts_only_where_somebody_watches() {
    for (count_running_period, expected) in [(false, "OK"), (true, "ALARM")] {
        let clock = ManualClock::new(SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_500_000));
        let emulator = Emulator::start(Options {
            clock: Clock::Manual(clock.clone()),
            count_running_period,
            ..Options::default()
        })
        .await
        .unwrap();
        let config = aws_sdk_cloudwatch::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("eu-west-1"))
            .credentials_provider(Credentials::new("111122223333", "secret", None, None, "test"))
            .endpoint_url(emulator.endpoint_url())
            .build();
        let world = World {
            emulator,
            clock,
            client: Client::from_conf(config),
        };
        world.errors_alarm("errors").await;
        world.put("AWS/Lambda", world.error("upload")).await;
        world.pass(Duration::from_secs(5));
        assert_eq!(
            world.state("errors").await,
            expected,
            "count_running_period = {count_running_period}"
        );
    }
}
