//! Everything an invocation can fail with.

use lambda_kit::mongo::{SecretError, passes};
use lambda_kit::schedule::ScheduleError;
use lambda_kit::{Cut, EnvironmentError, Failure};
use mongodb::error::{Error, ErrorKind};

#[derive(Debug, thiserror::Error)]
pub(crate) enum ProbeError {
    #[error(transparent)]
    Environment(EnvironmentError),
    #[error(transparent)]
    Event(ScheduleError),
    #[error("MongoDB was not asked")]
    Secret(#[source] SecretError),
    #[error("the cluster {cluster} could not be measured")]
    Mongo { cluster: String, source: MongoError },
    #[error(transparent)]
    Cut(Cut),
}

/// Why a server did not answer as wanted. Nothing here repeats a message of the server.
#[derive(Debug, thiserror::Error)]
pub(crate) enum MongoError {
    #[error("the user or password of the secret is refused, or the role is no user of the cluster")]
    LoginRefused,
    #[error("{command} was refused with code {code} ({name})")]
    Refused {
        command: &'static str,
        code: i32,
        name: String,
    },
    #[error("{command} found no server that can be asked: {reason}")]
    NoServer { command: &'static str, reason: String },
    #[error("{command} got no answer: {reason}")]
    Unreachable { command: &'static str, reason: String },
    #[error("{command} got no answer in {seconds:.1} s")]
    Stalled { command: &'static str, seconds: f64 },
    #[error("{command} got an answer that cannot be read")]
    Unreadable { command: &'static str },
}

/// Source: MongoDB's `error_codes.yml`.
const AUTHENTICATION_FAILED: i32 = 18;

/// Every name that a [`Failure`] of this function can have. The README says what to do about each.
pub const FAILURES: [&str; 9] = [
    "Misconfigured",
    "EventInvalid",
    "SecretUnreadable",
    "SecretInvalid",
    "MongoUnreachable",
    "MongoLoginRefused",
    "MongoRefused",
    "OutOfTime",
    "Panicked",
];

impl ProbeError {
    fn name(&self) -> &'static str {
        match self {
            Self::Environment(_) => "Misconfigured",
            Self::Event(_) => "EventInvalid",
            Self::Secret(SecretError::Unreadable { .. }) => "SecretUnreadable",
            Self::Secret(_) => "SecretInvalid",
            Self::Mongo { source, .. } => match source {
                MongoError::LoginRefused => "MongoLoginRefused",
                MongoError::Refused { .. } => "MongoRefused",
                _ => "MongoUnreachable",
            },
            Self::Cut(cut) => cut.name(),
        }
    }

    /// One of [`FAILURES`].
    pub(crate) fn failure(&self) -> Failure {
        Failure::of(self.name(), self)
    }

    /// Whether the same may succeed at once, with an address that is read anew: the secret was rotated, the cluster moved, a connection broke.
    pub(crate) fn is_worth_another_attempt(&self) -> bool {
        match self {
            Self::Mongo { source, .. } => match source {
                MongoError::Refused { code, .. } => passes(*code),
                _ => true,
            },
            _ => false,
        }
    }
}

impl MongoError {
    pub(crate) fn of(command: &'static str, error: &Error) -> Self {
        let unreachable = |reason: &dyn ToString| Self::Unreachable {
            command,
            reason: reason.to_string(),
        };
        match error.kind.as_ref() {
            ErrorKind::Authentication { .. } => Self::LoginRefused,
            ErrorKind::Command(error) if error.code == AUTHENTICATION_FAILED => Self::LoginRefused,
            ErrorKind::Command(error) => Self::Refused {
                command,
                code: error.code,
                name: error.code_name.clone(),
            },
            ErrorKind::ServerSelection { message, .. } => Self::NoServer {
                command,
                reason: message.clone(),
            },
            ErrorKind::Io(error) => unreachable(error),
            ErrorKind::ConnectionPoolCleared { message, .. }
            | ErrorKind::DnsResolve { message, .. }
            | ErrorKind::InvalidTlsConfig { message, .. } => unreachable(message),
            ErrorKind::IncompatibleServer { .. } => unreachable(&"the server is too old for this driver"),
            _ => Self::Unreadable { command },
        }
    }

    /// The user has no right to it, or this kind of server does not have it; another attempt would not differ.
    pub(crate) fn is_not_told(&self) -> bool {
        matches!(self, Self::Refused { code, .. } if !passes(*code))
    }
}
