//! What a client gets to upload a file.

use std::time::SystemTime;

use api_kit::Problem;
use file_catalog::{Checksum, File, FileRecord, key};
use serde::{Serialize, Serializer};

use crate::bucket::Bucket;
use crate::parts;
use crate::time::{rfc3339, whole_seconds};

/// The contract's schema `UploadTicket`. No [`Debug`]: what is in it is a secret until it expires.
#[derive(Serialize)]
pub(crate) struct UploadTicket {
    file: File,
    upload: Upload,
}

#[derive(Serialize)]
#[serde(tag = "method", rename_all = "lowercase")]
enum Upload {
    Post {
        expires_at: String,
        url: String,
        fields: Fields,
    },
    Parts {
        expires_at: String,
        part_bytes: i64,
        parts: Vec<Part>,
    },
}

#[derive(Serialize)]
struct Part {
    number: i32,
    url: String,
    headers: Fields,
}

/// Names and values, in this order.
struct Fields(Vec<(String, String)>);

impl Serialize for Fields {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

impl UploadTicket {
    /// For the upload of a pending file until `until`, and no longer than the session or the record lasts.
    pub(crate) async fn of(
        record: &FileRecord,
        bucket: &Bucket,
        now: SystemTime,
        until: SystemTime,
    ) -> Result<Self, Problem> {
        let given_up = record.expires_at.map_or(until, |at| at.to_system_time());
        let until = whole_seconds(until.min(bucket.expires_at).min(given_up));
        let upload = match &record.checksum {
            Checksum::Whole { sha256 } => {
                let (url, fields) = bucket.form(record, sha256, now, until).await?;
                let owned = |(name, value): (&str, String)| (name.to_owned(), value);
                Upload::Post {
                    expires_at: rfc3339(until),
                    url,
                    fields: Fields(fields.into_iter().map(owned).collect()),
                }
            }
            Checksum::Parts {
                upload_id,
                part_bytes,
                sha256,
            } => {
                let key = key(&record.id);
                let mut signed = Vec::new();
                for ((number, bytes), sha256) in (1..).zip(parts::sizes(record.size, *part_bytes)).zip(sha256) {
                    let part = (number, bytes, sha256.as_str());
                    let (url, headers) = bucket.part(&key, upload_id, part, now, until).await?;
                    signed.push(Part {
                        number,
                        url,
                        headers: Fields(headers),
                    });
                }
                Upload::Parts {
                    expires_at: rfc3339(until),
                    part_bytes: *part_bytes,
                    parts: signed,
                }
            }
        };
        Ok(Self {
            file: File::from(record),
            upload,
        })
    }
}
