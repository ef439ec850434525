//! What is done to the bucket, each one call of S3's.

use std::time::{Duration, SystemTime};

use api_kit::{Kind, Problem};
use aws_credential_types::Credentials;
use aws_sdk_s3::config::timeout::TimeoutConfig;
use aws_sdk_s3::presigning::{PresignedRequest, PresigningConfig};
use aws_sdk_s3::types::{
    ChecksumAlgorithm, ChecksumMode, CompletedMultipartUpload, CompletedPart, ServerSideEncryption,
};
use file_catalog::FileRecord;
use file_store::Objects;
use lambda_kit::aws::AwsError;

use crate::form::{Form, presigned_post};
use crate::time::whole_seconds;

/// The tag of what was not verified yet, as a header has it; see [`crate::form`].
const TAGGING: &str = "upload=pending";

/// To put parts together takes S3 longer than other calls: it answers when it is done.
const JOIN_TIMEOUT: Duration = Duration::from_secs(15);

/// The bucket while a session lasts.
#[derive(Debug, Clone)]
pub(crate) struct Bucket {
    pub(crate) objects: Objects,
    pub(crate) region: String,
    pub(crate) kms_key_arn: String,
    pub(crate) credentials: Credentials,
    /// When the session expires, and with it everything that it signed.
    pub(crate) expires_at: SystemTime,
}

/// What S3 says of an object.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Head {
    pub(crate) size: Option<i64>,
    pub(crate) content_type: Option<String>,
    pub(crate) sha256: Option<String>,
    /// Of an object under SSE-KMS.
    pub(crate) kms_key_arn: Option<String>,
    pub(crate) version_id: Option<String>,
}

/// What S3 says of a part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct UploadedPart {
    pub(crate) number: i32,
    pub(crate) size: i64,
    pub(crate) sha256: Option<String>,
    pub(crate) etag: Option<String>,
}

/// How an upload in parts ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Joined {
    /// S3 put the parts together.
    Now,
    /// There is no such upload: it was put together before, or given up.
    Before,
    /// A part is not what it was when it was listed.
    Changed,
}

fn unsigned(reason: String) -> Problem {
    Problem::new(Kind::Internal).cause(format!("no URL could be signed: {reason}"))
}

impl Bucket {
    fn s3(&self) -> &aws_sdk_s3::Client {
        &self.objects.s3
    }

    fn name(&self) -> &str {
        &self.objects.bucket
    }

