//! Objects of files, each change one call of S3.

use aws_sdk_s3::types::{Tag, Tagging};
use lambda_kit::aws::AwsError;

/// The tag of what was deleted. A version without it, and without the tag of what was not verified yet, is one that is served, and no
/// lifecycle rule removes it: a client that still has the form may upload another version over it.
const DELETED: (&str, &str) = ("upload", "deleted");

/// The objects of one bucket.
#[derive(Debug, Clone)]
pub struct Objects {
    /// With the credentials of the role that may change them.
    pub s3: aws_sdk_s3::Client,
    /// The bucket's name.
    pub bucket: String,
}

impl Objects {
    /// Aborts an upload in parts. One that does not exist is aborted.
    ///
    /// # Errors
    /// S3 refused the call or did not answer.
    pub async fn abort(&self, key: &str, upload_id: &str) -> Result<(), AwsError> {
        let call = self.s3.abort_multipart_upload().bucket(&self.bucket).key(key);
        let answer = call.upload_id(upload_id).send().await;
        match answer.map_err(|error| AwsError::of("AbortMultipartUpload", error)) {
            Err(error) if error.status() != Some(404) => Err(error),
            _ => Ok(()),
        }
    }

    /// Id of the current version of an object, if there is one.
    ///
    /// # Errors
    /// S3 refused the call or did not answer.
    pub async fn current_version(&self, key: &str) -> Result<Option<String>, AwsError> {
        let answer = self.s3.head_object().bucket(&self.bucket).key(key).send().await;
        match answer.map_err(|error| AwsError::of("HeadObject", error)) {
            Err(error) if error.status() == Some(404) => Ok(None),
            answer => Ok(answer?.version_id),
        }
    }

    /// Tags a version as deleted, from when on the bucket's lifecycle rule counts its days. One that does not exist is gone.
    ///
    /// # Errors
    /// S3 refused the call or did not answer.
    pub async fn retire(&self, key: &str, version_id: &str) -> Result<(), AwsError> {
        let tag = Tag::builder().key(DELETED.0).value(DELETED.1).build();
        let tagging = tag.and_then(|tag| Tagging::builder().tag_set(tag).build());
        let tagging = tagging.map_err(|error| AwsError::Unreachable {
            operation: "PutObjectTagging",
            reason: error.to_string(),
        })?;
        let call = self.s3.put_object_tagging().bucket(&self.bucket).key(key);
        let answer = call.version_id(version_id).tagging(tagging).send().await;
        match answer.map_err(|error| AwsError::of("PutObjectTagging", error)) {
            Err(error) if error.status() != Some(404) => Err(error),
            _ => Ok(()),
        }
    }

    /// Hides the object behind a delete marker: versions that are tagged last as long as the bucket's lifecycle rules say.
    ///
    /// # Errors
    /// S3 refused the call or did not answer.
    pub async fn delete(&self, key: &str) -> Result<(), AwsError> {
        let answer = self.s3.delete_object().bucket(&self.bucket).key(key).send().await;
        answer.map(drop).map_err(|error| AwsError::of("DeleteObject", error))
    }
}
