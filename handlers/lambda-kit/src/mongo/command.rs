//! Why a server did not answer a command as wanted.

use mongodb::error::{Error, ErrorKind};

use crate::mongo::fault;

/// Nothing here repeats a message of the server, which may quote the command.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// The server does not know the user, or not with this password.
    #[error("the user name or password of the secret is wrong, or the role is not a database user of the cluster")]
    LoginRefused,
    /// The server's error.
    #[error("{command} was rejected with code {code} ({name})")]
    Refused {
        /// Like `serverStatus`.
        command: &'static str,
        /// Of MongoDB's `error_codes.yml`.
        code: i32,
        /// Of the code.
        name: String,
    },
    /// None is there, or none that is asked for.
    #[error("{command} found no available server: {reason}")]
    NoServer {
        /// Like `serverStatus`.
        command: &'static str,
        /// The driver's.
        reason: String,
    },
    /// The connection failed.
    #[error("{command} got no answer: {reason}")]
    Unreachable {
        /// Like `serverStatus`.
        command: &'static str,
        /// The driver's, or the system's.
        reason: String,
    },
    /// The time has run out.
    #[error("{command} got no answer in {seconds:.1} s")]
    Stalled {
        /// Like `serverStatus`.
        command: &'static str,
        /// That were waited.
        seconds: f64,
    },
    /// Not what the command answers.
    #[error("{command} got an answer that cannot be read")]
    Unreadable {
        /// Like `serverStatus`.
        command: &'static str,
    },
}

/// Source: MongoDB's `error_codes.yml`.
const AUTHENTICATION_FAILED: i32 = 18;

impl CommandError {
    /// What the driver's error says.
    #[must_use]
    pub fn of(command: &'static str, error: &Error) -> Self {
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

    /// Whether the same may succeed a little later. A login may: a secret was rotated.
    #[must_use]
    pub fn passes(&self) -> bool {
        match self {
            Self::Refused { code, .. } => fault::passes(*code),
            _ => true,
        }
    }
}
