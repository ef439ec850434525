//! Records of files in MongoDB, each change one conditional write.

use std::time::SystemTime;

use api_kit::{Database, StoreError};
use file_catalog::{FILES, FileRecord};
use mongodb::bson::{DateTime, Document, doc};
use mongodb::options::FindOptions;

/// The collection of [`FileRecord`]s.
#[derive(Debug)]
pub(crate) struct Records(Database);

impl Records {
    pub(crate) fn new(database: Database) -> Self {
        Self(database)
    }

    /// Adds a record.
    ///
    /// # Errors
    /// [`StoreError::Duplicate`] where there is one of this id.
    pub(crate) async fn insert(&self, record: &FileRecord) -> Result<(), StoreError> {
        let act = |database: mongodb::Database| async move {
            database
                .collection::<FileRecord>(FILES)
                .insert_one(record)
                .await
                .map(drop)
        };
        self.0.with("insertOne files", act).await
    }

    pub(crate) async fn find(&self, id: &str) -> Result<Option<FileRecord>, StoreError> {
        let act = |database: mongodb::Database| async move {
            database
                .collection::<FileRecord>(FILES)
                .find_one(doc! { "_id": id })
                .await
        };
        self.0.with("findOne files", act).await
    }

    /// Makes a pending file available with this version of its object; whether it is still the same announcement, and not expired.
    pub(crate) async fn make_available(
        &self,
        record: &FileRecord,
        version_id: &str,
        now: SystemTime,
    ) -> Result<bool, StoreError> {
        let filter = doc! {
            "_id": &record.id,
            "status": "pending",
            "request_sha256": &record.request_sha256,
            "created_at": record.created_at,
            "expires_at": { "$gt": DateTime::from_system_time(now) },
        };
        let change = doc! {
            "$set": { "status": "available", "version_id": version_id },
            "$unset": { "expires_at": "" },
        };
        self.update(filter, change).await
    }

    /// Hides a file from everybody before its content goes, whatever it was; whether it is there.
    pub(crate) async fn begin_removal(&self, id: &str, now: SystemTime) -> Result<bool, StoreError> {
        let change = doc! { "$set": { "status": "deleting", "expires_at": DateTime::from_system_time(now) } };
        self.update(doc! { "_id": id }, change).await
    }

    /// Hides a file as [`Records::begin_removal`] does, if it is still as old as it was.
    pub(crate) async fn begin_cleaning(
        &self,
        record: &FileRecord,
        before: SystemTime,
        now: SystemTime,
    ) -> Result<bool, StoreError> {
        let mut filter = left_over(before);
        filter.insert("_id", &record.id);
        let change = doc! { "$set": { "status": "deleting", "expires_at": DateTime::from_system_time(now) } };
        self.update(filter, change).await
    }

    /// Forgets a file whose content is gone.
    pub(crate) async fn forget(&self, id: &str) -> Result<(), StoreError> {
        let filter = doc! { "_id": id, "status": "deleting" };
        let act = |database: mongodb::Database| {
            let filter = filter.clone();
            async move {
                let files = database.collection::<FileRecord>(FILES);
                files.delete_one(filter).await.map(drop)
            }
        };
        self.0.with("deleteOne files", act).await
    }

    /// A few records of uploads that nobody completed and of removals that nobody finished before a time.
    pub(crate) async fn left_over(&self, before: SystemTime, limit: i64) -> Result<Vec<FileRecord>, StoreError> {
        let act = |database: mongodb::Database| async move {
            let options = FindOptions::builder().limit(limit).build();
            let files = database.collection::<FileRecord>(FILES);
            let mut cursor = files.find(left_over(before)).with_options(options).await?;
            let mut records = Vec::new();
            while cursor.advance().await? {
                records.push(cursor.deserialize_current()?);
            }
            Ok(records)
        };
        self.0.with("find files", act).await
    }

    async fn update(&self, filter: Document, change: Document) -> Result<bool, StoreError> {
        let act = |database: mongodb::Database| {
            let (filter, change) = (filter.clone(), change.clone());
            async move {
                let files = database.collection::<FileRecord>(FILES);
                let updated = files.update_one(filter, change).await?;
                Ok(updated.matched_count > 0)
            }
        };
        self.0.with("updateOne files", act).await
    }
}

fn left_over(before: SystemTime) -> Document {
    doc! {
        "status": { "$in": ["pending", "deleting"] },
        "expires_at": { "$lt": DateTime::from_system_time(before) },
    }
}
