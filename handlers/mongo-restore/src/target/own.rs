//! Documents of our own in the target: what a restore notes of itself, and who works. Every command has a collection for them, so
//! that they go with one drop.

use dump_format::names::Namespace;
use mongodb::bson::Document;

use super::error::number;
use super::{Deployment, Raw, TargetError, Trouble, majority};

impl Deployment {
    /// A document by its `_id`.
    pub(crate) async fn own_document(&self, namespace: &Namespace, id: &str) -> Result<Option<Vec<u8>>, TargetError> {
        let filter = Raw::new().str("_id", id).build();
        let mut found = None;
        let mut visit = |document: Option<&[u8]>| found = document.map(<[u8]>::to_vec);
        self.each(namespace, &filter, None, 1, &mut visit).await?;
        Ok(found)
    }

    /// All documents of a collection.
    pub(crate) async fn own_documents(&self, namespace: &Namespace) -> Result<Vec<Vec<u8>>, TargetError> {
        let mut found = Vec::new();
        let mut visit = |document: Option<&[u8]>| match document {
            Some(document) => found.push(document.to_vec()),
            None => found.clear(),
        };
        self.each(namespace, &Raw::new().build(), None, 1_000, &mut visit)
            .await?;
        Ok(found)
    }

    /// Adds a document; `false`: there is one with its `_id`. That may be the same one, where an answer was lost.
    pub(crate) async fn add_own(&self, namespace: &Namespace, document: &[u8]) -> Result<bool, TargetError> {
        let command = Raw::new()
            .str("insert", namespace.collection())
            .document("writeConcern", &majority())
            .documents("documents", [document]);
        let answer = self.own_write("insert", namespace, command).await?;
        Ok(answer.is_done)
    }

    /// Puts a document in the place that its `_id` says.
    pub(crate) async fn put_own(&self, namespace: &Namespace, id: &str, document: &[u8]) -> Result<(), TargetError> {
        let filter = Raw::new().str("_id", id);
        self.update_own(namespace, filter, document, true).await.map(drop)
    }

    /// Puts a document in the place of the one that matches; `false`: none does.
    pub(crate) async fn swap_own(
        &self,
        namespace: &Namespace,
        filter: Raw,
        document: &[u8],
    ) -> Result<bool, TargetError> {
        self.update_own(namespace, filter, document, false).await
    }

    /// Deletes all documents but the one with this `_id`.
    pub(crate) async fn clear_own(&self, namespace: &Namespace, but: &str) -> Result<(), TargetError> {
        let others = Raw::new().document("_id", &Raw::new().str("$ne", but).build());
        let delete = Raw::new().document("q", &others.build()).i32("limit", 0);
        let command = Raw::new()
            .str("delete", namespace.collection())
            .document("writeConcern", &majority())
            .documents("deletes", [delete.build().as_slice()]);
        self.own_write("delete", namespace, command).await.map(drop)
    }

    async fn update_own(
        &self,
        namespace: &Namespace,
        filter: Raw,
        document: &[u8],
        upsert: bool,
    ) -> Result<bool, TargetError> {
        let update = Raw::new()
            .document("q", &filter.build())
            .document("u", document)
            .bool("upsert", upsert);
        let command = Raw::new()
            .str("update", namespace.collection())
            .document("writeConcern", &majority())
            .documents("updates", [update.build().as_slice()]);
        let answer = self.own_write("update", namespace, command).await?;
        Ok(answer.is_done)
    }

    async fn own_write(
        &self,
        operation: &'static str,
        namespace: &Namespace,
        command: Raw,
    ) -> Result<Written, TargetError> {
        let (database, collection) = (namespace.database(), namespace.collection());
        let timeout = self.limits.command_timeout;
        let answer: Document = self.command(operation, database, collection, command, timeout).await?;
        let error = answer.get_array("writeErrors").ok().and_then(|errors| errors.first());
        let code = error
            .and_then(|error| error.as_document())
            .map(|error| number(error, "code").unwrap_or_default());
        match code {
            None => Ok(Written {
                is_done: number(&answer, "n").is_some_and(|n| n > 0),
            }),
            Some(super::error::DUPLICATE_KEY) => Ok(Written { is_done: false }),
            Some(code) => {
                let code = i32::try_from(code).unwrap_or_default();
                let trouble = Trouble::of_document(code, "");
                Err(TargetError::new(operation, database, collection, trouble))
            }
        }
    }
}

struct Written {
    is_done: bool,
}
