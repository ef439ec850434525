//! What an HTTP answer means: success, an error for the caller, or a reason to try again.

use crate::error::{AtlasError, Operation, TransportError};
use crate::retry::parse_retry_after;
use reqwest::header::{CONTENT_TYPE, LOCATION, RETRY_AFTER};
use reqwest::{Response, StatusCode};
use serde::Deserialize;
use std::error::Error;
use std::io;
use std::time::{Duration, SystemTime};

/// Our choice because the largest answer, 500 access list entries, has some 200 KB; a server gone wrong must not fill
/// the memory.
const MAX_ANSWER_BYTES: usize = 16 * 1024 * 1024;

/// An attempt that did not succeed.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Another attempt would end the same way.
    Final(Box<AtlasError>),
    /// Another attempt may succeed, unless the cause says otherwise. `operation` may be the token request instead of
    /// the call itself.
    Transient { operation: Operation, cause: Cause },
}

#[derive(Debug)]
pub(crate) enum Cause {
    Status {
        status: StatusCode,
        retry_after: Option<Duration>,
        said: Box<Said>,
    },
    Transport(TransportError),
    Timeout(Duration),
}

/// Atlas's own words about an error.
#[derive(Debug, Default)]
pub(crate) struct Said {
    detail: Option<String>,
    error_code: Option<String>,
}

impl Cause {
    pub(crate) fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Status { retry_after, .. } => *retry_after,
            Self::Transport(_) | Self::Timeout(_) => None,
        }
    }

    /// Whether the call may have been carried out although its answer was lost. 429 is an answer: it was not.
    pub(crate) fn loses_answer(&self) -> bool {
        !matches!(self, Self::Status { status, .. } if *status == StatusCode::TOO_MANY_REQUESTS)
    }

    /// Whether another attempt may succeed. A certificate does not become trusted by asking again.
    pub(crate) fn may_pass(&self) -> bool {
        !matches!(self, Self::Transport(TransportError::Untrusted { .. }))
    }

    /// A word for the log.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Status { .. } => "status",
            Self::Transport(TransportError::Http { stage, .. }) => stage,
            Self::Transport(TransportError::Untrusted { .. }) => "untrusted certificate",
            Self::Transport(TransportError::Truncated) => "truncated answer",
            Self::Transport(TransportError::StaleNonces) => "stale nonces",
            Self::Timeout(_) => "timeout",
        }
    }

    /// The error once there is no further attempt.
    pub(crate) fn into_error(self, operation: Operation, attempts: u32) -> AtlasError {
        match self {
            Self::Status {
                status: StatusCode::TOO_MANY_REQUESTS,
                retry_after,
                ..
            } => AtlasError::Throttled {
                operation,
                attempts,
                retry_after,
            },
            Self::Status {
                status,
                retry_after,
                said,
            } => AtlasError::Unavailable {
                operation,
                attempts,
                status: status.as_u16(),
                detail: said.detail,
                error_code: said.error_code,
                retry_after,
            },
            Self::Transport(source) => AtlasError::Transport {
                operation,
                attempts,
                source,
            },
            Self::Timeout(waited) => AtlasError::Timeout {
                operation,
                attempts,
                waited,
            },
        }
    }
}

impl Failure {
    /// The exchange itself failed: nothing came back.
    pub(crate) fn from_http(operation: &Operation, error: reqwest::Error) -> Self {
        let untrusted = is_untrusted_certificate(&error);
        let stage = if error.is_connect() {
            "could not connect"
        } else {
            "the connection broke"
        };
        let source = error.without_url();
        let error = if untrusted {
            TransportError::Untrusted { source }
        } else {
            TransportError::Http { stage, source }
        };
        Self::Transient {
            operation: operation.clone(),
            cause: Cause::Transport(error),
        }
    }

    pub(crate) fn truncated(operation: &Operation) -> Self {
        Self::Transient {
            operation: operation.clone(),
            cause: Cause::Transport(TransportError::Truncated),
        }
    }

    pub(crate) fn malformed(operation: &Operation, reason: impl Into<String>) -> Self {
        Self::Final(Box::new(AtlasError::Malformed {
            operation: operation.clone(),
            reason: reason.into(),
        }))
    }
}

