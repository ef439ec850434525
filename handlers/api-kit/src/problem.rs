//! Answers to requests that are not served, by RFC 9457.

use std::time::Duration;

use lambda_kit::aws::AwsError;
use lambda_kit::mongo::StoreError;
use serde::Serialize;

/// Content type of a problem.
pub(crate) const CONTENT_TYPE: &str = "application/problem+json";

/// When to come back where nothing says it. Our choice: an election of a MongoDB primary and S3's back-off both take seconds.
const RETRY_AFTER: Duration = Duration::from_secs(5);

/// What kind of problem it is. Its name is API: clients decide by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The body is not JSON in UTF-8.
    MalformedBody,
    /// An object in the body contains a key twice.
    DuplicateKey,
    /// The body is not as the contract says.
    InvalidBody,
    /// A body where none is taken.
    UnexpectedBody,
    /// A parameter is not as the contract says, or given twice.
    InvalidParameter,
    /// A query parameter that the route does not have.
    UnknownParameter,
    /// Nobody is signed in.
    Unauthenticated,
    /// The caller may not do this.
    Forbidden,
    /// It is not there, or the caller may not know that it is.
    NotFound,
    /// The route has no such method.
    MethodNotAllowed,
    /// The state of the thing does not allow it.
    Conflict,
    /// The same idempotency key came with another body.
    IdempotencyKeyReused,
    /// What was uploaded is not what was announced.
    UploadMismatch,
    /// The thing was changed since it was read.
    PreconditionFailed,
    /// The body is too large.
    BodyTooLarge,
    /// The content type is not one that the route takes.
    UnsupportedMediaType,
    /// The body is as the contract says, and still cannot be accepted.
    Unprocessable,
    /// A change without the version that it was made from.
    PreconditionRequired,
    /// A service behind is not there at the moment.
    Unavailable,
    /// A fault of ours.
    Internal,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 20] = [
        Self::MalformedBody,
        Self::DuplicateKey,
        Self::InvalidBody,
        Self::UnexpectedBody,
        Self::InvalidParameter,
        Self::UnknownParameter,
        Self::Unauthenticated,
        Self::Forbidden,
        Self::NotFound,
        Self::MethodNotAllowed,
        Self::Conflict,
        Self::IdempotencyKeyReused,
        Self::UploadMismatch,
        Self::PreconditionFailed,
        Self::BodyTooLarge,
        Self::UnsupportedMediaType,
        Self::Unprocessable,
        Self::PreconditionRequired,
        Self::Unavailable,
        Self::Internal,
    ];

    /// Last part of the problem's `type`, `urn:lectern:problem:<name>`.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.facts().0
    }

    /// HTTP status.
    #[must_use]
    pub fn status(self) -> u16 {
        self.facts().1
    }

    /// The problem's `title`.
    #[must_use]
    pub fn title(self) -> &'static str {
        self.facts().2
    }

    fn facts(self) -> (&'static str, u16, &'static str) {
        match self {
            Self::MalformedBody => ("malformed-body", 400, "The body is not valid JSON."),
            Self::DuplicateKey => ("duplicate-key", 400, "An object in the body contains a key twice."),
            Self::InvalidBody => ("invalid-body", 400, "The body is not valid for this route."),
            Self::UnexpectedBody => ("unexpected-body", 400, "This route does not accept a body."),
            Self::InvalidParameter => ("invalid-parameter", 400, "A parameter is not valid for this route."),
            Self::UnknownParameter => ("unknown-parameter", 400, "This route has no such parameter."),
            Self::Unauthenticated => ("unauthenticated", 401, "Authentication is required."),
            Self::Forbidden => ("forbidden", 403, "You do not have permission to do this."),
            Self::NotFound => (
                "not-found",
                404,
                "The resource does not exist, or you have no access to it.",
            ),
            Self::MethodNotAllowed => ("method-not-allowed", 405, "This route does not support this method."),
            Self::Conflict => ("conflict", 409, "The current state does not allow this request."),
            Self::IdempotencyKeyReused => (
                "idempotency-key-reused",
                409,
                "This Idempotency-Key was used with another body before.",
            ),
            Self::UploadMismatch => (
                "upload-mismatch",
                409,
                "The uploaded file differs from the announced file.",
            ),
            Self::PreconditionFailed => (
                "precondition-failed",
                412,
                "The resource has changed since you read it.",
            ),
            Self::BodyTooLarge => ("body-too-large", 413, "The body is too large."),
            Self::UnsupportedMediaType => (
                "unsupported-media-type",
                415,
                "This route does not support this content type.",
            ),
            Self::Unprocessable => ("unprocessable", 422, "The request cannot be accepted."),
            Self::PreconditionRequired => ("precondition-required", 428, "The header If-Match is required."),
            Self::Unavailable => ("unavailable", 503, "The service is temporarily unavailable."),
            Self::Internal => ("internal", 500, "An internal error occurred."),
        }
    }
}

