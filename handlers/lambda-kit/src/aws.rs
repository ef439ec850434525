//! Connections to AWS: configuration, assumed roles, and what an SDK's error says.

use std::error::Error;
use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::sts::AssumeRoleProvider;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, SdkConfig};
use aws_credential_types::provider::error::CredentialsError;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use crate::failure::chain;

/// Attempts of one call, with exponential back-off and jitter in between. Our choice: about 20 s of patience in all.
const ATTEMPTS: u32 = 6;
const BACKOFF_MAX: Duration = Duration::from_secs(10);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// Longer than a dump's part of 5 MiB takes on a connection of 0.3 MB/s, far below what Lambda has.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(20);
const CALL_TIMEOUT: Duration = Duration::from_secs(120);

/// Why a call of AWS did not succeed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AwsError {
    /// AWS answered with an error; a repeatable one was repeated.
    #[error("{operation} answered {code}: {message}")]
    Refused {
        /// Like `GetSecretValue`.
        operation: &'static str,
        /// Like `AccessDeniedException`.
        code: String,
        /// AWS's own words.
        message: String,
        /// Of the answer.
        status: u16,
    },
    /// Nothing to sign the call with: a role could not be assumed, or nobody is configured.
    #[error("{operation} failed because there are no credentials: {reason}")]
    NoCredentials {
        /// Like `PutObject`.
        operation: &'static str,
        /// All causes.
        reason: String,
    },
    /// No answer, or none that can be read.
    #[error("{operation} got no answer: {reason}")]
    Unreachable {
        /// Like `GetSecretValue`.
        operation: &'static str,
        /// All causes.
        reason: String,
    },
}

impl AwsError {
    /// What an SDK's error says.
    pub fn of<E>(operation: &'static str, error: SdkError<E, HttpResponse>) -> Self
    where
        E: ProvideErrorMetadata + Error + Send + Sync + 'static,
    {
        let SdkError::ServiceError(service) = &error else {
            let reason = chain(&error);
            return if has_cause::<CredentialsError>(&error) {
                Self::NoCredentials { operation, reason }
            } else {
                Self::Unreachable { operation, reason }
            };
        };
        let status = service.raw().status().as_u16();
        let meta = service.err().meta();
        Self::Refused {
            operation,
            // S3 sends no body with the answer to a HEAD, so nothing but the status is there.
            code: meta.code().map_or_else(|| format!("HTTP {status}"), str::to_owned),
            message: meta.message().unwrap_or("no message").to_owned() + &other_region(service.raw()),
            status,
        }
    }

    /// What was called, like `GetSecretValue`.
    #[must_use]
    pub fn operation(&self) -> &'static str {
        match self {
            Self::Refused { operation, .. }
            | Self::NoCredentials { operation, .. }
            | Self::Unreachable { operation, .. } => operation,
        }
    }

    /// AWS's code of the error, if it answered.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::Refused { code, .. } => Some(code),
            Self::NoCredentials { .. } | Self::Unreachable { .. } => None,
        }
    }

    /// Whether it is likely to be over soon: throttling, a fault of AWS's own, or no answer. Anything else is a permission or a setting
    /// that is wrong.
    #[must_use]
    pub fn passes(&self) -> bool {
        match self {
            Self::Refused { status, code, .. } => {
                // S3 says some of these with a 200 or a 400, EC2 its own with a 503 or a 400.
                const PASSING: [&str; 6] = [
                    "InternalError",
                    "RequestLimitExceeded",
                    "RequestTimeout",
                    "RequestTimeoutException",
                    "ServiceUnavailable",
                    "SlowDown",
                ];
                *status >= 500 || *status == 429 || code.contains("Throttl") || PASSING.contains(&code.as_str())
            }
            Self::NoCredentials { .. } | Self::Unreachable { .. } => true,
        }
    }

    /// HTTP status of the answer, if there was one.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Refused { status, .. } => Some(*status),
            Self::NoCredentials { .. } | Self::Unreachable { .. } => None,
        }
    }
}

/// S3 answers a call for a bucket of another region with a redirect that no SDK follows, and names the region in a header only.
/// Source: the user guide's "Making requests" (redirects) and the headers of such answers.
fn other_region(answer: &HttpResponse) -> String {
    let status = answer.status().as_u16();
    let region = answer.headers().get("x-amz-bucket-region");
    match region.filter(|_| [301, 307, 400].contains(&status)) {
        Some(region) => format!(" The bucket is in the region {region}: set AWS_REGION={region}"),
        None => String::new(),
    }
}

fn has_cause<C: Error + 'static>(error: &(dyn Error + 'static)) -> bool {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if error.is::<C>() {
            return true;
        }
        cause = error.source();
    }
    false
}

/// Settings from the environment, as Lambda and every AWS tool have them, with time limits and bounded retries.
pub async fn config() -> SdkConfig {
    aws_config::defaults(BehaviorVersion::latest())
        .retry_config(
            RetryConfig::standard()
                .with_max_attempts(ATTEMPTS)
                .with_max_backoff(BACKOFF_MAX),
        )
        .timeout_config(
            TimeoutConfig::builder()
                .connect_timeout(CONNECT_TIMEOUT)
                .operation_attempt_timeout(ATTEMPT_TIMEOUT)
                .operation_timeout(CALL_TIMEOUT)
                .build(),
        )
        .load()
        .await
}

/// The same settings with the credentials of a role, which are got at the first call and renewed before they run out.
/// `session` shows in CloudTrail: 2 to 64 of `[A-Za-z0-9_=,.@-]`.
pub async fn assumed(config: &SdkConfig, role_arn: &str, session: &str) -> SdkConfig {
    let credentials = AssumeRoleProvider::builder(role_arn)
        .configure(config)
        .session_name(session)
        .build()
        .await;
    config
        .to_builder()
        .credentials_provider(aws_sdk_s3::config::SharedCredentialsProvider::new(credentials))
        .build()
}

/// A client of S3. Where an endpoint is set (a local cloud), the bucket goes in the path: no name resolves to it.
#[must_use]
pub fn s3(config: &SdkConfig) -> aws_sdk_s3::Client {
    let custom = config.endpoint_url().is_some() || std::env::var_os("AWS_ENDPOINT_URL_S3").is_some();
    aws_sdk_s3::Client::from_conf(
        aws_sdk_s3::config::Builder::from(config)
            .force_path_style(custom)
            .build(),
    )
}

/// The region that an ARN names.
#[must_use]
pub fn region_of(arn: &str) -> Option<&str> {
    arn.split(':').nth(3).filter(|region| !region.is_empty())
}
