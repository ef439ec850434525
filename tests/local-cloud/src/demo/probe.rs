//! The probe in the demo: a function that measures the demo's MongoDB, and its numbers in CloudWatch.

use std::path::Path;

use anyhow::{Context as _, Result, bail};
use aws_config::SdkConfig;
use aws_sdk_lambda::primitives::Blob;
use metric_names::mongodb as metric;
use serde_json::json;

use super::{metrics, services};

const PROBE: &str = "mongo-probe";
/// Name of the cluster in the metrics.
const CLUSTER: &str = "main";
/// What FerretDB lets be measured by a function that is started anew for each event, as the local cloud does: a MongoDB tells its connections, lag,
/// cache and disk as well, and AWS keeps the function, so that it has two samples for the operations a second.
const TOLD: [&str; 2] = [metric::UP, metric::ROUND_TRIP_MILLISECONDS];

pub(super) struct Probe {
    lambda: aws_sdk_lambda::Client,
    cloudwatch: aws_sdk_cloudwatch::Client,
}

impl Probe {
    /// Puts the function on Lambda.
    pub(super) async fn create(sdk: &SdkConfig, cloudwatch: &SdkConfig, uri: &str, program: &Path) -> Result<Self> {
        let secrets = aws_sdk_secretsmanager::Client::new(sdk);
        let secret = secrets
            .create_secret()
            .name("school-mongo-probe")
            .secret_string(json!({ "uri": uri }).to_string());
        let secret = secret.send().await?;
        let secret_arn = secret.arn().context("a new secret has no ARN")?;
        let lambda = aws_sdk_lambda::Client::new(sdk);
        let size = services::Size {
            memory_mb: 128,
            timeout_seconds: 20,
        };
        let environment = [("LECTERN_CLUSTER", CLUSTER), ("LECTERN_MONGO_SECRET_ARN", secret_arn)];
        services::create_function(&lambda, PROBE, program, size, &environment).await?;
        Ok(Self {
            lambda,
            cloudwatch: aws_sdk_cloudwatch::Client::new(cloudwatch),
        })
    }

    /// Sends the event that a schedule sends each minute.
    async fn measure(&self) -> Result<()> {
        let call = self.lambda.invoke().function_name(PROBE);
        let answer = call
            .payload(Blob::new(json!({ "version": 1 }).to_string()))
            .send()
            .await?;
        let payload = answer.payload().map(|payload| payload.as_ref()).unwrap_or_default();
        if answer.function_error().is_some() {
            bail!("{PROBE} failed: {}", String::from_utf8_lossy(payload));
        }
        Ok(())
    }

    /// Measures, and returns what CloudWatch has of it.
    pub(super) async fn numbers(&self) -> Result<Vec<String>> {
        self.measure().await?;
        let mut lines = Vec::new();
        for name in TOLD {
            let line = metrics::line(&self.cloudwatch, metric::NAMESPACE, name, (metric::CLUSTER, CLUSTER));
            lines.push(line.await?);
        }
        Ok(lines)
    }
}
