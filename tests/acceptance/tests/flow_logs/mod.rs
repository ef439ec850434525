//! The module flow-log-guard on a local cloud that enforces IAM: lines in the flow log's group become findings and an alarm.
//! The module audit beside it.

use std::fs;
use std::time::{Duration, Instant};

use acceptance::running::RunningProvider;
use acceptance::terraform::{Engine, Workdir, aws_provider_or_skip};
use aws_config::SdkConfig;
use aws_sdk_sqs::types::QueueAttributeName;
use local_cloud::package::{self, BOOTSTRAP, Effort};
use local_cloud::{LocalCloud, Options, toolchain, workspace};
use serde_json::{Value, json};

const HANDLER: &str = "flow-log-guard";
const ALARM: &str = "edu/flow_logs/vpc/public_addresses/critical";

/// A period of five minutes has to end first, unless the emulator counts the one that runs.
const ALARM_WITHIN: Duration = Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread")]
async fn lines_of_a_flow_log_become_findings_and_an_alarm() {
    const TEST: &str = "lines_of_a_flow_log_become_findings_and_an_alarm";
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
    let zip = package::zip(&workspace::binary(HANDLER).unwrap(), BOOTSTRAP, Effort::Least).unwrap();
    let path = workdir.path().join("flow-log-guard.zip");
    fs::write(&path, zip).unwrap();
    workdir.set("package_path", json!(path)).unwrap();
    let endpoint = json!({ "AWS_ENDPOINT_URL": cloud.endpoint_url() });
    workdir.set("environment", endpoint).unwrap();
    let queues = Queues::create(&cloud.sdk_config()).await;
    workdir.set("queues", queues.arns.clone()).unwrap();
    workdir.init().unwrap();
    workdir.apply().unwrap().ok().unwrap();
    let plan = workdir.plan().unwrap();
    assert_eq!(plan.code, 0, "{}", plan.text);

    let s3 = workdir.output("s3_addresses").unwrap();
    let of_s3 = s3[0].as_str().unwrap().split('/').next().unwrap();
    let line = |destination: &str, action: &str| {
        format!("3 eni-0a1b2c3d4e5f60718 10.42.0.10 {destination} 40001 443 6 1700000041 {action} OK")
    };
    let lines = [
        line("10.42.1.20", "ACCEPT"),
        line(of_s3, "ACCEPT"),
        line("100.65.3.3", "ACCEPT"),
        line("198.51.100.7", "ACCEPT"),
        line("198.51.100.7", "ACCEPT"),
        line("198.51.100.8", "REJECT"),
        "3 eni-0a1b2c3d4e5f60718 - - - - - 1700000101 - NODATA".to_owned(),
        "3 eni-0a1b2c3d4e5f60718".to_owned(),
    ];
    let heard = heard(&cloud, &queues.urls, &lines);

    // Of the topic, the alarm's notification is one too.
    let messages: Vec<Value> = heard["topic"].as_array().unwrap().iter().map(of_the_topic).collect();
    let of_kind = |kind: &str| {
        messages
            .iter()
            .filter(|message| message["kind"] == kind)
            .collect::<Vec<_>>()
    };
    let found: Vec<_> = of_kind("public_address_flow")
        .into_iter()
        .map(|finding| (&finding["destination"], &finding["action"], &finding["records"]))
        .collect();
    assert!(
        found.contains(&(&json!("198.51.100.7"), &json!("ACCEPT"), &json!(2))),
        "{messages:#?}"
    );
    assert!(
        found.contains(&(&json!("198.51.100.8"), &json!("REJECT"), &json!(1))),
        "{messages:#?}"
    );
    assert_eq!(found.len(), 2, "{messages:#?}");
    assert_eq!(of_kind("unreadable_records")[0]["unreadable"], 1);
    assert!(
        messages.iter().any(|message| message["AlarmName"] == ALARM),
        "{messages:#?}"
    );

    // The rule takes the accepted flow alone.
    let events = heard["bus"].as_array().unwrap();
    assert_eq!(events.len(), 1, "{events:#?}");
    assert_eq!(
        events[0]["detail"]["id"],
        of_kind("public_address_flow")
            .into_iter()
            .find(|finding| finding["action"] == "ACCEPT")
            .unwrap()["id"]
    );

    workdir.destroy().unwrap().ok().unwrap();
}

/// What ministack drops when it creates a trail and keeps when it updates one.
const DROPPED_AT_CREATE: [&str; 4] = [
    "cloud_watch_logs_group_arn",
    "cloud_watch_logs_role_arn",
    "tags",
    "tags_all",
];

