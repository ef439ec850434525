//! Links to S3 itself.

use std::time::{Duration, SystemTime};

use api_kit::{Kind, Problem};
use aws_config::SdkConfig;
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_s3::presigning::PresigningConfig;
use lambda_kit::aws::{self, AwsError};

use crate::fetch::{Link, Object, epoch_seconds};
use crate::kept::{Fresh, Kept};

/// What the session is called in CloudTrail.
const SESSION: &str = "download-api";

/// A session with less than this left makes no links. Our choice, and the shortest lifetime that can be set.
const LEAST_LEFT: Duration = Duration::from_secs(30);

/// The bucket, read with the credentials of a role. A link is worth what they are worth: it ends with them, whatever it says.
#[derive(Debug)]
pub(crate) struct Storage {
    config: SdkConfig,
    sts: aws_sdk_sts::Client,
    bucket: String,
    role_arn: String,
    session: Kept<Session>,
}

#[derive(Debug, Clone)]
struct Session {
    s3: aws_sdk_s3::Client,
    expires_at: SystemTime,
}

/// Why there is no link.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StorageError {
    #[error("the role {role_arn} cannot be assumed: {source}")]
    Role { role_arn: String, source: AwsError },
    #[error("the session of the role {role_arn} is over as soon as it begins: a clock is wrong")]
    Over { role_arn: String },
    #[error("no URL could be signed: {reason}")]
    Unsigned { reason: String },
}

impl From<StorageError> for Problem {
    fn from(error: StorageError) -> Self {
        let cause = error.to_string();
        match error {
            StorageError::Role { source, .. } => Self::from(source).cause(cause),
            StorageError::Over { .. } | StorageError::Unsigned { .. } => Self::new(Kind::Internal).cause(cause),
        }
    }
}

impl Storage {
    pub(crate) fn new(config: SdkConfig, bucket: String, role_arn: String) -> Self {
        Self {
            sts: aws_sdk_sts::Client::new(&config),
            config,
            bucket,
            role_arn,
            session: Kept::nothing(),
        }
    }

    /// A presigned URL of one version of an object.
    pub(crate) async fn link(
        &self,
        object: &Object<'_>,
        now: SystemTime,
        lifetime: Duration,
    ) -> Result<Link, StorageError> {
        let session = self.session.get("session", now, self.assume(now, lifetime)).await?;
        let start = epoch_seconds(now);
        let expires_at = epoch_seconds(session.expires_at).min(start + lifetime.as_secs());
        let seconds = expires_at.checked_sub(start).filter(|seconds| *seconds > 0);
        let seconds = seconds.ok_or_else(|| StorageError::Over {
            role_arn: self.role_arn.clone(),
        })?;
        let unsigned = |reason: String| StorageError::Unsigned { reason };
        let presigning = PresigningConfig::builder()
            .start_time(SystemTime::UNIX_EPOCH + Duration::from_secs(start))
            .expires_in(Duration::from_secs(seconds))
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
            .presigned(presigning)
            .await
            .map_err(|error| unsigned(AwsError::of("GetObject", error).to_string()))?;
        Ok(Link {
            url: request.uri().to_owned(),
            expires_at,
        })
    }

    /// Begins a session, which is used until a link of the whole lifetime no longer fits in; where lifetimes are as long as
    /// sessions, for half of it.
    async fn assume(&self, now: SystemTime, lifetime: Duration) -> Result<Fresh<Session>, StorageError> {
        let call = self.sts.assume_role().role_arn(&self.role_arn);
        let answer = call.role_session_name(SESSION).send().await;
        let refused = |source| StorageError::Role {
            role_arn: self.role_arn.clone(),
            source,
        };
        let answer = answer.map_err(|error| refused(AwsError::of("AssumeRole", error)))?;
        let nothing = || {
            refused(AwsError::NoCredentials {
                operation: "AssumeRole",
                reason: "the answer has none".to_owned(),
            })
        };
        let given = answer.credentials().ok_or_else(nothing)?;
        let expires_at = SystemTime::try_from(*given.expiration()).map_err(|_| nothing())?;
        let whole = expires_at.duration_since(now).unwrap_or_default();
        // Without its end, which is looked after here: the SDK has another clock.
        let credentials = Credentials::new(
            given.access_key_id(),
            given.secret_access_key(),
            Some(given.session_token().to_owned()),
            None,
            "AssumeRole",
        );
        let config = self
            .config
            .to_builder()
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .build();
        Ok(Fresh {
            value: Session {
                s3: aws::s3(&config),
                expires_at,
            },
            renew_at: expires_at - lifetime.min(whole / 2),
            good_until: Some(expires_at - LEAST_LEFT),
        })
    }
}
