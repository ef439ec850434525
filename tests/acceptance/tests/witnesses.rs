//! Independent witnesses: clients that are not ours agree on what the bundle made and on how the emulator answers.

use acceptance::running::RunningProvider;
use acceptance::terraform::{Engine, REQUIRED_PROVIDERS, Workdir, aws_provider_or_skip};
use cloudwatch_emulator::{Emulator, Options};
use local_cloud::{toolchain, workspace};

const AWS_PROVIDER: &str = r#"
terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}

provider "aws" {
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_region_validation      = true
}
"#;

fn environment(endpoint: &str) -> [(&'static str, &str); 4] {
    [
        ("AWS_ENDPOINT_URL", endpoint),
        ("AWS_ACCESS_KEY_ID", "111122223333"),
        ("AWS_SECRET_ACCESS_KEY", "secret"),
        ("AWS_REGION", "us-east-1"),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn boto3_finds_the_emulator_to_be_cloudwatch() {
    let emulator = Emulator::start(Options::default()).await.unwrap();
    let mut witness = toolchain::python("tests/cloudwatch-emulator/tests/boto3_witness.py").unwrap();
    toolchain::printed(witness.arg(emulator.endpoint_url())).unwrap();
}

#[test]
fn foreign_validators_find_the_contract_sound() {
    let root = workspace::root();
    let mut witness = toolchain::python("tests/acceptance/python/contract_witness.py").unwrap();
    witness
        .arg(root.join("handlers/api-contract/openapi.json"))
        .arg(root.join("terraform/modules/api/contract.json"));
    toolchain::printed(&mut witness).unwrap();
}

/// What a bundle makes, read by the resource that people use today: its import of our alarms plans no change.
#[tokio::test(flavor = "multi_thread")]
async fn the_aws_provider_reads_our_alarms_as_we_mean_them() {
    const TEST: &str = "the_aws_provider_reads_our_alarms_as_we_mean_them";
    let Some(binary) = aws_provider_or_skip(TEST).unwrap() else {
        return;
    };
    let emulator = Emulator::start(Options::default()).await.unwrap();
    let endpoint = emulator.endpoint_url();
    let ours = Workdir::new(Engine::Terraform, &environment(&endpoint)).unwrap();
    ours.write("versions.tf", REQUIRED_PROVIDERS).unwrap();
    ours.write(
        "main.tf",
        r#"
provider "lectern" {
  alarm_writes_per_second = 0
}
resource "lectern_alarm_bundle" "edu" {
  name        = "edu"
  severities  = { warning = {}, critical = { alarm_actions = ["arn:aws:sns:us-east-1:111122223333:page"] } }
  lambda      = { upload = { function_name = "edu-upload", timeout_seconds = 30 } }
  api_gateway = { main = { api_name = "edu", stage = "v1" } }
  composite   = { severity = "warning" }
  tags        = { team = "platform" }
}
"#,
    )
    .unwrap();
    ours.init().unwrap();
    ours.apply().unwrap().ok().unwrap();
    let state = ours.state_of("lectern_alarm_bundle.edu").unwrap();
    let alarms = &state["alarms"];
    // CloudWatch has the marker behind the attribute.
    let stored = |description: &serde_json::Value| {
        let [description, token] = [description, &state["owner_token"]].map(|text| text.as_str().unwrap());
        serde_json::to_string(&format!("{description}\nlectern:edu:{token}")).unwrap()
    };
    let description = |key: &str| stored(&alarms[key]["description"]);

    let aws = RunningProvider::start(&binary, &environment(&endpoint)).unwrap();
    let theirs = Workdir::with_running_aws(Engine::Terraform, &environment(&endpoint), &aws).unwrap();
    theirs.write("provider.tf", AWS_PROVIDER).unwrap();
    theirs
        .write(
            "main.tf",
            &format!(
                r#"
import {{
  to = aws_cloudwatch_metric_alarm.errors
  id = "edu/lambda/upload/errors/critical"
}}
resource "aws_cloudwatch_metric_alarm" "errors" {{
  alarm_name          = "edu/lambda/upload/errors/critical"
  alarm_description   = {errors}
  namespace           = "AWS/Lambda"
  metric_name         = "Errors"
  dimensions          = {{ FunctionName = "edu-upload" }}
  statistic           = "Sum"
  period              = 60
  evaluation_periods  = 1
  datapoints_to_alarm = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"
  alarm_actions       = ["arn:aws:sns:us-east-1:111122223333:page"]
  tags                = {{ team = "platform" }}
}}
import {{
  to = aws_cloudwatch_metric_alarm.rate
  id = "edu/api_gateway/main/error_rate_4xx/warning"
}}
resource "aws_cloudwatch_metric_alarm" "rate" {{
  alarm_name          = "edu/api_gateway/main/error_rate_4xx/warning"
  alarm_description   = {rate}
  evaluation_periods  = 5
  datapoints_to_alarm = 5
  comparison_operator = "GreaterThanThreshold"
  threshold           = 2
  treat_missing_data  = "notBreaching"
  tags                = {{ team = "platform" }}
  metric_query {{
    id          = "expr"
    expression  = "IF(n >= 20, e * 100)"
    return_data = true
  }}
  metric_query {{
    id = "e"
    metric {{
      namespace   = "AWS/ApiGateway"
      metric_name = "4XXError"
      dimensions  = {{ ApiName = "edu", Stage = "v1" }}
      stat        = "Average"
      period      = 60
    }}
  }}
  metric_query {{
    id = "n"
    metric {{
      namespace   = "AWS/ApiGateway"
      metric_name = "Count"
      dimensions  = {{ ApiName = "edu", Stage = "v1" }}
      stat        = "SampleCount"
      period      = 60
    }}
  }}
}}
import {{
  to = aws_cloudwatch_composite_alarm.warning
  id = "edu/composite/warning"
}}
resource "aws_cloudwatch_composite_alarm" "warning" {{
  alarm_name        = "edu/composite/warning"
  alarm_description = {composite}
  alarm_rule        = {rule}
  tags              = {{ team = "platform" }}
}}
"#,
                errors = description("lambda/upload/errors/critical"),
                rate = description("api_gateway/main/error_rate_4xx/warning"),
                composite = stored(&state["composite_alarm"]["description"]),
                rule = serde_json::to_string(&state["composite_alarm"]["rule"]).unwrap(),
            ),
        )
        .unwrap();
    theirs.init().unwrap();
    let plan = theirs.plan().unwrap();
    assert!(
        plan.text.contains("3 to import, 0 to add, 0 to change, 0 to destroy"),
        "{}",
        plan.text
    );
    theirs.apply().unwrap().ok().unwrap();
    assert_eq!(theirs.plan().unwrap().code, 0);
    assert_eq!(ours.plan().unwrap().code, 0, "and ours is settled still");
}

/// The emulator serves the AWS provider's own alarms: create, settle, change, destroy.
#[tokio::test(flavor = "multi_thread")]
async fn the_aws_provider_finds_the_emulator_to_be_cloudwatch() {
    const TEST: &str = "the_aws_provider_finds_the_emulator_to_be_cloudwatch";
    let Some(binary) = aws_provider_or_skip(TEST).unwrap() else {
        return;
    };
    let emulator = Emulator::start(Options::default()).await.unwrap();
    let endpoint = emulator.endpoint_url();
    let aws = RunningProvider::start(&binary, &environment(&endpoint)).unwrap();
    let workdir = Workdir::with_running_aws(Engine::Terraform, &environment(&endpoint), &aws).unwrap();
    workdir.write("provider.tf", AWS_PROVIDER).unwrap();
    let config = |threshold: &str| {
        format!(
            r#"
resource "aws_cloudwatch_metric_alarm" "one" {{
  alarm_name          = "one"
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateAgeOfOldestMessage"
  dimensions          = {{ QueueName = "jobs" }}
  extended_statistic  = "p99.9"
  evaluate_low_sample_count_percentiles = "ignore"
  period              = 60
  evaluation_periods  = 5
  datapoints_to_alarm = 3
  comparison_operator = "GreaterThanThreshold"
  threshold           = {threshold}
  unit                = "Seconds"
  tags                = {{ a = "b" }}
}}
resource "aws_cloudwatch_composite_alarm" "all" {{
  alarm_name      = "all"
  alarm_rule      = "ALARM(\"${{aws_cloudwatch_metric_alarm.one.alarm_name}}\")"
  actions_enabled = false
}}
"#
        )
    };
    workdir.write("main.tf", &config("0.1")).unwrap();
    workdir.init().unwrap();
    workdir.apply().unwrap().ok().unwrap();
    let second = workdir.plan().unwrap();
    assert_eq!(second.code, 0, "{}", second.text);
    workdir.write("main.tf", &config("300")).unwrap();
    workdir.apply().unwrap().ok().unwrap();
    assert_eq!(workdir.plan().unwrap().code, 0);
    workdir.destroy().unwrap().ok().unwrap();
    assert!(emulator.calls().iter().any(|call| call.operation == "DeleteAlarms"));
}
