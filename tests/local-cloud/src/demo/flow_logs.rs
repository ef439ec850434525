//! The flow log guard in the demo: lines of a VPC flow log in CloudWatch Logs, which hands them to the function, and what the function
//! publishes of them.

use std::path::Path;
use std::time::{Duration, Instant, SystemTime};

use anyhow::{Context as _, Result, bail};
use aws_config::SdkConfig;
use lambda_kit::signed::{Client, Request, Service};
use metric_names::flow_logs as metric;
use serde_json::{Value, json};

use super::metrics;
use super::services::{self, Listener};

const GUARD: &str = "flow-log-guard";
const GROUP: &str = "/aws/vpc/school/flow-logs";
const INTERFACE: &str = "eni-0a1b2c3d4e5f60718";
/// RFC 5737: for documentation, and public as far as anybody can tell.
const PUBLIC: &str = "198.51.100.7";

/// Until the finding must have come.
const HEARD: Duration = Duration::from_secs(30);

const LOGS: Service = Service {
    name: "logs",
    endpoint_variable: "AWS_ENDPOINT_URL_CLOUDWATCH_LOGS",
    is_global: false,
    timeout: Duration::from_secs(10),
};

pub(super) struct FlowLogs {
    logs: Client,
    cloudwatch: aws_sdk_cloudwatch::Client,
    findings: Listener,
}

impl FlowLogs {
    /// Puts the function on Lambda, with a log group that it reads and a topic for what it finds.
    pub(super) async fn create(sdk: &SdkConfig, cloudwatch: &SdkConfig, program: &Path) -> Result<Self> {
        let findings = Listener::create(sdk, "flow-log-findings").await?;
        let lambda = aws_sdk_lambda::Client::new(sdk);
        let size = services::Size {
            memory_mb: 256,
            timeout_seconds: 30,
        };
        let environment = [("LECTERN_FINDINGS_TOPIC_ARN", findings.topic_arn.as_str())];
        services::create_function(&lambda, GUARD, program, size, &environment).await?;
        let permission = lambda.add_permission().function_name(GUARD).statement_id("logs");
        let permission = permission
            .action("lambda:InvokeFunction")
            .principal("logs.amazonaws.com");
        permission.send().await?;
        let function = lambda.get_function_configuration().function_name(GUARD).send().await?;
        let function_arn = function.function_arn().context("a function has no ARN")?;
        let flow_logs = Self {
            logs: Client::new(sdk, LOGS),
            cloudwatch: aws_sdk_cloudwatch::Client::new(cloudwatch),
            findings,
        };
        let group = json!({ "logGroupName": GROUP });
        flow_logs.call("CreateLogGroup", &group).await?;
        let filter =
            json!({ "logGroupName": GROUP, "filterName": GUARD, "filterPattern": "", "destinationArn": function_arn });
        flow_logs.call("PutSubscriptionFilter", &filter).await?;
        let stream = json!({ "logGroupName": GROUP, "logStreamName": format!("{INTERFACE}-all") });
        flow_logs.call("CreateLogStream", &stream).await?;
        Ok(flow_logs)
    }

    /// Writes a flow within the network and one to a public address, as VPC does it, and returns the lines.
    pub(super) async fn write(&self) -> Result<Vec<String>> {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?;
        let (start, end) = (now.as_secs() - 60, now.as_secs());
        // The default format of version 2.
        let line = |destination: &str, port: u16| {
            format!(
                "2 000000000000 {INTERFACE} 10.42.0.10 {destination} 40001 {port} 6 12 4800 {start} {end} ACCEPT OK"
            )
        };
        let lines = vec![line("10.42.1.20", 27017), line(PUBLIC, 443)];
        let timestamp = u64::try_from(now.as_millis())?;
        let events: Vec<_> = lines
            .iter()
            .map(|line| json!({ "timestamp": timestamp, "message": line }))
            .collect();
        let stream = format!("{INTERFACE}-all");
        let call = json!({ "logGroupName": GROUP, "logStreamName": stream, "logEvents": events });
        self.call("PutLogEvents", &call).await?;
        Ok(lines)
    }

    /// Waits for what the function publishes, and returns what a person would read of it, and the metric that the alarm looks at.
    pub(super) async fn finding(&self) -> Result<Vec<String>> {
        let deadline = Instant::now() + HEARD;
        loop {
            let messages = self.findings.receive().await?;
            if let Some(finding) = messages.iter().find(|message| message["kind"] == "public_address_flow") {
                if finding["destination"] != PUBLIC {
                    bail!("{GUARD} reported another flow: {finding}");
                }
                let dimension = (metric::FLOW_LOG_GROUP, GROUP);
                let counted = metrics::line(
                    &self.cloudwatch,
                    metric::NAMESPACE,
                    metric::PUBLIC_ADDRESS_FLOWS,
                    dimension,
                );
                return Ok(vec![in_words(finding), counted.await?]);
            }
            if Instant::now() > deadline {
                bail!("{GUARD} reported nothing within {} s", HEARD.as_secs());
            }
        }
    }

    async fn call(&self, operation: &'static str, body: &Value) -> Result<()> {
        let target = format!("Logs_20140328.{operation}");
        let body = body.to_string();
        let request = Request {
            operation,
            method: "POST",
            target: "/",
            headers: &[
                ("content-type", "application/x-amz-json-1.1"),
                ("x-amz-target", &target),
            ],
            body: &body,
        };
        self.logs.send(&request).await?;
        Ok(())
    }
}

/// `ACCEPT 10.42.0.10:40001 -> 198.51.100.7:443: public destination, records: 1, bytes: 4800, eni-...`.
fn in_words(finding: &Value) -> String {
    let text = |name: &str| finding[name].as_str().unwrap_or_default();
    let listed = |name: &str| {
        let texts = finding[name].as_array().into_iter().flatten().filter_map(Value::as_str);
        texts.collect::<Vec<_>>().join(", ")
    };
    format!(
        "{} {}:{} -> {}:{}: public {}, records: {}, bytes: {}, {}",
        text("action"),
        text("source"),
        finding["source_port"],
        text("destination"),
        finding["destination_port"],
        listed("public"),
        finding["records"],
        finding["bytes"],
        listed("interface_ids"),
    )
}
