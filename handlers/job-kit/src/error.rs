//! What a job fails with, whatever its work is.

use lambda_kit::aws::AwsError;

use crate::holder::Holder;

/// Why something of a job was not read, written or done. Keys are in it, the bucket's name is not.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JobError {
    /// S3 refused, or gave no answer after all attempts.
    #[error("{key} in the bucket could not be read or written")]
    Storage {
        /// Of the object, or what the keys begin with.
        key: String,
        /// What S3 said.
        source: AwsError,
    },
    /// S3's checksum is another one than that of what was sent.
    #[error(
        "S3 stored other data than was sent as {key}, {attempts} times, so the object is not used; the cause is the \
         network or S3"
    )]
    Damaged {
        /// Of the object.
        key: String,
        /// How often it was sent.
        attempts: u32,
    },
    /// A write under a condition shows that an object is there which a read does not find.
    #[error("{key} exists but cannot be read: the role needs s3:GetObject on this object and kms:Decrypt on the key")]
    Unreadable {
        /// Of the object.
        key: String,
    },
    /// An object is in an unknown form.
    #[error(
        "{key} is not in a form that this version of the function knows ({reason}): it was written by another version \
         of this function or edited by hand"
    )]
    Foreign {
        /// Of the object.
        key: String,
        /// Where it differs, without a value of it.
        reason: String,
    },
    /// Somebody else leads.
    #[error("{0} is still running: nothing was done here")]
    Held(Holder),
    /// This invocation no longer holds the lease.
    #[error(
        "the lease was lost: it could not be renewed in time, or somebody else has taken it; what is finished is \
         kept, and the same event continues from there"
    )]
    LeaseLost,
    /// The manifest of another run is there.
    #[error("{key} already exists with different content: it is written once and never changed")]
    Occupied {
        /// Of the object.
        key: String,
    },
    /// A pointer was changed by others each time.
    #[error("{key} changed each time it was to be moved: two runs end at once, or somebody else writes it")]
    Contended {
        /// Of the object.
        key: String,
    },
    /// An invocation finished nothing, and its next would not either.
    #[error("one invocation was not enough to make progress: increase the timeout or memory of the function")]
    NoProgress,
    /// The job does not end.
    #[error(
        "the job has been handed over {hops} times without completing: increase the timeout or memory of the function"
    )]
    TooManyHops {
        /// How often.
        hops: u32,
    },
    /// Lambda did not take the event of the next invocation.
    #[error("the rest of the run could not be handed over: the function's role needs lambda:InvokeFunction on itself")]
    Handover(#[source] AwsError),
}

/// Every name that [`JobError::name`] gives.
pub const FAILURES: [&str; 13] = [
    "RoleRefused",
    "StorageDenied",
    "StorageKeyRefused",
    "StorageRefused",
    "StorageUnreachable",
    "StorageDamaged",
    "ControlUnreadable",
    "ControlForeign",
    "LeaseHeld",
    "LeaseLost",
    "NoProgress",
    "TooManyHops",
    "HandoverFailed",
];

impl JobError {
    /// One of [`FAILURES`]: what Lambda reports as `errorType`, the same in every function.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Storage { source, .. } => storage_name(source),
            Self::Damaged { .. } => "StorageDamaged",
            Self::Unreadable { .. } => "ControlUnreadable",
            Self::Foreign { .. } | Self::Occupied { .. } | Self::Contended { .. } => "ControlForeign",
            Self::Held(_) => "LeaseHeld",
            Self::LeaseLost => "LeaseLost",
            Self::NoProgress => "NoProgress",
            Self::TooManyHops { .. } => "TooManyHops",
            Self::Handover(_) => "HandoverFailed",
        }
    }

    /// What was being done, like `PutObject`, or `take the lease`.
    #[must_use]
    pub fn operation(&self) -> &'static str {
        match self {
            Self::Storage { source, .. } | Self::Handover(source) => source.operation(),
            Self::Damaged { .. } => "write an object",
            Self::Unreadable { .. } | Self::Foreign { .. } => "read an object",
            Self::Held(_) => "take the lease",
            Self::LeaseLost => "keep the lease",
            Self::Occupied { .. } => "write the manifest",
            Self::Contended { .. } => "move the pointer",
            Self::NoProgress | Self::TooManyHops { .. } => "hand over",
        }
    }

    /// Whether the same event may succeed later without anything being changed by hand.
    #[must_use]
    pub fn passes(&self) -> bool {
        match self {
            Self::Storage { source, .. } | Self::Handover(source) => source.passes(),
            Self::Damaged { .. } | Self::Held(_) | Self::LeaseLost | Self::Contended { .. } => true,
            Self::Unreadable { .. }
            | Self::Foreign { .. }
            | Self::Occupied { .. }
            | Self::NoProgress
            | Self::TooManyHops { .. } => false,
        }
    }
}

fn storage_name(error: &AwsError) -> &'static str {
    match error {
        AwsError::NoCredentials { .. } => "RoleRefused",
        AwsError::Unreachable { .. } => "StorageUnreachable",
        // S3 passes KMS's refusals on: some as KMS.DisabledException and the like, a missing permission as AccessDenied with
        // the action in its text (S3 User Guide, troubleshooting SSE-KMS).
        AwsError::Refused { code, .. } if code.starts_with("KMS.") => "StorageKeyRefused",
        AwsError::Refused {
            code, message, status, ..
        } if code == "AccessDenied" || *status == 403 => {
            if message.contains("kms:") {
                "StorageKeyRefused"
            } else {
                "StorageDenied"
            }
        }
        AwsError::Refused { .. } => "StorageRefused",
    }
}
