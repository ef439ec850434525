//! What makes a restore fail, under names that alarms and people can rely on.

use std::fmt::Write as _;

use dump_format::names::Namespace;
use lambda_kit::Failure;
use lambda_kit::aws::AwsError;
use lambda_kit::mongo::SecretError;

use crate::answer::{Answer, Outcome};
use crate::event::EventError;
use crate::rename::RenameError;
use crate::source::{ChooseError, MetaError, PartError, SourceError};
use crate::target::TargetError;

/// Every name a failure can have. README.md says what each means and what to do.
pub const NAMES: [&str; 18] = [
    "EventRefused",
    "SecretUnreadable",
    "SourceUnreadable",
    "DumpNotFound",
    "DumpNotComplete",
    "NoCompleteDump",
    "DumpDamaged",
    "NothingSelected",
    "RenameRefused",
    "TargetUnreachable",
    "TargetRefused",
    "TargetNotEmpty",
    "DocumentsDiffer",
    "ContentDiffers",
    "RestoredWithProblems",
    "DeadlineTooShort",
    "HandoverFailed",
    "CleanupFailed",
];

/// Why a restore did not do what it was asked to.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RestoreError {
    #[error("the event cannot be used")]
    Event(#[from] EventError),
    #[error("the target's secret cannot be used")]
    Secret(#[from] SecretError),
    #[error(transparent)]
    Source(#[from] SourceError),
    #[error(transparent)]
    Choose(#[from] ChooseError),
    #[error(transparent)]
    Meta(#[from] MetaError),
    #[error(transparent)]
    Part(#[from] PartError),
    #[error("in dump {run} nothing matches {pattern:?}: correct the pattern. The dump has {listed}")]
    NothingSelected {
        run: dump_format::key::RunId,
        pattern: String,
        listed: String,
    },
    #[error("of dump {run} nothing is left to restore: every namespace that include matches is excluded")]
    NothingLeft { run: dump_format::key::RunId },
    #[error("the new names cannot be used")]
    Rename(#[from] RenameError),
    #[error("the target failed")]
    Target(#[from] TargetError),
    #[error(
        "the target has {count} of the namespaces already: {listed}. Use conflict drop (--conflict drop) to replace them, \
         merge to add to them, or rename (--rename); after a restore that was cut off at its very end, mode verify says whether they are whole"
    )]
    NotEmpty { count: usize, listed: String },
    #[error(
        "in {namespace} there are {count} documents that are not the dump's and have an _id or a unique key of it. They were \
         left as they are; conflict merge (--conflict merge) replaces those with the same _id"
    )]
    Documents { namespace: Namespace, count: u64 },
    #[error("a step takes longer than an invocation may: raise the function's timeout, or use the command line")]
    DeadlineTooShort,
    #[error("after {0} invocations the restore has not ended: use the command line")]
    TooManyHops(u32),
    #[error("the restore could not be handed over; send the same event again to go on")]
    Handover(#[source] AwsError),
    #[error("the scratch databases could not be dropped: the next drill will, or drop {databases} by hand")]
    Cleanup {
        databases: String,
        #[source]
        source: Box<RestoreError>,
    },
    #[error("this should not happen: {0}")]
    Bug(&'static str),
}

impl RestoreError {
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Event(_) => "EventRefused",
            Self::Secret(_) => "SecretUnreadable",
            Self::Source(_)
            | Self::Choose(ChooseError::Source(_))
            | Self::Meta(MetaError::Source(_))
            | Self::Part(PartError::Source(_)) => "SourceUnreadable",
            Self::Choose(ChooseError::NotFound { .. }) => "DumpNotFound",
            Self::Choose(ChooseError::NotAllThere { .. })
            | Self::Meta(MetaError::Missing { .. })
            | Self::Part(PartError::Missing { .. }) => "DumpNotComplete",
            Self::Choose(ChooseError::None { .. }) => "NoCompleteDump",
            Self::Choose(_) | Self::Meta(_) | Self::Part(_) => "DumpDamaged",
            Self::NothingSelected { .. } | Self::NothingLeft { .. } => "NothingSelected",
            Self::Rename(_) => "RenameRefused",
            Self::Target(error) if error.trouble.is_unreachable() => "TargetUnreachable",
            Self::Target(_) | Self::Bug(_) => "TargetRefused",
            Self::NotEmpty { .. } => "TargetNotEmpty",
            Self::Documents { .. } => "DocumentsDiffer",
            Self::DeadlineTooShort | Self::TooManyHops(_) => "DeadlineTooShort",
            Self::Handover(_) => "HandoverFailed",
            Self::Cleanup { .. } => "CleanupFailed",
        }
    }

    pub(crate) fn failure(&self) -> Failure {
        Failure::of(self.name(), self)
    }
}

/// A restore that failed, and what it did before, where it came that far.
#[derive(Debug, thiserror::Error)]
#[error("{failure}")]
pub struct Failed {
    /// Name and text.
    pub failure: Failure,
    /// What was found or done.
    pub answer: Option<Box<Answer>>,
}

impl From<RestoreError> for Failed {
    fn from(error: RestoreError) -> Self {
        Self {
            failure: error.failure(),
            answer: None,
        }
    }
}

impl From<Failed> for Failure {
    fn from(failed: Failed) -> Self {
        failed.failure
    }
}

/// An answer that tells of anything but success is a failure: whoever looks at no more than that must not be misled.
pub(crate) fn verdict(answer: Answer, listed: usize) -> Result<Answer, Failed> {
    let (name, mut message) = match answer.outcome {
        Outcome::Different => {
            let count = answer.differences.len();
            (
                "ContentDiffers",
                format!("{count} namespaces are not as they were dumped:"),
            )
        }
        Outcome::RestoredWithProblems => {
            let count = answer.failed_indexes.len();
            let text = format!("all documents are there as they were dumped, but {count} indexes could not be built:");
            ("RestoredWithProblems", text)
        }
        _ => return Ok(answer),
    };
    for difference in answer.differences.iter().take(listed) {
        // Writing to a string cannot fail.
        let _ok = write!(message, " {difference};");
    }
    for index in answer.failed_indexes.iter().take(listed) {
        let _ok = write!(
            message,
            " {} of {} (server's code {});",
            index.name, index.namespace, index.code
        );
    }
    if message.ends_with(';') {
        message.pop();
    }
    Err(Failed {
        failure: Failure { name, message },
        answer: Some(Box::new(answer)),
    })
}

/// Names for a message: so many, and the number of the others.
pub(crate) fn listed(names: &[String], most: usize) -> String {
    let mut text = names.iter().take(most).cloned().collect::<Vec<_>>().join(", ");
    if names.len() > most {
        let _ok = write!(text, " and {} more", names.len() - most);
    }
    text
}
