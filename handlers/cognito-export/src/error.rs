//! Everything an invocation can fail with.

use envelope::KeyError;
use job_kit::JobError;
use lambda_kit::{Cut, EnvironmentError, Failure};
use user_export::{CognitoError, PartError};

use crate::event::EventError;

#[derive(Debug, thiserror::Error)]
pub(crate) enum ExportError {
    #[error(transparent)]
    Environment(EnvironmentError),
    #[error(transparent)]
    Event(EventError),
    #[error("the user pool could not be read; the progress is saved, and the same event continues from there")]
    Cognito(#[from] CognitoError),
    #[error(transparent)]
    Job(#[from] JobError),
    #[error(transparent)]
    Part(PartError),
    #[error(transparent)]
    Key(#[from] KeyError),
    #[error(transparent)]
    Cut(Cut),
}

impl From<PartError> for ExportError {
    fn from(error: PartError) -> Self {
        match error {
            PartError::Job(error) => Self::Job(error),
            other => Self::Part(other),
        }
    }
}

/// Every name that a [`Failure`] of this function can have. The README says what to do about each.
pub const FAILURES: [&str; 23] = [
    "Misconfigured",
    "EventInvalid",
    "CognitoDenied",
    "CognitoRefused",
    "CognitoUnavailable",
    "CognitoMalformed",
    "KeyRefused",
    "KeyUnavailable",
    "PartUnreadable",
    "RoleRefused",
    "StorageDenied",
    "StorageKeyRefused",
    "StorageRefused",
    "StorageUnreachable",
    "StorageDamaged",
    "ControlUnreadable",
    "ControlForeign",
    "LeaseLost",
    "NoProgress",
    "TooManyHops",
    "HandoverFailed",
    "OutOfTime",
    "Panicked",
];

impl ExportError {
    fn name(&self) -> &'static str {
        match self {
            Self::Environment(_) => "Misconfigured",
            Self::Event(_) => "EventInvalid",
            Self::Cognito(error) => error.name(),
            Self::Job(error) => error.name(),
            Self::Part(_) => "PartUnreadable",
            Self::Key(KeyError::Kms { source, .. }) if source.passes() => "KeyUnavailable",
            Self::Key(_) => "KeyRefused",
            Self::Cut(cut) => cut.name(),
        }
    }

    /// One of [`FAILURES`].
    pub(crate) fn failure(&self) -> Failure {
        Failure::of(self.name(), self)
    }
}
