//! S3 as the dump's role may use it: put, conditional put, multipart upload, get of control objects. No list, no delete, and
//! no look at documents once they are written, so every write is verified by the answer to it.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use aws_config::SdkConfig;
use aws_sdk_s3::Client;
use aws_sdk_s3::error::ProvideErrorMetadata as _;
use aws_sdk_s3::operation::put_object::PutObjectOutput;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{ChecksumAlgorithm, CompletedMultipartUpload, CompletedPart, ServerSideEncryption};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use dump_format::Sha256Hex;
use dump_format::names::VersionId;
use dump_format::payload::DumpSettings;
use lambda_kit::aws::{self, AwsError};

use crate::error::DumpError;

/// Attempts of a call beyond the SDK's own, for answers that it does not repeat.
const ATTEMPTS: u32 = 5;
const PAUSE: Duration = Duration::from_millis(200);
/// An upload that was given up is aborted on the way; if that fails, the bucket's lifecycle rule does it.
const ABORT: Duration = Duration::from_secs(5);

/// What must be at a key for a write to take place.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Expect<'a> {
    Nothing,
    /// The object with this ETag.
    Tag(&'a str),
}

#[derive(Debug)]
pub(crate) enum Written {
    /// With the ETag that the object has now.
    Done(String),
    /// Something else is there.
    Conflict,
}

pub(crate) struct Stored {
    pub(crate) bytes: Bytes,
    pub(crate) tag: String,
}

/// Why an object of documents was not written.
#[derive(Debug)]
pub(crate) enum UploadError {
    /// S3 answered that it has other bytes, or that the upload is not there any more. Another attempt begins anew.
    Again,
    Failed(DumpError),
}

pub(crate) struct Store {
    base: SdkConfig,
    role: String,
    session: String,
    bucket: String,
    kms_key: String,
    client: Mutex<Client>,
}

impl Store {
    pub(crate) async fn new(base: &SdkConfig, settings: &DumpSettings, session: String) -> Self {
        let role = settings.role_arn.to_string();
        let client = aws::s3(&aws::assumed(base, &role, &session).await);
        Self {
            base: base.clone(),
            role,
            session,
            bucket: settings.bucket.to_string(),
            kms_key: settings.kms_key_arn.to_string(),
            client: Mutex::new(client),
        }
    }

