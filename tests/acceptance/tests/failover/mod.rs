//! The modules cdn, edge and origin-failover on a local cloud that enforces IAM: viewers get what they may, an alarm on region 1 moves the write
//! path of the distribution, and after the hold time it comes back.

use std::fs;
use std::time::{Duration, Instant};

use acceptance::running::RunningProvider;
use acceptance::terraform::{Engine, Workdir, aws_provider_or_skip};
use aws_sdk_cloudwatch::types::{Dimension, MetricDatum, StateValue};
use lambda_kit::signed::{Client, Request, Service, elements};
use local_cloud::package::{self, BOOTSTRAP, Effort};
use local_cloud::{LocalCloud, Options, toolchain, workspace};
use serde_json::{Value, json};

const PATIENCE: Duration = Duration::from_secs(60);
const ON_SECONDARY: &str = "edu/origin_failover/writes/on_secondary/warning";
const QUEUE: &str = "dead-letters";

/// Targets of the behaviours, sorted.
const REGION_1: [&str; 3] = ["api-primary", "assets", "files"];
const REGION_2: [&str; 3] = ["api-secondary", "assets", "files"];

/// Values of the origin header: the new one, and the one before.
const VALUES: [&str; 2] = ["0123456789abcdef0123456789abcdef", "fedcba9876543210fedcba9876543210"];

/// What the test sees and does from outside.
struct Outside {
    cloud: LocalCloud,
    cloudwatch: aws_sdk_cloudwatch::Client,
    cloudfront: Client,
    distribution: String,
}

impl Outside {
    /// Health of a region: 1 or 0.
    async fn put(&self, region: &str, status: f64) {
        let datum = MetricDatum::builder().metric_name("HealthCheckStatus").value(status);
        let datum = datum.dimensions(Dimension::builder().name("Region").value(region).build());
        let datum = datum.storage_resolution(1).build();
        let put = self.cloudwatch.put_metric_data().namespace("Edu/Health");
        put.metric_data(datum).send().await.unwrap();
    }

    async fn state(&self, alarm: &str) -> StateValue {
        let found = self
            .cloudwatch
            .describe_alarms()
            .alarm_names(alarm)
            .send()
            .await
            .unwrap();
        found.metric_alarms()[0].state_value().unwrap().clone()
    }

    /// Where the behaviours go, sorted.
    async fn targets(&self) -> Vec<String> {
        let request = Request {
            operation: "GetDistributionConfig",
            method: "GET",
            target: &format!("/2020-05-31/distribution/{}/config", self.distribution),
            headers: &[],
            body: "",
        };
        let answer = self.cloudfront.send(&request).await.unwrap();
        let mut targets: Vec<_> = elements(&answer.body, "TargetOriginId").map(str::to_owned).collect();
        targets.sort();
        targets
    }

