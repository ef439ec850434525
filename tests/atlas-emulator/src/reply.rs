//! Answers and refusals as JSON.

use hyper::StatusCode;
use serde_json::{Value, json};

/// A success.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    /// `None`: no content.
    pub(crate) body: Option<Value>,
}

impl Reply {
    pub(crate) fn new(status: u16, body: Value) -> Self {
        Self {
            status,
            body: Some(body),
        }
    }

    pub(crate) fn ok(body: Value) -> Self {
        Self::new(200, body)
    }

    pub(crate) fn no_content() -> Self {
        Self {
            status: 204,
            body: None,
        }
    }
}

/// A refusal: HTTP status, `errorCode`, `detail` and `parameters`.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{status} {code}: {detail}")]
pub(crate) struct ApiError {
    pub(crate) status: u16,
    pub(crate) code: String,
    pub(crate) detail: String,
    pub(crate) parameters: Vec<Value>,
    /// Seconds for the `Retry-After` header.
    pub(crate) retry_after_seconds: Option<u64>,
}

impl ApiError {
    pub(crate) fn new(status: u16, code: &str, detail: impl Into<String>, parameters: Vec<Value>) -> Self {
        Self {
            status,
            code: code.to_owned(),
            detail: detail.into(),
            parameters,
            retry_after_seconds: None,
        }
    }

    pub(crate) fn with_retry_after(mut self, seconds: Option<u64>) -> Self {
        self.retry_after_seconds = seconds;
        self
    }

    pub(crate) fn to_json(&self) -> Value {
        let reason = StatusCode::from_u16(self.status).ok();
        json!({
            "detail": self.detail,
            "error": self.status,
            "errorCode": self.code,
            "parameters": self.parameters,
            "reason": reason.and_then(|status| status.canonical_reason()),
        })
    }

    /// Wrong key, token or organisation.
    pub(crate) fn unauthorized() -> Self {
        Self::new(
            401,
            "USER_UNAUTHORIZED",
            "You are not authorized for this resource.",
            vec![],
        )
    }

    /// The role is too low.
    pub(crate) fn role_too_low() -> Self {
        let detail = "The currently logged in user does not have the role required to perform this action.";
        Self::new(403, "USER_UNAUTHORIZED", detail, vec![])
    }

    pub(crate) fn ip_address_not_on_access_list() -> Self {
        let address = "127.0.0.1";
        let detail = format!("IP address {address} is not allowed to access this resource.");
        Self::new(403, "IP_ADDRESS_NOT_ON_ACCESS_LIST", detail, vec![json!(address)])
    }

    pub(crate) fn not_acceptable() -> Self {
        let detail = "The Accept header names no version of this resource.";
        Self::new(406, "NOT_ACCEPTABLE", detail, vec![])
    }

    pub(crate) fn unsupported_media_type() -> Self {
        let detail = "The Content-Type header names no JSON of this API.";
        Self::new(415, "UNSUPPORTED_MEDIA_TYPE", detail, vec![])
    }

    pub(crate) fn version_gone(version: &str, path: &str) -> Self {
        let path = path.trim_start_matches('/');
        let detail = format!("Version {version} of {path} is no longer available.");
        Self::new(410, "VERSION_GONE", detail, vec![json!(version), json!(path)])
    }

    pub(crate) fn resource_not_found(path: &str) -> Self {
        Self::new(
            404,
            "RESOURCE_NOT_FOUND",
            format!("Cannot find resource {path}."),
            vec![json!(path)],
        )
    }

    pub(crate) fn method_not_allowed(method: &str) -> Self {
        let detail = format!("The resource does not support {method}.");
        Self::new(405, "METHOD_NOT_ALLOWED", detail, vec![json!(method)])
    }

    pub(crate) fn malformed_path(path: &str) -> Self {
        let detail = format!("One or more path parameter in the request URI {path} is malformed.");
        Self::new(400, "PATH_PARAM_PARSE_ERROR", detail, vec![json!(path)])
    }

    pub(crate) fn group_not_found(id: &str) -> Self {
        Self::new(
            404,
            "GROUP_NOT_FOUND",
            format!("No group with ID {id} exists."),
            vec![json!(id)],
        )
    }

    pub(crate) fn malformed_json() -> Self {
        Self::new(400, "MALFORMED_JSON", "Received JSON is malformed.", vec![])
    }

    pub(crate) fn missing_attribute(name: &str) -> Self {
        let detail = format!("The required attribute {name} was not specified.");
        Self::new(400, "MISSING_ATTRIBUTE", detail, vec![json!(name)])
    }

    pub(crate) fn invalid_attribute(name: &str, why: &str) -> Self {
        let detail = format!("Invalid attribute {name} specified: {why}.");
        Self::new(400, "INVALID_ATTRIBUTE", detail, vec![json!(name)])
    }

    pub(crate) fn invalid_query_parameter(name: &str) -> Self {
        let detail = format!("Invalid query parameter {name} specified.");
        Self::new(400, "INVALID_QUERY_PARAMETER", detail, vec![json!(name)])
    }

    /// A resource's token bucket is empty.
    pub(crate) fn rate_limited(path: &str, retry_after_seconds: Option<u64>) -> Self {
        let path = path.trim_start_matches('/');
        // The numbers of the documentation's example.
        let (seconds, capacity, refill, period) = (retry_after_seconds.unwrap_or(55), 10, 5, 60);
        let detail = format!(
            "Rate limit exceeded for {path}. Please retry after {seconds} seconds. Request capacity: {capacity}. \
             Refill rate: {refill} per {period} seconds."
        );
        let parameters = vec![
            json!(path),
            json!(seconds),
            json!(capacity),
            json!(refill),
            json!(period),
        ];
        Self::new(429, "RATE_LIMITED_TOKEN_BUCKET", detail, parameters)
    }

    /// A client asked for too many tokens.
    pub(crate) fn token_rate_limited(path: &str, requests: usize) -> Self {
        let detail = format!("Resource {path} is limited to {requests} requests every 1 minutes.");
        Self::new(
            429,
            "RATE_LIMITED",
            detail,
            vec![json!(path), json!(requests), json!(1)],
        )
    }

    pub(crate) fn unexpected() -> Self {
        Self::new(500, "UNEXPECTED_ERROR", "Unexpected error.", vec![])
    }

    pub(crate) fn unavailable() -> Self {
        Self::new(503, "SERVICE_UNAVAILABLE", "The service is unavailable.", vec![])
    }

    pub(crate) fn no_capacity() -> Self {
        Self::new(
            400,
            "ATLAS_GENERAL_ERROR",
            "Reason: No Capacity.",
            vec![json!("No Capacity")],
        )
    }
}
