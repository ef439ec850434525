//! A role that a function assumes to reach S3, with the end of its session: a link that was signed with one is worth nothing after it.

use std::time::{Duration, SystemTime};

use aws_config::SdkConfig;
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use lambda_kit::aws::{self, AwsError};

use crate::kept::{Fresh, Kept};
use crate::problem::{Kind, Problem};

/// A role, and the session of it that is used at the moment.
#[derive(Debug)]
pub struct AssumedRole {
    config: SdkConfig,
    sts: aws_sdk_sts::Client,
    role_arn: String,
    name: &'static str,
    least_left: Duration,
    session: Kept<Session>,
}

/// A session of a role.
#[derive(Debug, Clone)]
pub struct Session {
    /// The client of S3 that calls and signs with it: made once in a session.
    pub s3: aws_sdk_s3::Client,
    /// What it signs with.
    pub credentials: Credentials,
    /// When it expires.
    pub expires_at: SystemTime,
}

/// Why there is no session.
#[derive(Debug, thiserror::Error)]
pub enum RoleError {
    /// STS does not give one.
    #[error("the role {role_arn} cannot be assumed: {source}")]
    Refused {
        /// Of the role.
        role_arn: String,
        /// What STS said.
        source: AwsError,
    },
    /// It gives one that is good for nothing.
    #[error("the session of the role {role_arn} is over as soon as it begins: a clock is wrong")]
    Over {
        /// Of the role.
        role_arn: String,
    },
}

impl From<RoleError> for Problem {
    fn from(error: RoleError) -> Self {
        let cause = error.to_string();
        match error {
            RoleError::Refused { source, .. } => Self::from(source).cause(cause),
            RoleError::Over { .. } => Self::new(Kind::Internal).cause(cause),
        }
    }
}

impl AssumedRole {
    /// Of a role that is assumed when it is first needed. `name` is what sessions are called in CloudTrail; one with less than
    /// `least_left` to go is not used.
    #[must_use]
    pub fn new(config: SdkConfig, role_arn: String, name: &'static str, least_left: Duration) -> Self {
        Self {
            sts: aws_sdk_sts::Client::new(&config),
            config,
            role_arn,
            name,
            least_left,
            session: Kept::nothing(),
        }
    }

    /// A session that is good for a link of the whole `lifetime` where one can be had, else for as long as the old one lasts.
    ///
    /// # Errors
    /// [`RoleError`].
    pub async fn session(&self, now: SystemTime, lifetime: Duration) -> Result<Session, RoleError> {
        let session = self.session.get("session", now, self.assume(now, lifetime)).await?;
        if now + self.least_left < session.expires_at {
            Ok(session)
        } else {
            Err(RoleError::Over {
                role_arn: self.role_arn.clone(),
            })
        }
    }

    /// Begins a session, which is used until a link of the whole lifetime no longer fits in; where lifetimes are as long as
    /// sessions, for half of it.
    async fn assume(&self, now: SystemTime, lifetime: Duration) -> Result<Fresh<Session>, RoleError> {
        let refused = |source| RoleError::Refused {
            role_arn: self.role_arn.clone(),
            source,
        };
        let call = self.sts.assume_role().role_arn(&self.role_arn);
        let answer = call.role_session_name(self.name).send().await;
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
        let config = self.config.to_builder();
        let config = config.credentials_provider(SharedCredentialsProvider::new(credentials.clone()));
        Ok(Fresh {
            value: Session {
                s3: aws::s3(&config.build()),
                credentials,
                expires_at,
            },
            renew_at: expires_at - lifetime.min(whole / 2),
            good_until: Some(expires_at - self.least_left),
        })
    }
}
