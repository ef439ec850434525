//! Everything an invocation can fail with.

use lambda_kit::aws::AwsError;
use lambda_kit::{EnvironmentError, Failure};

use crate::envelope::EnvelopeError;

/// Why an event was not done with. Lambda sends it again.
#[derive(Debug, thiserror::Error)]
pub(crate) enum GuardError {
    #[error(transparent)]
    Settings(EnvironmentError),
    #[error("the event is not one that CloudWatch Logs sends")]
    Event(#[source] EnvelopeError),
    #[error(
        "the addresses of S3 and DynamoDB are not known, and without them their traffic cannot be told from that of \
         strangers: the function's role needs ec2:GetManagedPrefixListEntries on the prefix lists, and the function a \
         way to EC2's endpoint"
    )]
    PrefixLists(#[source] AwsError),
    #[error(
        "{undelivered} notices were not delivered to {place}; all flows are counted, and the event will be retried"
    )]
    Publishing {
        place: &'static str,
        undelivered: usize,
        source: AwsError,
    },
}

/// Every name that a [`Failure`] of this function can have, which are API: alarms match on them. The README says what to do about
/// each.
pub const FAILURES: [&str; 7] = [
    "Misconfigured",
    "EventInvalid",
    "PrefixListsUnreadable",
    "TopicRefused",
    "EventBusRefused",
    "OutOfTime",
    "Panicked",
];

/// Places of [`GuardError::Publishing`].
pub(crate) const TOPIC: &str = "the topic";
pub(crate) const EVENT_BUS: &str = "the event bus";

impl GuardError {
    /// One of [`FAILURES`]; the last two are the runtime's.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Settings(_) => "Misconfigured",
            Self::Event(_) => "EventInvalid",
            Self::PrefixLists(_) => "PrefixListsUnreadable",
            Self::Publishing { place: EVENT_BUS, .. } => "EventBusRefused",
            Self::Publishing { .. } => "TopicRefused",
        }
    }
}

impl From<GuardError> for Failure {
    fn from(error: GuardError) -> Self {
        Self::of(error.name(), &error)
    }
}
