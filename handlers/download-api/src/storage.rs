//! Links to S3 itself.

use std::time::{Duration, SystemTime};

use api_kit::{AssumedRole, Kind, Problem, RoleError};
use aws_config::SdkConfig;
use aws_sdk_s3::presigning::PresigningConfig;
use lambda_kit::aws::AwsError;

use crate::link::{Link, Object, epoch_seconds};

/// What the session is called in CloudTrail.
const SESSION: &str = "download-api";

/// What S3 tells the browser: the file is this user's alone, and the next user of the browser has not asked for it. Without it a
/// browser keeps the file for as long as it thinks fit (RFC 9111, 4.2.2). CloudFront, by contrast, is there to keep files.
const CACHE_CONTROL: &str = "private, no-store";

/// A session with less than this left makes no links. Our choice, and the shortest lifetime that can be set.
const LEAST_LEFT: Duration = Duration::from_secs(30);

/// The bucket, read with the credentials of a role. A link is worth what they are worth: it ends with them, whatever it says.
#[derive(Debug)]
pub(crate) struct Storage {
    bucket: String,
    role: AssumedRole,
}

/// Why there is no link.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StorageError {
    #[error(transparent)]
    Role(#[from] RoleError),
    #[error("no URL could be signed: {reason}")]
    Unsigned { reason: String },
}

impl From<StorageError> for Problem {
    fn from(error: StorageError) -> Self {
        match error {
            StorageError::Role(error) => Self::from(error),
            StorageError::Unsigned { .. } => Self::new(Kind::Internal).cause(error.to_string()),
        }
    }
}

impl Storage {
    pub(crate) fn new(config: SdkConfig, bucket: String, role_arn: String) -> Self {
        Self {
            bucket,
            role: AssumedRole::new(config, role_arn, SESSION, LEAST_LEFT),
        }
    }

    /// A presigned URL of one version of an object.
    pub(crate) async fn link(
        &self,
        object: &Object<'_>,
        now: SystemTime,
        lifetime: Duration,
    ) -> Result<Link, StorageError> {
        let session = self.role.session(now, lifetime).await?;
        let start = epoch_seconds(now);
        let expires_at = epoch_seconds(session.expires_at).min(start + lifetime.as_secs());
        let unsigned = |reason: String| StorageError::Unsigned { reason };
        let presigning = PresigningConfig::builder()
            .start_time(SystemTime::UNIX_EPOCH + Duration::from_secs(start))
            .expires_in(Duration::from_secs(expires_at.saturating_sub(start)))
            .build()
            .map_err(|error| unsigned(error.to_string()))?;
        let request = session
            .s3
            .get_object()
            .bucket(&self.bucket)
            .key(&object.key)
            .version_id(object.version_id)
            .response_content_disposition(&object.disposition)
            .response_content_type(object.content_type)
            .response_cache_control(CACHE_CONTROL)
            .presigned(presigning)
            .await
            .map_err(|error| unsigned(AwsError::of("GetObject", error).to_string()))?;
        Ok(Link {
            url: request.uri().to_owned(),
            expires_at,
        })
    }
}