    fn client(&self) -> Client {
        self.client.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Makes a call, again after answers that pass: credentials that ran out early are replaced, KMS's throttling and a write
    /// at the same moment are waited for.
    async fn call<T, F: Future<Output = Result<T, AwsError>>>(
        &self,
        key: &str,
        make: impl Fn(Client) -> F,
    ) -> Result<T, DumpError> {
        let mut attempt = 0;
        loop {
            attempt += 1;
            // The SDK's futures are large: on the heap, none of those around them is.
            let error = match Box::pin(make(self.client())).await {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            match error.code() {
                Some("ExpiredToken" | "ExpiredTokenException" | "TokenRefreshRequired") if attempt < ATTEMPTS => {
                    let config = aws::assumed(&self.base, &self.role, &self.session).await;
                    *self.client.lock().unwrap_or_else(PoisonError::into_inner) = aws::s3(&config);
                }
                Some("KMS.ThrottlingException" | "ConditionalRequestConflict" | "OperationAborted")
                    if attempt < ATTEMPTS =>
                {
                    let pause = PAUSE * 2_u32.pow(attempt);
                    tokio::time::sleep(pause.mul_f64(0.5 + fastrand::f64() / 2.0)).await;
                }
                _ => {
                    let key = key.to_owned();
                    return Err(DumpError::Storage { key, source: error });
                }
            }
        }
    }

    /// The object, `None` where there is none. Without permission to list, S3 answers 403 for an object that is not there, so
    /// that counts as none here; whoever then writes under the condition that there is none is told the truth.
    pub(crate) async fn get(&self, key: &str) -> Result<Option<Stored>, DumpError> {
        self.call(key, |client| async move {
            let sent = client.get_object().bucket(&self.bucket).key(key).send().await;
            let object = match sent {
                Ok(object) => object,
                Err(error) if matches!(error.code(), Some("AccessDenied" | "NoSuchKey")) => return Ok(None),
                Err(error) => return Err(AwsError::of("GetObject", error)),
            };
            let tag = object.e_tag.unwrap_or_default();
            let body = object.body.collect().await.map_err(|error| AwsError::Unreachable {
                operation: "GetObject",
                reason: error.to_string(),
            })?;
            Ok(Some(Stored {
                bytes: body.into_bytes(),
                tag,
            }))
        })
        .await
    }

    /// The object, which has to be there.
    pub(crate) async fn read_back(&self, key: &str) -> Result<Stored, DumpError> {
        let stored = self.get(key).await?;
        stored.ok_or_else(|| DumpError::Unreadable { key: key.to_owned() })
    }

    /// Writes a control object under a condition. An answer that was lost on the way makes the repeated call find its own
    /// object: that is a success.
    pub(crate) async fn write(&self, key: &str, bytes: &[u8], expect: Expect<'_>) -> Result<Written, DumpError> {
        let answer = self
            .call(key, |client| async move {
                let put = self.put_request(&client, key, bytes.to_vec().into());
                let put = match expect {
                    Expect::Nothing => put.if_none_match("*"),
                    Expect::Tag(tag) => put.if_match(tag),
                };
                match put.send().await {
                    Ok(done) => Ok(Some(done)),
                    // NoSuchKey: the object with the tag is gone.
                    Err(error) if matches!(error.code(), Some("NoSuchKey" | "PreconditionFailed")) => Ok(None),
                    Err(error) => Err(AwsError::of("PutObject", error)),
                }
            })
            .await?;
        if let Some(done) = answer {
            return Ok(Written::Done(done.e_tag.unwrap_or_default()));
        }
        match self.get(key).await? {
            Some(there) if there.bytes == bytes => Ok(Written::Done(there.tag)),
            Some(_) => Ok(Written::Conflict),
            None if matches!(expect, Expect::Nothing) => Err(DumpError::Unreadable { key: key.to_owned() }),
            None => Ok(Written::Conflict),
        }
    }

    fn put_request(
        &self,
        client: &Client,
        key: &str,
        bytes: Bytes,
    ) -> aws_sdk_s3::operation::put_object::builders::PutObjectFluentBuilder {
        client
            .put_object()
            .bucket(&self.bucket)
            .key(key)
            .checksum_sha256(STANDARD.encode(Sha256Hex::of(&bytes).as_bytes()))
            .server_side_encryption(ServerSideEncryption::AwsKms)
            .ssekms_key_id(&self.kms_key)
            .bucket_key_enabled(true)
            .body(ByteStream::from(bytes))
    }

    /// Writes an object whatever is at its key; the version that it has then.
    pub(crate) async fn put(&self, key: &str, bytes: Bytes) -> Result<Option<VersionId>, UploadError> {
        let digest = *Sha256Hex::of(&bytes).as_bytes();
        let sent = self
            .call(key, |client| {
                let put = self.put_request(&client, key, bytes.clone());
                async move { put.send().await.map_err(|error| AwsError::of("PutObject", error)) }
            })
            .await;
        let answer: PutObjectOutput = sent.map_err(again_if_damaged)?;
        same(answer.checksum_sha256(), &STANDARD.encode(digest))?;
        Ok(version(answer.version_id()))
    }

    pub(crate) async fn begin(&self, key: &str) -> Result<Upload<'_>, UploadError> {
        let answer = self
            .call(key, |client| async move {
                let sent = client
                    .create_multipart_upload()
                    .bucket(&self.bucket)
                    .key(key)
                    .checksum_algorithm(ChecksumAlgorithm::Sha256)
                    .server_side_encryption(ServerSideEncryption::AwsKms)
                    .ssekms_key_id(&self.kms_key)
                    .bucket_key_enabled(true)
                    .send()
                    .await;
                sent.map_err(|error| AwsError::of("CreateMultipartUpload", error))
            })
            .await
            .map_err(UploadError::Failed)?;
        let id = answer.upload_id.ok_or(UploadError::Again)?;
        Ok(Upload {
            store: self,
            key: key.to_owned(),
            id,
        })
    }
}

/// A multipart upload that was begun.
#[derive(Clone)]
pub(crate) struct Upload<'a> {
    store: &'a Store,
    key: String,
    id: String,
}

