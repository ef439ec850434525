//! The module mongo-probe on a local cloud that enforces IAM: its schedule starts the function, and the cluster's numbers are in CloudWatch.

use std::time::{Duration, Instant, SystemTime};

use acceptance::running::RunningProvider;
use acceptance::terraform::{Engine, Workdir, aws_provider_or_skip};
use aws_sdk_cloudwatch::primitives::DateTime;
use aws_sdk_cloudwatch::types::{Dimension, Statistic};
use aws_sdk_lambda::primitives::Blob;
use cloudwatch_emulator::DEFAULT_ACCOUNT;
use local_cloud::package::{self, BOOTSTRAP, Effort};
use local_cloud::{LocalCloud, Options, workspace};
use mongo_emulator::MongoEmulator;
use serde_json::json;

const PATIENCE: Duration = Duration::from_secs(90);

const CONFIGURATION: &str = r#"
terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
    lectern = {
      source = "lectern/lectern"
    }
  }
}

resource "lectern_alarm_bundle" "probe" {
  name       = "probe"
  severities = { warning = {}, critical = {} }
  mongodb    = { main = module.probe.alarm_target }
}

provider "aws" {
  skip_credentials_validation = true
  skip_requesting_account_id  = true
}

variable "secret_arn" {
  type = string
}

variable "package_path" {
  type = string
}

module "probe" {
  source = "./modules/mongo-probe"

  name         = "edu"
  cluster      = "main"
  mongo_secret = { arn = var.secret_arn }
  package      = { path = var.package_path }
}
"#;

const SILENT: &str = "probe/mongodb/main/probe_silent/critical";

fn state(cloud: &LocalCloud) -> &'static str {
    let alarm = cloud.cloudwatch().alarm(DEFAULT_ACCOUNT, "us-east-1", SILENT);
    alarm.unwrap().state.value.as_str()
}

/// The highest value of a metric in the last minutes.
async fn metric(cloudwatch: &aws_sdk_cloudwatch::Client, name: &str) -> Option<f64> {
    let now = SystemTime::now();
    let cluster = Dimension::builder().name("Cluster").value("main").build();
    let call = cloudwatch
        .get_metric_statistics()
        .namespace("Lectern/MongoDB")
        .metric_name(name)
        .dimensions(cluster)
        .start_time(DateTime::from(now - Duration::from_secs(600)))
        .end_time(DateTime::from(now + Duration::from_secs(60)))
        .period(60)
        .statistics(Statistic::Maximum);
    let found = call.send().await.unwrap();
    found
        .datapoints()
        .iter()
        .filter_map(|point| point.maximum())
        .reduce(f64::max)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_schedule_of_the_module_measures_the_cluster() {
    const TEST: &str = "the_schedule_of_the_module_measures_the_cluster";
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
    let mongo = MongoEmulator::start(mongo_emulator::Options {
        members: 2,
        ..mongo_emulator::Options::default()
    })
    .unwrap();
    mongo.set_lag(1, Duration::from_secs(7));
    let secrets = aws_sdk_secretsmanager::Client::new(&cloud.sdk_config());
    let secret = json!({ "uri": mongo.uri() }).to_string();
    let secret = secrets.create_secret().name("mongo").secret_string(secret).send().await;
    let secret_arn = secret.unwrap().arn.unwrap();

    let environment = cloud.environment();
    let environment: Vec<_> = environment
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let aws = RunningProvider::start(&aws_provider, &environment).unwrap();
    let workdir = Workdir::with_running_aws(Engine::Terraform, &environment, &aws).unwrap();
    workdir.copy_modules().unwrap();
    workdir.write("main.tf", CONFIGURATION).unwrap();
    let binary = workspace::binary("mongo-probe").unwrap();
    let zip = package::zip(&binary, BOOTSTRAP, Effort::Least).unwrap();
    // The provider that runs already has a folder of its own.
    let package = workdir.path().join("mongo-probe.zip");
    std::fs::write(&package, zip).unwrap();
    workdir.set("package_path", json!(package)).unwrap();
    workdir.set("secret_arn", json!(secret_arn)).unwrap();
    workdir.init().unwrap();
    workdir.apply().unwrap().ok().unwrap();

    let cloudwatch = aws_sdk_cloudwatch::Client::new(&cloud.cloudwatch_sdk_config());
    let started = Instant::now();
    while metric(&cloudwatch, "Up").await.is_none() {
        let log = || std::fs::read_to_string(cloud.folder().join("ministack.log")).unwrap_or_default();
        assert!(started.elapsed() < PATIENCE, "nothing was measured:\n{}", log());
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    assert_eq!(metric(&cloudwatch, "Up").await, Some(1.0));
    assert_eq!(metric(&cloudwatch, "ReplicationLagSeconds").await, Some(7.0));
    assert!(metric(&cloudwatch, "Connections").await.is_some_and(|open| open >= 1.0));
    let plan = workdir.plan().unwrap();
    assert_eq!(plan.code, 0, "{}", plan.text);

    // A cluster that does not answer is measured by nobody: 5 of 5 minutes, which pass at once here.
    let until = Instant::now() + PATIENCE;
    while state(&cloud) != "OK" {
        assert!(Instant::now() < until, "{SILENT} is {}", state(&cloud));
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    drop(mongo);
    let lambda = aws_sdk_lambda::Client::new(&cloud.sdk_config());
    let probe = lambda.invoke().function_name("edu-mongo-probe");
    let probe = probe.payload(Blob::new(r#"{ "version": 1 }"#)).send().await.unwrap();
    let said = String::from_utf8(probe.payload.unwrap().into_inner()).unwrap();
    assert!(said.contains("MongoUnreachable"), "{said}");
    cloud.cloudwatch().advance(Duration::from_secs(1200));
    let until = Instant::now() + PATIENCE;
    while state(&cloud) != "ALARM" {
        assert!(Instant::now() < until, "{SILENT} is {}", state(&cloud));
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    workdir.destroy().unwrap().ok().unwrap();
}
