//! Everything an invocation can fail with. Nothing here has a value of a secret in it.

use lambda_kit::aws::AwsError;
use lambda_kit::mongo::{CommandError, SecretError};
use lambda_kit::rotation::RotationEventError;
use lambda_kit::{Cut, EnvironmentError, Failure};

use crate::atlas::AtlasError;
use crate::password::NoRandom;
use crate::value::ValueError;

/// Who signs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Who {
    /// The user of the version that is being made.
    Pending,
    /// The user of the version in use.
    Current,
    /// The administrator.
    Master,
}

impl std::fmt::Display for Who {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Pending => "the user of the new version",
            Self::Current => "the user of the current version",
            Self::Master => "the administrator",
        })
    }
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum RotationError {
    #[error(transparent)]
    Environment(EnvironmentError),
    #[error("the event is neither a step of a rotation nor {{\"version\": 1}}, so nothing was done")]
    Event(#[source] RotationEventError),
    #[error("the secret {secret} could not be read or changed")]
    SecretsManager { secret: String, source: AwsError },
    #[error(
        "rotation is not turned on for the secret {secret}, so nothing was done: turn it on, or do not send this event"
    )]
    NotRotated { secret: String },
    #[error(
        "the version of the event has not the label AWSPENDING in the secret {secret}, so nothing was done: a newer rotation has begun, or the \
         event is not of Secrets Manager"
    )]
    NotPending { secret: String },
    #[error(
        "the version of the rotation has no value in the secret {secret}: createSecret was not done, so nothing was done after it"
    )]
    NotCreated { secret: String },
    #[error("the secret {secret} cannot be rotated")]
    Value { secret: String, source: ValueError },
    #[error(
        "the new version of the secret {secret} does not follow the current one: the current one was changed after the rotation began. To \
         change the password now could lock out the user that is in use, so nothing was done. Take the label AWSPENDING from the new \
         version, and rotate again"
    )]
    Stale { secret: String },
    #[error(
        "nobody is named who may change passwords for the secret {secret}: set LECTERN_MASTER_SECRET_ARN, or the secret's member masterarn; on \
         Atlas LECTERN_ATLAS_PROJECT_ID"
    )]
    NoMaster { secret: String },
    #[error(transparent)]
    Client(SecretError),
    #[error("{who} could not sign in to MongoDB, or was refused there")]
    Mongo { who: Who, source: CommandError },
    #[error("the cluster that LECTERN_MONGO_HOST names is not found")]
    Cluster(#[source] SecretError),
    #[error("the password of a user of the Atlas project was not changed")]
    Atlas(#[source] AtlasError),
    #[error(
        "the secret {0} has no service account of Atlas: give it {{\"client_id\": \"mdb_sa_id_...\", \"client_secret\": \"mdb_sa_sk_...\"}}"
    )]
    AtlasCredentials(String),
    #[error(
        "the user of the current version of the secret {secret} is not in the database that its address names, or not in the Atlas project \
         that is named: create the user there, or name the right one"
    )]
    NoUser { secret: String },
    #[error(
        "the two users of the secret {secret} have different roles. With the other user's password clients would have other rights, so \
         nothing was changed: give both the same roles"
    )]
    RolesDiffer { secret: String },
    #[error(transparent)]
    NoRandom(#[from] NoRandom),
    #[error("the age of {0} of the secrets could not be read; the log has which")]
    Ages(usize),
    #[error(transparent)]
    Cut(Cut),
}

/// Every name that a [`Failure`] of this function can have. The README says what to do about each.
pub const FAILURES: [&str; 21] = [
    "Misconfigured",
    "EventInvalid",
    "SecretUnreachable",
    "SecretInvalid",
    "NotRotated",
    "NotPending",
    "NotCreated",
    "Stale",
    "MongoUnreachable",
    "MongoLoginRefused",
    "CurrentLoginRefused",
    "MasterLoginRefused",
    "MongoRefused",
    "AtlasUnreachable",
    "AtlasLoginRefused",
    "AtlasRefused",
    "UserMissing",
    "RolesDiffer",
    "NoRandomNumbers",
    "OutOfTime",
    "Panicked",
];

impl RotationError {
    fn name(&self) -> &'static str {
        match self {
            Self::Environment(_) | Self::NoMaster { .. } | Self::Cluster(_) => "Misconfigured",
            Self::Event(_) => "EventInvalid",
            Self::SecretsManager { .. } | Self::Ages(_) => "SecretUnreachable",
            Self::Client(SecretError::Unreadable { .. }) => "SecretUnreachable",
            Self::Value { .. } | Self::Client(_) | Self::AtlasCredentials(_) => "SecretInvalid",
            Self::NotRotated { .. } => "NotRotated",
            Self::NotPending { .. } => "NotPending",
            Self::NotCreated { .. } => "NotCreated",
            Self::Stale { .. } => "Stale",
            Self::Mongo { who, source } => match (source, who) {
                (CommandError::LoginRefused, Who::Pending) => "MongoLoginRefused",
                (CommandError::LoginRefused, Who::Current) => "CurrentLoginRefused",
                (CommandError::LoginRefused, Who::Master) => "MasterLoginRefused",
                (CommandError::Refused { .. }, _) => "MongoRefused",
                _ => "MongoUnreachable",
            },
            Self::Atlas(AtlasError::LoginRefused { .. }) => "AtlasLoginRefused",
            Self::Atlas(AtlasError::Refused { .. }) => "AtlasRefused",
            Self::Atlas(_) => "AtlasUnreachable",
            Self::NoUser { .. } => "UserMissing",
            Self::RolesDiffer { .. } => "RolesDiffer",
            Self::NoRandom(_) => "NoRandomNumbers",
            Self::Cut(cut) => cut.name(),
        }
    }

    /// One of [`FAILURES`].
    pub(crate) fn failure(&self) -> Failure {
        Failure::of(self.name(), self)
    }
}
