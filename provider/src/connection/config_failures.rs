//! One function per mistake in the provider's configuration.

use std::ops::RangeInclusive;

use atlas_client::ConfigError;
use provider_kit::error;
use tf_provider::{AttributePath, Diagnostics};

pub(crate) fn account_id_is_malformed(diagnostics: &mut Diagnostics, index: i64, id: &str) {
    error(
        diagnostics,
        AttributePath::new("allowed_account_ids").index(index),
        "Account id is not 12 digits.",
        format!(
            "Got {id:?}. No credentials can match it, so every AWS call would be rejected. Set the 12 digits as a \
             string, for example \"012345678901\"."
        ),
    );
}

pub(crate) fn role_arn_is_malformed(diagnostics: &mut Diagnostics, role_arn: &str) {
    error(
        diagnostics,
        path("assume_role", "role_arn"),
        "Role ARN is malformed.",
        format!("Got {role_arn:?}, which STS cannot assume. Use the form \"arn:aws:iam::<account id>:role/<name>\"."),
    );
}

pub(crate) fn endpoint_is_not_a_url(diagnostics: &mut Diagnostics, name: &'static str, url: &str) {
    error(
        diagnostics,
        path("endpoints", name),
        "Endpoint is not a URL.",
        format!("Got {url:?}. Set a URL with its scheme, for example \"http://127.0.0.1:4566\"."),
    );
}

pub(crate) fn write_rate_is_out_of_range(diagnostics: &mut Diagnostics, rate: f64, rates: &RangeInclusive<f64>) {
    error(
        diagnostics,
        AttributePath::new("alarm_writes_per_second"),
        "Write rate is out of range.",
        format!(
            "Got {rate}. Set the calls per second that your CloudWatch quota allows, from {} to {}, for example 3, or \
             0 for no limit.",
            rates.start(),
            rates.end()
        ),
    );
}

/// The summary wherever both kinds of credentials are found: in the configuration alone, or with the environment.
pub(crate) const ATLAS_CREDENTIALS_TWICE: &str = "Atlas credentials are given twice.";

pub(crate) fn atlas_credentials_twice(diagnostics: &mut Diagnostics) {
    error(
        diagnostics,
        AttributePath::new("atlas"),
        ATLAS_CREDENTIALS_TWICE,
        "Both an API key (public_key, private_key) and a service account (client_id, client_secret) are set, at least \
         in part. The provider cannot decide which to use. Keep the two attributes of one kind, and remove the \
         others.",
    );
}

/// The value is not repeated: it may hold a password.
pub(crate) fn atlas_base_url_is_not_usable(diagnostics: &mut Diagnostics, cause: &ConfigError) {
    error(
        diagnostics,
        path("atlas", "base_url"),
        "Atlas URL cannot be used.",
        format!("The provider cannot call Atlas: {cause}."),
    );
}

/// The path of a nested provider attribute.
fn path(outer: &'static str, inner: &'static str) -> AttributePath {
    AttributePath::new(outer).attribute(inner)
}
