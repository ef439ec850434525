//! The deployment that is dumped: connection, commands, cursors, and what its errors mean.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use aws_config::SdkConfig;
use dump_format::manifest::{Server, Topology};
use futures::StreamExt as _;
use lambda_kit::mongo::{MongoSecret, SecretError, passes};
use mongodb::bson::raw::cstr;
use mongodb::bson::{Bson, Document, RawDocumentBuf, rawdoc};
use mongodb::error::{Error, ErrorKind};
use mongodb::options::{ReadPreference, ReadPreferenceOptions, SelectionCriteria};
use mongodb::raw_batch_cursor::{RawBatch, RawBatchCursor};
use mongodb::{Client, Database};

use crate::limits::Limits;
use crate::raw;

/// The name that the server's log shows.
const APPLICATION: &str = "mongo-dump";

/// Where the connection string says nothing, reads of documents may go to a secondary that is no further behind; 90 s is the least there is (server selection
/// specification).
const STALENESS: Duration = Duration::from_secs(120);

/// Why the deployment did not answer as wanted. Nothing here repeats a message of the server: it may quote documents.
#[derive(Debug, thiserror::Error)]
pub(crate) enum MongoError {
    #[error("the secret gives no connection")]
    Secret(#[source] SecretError),
    #[error("the user name or password of the secret is wrong")]
    LoginRefused,
    #[error("{command} was rejected with code {code} ({name})")]
    Refused {
        command: &'static str,
        code: i32,
        name: String,
    },
    #[error("{command} got no answer: {reason}")]
    Unreachable { command: &'static str, reason: String },
    #[error("{command} got no answer in {} s", waited.as_secs())]
    Stalled { command: &'static str, waited: Duration },
    #[error("{command} got an answer that cannot be read")]
    Unreadable { command: &'static str },
}

/// Codes of the server that are used here. Source: MongoDB's `error_codes.yml`.
pub(crate) mod code {
    pub(crate) const UNAUTHORIZED: i32 = 13;
    pub(crate) const AUTHENTICATION_FAILED: i32 = 18;
    pub(crate) const ILLEGAL_OPERATION: i32 = 20;
    pub(crate) const NAMESPACE_NOT_FOUND: i32 = 26;
    pub(crate) const MAX_TIME_MS_EXPIRED: i32 = 50;
    pub(crate) const INVALID_OPTIONS: i32 = 72;
    pub(crate) const NOT_A_REPLICA_SET: i32 = 123;
    pub(crate) const SNAPSHOT_TOO_OLD: i32 = 239;
    pub(crate) const SNAPSHOT_UNAVAILABLE: i32 = 246;
    pub(crate) const ATLAS_ERROR: i32 = 8_000;
}

impl MongoError {
    fn of(command: &'static str, error: &Error) -> Self {
        let unreachable = |reason: &dyn ToString| Self::Unreachable {
            command,
            reason: reason.to_string(),
        };
        match error.kind.as_ref() {
            ErrorKind::Authentication { .. } => Self::LoginRefused,
            ErrorKind::Command(error) if error.code == code::AUTHENTICATION_FAILED => Self::LoginRefused,
            ErrorKind::Command(error) => Self::Refused {
                command,
                code: error.code,
                name: error.code_name.clone(),
            },
            ErrorKind::Io(error) => unreachable(error),
            ErrorKind::ServerSelection { message, .. }
            | ErrorKind::ConnectionPoolCleared { message, .. }
            | ErrorKind::DnsResolve { message, .. }
            | ErrorKind::InvalidTlsConfig { message, .. } => unreachable(message),
            ErrorKind::IncompatibleServer { .. } => unreachable(&"the server is too old for this driver"),
            _ => Self::Unreadable { command },
        }
    }

    pub(crate) fn code(&self) -> Option<i32> {
        match self {
            Self::Refused { code, .. } => Some(*code),
            _ => None,
        }
    }

    pub(crate) fn is_transient(&self) -> bool {
        match self {
            Self::Refused { code, .. } => passes(*code),
            Self::LoginRefused | Self::Unreachable { .. } | Self::Stalled { .. } | Self::Unreadable { .. } => true,
            Self::Secret(_) => false,
        }
    }

    /// The work takes longer than a question may: another attempt would too.
    fn is_long(&self) -> bool {
        matches!(self, Self::Stalled { .. }) || self.code() == Some(code::MAX_TIME_MS_EXPIRED)
    }

    /// The user has no right to it, or Atlas does not offer it.
    pub(crate) fn is_not_allowed(&self) -> bool {
        matches!(self.code(), Some(code::UNAUTHORIZED | code::ATLAS_ERROR))
    }
}

/// Databases by name, in order.
pub(crate) struct Databases {
    pub(crate) names: Vec<String>,
    /// The server's code, where the user may not list all: these are those alone on which the user has rights.
    pub(crate) hidden: Option<i32>,
}

pub(crate) struct Source {
    aws: SdkConfig,
    secret_arn: String,
    limits: Limits,
    client: Mutex<Client>,
}

impl Source {
    pub(crate) async fn connect(aws: &SdkConfig, secret_arn: &str, limits: &Limits) -> Result<Self, MongoError> {
        Ok(Self {
            client: Mutex::new(client(aws, secret_arn).await?),
            aws: aws.clone(),
            secret_arn: secret_arn.to_owned(),
            limits: limits.clone(),
        })
    }

    /// A client with what the secret says now: it may have been rotated.
    pub(crate) async fn renew(&self) -> Result<(), MongoError> {
        let client = client(&self.aws, &self.secret_arn).await?;
        *self.client.lock().unwrap_or_else(PoisonError::into_inner) = client;
        Ok(())
    }

    fn database(&self, name: &str) -> Database {
        self.client
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .database(name)
    }

    /// Asks, and asks again after errors that pass.
    async fn patiently<T>(&self, ask: impl AsyncFnMut() -> Result<T, MongoError>) -> Result<T, MongoError> {
        self.while_worth_it(ask, |_| true).await
    }

    async fn while_worth_it<T>(
        &self,
        mut ask: impl AsyncFnMut() -> Result<T, MongoError>,
        is_worth_it: impl Fn(&MongoError) -> bool,
    ) -> Result<T, MongoError> {
        let mut attempt = 1;
        loop {
            match ask().await {
                Err(error) if error.is_transient() && is_worth_it(&error) && attempt < self.limits.read_attempts => {
                    tracing::warn!(%error, attempt, "retrying the call to MongoDB");
                    tokio::time::sleep(self.limits.backoff().pause(attempt)).await;
                    if matches!(error, MongoError::LoginRefused) {
                        self.renew().await?;
                    }
                    attempt += 1;
                }
                result => return result,
            }
        }
    }

    async fn in_time<T>(
        &self,
        command: &'static str,
        answer: impl Future<Output = mongodb::error::Result<T>>,
    ) -> Result<T, MongoError> {
        let waited = self.limits.reply;
        match tokio::time::timeout(waited, answer).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) => Err(MongoError::of(command, &error)),
            Err(_) => Err(MongoError::Stalled { command, waited }),
        }
    }

    /// A command about the deployment as a whole, which a primary knows best.
    async fn command(
        &self,
        name: &'static str,
        database: &str,
        command: RawDocumentBuf,
    ) -> Result<Document, MongoError> {
        let primary = SelectionCriteria::ReadPreference(ReadPreference::Primary);
        self.patiently(async || {
            let database = self.database(database);
            let run = database.run_raw_command(command.clone());
            self.in_time(name, run.selection_criteria(primary.clone()).into_future())
                .await
        })
        .await
    }

    /// All documents of a command's cursor, which are few.
    pub(crate) async fn all(
        &self,
        name: &'static str,
        database: &str,
        command: RawDocumentBuf,
    ) -> Result<Vec<Vec<u8>>, MongoError> {
        let from = ReadPreference::PrimaryPreferred { options: None };
        self.patiently(async || self.collected(name, database, &command, &from).await)
            .await
    }

    /// As [`Self::all`], from the primary alone: a secondary may list collections that are already deleted, or lack existing ones.
    pub(crate) async fn list(
        &self,
        name: &'static str,
        database: &str,
        command: RawDocumentBuf,
    ) -> Result<Vec<Vec<u8>>, MongoError> {
        self.patiently(async || self.collected(name, database, &command, &ReadPreference::Primary).await)
            .await
    }

    /// As [`Self::all`], for what the dump can do without: it is requested once, with a time limit after which the server ends the work.
    pub(crate) async fn briefly(
        &self,
        name: &'static str,
        database: &str,
        mut command: RawDocumentBuf,
    ) -> Result<Vec<Vec<u8>>, MongoError> {
        // A little less than is waited for here, so that the server's answer comes first.
        let most = self.limits.reply.mul_f64(0.9).as_millis();
        command.append(cstr!("maxTimeMS"), i64::try_from(most).unwrap_or(i64::MAX));
        let from = ReadPreference::PrimaryPreferred { options: None };
        self.while_worth_it(
            async || self.collected(name, database, &command, &from).await,
            |error| !error.is_long(),
        )
        .await
    }

    async fn collected(
        &self,
        name: &'static str,
        database: &str,
        command: &RawDocumentBuf,
        from: &ReadPreference,
    ) -> Result<Vec<Vec<u8>>, MongoError> {
        let database = self.database(database);
        let run = database.run_raw_cursor_command(command.clone());
        let run = run.selection_criteria(SelectionCriteria::ReadPreference(from.clone()));
        let mut cursor = self.in_time(name, run.batch()).await?;
        let mut all = Vec::new();
        while let Some(batch) = self.batch(name, &mut cursor).await? {
            let found = documents(name, &batch)?;
            all.extend(found.into_iter().map(<[u8]>::to_vec));
        }
        Ok(all)
    }

    /// How long the server keeps the history that snapshots need; `None` where it does not tell.
    pub(crate) async fn window(&self) -> Result<Option<Duration>, MongoError> {
        let command = rawdoc! { "getParameter": 1, "minSnapshotHistoryWindowInSeconds": 1 };
        match self.command("getParameter", "admin", command).await {
            Ok(answer) => {
                let seconds = match answer.get("minSnapshotHistoryWindowInSeconds") {
                    Some(Bson::Int32(seconds)) => u64::try_from(*seconds).ok(),
                    Some(Bson::Int64(seconds)) => u64::try_from(*seconds).ok(),
                    _ => None,
                };
                Ok(seconds.map(Duration::from_secs))
            }
            Err(MongoError::Refused { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The time of a snapshot that a read on the primary opens; `None` if the answer names none.
    pub(crate) async fn first_time(
        &self,
        database: &str,
        command: RawDocumentBuf,
    ) -> Result<Option<dump_format::manifest::ClusterTime>, MongoError> {
        self.patiently(async || {
            let database = self.database(database);
            let run = database.run_raw_cursor_command(command.clone());
            let run = run.selection_criteria(SelectionCriteria::ReadPreference(ReadPreference::Primary));
            let mut cursor = self.in_time("find", run.batch()).await?;
            let first = self.batch("find", &mut cursor).await?;
            Ok(first.as_ref().and_then(cluster_time))
        })
        .await
    }

    /// A cursor over documents; once, without another attempt.
    pub(crate) async fn find(
        &self,
        database: &str,
        command: RawDocumentBuf,
        batch_size: u32,
    ) -> Result<RawBatchCursor, MongoError> {
        let database = self.database(database);
        // Somebody may want nodes of their own to be read; a command does not take the client's word for it.
        let wanted = database.selection_criteria().cloned().unwrap_or_else(|| {
            let options = ReadPreferenceOptions::builder().max_staleness(STALENESS).build();
            SelectionCriteria::ReadPreference(ReadPreference::SecondaryPreferred { options: Some(options) })
        });
        let run = database.run_raw_cursor_command(command);
        let run = run.selection_criteria(wanted).batch_size(batch_size);
        self.in_time("find", run.batch()).await
    }

    pub(crate) async fn batch(
        &self,
        command: &'static str,
        cursor: &mut RawBatchCursor,
    ) -> Result<Option<RawBatch>, MongoError> {
        self.in_time(command, async { cursor.next().await.transpose() }).await
    }

    /// Version and topology.
    pub(crate) async fn server(&self) -> Result<Server, MongoError> {
        let hello = self.command("hello", "admin", rawdoc! { "hello": 1 }).await?;
        let build = self.command("buildInfo", "admin", rawdoc! { "buildInfo": 1 }).await?;
        let topology = if hello.get_str("msg").is_ok_and(|message| message == "isdbgrid") {
            Topology::Sharded
        } else if hello.contains_key("setName") {
            Topology::ReplicaSet
        } else {
            Topology::Standalone
        };
        let version = build.get_str("version").unwrap_or("unknown").to_owned();
        Ok(Server { version, topology })
    }

    /// All databases; where the user may not list them, those on which the user has rights. Asked without `authorizedDatabases`, the server gives the second for
    /// the first and does not say so. Source: MongoDB manual, listDatabases.
    pub(crate) async fn databases(&self) -> Result<Databases, MongoError> {
        let all = rawdoc! { "listDatabases": 1, "nameOnly": true, "authorizedDatabases": false };
        let (answer, hidden) = match self.command("listDatabases", "admin", all).await {
            Ok(answer) => (answer, None),
            Err(error) if error.is_not_allowed() => {
                let own = rawdoc! { "listDatabases": 1, "nameOnly": true };
                (self.command("listDatabases", "admin", own).await?, error.code())
            }
            Err(error) => return Err(error),
        };
        let listed = answer.get_array("databases").map_err(|_| MongoError::Unreadable {
            command: "listDatabases",
        })?;
        let named = |entry: &mongodb::bson::Bson| entry.as_document()?.get_str("name").ok().map(str::to_owned);
        let mut names: Vec<_> = listed.iter().filter_map(named).collect();
        names.sort();
        Ok(Databases { names, hidden })
    }
}

async fn client(aws: &SdkConfig, secret_arn: &str) -> Result<Client, MongoError> {
    let secret = MongoSecret::fetch(aws, secret_arn).await.map_err(MongoError::Secret)?;
    secret.client(secret_arn, APPLICATION).await.map_err(MongoError::Secret)
}

/// The documents of a batch.
pub(crate) fn documents<'a>(command: &'static str, batch: &'a RawBatch) -> Result<Vec<&'a [u8]>, MongoError> {
    let array = batch.doc_slices().ok();
    array
        .and_then(|array| raw::documents(array.as_bytes()))
        .ok_or(MongoError::Unreadable { command })
}

/// The snapshot's time in the answer that opened a cursor.
fn cluster_time(batch: &RawBatch) -> Option<dump_format::manifest::ClusterTime> {
    let cursor = batch.as_raw_document().get_document("cursor").ok()?;
    let time = cursor.get_timestamp("atClusterTime").ok()?;
    Some(dump_format::manifest::ClusterTime {
        t: time.time,
        i: time.increment,
    })
}