/// One thing that is wrong with a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldError {
    /// JSON pointer into the body, or the parameter's name.
    pub field: String,
    /// What it has to be; never what it was, which may be personal.
    pub message: String,
}

/// Why a request was not served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What kind of problem.
    pub kind: Kind,
    /// What to do about it, for the author of the client.
    pub detail: Option<String>,
    /// Everything that is wrong with the request.
    pub errors: Vec<FieldError>,
    /// For our log alone. Holds no personal data.
    pub(crate) cause: Option<String>,
    /// Methods that the route has, where the one that was sent is none of them.
    pub(crate) allow: Option<String>,
}

impl Problem {
    /// A problem with nothing to add to its title.
    #[must_use]
    pub fn new(kind: Kind) -> Self {
        Self {
            kind,
            detail: None,
            errors: Vec::new(),
            cause: None,
            allow: None,
        }
    }

    /// With what to do about it.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// With one more thing that is wrong.
    #[must_use]
    pub fn error(mut self, field: impl Into<String>, message: impl Into<String>) -> Self {
        self.errors.push(FieldError {
            field: field.into(),
            message: message.into(),
        });
        self
    }

    /// With what our log should know; never personal data.
    #[must_use]
    pub fn cause(mut self, cause: impl Into<String>) -> Self {
        self.cause = Some(cause.into());
        self
    }

    /// What the log gets.
    #[must_use]
    pub fn logged_cause(&self) -> Option<&str> {
        self.cause.as_deref()
    }

    /// When to come back, of one that passes.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        (self.kind == Kind::Unavailable).then_some(RETRY_AFTER)
    }

    pub(crate) fn render(&self, request_id: &str) -> String {
        #[derive(Serialize)]
        struct Body<'a> {
            r#type: String,
            title: &'a str,
            status: u16,
            #[serde(skip_serializing_if = "Option::is_none")]
            detail: Option<&'a str>,
            request_id: &'a str,
            #[serde(skip_serializing_if = "<[FieldError]>::is_empty")]
            errors: &'a [FieldError],
        }
        let body = Body {
            r#type: format!("urn:lectern:problem:{}", self.kind.name()),
            title: self.kind.title(),
            status: self.kind.status(),
            detail: self.detail.as_deref(),
            request_id,
            errors: &self.errors,
        };
        serde_json::to_string(&body).unwrap_or_default()
    }
}

impl Problem {
    /// Of something behind that failed: one that passes is worth another request.
    fn behind(passes: bool, error: &dyn std::error::Error) -> Self {
        let kind = if passes { Kind::Unavailable } else { Kind::Internal };
        Self::new(kind).cause(lambda_kit::chain(error))
    }
}

impl From<AwsError> for Problem {
    fn from(error: AwsError) -> Self {
        Self::behind(error.passes(), &error)
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        Self::behind(error.passes(), &error)
    }
}
