//! Objects of one bucket, as a role may use them that can neither list nor delete: put, conditional put, get. Every write is verified by
//! the answer to it.

use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use aws_config::SdkConfig;
use aws_sdk_s3::Client;
use aws_sdk_s3::error::ProvideErrorMetadata as _;
use aws_sdk_s3::operation::put_object::builders::PutObjectFluentBuilder;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::ServerSideEncryption;
use bytes::Bytes;
use lambda_kit::Backoff;
use lambda_kit::aws::{self, AwsError};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::digest::Digest;
use crate::error::JobError;

/// Attempts of a call beyond the SDK's own, for answers that it does not repeat.
const ATTEMPTS: u32 = 5;
const BACKOFF: Backoff = Backoff {
    first: Duration::from_millis(400),
    most: Duration::from_secs(5),
};

/// Attempts to write a small object where S3 says that it received other bytes.
const PUTS: u32 = 4;

/// Which bucket, and how objects are written there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Its name.
    pub bucket: String,
    /// The account that the bucket has to belong to: S3 refuses every call where it is another's. `None`: any.
    pub owner: Option<String>,
    /// ARN of the KMS key that objects are encrypted with. `None`: as the bucket has it by default.
    pub kms_key: Option<String>,
}

/// S3's ETag of an object: another one after each write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag(String);

/// What must be at a key for a write to take place.
#[derive(Debug, Clone, Copy)]
pub enum Expect<'a> {
    /// No object.
    Nothing,
    /// The object with this ETag.
    Tag(&'a Tag),
}

impl<'a> Expect<'a> {
    /// What was found before: that, or nothing.
    #[must_use]
    pub fn found(tag: Option<&'a Tag>) -> Self {
        tag.map_or(Self::Nothing, Self::Tag)
    }
}

/// What became of a write under a condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Written {
    /// With the ETag that the object has now.
    Done(Tag),
    /// Something else is there; nothing was written.
    Conflict,
}

/// An object as it was read.
#[derive(Debug, Clone)]
pub struct Stored {
    /// All of it.
    pub bytes: Bytes,
    /// Its ETag.
    pub tag: Tag,
    /// Its version; `None` where the bucket keeps none.
    pub version_id: Option<String>,
}

/// An object as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Its length.
    pub bytes: u64,
    /// Of all of it.
    pub sha256: Digest,
    /// Its version; `None` where the bucket keeps none.
    pub version_id: Option<String>,
}

/// A role whose credentials a store works with.
struct Role {
    base: SdkConfig,
    arn: String,
    session: String,
}

impl Role {
    async fn client(&self) -> Client {
        aws::s3(&aws::assumed(&self.base, &self.arn, &self.session).await)
    }
}

/// One bucket.
pub struct Store {
    pub(crate) place: Place,
    role: Option<Role>,
    client: Mutex<Client>,
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store")
            .field("place", &self.place)
            .finish_non_exhaustive()
    }
}

impl Store {
    /// With the credentials, time limits and retries of `config`, which is [`aws::config`] in a function.
    #[must_use]
    pub fn new(config: &SdkConfig, place: Place) -> Self {
        Self {
            place,
            role: None,
            client: Mutex::new(aws::s3(config)),
        }
    }

    /// With the credentials of a role, which are got at the first call and anew when S3 says that they ran out. `session` is the name of
    /// the role's session, as CloudTrail shows it.
    pub async fn assuming(config: &SdkConfig, role_arn: &str, session: &str, place: Place) -> Self {
        let role = Role {
            base: config.clone(),
            arn: role_arn.to_owned(),
            session: session.to_owned(),
        };
        let client = Mutex::new(role.client().await);
        Self {
            place,
            role: Some(role),
            client,
        }
    }

