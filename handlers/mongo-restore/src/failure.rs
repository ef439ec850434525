//! What makes a restore fail, under names that alarms and people can rely on.

use std::fmt::Write as _;

use dump_format::names::Namespace;
use lambda_kit::Failure;
use lambda_kit::aws::AwsError;
use lambda_kit::mongo::SecretError;

use crate::answer::{Answer, Outcome, Reason, RefusedNamespace};
use crate::event::{EventError, Mode};
use crate::rename::RenameError;
use crate::source::{ChooseError, MetaError, PartError, SourceError};
use crate::target::TargetError;

/// Every name a failure can have. README.md says what each means and what to do.
pub const NAMES: [&str; 22] = [
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
    "RestoredInPart",
    "RestoredWithProblems",
    "LeaseHeld",
    "LeaseLost",
    "Interrupted",
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
    #[error("{}", .0.message)]
    Lost(Reason),
    #[error("{0}")]
    LeaseHeld(String),
    #[error(
        "the lease of this restore was lost: it could not be renewed in time, or another process has taken it. What was done is noted: \
         repeat the command to go on"
    )]
    LeaseLost,
    #[error("the restore was stopped; its progress is saved, and the same command continues from there")]
    Interrupted,
    #[error("a step takes longer than an invocation may: raise the function's timeout, or use the command line")]
    DeadlineTooShort,
    #[error("after {0} invocations the restore has not ended: use the command line")]
    TooManyHops(u32),
    #[error("the restore could not be handed over; send the same event again to go on")]
    Handover(#[source] AwsError),
    #[error("the temporary databases could not be dropped: the next drill drops them, or drop {databases} manually")]
    Cleanup {
        databases: String,
        #[source]
        source: Box<RestoreError>,
    },
    #[error("internal error: {0}")]
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
            Self::Meta(MetaError::Missing { .. }) | Self::Part(PartError::Missing { .. }) => "DumpNotComplete",
            Self::Choose(ChooseError::None { .. }) => "NoCompleteDump",
            Self::Choose(_) | Self::Meta(_) | Self::Part(_) => "DumpDamaged",
            Self::NothingSelected { .. } | Self::NothingLeft { .. } => "NothingSelected",
            Self::Rename(_) => "RenameRefused",
            Self::Target(error) if error.trouble.is_unreachable() => "TargetUnreachable",
            Self::Target(_) | Self::Bug(_) => "TargetRefused",
            Self::NotEmpty { .. } => "TargetNotEmpty",
            Self::Documents { .. } => "DocumentsDiffer",
            Self::Lost(reason) => known(&reason.name),
            Self::LeaseHeld(_) => "LeaseHeld",
            Self::LeaseLost => "LeaseLost",
            Self::Interrupted => "Interrupted",
            Self::DeadlineTooShort | Self::TooManyHops(_) => "DeadlineTooShort",
            Self::Handover(_) => "HandoverFailed",
            Self::Cleanup { .. } => "CleanupFailed",
        }
    }

    /// Whether it keeps no other namespace from being restored.
    pub(crate) fn is_of_one_namespace(&self) -> bool {
        match self {
            Self::Target(error) => error.trouble.is_refusal(),
            Self::Part(PartError::Source(error)) | Self::Meta(MetaError::Source(error)) => error.is_of_one_object(),
            Self::Part(_) | Self::Meta(_) | Self::Documents { .. } | Self::Lost(_) => true,
            _ => false,
        }
    }

    /// As it is noted.
    pub(crate) fn reason(&self) -> Reason {
        let Failure { name, message } = self.failure();
        let name = name.to_owned();
        Reason { name, message }
    }

    pub(crate) fn failure(&self) -> Failure {
        Failure::of(self.name(), self)
    }
}

/// A name of [`NAMES`] that was noted as text.
fn known(name: &str) -> &'static str {
    NAMES
        .iter()
        .find(|known| **known == name)
        .copied()
        .unwrap_or("DumpNotComplete")
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

/// Any outcome but success is a failure, so that a caller that checks only for errors is not misled.
pub(crate) fn verdict(answer: Answer, listed: usize) -> Result<Answer, Failed> {
    let (name, mut message) = match answer.outcome {
        Outcome::HandedOver | Outcome::Superseded => return Ok(answer),
        _ if !answer.refused.is_empty() => in_part(&answer, listed),
        Outcome::RestoredInPart => ("RestoredInPart", String::new()),
        Outcome::Different if answer.differences.is_empty() => {
            let count = answer.definitions.len();
            let text =
                format!("all documents are there as they were dumped, but {count} namespaces are defined otherwise:");
            ("ContentDiffers", text)
        }
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
    let unsharded = answer
        .not_sharded
        .iter()
        .filter(|collection| collection.why.is_refused());
    let unsharded: Vec<_> = unsharded.collect();
    if !unsharded.is_empty() {
        let _ok = write!(
            message,
            "{}{} collections have their documents, but not their shard key or zones. Correct the cause and repeat the command, or set \
             them by hand:",
            if message.is_empty() { "" } else { " " },
            unsharded.len()
        );
    }
    for collection in unsharded.iter().take(listed) {
        let _ok = write!(
            message,
            " {} (shard key {}): {};",
            collection.namespace, collection.key, collection.why.message
        );
    }
    for difference in answer.differences.iter().take(listed) {
        // Writing to a string cannot fail.
        let _ok = write!(message, " {difference};");
    }
    for definition in answer.definitions.iter().take(listed) {
        let _ok = write!(message, " {definition};");
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

/// What of a dump was not restored: so much of it is listed.
fn in_part(answer: &Answer, listed: usize) -> (&'static str, String) {
    let reasons: Vec<_> = answer
        .refused
        .iter()
        .filter_map(|refused| refused.reason.as_ref())
        .collect();
    let is_nothing_there = reasons.len() == answer.namespaces.len();
    if let ([only], true) = (reasons.as_slice(), is_nothing_there) {
        return (known(&only.name), only.message.clone());
    }
    let is_tried = matches!(answer.mode, Mode::Restore | Mode::Drill);
    let what = if is_tried {
        "were not restored, or not in whole. Repeat the command to try them again, or add --exclude for each to go on without them"
    } else {
        "cannot be restored from this dump"
    };
    let (number, all) = (answer.refused.len(), answer.namespaces.len());
    let mut message = format!("{number} of {all} namespaces {what}:");
    for refused in answer.refused.iter().take(listed) {
        let _ok = write!(message, " {}", describe(refused));
    }
    if answer.refused.len() > listed {
        let _ok = write!(message, " and {} more;", answer.refused.len() - listed);
    }
    let name = match reasons.first() {
        Some(first) if is_nothing_there || !is_tried => known(&first.name),
        _ => "RestoredInPart",
    };
    (name, message)
}

fn describe(refused: &RefusedNamespace) -> String {
    let mut text = refused.from.clone();
    if let Some(reason) = &refused.reason {
        let _ok = write!(text, ": {}: {};", reason.name, reason.message);
    }
    if refused.number > 0 {
        let _ok = write!(text, ": the server refused {} documents:", refused.number);
        for document in &refused.documents {
            let _ok = write!(text, " _id {} ({} {}),", document.id, document.code, document.message);
        }
        text.pop();
        text.push(';');
    }
    text
}

/// At most `most` names for a message, and the number of the others.
pub(crate) fn listed(names: &[String], most: usize) -> String {
    let mut text = names.iter().take(most).cloned().collect::<Vec<_>>().join(", ");
    if names.len() > most {
        let _ok = write!(text, " and {} more", names.len() - most);
    }
    text
}
