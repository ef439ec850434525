//! Multipart uploads, call by call.

use std::time::Duration;

use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{ChecksumAlgorithm, CompletedMultipartUpload, CompletedPart};
use bytes::Bytes;
use lambda_kit::aws::AwsError;

use crate::digest::Digest;
use crate::error::JobError;
use crate::store::{Store, is_damage, is_same, version};

/// An upload that was given up is aborted on the way; if that fails, the bucket's lifecycle rule does it.
const ABORT: Duration = Duration::from_secs(5);

/// A multipart upload that was begun.
#[derive(Clone)]
pub(crate) struct Multipart<'a> {
    store: &'a Store,
    key: String,
    id: String,
}

pub(crate) struct SentPart {
    pub(crate) number: i32,
    tag: String,
    sha256: Digest,
}

impl<'a> Multipart<'a> {
    /// `None` here and below: S3 lost it or received something else, so the object has to be begun anew.
    pub(crate) async fn begin(store: &'a Store, key: &str) -> Result<Option<Self>, JobError> {
        let answer = store
            .call(key, |client| async move {
                let sent = client
                    .create_multipart_upload()
                    .bucket(&store.place.bucket)
                    .key(key)
                    .set_expected_bucket_owner(store.place.owner.clone())
                    .checksum_algorithm(ChecksumAlgorithm::Sha256)
                    .set_server_side_encryption(store.encryption())
                    .set_ssekms_key_id(store.place.kms_key.clone())
                    .set_bucket_key_enabled(store.place.kms_key.is_some().then_some(true))
                    .send()
                    .await;
                sent.map_err(|error| AwsError::of("CreateMultipartUpload", error))
            })
            .await?;
        Ok(answer.upload_id.map(|id| Self {
            store,
            key: key.to_owned(),
            id,
        }))
    }

    /// Sends a part; numbers begin at 1.
    pub(crate) async fn part(&self, number: i32, bytes: Bytes, sha256: Digest) -> Result<Option<SentPart>, JobError> {
        let checksum = sha256.base64();
        let checksum = checksum.as_str();
        let sent = self
            .store
            .call(&self.key, |client| {
                let bytes = bytes.clone();
                async move {
                    let sent = client
                        .upload_part()
                        .bucket(&self.store.place.bucket)
                        .key(&self.key)
                        .set_expected_bucket_owner(self.store.place.owner.clone())
                        .upload_id(&self.id)
                        .part_number(number)
                        .checksum_sha256(checksum)
                        .body(ByteStream::from(bytes))
                        .send()
                        .await;
                    sent.map_err(|error| AwsError::of("UploadPart", error))
                }
            })
            .await;
        let answer = match sent {
            Ok(answer) if is_same(answer.checksum_sha256(), checksum) => answer,
            Err(error) if !is_damage(&error) => return Err(error),
            Ok(_) | Err(_) => return Ok(None),
        };
        Ok(answer.e_tag.map(|tag| SentPart { number, tag, sha256 }))
    }

    /// Makes the object of the parts, which are in order, and `bytes` long together. The version that it has, in a second `Option`.
    pub(crate) async fn complete(&self, parts: &[SentPart], bytes: u64) -> Result<Option<Option<String>>, JobError> {
        let listed = parts.iter().map(|part| {
            CompletedPart::builder()
                .part_number(part.number)
                .e_tag(&part.tag)
                .checksum_sha256(part.sha256.base64())
                .build()
        });
        let listed = CompletedMultipartUpload::builder()
            .set_parts(Some(listed.collect()))
            .build();
        let bytes = i64::try_from(bytes).unwrap_or(i64::MAX);
        let sent = self
            .store
            .call(&self.key, |client| {
                let listed = listed.clone();
                async move {
                    let sent = client
                        .complete_multipart_upload()
                        .bucket(&self.store.place.bucket)
                        .key(&self.key)
                        .set_expected_bucket_owner(self.store.place.owner.clone())
                        .upload_id(&self.id)
                        .multipart_upload(listed)
                        .mpu_object_size(bytes)
                        .send()
                        .await;
                    sent.map_err(|error| AwsError::of("CompleteMultipartUpload", error))
                }
            })
            .await;
        let answer = match sent {
            Ok(answer) => answer,
            Err(error) if is_damage(&error) => return Ok(None),
            Err(error) => return Err(error),
        };
        // S3 hashes the parts' hashes (User Guide, "Checking object integrity", composite checksums).
        let all: Vec<u8> = parts.iter().flat_map(|part| *part.sha256.as_bytes()).collect();
        let composite = format!("{}-{}", Digest::of(&all).base64(), parts.len());
        let is_same = is_same(answer.checksum_sha256(), &composite);
        Ok(is_same.then(|| version(answer.version_id)))
    }

    pub(crate) async fn abort(self) {
        let abort = self.store.abort(&self.key, &self.id);
        match tokio::time::timeout(ABORT, abort).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => {
                tracing::warn!(key = self.key, %error, "a multipart upload was abandoned and not aborted")
            }
            Err(_) => tracing::warn!(
                key = self.key,
                "a multipart upload was abandoned and not aborted: no answer"
            ),
        }
    }
}

impl Store {
    async fn abort(&self, key: &str, id: &str) -> Result<(), AwsError> {
        let abort = self
            .client()
            .abort_multipart_upload()
            .bucket(&self.place.bucket)
            .key(key)
            .set_expected_bucket_owner(self.place.owner.clone())
            .upload_id(id)
            .send();
        abort
            .await
            .map_err(|error| AwsError::of("AbortMultipartUpload", error))?;
        Ok(())
    }

    /// Aborts the uploads that killed invocations left below `prefix`, and says how many. Their parts cost money until then, or until the
    /// bucket's lifecycle rule does the same. For the leader alone, before it begins to upload: it would abort its own, too. The role
    /// needs `s3:ListBucketMultipartUploads` on the bucket and `s3:AbortMultipartUpload` on the objects.
    ///
    /// # Errors
    /// [`JobError::Storage`]; some may be aborted all the same.
    pub async fn abort_leftovers(&self, prefix: &str) -> Result<usize, JobError> {
        let (mut key_marker, mut id_marker) = (None, None);
        let mut aborted = 0;
        loop {
            let (key_from, id_from) = (&key_marker, &id_marker);
            let page = self
                .call(prefix, |client| async move {
                    let list = client
                        .list_multipart_uploads()
                        .bucket(&self.place.bucket)
                        .set_expected_bucket_owner(self.place.owner.clone())
                        .prefix(prefix)
                        .set_key_marker(Option::clone(key_from))
                        .set_upload_id_marker(Option::clone(id_from));
                    let sent = list.send().await;
                    sent.map_err(|error| AwsError::of("ListMultipartUploads", error))
                })
                .await?;
            for upload in page.uploads() {
                let (Some(key), Some(id)) = (upload.key(), upload.upload_id()) else {
                    continue;
                };
                match self.abort(key, id).await {
                    Ok(()) => aborted += 1,
                    // Somebody else was faster.
                    Err(error) if error.code() == Some("NoSuchUpload") => {}
                    Err(source) => {
                        return Err(JobError::Storage {
                            key: key.to_owned(),
                            source,
                        });
                    }
                }
            }
            if page.is_truncated() != Some(true) || page.next_key_marker.is_none() {
                return Ok(aborted);
            }
            (key_marker, id_marker) = (page.next_key_marker, page.next_upload_id_marker);
        }
    }
}
