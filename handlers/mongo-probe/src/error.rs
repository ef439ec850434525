//! Everything an invocation can fail with.

use lambda_kit::mongo::{CommandError, SecretError};
use lambda_kit::schedule::ScheduleError;
use lambda_kit::{Cut, EnvironmentError, Failure};

#[derive(Debug, thiserror::Error)]
pub(crate) enum ProbeError {
    #[error(transparent)]
    Environment(EnvironmentError),
    #[error(transparent)]
    Event(ScheduleError),
    #[error("MongoDB was not asked")]
    Secret(#[source] SecretError),
    #[error("the cluster {cluster} could not be measured")]
    Mongo { cluster: String, source: CommandError },
    #[error(transparent)]
    Cut(Cut),
}

/// Every name that a [`Failure`] of this function can have. The README says what to do about each.
pub const FAILURES: [&str; 9] = [
    "Misconfigured",
    "EventInvalid",
    "SecretUnreadable",
    "SecretInvalid",
    "MongoUnreachable",
    "MongoLoginRefused",
    "MongoRefused",
    "OutOfTime",
    "Panicked",
];

impl ProbeError {
    fn name(&self) -> &'static str {
        match self {
            Self::Environment(_) => "Misconfigured",
            Self::Event(_) => "EventInvalid",
            Self::Secret(SecretError::Unreadable { .. }) => "SecretUnreadable",
            Self::Secret(_) => "SecretInvalid",
            Self::Mongo { source, .. } => match source {
                CommandError::LoginRefused => "MongoLoginRefused",
                CommandError::Refused { .. } => "MongoRefused",
                _ => "MongoUnreachable",
            },
            Self::Cut(cut) => cut.name(),
        }
    }

    /// One of [`FAILURES`].
    pub(crate) fn failure(&self) -> Failure {
        Failure::of(self.name(), self)
    }

    /// Whether the same may succeed at once, with an address that is read anew: the secret was rotated, the cluster moved, a connection broke.
    pub(crate) fn is_worth_another_attempt(&self) -> bool {
        match self {
            Self::Mongo { source, .. } => source.passes(),
            _ => false,
        }
    }
}