    /// URL and fields of a form that puts a file's object.
    pub(crate) async fn form(
        &self,
        record: &FileRecord,
        sha256: &str,
        now: SystemTime,
        expires_at: SystemTime,
    ) -> Result<(String, Vec<(&'static str, String)>), Problem> {
        let key = file_catalog::key(&record.id);
        let form = Form {
            bucket: self.name(),
            region: &self.region,
            key: &key,
            content_type: &record.content_type,
            size: record.size,
            sha256,
            kms_key_arn: &self.kms_key_arn,
        };
        let fields = presigned_post(&form, &self.credentials, now, expires_at);
        Ok((self.url(&key, now).await?, fields))
    }

    /// The bucket's own address, for which the SDK knows every partition's and every endpoint's rule.
    async fn url(&self, key: &str, now: SystemTime) -> Result<String, Problem> {
        let call = self.s3().put_object().bucket(self.name()).key(key);
        let request = call.presigned(presigning(now, now + Duration::from_secs(1))?).await;
        let request = request.map_err(|error| unsigned(AwsError::of("PutObject", error).to_string()))?;
        let url = request.uri().split('?').next().and_then(|url| url.strip_suffix(key));
        url.map(str::to_owned)
            .ok_or_else(|| unsigned("its address does not end with the key".to_owned()))
    }

    /// Presigns the upload of one part, with exactly this number of bytes and this checksum: URL and headers. Only headers that are signed: the
    /// SDK adds X-Ray's, which a browser may not send by the bucket's CORS rule.
    pub(crate) async fn part(
        &self,
        key: &str,
        upload_id: &str,
        part: (i32, i64, &str),
        now: SystemTime,
        expires_at: SystemTime,
    ) -> Result<(String, Vec<(String, String)>), Problem> {
        let (number, bytes, sha256) = part;
        let call = self
            .s3()
            .upload_part()
            .bucket(self.name())
            .key(key)
            .upload_id(upload_id)
            .part_number(number)
            .content_length(bytes)
            .checksum_sha256(sha256);
        let request = call.presigned(presigning(now, expires_at)?).await;
        let request = request.map_err(|error| unsigned(AwsError::of("UploadPart", error).to_string()))?;
        Ok((request.uri().to_owned(), signed_headers(&request)))
    }

    /// Begins an upload in parts; its id.
    pub(crate) async fn begin(&self, key: &str, content_type: &str) -> Result<String, AwsError> {
        let call = self
            .s3()
            .create_multipart_upload()
            .bucket(self.name())
            .key(key)
            .content_type(content_type)
            .checksum_algorithm(ChecksumAlgorithm::Sha256)
            .server_side_encryption(ServerSideEncryption::AwsKms)
            .ssekms_key_id(&self.kms_key_arn)
            .tagging(TAGGING);
        let answer = call.send().await;
        let answer = answer.map_err(|error| AwsError::of("CreateMultipartUpload", error))?;
        answer.upload_id.ok_or_else(|| AwsError::Unreachable {
            operation: "CreateMultipartUpload",
            reason: "the answer has no id".to_owned(),
        })
    }

    /// The uploaded parts, in order; none if the upload does not exist.
    pub(crate) async fn parts(&self, key: &str, upload_id: &str) -> Result<Option<Vec<UploadedPart>>, AwsError> {
        let mut parts = Vec::new();
        let mut after = None;
        loop {
            let call = self.s3().list_parts().bucket(self.name()).key(key).upload_id(upload_id);
            let answer = call.set_part_number_marker(after).send().await;
            let page = match answer.map_err(|error| AwsError::of("ListParts", error)) {
                Err(error) if error.status() == Some(404) => return Ok(None),
                page => page?,
            };
            parts.extend(page.parts().iter().map(|part| UploadedPart {
                number: part.part_number().unwrap_or_default(),
                size: part.size().unwrap_or_default(),
                sha256: part.checksum_sha256().map(str::to_owned),
                etag: part.e_tag().map(str::to_owned),
            }));
            after = page.next_part_number_marker.filter(|_| page.is_truncated == Some(true));
            if after.is_none() {
                return Ok(Some(parts));
            }
        }
    }

    /// Puts parts together.
    pub(crate) async fn join(&self, key: &str, upload_id: &str, parts: &[UploadedPart]) -> Result<Joined, AwsError> {
        let parts = parts.iter().map(|part| {
            CompletedPart::builder()
                .part_number(part.number)
                .set_e_tag(part.etag.clone())
                .set_checksum_sha256(part.sha256.clone())
                .build()
        });
        let upload = CompletedMultipartUpload::builder().set_parts(Some(parts.collect()));
        let timeout = TimeoutConfig::builder()
            .operation_attempt_timeout(JOIN_TIMEOUT)
            .operation_timeout(JOIN_TIMEOUT)
            .build();
        let answer = self
            .s3()
            .complete_multipart_upload()
            .bucket(self.name())
            .key(key)
            .upload_id(upload_id)
            .multipart_upload(upload.build())
            .customize()
            .config_override(aws_sdk_s3::config::Config::builder().timeout_config(timeout))
            .send()
            .await;
        let Err(error) = answer.map_err(|error| AwsError::of("CompleteMultipartUpload", error)) else {
            return Ok(Joined::Now);
        };
        match error.code() {
            Some("NoSuchUpload") => Ok(Joined::Before),
            Some("InvalidPart" | "BadDigest") => Ok(Joined::Changed),
            _ => Err(error),
        }
    }

    /// What S3 says of the current version of an object, if there is one.
    pub(crate) async fn head(&self, key: &str) -> Result<Option<Head>, AwsError> {
        let call = self.s3().head_object().bucket(self.name()).key(key);
        let answer = call.checksum_mode(ChecksumMode::Enabled).send().await;
        let head = match answer.map_err(|error| AwsError::of("HeadObject", error)) {
            Err(error) if error.status() == Some(404) => return Ok(None),
            head => head?,
        };
        let is_kms = head.server_side_encryption == Some(ServerSideEncryption::AwsKms);
        Ok(Some(Head {
            size: head.content_length,
            content_type: head.content_type,
            sha256: head.checksum_sha256,
            kms_key_arn: head.ssekms_key_id.filter(|_| is_kms),
            version_id: head.version_id,
        }))
    }

    /// Takes the tag from a version, so that no lifecycle rule removes it; whether the version is there.
    pub(crate) async fn untag(&self, key: &str, version_id: &str) -> Result<bool, AwsError> {
        let call = self.s3().delete_object_tagging().bucket(self.name()).key(key);
        let answer = call.version_id(version_id).send().await;
        match answer.map_err(|error| AwsError::of("DeleteObjectTagging", error)) {
            Err(error) if error.status() == Some(404) => Ok(false),
            answer => answer.map(|_| true),
        }
    }
}

/// The headers of a request that its signature covers, by what its URL says of them.
fn signed_headers(request: &PresignedRequest) -> Vec<(String, String)> {
    let mut pairs = request.uri().split(['?', '&']);
    let signed = pairs.find_map(|pair| pair.strip_prefix("X-Amz-SignedHeaders="));
    let signed = signed.unwrap_or_default().replace("%3B", ";");
    let headers = request.headers();
    headers
        .filter(|(name, _)| signed.split(';').any(|known| known.eq_ignore_ascii_case(name)))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

fn presigning(now: SystemTime, expires_at: SystemTime) -> Result<PresigningConfig, Problem> {
    let now = whole_seconds(now);
    let seconds = expires_at.duration_since(now).unwrap_or_default();
    PresigningConfig::builder()
        .start_time(now)
        .expires_in(seconds)
        .build()
        .map_err(|error| unsigned(error.to_string()))
}
