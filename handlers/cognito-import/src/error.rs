//! Everything an invocation can fail with. What happens to a single user is no failure: the report has it.

use envelope::KeyError;
use job_kit::JobError;
use lambda_kit::{Cut, EnvironmentError, Failure};
use user_export::{CognitoError, PartError};

use crate::event::EventError;

#[derive(Debug, thiserror::Error)]
pub(crate) enum ImportError {
    #[error(transparent)]
    Environment(EnvironmentError),
    #[error(transparent)]
    Event(EventError),
    #[error(
        "there is no complete export at {key}: select a complete export, or check bucket, prefix and \
         source_user_pool_id"
    )]
    NoExport { key: String },
    #[error(
        "the user pool does not match the export, so nothing was imported: {}. Create the user pool with the same \
         configuration as the exported one",
        .0.join("; ")
    )]
    PoolDiffers(Vec<String>),
    #[error(
        "the user pool could not be read or changed; the progress is saved, and the same event continues from there"
    )]
    Cognito(#[from] CognitoError),
    #[error(transparent)]
    Job(#[from] JobError),
    #[error(transparent)]
    Part(PartError),
    #[error(transparent)]
    Key(#[from] KeyError),
    #[error("there are no random numbers for passwords")]
    NoRandom,
    #[error(transparent)]
    Cut(Cut),
}

impl From<PartError> for ImportError {
    fn from(error: PartError) -> Self {
        match error {
            PartError::Job(error) => Self::Job(error),
            other => Self::Part(other),
        }
    }
}

/// Every name that a [`Failure`] of this function can have. The README says what to do about each.
pub const FAILURES: [&str; 26] = [
    "Misconfigured",
    "EventInvalid",
    "ExportMissing",
    "PoolDiffers",
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
    "Internal",
];

impl ImportError {
    fn name(&self) -> &'static str {
        match self {
            Self::Environment(_) => "Misconfigured",
            Self::Event(_) => "EventInvalid",
            Self::NoExport { .. } => "ExportMissing",
            Self::PoolDiffers(_) => "PoolDiffers",
            Self::Cognito(error) => error.name(),
            Self::Job(error) => error.name(),
            Self::Part(_) => "PartUnreadable",
            Self::Key(KeyError::Kms { source, .. }) if source.passes() => "KeyUnavailable",
            Self::Key(_) => "KeyRefused",
            Self::NoRandom => "Internal",
            Self::Cut(cut) => cut.name(),
        }
    }

    /// One of [`FAILURES`].
    pub(crate) fn failure(&self) -> Failure {
        Failure::of(self.name(), self)
    }
}
