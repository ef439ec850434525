//! From a configuration to a place, checked once.

use dump_format::key::Location;
use dump_format::names::{BucketName, ClusterName, Invalid, Prefix, RoleArn};
use tf_provider::value::Value;
use tf_provider::{AttributePath, Diagnostics};

use super::failures;
use super::place::Place;
use super::schema::{LIMITS, State, Text};
use crate::connection::region::{is_region, region_is_malformed};

/// Complains about every value that is known and malformed; `None` then, and while a required one is unknown.
pub(super) fn place(effective: &State, diagnostics: &mut Diagnostics) -> Option<Place> {
    let bucket = parsed(&effective.bucket, "bucket", BucketName::parse, diagnostics);
    let prefix = parsed(&effective.prefix, "prefix", Prefix::parse, diagnostics);
    let cluster = parsed(&effective.cluster, "cluster", ClusterName::parse, diagnostics);
    let role_arn = parsed(&effective.role_arn, "role_arn", RoleArn::parse, diagnostics);
    let region = effective.region.as_ref_option().cloned();
    if let Some(region) = &region
        && !is_region(region)
    {
        region_is_malformed(diagnostics, AttributePath::new("region"), region);
    }
    let limit = match &effective.limit {
        Value::Value(number) => {
            let limit = number.to_i64().and_then(|number| u16::try_from(number).ok());
            let limit = limit.filter(|limit| LIMITS.contains(limit));
            if limit.is_none() {
                failures::limit_is_out_of_range(diagnostics, number);
            }
            limit
        }
        Value::Null | Value::Unknown => None,
    };
    if !diagnostics.errors.is_empty() {
        return None;
    }
    Some(Place {
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
