//! Collections and views: listing, creating and dropping them.

use std::collections::BTreeMap;

use dump_format::manifest::Kind;
use dump_format::names::Namespace;

use super::raw::field;
use super::{Deployment, Raw, TargetError, majority};

const NAMESPACE_NOT_FOUND: i32 = 26;
const NAMESPACE_EXISTS: i32 = 48;

/// What a name in the target stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ExistingKind {
    Collection,
    View,
    TimeSeries,
}

impl ExistingKind {
    /// As dumps call it.
    pub(crate) fn kind(self) -> Kind {
        match self {
            Self::Collection => Kind::Collection,
            Self::View => Kind::View,
            Self::TimeSeries => Kind::TimeSeries,
        }
    }
}

/// Something in the target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Existing {
    pub(crate) kind: ExistingKind,
    /// As `listCollections` gives them.
    pub(crate) options: Vec<u8>,
}

impl Deployment {
    /// All collections and views of a database but the server's own; none where there is no such database.
    pub(crate) async fn collections(&self, database: &str) -> Result<BTreeMap<String, Existing>, TargetError> {
        let mut found = BTreeMap::new();
        let command = || {
            Raw::new()
                .i32("listCollections", 1)
                .document("cursor", &Raw::new().build())
        };
        let mut visit = |entry: Option<&[u8]>| {
            let Some(entry) = entry else { return found.clear() };
            let Some(name) = field(entry, "name").and_then(|name| name.as_str()) else {
                return;
            };
            let kind = match field(entry, "type").and_then(|kind| kind.as_str()) {
                Some("view") => ExistingKind::View,
                Some("timeseries") => ExistingKind::TimeSeries,
                _ => ExistingKind::Collection,
            };
            let options = field(entry, "options").and_then(|options| options.as_document());
            let options = options.map_or_else(|| Raw::new().build(), <[u8]>::to_vec);
            if !name.starts_with("system.") {
                found.insert(name.to_owned(), Existing { kind, options });
            }
        };
        self.cursor("listCollections", database, "", command, 0, &mut visit)
            .await?;
        Ok(found)
    }

    /// Whether there is no document in it.
    pub(crate) async fn is_empty(&self, namespace: &Namespace) -> Result<bool, TargetError> {
        let (database, collection) = (namespace.database(), namespace.collection());
        let command = || {
            let command = Raw::new().str("find", collection).i32("limit", 1);
            command.bool("singleBatch", true).i32("batchSize", 1)
        };
        let mut is_empty = true;
        let mut visit = |document: Option<&[u8]>| is_empty = document.is_none();
        self.cursor("find", database, collection, command, 1, &mut visit)
            .await?;
        Ok(is_empty)
    }

    /// Makes a collection or view with these options, unless it is there.
    pub(crate) async fn create(&self, namespace: &Namespace, options: &[u8]) -> Result<(), TargetError> {
        let command = Raw::new().str("create", namespace.collection()).fields_of(options);
        let command = command.document("writeConcern", &majority());
        self.unless("create", namespace, command, NAMESPACE_EXISTS).await
    }

    /// Drops a collection or view, if it is there.
    pub(crate) async fn drop(&self, namespace: &Namespace) -> Result<(), TargetError> {
        let command = Raw::new().str("drop", namespace.collection());
        let command = command.document("writeConcern", &majority());
        self.unless("drop", namespace, command, NAMESPACE_NOT_FOUND).await
    }

    /// Drops a database, if it is there.
    pub(crate) async fn drop_database(&self, database: &str) -> Result<(), TargetError> {
        let command = Raw::new().i32("dropDatabase", 1).document("writeConcern", &majority());
        let timeout = self.limits.command_timeout;
        self.command("dropDatabase", database, "", command, timeout)
            .await
            .map(drop)
    }

    /// Sets after how many seconds documents go, given as it was in the options.
    pub(crate) async fn expire(&self, namespace: &Namespace, options: &[u8]) -> Result<(), TargetError> {
        let Some(seconds) = field(options, EXPIRE) else {
            return Ok(());
        };
        let command = Raw::new().str("collMod", namespace.collection()).value(EXPIRE, seconds);
        let command = command.document("writeConcern", &majority());
        let (database, collection) = (namespace.database(), namespace.collection());
        let timeout = self.limits.command_timeout;
        self.command("collMod", database, collection, command, timeout)
            .await
            .map(drop)
    }

    async fn unless(
        &self,
        operation: &'static str,
        namespace: &Namespace,
        command: Raw,
        accepted: i32,
    ) -> Result<(), TargetError> {
        let (database, collection) = (namespace.database(), namespace.collection());
        let timeout = self.limits.command_timeout;
        match self.command(operation, database, collection, command, timeout).await {
            Err(error) if error.trouble.code() == Some(accepted) => Ok(()),
            answer => answer.map(drop),
        }
    }
}

/// In a collection's options and in an index: documents go by themselves.
pub(crate) const EXPIRE: &str = "expireAfterSeconds";
