//! The override: a parameter of Systems Manager with `auto`, `primary` or `secondary`.
//!
//! Systems Manager's SDK crate has some 150 operations; the one call is signed by [`lambda_kit::signed`].
//! Source: AWS Systems Manager API reference, "GetParameter".

use std::time::Duration;

use aws_config::SdkConfig;
use lambda_kit::aws::AwsError;
use lambda_kit::signed::{Client, Request, Service};
use serde::Deserialize;
use serde_json::json;

use crate::decision::{Mode, Region};

const OPERATION: &str = "GetParameter";
const SERVICE: Service = Service {
    name: "ssm",
    endpoint_variable: "AWS_ENDPOINT_URL_SSM",
    is_global: false,
    timeout: Duration::from_secs(4),
};

/// The parameter.
#[derive(Debug)]
pub(crate) struct Override {
    client: Client,
    name: String,
}

/// What it says, and its version, which grows with each change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Order {
    pub(crate) mode: Mode,
    pub(crate) version: u64,
}

/// Why nobody knows what it says.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OverrideError {
    #[error(transparent)]
    Call(AwsError),
    #[error("its value is not auto, primary or secondary: set one of them")]
    Value,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    parameter: Parameter,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Parameter {
    value: String,
    #[serde(default)]
    version: u64,
}

impl Override {
    pub(crate) fn new(config: &SdkConfig, name: String) -> Self {
        Self {
            client: Client::new(config, SERVICE),
            name,
        }
    }

    pub(crate) async fn read(&self) -> Result<Order, OverrideError> {
        let body = json!({ "Name": self.name }).to_string();
        let request = Request {
            operation: OPERATION,
            method: "POST",
            target: "/",
            headers: &[
                ("content-type", "application/x-amz-json-1.1"),
                ("x-amz-target", "AmazonSSM.GetParameter"),
            ],
            body: &body,
        };
        let answer = self.client.send(&request).await.map_err(OverrideError::Call)?;
        let answer: Answer = serde_json::from_str(&answer.body).map_err(|error| {
            OverrideError::Call(AwsError::Unreachable {
                operation: OPERATION,
                reason: format!("its answer cannot be read at line {}", error.line()),
            })
        })?;
        let mode = match answer.parameter.value.trim() {
            "auto" => Mode::Auto,
            "primary" => Mode::Held(Region::Primary),
            "secondary" => Mode::Held(Region::Secondary),
            _ => return Err(OverrideError::Value),
        };
        Ok(Order {
            mode,
            version: answer.parameter.version,
        })
    }
}
