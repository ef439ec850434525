//! The deployment that is restored to.

mod catalog;
mod error;
mod indexes;
mod insert;
mod kinds;
mod layout;
mod own;
mod raw;
mod reach;
mod read;
mod shards;
mod spelling;

use std::time::Duration;

use lambda_kit::mongo::{MongoSecret, SecretError};
use mongodb::Client;
use mongodb::bson::{Document, RawDocumentBuf};
use mongodb::options::{ReadPreference, SelectionCriteria};

use crate::limits::Limits;

pub(crate) use catalog::Existing;
pub(crate) use error::{TargetError, Trouble};
pub(crate) use indexes::without_ttl;
pub(crate) use insert::{How, Inserted, LeftOut, OnDifferent};
pub(crate) use kinds::{IndexKind, index_kind, index_name};
pub(crate) use layout::Layout;
pub(crate) use raw::{Raw, field, fields};
pub(crate) use read::{Found, Reading};
pub(crate) use spelling::{indexes_by_name, is_same_index, other_options, spelled};

/// What the server's log calls us.
const APPLICATION: &str = "mongo-restore";

/// A client, and how patient it is.
pub(crate) struct Deployment {
    client: Client,
    limits: Limits,
    way: reach::Way,
}

impl Deployment {
    /// Connects when it is used.
    pub(crate) async fn new(secret: &MongoSecret, arn: &str, limits: Limits) -> Result<Self, SecretError> {
        let mut options = secret.options(arn, APPLICATION).await?;
        // What is read is compared with what was written: whatever the connection string prefers.
        options.selection_criteria = Some(SelectionCriteria::ReadPreference(ReadPreference::Primary));
        let way = reach::Way::of(&options);
        let client = lambda_kit::mongo::client(options, arn)?;
        Ok(Self { client, limits, way })
    }

    /// Runs a command until it is answered, as often and long as the limits say. It must be safe to repeat.
    async fn command(
        &self,
        operation: &'static str,
        database: &str,
        of: &str,
        command: Raw,
        timeout: Duration,
    ) -> Result<Document, TargetError> {
        let failed = |trouble| TargetError::new(operation, database, of, trouble);
        let command = command.command().ok_or_else(|| failed(Trouble::TooLong))?;
        let mut attempt = 1;
        loop {
            let trouble = match self.once(database, command.clone(), timeout).await {
                Ok(answer) => match Trouble::of_write_concern(&answer) {
                    None => return Ok(answer),
                    Some(trouble) => trouble,
                },
                Err(trouble) => trouble,
            };
            self.pause(attempt, operation, trouble).await.map_err(failed)?;
            attempt += 1;
        }
    }

    /// Runs a command once.
    async fn once(&self, database: &str, command: RawDocumentBuf, timeout: Duration) -> Result<Document, Trouble> {
        let database = self.client.database(database);
        match tokio::time::timeout(timeout, database.run_raw_command(command)).await {
            Ok(answer) => answer.map_err(|error| Trouble::of(&error)),
            Err(_) => Err(Trouble::TimedOut),
        }
    }

    /// Waits before the next attempt.
    ///
    /// # Errors
    /// The trouble itself where another attempt is no use, or there were enough.
    async fn pause(&self, attempt: u32, operation: &'static str, trouble: Trouble) -> Result<(), Trouble> {
        if !trouble.is_passing() || attempt >= self.limits.attempts {
            return Err(trouble);
        }
        tracing::warn!(operation, attempt, %trouble, "trying again");
        tokio::time::sleep(self.limits.pause(attempt)).await;
        Ok(())
    }
}

/// All writes: what is acknowledged survives the loss of the primary.
fn majority() -> Vec<u8> {
    Raw::new().str("w", "majority").build()
}
