//! Tokens of the service account: `/api/oauth/token` and `/api/oauth/revoke`.

use std::collections::{HashMap, VecDeque};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use hyper::HeaderMap;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE};
use serde_json::json;

use crate::auth::Credentials;
use crate::lock;
use crate::profile::Profile;
use crate::reply::{ApiError, Reply};
use crate::routes::TOKEN_PATH;

const FORM: &str = "application/x-www-form-urlencoded";
const RATE_PERIOD: Duration = Duration::from_secs(60);

#[derive(Debug, Default)]
pub(crate) struct Tokens {
    ends: Mutex<HashMap<String, Instant>>,
    requests: Mutex<VecDeque<Instant>>,
    last: AtomicU64,
}

impl Tokens {
    pub(crate) fn issue(
        &self,
        credentials: &Credentials,
        profile: &Profile,
        headers: &HeaderMap,
        body: &[u8],
    ) -> Result<Reply, ApiError> {
        if !self.admits_request(profile.token_requests_per_minute) {
            return Err(ApiError::token_rate_limited(
                TOKEN_PATH,
                profile.token_requests_per_minute,
            ));
        }
        if !is_client(credentials, headers) {
            return Err(ApiError::unauthorized());
        }
        if form_value(headers, body, "grant_type")?.as_deref() != Some("client_credentials") {
            return Err(ApiError::invalid_attribute(
                "grant_type",
                "only client_credentials is supported",
            ));
        }
        let says = profile.token_expires_in_seconds;
        let lifetime = profile.token_lifetime_ms.map(Duration::from_millis);
        let token = format!("emulated-token-{}", self.last.fetch_add(1, Ordering::Relaxed) + 1);
        let end = Instant::now() + lifetime.unwrap_or(Duration::from_secs(says));
        lock(&self.ends).insert(token.clone(), end);
        Ok(Reply::ok(
            json!({ "access_token": token, "expires_in": says, "token_type": "Bearer" }),
        ))
    }

    /// Also of a token that is not known: nobody learns which are.
    pub(crate) fn revoke(
        &self,
        credentials: &Credentials,
        headers: &HeaderMap,
        body: &[u8],
    ) -> Result<Reply, ApiError> {
        if !is_client(credentials, headers) {
            return Err(ApiError::unauthorized());
        }
        match form_value(headers, body, "token")? {
            Some(token) => {
                self.forget(&token);
                Ok(Reply::ok(json!({})))
            }
            None => Err(ApiError::missing_attribute("token")),
        }
    }

    pub(crate) fn forget(&self, token: &str) {
        lock(&self.ends).remove(token);
    }

    /// All of them, as after a rotation of the secret.
    pub(crate) fn forget_all(&self) {
        lock(&self.ends).clear();
    }

    pub(crate) fn is_valid(&self, token: &str) -> bool {
        lock(&self.ends).get(token).is_some_and(|end| Instant::now() < *end)
    }

    fn admits_request(&self, most: usize) -> bool {
        let mut requests = lock(&self.requests);
        while requests.front().is_some_and(|at| at.elapsed() >= RATE_PERIOD) {
            requests.pop_front();
        }
        let admitted = requests.len() < most;
        if admitted {
            requests.push_back(Instant::now());
        }
        admitted
    }
}

/// Id and secret may be escaped before they are encoded, as RFC 6749 says, or not.
fn is_client(credentials: &Credentials, headers: &HeaderMap) -> bool {
    let header = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let decoded = header
        .and_then(|value| value.strip_prefix("Basic "))
        .and_then(|encoded| BASE64_STANDARD.decode(encoded.trim()).ok())
        .and_then(|decoded| String::from_utf8(decoded).ok());
    let Some((id, secret)) = decoded.as_deref().and_then(|decoded| decoded.split_once(':')) else {
        return false;
    };
    let is = |given: &str, wanted: &str| given == wanted || unescaped(given) == wanted;
    is(id, &credentials.client_id) && is(secret, &credentials.client_secret)
}

fn unescaped(text: &str) -> String {
    form_urlencoded::parse(text.as_bytes())
        .map(|(key, _)| key.into_owned())
        .collect()
}

fn form_value(headers: &HeaderMap, body: &[u8], name: &str) -> Result<Option<String>, ApiError> {
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    if !content_type.is_some_and(|value| value.starts_with(FORM)) {
        return Err(ApiError::unsupported_media_type());
    }
    let mut pairs = form_urlencoded::parse(body);
    Ok(pairs.find(|(key, _)| key == name).map(|(_, value)| value.into_owned()))
}
