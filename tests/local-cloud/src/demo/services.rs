//! What the alarms watch and whom they tell: functions, a topic, and a queue that listens to it.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use aws_config::SdkConfig;
use aws_sdk_lambda::primitives::Blob;
use aws_sdk_lambda::types::{Environment, FunctionCode, Runtime, State};
use aws_sdk_sqs::types::QueueAttributeName;
use serde_json::{Value, json};

use crate::package::{self, BOOTSTRAP, Effort};

/// The function that is called by its alias, and fails when asked for a course it does not have.
pub(super) const CATALOGUE: &str = "course-catalogue";
/// A second one, called by its name.
pub(super) const SEARCH: &str = "course-search";
pub(super) const ALIAS: &str = "live";

/// Until a new function must be active.
const ACTIVE: Duration = Duration::from_secs(30);

pub(super) struct Services {
    lambda: aws_sdk_lambda::Client,
    alarms: Listener,
}

impl Services {
    /// Creates everything; `bootstrap` is the functions' program.
    pub(super) async fn create(sdk: &SdkConfig, bootstrap: &Path) -> Result<Self> {
        let lambda = aws_sdk_lambda::Client::new(sdk);
        for name in [CATALOGUE, SEARCH] {
            create_function(
                &lambda,
                name,
                bootstrap,
                Size {
                    memory_mb: 128,
                    timeout_seconds: 3,
                },
                &[],
            )
            .await?;
        }
        let version = lambda.publish_version().function_name(CATALOGUE).send().await?;
        let version = version.version().context("a published version has no number")?;
        lambda
            .create_alias()
            .function_name(CATALOGUE)
            .name(ALIAS)
            .function_version(version)
            .send()
            .await?;
        let alarms = Listener::create(sdk, "course-alarms").await?;
        Ok(Self { lambda, alarms })
    }

    pub(super) fn topic_arn(&self) -> &str {
        &self.alarms.topic_arn
    }

    /// Asks the catalogue for a course, by its alias, and returns the answer or the function's error.
    pub(super) async fn invoke(&self, course: &str) -> Result<String> {
        let event = Blob::new(json!({ "course": course }).to_string());
        let answer = self
            .lambda
            .invoke()
            .function_name(CATALOGUE)
            .qualifier(ALIAS)
            .payload(event)
            .send()
            .await?;
        let payload = answer
            .payload()
            .map(|payload| String::from_utf8_lossy(payload.as_ref()).into_owned());
        let payload = payload.unwrap_or_default();
        match answer.function_error() {
            None => Ok(payload),
            Some(_) => {
                let error: Value = serde_json::from_str(&payload).unwrap_or_default();
                Ok(format!("error: {}", error["errorMessage"].as_str().unwrap_or(&payload)))
            }
        }
    }

    /// Waits for the message that `alarm` went to ALARM and returns what a person would read of it.
    pub(super) async fn alarm_message(&self, alarm: &str, limit: Duration) -> Result<Vec<String>> {
        let deadline = Instant::now() + limit;
        while Instant::now() < deadline {
            for body in self.alarms.receive().await? {
                if body["AlarmName"] == alarm && body["NewStateValue"] == "ALARM" {
                    let fields = [
                        "AlarmName",
                        "NewStateValue",
                        "OldStateValue",
                        "NewStateReason",
                        "StateChangeTime",
                    ];
                    return Ok(fields
                        .map(|name| format!("  {name}: {}", body[name].as_str().unwrap_or_default()))
                        .into());
                }
            }
        }
        bail!("no message about {alarm} came within {} s", limit.as_secs())
    }
}

/// A topic, and a queue that listens to it.
pub(super) struct Listener {
    sqs: aws_sdk_sqs::Client,
    pub(super) topic_arn: String,
    queue_url: String,
}

impl Listener {
    /// Creates both with this name.
    pub(super) async fn create(sdk: &SdkConfig, name: &str) -> Result<Self> {
        let sns = aws_sdk_sns::Client::new(sdk);
        let sqs = aws_sdk_sqs::Client::new(sdk);
        let topic = sns.create_topic().name(name).send().await?;
        let topic_arn = topic.topic_arn().context("a new topic has no ARN")?.to_owned();
        let queue = sqs.create_queue().queue_name(name).send().await?;
        let queue_url = queue.queue_url().context("a new queue has no URL")?.to_owned();
        let attributes = sqs
            .get_queue_attributes()
            .queue_url(&queue_url)
            .attribute_names(QueueAttributeName::QueueArn)
            .send()
            .await?;
        let queue_arn = attributes
            .attributes()
            .and_then(|of| of.get(&QueueAttributeName::QueueArn));
        let queue_arn = queue_arn.context("a new queue has no ARN")?;
        sns.subscribe()
            .topic_arn(&topic_arn)
            .protocol("sqs")
            .endpoint(queue_arn)
            .send()
            .await?;
        Ok(Self {
            sqs,
            topic_arn,
            queue_url,
        })
    }

    /// Waits up to a second for messages, and takes them from the queue: what was published, without the envelope that SNS puts around it.
    pub(super) async fn receive(&self) -> Result<Vec<Value>> {
        let received = self
            .sqs
            .receive_message()
            .queue_url(&self.queue_url)
            .wait_time_seconds(1)
            .max_number_of_messages(10)
            .send();
        let mut published = Vec::new();
        for message in received.await?.messages() {
            let envelope: Value = serde_json::from_str(message.body().unwrap_or_default())?;
            published.push(serde_json::from_str(envelope["Message"].as_str().unwrap_or_default())?);
            if let Some(receipt) = message.receipt_handle() {
                let taken = self.sqs.delete_message().queue_url(&self.queue_url);
                taken.receipt_handle(receipt).send().await?;
            }
        }
        Ok(published)
    }
}

/// What a function has.
pub(super) struct Size {
    pub(super) memory_mb: i32,
    pub(super) timeout_seconds: i32,
}

/// Makes a function of `program` and waits until it is active.
pub(super) async fn create_function(
    lambda: &aws_sdk_lambda::Client,
    name: &str,
    program: &Path,
    size: Size,
    environment: &[(&str, &str)],
) -> Result<()> {
    let package = package::zip(program, BOOTSTRAP, Effort::Least)?;
    let variables = environment
        .iter()
        .fold(Environment::builder(), |variables, (name, value)| {
            variables.variables(*name, *value)
        });
    lambda
        .create_function()
        .function_name(name)
        .runtime(Runtime::Providedal2023)
        .handler(BOOTSTRAP)
        // The local cloud lets a function run without the role existing; the API wants one named.
        .role(format!("arn:aws:iam::000000000000:role/{name}"))
        .code(FunctionCode::builder().zip_file(Blob::new(package)).build())
        .memory_size(size.memory_mb)
        .timeout(size.timeout_seconds)
        .environment(variables.build())
        .send()
        .await?;
    let deadline = Instant::now() + ACTIVE;
    while Instant::now() < deadline {
        let configuration = lambda.get_function_configuration().function_name(name).send().await?;
        if configuration.state() == Some(&State::Active) {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    bail!("function {name} was not active after {} s", ACTIVE.as_secs())
}
