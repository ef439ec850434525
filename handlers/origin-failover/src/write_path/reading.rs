//! What a write path was when it was read, and why a change of it failed.

use lambda_kit::aws::AwsError;

use crate::decision::{Position, Region};
use crate::xml::XmlError;

/// As it was read.
#[derive(Debug)]
pub(crate) struct Reading {
    pub(crate) position: Position,
    /// The distribution's ETag; of a record, which has none, it is empty.
    pub(crate) revision: String,
    pub(super) change: Change,
}

/// The calls' bodies that would point it to either region.
#[derive(Debug)]
pub(super) struct Change {
    pub(super) to_primary: Result<String, WritePathError>,
    pub(super) to_secondary: Result<String, WritePathError>,
}

impl Change {
    pub(super) fn to(&self, region: Region) -> Result<&str, WritePathError> {
        let body = match region {
            Region::Primary => &self.to_primary,
            Region::Secondary => &self.to_secondary,
        };
        body.as_deref().map_err(Clone::clone)
    }
}

/// Why it cannot be read, or not be changed at all.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum WritePathError {
    #[error(transparent)]
    Call(AwsError),
    #[error(transparent)]
    Xml(XmlError),
    #[error("{0}")]
    Nothing(String),
}

/// Why a change was not made, or may have been.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SwitchError {
    #[error("it was changed by another process after it was read")]
    Stale(#[source] AwsError),
    #[error("the change was temporarily rejected; the next event tries again")]
    Later(#[source] AwsError),
    #[error("it is unknown whether the change was made")]
    Unsure(#[source] AwsError),
    #[error("it was refused")]
    Refused(#[source] AwsError),
    #[error(transparent)]
    Impossible(WritePathError),
}

/// What a failed change means, by the codes with which a service says that it is not what was read.
pub(super) fn meaning(error: AwsError, stale: &[&str], later: &[&str]) -> SwitchError {
    let is_one_of = |codes: &[&str]| error.code().is_some_and(|code| codes.contains(&code));
    if is_one_of(stale) {
        return SwitchError::Stale(error);
    }
    let is_throttled = error.status() == Some(429) || error.code().is_some_and(|code| code.contains("Throttl"));
    if is_throttled || is_one_of(later) {
        return SwitchError::Later(error);
    }
    match error.status() {
        // An answer of 5xx may come after the work was done.
        Some(status) if status < 500 => SwitchError::Refused(error),
        Some(_) => SwitchError::Unsure(error),
        None if matches!(error, AwsError::NoCredentials { .. }) => SwitchError::Later(error),
        None => SwitchError::Unsure(error),
    }
}
