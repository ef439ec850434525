//! What can go wrong with a look at dumps, one function per failure.

use std::time::Duration;

use dump_format::key::{Key, Location, RunId};
use dump_format::names::Invalid;
use provider_kit::{Interrupt, Num, error, warning};
use tf_provider::{AttributePath, Diagnostics};

use super::dump::Unusable;
use super::place::Place;
use super::remote::ReadError;
use super::schema::LIMITS;
use super::search::Pointer;
use crate::connection::aws::AwsError;

/// Objects that a warning names one by one.
const NAMED: usize = 10;

/// The value is not repeated: what was typed by mistake may be a connection string with its password.
pub(super) fn value_is_malformed(diagnostics: &mut Diagnostics, attribute: &'static str, invalid: &Invalid) {
    let mut reason = invalid.reason.to_owned();
    if let Some(first) = reason.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    error(
        diagnostics,
        AttributePath::new(attribute),
        "Location of the dumps is malformed.",
        format!("Got a value that is not {}. {reason}.", invalid.expected),
    );
}

pub(super) fn limit_is_out_of_range(diagnostics: &mut Diagnostics, number: &Num) {
    error(
        diagnostics,
        AttributePath::new("limit"),
        "Number is out of range.",
        format!(
            "Got {number}. Every plan reads the manifest of each listed dump from S3, so the number is limited. Set \
             `limit` to a whole number from {} to {}.",
            LIMITS.start(),
            LIMITS.end()
        ),
    );
}

pub(super) fn not_read(diagnostics: &mut Diagnostics, place: &Place, region: &str, cause: &ReadError) {
    let bucket = place.bucket.as_str();
    let role = place.role_arn.as_ref();
    let caller = match role {
        Some(role) => format!("the role {role}"),
        None => "the provider's credentials".to_owned(),
    };
    let (attribute, summary, detail) = match cause {
        ReadError::NoSuchBucket => (
            AttributePath::new("bucket"),
            "Bucket does not exist.",
            format!(
                "S3 has no bucket {bucket:?} (requested in {region}). Set `bucket` to the `dump.bucket` of the \
                 schedule, or to its replica bucket."
            ),
        ),
        ReadError::OtherRegion { seen, code, message } => {
            let (found, next) = match seen {
                Some(seen) => (format!("it is in {seen}"), format!("Set region = \"{seen}\".")),
                None => (
                    "it is in another region".to_owned(),
                    format!("Set `region` to the Region that `aws s3api get-bucket-location --bucket {bucket}` shows."),
                ),
            };
            (
                AttributePath::new("region"),
                "Bucket is in another region.",
                format!(
                    "The bucket {bucket:?} was requested in {region}, but {found} (S3 answered {code}: {message}). \
                     {next}"
                ),
            )
        }
        ReadError::RoleRefused { code, message } => (
            AttributePath::new("role_arn"),
            "Role cannot be assumed.",
            format!(
                "While assuming {} with the provider's credentials, STS answered {code}: {message}. Set `role_arn` to \
                 a role whose trust policy allows the caller that `aws sts get-caller-identity` shows, and allow that \
                 caller `sts:AssumeRole` on the role.",
                role.map_or("the role", |role| role.as_str())
            ),
        ),
        ReadError::Aws(cause @ AwsError::AccessDenied { .. }) => (
            AttributePath::new(if role.is_some() { "role_arn" } else { "bucket" }),
            cause.summary(),
            format!(
                "While reading dumps in the bucket {bucket:?} with {caller}: {cause}. Allow `s3:ListBucket` on the \
                 bucket, `s3:GetObject` on {}* in it, and `kms:Decrypt` on the key of the dumps, or set `role_arn` to \
                 a role with these permissions.",
                place.location.folder()
            ),
        ),
        ReadError::Aws(cause) => (
            AttributePath::root(),
            cause.summary(),
            format!(
                "While reading dumps in the bucket {bucket:?} with {caller}: {cause}. {}",
                cause.advice()
            ),
        ),
    };
    error(diagnostics, attribute, summary, detail);
}

pub(super) fn interrupted(diagnostics: &mut Diagnostics, place: &Place, interrupt: Interrupt, timeout: Duration) {
    let (summary, detail) = match interrupt {
        Interrupt::Stopped => (
            "Interrupted.",
            format!(
                "Terraform was asked to stop while reading dumps in the bucket {:?}. Nothing was changed.",
                place.bucket.as_str()
            ),
        ),
        Interrupt::TimedOut => (
            "Reading the dumps took too long.",
            format!(
                "The bucket {:?} was not read within {} s. Set a smaller `limit`, and check whether S3 throttles the \
                 account.",
                place.bucket.as_str(),
                timeout.as_secs()
            ),
        ),
    };
    error(diagnostics, AttributePath::root(), summary, detail);
}

pub(super) fn manifests_unusable(diagnostics: &mut Diagnostics, unusable: &[(String, Unusable)]) {
    let said = unusable.iter().map(|(key, cause)| format!("{key}: {cause}"));
    warning(
        diagnostics,
        AttributePath::new("dumps"),
        "Manifests cannot be read.",
        format!(
            "{}\nThese dumps are not listed, and it is not known whether they are complete. Check these objects in \
             S3. If the version of a manifest is unknown, upgrade the provider.",
            lines(said.collect())
        ),
    );
}

pub(super) fn passed_over(diagnostics: &mut Diagnostics, awaited: &[(RunId, usize)], latest: Option<RunId>) {
    let said = awaited.iter().map(|(run, missing)| {
        let objects = if *missing == 1 { "object is" } else { "objects are" };
        format!("{run}: {missing} {objects} missing")
    });
    let latest = match latest {
        Some(latest) => format!("`latest` is {latest}, which is older"),
        None => "There is no complete dump".to_owned(),
    };
    warning(
        diagnostics,
        AttributePath::new("latest"),
        "Newer dumps are not complete yet.",
        format!(
            "{}\n{latest}. In a replica bucket, replication is still in progress. In another bucket, objects were \
             deleted, or their size differs from the manifest.",
            lines(said.collect())
        ),
    );
}

pub(super) fn pointer_is_off(diagnostics: &mut Diagnostics, location: &Location, pointer: &Pointer) {
    let key = location.render(&Key::Latest);
    let detail = match pointer {
        Pointer::Unremarkable => return,
        Pointer::Unusable(reason) => format!("{key}: {reason}. A restore of \"latest\" cannot use it either."),
        Pointer::ToNothing(run) => format!(
            "{key} refers to run {run}, which has no manifest. In a replica bucket, replication might still be in \
             progress. In another bucket, the manifest was deleted."
        ),
        Pointer::ToAnotherManifest(run) => format!(
            "{key} refers to run {run} with a SHA-256 that differs from the manifest, so one of the two objects was \
             replaced after the dump. Compare the versions of both objects before you restore from this dump."
        ),
    };
    warning(
        diagnostics,
        AttributePath::new("latest"),
        "latest.json does not match the dumps.",
        detail,
    );
}

/// One a line, the first of them.
fn lines(mut said: Vec<String>) -> String {
    let more = said.len().saturating_sub(NAMED);
    said.truncate(NAMED);
    if more > 0 {
        said.push(format!("and {more} more"));
    }
    said.join("\n")
}
