//! Attributes of `lectern_mongo_dumps`, and the typed state.

use std::ops::RangeInclusive;

use provider_kit::{Attr, Num, Schema};
use serde::{Deserialize, Serialize};
use tf_provider::value::Value;

pub(super) type Text = Value<String>;

/// Dumps that are looked at where `limit` is left out. Our choice: 25 days of one every six hours, about a second of calls.
pub(super) const DEFAULT_LIMIT: u16 = 100;
/// Our choice: each dump is two calls of S3 and one object of the state, and a plan should not take minutes.
pub(super) const LIMITS: RangeInclusive<u16> = 1..=1_000;

#[derive(Serialize, Deserialize)]
pub(crate) struct State {
    pub(super) id: Text,
    pub(super) bucket: Text,
    pub(super) prefix: Text,
    pub(super) cluster: Text,
    pub(super) role_arn: Text,
    pub(super) region: Text,
    pub(super) limit: Value<Num>,
    pub(super) dumps: Value<Vec<Value<Entry>>>,
    pub(super) latest: Value<Entry>,
    pub(super) age_seconds: Value<Num>,
}

/// A dump as users see it.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Entry {
    pub(super) run_id: String,
    pub(super) status: String,
    pub(super) started: String,
    pub(super) finished: String,
    pub(super) scheduled_time: String,
    pub(super) documents: Num,
    pub(super) bytes: Num,
    pub(super) consistency: String,
    pub(super) cluster_time: Text,
    pub(super) manifest_key: String,
    pub(super) uri: String,
    pub(super) missing_objects: Value<Num>,
    pub(super) tool: String,
}

fn entry() -> [(&'static str, Attr); 13] {
    [
        (
            "run_id",
            Attr::string("ID of the run: the scheduled time and a hash, for example `20260506T180000Z-1a2b3c`.")
                .computed(),
        ),
        (
            "status",
            Attr::string(
                "Status of the dump: `complete`, `incomplete` (a requested collection is missing), `empty` (there was \
                 nothing to dump) or `replicating` (the manifest exists but some of its objects do not exist yet, for \
                 example in a replica bucket).",
            )
            .computed(),
        ),
        (
            "started",
            Attr::string("Start time of the run in RFC 3339 format, UTC.").computed(),
        ),
        (
            "finished",
            Attr::string("Time when the last object of the dump was written.").computed(),
        ),
        (
            "scheduled_time",
            Attr::string("Scheduled start time of the run.").computed(),
        ),
        ("documents", Attr::number("Number of documents in the dump.").computed()),
        (
            "bytes",
            Attr::number("Compressed size of the documents in bytes.").computed(),
        ),
        (
            "consistency",
            Attr::string(
                "Consistency of the dump: `snapshot` (all documents at `cluster_time`) or `per_range` (each \
                range of documents at its own point in time).",
            )
            .computed(),
        ),
        (
            "cluster_time",
            Attr::string("Cluster time of the snapshot. Null unless `consistency` is `snapshot`.").computed(),
        ),
        (
            "manifest_key",
            Attr::string("Object key of the `manifest.json` of the dump.").computed(),
        ),
        (
            "uri",
            Attr::string("S3 URI of the dump, for `mongo-restore --from`.").computed(),
        ),
        (
            "missing_objects",
            Attr::number(
                "Number of objects that are missing or have an unexpected size. Null unless `status` is \
                `replicating`.",
            )
            .computed(),
        ),
        (
            "tool",
            Attr::string("Name and version of the program that wrote the dump.").computed(),
        ),
    ]
}

pub(super) fn schema() -> Schema {
    Schema::new(
        "Lists the MongoDB dumps of one cluster in an S3 bucket and returns the age of the newest complete dump. Runs \
         that have not written their manifest yet are not listed. Requires `s3:ListBucket` on the bucket, \
         `s3:GetObject` on the manifests and `latest.json`, and `kms:Decrypt` on the KMS key of the dumps.",
        [
            ("id", Attr::string("`<bucket>/<prefix>/<cluster>`.").computed()),
            (
                "bucket",
                Attr::string("Name of the S3 bucket of the dumps, or of its replica.").required(),
            ),
            (
                "prefix",
                Attr::string("Prefix of the object keys: `dump.prefix` of the schedule.").required(),
            ),
            (
                "cluster",
                Attr::string("Name of the cluster: `dump.cluster` of the schedule.").required(),
            ),
            (
                "role_arn",
                Attr::string(
                    "ARN of the IAM role to assume to read the bucket. Default: the provider's credentials \
                    are used without a role.",
                ),
            ),
            (
                "region",
                Attr::string("Region of the bucket. Default: the provider's Region.").optional_computed(),
            ),
            (
                "limit",
                Attr::number(format!(
                    "Maximum number of dumps to read, newest first. {} to {}.",
                    LIMITS.start(),
                    LIMITS.end()
                ))
                .default(i64::from(DEFAULT_LIMIT)),
            ),
            (
                "dumps",
                Attr::list(
                    "List of the dumps, newest first. If a manifest cannot be read, the dump is not listed and \
                    the plan shows a warning.",
                    entry(),
                )
                .computed(),
            ),
            (
                "latest",
                Attr::single(
                    "Newest complete dump. Can be older than the dumps in `dumps` if `latest.json` refers to it. Null \
                     if there is no complete dump.",
                    entry(),
                )
                .computed(),
            ),
            (
                "age_seconds",
                Attr::number(
                    "Age of the data in `latest` in seconds, counted from `cluster_time` or, if that is null, from \
                     `started`. Null if there is no complete dump. The value changes with every plan, so use it in \
                     checks, outputs and preconditions, not in resource arguments.",
                )
                .computed(),
            ),
        ],
    )
}
