//! Everything an invocation can fail with.

use lambda_kit::aws::AwsError;
use lambda_kit::{Cut, EnvironmentError, Failure};

use crate::alarms::AlarmsError;
use crate::event::EventError;
use crate::mode::OverrideError;
use crate::write_path::{SwitchError, WritePathError};

/// Why an event was not done with. Lambda sends it again, and the schedule looks again in any case.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FailoverError {
    #[error(transparent)]
    Settings(EnvironmentError),
    #[error("the event was rejected, and nothing was changed")]
    Event(#[source] EventError),
    #[error(
        "the parameter of LECTERN_OVERRIDE_PARAMETER could not be read, and nothing is changed that a person may have \
         forbidden: the function's role needs ssm:GetParameter on it"
    )]
    Override(#[source] OverrideError),
    #[error(
        "the alarms could not be read, and nothing is changed without them: the function's role needs \
         cloudwatch:DescribeAlarms. A person can switch with the override parameter"
    )]
    Alarms(#[source] AlarmsError),
    #[error("the write path could not be read; nothing was changed")]
    Read(#[source] WritePathError),
    #[error("there is nothing to switch")]
    Nothing(#[source] WritePathError),
    #[error("the write path must be switched, but AWS rejected the change")]
    Refused(#[source] SwitchError),
    #[error("the write path must be switched, but {attempts} attempts failed; the next event tries again")]
    Contested {
        attempts: u32,
        #[source]
        last: SwitchError,
    },
    #[error(
        "the decision is carried out and logged, but {place} was not notified; the next event of this process \
         notifies it"
    )]
    Publishing { place: &'static str, source: AwsError },
    #[error(transparent)]
    Cut(Cut),
}

/// Every name that a [`Failure`] of this function can have, which are API: alarms match on them. The README says what to do about
/// each.
pub const FAILURES: [&str; 12] = [
    "Misconfigured",
    "EventInvalid",
    "OverrideUnreadable",
    "AlarmsUnreadable",
    "WritePathUnreadable",
    "NothingToSwitch",
    "SwitchRefused",
    "SwitchContested",
    "TopicRefused",
    "EventBusRefused",
    "OutOfTime",
    "Panicked",
];

/// Places of [`FailoverError::Publishing`].
pub(crate) const TOPIC: &str = "the topic";
pub(crate) const EVENT_BUS: &str = "the event bus";

impl FailoverError {
    /// One of [`FAILURES`].
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Settings(_) => "Misconfigured",
            Self::Event(_) => "EventInvalid",
            Self::Override(_) => "OverrideUnreadable",
            Self::Alarms(_) => "AlarmsUnreadable",
            Self::Read(_) => "WritePathUnreadable",
            Self::Nothing(_) => "NothingToSwitch",
            Self::Refused(_) => "SwitchRefused",
            Self::Contested { .. } => "SwitchContested",
            Self::Publishing { place: EVENT_BUS, .. } => "EventBusRefused",
            Self::Publishing { .. } => "TopicRefused",
            Self::Cut(cut) => cut.name(),
        }
    }

    /// Of a write path that was not read.
    pub(crate) fn of_reading(error: WritePathError) -> Self {
        match error {
            WritePathError::Nothing(_) => Self::Nothing(error),
            WritePathError::Call(_) | WritePathError::Xml(_) => Self::Read(error),
        }
    }
}

impl From<FailoverError> for Failure {
    fn from(error: FailoverError) -> Self {
        Self::of(error.name(), &error)
    }
}
