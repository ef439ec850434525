//! MongoDB for a function that makes single operations: few connections, opened when they are first needed, short waits, and a secret
//! that may have been rotated since.

use std::fmt;
use std::time::Duration;

use aws_config::SdkConfig;
use mongodb::Client;
use mongodb::error::{Error, ErrorKind, WriteFailure};
use tokio::sync::Mutex;

use crate::Environment;
use crate::mongo::fault::passes;
use crate::mongo::secret::{self, SecretError};
use crate::mongo::source::MongoSource;

/// Connections. A function serves one request at a time; the second is for an operation that follows one which was given up.
const POOL: u32 = 2;
/// A connection that was idle for longer is not used again: while Lambda froze the sandbox, somebody on the way may have dropped
/// it. Our choice: below every balancer's limit (AWS's is 350 s).
const IDLE: Duration = Duration::from_secs(60);
/// For a server to be chosen. Our choice: a client's patience is less than an election's 12 s, and 503 tells it when to come back.
const SELECTION: Duration = Duration::from_secs(5);
/// For one operation, with the driver's own one repetition within it.
const OPERATION: Duration = Duration::from_secs(8);

/// A database of one deployment.
pub struct Database {
    source: MongoSource,
    name: String,
    application: &'static str,
    aws: SdkConfig,
    client: Mutex<Option<Client>>,
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Database")
            .field("source", &self.source)
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// Why an operation did not succeed. Says nothing of documents.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// There is no client.
    #[error("{operation} was not made: {source}")]
    NoClient {
        /// Like `findOne files`.
        operation: &'static str,
        /// The secret's trouble.
        source: SecretError,
    },
    /// A unique index has the key already.
    #[error("{operation} failed because the key already exists")]
    Duplicate {
        /// Like `insertOne files`.
        operation: &'static str,
    },
    /// No server, or one that cannot serve now.
    #[error("{operation} found no available server: {reason}")]
    Unavailable {
        /// Like `findOne files`.
        operation: &'static str,
        /// The driver's kind of error or the server's code.
        reason: String,
    },
    /// The server refuses it.
    #[error("{operation} was refused: {reason}")]
    Refused {
        /// Like `findOne files`.
        operation: &'static str,
        /// The server's code.
        reason: String,
    },
}

impl StoreError {
    /// Whether it is likely to be over soon.
    #[must_use]
    pub fn passes(&self) -> bool {
        match self {
            Self::Unavailable { .. } => true,
            Self::NoClient { source, .. } => {
                matches!(source, SecretError::Unreadable { source, .. } if source.passes())
            }
            Self::Duplicate { .. } | Self::Refused { .. } => false,
        }
    }
}

impl Database {
    /// From `LECTERN_MONGO_SECRET_ARN` or `LECTERN_MONGO_HOST`, and `LECTERN_MONGO_DATABASE`. `application` is what the server's
    /// log shows.
    pub fn of(application: &'static str, aws: SdkConfig, environment: &mut Environment<'_>) -> Self {
        Self {
            source: MongoSource::of(environment),
            name: environment.required("LECTERN_MONGO_DATABASE", "the name of the database"),
            application,
            aws,
            client: Mutex::new(None),
        }
    }

    /// Does `act` with the database. Where the server no longer takes the credentials, they are read anew and it is done once
    /// more; the driver repeats what a lost connection or an election interrupted.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn with<T, F>(
        &self,
        operation: &'static str,
        act: impl Fn(mongodb::Database) -> F,
    ) -> Result<T, StoreError>
    where
        F: Future<Output = Result<T, Error>>,
    {
        let client = self.client(operation).await?;
        let error = match self.timed(act(client.database(&self.name))).await {
            Ok(value) => return Ok(value),
            Err(error) => error,
        };
        if !matches!(&error, Some(error) if is_about_credentials(error)) {
            return Err(translated(operation, error));
        }
        *self.client.lock().await = None;
        let client = self.client(operation).await?;
        let again = self.timed(act(client.database(&self.name))).await;
        again.map_err(|error| translated(operation, error))
    }

    /// No error within is that the time is up.
    async fn timed<T>(&self, act: impl Future<Output = Result<T, Error>>) -> Result<T, Option<Error>> {
        match tokio::time::timeout(OPERATION, act).await {
            Ok(result) => result.map_err(Some),
            Err(_) => Err(None),
        }
    }

    async fn client(&self, operation: &'static str) -> Result<Client, StoreError> {
        let mut client = self.client.lock().await;
        if let Some(client) = client.as_ref() {
            return Ok(client.clone());
        }
        let no_client = |source| StoreError::NoClient { operation, source };
        let mut options = self
            .source
            .options(&self.aws, self.application)
            .await
            .map_err(no_client)?;
        options.max_pool_size = Some(POOL);
        options.max_idle_time = Some(IDLE);
        let selection = options.server_selection_timeout.unwrap_or(SELECTION);
        options.server_selection_timeout = Some(selection.min(SELECTION));
        let new = secret::client(options, self.source.place()).map_err(no_client)?;
        Ok(client.insert(new).clone())
    }
}

/// AuthenticationFailed.
const AUTHENTICATION_FAILED: i32 = 18;

fn is_about_credentials(error: &Error) -> bool {
    match error.kind.as_ref() {
        ErrorKind::Authentication { .. } => true,
        ErrorKind::Command(refusal) => refusal.code == AUTHENTICATION_FAILED,
        _ => false,
    }
}

const DUPLICATE_KEY: i32 = 11000;

fn translated(operation: &'static str, error: Option<Error>) -> StoreError {
    let Some(error) = error else {
        let reason = format!("no answer within {} s", OPERATION.as_secs());
        return StoreError::Unavailable { operation, reason };
    };
    let by_code = |code: i32| {
        let reason = format!("code {code}");
        match code {
            DUPLICATE_KEY => StoreError::Duplicate { operation },
            code if passes(code) => StoreError::Unavailable { operation, reason },
            _ => StoreError::Refused { operation, reason },
        }
    };
    let unavailable = |reason: &str| StoreError::Unavailable {
        operation,
        reason: reason.to_owned(),
    };
    match error.kind.as_ref() {
        ErrorKind::Command(refusal) => by_code(refusal.code),
        ErrorKind::Write(WriteFailure::WriteError(refusal)) => by_code(refusal.code),
        ErrorKind::Write(WriteFailure::WriteConcernError(refusal)) => by_code(refusal.code),
        ErrorKind::ServerSelection { .. } => unavailable("no server could be chosen"),
        ErrorKind::Io(error) => unavailable(&format!("the connection failed: {}", error.kind())),
        ErrorKind::ConnectionPoolCleared { .. } => unavailable("the connections were dropped"),
        ErrorKind::DnsResolve { .. } => unavailable("the address does not resolve"),
        ErrorKind::Authentication { .. } => StoreError::Refused {
            operation,
            reason: "the server rejected the credentials".to_owned(),
        },
        _ => StoreError::Refused {
            operation,
            reason: "the driver could not encode or decode it".to_owned(),
        },
    }
}
