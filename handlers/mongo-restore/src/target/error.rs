//! What goes wrong with a server. Servers quote documents in their messages (`dup key: {...}`), so of what is said of documents no more
//! is repeated than what comes before the quotation; codes and their names say what happened.

use lambda_kit::mongo::passes;
use mongodb::bson::{Bson, Document};
use mongodb::error::{Error, ErrorKind, WriteFailure};

/// A call that failed to the end.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{operation} of {namespace}: {trouble}")]
pub(crate) struct TargetError {
    /// The command.
    pub operation: &'static str,
    /// A database, or with its collection.
    pub namespace: String,
    /// What happened.
    pub trouble: Trouble,
}

impl TargetError {
    pub(crate) fn new(operation: &'static str, database: &str, collection: &str, mut trouble: Trouble) -> Self {
        if let Trouble::Refused { message, .. } = &mut trouble
            && !DEFINITIONS.contains(&operation)
        {
            message.clear();
        }
        let namespace = if collection.is_empty() {
            database.to_owned()
        } else {
            format!("{database}.{collection}")
        };
        Self {
            operation,
            namespace,
            trouble,
        }
    }
}

/// Commands that a server answers without looking at documents.
const DEFINITIONS: [&str; 7] = [
    "create",
    "drop",
    "dropDatabase",
    "collMod",
    "enableSharding",
    "shardCollection",
    "updateZoneKeyRange",
];

/// A collection's unique index has this key already.
pub(super) const DUPLICATE_KEY: i64 = 11_000;
/// The server does not know a field of the command.
pub(super) const UNKNOWN_FIELD: i32 = 40_415;
/// Of a server's message that is repeated, in bytes.
const LONGEST_MESSAGE: usize = 200;

/// What happened to one attempt.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Trouble {
    /// The server said no.
    #[error("the server answered {code} {name}{}", of_message(message))]
    Refused {
        /// Of the error.
        code: i32,
        /// Of the code.
        name: String,
        /// Its own words, up to where they quote a value; none where that cannot be told.
        message: String,
    },
    /// Not the user it should be, or no longer.
    #[error("the server does not accept the secret's user")]
    Authentication,
    /// A user without the role that it takes.
    #[error(
        "the secret's user may not do it (code 13, Unauthorized): give it readWrite on the databases that are written to"
    )]
    NotAllowed,
    /// No answer in time.
    #[error("there was no answer in time")]
    TimedOut,
    /// The connection ended, or there was none.
    #[error("the connection failed ({0})")]
    Connection(String),
    /// No server that takes writes could be reached.
    #[error("no primary could be reached in time: {0}")]
    NoPrimary(String),
    /// A cursor ended before its end.
    #[error("the cursor was lost")]
    CursorLost,
    /// More than a command can hold.
    #[error("it is longer than a command can be")]
    TooLong,
    /// Anything else that the driver says.
    #[error("the driver could not do it ({0})")]
    Driver(&'static str),
}

impl Trouble {
    pub(crate) fn of(error: &Error) -> Self {
        match error.kind.as_ref() {
            ErrorKind::Command(command) => match command.code {
                43 | 237 => Self::CursorLost,
                13 => Self::NotAllowed,
                18 => Self::Authentication,
                code => Self::refused(code, &command.code_name, &command.message),
            },
            ErrorKind::Write(WriteFailure::WriteError(error)) => {
                Self::refused(error.code, error.code_name.as_deref().unwrap_or_default(), "")
            }
            ErrorKind::Write(WriteFailure::WriteConcernError(error)) => Self::refused(error.code, &error.code_name, ""),
            ErrorKind::Authentication { .. } => Self::Authentication,
            ErrorKind::Io(error) => Self::Connection(reason(&error.to_string())),
            ErrorKind::ConnectionPoolCleared { .. } => Self::Connection("pool cleared".to_owned()),
            ErrorKind::ServerSelection { message, .. } => Self::NoPrimary(reason(message)),
            ErrorKind::DnsResolve { message, .. } => {
                Self::Connection(format!("name not resolved: {}", reason(message)))
            }
            ErrorKind::InvalidTlsConfig { .. } => Self::Driver("TLS configuration"),
            ErrorKind::InvalidResponse { .. } => Self::Driver("answer not understood"),
            ErrorKind::IncompatibleServer { .. } => Self::Driver("server too old"),
            ErrorKind::InvalidArgument { .. } => Self::Driver("argument refused"),
            ErrorKind::Bson(_) | ErrorKind::BsonDeserialization(_) | ErrorKind::BsonSerialization(_) => {
                Self::Driver("BSON not understood")
            }
            _ => Self::Driver("unexpected error"),
        }
    }

    fn refused(code: i32, name: &str, message: &str) -> Self {
        // A server's name of a code is one word; anything else is not repeated.
        let is_word = !name.is_empty() && name.len() < 64 && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let name = if is_word {
            name.to_owned()
        } else {
            "(no name)".to_owned()
        };
        let message = without_values(code, message);
        Self::Refused { code, name, message }
    }

