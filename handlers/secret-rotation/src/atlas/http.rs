//! One call of the API: sent until it is answered, refused, or out of time.

use std::time::{Duration, Instant};

use aws_config::SdkConfig;
use aws_smithy_http_client::{Connector, tls};
use aws_smithy_runtime_api::client::http::{HttpConnector as _, HttpConnectorSettings};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use lambda_kit::chain;
use serde_json::Value;

use super::error::AtlasError;
use super::settings::AtlasSettings;
use crate::limits::Limits;

/// A user has a few hundred bytes; what sends more is not the API.
const MAX_ANSWER: usize = 256 * 1024;

/// One call, ready to be sent any number of times: each may be carried out twice.
pub(crate) struct Request {
    /// For errors: `change user`.
    pub(crate) operation: &'static str,
    pub(crate) method: &'static str,
    /// Percent-encoded, from the first slash.
    pub(crate) path: String,
    pub(crate) accept: &'static str,
    pub(crate) content_type: &'static str,
    pub(crate) authorization: String,
    pub(crate) body: String,
}

/// An answer that is not a reason to ask again: 2xx, or a refusal that the caller knows what to do with.
pub(crate) struct Answer {
    pub(crate) status: u16,
    code: Option<String>,
    json: Option<Value>,
}

impl Answer {
    /// The body of a success.
    pub(crate) fn read(self, operation: &'static str) -> Result<Value, AtlasError> {
        match self.status {
            200..300 => self.json.ok_or(AtlasError::Unreadable { operation }),
            401 => Err(AtlasError::LoginRefused { operation }),
            status => Err(AtlasError::Refused {
                operation,
                status,
                code: self.code,
            }),
        }
    }
}

/// An attempt after which another one may succeed.
struct Passing {
    reason: String,
    /// Seconds that Atlas asks to wait.
    retry_after: Option<u64>,
}

impl Passing {
    fn new(reason: impl Into<String>) -> Self {
        Self {
            reason: reason.into(),
            retry_after: None,
        }
    }
}

pub(crate) struct Http {
    connector: Connector,
    base_url: String,
    limits: Limits,
}

impl Http {
    pub(crate) fn new(config: &SdkConfig, settings: &AtlasSettings, limits: &Limits) -> Self {
        let timeouts = HttpConnectorSettings::builder()
            .connect_timeout(limits.connect)
            .read_timeout(limits.reply)
            .build();
        let mut connector = Connector::builder().connector_settings(timeouts);
        connector.set_sleep_impl(config.sleep_impl());
        connector.set_proxy_config(settings.proxy.clone());
        let provider = tls::Provider::Rustls(tls::rustls_provider::CryptoMode::AwsLc);
        Self {
            connector: connector.tls_provider(provider).build(),
            base_url: settings.base_url.clone(),
            limits: *limits,
        }
    }

    /// Sends until there is an answer, for as long as the limits allow.
    pub(crate) async fn call(&self, request: &Request) -> Result<Answer, AtlasError> {
        let started = Instant::now();
        let mut attempts = 1;
        loop {
            let passing = match tokio::time::timeout(self.limits.reply, self.attempt(request)).await {
                Ok(Ok(answer)) => return Ok(answer),
                Ok(Err(passing)) => passing,
                Err(_) => Passing::new(format!("no answer within {} s", self.limits.reply.as_secs_f64())),
            };
            // Never before Atlas wants it, and not all at the same moment.
            let asked = Duration::from_secs(passing.retry_after.unwrap_or_default());
            let pause = asked.saturating_add(self.limits.backoff.pause(attempts));
            if attempts == self.limits.attempts || started.elapsed().saturating_add(pause) > self.limits.calling {
                return Err(AtlasError::Unreachable {
                    operation: request.operation,
                    attempts,
                    reason: passing.reason,
                });
            }
            tracing::warn!(
                operation = request.operation,
                attempts,
                cause = passing.reason,
                "Atlas is asked again"
            );
            tokio::time::sleep(pause).await;
            attempts += 1;
        }
    }