    /// Waits, and tells the health of both regions while it does.
    async fn until(&self, what: &str, primary: f64, is_so: impl AsyncFn(&Self) -> bool) {
        let started = Instant::now();
        loop {
            self.put("primary", primary).await;
            self.put("secondary", 1.0).await;
            if is_so(self).await {
                return;
            }
            let log = || fs::read_to_string(self.cloud.folder().join("ministack.log")).unwrap_or_default();
            assert!(started.elapsed() < PATIENCE, "{what}:\n{}", log());
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes minutes: .ci/run starts it, and `cargo test --workspace --test acceptance -- --ignored`"]
async fn an_alarm_on_region_1_moves_the_write_path_and_it_comes_back_after_the_hold_time() {
    const TEST: &str = "an_alarm_on_region_1_moves_the_write_path_and_it_comes_back_after_the_hold_time";
    let Some(aws_provider) = aws_provider_or_skip(TEST).unwrap() else {
        return;
    };
    let cloud = tokio::task::spawn_blocking(|| {
        LocalCloud::start(Options {
            ministack_environment: vec![("AUTH".to_owned(), "true".to_owned())],
            ..Options::default()
        })
    });
    let cloud = cloud.await.unwrap().unwrap();
    let environment = cloud.environment();
    let environment: Vec<_> = environment
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let aws = RunningProvider::start(&aws_provider, &environment).unwrap();
    let workdir = Workdir::with_running_aws(Engine::Terraform, &environment, &aws).unwrap();
    workdir.keep_state_in(&cloud).unwrap();
    workdir.copy_modules().unwrap();
    workdir.write("main.tf", include_str!("main.tf")).unwrap();
    let zip = package::zip(&workspace::binary("origin-failover").unwrap(), BOOTSTRAP, Effort::Least).unwrap();
    let path = workdir.path().join("origin-failover.zip");
    fs::write(&path, zip).unwrap();
    workdir.set("package_path", json!(path)).unwrap();
    let endpoints = json!({
        "AWS_ENDPOINT_URL": cloud.endpoint_url(),
        "AWS_ENDPOINT_URL_CLOUDWATCH": cloud.cloudwatch().endpoint_url(),
    });
    workdir.set("environment", endpoints).unwrap();
    let keys = viewer(&cloud, "keys", &json!({}));
    workdir.set("signing_key", keys["public"].clone()).unwrap();
    workdir.set("origin_verify_values", json!(VALUES)).unwrap();
    let sqs = aws_sdk_sqs::Client::new(&cloud.sdk_config());
    sqs.create_queue().queue_name(QUEUE).send().await.unwrap();
    let queue = format!("arn:aws:sqs:us-east-1:000000000000:{QUEUE}");
    workdir.set("dead_letter_queue", json!(queue)).unwrap();
    workdir.init().unwrap();
    workdir.apply().unwrap().ok().unwrap();

    let service = Service {
        name: "cloudfront",
        endpoint_variable: "NO_SUCH_VARIABLE",
        is_global: true,
        timeout: Duration::from_secs(30),
    };
    let outside = Outside {
        cloudwatch: aws_sdk_cloudwatch::Client::new(&cloud.cloudwatch_sdk_config()),
        cloudfront: Client::new(&cloud.sdk_config(), service),
        distribution: workdir.output("distribution_id").unwrap().as_str().unwrap().to_owned(),
        cloud,
    };
    viewers_get_what_they_may(&workdir, &outside, &keys);
    let both_ok = async |outside: &Outside| {
        outside.state("edu/primary").await == StateValue::Ok && outside.state("edu/secondary").await == StateValue::Ok
    };
    outside.until("both regions are healthy", 1.0, both_ok).await;
    assert_eq!(outside.targets().await, REGION_1);

    // The alarm's event alone moves it: the schedule's first look was before, and its next is a minute away.
    let moved = async |outside: &Outside| outside.targets().await == REGION_2;
    outside.until("the write path goes to region 2", 0.0, moved).await;
    let told = async |outside: &Outside| outside.state(ON_SECONDARY).await == StateValue::Alarm;
    outside.until("the alarm on the function's metric", 0.0, told).await;
    let plan = workdir.plan().unwrap();
    assert_eq!(plan.code, 0, "Terraform does not switch it back: {}", plan.text);

    outside.until("region 1 is healthy again", 1.0, both_ok).await;
    assert_eq!(outside.targets().await, REGION_2, "for the hold time");
    tokio::time::sleep(Duration::from_secs(3)).await;
    // The schedule's next look, now: another schedule with the same target, since a rate fires at once.
    let scheduler = aws_sdk_scheduler::Client::new(&outside.cloud.sdk_config());
    let schedule = scheduler
        .get_schedule()
        .name("edu-origin-failover")
        .send()
        .await
        .unwrap();
    let now = scheduler
        .create_schedule()
        .name("now")
        .schedule_expression("rate(1 hour)");
    let now = now.set_flexible_time_window(schedule.flexible_time_window);
    now.set_target(schedule.target).send().await.unwrap();
    let back = async |outside: &Outside| outside.targets().await == REGION_1;
    outside.until("the write path comes back", 1.0, back).await;
    assert!(outside.cloud.cloudwatch().delivery_failures().is_empty());
    // hashicorp/aws would disable it and wait half a minute.
    let distribution = json!({ "distribution": outside.distribution });
    tokio::task::block_in_place(|| viewer(&outside.cloud, "disable", &distribution));
    workdir.destroy().unwrap().ok().unwrap();
}

/// Viewers of the distribution, and clients of the API without it (D8, D9, D11, F5).
fn viewers_get_what_they_may(workdir: &Workdir, outside: &Outside, keys: &Value) {
    let mut configuration = workdir.output("viewer").unwrap();
    configuration["private"] = keys["private"].clone();
    configuration["values"] = json!(VALUES);
    let cloud = &outside.cloud;
    tokio::task::block_in_place(|| viewer(cloud, "use", &configuration));
}

/// A step of `cdn_viewer.py`, and what it prints.
fn viewer(cloud: &LocalCloud, step: &str, configuration: &Value) -> Value {
    let mut configuration = configuration.clone();
    configuration["endpoint"] = json!(cloud.endpoint_url());
    let mut script = toolchain::python("tests/acceptance/python/cdn_viewer.py").unwrap();
    script
        .args([configuration.to_string().as_str(), step])
        .envs(cloud.environment());
    let printed = toolchain::printed(&mut script).unwrap_or_else(|error| panic!("{step}: {error}"));
    serde_json::from_slice(&printed).unwrap()
}