    /// The server refused one document of a command.
    pub(super) fn of_document(code: i32, message: &str) -> Self {
        Self::Refused {
            code,
            name: "of a document".to_owned(),
            message: without_values(code, message),
        }
    }

    /// The server's own words.
    pub(super) fn message(self) -> String {
        match self {
            Self::Refused { message, .. } => message,
            other => other.to_string(),
        }
    }

    /// Whether it is about what the command was for, and not about the deployment as a whole.
    pub(crate) fn is_refusal(&self) -> bool {
        match self {
            Self::Refused { .. } | Self::NotAllowed | Self::TooLong | Self::Driver(_) => !self.is_passing(),
            _ => false,
        }
    }

    /// The answer of a write that was done, but not on enough members.
    pub(crate) fn of_write_concern(answer: &Document) -> Option<Self> {
        let error = answer.get_document("writeConcernError").ok()?;
        let code = error.get_i32("code").unwrap_or_default();
        Some(Self::refused(code, error.get_str("codeName").unwrap_or_default(), ""))
    }

    /// Whether another attempt may succeed.
    pub(crate) fn is_passing(&self) -> bool {
        match self {
            Self::Refused { code, .. } => passes(*code),
            Self::TimedOut | Self::Connection(_) | Self::NoPrimary(_) | Self::CursorLost => true,
            Self::Authentication | Self::NotAllowed | Self::TooLong | Self::Driver(_) => false,
        }
    }

    /// The server's code, if it gave one.
    pub(crate) fn code(&self) -> Option<i32> {
        match self {
            Self::Refused { code, .. } => Some(*code),
            _ => None,
        }
    }

    /// Whether it is the way there and not the server's own refusal.
    pub(crate) fn is_unreachable(&self) -> bool {
        matches!(
            self,
            Self::TimedOut | Self::Connection(_) | Self::NoPrimary(_) | Self::CursorLost
        )
    }
}

/// A server's message up to where it quotes a document or a text of one.
fn without_values(code: i32, message: &str) -> String {
    if i64::from(code) == DUPLICATE_KEY {
        return String::new();
    }
    let start = message.split(['{', '"']).next().unwrap_or_default();
    let start = start.replace(char::is_control, " ");
    let end = (0..=LONGEST_MESSAGE.min(start.len()))
        .rev()
        .find(|at| start.is_char_boundary(*at));
    let start = &start[..end.unwrap_or_default()];
    start.trim_end_matches([' ', ':', ',']).trim_start().to_owned()
}

fn of_message(message: &str) -> String {
    if message.is_empty() {
        return String::new();
    }
    format!(": {message}")
}

/// Of a reason that is passed on.
const LONGEST_REASON: usize = 600;

/// What the driver says of the way to the server, where no document has been: addresses and causes, without what only its own
/// code needs. No answer to a command goes through here.
fn reason(message: &str) -> String {
    let mut text = message.to_owned();
    for noise in ["Server selection timeout: ", ", labels: {}", "Kind: "] {
        text = text.replace(noise, "");
    }
    if text.len() > LONGEST_REASON {
        let end = (0..=LONGEST_REASON).rev().find(|at| text.is_char_boundary(*at));
        text.truncate(end.unwrap_or_default());
        text.push_str("...");
    }
    text
}

/// A number of any type.
pub(crate) fn number(document: &Document, name: &str) -> Option<i64> {
    match document.get(name)? {
        Bson::Int32(number) => Some(i64::from(*number)),
        Bson::Int64(number) => Some(*number),
        #[allow(clippy::cast_possible_truncation, reason = "codes and indexes are whole numbers")]
        Bson::Double(number) => Some(*number as i64),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_s_message_ends_where_it_quotes_a_document() {
        for (code, message, expected) in [
            (
                53,
                "The '_id' value cannot be of type array",
                "The '_id' value cannot be of type array",
            ),
            (
                16_755,
                "Can't extract geo keys: { _id: 1, at: \"hunter2\" }",
                "Can't extract geo keys",
            ),
            (
                17_262,
                "language override unsupported: \"hunter2\"",
                "language override unsupported",
            ),
            (
                11_000,
                "E11000 duplicate key error collection: a.b index: c dup key: { c: \"hunter2\" }",
                "",
            ),
            (72, "a\nb", "a b"),
        ] {
            assert_eq!(without_values(code, message), expected);
        }
        assert_eq!(without_values(2, &"é".repeat(300)).len(), LONGEST_MESSAGE);
        let refused = || Trouble::refused(72, "InvalidOptions", "no such option");
        let of = |operation| TargetError::new(operation, "a", "b", refused()).to_string();
        assert_eq!(
            of("create"),
            "create of a.b: the server answered 72 InvalidOptions: no such option"
        );
        assert_eq!(of("insert"), "insert of a.b: the server answered 72 InvalidOptions");
    }
}
