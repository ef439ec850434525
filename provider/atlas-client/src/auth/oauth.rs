//! OAuth 2 client credentials (RFC 6749, 4.4): one token for all calls, renewed before it expires, by one call at a
//! time.

use crate::answer::{Cause, Failure, judge, read_body, read_json};
use crate::error::Operation;
use crate::request::{Request, exchange};
use crate::secret::Secret;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use form_urlencoded::{Serializer, byte_serialize};
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use reqwest::{Client, Method, Response, StatusCode, Url};
use serde::Deserialize;
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::time::Instant;
use tracing::debug;

/// A token with less than this is renewed. Our choice: longer than any call, so that no token expires under way.
const RENEW_BEFORE: Duration = Duration::from_secs(600);

/// Of a short-lived token, the part of its life at which it is renewed: the last fifth. Our choice, as ten minutes
/// would be all of its life, and each call would ask for a token where 50 a minute are allowed.
const RENEW_FRACTION: u32 = 5;

/// Life of a token whose answer names none. Our choice, well under the hour of Atlas's tokens.
const UNSTATED_LIFE: Duration = Duration::from_secs(300);

/// Pause after a renewal that failed while the old token is still good. Our choice: ten minutes hold twenty tries.
const RENEWAL_PAUSE: Duration = Duration::from_secs(30);

/// How long an early renewal may hold up the calls that have a good token. Our choice: several times what Atlas takes.
const EARLY_RENEWAL_TIMEOUT: Duration = Duration::from_secs(5);

pub(crate) struct OAuth {
    token_url: Url,
    revoke_url: Url,
    /// `Basic ...`, marked sensitive.
    basic: HeaderValue,
    /// Held across the renewal: a second caller finds the token of the first one. Dropping the first caller's future releases
    /// it.
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    token: Option<Token>,
    serial: u64,
    /// The token endpoint has asked for quiet.
    refused: Option<Refused>,
    /// An early renewal has failed; the kept token is used until then.
    renew_after: Option<Instant>,
}

#[derive(Clone, Copy)]
struct Refused {
    until: Instant,
    status: StatusCode,
}

#[derive(Clone)]
struct Token {
    serial: u64,
    value: Secret,
    /// `Bearer ...`, marked sensitive.
    header: HeaderValue,
    obtained: Instant,
    life: Duration,
}

impl Token {
    fn left(&self) -> Duration {
        self.life.saturating_sub(self.obtained.elapsed())
    }

    fn is_due(&self) -> bool {
        is_due(self.life, self.left())
    }
}

fn is_due(life: Duration, left: Duration) -> bool {
    left <= RENEW_BEFORE.min(life / RENEW_FRACTION)
}

/// A token and whether it was made for this very request.
struct Grant {
    token: Token,
    fresh: bool,
}

#[derive(Deserialize)]
struct TokenAnswer {
    access_token: String,
    expires_in: Option<u64>,
}

impl OAuth {
    pub(crate) fn new(base_url: &Url, client_id: &str, client_secret: &Secret) -> Self {
        // RFC 6749, 2.3.1: both are form-encoded before they are joined.
        let encode = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
        let pair = format!("{}:{}", encode(client_id), encode(client_secret.expose()));
        // The base64 alphabet always makes a header value.
        let basic = sensitive(format!("Basic {}", STANDARD.encode(pair))).unwrap_or(HeaderValue::from_static("Basic"));
        Self {
            token_url: with_path(base_url, "token"),
            revoke_url: with_path(base_url, "revoke"),
            basic,
            state: Mutex::default(),
        }
    }

    pub(crate) async fn send(&self, http: &Client, request: &Request, attempt: u32) -> Result<Response, Failure> {
        let Grant { token, fresh } = self.grant(http, None, attempt).await?;
        let serial = token.serial;
        let response = exchange(http, &request.operation, request.build(Some(token.header)), attempt).await?;
        if fresh || response.status() != StatusCode::UNAUTHORIZED {
            return Ok(response);
        }
        // Revoked or expired early: one renewal. Read to the end, so that the connection can be used again.
        let _ = read_body(&request.operation, response).await;
        let Grant { token, .. } = self.grant(http, Some(serial), attempt).await?;
        exchange(http, &request.operation, request.build(Some(token.header)), attempt).await
    }

