//! Everything an invocation can fail with.

use dump_format::key::RunId;
use dump_format::manifest::NoSnapshot;
use dump_format::names::Ordinal;
use dump_format::payload::PayloadError;
use job_kit::JobError;
use lambda_kit::mongo::SecretError;
use lambda_kit::{Cut, Failure};

use crate::source::MongoError;

/// Why nothing, or not everything, was dumped. [`DumpError::name`] is what Lambda reports as `errorType`.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DumpError {
    #[error("the event is not valid for this function")]
    Event(#[source] PayloadError),
    #[error("no connection to MongoDB can be made")]
    Secret(#[source] SecretError),
    #[error("MongoDB could not be read")]
    Mongo(#[source] MongoError),
    #[error(transparent)]
    Job(JobError),
    #[error("run {run} has no plan: the event with action plan comes first, with the same settings and time")]
    NoPlan { run: RunId },
    #[error(
        "run {run} was planned with other settings than this event has ({field} differs): a change of the schedule applies \
         from its next run on"
    )]
    OtherSettings { run: RunId, field: &'static str },
    #[error("the plan of run {run} has no range {range}")]
    NoRange { run: RunId, range: Ordinal },
    #[error("{count} of the plan's ranges are not done, the first is {first}: each has to answer before the commit")]
    RangesMissing { count: usize, first: Ordinal },
    #[error(
        "the plan would have {count} ranges, and {limit} is the most: leave collections out, or spread them over several \
         schedules"
    )]
    TooManyRanges { count: usize, limit: usize },
    #[error(
        "{0} has more objects in one range than keys have numbers for: use the state machine, whose ranges are smaller"
    )]
    TooManyObjects(String),
    #[error(
        "the run has been handed over {hops} times without completing: increase the memory of the function, or use the state machine"
    )]
    TooManyHops { hops: u32 },
    #[error(
        "{namespace} is not done within one invocation and cannot be continued in another, or no object was finished in \
         this one: give the function more time or memory"
    )]
    NoProgress { namespace: String },
    #[error(
        "the dump is incomplete: {gaps} of what was asked for is missing, the first is {first}; the manifest of run {run} says \
         why for each"
    )]
    Incomplete { run: RunId, gaps: usize, first: String },
    #[error("the dump of run {run} is empty: no collection matches, or the user sees none")]
    Empty { run: RunId },
    #[error("run {run} contradicts itself: {reason}")]
    Contradiction { run: RunId, reason: &'static str },
    #[error(
        "{} cannot be read as of the dump's one cluster time ({reason:?}{}), and the event has require_snapshot, so nothing was read in \
         its place. A server keeps the history for 5 minutes unless minSnapshotHistoryWindowInSeconds says otherwise: use the state \
         machine, exclude collections of kinds that have no snapshots, or set a longer window",
        namespace.as_deref().unwrap_or("the deployment"),
        code.map(|code| format!(", code {code}")).unwrap_or_default()
    )]
    NoSnapshot {
        /// `None`: all of it.
        namespace: Option<String>,
        reason: NoSnapshot,
        code: Option<i32>,
    },
    #[error("{}", .0)]
    Cut(Cut),
    #[error("a fault of this function: {0}")]
    Bug(&'static str),
}

/// Every name that a [`Failure`] of this function can have, which are API: alarms and state machines match on them. The README
/// says what to do about each.
pub const FAILURES: [&str; 30] = [
    "EventInvalid",
    "SecretUnreadable",
    "SecretInvalid",
    "RoleRefused",
    "MongoUnreachable",
    "MongoLoginRefused",
    "MongoRefused",
    "StorageDenied",
    "StorageKeyRefused",
    "StorageRefused",
    "StorageUnreachable",
    "StorageDamaged",
    "ControlUnreadable",
    "ControlForeign",
    "LeaseHeld",
    "LeaseLost",
    "PlanMissing",
    "PlanDiffers",
    "RangeUnknown",
    "RangesMissing",
    "TooManyRanges",
    "TooManyHops",
    "NoProgress",
    "HandoverFailed",
    "DumpIncomplete",
    "DumpEmpty",
    "SnapshotMissing",
    "OutOfTime",
    "Panicked",
    "Internal",
];

impl DumpError {
    /// One of [`FAILURES`].
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Event(_) => "EventInvalid",
            Self::Secret(SecretError::Unreadable { .. }) => "SecretUnreadable",
            Self::Secret(_) => "SecretInvalid",
            Self::Mongo(MongoError::LoginRefused) => "MongoLoginRefused",
            Self::Mongo(MongoError::Refused { .. }) => "MongoRefused",
            Self::Mongo(_) => "MongoUnreachable",
            Self::Job(error) => error.name(),
            Self::NoPlan { .. } => "PlanMissing",
            Self::OtherSettings { .. } => "PlanDiffers",
            Self::NoRange { .. } => "RangeUnknown",
            Self::RangesMissing { .. } => "RangesMissing",
            Self::TooManyRanges { .. } | Self::TooManyObjects(_) => "TooManyRanges",
            Self::TooManyHops { .. } => "TooManyHops",
            Self::NoProgress { .. } => "NoProgress",
            Self::Incomplete { .. } => "DumpIncomplete",
            Self::Empty { .. } => "DumpEmpty",
            Self::NoSnapshot { .. } => "SnapshotMissing",
            Self::Cut(Cut::OutOfTime { .. }) => "OutOfTime",
            Self::Cut(Cut::Panicked { .. }) => "Panicked",
            Self::Contradiction { .. } | Self::Bug(_) => "Internal",
        }
    }

    /// Whether the run as such has failed. Work that somebody else holds has not.
    pub(crate) fn is_a_failed_run(&self) -> bool {
        !matches!(self, Self::Job(JobError::Held(_)))
    }

    pub(crate) fn failure(&self) -> Failure {
        Failure::of(self.name(), self)
    }
}

impl From<MongoError> for DumpError {
    fn from(error: MongoError) -> Self {
        match error {
            MongoError::Secret(error) => Self::Secret(error),
            other => Self::Mongo(other),
        }
    }
}

impl From<JobError> for DumpError {
    fn from(error: JobError) -> Self {
        match error {
            JobError::TooManyHops { hops } => Self::TooManyHops { hops },
            other => Self::Job(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_list_has_exactly_the_names_that_the_code_gives() {
        let code = include_str!("error.rs");
        let given = code
            .split_once("fn name(")
            .and_then(|(_, rest)| rest.split_once("mod tests"));
        let (given, _) = given.unwrap_or_default();
        // Every other piece is within quotes; names are those in CamelCase.
        let quoted = given.split('"').skip(1).step_by(2);
        let is_name = |text: &&str| {
            text.starts_with(|c: char| c.is_ascii_uppercase()) && text.chars().all(|c| c.is_ascii_alphabetic())
        };
        let names: BTreeSet<_> = quoted.filter(is_name).chain(job_kit::FAILURES).collect();
        assert_eq!(names, FAILURES.into_iter().collect());
    }
}