/// AWS Config is moto's, which refuses a rule that AWS does not have; the rest is ministack's. Neither delivers a file.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes minutes: .ci/run starts it, and `cargo test --workspace --test acceptance -- --ignored`"]
async fn the_records_of_an_account_are_made_adopted_and_removed() {
    const TEST: &str = "the_records_of_an_account_are_made_adopted_and_removed";
    const ROOT_USAGE: &str = "edu-audit/extra/cis_root_usage/critical";
    let Some(aws_provider) = aws_provider_or_skip(TEST).unwrap() else {
        return;
    };
    let options = Options {
        moto: true,
        ..Options::default()
    };
    let cloud = tokio::task::spawn_blocking(|| LocalCloud::start(options));
    let cloud = cloud.await.unwrap().unwrap();
    let config = cloud.moto_url().unwrap();
    let mut environment = cloud.environment();
    environment.push(("AWS_ENDPOINT_URL_CONFIG_SERVICE".to_owned(), config));
    let environment: Vec<_> = environment
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let aws = RunningProvider::start(&aws_provider, &environment).unwrap();
    let workdir = Workdir::with_running_aws(Engine::Terraform, &environment, &aws).unwrap();
    workdir.keep_state_in(&cloud).unwrap();
    workdir.copy_modules().unwrap();
    workdir.write("main.tf", include_str!("audit.tf")).unwrap();
    workdir.init().unwrap();
    workdir.apply().unwrap().ok().unwrap();
    assert_eq!(workdir.plan().unwrap().code, 2);
    let of_the_trail = DROPPED_AT_CREATE.map(|name| format!("module.audit.aws_cloudtrail.this[\"main\"] {name}"));
    assert_eq!(workdir.planned_changes().unwrap(), of_the_trail);

    // A rule that AWS does not have is refused; the trail's update is not held up by it.
    let rules = json!({ "lambda-dlq": { "identifier": "LAMBDA_DQL_CHECK" } });
    workdir.set("rules", rules).unwrap();
    let said = workdir.apply().unwrap();
    assert!(
        said.code == 1 && said.flat().contains("LAMBDA_DQL_CHECK is invalid"),
        "{}",
        said.text
    );
    workdir.set("rules", json!({})).unwrap();
    let plan = workdir.plan().unwrap();
    assert_eq!(plan.code, 0, "{}", plan.text);

    // As the metric filter would count: nothing counts here (README of tests/local-cloud).
    let cloudwatch = aws_sdk_cloudwatch::Client::new(&cloud.cloudwatch_sdk_config());
    let event = aws_sdk_cloudwatch::types::MetricDatum::builder()
        .metric_name("root_usage")
        .value(1.0)
        .build();
    let put = cloudwatch.put_metric_data().namespace("edu/audit").metric_data(event);
    put.send().await.unwrap();
    let deadline = Instant::now() + ALARM_WITHIN;
    loop {
        let found = cloudwatch
            .describe_alarms()
            .alarm_names(ROOT_USAGE)
            .send()
            .await
            .unwrap();
        let state = found.metric_alarms()[0].state_value().unwrap().as_str();
        if state == "ALARM" {
            break;
        }
        assert!(Instant::now() < deadline, "{ROOT_USAGE} is {state}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }

    workdir.destroy().unwrap().ok().unwrap();
}

/// Queues that hear what the guard publishes, by the name of the way to them.
struct Queues {
    arns: Value,
    urls: Value,
}

impl Queues {
    /// Each takes messages of one source, whose ARN follows from its name.
    async fn create(sdk: &SdkConfig) -> Self {
        let sqs = aws_sdk_sqs::Client::new(sdk);
        let (mut arns, mut urls) = (json!({}), json!({}));
        for (name, service, source) in [
            (
                "topic",
                "sns.amazonaws.com",
                "arn:aws:sns:us-east-1:000000000000:findings",
            ),
            (
                "bus",
                "events.amazonaws.com",
                "arn:aws:events:us-east-1:000000000000:rule/security/findings",
            ),
        ] {
            let arn = format!("arn:aws:sqs:us-east-1:000000000000:{name}");
            let policy = json!({
                "Version": "2012-10-17",
                "Statement": [{
                    "Effect": "Allow",
                    "Principal": { "Service": service },
                    "Action": "sqs:SendMessage",
                    "Resource": arn,
                    "Condition": { "ArnEquals": { "aws:SourceArn": source } },
                }],
            });
            let create = sqs.create_queue().queue_name(name);
            let create = create.attributes(QueueAttributeName::Policy, policy.to_string());
            urls[name] = create.send().await.unwrap().queue_url().unwrap().into();
            arns[name] = arn.into();
        }
        Self { arns, urls }
    }
}

/// Body of a message that came by way of SNS.
fn of_the_topic(message: &Value) -> Value {
    serde_json::from_str(message["Message"].as_str().unwrap()).unwrap()
}

/// Writes the lines, and waits for two findings, a notice of the unreadable line and the alarm's on the topic, and the accepted flow on
/// the bus.
fn heard(cloud: &LocalCloud, queues: &Value, lines: &[String]) -> Value {
    let configuration = json!({
        "endpoint": cloud.endpoint_url(),
        "region": "us-east-1",
        "group": "/aws/vpc/edu/flow-logs",
        "stream": "eni-0a1b2c3d4e5f60718-all",
        "lines": lines,
        "queues": queues,
        "log": "/aws/lambda/edu-flow-log-guard",
        "expected": { "topic": 4, "bus": 1 },
    });
    let mut script = toolchain::python("tests/acceptance/python/flow_log_lines.py").unwrap();
    script.arg(configuration.to_string()).envs(cloud.environment());
    let printed = toolchain::printed(&mut script).unwrap_or_else(|error| {
        let log = fs::read_to_string(cloud.folder().join("ministack.log")).unwrap_or_default();
        panic!("{error}\n{log}")
    });
    serde_json::from_slice(&printed).unwrap()
}
