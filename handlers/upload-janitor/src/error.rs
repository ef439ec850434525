//! Everything an invocation can fail with. A single removal that fails is no failure of the invocation: the report has it.

use lambda_kit::mongo::StoreError;
use lambda_kit::schedule::ScheduleError;
use lambda_kit::{Cut, EnvironmentError, Failure};

#[derive(Debug, thiserror::Error)]
pub(crate) enum JanitorError {
    #[error(transparent)]
    Environment(EnvironmentError),
    #[error(transparent)]
    Event(ScheduleError),
    #[error("the file records could not be read or updated; completed deletions stay completed")]
    Records(#[source] StoreError),
    #[error(transparent)]
    Cut(Cut),
}

/// Every name that a [`Failure`] of this function can have. The README says what to do about each.
pub const FAILURES: [&str; 6] = [
    "Misconfigured",
    "EventInvalid",
    "MongoUnavailable",
    "MongoRefused",
    "OutOfTime",
    "Panicked",
];

impl JanitorError {
    fn name(&self) -> &'static str {
        match self {
            Self::Environment(_) => "Misconfigured",
            Self::Event(_) => "EventInvalid",
            Self::Records(error) if error.passes() => "MongoUnavailable",
            Self::Records(_) => "MongoRefused",
            Self::Cut(cut) => cut.name(),
        }
    }

    /// One of [`FAILURES`].
    pub(crate) fn failure(&self) -> Failure {
        Failure::of(self.name(), self)
    }
}
