//! Dumps in S3.

mod choose;
mod decode;
mod list;
mod part;

use std::collections::HashMap;
use std::time::Duration;

use aws_sdk_s3::Client;
use aws_sdk_s3::operation::get_object::GetObjectOutput;
use aws_sdk_s3::primitives::AggregatedBytes;
use bytes::Bytes;
use dump_format::Sha256Hex;
use dump_format::key::{Key, Location, Object, RunId};
use dump_format::manifest::{Consistency, Described, Manifest, ManifestError, Meta};
use dump_format::names::{Namespace, VersionId};
use futures::{StreamExt as _, TryStreamExt as _};
use lambda_kit::aws::AwsError;

use crate::limits::Limits;

pub(crate) use choose::{ChooseError, Chosen};
pub use choose::{DumpState, PassedOver};
pub(crate) use decode::{Batch, BatchSize};
pub use list::{Listed, Listing};
pub(crate) use part::PartError;

/// Versions looked for side by side.
const HEADS_AT_ONCE: usize = 16;

/// Why something in S3 could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum SourceError {
    /// S3 refused, or gave no answer after all attempts.
    #[error("{key} in bucket {bucket} could not be read")]
    Call {
        /// Of the object, or what the keys of a listing begin with.
        key: String,
        /// Where.
        bucket: String,
        /// What S3 said.
        source: AwsError,
    },
    /// The answer's body ended or stalled, each time it was asked for.
    #[error("{key} in bucket {bucket} was interrupted {attempts} times without progress")]
    Body {
        /// Of the object.
        key: String,
        /// Where.
        bucket: String,
        /// How often.
        attempts: u32,
    },
}

impl SourceError {
    /// Whether other objects can be read all the same: this one is in an archive, from which somebody has to fetch it.
    pub(crate) fn is_of_one_object(&self) -> bool {
        matches!(self, Self::Call { source: AwsError::Refused { code, .. }, .. } if code == "InvalidObjectState")
    }
}

/// Why a description of a collection could not be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum MetaError {
    #[error(transparent)]
    Source(#[from] SourceError),
    #[error("{key} does not exist")]
    Missing { key: String },
    #[error("{key} cannot be used")]
    Form {
        key: String,
        #[source]
        source: ManifestError,
    },
    #[error("{key} is damaged: its SHA-256 differs from the manifest's")]
    Hash { key: String },
    #[error("{key} describes another collection than its name says")]
    Other { key: String },
}

/// As of when a dump's documents are, in seconds since 1970.
pub(crate) fn consistent_at(manifest: &Manifest) -> i64 {
    match manifest.consistency() {
        Consistency::Snapshot { cluster_time } => i64::from(cluster_time.t),
        Consistency::PerRange { .. } => manifest.header().started.unix(),
    }
}

/// The dumps of one cluster in one bucket.
pub(crate) struct Dumps {
    client: Client,
    bucket: String,
    location: Location,
    limits: Limits,
}

impl Dumps {
    pub(crate) fn new(client: Client, bucket: &str, location: Location, limits: Limits) -> Self {
        Self {
            client,
            bucket: bucket.to_owned(),
            location,
            limits,
        }
    }

    fn refused(&self, key: &str, source: AwsError) -> SourceError {
        SourceError::Call {
            key: key.to_owned(),
            bucket: self.bucket.clone(),
            source,
        }
    }

    fn key(&self, run: RunId, object: Object) -> String {
        self.location.render(&Key::Run(run, object))
    }

    /// A small object as a whole; `None` where there is none.
    async fn object(&self, key: &str) -> Result<Option<Bytes>, SourceError> {
        self.object_at(key, None).await
    }

    /// The same in the version that a manifest names, if it names one.
    async fn object_at(&self, key: &str, version: Option<&VersionId>) -> Result<Option<Bytes>, SourceError> {
        let mut version = version;
        for attempt in 1..=self.limits.attempts {
            let call = self.client.get_object().bucket(&self.bucket).key(key);
            let call = call.set_version_id(version.map(ToString::to_string));
            let answer = match call.send().await.map_err(|error| AwsError::of("GetObject", error)) {
                Ok(answer) => answer,
                Err(error) if version.is_some() && has_no_version(&error) => {
                    version = None;
                    continue;
                }
                Err(AwsError::Refused { code, .. }) if code == "NoSuchKey" => return Ok(None),
                Err(error) => return Err(self.refused(key, error)),
            };
            match tokio::time::timeout(self.limits.body_timeout, whole(answer)).await {
                Ok(Some(bytes)) => return Ok(Some(bytes)),
                Ok(None) | Err(_) => tokio::time::sleep(self.limits.pause(attempt)).await,
            }
        }
        Err(SourceError::Body {
            key: key.to_owned(),
            bucket: self.bucket.clone(),
            attempts: self.limits.attempts,
        })
    }

