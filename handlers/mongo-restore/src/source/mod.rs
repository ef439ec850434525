//! Dumps in S3.

mod choose;
mod decode;
mod list;
mod part;

use std::collections::HashMap;
use std::time::Duration;

use aws_sdk_s3::Client;
use aws_sdk_s3::operation::get_object::GetObjectOutput;
use dump_format::key::{Key, Location, Object, RunId};
use dump_format::manifest::{Consistency, Manifest, ManifestError, Meta};
use dump_format::names::Namespace;
use lambda_kit::aws::AwsError;

use crate::limits::Limits;

pub(crate) use choose::{ChooseError, Chosen};
pub use choose::{DumpState, PassedOver};
pub(crate) use decode::{Batch, BatchSize};
pub use list::{Listed, Listing};
pub(crate) use part::PartError;

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
    #[error("{key} in bucket {bucket} broke off {attempts} times without getting any further")]
    Body {
        /// Of the object.
        key: String,
        /// Where.
        bucket: String,
        /// How often.
        attempts: u32,
    },
}

/// Why a description of a collection could not be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum MetaError {
    #[error(transparent)]
    Source(#[from] SourceError),
    #[error("{key} is not there")]
    Missing { key: String },
    #[error("{key} cannot be used")]
    Form {
        key: String,
        #[source]
        source: ManifestError,
    },
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
    async fn object(&self, key: &str) -> Result<Option<Vec<u8>>, SourceError> {
        for attempt in 1..=self.limits.attempts {
            let answer = self.client.get_object().bucket(&self.bucket).key(key).send().await;
            let answer = match answer.map_err(|error| AwsError::of("GetObject", error)) {
                Ok(answer) => answer,
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

    /// What a collection is made of.
    pub(crate) async fn meta(&self, run: RunId, namespace: &Namespace) -> Result<Meta, MetaError> {
        let key = self.key(run, Object::Meta(namespace.clone()));
        let Some(bytes) = self.object(&key).await? else {
            return Err(MetaError::Missing { key });
        };
        match Meta::parse(&bytes) {
            Ok(meta) if meta.namespace == *namespace => Ok(meta),
            Ok(_) => Err(MetaError::Other { key }),
            Err(source) => Err(MetaError::Form { key, source }),
        }
    }
}

/// `None` when it broke off.
async fn whole(answer: GetObjectOutput) -> Option<Vec<u8>> {
    answer.body.collect().await.ok().map(|bytes| bytes.to_vec())
}

/// Waits so long for the next piece of a body.
async fn piece(
    body: &mut aws_sdk_s3::primitives::ByteStream,
    patience: Duration,
) -> Option<Result<bytes::Bytes, aws_sdk_s3::primitives::ByteStreamError>> {
    tokio::time::timeout(patience, body.next()).await.ok().flatten()
}
