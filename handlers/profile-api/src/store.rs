//! Reading and writing profiles, each by its user's id and nothing else.

use lambda_kit::mongo::{Database, StoreError};
use mongodb::bson::{Document, doc};

use crate::record::{PROFILES, ProfileRecord};

/// What became of a conditional write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Written {
    /// It is there.
    Done,
    /// The document was another one by then.
    Lost,
}

pub(crate) async fn find(database: &Database, user: &str) -> Result<Option<ProfileRecord>, StoreError> {
    let act = |database: mongodb::Database| async move {
        let profiles = database.collection::<ProfileRecord>(PROFILES);
        profiles.find_one(doc! { "_id": user }).await
    };
    database.with("findOne profiles", act).await
}

/// Writes a document in the place of the one of revision `previous`, or of none. Where the driver repeats it after a lost answer, the
/// server knows the transaction's number and does it once.
pub(crate) async fn write(
    database: &Database,
    previous: Option<&str>,
    record: &ProfileRecord,
) -> Result<Written, StoreError> {
    match previous {
        Some(previous) => replace(database, previous, record).await,
        None => insert(database, record).await,
    }
}

/// Removes a user's document and with it the only copy of the key, if it is of one of these revisions or, without any, whatever it is.
pub(crate) async fn erase(database: &Database, user: &str, revisions: Option<&[&str]>) -> Result<Written, StoreError> {
    let act = |database: mongodb::Database| async move {
        let profiles = database.collection::<ProfileRecord>(PROFILES);
        let mut filter = doc! { "_id": user };
        if let Some(revisions) = revisions {
            filter.insert("revision", doc! { "$in": revisions });
        }
        profiles.delete_one(filter).await
    };
    let result = database.with("deleteOne profiles", act).await?;
    Ok(if result.deleted_count == 0 {
        Written::Lost
    } else {
        Written::Done
    })
}

/// Whether a user has a document, of whatever form.
pub(crate) async fn exists(database: &Database, user: &str) -> Result<bool, StoreError> {
    let act = |database: mongodb::Database| async move {
        let profiles = database.collection::<Document>(PROFILES);
        profiles
            .find_one(doc! { "_id": user })
            .projection(doc! { "_id": 1 })
            .await
    };
    database
        .with("findOne profiles", act)
        .await
        .map(|found| found.is_some())
}

async fn insert(database: &Database, record: &ProfileRecord) -> Result<Written, StoreError> {
    let act = |database: mongodb::Database| async move {
        let profiles = database.collection::<ProfileRecord>(PROFILES);
        profiles.insert_one(record).await
    };
    match database.with("insertOne profiles", act).await {
        Ok(_) => Ok(Written::Done),
        Err(StoreError::Duplicate { .. }) => Ok(Written::Lost),
        Err(error) => Err(error),
    }
}

async fn replace(database: &Database, previous: &str, record: &ProfileRecord) -> Result<Written, StoreError> {
    let act = |database: mongodb::Database| async move {
        let profiles = database.collection::<ProfileRecord>(PROFILES);
        let filter = doc! { "_id": &record.user, "revision": previous };
        profiles.replace_one(filter, record).await
    };
    let result = database.with("replaceOne profiles", act).await?;
    Ok(if result.matched_count == 0 {
        Written::Lost
    } else {
        Written::Done
    })
}