    async fn attempt(&self, request: &Request) -> Result<Answer, Passing> {
        let broken = |error: &dyn std::error::Error| Passing::new(chain(error));
        let http = self
            .build(request)
            .ok_or_else(|| Passing::new("the request cannot be written"))?;
        let answer = self.connector.call(http).await.map_err(|error| broken(&error))?;
        let status = answer.status().as_u16();
        let retry_after = answer
            .headers()
            .get("retry-after")
            .and_then(|value| value.trim().parse().ok());
        let body = read(answer).await?;
        let json = serde_json::from_slice::<Value>(&body).ok();
        let code = json.as_ref().and_then(|json| code(&json["errorCode"]));
        if status == 429 || status >= 500 {
            let code = code.map(|code| format!(", {code}")).unwrap_or_default();
            return Err(Passing {
                reason: format!("HTTP {status}{code}"),
                retry_after,
            });
        }
        Ok(Answer { status, code, json })
    }

    /// `None`: a part of it is no text of HTTP.
    fn build(&self, request: &Request) -> Option<HttpRequest> {
        let mut http = HttpRequest::new(SdkBody::from(request.body.as_str()));
        http.set_method(request.method).ok()?;
        http.set_uri(format!("{}{}", self.base_url, request.path)).ok()?;
        for (name, value) in [
            ("accept", request.accept),
            ("content-type", request.content_type),
            ("authorization", request.authorization.as_str()),
            (
                "user-agent",
                concat!("lectern-secret-rotation/", env!("CARGO_PKG_VERSION")),
            ),
        ] {
            http.headers_mut().try_insert(name, value.to_owned()).ok()?;
        }
        Some(http)
    }
}

async fn read(answer: HttpResponse) -> Result<Vec<u8>, Passing> {
    let mut stream = ByteStream::new(answer.into_body());
    let mut body = Vec::new();
    while let Some(part) = stream.try_next().await.map_err(|error| Passing::new(chain(&error)))? {
        body.extend_from_slice(&part);
        if body.len() > MAX_ANSWER {
            return Err(Passing::new("the answer is too long to be the API's"));
        }
    }
    Ok(body)
}

/// A code of the API, like `USER_NOT_FOUND`; nothing else of an error is kept.
fn code(code: &Value) -> Option<String> {
    let code = code.as_str().filter(|code| (1..=80).contains(&code.len()))?;
    let is_code = code
        .bytes()
        .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_');
    is_code.then(|| code.to_owned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use aws_smithy_http_client::proxy::ProxyConfig;
    use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
    use tokio::net::TcpListener;

    use super::*;

    #[tokio::test]
    async fn with_a_proxy_calls_leave_through_it_and_an_error_has_no_part_of_the_request() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let proxy = ProxyConfig::https(format!("http://{}", listener.local_addr().unwrap())).unwrap();
        let settings = AtlasSettings {
            project: "0123456789abcdef01234567".to_owned(),
            secret_arn: String::new(),
            host: String::new(),
            base_url: "https://cloud.mongodb.com".to_owned(),
            proxy: Some(proxy),
        };
        let limits = Limits {
            attempts: 1,
            ..Limits::default()
        };
        let http = Http::new(&SdkConfig::builder().build(), &settings, &limits);
        let request = Request {
            operation: "change user",
            method: "PATCH",
            path: "/api".to_owned(),
            accept: "application/json",
            content_type: "application/json",
            authorization: "Bearer hunter2".to_owned(),
            body: "hunter2".to_owned(),
        };
        let refuse = async {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut line = String::new();
            BufReader::new(&mut stream).read_line(&mut line).await.unwrap();
            stream
                .write_all(b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n")
                .await
                .unwrap();
            line
        };
        let (answer, line) = tokio::join!(http.call(&request), refuse);
        assert_eq!(line.trim_end(), "CONNECT cloud.mongodb.com:443 HTTP/1.1");
        let error = answer.err().map(|error| chain(&error)).unwrap();
        assert!(
            error.contains("change user, attempt 1") && !error.contains("hunter2"),
            "{error}"
        );
    }

    #[test]
    fn only_codes_of_the_api_are_repeated() {
        for (text, known) in [
            ("USER_NOT_FOUND", true),
            ("", false),
            ("the password hunter2 is weak", false),
            ("hunter2", false),
        ] {
            assert_eq!(code(&Value::from(text)).is_some(), known, "{text}");
        }
        assert_eq!(code(&Value::Null), None);
    }
}
