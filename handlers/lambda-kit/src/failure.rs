//! A failed invocation, as Lambda reports it.

use lambda_runtime::Diagnostic;

/// Name and text of a failure: Lambda's `errorType` and `errorMessage`. The name is for machines (a state machine retries by
/// it), the text for people. Neither holds a secret or a document's content.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Failure {
    /// In capitals and small letters without blanks, like `SecretUnreadable`.
    pub name: &'static str,
    /// What happened, why it matters and what to do.
    pub message: String,
}

impl Failure {
    /// A failure with all that its error and the causes of it say.
    pub fn of(name: &'static str, error: &dyn std::error::Error) -> Self {
        Self {
            name,
            message: chain(error),
        }
    }
}

/// What an error and all the causes of it say.
#[must_use]
pub fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}

impl From<Failure> for Diagnostic {
    fn from(failure: Failure) -> Self {
        Self {
            error_type: failure.name.to_owned(),
            error_message: failure.message,
        }
    }
}
