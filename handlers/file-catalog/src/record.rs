//! A file's metadata.

use mongodb::bson::DateTime;
use serde::{Deserialize, Serialize};

/// Collection of [`FileRecord`]s.
pub const FILES: &str = "files";

/// A document of [`FILES`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FileRecord {
    /// 32 hexadecimal digits; the object's key follows from it, see [`key`].
    #[serde(rename = "_id")]
    pub id: String,
    /// What the file is called, for people and Content-Disposition alone.
    pub name: String,
    /// Bytes.
    pub size: i64,
    /// Media type without parameters.
    pub content_type: String,
    /// Course that it belongs to.
    pub course: String,
    /// Who may see it.
    pub visibility: Visibility,
    /// Whether its content is there.
    pub status: Status,
    /// What its content has to be.
    pub checksum: Checksum,
    /// `sub` of who announced it.
    pub created_by: String,
    /// When it was announced.
    pub created_at: DateTime,
    /// Of a pending one: when it is given up. Of one that is being removed: when that began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<DateTime>,
    /// SHA-256 of the request that announced it, in hexadecimal: tells a repetition from another request with the same
    /// idempotency key.
    pub request_sha256: String,
    /// Version of the object that was verified; it alone is served.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version_id: Option<String>,
}

/// Who may see a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Visibility {
    /// Members of its course.
    Course,
    /// Every user.
    Everyone,
    /// Administrators.
    Administrators,
}

/// Where a file is in its life. Only an available one is shown to users.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Announced; its content has not been verified.
    Pending,
    /// Its content was verified.
    Available,
    /// Being removed: its object may be gone already.
    Deleting,
}

/// What the content has to be, as S3 computes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Checksum {
    /// Of an object that is put in one request.
    Whole {
        /// SHA-256 in base64.
        sha256: String,
    },
    /// Of an object in parts: S3 then knows only the checksum of the parts' checksums.
    Parts {
        /// S3's id of the multipart upload.
        upload_id: String,
        /// Bytes of every part but the last.
        part_bytes: i64,
        /// SHA-256 of each part in base64.
        sha256: Vec<String>,
    },
}

/// The object's key. Nothing of a client's is in it.
#[must_use]
pub fn key(id: &str) -> String {
    format!("files/{id}")
}

/// What the API shows of a file: the contract's schema `File`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct File {
    id: String,
    name: String,
    size: i64,
    content_type: String,
    course: String,
    visibility: Visibility,
    status: Status,
    created_at: String,
}

impl From<&FileRecord> for File {
    fn from(record: &FileRecord) -> Self {
        Self {
            id: record.id.clone(),
            name: record.name.clone(),
            size: record.size,
            content_type: record.content_type.clone(),
            course: record.course.clone(),
            visibility: record.visibility,
            status: record.status,
            created_at: record.created_at.try_to_rfc3339_string().unwrap_or_default(),
        }
    }
}
