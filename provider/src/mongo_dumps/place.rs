//! Where to look, checked once.

use dump_format::key::Location;
use dump_format::names::{BucketName, ClusterName, Invalid, Prefix, RoleArn};
use tf_provider::value::Value;
use tf_provider::{AttributePath, Diagnostics};

use super::failures;
use super::schema::{DEFAULT_LIMIT, LIMITS, State, Text};
use crate::connection::region::is_region;
use crate::connection::region::region_is_malformed;

/// A configuration whose values are all known and well-formed.
pub(super) struct Place {
    pub(super) bucket: BucketName,
    pub(super) location: Location,
    pub(super) role_arn: Option<RoleArn>,
    pub(super) region: Option<String>,
    pub(super) limit: usize,
}

impl Place {
    /// Complains about every value that is known and malformed; `None` then, and while a required one is unknown.
    pub(super) fn of(state: &State, diagnostics: &mut Diagnostics) -> Option<Self> {
        let bucket = parsed(&state.bucket, "bucket", BucketName::parse, diagnostics);
        let prefix = parsed(&state.prefix, "prefix", Prefix::parse, diagnostics);
        let cluster = parsed(&state.cluster, "cluster", ClusterName::parse, diagnostics);
        let role_arn = parsed(&state.role_arn, "role_arn", RoleArn::parse, diagnostics);
        let region = state.region.as_ref_option().cloned();
        if let Some(region) = &region
            && !is_region(region)
        {
            region_is_malformed(diagnostics, AttributePath::new("region"), region);
        }
        let limit = match &state.limit {
            Value::Value(number) => {
                let limit = number.to_i64().and_then(|number| u16::try_from(number).ok());
                let limit = limit.filter(|limit| LIMITS.contains(limit));
                if limit.is_none() {
                    failures::limit_is_out_of_range(diagnostics, number);
                }
                limit
            }
            Value::Null | Value::Unknown => Some(DEFAULT_LIMIT),
        };
        if !diagnostics.errors.is_empty() {
            return None;
        }
        Some(Self {
            bucket: bucket?,
            location: Location {
                prefix: prefix?,
                cluster: cluster?,
            },
            role_arn,
            region,
            limit: limit?.into(),
        })
    }

    pub(super) fn id(&self) -> String {
        format!("{}/{}/{}", self.bucket, self.location.prefix, self.location.cluster)
    }
}

fn parsed<T>(
    text: &Text,
    attribute: &'static str,
    parse: fn(&str) -> Result<T, Invalid>,
    diagnostics: &mut Diagnostics,
) -> Option<T> {
    match parse(text.as_ref_option()?) {
        Ok(value) => Some(value),
        Err(invalid) => {
            failures::value_is_malformed(diagnostics, attribute, &invalid);
            None
        }
    }
}
