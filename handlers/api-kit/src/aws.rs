//! AWS as an API may wait for it.

use std::time::Duration;

use aws_config::SdkConfig;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;

/// Attempts of one call, with exponential back-off and jitter in between. Our choice: with the times below a request that needs
/// two calls in a row is answered within API Gateway's 29 s, whatever happens to them.
const ATTEMPTS: u32 = 3;
const BACKOFF_MAX: Duration = Duration::from_secs(1);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(5);
const CALL_TIMEOUT: Duration = Duration::from_secs(12);

/// Settings from the environment as [`lambda_kit::aws::config`] reads them, with the patience of somebody who waits for an answer.
pub async fn aws_config() -> SdkConfig {
    let retry = RetryConfig::standard()
        .with_max_attempts(ATTEMPTS)
        .with_max_backoff(BACKOFF_MAX);
    let timeout = TimeoutConfig::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .operation_attempt_timeout(ATTEMPT_TIMEOUT)
        .operation_timeout(CALL_TIMEOUT);
    lambda_kit::aws::config()
        .await
        .into_builder()
        .retry_config(retry)
        .timeout_config(timeout.build())
        .build()
}
