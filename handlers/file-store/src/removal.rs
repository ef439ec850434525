//! The removal of a file that is marked as deleting.

use file_catalog::{Checksum, FileRecord, key};
use lambda_kit::aws::AwsError;
use lambda_kit::mongo::StoreError;

use crate::objects::Objects;
use crate::records::Records;

/// Why a removal did not finish. The record still exists, marked as deleting: the same removal resumes when it is repeated.
#[derive(Debug, thiserror::Error)]
pub enum RemovalError {
    /// S3 refused a call or did not answer.
    #[error(transparent)]
    Object(#[from] AwsError),
    /// MongoDB refused an operation or did not answer.
    #[error(transparent)]
    Record(#[from] StoreError),
}

/// Removes the content of a file that is marked as deleting, so that it is no longer visible, then its record.
///
/// # Errors
/// [`RemovalError`], at the first step that fails.
pub async fn remove_hidden(record: &FileRecord, records: &Records, objects: &Objects) -> Result<(), RemovalError> {
    let key = key(&record.id);
    // Before the object: parts could be put together to one right after it is gone.
    if let Checksum::Parts { upload_id, .. } = &record.checksum {
        objects.abort(&key, upload_id).await?;
    }
    let version_id = match &record.version_id {
        Some(version_id) => Some(version_id.clone()),
        // A file that was verified and then not made available no longer has a tag.
        None => objects.current_version(&key).await?,
    };
    if let Some(version_id) = version_id {
        objects.retire(&key, &version_id).await?;
    }
    objects.delete(&key).await?;
    Ok(records.forget(record).await?)
}
