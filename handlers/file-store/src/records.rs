//! Records of files in MongoDB, each change one conditional write.

use std::time::SystemTime;

use file_catalog::{FILES, FileRecord};
use lambda_kit::mongo::{Database, StoreError};
use mongodb::bson::{DateTime, Document, deserialize_from_document, doc};
use mongodb::options::{CountOptions, FindOptions};

/// Some abandoned uploads, oldest first.
#[derive(Debug, Default)]
pub struct Abandoned {
    /// Those that can be removed.
    pub records: Vec<FileRecord>,
    /// Ids of documents that are no [`FileRecord`]: another program wrote them.
    pub unreadable: Vec<String>,
}

/// The collection of [`FileRecord`]s.
#[derive(Debug)]
pub struct Records(Database);

impl Records {
    /// In a database.
    #[must_use]
    pub fn new(database: Database) -> Self {
        Self(database)
    }

    /// Adds a record.
    ///
    /// # Errors
    /// [`StoreError::Duplicate`] where there is one of this id; or MongoDB refused it or did not answer, as of every operation here.
    pub async fn insert(&self, record: &FileRecord) -> Result<(), StoreError> {
        let act = |database: mongodb::Database| async move {
            database
                .collection::<FileRecord>(FILES)
                .insert_one(record)
                .await
                .map(drop)
        };
        self.0.with("insertOne files", act).await
    }

    /// The record of this id, if there is one.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn find(&self, id: &str) -> Result<Option<FileRecord>, StoreError> {
        let act = |database: mongodb::Database| async move {
            database
                .collection::<FileRecord>(FILES)
                .find_one(doc! { "_id": id })
                .await
        };
        self.0.with("findOne files", act).await
    }

    /// Makes a pending file available with this version of its object; whether it is still the same announcement, and not expired.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn make_available(
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

    /// Marks a file as deleting, whatever it was, so that nobody sees it before its content goes; whether it is there.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn begin_removal(&self, id: &str, now: SystemTime) -> Result<bool, StoreError> {
        self.update(doc! { "_id": id }, deleting(now)).await
    }

    /// Marks an abandoned upload as deleting; returns whether it was still abandoned and the same announcement. A request that completes or
    /// removes it at the same time comes either before this write, which then changes nothing, or after it, and finds it deleting.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn begin_cleaning(
        &self,
        record: &FileRecord,
        before: SystemTime,
        now: SystemTime,
    ) -> Result<bool, StoreError> {
        let mut filter = abandoned(before);
        filter.insert("_id", &record.id);
        filter.insert("created_at", record.created_at);
        self.update(filter, deleting(now)).await
    }

    /// Forgets a file that is marked as deleting and whose content is gone.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn forget(&self, record: &FileRecord) -> Result<(), StoreError> {
        // The id of a new announcement may be the same.
        let filter = doc! { "_id": &record.id, "status": "deleting", "created_at": record.created_at };
        let act = |database: mongodb::Database| {
            let filter = filter.clone();
            async move {
                let files = database.collection::<FileRecord>(FILES);
                files.delete_one(filter).await.map(drop)
            }
        };
        self.0.with("deleteOne files", act).await
    }

    /// The oldest abandoned uploads: those that nobody completed and removals that nobody finished before a time. `skip` of them are left
    /// out, such as those that cannot be read.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn abandoned(&self, before: SystemTime, skip: u64, limit: i64) -> Result<Abandoned, StoreError> {
        let act = |database: mongodb::Database| async move {
            let options = FindOptions::builder().sort(doc! { "expires_at": 1 }).skip(skip);
            let options = options.limit(limit).build();
            let files = database.collection::<Document>(FILES);
            let mut cursor = files.find(abandoned(before)).with_options(options).await?;
            let mut found = Abandoned::default();
            while cursor.advance().await? {
                let document = cursor.deserialize_current()?;
                let id = document.get_str("_id").unwrap_or("without an id").to_owned();
                match deserialize_from_document(document) {
                    Ok(record) => found.records.push(record),
                    Err(_) => found.unreadable.push(id),
                }
            }
            Ok(found)
        };
        self.0.with("find files", act).await
    }

    /// How many abandoned uploads there are besides the `skip` oldest, counted up to a limit.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn count_abandoned(&self, before: SystemTime, skip: u64, limit: u64) -> Result<u64, StoreError> {
        let act = |database: mongodb::Database| async move {
            let options = CountOptions::builder().skip(skip).limit(limit).build();
            let files = database.collection::<FileRecord>(FILES);
            files.count_documents(abandoned(before)).with_options(options).await
        };
        self.0.with("count files", act).await
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

fn abandoned(before: SystemTime) -> Document {
    doc! {
        "status": { "$in": ["pending", "deleting"] },
        "expires_at": { "$lt": DateTime::from_system_time(before) },
    }
}

fn deleting(now: SystemTime) -> Document {
    doc! { "$set": { "status": "deleting", "expires_at": DateTime::from_system_time(now) } }
}
