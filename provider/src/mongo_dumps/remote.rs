//! The two calls of S3, and what their errors mean.

use std::collections::HashMap;
use std::time::Duration;

use aws_sdk_s3::Client;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::operation::list_objects_v2::ListObjectsV2Output;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;

use crate::connection::aws::{AwsError, refused_role};
use crate::connection::chain::chain;
use crate::connection::region::is_region;

/// The largest manifest or pointer that is read. Our choice: 100,000 parts are about 60 MB, and a few are read at a time.
const MAX_OBJECT_BYTES: usize = 64 << 20;
/// How long the body of one answer may take; the SDK's own limits end where the body begins.
const BODY_TIMEOUT: Duration = Duration::from_secs(60);
/// How often an object is asked for whose body ends early. The SDK's own attempts end where the body begins.
const BODY_ATTEMPTS: u32 = 4;
const BODY_PAUSE: Duration = Duration::from_millis(200);

/// Why the bucket cannot be read.
#[derive(Debug, thiserror::Error)]
pub(super) enum ReadError {
    #[error("there is no such bucket")]
    NoSuchBucket,
    #[error("S3 answered {code}: {message}")]
    OtherRegion {
        /// Where the bucket is, as far as S3 says it.
        seen: Option<String>,
        code: String,
        message: String,
    },
    #[error("STS answered {code}: {message}")]
    RoleRefused { code: String, message: String },
    #[error(transparent)]
    Aws(AwsError),
}

/// What there is at a key.
pub(super) enum Object {
    Bytes(Vec<u8>),
    Absent,
    /// S3 has it and does not hand it out, or not in a size that can be read: why, as the rest of a sentence.
    Withheld(String),
}

/// The bucket.
pub(super) struct Bucket {
    pub(super) client: Client,
    pub(super) name: String,
    /// Whether the client assumes a role of its own, on top of the provider's credentials.
    pub(super) in_role: bool,
}

impl Bucket {
    /// The folders directly below a prefix that ends in a slash, as whole prefixes, in the order of their names.
    pub(super) async fn folders(&self, prefix: &str) -> Result<Vec<String>, ReadError> {
        let mut folders = Vec::new();
        let mut from = None;
        loop {
            let page = self.page(prefix, Some("/"), from).await?;
            let prefixes = page.common_prefixes.unwrap_or_default();
            folders.extend(prefixes.into_iter().filter_map(|folder| folder.prefix));
            from = page.next_continuation_token;
            if from.is_none() {
                return Ok(folders);
            }
        }
    }

    /// Bytes of each object below a prefix, by the rest of its key.
    pub(super) async fn sizes(&self, prefix: &str) -> Result<HashMap<String, u64>, ReadError> {
        let mut sizes = HashMap::new();
        let mut from = None;
        loop {
            let page = self.page(prefix, None, from).await?;
            for object in page.contents.unwrap_or_default() {
                let rest = object.key().and_then(|key| key.strip_prefix(prefix));
                let size = object.size().and_then(|size| u64::try_from(size).ok());
                if let Some((rest, size)) = rest.zip(size) {
                    sizes.insert(rest.to_owned(), size);
                }
            }
            from = page.next_continuation_token;
            if from.is_none() {
                return Ok(sizes);
            }
        }
    }

    async fn page(
        &self,
        prefix: &str,
        delimiter: Option<&str>,
        from: Option<String>,
    ) -> Result<ListObjectsV2Output, ReadError> {
        self.client
            .list_objects_v2()
            .bucket(&self.name)
            .prefix(prefix)
            .set_delimiter(delimiter.map(str::to_owned))
            .set_continuation_token(from)
            .send()
            .await
            .map_err(|error| self.failure("ListObjectsV2", error))
    }

    /// A whole object. A body that ends early, takes too long or has another checksum is asked for again.
    pub(super) async fn object(&self, key: &str) -> Result<Object, ReadError> {
        let mut attempt = 1;
        loop {
            match self.attempt(key).await? {
                Ok(object) => return Ok(object),
                Err(reason) if attempt == BODY_ATTEMPTS => {
                    return Err(ReadError::Aws(AwsError::Unreachable {
                        operation: "GetObject",
                        reason: format!(
                            "{BODY_ATTEMPTS} times in a row the body of {key} did not arrive whole: {reason}"
                        ),
                    }));
                }
                Err(_) => {
                    let jitter = 0.5 + fastrand::f64();
                    tokio::time::sleep((BODY_PAUSE * attempt).mul_f64(jitter)).await;
                    attempt += 1;
                }
            }
        }
    }

    /// The inner error is that of the body.
    async fn attempt(&self, key: &str) -> Result<Result<Object, String>, ReadError> {
        let answer = match self.client.get_object().bucket(&self.name).key(key).send().await {
            Ok(answer) => answer,
            Err(error) => {
                return match self.failure("GetObject", error) {
                    ReadError::Aws(AwsError::Refused { code, .. }) if code == "NoSuchKey" => Ok(Ok(Object::Absent)),
                    // About this object alone: archived, or its key is disabled or gone.
                    ReadError::Aws(AwsError::Refused { code, message, .. }) => {
                        Ok(Ok(Object::Withheld(format!("S3 answered {code}: {message}"))))
                    }
                    error => Err(error),
                };
            }
        };
        let read = async {
            let mut body = answer.body;
            let mut bytes = Vec::new();
            while let Some(chunk) = body.next().await {
                bytes.extend_from_slice(&chunk.map_err(|error| chain(&error))?);
                if bytes.len() > MAX_OBJECT_BYTES {
                    return Ok(Object::Withheld(format!("it is larger than {MAX_OBJECT_BYTES} bytes")));
                }
            }
            Ok(Object::Bytes(bytes))
        };
        let late = || Err(format!("it took longer than {} s", BODY_TIMEOUT.as_secs()));
        Ok(tokio::time::timeout(BODY_TIMEOUT, read)
            .await
            .unwrap_or_else(|_| late()))
    }

    fn failure<E>(&self, operation: &'static str, error: SdkError<E, HttpResponse>) -> ReadError
    where
        E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
    {
        if self.in_role
            && let Some((code, message)) = refused_role(&error)
        {
            return ReadError::RoleRefused { code, message };
        }
        let response = error.raw_response();
        let redirected = response.is_some_and(|response| matches!(response.status().as_u16(), 301 | 307));
        let seen = response.and_then(bucket_region);
        match error.code() {
            Some("NoSuchBucket") => ReadError::NoSuchBucket,
            code if redirected
                || matches!(
                    code,
                    Some("AuthorizationHeaderMalformed" | "IllegalLocationConstraintException" | "PermanentRedirect")
                ) =>
            {
                ReadError::OtherRegion {
                    seen,
                    code: code.unwrap_or("a redirect").to_owned(),
                    message: error.message().unwrap_or("no message").to_owned(),
                }
            }
            _ => ReadError::Aws(AwsError::from_sdk(operation, error)),
        }
    }
}

/// Where S3 says that the bucket is: in a header of a redirect, in the body where the region of the signature is refused.
fn bucket_region(response: &HttpResponse) -> Option<String> {
    let header = response.headers().get("x-amz-bucket-region");
    let region = header.or_else(|| {
        let body = std::str::from_utf8(response.body().bytes()?).ok()?;
        let (_, region) = body.split_once("<Region>")?;
        Some(region.split_once("</Region>")?.0)
    });
    region.filter(|region| is_region(region)).map(str::to_owned)
}