pub(crate) struct SentPart {
    pub(crate) number: i32,
    tag: String,
    sha256: [u8; 32],
}

impl Upload<'_> {
    /// Sends a part; numbers begin at 1.
    pub(crate) async fn part(&self, number: i32, bytes: Bytes, sha256: [u8; 32]) -> Result<SentPart, UploadError> {
        let checksum = STANDARD.encode(sha256);
        let checksum = checksum.as_str();
        let sent = self
            .store
            .call(&self.key, |client| {
                let bytes = bytes.clone();
                async move {
                    let sent = client
                        .upload_part()
                        .bucket(&self.store.bucket)
                        .key(&self.key)
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
        let answer = sent.map_err(again_if_damaged)?;
        same(answer.checksum_sha256(), checksum)?;
        let tag = answer.e_tag.ok_or(UploadError::Again)?;
        Ok(SentPart { number, tag, sha256 })
    }

    /// Makes the object of the parts, which are in order, and `bytes` long together; the version that it has.
    pub(crate) async fn complete(&self, parts: &[SentPart], bytes: u64) -> Result<Option<VersionId>, UploadError> {
        let listed = parts.iter().map(|part| {
            CompletedPart::builder()
                .part_number(part.number)
                .e_tag(&part.tag)
                .checksum_sha256(STANDARD.encode(part.sha256))
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
                        .bucket(&self.store.bucket)
                        .key(&self.key)
                        .upload_id(&self.id)
                        .multipart_upload(listed)
                        .mpu_object_size(bytes)
                        .send()
                        .await;
                    sent.map_err(|error| AwsError::of("CompleteMultipartUpload", error))
                }
            })
            .await;
        let answer = sent.map_err(again_if_damaged)?;
        let all: Vec<u8> = parts.iter().flat_map(|part| part.sha256).collect();
        let composite = format!("{}-{}", STANDARD.encode(Sha256Hex::of(&all).as_bytes()), parts.len());
        same(answer.checksum_sha256(), &composite)?;
        Ok(version(answer.version_id()))
    }

    pub(crate) async fn abort(self) {
        let client = self.store.client();
        let abort = client
            .abort_multipart_upload()
            .bucket(&self.store.bucket)
            .key(&self.key)
            .upload_id(&self.id)
            .send();
        match tokio::time::timeout(ABORT, abort).await {
            Ok(Ok(_)) => {}
            Ok(Err(error)) => {
                let error = AwsError::of("AbortMultipartUpload", error);
                tracing::warn!(key = self.key, %error, "an upload was given up and is not aborted");
            }
            Err(_) => tracing::warn!(key = self.key, "an upload was given up and is not aborted: no answer"),
        }
    }
}

/// The version that an answer names; none where the bucket keeps none, or keeps one alone (`null`).
fn version(answered: Option<&str>) -> Option<VersionId> {
    VersionId::parse(answered?).ok()
}

/// Compares a checksum that S3 gave; not every answer has one.
fn same(answered: Option<&str>, sent: &str) -> Result<(), UploadError> {
    match answered {
        Some(answered) if answered != sent => Err(UploadError::Again),
        _ => Ok(()),
    }
}

/// Whether S3 received other bytes than were sent, or has forgotten the upload.
fn again_if_damaged(error: DumpError) -> UploadError {
    const DAMAGE: [&str; 6] = [
        "BadDigest",
        "InvalidPart",
        "InvalidDigest",
        "NoSuchUpload",
        "XAmzContentChecksumMismatch",
        "XAmzContentSHA256Mismatch",
    ];
    match &error {
        DumpError::Storage { source, .. } if source.code().is_some_and(|code| DAMAGE.contains(&code)) => {
            UploadError::Again
        }
        _ => UploadError::Failed(error),
    }
}