    /// Names of the folders right below `prefix`, which ends in a slash or is a folder's whole key.
    async fn folders(&self, prefix: &str) -> Result<Vec<String>, SourceError> {
        let mut folders = Vec::new();
        let listing = self.client.list_objects_v2().bucket(&self.bucket).prefix(prefix);
        let mut pages = listing.delimiter("/").into_paginator().send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| self.refused(prefix, AwsError::of("ListObjectsV2", error)))?;
            let names = page.common_prefixes().iter().filter_map(|folder| folder.prefix());
            let names = names.filter_map(|folder| folder.strip_prefix(prefix)?.strip_suffix('/'));
            folders.extend(names.map(str::to_owned));
        }
        Ok(folders)
    }

    /// Sizes of a run's objects by their keys below its folder.
    async fn sizes(&self, run: RunId) -> Result<HashMap<String, u64>, SourceError> {
        let folder = self.location.run_folder(run);
        let mut sizes = HashMap::new();
        let listing = self.client.list_objects_v2().bucket(&self.bucket).prefix(&folder);
        let mut pages = listing.into_paginator().send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| self.refused(&folder, AwsError::of("ListObjectsV2", error)))?;
            for object in page.contents() {
                let name = object.key().and_then(|key| key.strip_prefix(&folder));
                let size = object.size().and_then(|size| u64::try_from(size).ok());
                if let (Some(name), Some(size)) = (name, size) {
                    sizes.insert(name.to_owned(), size);
                }
            }
        }
        Ok(sizes)
    }

    /// Objects of a dump that are not there, by their keys below its folder. Where a write came late, a key may stand for another version
    /// than the manifest names: that one is looked for.
    async fn missing(&self, manifest: &Manifest) -> Result<Vec<String>, SourceError> {
        let sizes = self.sizes(manifest.run()).await?;
        let missing = manifest.missing(|key| sizes.get(key).copied());
        if missing.is_empty() {
            return Ok(missing);
        }
        let parts = manifest.parts().map(|part| {
            let key = Object::Data(part.key.clone()).render();
            (key, part.version_id.as_ref(), part.bytes)
        });
        let metas = manifest.collections().iter().filter_map(|collection| {
            let meta = collection.meta.as_ref()?;
            let key = Object::Meta(collection.namespace.clone()).render();
            Some((key, meta.version_id.as_ref(), meta.bytes))
        });
        let versions = parts.chain(metas);
        let versions: HashMap<_, _> = versions
            .filter_map(|(key, version, bytes)| Some((key, (version?, bytes))))
            .collect();
        let folder = self.location.run_folder(manifest.run());
        let looks = missing.into_iter().map(|key| {
            let wanted = versions.get(&key).copied();
            let whole = format!("{folder}{key}");
            async move {
                let is_there = match wanted {
                    None => false,
                    Some((version, bytes)) => self.size_at(&whole, version).await? == Some(bytes),
                };
                Ok((!is_there).then_some(key))
            }
        });
        let looks = futures::stream::iter(looks).buffered(HEADS_AT_ONCE);
        let found: Vec<Option<String>> = looks.try_collect().await?;
        Ok(found.into_iter().flatten().collect())
    }

    /// Size of one version of an object; `None` where there is no such version.
    async fn size_at(&self, key: &str, version: &VersionId) -> Result<Option<u64>, SourceError> {
        let call = self.client.head_object().bucket(&self.bucket).key(key);
        match call.version_id(version.as_str()).send().await {
            Ok(answer) => Ok(answer.content_length().and_then(|length| u64::try_from(length).ok())),
            Err(error) => match AwsError::of("HeadObject", error) {
                AwsError::Refused { .. } => Ok(None),
                error => Err(self.refused(key, error)),
            },
        }
    }

    /// What a collection is made of; `described` is what the manifest says of the description.
    pub(crate) async fn meta(
        &self,
        run: RunId,
        namespace: &Namespace,
        described: Option<&Described>,
    ) -> Result<Meta, MetaError> {
        let key = self.key(run, Object::Meta(namespace.clone()));
        let version = described.and_then(|described| described.version_id.as_ref());
        let Some(bytes) = self.object_at(&key, version).await? else {
            return Err(MetaError::Missing { key });
        };
        if described.is_some_and(|described| described.sha256 != Sha256Hex::of(&bytes)) {
            return Err(MetaError::Hash { key });
        }
        match Meta::parse(&bytes) {
            Ok(meta) if meta.namespace == *namespace => Ok(meta),
            Ok(_) => Err(MetaError::Other { key }),
            Err(source) => Err(MetaError::Form { key, source }),
        }
    }
}

/// Whether S3 says that a version does not exist, or must not be read: a copy in another bucket may have other ones, and the role may
/// lack `s3:GetObjectVersion`. The key is read then, and its SHA-256 decides.
fn has_no_version(error: &AwsError) -> bool {
    const CODES: [&str; 4] = ["NoSuchVersion", "NoSuchKey", "InvalidArgument", "AccessDenied"];
    matches!(error, AwsError::Refused { code, .. } if CODES.contains(&code.as_str()))
}

/// `None` when it broke off.
async fn whole(answer: GetObjectOutput) -> Option<Bytes> {
    answer.body.collect().await.ok().map(AggregatedBytes::into_bytes)
}

/// Waits so long for the next piece of a body.
async fn piece(
    body: &mut aws_sdk_s3::primitives::ByteStream,
    patience: Duration,
) -> Option<Result<bytes::Bytes, aws_sdk_s3::primitives::ByteStreamError>> {
    tokio::time::timeout(patience, body.next()).await.ok().flatten()
}
