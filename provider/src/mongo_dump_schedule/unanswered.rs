//! Why a call of Scheduler has no result.

use provider_kit::{Interrupt, Unwritten};

use crate::connection::aws::AwsError;

/// Why a look has no result.
#[derive(Debug)]
pub(super) enum ReadError {
    Aws(AwsError),
    Interrupted(Interrupt),
}

/// Why a write did not happen.
#[derive(Debug)]
pub(super) enum WriteError {
    Aws(AwsError),
    /// The group, or the schedule that was to change, does not exist.
    NotFound,
    /// A schedule of this name exists.
    Exists,
    /// It has no answer, and was begun or not.
    Interrupted(Unwritten),
    /// The operation had to end while a new role was waited for.
    RoleUnknown(Interrupt),
}

impl WriteError {
    /// Whether the call may have been carried out.
    pub(super) fn may_be_done(&self) -> bool {
        match self {
            Self::Aws(cause) => cause.may_be_done(),
            Self::Interrupted(unwritten) => matches!(unwritten, Unwritten::Unanswered(_)),
            Self::NotFound | Self::Exists | Self::RoleUnknown(_) => false,
        }
    }
}

impl From<AwsError> for WriteError {
    fn from(error: AwsError) -> Self {
        match &error {
            error if error.is_not_found() => Self::NotFound,
            AwsError::Refused { code, operation, .. }
                if code == "ConflictException" && *operation == "CreateSchedule" =>
            {
                Self::Exists
            }
            _ => Self::Aws(error),
        }
    }
}