    /// The kept token, or a new one if there is none, it is due, or it is the one that was `rejected`.
    async fn grant(&self, http: &Client, rejected: Option<u64>, attempt: u32) -> Result<Grant, Failure> {
        let mut state = self.state.lock().await;
        let now = Instant::now();
        let kept = state
            .token
            .take()
            .filter(|token| Some(token.serial) != rejected && !token.left().is_zero());
        state.token = kept.clone();
        let put_off = state.renew_after.is_some_and(|instant| now < instant);
        if let Some(token) = kept.clone().filter(|token| put_off || !token.is_due()) {
            return Ok(Grant { token, fresh: false });
        }
        let operation = self.operation("obtain access token", &self.token_url);
        let outcome = match state.refused.filter(|refused| now < refused.until) {
            // The limit is per service account: all waiting calls get this error, and none of them asks in vain.
            Some(Refused { until, status }) => {
                let cause = Cause::Status {
                    status,
                    retry_after: Some(until - now),
                    said: Box::default(),
                };
                Err(Failure::Transient { operation, cause })
            }
            None => {
                // Without a kept token the attempt's own limit ends it.
                let limit = kept.as_ref().map_or(Duration::MAX, |_| EARLY_RENEWAL_TIMEOUT);
                let renewal = self.renew(http, &operation, attempt, state.serial + 1);
                tokio::time::timeout(limit, renewal).await.unwrap_or_else(|_| {
                    let (operation, cause) = (operation.clone(), Cause::Timeout(limit));
                    Err(Failure::Transient { operation, cause })
                })
            }
        };
        match outcome {
            Ok(token) => {
                state.serial = token.serial;
                state.token = Some(token.clone());
                Ok(Grant { token, fresh: true })
            }
            Err(failure) => {
                let Failure::Transient { cause, .. } = &failure else {
                    return Err(failure);
                };
                if let Cause::Status {
                    status,
                    retry_after: Some(wait),
                    ..
                } = cause
                {
                    state.refused = now.checked_add(*wait).map(|until| Refused { until, status: *status });
                }
                let Some(token) = kept else {
                    return Err(failure);
                };
                debug!(cause = cause.name(), "Atlas access token not renewed yet");
                state.renew_after = Some(now + RENEWAL_PAUSE);
                Ok(Grant { token, fresh: false })
            }
        }
    }

    async fn renew(&self, http: &Client, operation: &Operation, attempt: u32, serial: u64) -> Result<Token, Failure> {
        let obtained = Instant::now();
        let request = self.post(&self.token_url, "grant_type=client_credentials".to_owned());
        let response = exchange(http, operation, request, attempt).await?;
        let answer = read_json(operation, judge(operation, response).await?).await?;
        // Not the parser's words: they could repeat a part of the answer.
        let answer: TokenAnswer = serde_json::from_value(answer)
            .map_err(|_| Failure::malformed(operation, "access_token is missing or expires_in is no number"))?;
        let header = sensitive(format!("Bearer {}", answer.access_token));
        let header = header.ok_or_else(|| Failure::malformed(operation, "access_token has a forbidden character"))?;
        let life = answer.expires_in.map_or(UNSTATED_LIFE, Duration::from_secs);
        Ok(Token {
            serial,
            value: Secret::new(answer.access_token),
            header,
            obtained,
            life,
        })
    }

    pub(crate) async fn revoke(&self, http: &Client) {
        let Some(token) = self.state.lock().await.token.take() else {
            return;
        };
        let operation = self.operation("revoke access token", &self.revoke_url);
        let form = Serializer::new(String::new())
            .append_pair("token", token.value.expose())
            .append_pair("token_type_hint", "access_token")
            .finish();
        // `exchange` logs the status; a failure leaves a token that expires by itself.
        let _ = exchange(http, &operation, self.post(&self.revoke_url, form), 1).await;
    }

    fn operation(&self, name: &'static str, url: &Url) -> Operation {
        Operation {
            name,
            method: "POST",
            path: url.path().to_owned(),
        }
    }

    fn post(&self, url: &Url, form: String) -> reqwest::Request {
        let mut request = reqwest::Request::new(Method::POST, url.clone());
        let headers = request.headers_mut();
        headers.insert(AUTHORIZATION, self.basic.clone());
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        headers.insert(
            CONTENT_TYPE,
            HeaderValue::from_static("application/x-www-form-urlencoded"),
        );
        *request.body_mut() = Some(form.into());
        request
    }
}

fn with_path(base_url: &Url, last: &str) -> Url {
    let mut url = base_url.clone();
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().extend(["api", "oauth", last]);
    }
    url
}

fn sensitive(text: String) -> Option<HeaderValue> {
    let mut value = HeaderValue::try_from(text).ok()?;
    value.set_sensitive(true);
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_due_in_its_last_ten_minutes_or_its_last_fifth() {
        for (case, life, left, due) in [
            ("an hour, new", 3600, 3600, false),
            ("an hour, just over ten minutes left", 3600, 601, false),
            ("an hour, ten minutes left", 3600, 600, true),
            ("an hour, over", 3600, 0, true),
            ("a minute, new", 60, 60, false),
            ("a minute, a fifth left", 60, 12, true),
            ("a minute, more than a fifth left", 60, 13, false),
            ("no life at all", 0, 0, true),
        ] {
            assert_eq!(
                is_due(Duration::from_secs(life), Duration::from_secs(left)),
                due,
                "{case}"
            );
        }
    }
}