fn is_untrusted_certificate(error: &reqwest::Error) -> bool {
    let mut next: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(error) = next {
        if let Some(rustls::Error::InvalidCertificate(_)) = error.downcast_ref() {
            return true;
        }
        // `source` of an io::Error steps over the error inside it.
        let inner = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        next = inner
            .map(|inner| inner as &(dyn Error + 'static))
            .or_else(|| error.source());
    }
    false
}

/// Passes on any 2xx: Atlas answers 201 and 202 where its document says 200 and 204. Judges the rest by status alone.
pub(crate) async fn judge(operation: &Operation, response: Response) -> Result<Response, Failure> {
    let status = response.status();
    if status.is_success() {
        return Ok(response);
    }
    let retry_after = response
        .headers()
        .get(RETRY_AFTER)
        .and_then(|value| value.to_str().ok());
    let retry_after = retry_after.and_then(|value| parse_retry_after(value, SystemTime::now()));
    if status.is_redirection() {
        let detail = redirect_target(&response).map(|origin| format!("it redirects to {origin}"));
        return Err(failure_of(
            operation.clone(),
            status,
            None,
            Said {
                detail,
                error_code: None,
            },
        ));
    }
    // The status has decided. Atlas's own words are shown; of any other body, what it is.
    let content_type = response
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok().map(ToOwned::to_owned));
    let said = match read_body(operation, response).await {
        Ok(body) => serde_json::from_slice::<ErrorBody>(&body)
            .map(Said::from)
            .ok()
            .filter(|said| said.detail.is_some() || said.error_code.is_some())
            .unwrap_or_else(|| Said::something_else(content_type.as_deref(), &body)),
        Err(_) => Said {
            detail: Some("the body of the answer could not be read".to_owned()),
            error_code: None,
        },
    };
    Err(failure_of(operation.clone(), status, retry_after, said))
}

/// Characters of a page's title that are shown. Our choice: a title is a line.
const TITLE_CHARACTERS: usize = 80;

impl Said {
    /// The description of a body that is not an error of Atlas: its type, its size, and the title of a page. Not the body: a proxy's
    /// answer may repeat the request, and with it the credentials.
    fn something_else(content_type: Option<&str>, body: &[u8]) -> Self {
        let detail = if body.is_empty() {
            "the answer has no body".to_owned()
        } else {
            let kind = content_type.unwrap_or("no content type");
            let title = title(body)
                .map(|title| format!(", titled {title:?}"))
                .unwrap_or_default();
            format!(
                "the body is not an error of the Atlas API: {} bytes, {kind}{title}",
                body.len()
            )
        };
        Self {
            detail: Some(detail),
            error_code: None,
        }
    }
}

/// The title of an HTML page.
fn title(body: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(body);
    let lower = text.to_ascii_lowercase();
    let begin = lower.find("<title>")? + "<title>".len();
    let end = begin + lower.get(begin..)?.find("</title>")?;
    let title = text.get(begin..end)?.trim();
    (!title.is_empty()).then(|| title.chars().take(TITLE_CHARACTERS).collect())
}

/// Scheme, host and port: the rest may hold what is not to be shown.
fn redirect_target(response: &Response) -> Option<String> {
    let location = response.headers().get(LOCATION)?.to_str().ok()?;
    Some(response.url().join(location).ok()?.origin().ascii_serialization())
}

fn failure_of(operation: Operation, status: StatusCode, retry_after: Option<Duration>, said: Said) -> Failure {
    let Said { detail, error_code } = said;
    let error = match status.as_u16() {
        429 | 500 | 502 | 503 | 504 => {
            let said = Box::new(Said { detail, error_code });
            return Failure::Transient {
                operation,
                cause: Cause::Status {
                    status,
                    retry_after,
                    said,
                },
            };
        }
        401 => AtlasError::Unauthorized {
            operation,
            detail,
            error_code,
        },
        403 => {
            let ip_not_on_access_list = error_code.as_deref() == Some("IP_ADDRESS_NOT_ON_ACCESS_LIST");
            AtlasError::Forbidden {
                operation,
                detail,
                error_code,
                ip_not_on_access_list,
            }
        }
        404 => AtlasError::NotFound {
            operation,
            detail,
            error_code,
        },
        406 => AtlasError::NotAcceptable {
            operation,
            detail,
            error_code,
        },
        409 => AtlasError::Conflict {
            operation,
            detail,
            error_code,
            after_lost_answer: false,
        },
        410 => AtlasError::VersionGone {
            operation,
            detail,
            error_code,
        },
        status => AtlasError::Refused {
            operation,
            status,
            detail,
            error_code,
        },
    };
    Failure::Final(Box::new(error))
}

/// Reads the whole body. An answer that breaks off is transient, one without end is not.
pub(crate) async fn read_body(operation: &Operation, mut response: Response) -> Result<Vec<u8>, Failure> {
    let mut body = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if body.len() + chunk.len() > MAX_ANSWER_BYTES => {
                return Err(Failure::malformed(
                    operation,
                    format!("it is longer than {MAX_ANSWER_BYTES} bytes"),
                ));
            }
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            Ok(None) => return Ok(body),
            Err(_) => return Err(Failure::truncated(operation)),
        }
    }
}

/// Reads JSON. Without a Content-Length a cut shows only as JSON that ends early.
pub(crate) async fn read_json(operation: &Operation, response: Response) -> Result<serde_json::Value, Failure> {
    let body = read_body(operation, response).await?;
    serde_json::from_slice(&body).map_err(|error| {
        if error.is_eof() {
            Failure::truncated(operation)
        } else {
            let (line, column) = (error.line(), error.column());
            Failure::malformed(operation, format!("no JSON at line {line}, column {column}"))
        }
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ErrorBody {
    detail: Option<String>,
    error_code: Option<String>,
    bad_request_detail: Option<BadRequestDetail>,
}

#[derive(Deserialize)]
struct BadRequestDetail {
    fields: Option<Vec<BadField>>,
}

#[derive(Deserialize)]
struct BadField {
    field: Option<String>,
    description: Option<String>,
}

impl From<ErrorBody> for Said {
    fn from(body: ErrorBody) -> Self {
        let fields = body
            .bad_request_detail
            .and_then(|detail| detail.fields)
            .unwrap_or_default();
        let fields = fields
            .into_iter()
            .map(|BadField { field, description }| match (field, description) {
                (Some(field), Some(description)) => format!("{field}: {description}"),
                (field, description) => field.or(description).unwrap_or_default(),
            });
        let words: Vec<String> = body
            .detail
            .into_iter()
            .chain(fields)
            .filter(|text| !text.is_empty())
            .collect();
        let detail = (!words.is_empty()).then(|| words.join("; "));
        Self {
            detail,
            error_code: body.error_code,
        }
    }
}
