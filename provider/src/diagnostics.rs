//! One function per user-facing failure of the provider itself: attribute path, summary, what was seen, what to type.

use std::ops::RangeInclusive;

use atlas_client::{AtlasError, ConfigError};
use provider_kit::error;
use tf_provider::{AttributePath, Diagnostics};

use crate::atlas::{self, AtlasFailure};
use crate::aws::chain;
use crate::config::path;

pub(crate) fn account_id_is_malformed(diagnostics: &mut Diagnostics, index: i64, id: &str) {
    error(
        diagnostics,
        AttributePath::new("allowed_account_ids").index(index),
        "Account id is not 12 digits.",
        format!(
            "Got {id:?}, which no credentials can ever match. Type the 12 digits as a string, for example \"012345678901\"."
        ),
    );
}

pub(crate) fn role_arn_is_malformed(diagnostics: &mut Diagnostics, role_arn: &str) {
    error(
        diagnostics,
        path("assume_role", "role_arn"),
        "Role ARN is malformed.",
        format!("Got {role_arn:?}, which STS cannot assume. Type it as \"arn:aws:iam::<account id>:role/<name>\"."),
    );
}

pub(crate) fn endpoint_is_not_a_url(diagnostics: &mut Diagnostics, name: &'static str, url: &str) {
    error(
        diagnostics,
        path("endpoints", name),
        "Endpoint is not a URL.",
        format!("Got {url:?}. Type it with its scheme, for example \"http://127.0.0.1:4566\"."),
    );
}

pub(crate) fn write_rate_is_out_of_range(diagnostics: &mut Diagnostics, rate: f64, rates: &RangeInclusive<f64>) {
    error(
        diagnostics,
        AttributePath::new("alarm_writes_per_second"),
        "Write rate is out of range.",
        format!(
            "Got {rate}. Type the calls per second that your CloudWatch quota allows, from {} to {}, for example 3, or 0 for no limit.",
            rates.start(),
            rates.end()
        ),
    );
}

pub(crate) fn region_is_malformed(diagnostics: &mut Diagnostics, attribute: AttributePath, region: &str) {
    error(
        diagnostics,
        attribute,
        "Region is malformed.",
        format!(
            "Got {region:?}, where no AWS endpoint can be. Type it as AWS does, for example \"eu-central-1\", or leave it out."
        ),
    );
}

pub(crate) fn region_is_not_set(diagnostics: &mut Diagnostics, attribute: AttributePath) {
    error(
        diagnostics,
        attribute,
        "Region is not set.",
        "Neither the resource, nor the provider's region, nor AWS_REGION, AWS_DEFAULT_REGION or the profile names a region, \
         and the name and place of every object depends on it. Type region = \"eu-central-1\" (yours) in the provider block.",
    );
}

/// A call failed before or at AWS; `doing` is a phrase such as "reading 12 alarms of the bundle".
pub(crate) fn aws_call_failed(diagnostics: &mut Diagnostics, doing: &str, cause: &crate::aws::AwsError) {
    error(
        diagnostics,
        AttributePath::root(),
        cause.summary(),
        format!("While {doing}: {cause}. {}", cause.advice()),
    );
}

pub(crate) fn atlas_credentials_twice(diagnostics: &mut Diagnostics) {
    error(
        diagnostics,
        AttributePath::new("atlas"),
        "Atlas credentials are given twice.",
        "Got parts of an API key (public_key, private_key) and of a service account (client_id, client_secret), and which of \
         them a call would use would be a guess. Keep the two attributes of one kind.",
    );
}

/// The value is not repeated: it may hold a password.
pub(crate) fn atlas_base_url_is_not_usable(diagnostics: &mut Diagnostics, cause: &ConfigError) {
    error(
        diagnostics,
        path("atlas", "base_url"),
        "Atlas URL cannot be used.",
        format!("No call could reach Atlas: {cause}."),
    );
}

/// A call of Atlas failed; `doing` is a phrase such as "reading the private link".
pub(crate) fn atlas_call_failed(diagnostics: &mut Diagnostics, doing: &str, cause: &AtlasError) {
    error(
        diagnostics,
        AttributePath::root(),
        atlas::summary(cause),
        format!("While {doing}: {}. {}", chain(cause), cause.advice()),
    );
}

/// There is no client to make a call with.
pub(crate) fn atlas_is_not_usable(diagnostics: &mut Diagnostics, cause: &AtlasFailure) {
    error(
        diagnostics,
        AttributePath::root(),
        cause.summary(),
        format!("Atlas cannot be called: {cause}. {}", cause.advice()),
    );
}
