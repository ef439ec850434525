//! Secrets Manager: the versions of a secret and their labels.

use std::collections::HashMap;
use std::time::SystemTime;

use aws_config::{Region, SdkConfig};
use aws_sdk_secretsmanager::Client;
use lambda_kit::aws::{AwsError, region_of};

pub(crate) const CURRENT: &str = "AWSCURRENT";
pub(crate) const PENDING: &str = "AWSPENDING";

/// What Secrets Manager says of a secret, but for its value.
pub(crate) struct Description {
    pub(crate) name: String,
    pub(crate) is_rotated: bool,
    labels: HashMap<String, Vec<String>>,
}

impl Description {
    /// Whether the version has the label.
    pub(crate) fn has(&self, version: &str, label: &str) -> bool {
        let labels = self.labels.get(version);
        labels.is_some_and(|labels| labels.iter().any(|known| known == label))
    }

    /// The version with the label.
    pub(crate) fn version(&self, label: &str) -> Option<&str> {
        let mut versions = self.labels.keys();
        versions.find(|version| self.has(version, label)).map(String::as_str)
    }
}

/// A version's value, and since when it is there.
pub(crate) struct Stored {
    pub(crate) text: Option<String>,
    pub(crate) created: Option<SystemTime>,
}

/// Whose value a version has after [`Secrets::put`].
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Put {
    Ours,
    /// Another run of the same rotation was first.
    Theirs,
}

/// A secret, in the region that its ARN names.
pub(crate) struct Secrets {
    client: Client,
    arn: String,
}

impl Secrets {
    pub(crate) fn new(config: &SdkConfig, arn: &str) -> Self {
        let mut settings = aws_sdk_secretsmanager::config::Builder::from(config);
        if let Some(region) = region_of(arn) {
            settings = settings.region(Region::new(region.to_owned()));
        }
        Self {
            client: Client::from_conf(settings.build()),
            arn: arn.to_owned(),
        }
    }

    pub(crate) async fn describe(&self) -> Result<Description, AwsError> {
        let answer = self.client.describe_secret().secret_id(&self.arn).send().await;
        let answer = answer.map_err(|error| AwsError::of("DescribeSecret", error))?;
        Ok(Description {
            name: answer.name.unwrap_or_default(),
            is_rotated: answer.rotation_enabled.unwrap_or_default(),
            labels: answer.version_ids_to_stages.unwrap_or_default(),
        })
    }

    /// The value that is in use.
    pub(crate) async fn current(&self) -> Result<Stored, AwsError> {
        self.get(None).await
    }

    /// The value that a rotation has made so far; a rotation begins with a version without one.
    pub(crate) async fn pending(&self, token: &str) -> Result<Option<Stored>, AwsError> {
        match self.get(Some(token)).await {
            Ok(stored) => Ok(Some(stored)),
            Err(error) if error.code() == Some("ResourceNotFoundException") => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn get(&self, token: Option<&str>) -> Result<Stored, AwsError> {
        let label = token.map_or(CURRENT, |_| PENDING);
        let call = self.client.get_secret_value().secret_id(&self.arn).version_stage(label);
        let answer = call.set_version_id(token.map(str::to_owned)).send().await;
        let answer = answer.map_err(|error| AwsError::of("GetSecretValue", error))?;
        Ok(Stored {
            text: answer.secret_string,
            created: answer.created_date.and_then(|date| SystemTime::try_from(date).ok()),
        })
    }

    /// Gives the version of the rotation its value. Once it has one, it cannot get another: "you can't modify an existing version, you can
    /// only create new ones" (API reference, PutSecretValue).
    pub(crate) async fn put(&self, token: &str, text: &str) -> Result<Put, AwsError> {
        let call = self.client.put_secret_value().secret_id(&self.arn);
        let call = call.client_request_token(token).version_stages(PENDING);
        match call.secret_string(text).send().await {
            Ok(_) => Ok(Put::Ours),
            Err(error) => match AwsError::of("PutSecretValue", error) {
                error if error.code() == Some("ResourceExistsException") => Ok(Put::Theirs),
                error => Err(error),
            },
        }
    }

    /// Moves the label of the value in use. It is refused where it is no longer on the version `from`.
    pub(crate) async fn promote(&self, token: &str, from: Option<&str>) -> Result<(), AwsError> {
        let call = self.client.update_secret_version_stage().secret_id(&self.arn);
        let call = call.version_stage(CURRENT).move_to_version_id(token);
        let moved = call.set_remove_from_version_id(from.map(str::to_owned)).send().await;
        moved.map_err(|error| AwsError::of("UpdateSecretVersionStage", error))?;
        Ok(())
    }
}