    pub(crate) fn client(&self) -> Client {
        self.client.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Makes a call, again after answers that pass: credentials that ran out early are replaced, KMS's throttling and a write
    /// at the same moment are waited for.
    pub(crate) async fn call<T, F: Future<Output = Result<T, AwsError>>>(
        &self,
        key: &str,
        make: impl Fn(Client) -> F,
    ) -> Result<T, JobError> {
        let mut attempt = 0;
        loop {
            attempt += 1;
            // The SDK's futures are large: on the heap, none of those around them is.
            let error = match Box::pin(make(self.client())).await {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            match (error.code(), &self.role) {
                (Some("ExpiredToken" | "ExpiredTokenException" | "TokenRefreshRequired"), Some(role))
                    if attempt < ATTEMPTS =>
                {
                    let client = role.client().await;
                    *self.client.lock().unwrap_or_else(PoisonError::into_inner) = client;
                }
                (Some("KMS.ThrottlingException" | "ConditionalRequestConflict" | "OperationAborted"), _)
                    if attempt < ATTEMPTS =>
                {
                    tokio::time::sleep(BACKOFF.pause(attempt)).await;
                }
                _ => {
                    let key = key.to_owned();
                    return Err(JobError::Storage { key, source: error });
                }
            }
        }
    }

    /// An object; `None` if it does not exist. Without permission to list, S3 answers 403 for an object that does not exist, so 403
    /// counts as `None` here; a caller that then writes under the condition that it does not exist learns whether it does.
    ///
    /// # Errors
    /// [`JobError::Storage`].
    pub async fn get(&self, key: &str) -> Result<Option<Stored>, JobError> {
        self.get_version(key, None).await
    }

    /// The same in one version of it, where one is named. The role needs `s3:GetObjectVersion` then.
    ///
    /// # Errors
    /// [`JobError::Storage`].
    pub async fn get_version(&self, key: &str, version_id: Option<&str>) -> Result<Option<Stored>, JobError> {
        let mut attempt = 0;
        loop {
            attempt += 1;
            match self.whole(key, version_id).await? {
                Ok(stored) => return Ok(stored),
                // The SDK repeats no call whose answer has begun.
                Err(_) if attempt < ATTEMPTS => tokio::time::sleep(BACKOFF.pause(attempt)).await,
                Err(source) => {
                    let key = key.to_owned();
                    return Err(JobError::Storage { key, source });
                }
            }
        }
    }

    /// The inner error: its body broke off.
    async fn whole(&self, key: &str, version_id: Option<&str>) -> Result<Result<Option<Stored>, AwsError>, JobError> {
        self.call(key, |client| async move {
            let get = client.get_object().bucket(&self.place.bucket).key(key);
            let get = get.set_expected_bucket_owner(self.place.owner.clone());
            let sent = get.set_version_id(version_id.map(str::to_owned)).send().await;
            let object = match sent {
                Ok(object) => object,
                Err(error) if matches!(error.code(), Some("AccessDenied" | "NoSuchKey" | "NoSuchVersion")) => {
                    return Ok(Ok(None));
                }
                Err(error) => return Err(AwsError::of("GetObject", error)),
            };
            let tag = Tag(object.e_tag.unwrap_or_default());
            let version_id = version(object.version_id);
            let body = object.body.collect().await.map_err(|error| AwsError::Unreachable {
                operation: "GetObject",
                reason: lambda_kit::chain(&error),
            });
            Ok(body.map(|body| {
                Some(Stored {
                    bytes: body.into_bytes(),
                    tag,
                    version_id,
                })
            }))
        })
        .await
    }

    /// An object that has to be there.
    ///
    /// # Errors
    /// [`JobError::Unreadable`] where it is not, and [`JobError::Storage`].
    pub async fn read_back(&self, key: &str) -> Result<Stored, JobError> {
        let stored = self.get(key).await?;
        stored.ok_or_else(|| JobError::Unreadable { key: key.to_owned() })
    }

    /// An object of JSON, with the ETag for the write that follows.
    ///
    /// # Errors
    /// [`JobError::Foreign`] with the place where it is another form, and [`JobError::Storage`].
    pub async fn get_json<T: DeserializeOwned>(&self, key: &str) -> Result<Option<(T, Tag)>, JobError> {
        let Some(stored) = self.get(key).await? else {
            return Ok(None);
        };
        let value = serde_json::from_slice(&stored.bytes).map_err(|error| JobError::Foreign {
            key: key.to_owned(),
            reason: format!("line {}, column {}", error.line(), error.column()),
        })?;
        Ok(Some((value, stored.tag)))
    }

    /// Writes an object under a condition. An answer that was lost on the way makes the repeated call find its own
    /// object: that is a success.
    ///
    /// # Errors
    /// [`JobError::Unreadable`] where there should be nothing and is something that cannot be read, and [`JobError::Storage`].
    pub async fn write(&self, key: &str, bytes: &[u8], expect: Expect<'_>) -> Result<Written, JobError> {
        let answer = self
            .call(key, |client| async move {
                let put = self.put_request(&client, key, bytes.to_vec().into(), &Digest::of(bytes));
                let put = match expect {
                    Expect::Nothing => put.if_none_match("*"),
                    Expect::Tag(tag) => put.if_match(&tag.0),
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
            return Ok(Written::Done(Tag(done.e_tag.unwrap_or_default())));
        }
        match self.get(key).await? {
            Some(there) if there.bytes == bytes => Ok(Written::Done(there.tag)),
            Some(_) => Ok(Written::Conflict),
            None if matches!(expect, Expect::Nothing) => Err(JobError::Unreadable { key: key.to_owned() }),
            None => Ok(Written::Conflict),
        }
    }

    /// The same for JSON.
    ///
    /// # Errors
    /// As [`Store::write`]; [`JobError::Foreign`] for a value that JSON cannot hold, such as a map with keys that are no strings.
    pub async fn write_json<T: Serialize>(
        &self,
        key: &str,
        value: &T,
        expect: Expect<'_>,
    ) -> Result<Written, JobError> {
        let bytes = serde_json::to_vec(value).map_err(|_| JobError::Foreign {
            key: key.to_owned(),
            reason: "JSON cannot hold it".to_owned(),
        })?;
        self.write(key, &bytes, expect).await
    }

    fn put_request(&self, client: &Client, key: &str, bytes: Bytes, digest: &Digest) -> PutObjectFluentBuilder {
        client
            .put_object()
            .bucket(&self.place.bucket)
            .key(key)
            .set_expected_bucket_owner(self.place.owner.clone())
            .checksum_sha256(digest.base64())
            .set_server_side_encryption(self.encryption())
            .set_ssekms_key_id(self.place.kms_key.clone())
            .set_bucket_key_enabled(self.place.kms_key.is_some().then_some(true))
            .body(ByteStream::from(bytes))
    }

    pub(crate) fn encryption(&self) -> Option<ServerSideEncryption> {
        self.place.kms_key.is_some().then_some(ServerSideEncryption::AwsKms)
    }

    /// Writes a small object, whatever is at its key.
    ///
    /// # Errors
    /// [`JobError::Damaged`] where S3 keeps something else each time, and [`JobError::Storage`].
    pub async fn put(&self, key: &str, bytes: Bytes) -> Result<Kept, JobError> {
        let sha256 = Digest::of(&bytes);
        for _ in 0..PUTS {
            if let Some(kept) = self.put_once(key, bytes.clone(), sha256).await? {
                return Ok(kept);
            }
        }
        Err(JobError::Damaged {
            key: key.to_owned(),
            attempts: PUTS,
        })
    }

    /// `None`: S3 received something else.
    pub(crate) async fn put_once(&self, key: &str, bytes: Bytes, sha256: Digest) -> Result<Option<Kept>, JobError> {
        let length = bytes.len() as u64;
        let sent = self
            .call(key, |client| {
                let put = self.put_request(&client, key, bytes.clone(), &sha256);
                async move { put.send().await.map_err(|error| AwsError::of("PutObject", error)) }
            })
            .await;
        let answer = match sent {
            Ok(answer) => answer,
            Err(error) if is_damage(&error) => return Ok(None),
            Err(error) => return Err(error),
        };
        Ok(is_same(answer.checksum_sha256(), &sha256.base64()).then(|| Kept {
            bytes: length,
            sha256,
            version_id: version(answer.version_id),
        }))
    }
}

/// The version that an answer names; none where the bucket keeps none, or keeps one alone (`null`).
pub(crate) fn version(answered: Option<String>) -> Option<String> {
    answered.filter(|version| !version.is_empty() && version != "null")
}

/// Compares a checksum that S3 gave; not every answer has one.
pub(crate) fn is_same(answered: Option<&str>, sent: &str) -> bool {
    answered.is_none_or(|answered| answered == sent)
}

/// Whether S3 received other bytes than were sent, or has forgotten the upload.
pub(crate) fn is_damage(error: &JobError) -> bool {
    const DAMAGE: [&str; 6] = [
        "BadDigest",
        "InvalidPart",
        "InvalidDigest",
        "NoSuchUpload",
        "XAmzContentChecksumMismatch",
        "XAmzContentSHA256Mismatch",
    ];
    matches!(error, JobError::Storage { source, .. } if source.code().is_some_and(|code| DAMAGE.contains(&code)))
}
