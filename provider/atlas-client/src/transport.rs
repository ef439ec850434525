//! Sends one request until it is answered, refused, or out of time.

use crate::answer::{Cause, Failure, judge, read_json};
use crate::auth::Auth;
use crate::config::{AtlasConfig, ConfigError};
use crate::error::{AtlasError, Operation};
use crate::request::Request;
use crate::retry::RetryPolicy;
use reqwest::Client;
use serde_json::Value;
use std::time::Duration;
use tokio::time::Instant;
use tracing::debug;

/// Our choice: a host that does not complete a TCP and TLS handshake within 10 seconds is better tried again.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Our choice: shorter than the minute after which common load balancers drop idle connections.
const POOL_IDLE_TIMEOUT: Duration = Duration::from_secs(30);

/// How long revoking the token may take. Our choice because nobody waits for it: a token expires by itself within the
/// hour.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(3);

/// The HTTP client, its credentials and its retries.
pub(crate) struct Transport {
    http: Client,
    auth: Auth,
    retry: RetryPolicy,
    per_attempt_timeout: Duration,
    call_budget: Duration,
}

impl Transport {
    pub(crate) fn new(config: &AtlasConfig) -> Result<Self, ConfigError> {
        let mut builder = Client::builder()
            .user_agent(config.user_agent.clone())
            // Credentials go to the base URL's host and nowhere else.
            .redirect(reqwest::redirect::Policy::none())
            // Attempts are counted and logged here, once.
            .retry(reqwest::retry::never())
            .connect_timeout(CONNECT_TIMEOUT)
            .pool_idle_timeout(POOL_IDLE_TIMEOUT);
        if config.is_plain_http() {
            // Loopback traffic must not leave through a proxy, unencrypted.
            builder = builder.no_proxy();
        }
        Ok(Self {
            http: builder.build().map_err(ConfigError::Client)?,
            auth: Auth::new(config),
            retry: config.retry.clone(),
            per_attempt_timeout: config.per_attempt_timeout,
            call_budget: config.call_budget,
        })
    }

    /// When a call that starts now must be over.
    pub(crate) fn deadline(&self) -> Instant {
        Instant::now() + self.call_budget
    }

    /// Sends until there is an answer, at most until `deadline`. Gives the answer's JSON, or null where it is not read.
    ///
    /// POST is repeated like the rest, although an attempt whose answer is lost may have been carried out: a second
    /// create of an endpoint service or an endpoint is then answered 409 and makes nothing, and a second access list
    /// entry replaces the first. There is nothing a repetition could double.
    pub(crate) async fn call(&self, request: &Request, deadline: Instant) -> Result<Value, AtlasError> {
        let mut attempt = 0;
        let mut lost = false;
        loop {
            attempt += 1;
            let limit = self
                .per_attempt_timeout
                .min(deadline.saturating_duration_since(Instant::now()));
            let outcome = tokio::time::timeout(limit, self.attempt(request, attempt)).await;
            let (operation, cause) = match outcome {
                Ok(Ok(value)) => return Ok(value),
                Ok(Err(Failure::Final(error))) => return Err(after(lost, *error)),
                Ok(Err(Failure::Transient { operation, cause })) => (operation, cause),
                Err(_) => (request.operation.clone(), Cause::Timeout(limit)),
            };
            // A failed request for a token is no attempt of the call.
            lost |= operation == request.operation && cause.loses_answer();
            let wait = self.retry.wait(attempt, cause.retry_after());
            let in_time = Instant::now().checked_add(wait).is_some_and(|then| then < deadline);
            let again = cause.may_pass() && attempt < self.retry.max_attempts && in_time;
            let (name, wait_ms) = (cause.name(), wait.as_millis());
            let Operation { method, path, .. } = &operation;
            debug!(method, path = %path, attempt, cause = name, again, wait_ms, "Atlas call failed");
            if !again {
                return Err(cause.into_error(operation, attempt));
            }
            tokio::time::sleep(wait).await;
        }
    }

    async fn attempt(&self, request: &Request, attempt: u32) -> Result<Value, Failure> {
        let response = self.auth.send(&self.http, request, attempt).await?;
        let response = judge(&request.operation, response).await?;
        if request.reads_answer {
            read_json(&request.operation, response).await
        } else {
            Ok(Value::Null)
        }
    }

    /// Gives an access token back, if there is one. Best effort.
    pub(crate) async fn close(&self) {
        if tokio::time::timeout(CLOSE_TIMEOUT, self.auth.revoke(&self.http))
            .await
            .is_err()
        {
            debug!("Atlas access token not revoked in time");
        }
    }
}

/// The error of a call, with whether one of its attempts had no answer.
fn after(lost: bool, error: AtlasError) -> AtlasError {
    match error {
        AtlasError::Conflict {
            operation,
            detail,
            error_code,
            ..
        } => AtlasError::Conflict {
            operation,
            detail,
            error_code,
            after_lost_answer: lost,
        },
        error => error,
    }
}
