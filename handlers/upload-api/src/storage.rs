//! The bucket, through a role that is assumed for it.

use std::time::{Duration, SystemTime};

use api_kit::{Kind, Problem};
use aws_config::SdkConfig;
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use lambda_kit::aws::{self, AwsError};
use tokio::sync::Mutex;

use crate::bucket::Bucket;
use crate::settings::Settings;

/// What the session is called in CloudTrail.
const SESSION: &str = "upload-api";

/// A session with less than this left is not used. Our choice, and the shortest lifetime of a link that can be set.
const LEAST_LEFT: Duration = Duration::from_secs(60);

/// Opens the bucket with a session that lasts.
#[derive(Debug)]
pub(crate) struct Storage {
    config: SdkConfig,
    sts: aws_sdk_sts::Client,
    bucket: String,
    role_arn: String,
    kms_key_arn: String,
    lifetime: Duration,
    session: Mutex<Option<Session>>,
}

#[derive(Debug, Clone)]
struct Session {
    bucket: Bucket,
    /// After this another one is assumed, if one can be.
    renew_at: SystemTime,
    /// When it began: a clock that was set back is no reason to trust it.
    since: SystemTime,
}

impl Session {
    fn is_new(&self, now: SystemTime) -> bool {
        (self.since..self.renew_at).contains(&now)
    }

    fn is_good(&self, now: SystemTime) -> bool {
        now + LEAST_LEFT < self.bucket.expires_at
    }
}

/// Why the bucket cannot be opened.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StorageError {
    #[error("the role {role_arn} cannot be assumed: {source}")]
    Role { role_arn: String, source: AwsError },
    #[error("the session of the role {role_arn} is over as soon as it begins: a clock is wrong")]
    Over { role_arn: String },
}

impl From<StorageError> for Problem {
    fn from(error: StorageError) -> Self {
        let cause = error.to_string();
        match error {
            StorageError::Role { source, .. } => Self::from(source).cause(cause),
            StorageError::Over { .. } => Self::new(Kind::Internal).cause(cause),
        }
    }
}

impl Storage {
    pub(crate) fn new(config: SdkConfig, settings: &Settings) -> Self {
        Self {
            sts: aws_sdk_sts::Client::new(&config),
            config,
            bucket: settings.bucket.clone(),
            role_arn: settings.role_arn.clone(),
            kms_key_arn: settings.kms_key_arn.clone(),
            lifetime: settings.link,
            session: Mutex::new(None),
        }
    }

    /// The bucket, with a session that is good for a link of the whole lifetime where one can be had, else for as long as the old
    /// one lasts.
    pub(crate) async fn open(&self, now: SystemTime) -> Result<Bucket, StorageError> {
        let mut kept = self.session.lock().await;
        if let Some(session) = kept.as_ref().filter(|session| session.is_new(now)) {
            return Ok(session.bucket.clone());
        }
        match self.assume(now).await {
            Ok(session) if session.is_good(now) => Ok(kept.insert(session).bucket.clone()),
            Ok(_) => Err(StorageError::Over {
                role_arn: self.role_arn.clone(),
            }),
            Err(error) => match kept.as_ref().filter(|session| session.is_good(now)) {
                Some(session) => {
                    let cause = error.to_string();
                    tracing::warn!(cause, "the old session is used: it could not be renewed");
                    Ok(session.bucket.clone())
                }
                None => Err(error),
            },
        }
    }

    /// Begins a session, which is used until a link of the whole lifetime no longer fits in; where lifetimes are as long as
    /// sessions, for half of it.
    async fn assume(&self, now: SystemTime) -> Result<Session, StorageError> {
        let refused = |source| StorageError::Role {
            role_arn: self.role_arn.clone(),
            source,
        };
        let call = self.sts.assume_role().role_arn(&self.role_arn);
        let answer = call.role_session_name(SESSION).send().await;
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
            .credentials_provider(SharedCredentialsProvider::new(credentials.clone()))
            .build();
        Ok(Session {
            bucket: Bucket {
                s3: aws::s3(&config),
                region: config.region().map_or_else(String::new, ToString::to_string),
                name: self.bucket.clone(),
                kms_key_arn: self.kms_key_arn.clone(),
                credentials,
                expires_at,
            },
            renew_at: expires_at - self.lifetime.min(whole / 2),
            since: now,
        })
    }
}
