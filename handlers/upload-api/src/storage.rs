//! The bucket, through a role that is assumed for it.

use std::time::{Duration, SystemTime};

use api_kit::{AssumedRole, RoleError};
use aws_config::SdkConfig;
use file_store::Objects;

use crate::bucket::Bucket;
use crate::settings::Settings;

/// What the session is called in CloudTrail.
const SESSION: &str = "upload-api";

/// A session with less than this left is not used. Our choice, and the shortest lifetime of a link that can be set.
const LEAST_LEFT: Duration = Duration::from_secs(60);

/// Opens the bucket with a session that lasts.
#[derive(Debug)]
pub(crate) struct Storage {
    bucket: String,
    kms_key_arn: String,
    region: String,
    lifetime: Duration,
    role: AssumedRole,
}

impl Storage {
    pub(crate) fn new(config: SdkConfig, settings: &Settings) -> Self {
        Self {
            bucket: settings.bucket.clone(),
            kms_key_arn: settings.kms_key_arn.clone(),
            region: config.region().map_or_else(String::new, ToString::to_string),
            lifetime: settings.link,
            role: AssumedRole::new(config, settings.role_arn.clone(), SESSION, LEAST_LEFT),
        }
    }

    /// The bucket, with a session that is good for a link of the whole lifetime where one can be had, else for as long as the old
    /// one lasts.
    pub(crate) async fn open(&self, now: SystemTime) -> Result<Bucket, RoleError> {
        let session = self.role.session(now, self.lifetime).await?;
        Ok(Bucket {
            objects: Objects {
                s3: session.s3,
                bucket: self.bucket.clone(),
            },
            region: self.region.clone(),
            kms_key_arn: self.kms_key_arn.clone(),
            credentials: session.credentials,
            expires_at: session.expires_at,
        })
    }
}
