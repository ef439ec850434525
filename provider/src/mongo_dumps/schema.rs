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
            Attr::string("The scheduled time and a hash of it, for example `20260506T180000Z-1a2b3c`.").computed(),
        ),
        (
            "status",
            Attr::string(
                "`complete`; `incomplete`: something that was asked for is not in it; `empty`: there was nothing to dump; \
                 `replicating`: the manifest is there and not all of its objects are, as in a replica's bucket for a while.",
            )
            .computed(),
        ),
        ("started", Attr::string("When the run began, as RFC 3339 in UTC.").computed()),
        ("finished", Attr::string("When its last object was complete.").computed()),
        ("scheduled_time", Attr::string("When it was to begin.").computed()),
        ("documents", Attr::number("How many documents it holds.").computed()),
        ("bytes", Attr::number("Bytes of its documents as they are stored, compressed.").computed()),
        (
            "consistency",
            Attr::string("`snapshot`: all documents as of `cluster_time`; `per_range`: each range as of its own time.").computed(),
        ),
        (
            "cluster_time",
            Attr::string("As of when the documents are, by the cluster's clock; null unless it is a snapshot.").computed(),
        ),
        ("manifest_key", Attr::string("Key of its `manifest.json`.").computed()),
        ("uri", Attr::string("`s3://bucket/...`, as `mongo-restore --from` takes it.").computed()),
        (
            "missing_objects",
            Attr::number("How many of its objects are missing or have another size; null unless it is `replicating`.").computed(),
        ),
        ("tool", Attr::string("Name and version of what wrote it.").computed()),
    ]
}

pub(super) fn schema() -> Schema {
    Schema::new(
        "The MongoDB dumps of one cluster in a bucket, from their manifests, and the age of the newest complete one. A run that \
         has not written its manifest is not there yet and is not shown. Reading needs `s3:ListBucket` on the bucket, \
         `s3:GetObject` on the manifests and `latest.json`, and `kms:Decrypt` on the key of the dumps.",
        [
            ("id", Attr::string("`bucket/prefix/cluster`.").computed()),
            ("bucket", Attr::string("Name of the bucket, the dumps' own or a replica.").required()),
            ("prefix", Attr::string("What the dumps' keys begin with, as in the schedule's `dump.prefix`.").required()),
            ("cluster", Attr::string("The cluster dumped, as in the schedule's `dump.cluster`.").required()),
            (
                "role_arn",
                Attr::string("Role to assume for reading, with the provider's credentials; these alone when left out."),
            ),
            (
                "region",
                Attr::string("Region of the bucket; the provider's when left out.").optional_computed(),
            ),
            (
                "limit",
                Attr::number(format!(
                    "How many dumps to look at, newest first, {} to {}.",
                    LIMITS.start(),
                    LIMITS.end()
                ))
                .default(i64::from(DEFAULT_LIMIT)),
            ),
            (
                "dumps",
                Attr::list("The dumps, newest first. One whose manifest cannot be read is a warning instead.", entry())
                    .computed(),
            ),
            (
                "latest",
                Attr::single(
                    "The newest complete dump, also where it is beyond `limit` and `latest.json` leads to it; null where there \
                     is none.",
                    entry(),
                )
                .computed(),
            ),
            (
                "age_seconds",
                Attr::number(
                    "Seconds since the time that the latest complete dump shows: its `cluster_time`, else its `started`. Null \
                     where there is none. It is another number at every plan, so use it in checks, outputs and preconditions, \
                     and not in arguments of resources.",
                )
                .computed(),
            ),
        ],
    )
}
