//! Where to look.

use dump_format::key::Location;
use dump_format::names::{BucketName, RoleArn};

/// A configuration whose values are all known and well-formed.
pub(super) struct Place {
    pub(super) bucket: BucketName,
    pub(super) location: Location,
    pub(super) role_arn: Option<RoleArn>,
    pub(super) region: Option<String>,
    pub(super) limit: usize,
}

impl Place {
    pub(super) fn id(&self) -> String {
        format!("{}/{}/{}", self.bucket, self.location.prefix, self.location.cluster)
    }
}
